"""The catalog: search and browse, one title, titles like it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from recommender.artifacts.snapshot import Snapshot

URL = "/api/v1/anime"


def ask(client: FlaskClient, path: str = URL, **query: Any) -> dict[str, Any]:
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


def ids(page: dict[str, Any]) -> list[int]:
    return [item["anime_id"] for item in page["items"]]


def test_browse_lists_every_title_by_popularity(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    pages = [ask(shared_client, page=page, limit=70) for page in range(1, 6)]
    seen = [anime_id for page in pages for anime_id in ids(page)]
    assert len(seen) == len(set(seen)) == len(snapshot.catalog)
    assert [page["pagination"] for page in (pages[0], pages[-1])] == [
        {"page": 1, "limit": 70, "total": 300, "has_next": True},
        {"page": 5, "limit": 70, "total": 300, "has_next": False},
    ]
    members = {title.anime_id: title.members for title in snapshot.catalog.titles}
    assert [members[anime_id] for anime_id in seen] == sorted(members.values(), reverse=True)  # type: ignore[type-var]  # none is unknown here


def test_page_after_the_last_is_empty(shared_client: FlaskClient) -> None:
    page = ask(shared_client, page=99)
    assert page == {
        "items": [],
        "pagination": {"page": 99, "limit": 20, "total": 300, "has_next": False},
    }


def test_last_page_has_no_next(shared_client: FlaskClient) -> None:
    assert ask(shared_client, page=3, limit=100)["pagination"]["has_next"] is False


@pytest.mark.parametrize(
    ("query", "first"),
    [("steins", 9253), ("attack on titan", 16498), ("進撃", 16498), ("fmab", 5114), ("CLANAD", 2167)],
)
def test_search_finds_any_name_of_a_title(shared_client: FlaskClient, query: str, first: int) -> None:
    assert ids(ask(shared_client, query=query))[0] == first


def test_search_takes_filters(shared_client: FlaskClient) -> None:
    page = ask(shared_client, query="no", types="Movie", limit=100)
    assert {item["type"] for item in page["items"]} == {"Movie"}
    assert page["pagination"]["total"] == len(page["items"]) > 1


@pytest.mark.parametrize(
    ("query", "meets"),
    [
        ("types=Movie", lambda title: title.type == "Movie"),
        ("types=movie,ova", lambda title: title.type in ("Movie", "OVA")),
        ("types=Movie&types=OVA", lambda title: title.type in ("Movie", "OVA")),
        ("genres=Action,Drama", lambda title: {"Action", "Drama"} <= set(title.genres)),
        ("genres_exclude=Action,Drama", lambda title: not {"Action", "Drama"} & set(title.genres)),
        ("year=2011", lambda title: title.year == 2011),
        ("year_from=2010&year_to=2012", lambda title: title.year in (2010, 2011, 2012)),
        ("min_members=500000", lambda title: title.members >= 500_000),
    ],
)
def test_browse_takes_filters(shared_client: FlaskClient, snapshot: Snapshot, query: str, meets: Any) -> None:
    expected = {title.anime_id for title in snapshot.catalog.titles if meets(title)}
    page = shared_client.get(f"{URL}?limit=100&{query}").get_json()
    assert page["pagination"]["total"] == len(expected) > 0
    assert set(ids(page)) <= expected
    assert len(page["items"]) == min(100, len(expected))


@pytest.mark.parametrize("query", ["ids=9253,1535,424242", "ids=9253&ids=1535&ids=9253"])
def test_ids_select_titles(shared_client: FlaskClient, query: str) -> None:
    page = shared_client.get(f"{URL}?sort=name&{query}").get_json()
    assert ids(page) == [1535, 9253]
    assert page["pagination"]["total"] == 2


def test_empty_ids_select_no_titles(shared_client: FlaskClient) -> None:
    assert ids(shared_client.get(f"{URL}?ids=").get_json()) == []


def test_ids_combine_with_query_and_filters(shared_client: FlaskClient) -> None:
    assert ids(ask(shared_client, ids="9253,1535", query="death")) == [1535]
    assert ids(ask(shared_client, ids="9253,1535", types="Movie")) == []


@pytest.mark.parametrize(
    ("query", "anime_id", "matched"),
    [
        ("進撃", 16498, "進撃の巨人"),
        ("fmab", 5114, "FMAB"),
        ("attack on", 16498, None),  # the english name
        ("shingeki no", 16498, None),  # the main name
        ("", 16498, None),
    ],
)
def test_search_names_the_matched_alias(
    shared_client: FlaskClient, query: str, anime_id: int, matched: str | None
) -> None:
    found = {
        item["anime_id"]: item["matched"] for item in ask(shared_client, query=query, limit=100)["items"]
    }
    assert found[anime_id] == matched


@pytest.mark.parametrize(
    ("query", "anime_id", "match"),
    [
        ("attack on titan", 16498, "exact"),
        ("shingeki", 16498, "prefix"),
        ("titan", 16498, "word_prefix"),
        ("tack on", 16498, "substring"),
        ("shingeki no kyojjin", 16498, "fuzzy"),
    ],
)
def test_search_says_how_it_found_a_title(
    shared_client: FlaskClient, query: str, anime_id: int, match: str
) -> None:
    for sort in ("relevance", "name"):
        items = ask(shared_client, query=query, limit=100, sort=sort)["items"]
        assert {item["anime_id"]: item["match"] for item in items}[anime_id] == match
    assert {item["match"] for item in ask(shared_client)["items"]} == {None}


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("popularity", lambda title: -title.members),
        ("year", lambda title: -(title.year or 0)),
        ("name", lambda title: title.name.casefold()),
        ("mal_score", lambda title: -(title.score or 0)),
    ],
)
def test_sort_orders_the_titles(shared_client: FlaskClient, snapshot: Snapshot, sort: str, key: Any) -> None:
    titles = {title.anime_id: title for title in snapshot.catalog.titles}
    keys = [key(titles[anime_id]) for anime_id in ids(ask(shared_client, sort=sort, limit=100))]
    assert keys == sorted(keys)


def test_same_search_gives_the_same_bytes(shared_client: FlaskClient) -> None:
    assert shared_client.get(f"{URL}?query=no").data == shared_client.get(f"{URL}?query=no").data


@pytest.mark.parametrize("query", ["", "%20", "%00", "%ff", "%ED%A0%80", "!!!", "%", "x" * 200])
def test_search_answers_any_query(shared_client: FlaskClient, query: str) -> None:
    assert shared_client.get(f"{URL}?query={query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ("page=0", ["page"]),
        ("page=-1", ["page"]),
        ("page=x", ["page"]),
        ("page=99999999999999999999", ["page"]),
        ("limit=0", ["limit"]),
        ("limit=101", ["limit"]),
        ("limit=1.5", ["limit"]),
        ("sort=color", ["sort"]),
        ("year=x", ["year"]),
        ("year=99999999999999999999", ["year"]),
        ("min_mal_score=11", ["min_mal_score"]),
        ("min_mal_score=NaN", ["min_mal_score"]),
        ("nsfw=perhaps", ["nsfw"]),
        ("types=Radio", ["types"]),
        ("genres=Nonsense", ["genres"]),
        ("genres_exclude=Nonsense", ["genres_exclude"]),
        ("query=" + "x" * 201, ["query"]),
        ("genres=" + ",".join(["Action"] * 51), ["genres"]),
        ("genres=" + "," * 50, ["genres"]),
        ("ids=x", ["ids", 0]),
        ("ids=1,0", ["ids", 1]),
        ("ids=" + ",".join(["1"] * 101), ["ids"]),
        ("typo=1", ["typo"]),
    ],
)
def test_invalid_parameter_is_422_and_named(shared_client: FlaskClient, query: str, loc: list[str]) -> None:
    response = shared_client.get(f"{URL}?{query}")
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["errors"][0]["loc"] == loc


def test_title_detail_has_every_known_field(shared_client: FlaskClient) -> None:
    title = ask(shared_client, f"{URL}/16498")
    expected = {
        "anime_id": 16498,
        "name": "Shingeki no Kyojin",
        "english": "Attack on Titan",
        "type": "TV",
        "episodes": 25,
        "year": 2013,
        "members": 900_000,
        "nsfw": False,
    }
    assert title.items() >= expected.items()
    assert "進撃の巨人" in title["aliases"]
    assert 0 <= title["likes"] <= title["watchers"]
    assert 1 <= title["mean_rating"] <= 10


def test_title_detail_has_the_mal_score(shared_small_client: FlaskClient) -> None:
    assert ask(shared_small_client, f"{URL}/106")["mal_score"] == 8.5
    assert ask(shared_small_client, f"{URL}/107")["mal_score"] == 9.0


def test_mal_score_orders_and_limits_a_search(shared_small_client: FlaskClient) -> None:
    query = {"sort": "mal_score", "min_mal_score": 8.5, "limit": 100}
    found = ids(ask(shared_small_client, **query))
    scores = [ask(shared_small_client, f"{URL}/{anime_id}")["mal_score"] for anime_id in found]
    assert scores == sorted(scores, reverse=True)
    assert set(scores) == {8.5, 9.0}


def test_title_detail_counts_each_rating(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    title = ask(shared_client, f"{URL}/16498")
    row = snapshot.catalog.vocabulary.row(16498)
    ratings = snapshot.ratings.data[snapshot.ratings.indices == row].tolist()
    assert title["rating_histogram"] == [ratings.count(rating) for rating in range(1, 11)]
    assert title["unrated"] == ratings.count(0) > 0
    assert sum(title["rating_histogram"]) + title["unrated"] == title["watchers"]


@pytest.mark.parametrize("path", ["/api/v1/anime/424242", "/api/v1/anime/424242/similar"])
def test_unknown_title_is_404(shared_client: FlaskClient, path: str) -> None:
    response = shared_client.get(path)
    assert response.status_code == 404
    assert "424242" in response.get_json()["detail"]


@pytest.mark.parametrize("path", ["0", "-1", "x", "99999999999999999999", "0/similar", "x/similar"])
def test_malformed_id_is_4xx(shared_client: FlaskClient, path: str) -> None:
    response = shared_client.get(f"{URL}/{path}")
    assert response.status_code in (404, 422)
    assert response.mimetype == "application/problem+json"


def test_similar_titles_exclude_the_title_itself(shared_client: FlaskClient) -> None:
    answer = ask(shared_client, f"{URL}/9253/similar")
    found = [item["anime_id"] for item in answer["items"]]
    assert (answer["anime_id"], answer["algorithm"], len(found)) == (9253, "title-similarity", 20)
    assert 9253 not in found
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)


def test_similar_titles_take_filters(shared_client: FlaskClient) -> None:
    answer = ask(shared_client, f"{URL}/9253/similar", types="Movie", limit=7)
    assert [item["type"] for item in answer["items"]] == ["Movie"] * 7


def test_similar_titles_leave_out_the_franchise_unless_asked(
    shared_client: FlaskClient, snapshot: Snapshot
) -> None:
    rows, groups = snapshot.catalog.vocabulary.rows, snapshot.franchises.groups
    start, sequel = 20, 1735

    def of_franchise(**query: str) -> list[int]:
        found = ids(ask(shared_client, f"{URL}/{sequel}/similar", **query))
        own = groups[rows([sequel])[0]]
        return [anime_id for anime_id in found if groups[rows([anime_id])[0]] == own]

    assert of_franchise() == of_franchise(franchise="exclude") == []
    assert of_franchise(franchise="entry_point") == of_franchise(franchise="allow") == [start]


def test_similar_titles_equal_a_list_of_the_one_title(shared_client: FlaskClient) -> None:
    query = {"algorithm": "hybrid", "limit": 20, "franchise": "entry_point"}
    body = {"ratings": [{"anime_id": 9253}], **query}
    listed = shared_client.post("/api/v1/recommendations", json=body).get_json()["items"]
    assert ask(shared_client, f"{URL}/9253/similar", **query)["items"] == listed


@pytest.mark.parametrize(
    "query",
    [
        *("algorithm=magic", "algorithm=popular", "limit=0", "limit=101", "typo=1"),
        *("franchise=", "franchise=all", "franchise=EXCLUDE"),
    ],
)
def test_invalid_similar_titles_query_is_422(shared_client: FlaskClient, query: str) -> None:
    assert shared_client.get(f"{URL}/9253/similar?{query}").status_code == 422
