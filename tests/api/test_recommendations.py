"""`POST /api/v1/recommendations`: a list in, recommendations out, nothing stored."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from config import Config
from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS
from tests.api.conftest import engine_of
from tests.conftest import TITLES
from tests.db.helpers import contents

URL = "/api/v1/recommendations"
RATINGS: list[dict[str, Any]] = [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}, {"anime_id": 9253}]
OWN = {1535, 2167, 9253}
EVERY_ALGORITHM = pytest.mark.parametrize("algorithm", list(ALGORITHMS))
# what is asked for, and the titles that meet it
FILTERS: list[tuple[dict[str, Any], Any]] = [
    ({"types": ["Movie"]}, lambda title: title.type == "Movie"),
    ({"types": ["movie", "OVA"]}, lambda title: title.type in ("Movie", "OVA")),
    ({"genres": ["Comedy", "school"]}, lambda title: {"Comedy", "School"} <= set(title.genres)),
    ({"genres_exclude": ["Action", "Drama"]}, lambda title: not {"Action", "Drama"} & set(title.genres)),
    ({"min_members": 300_000}, lambda title: title.members >= 300_000),
    ({"year_from": 2005, "year_to": 2007}, lambda title: title.year in (2005, 2006, 2007)),
    ({"year_to": 1999}, lambda title: title.year and title.year <= 1999),
    (
        {"types": ["TV"], "genres": ["Romance"], "genres_exclude": ["Harem"], "year_from": 2010},
        lambda title: (
            title.type == "TV"
            and "Romance" in title.genres
            and "Harem" not in title.genres
            and title.year >= 2010
        ),
    ),
    ({"min_mal_score": 9.9}, lambda title: False),
]


def ask(client: FlaskClient, **body: Any) -> dict[str, Any]:
    response = client.post(URL, json=body)
    assert response.status_code == 200, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


@EVERY_ALGORITHM
def test_list_gets_ranked_titles_not_in_it(shared_client: FlaskClient, algorithm: str) -> None:
    answer = ask(shared_client, ratings=RATINGS, algorithm=algorithm)
    items = answer["items"]
    assert answer["algorithm"] == algorithm
    assert len(items) == ALGORITHMS[algorithm].default_limit
    assert not OWN & {item["anime_id"] for item in items}
    assert len({item["anime_id"] for item in items}) == len(items)
    scores = [item["score"] for item in items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert all(isinstance(item["stars"], int) and 1 <= item["stars"] <= 5 for item in items)


def test_item_is_a_title_with_a_score(shared_client: FlaskClient) -> None:
    first = ask(shared_client, ratings=[{"anime_id": 9253}], algorithm="popular", franchise="allow", limit=1)[
        "items"
    ][0]
    assert (
        first.items() >= {"anime_id": 5114, "name": "Fullmetal Alchemist: Brotherhood", "type": "TV"}.items()
    )
    assert "Action" in first["genres"]
    assert {"score", "stars", "english", "episodes", "year"} <= set(first)
    assert 0 < first["like_probability"] < 1
    assert 1 <= first["predicted_rating"] <= 10
    assert "reasons" not in first


def test_answer_names_resolved_and_unresolved_titles(shared_client: FlaskClient) -> None:
    answer = ask(
        shared_client, ratings=["clannad", "qqqq", {"name": "  "}, {"anime_id": 1535}, {"anime_id": 77}]
    )
    assert [(found["query"], found["anime_id"]) for found in answer["resolved"]] == [
        ("clannad", 2167),
        ("1535", 1535),
    ]
    assert answer["resolved"][0]["name"] == "Clannad"
    assert answer["unresolved"] == ["qqqq", "77"]


@EVERY_ALGORITHM
@pytest.mark.parametrize(("filters", "meets"), FILTERS, ids=[str(filters) for filters, _ in FILTERS])
def test_filters_yield_n_titles_whenever_n_are_allowed(
    shared_client: FlaskClient, snapshot: Snapshot, algorithm: str, filters: dict[str, Any], meets: Any
) -> None:
    def allowed(title: Title) -> bool:
        return bool(meets(title)) and not title.nsfw and title.anime_id not in OWN

    ids = {title.anime_id for title in snapshot.catalog.titles if allowed(title)}
    wanted = {"ratings": RATINGS, "algorithm": algorithm, "limit": 40, "filters": filters}
    answer = ask(shared_client, **wanted, franchise="allow")
    found = [item["anime_id"] for item in answer["items"]]
    assert set(found) <= ids
    assert len(found) == min(40, len(ids))


@EVERY_ALGORITHM
def test_filter_keeps_the_order(shared_client: FlaskClient, algorithm: str) -> None:
    wanted = {"ratings": RATINGS, "algorithm": algorithm, "franchise": "allow"}
    everything = ask(shared_client, **wanted, limit=100)["items"]
    films = ask(shared_client, **wanted, limit=5, filters={"types": ["Movie"]})["items"]
    expected = [item["anime_id"] for item in everything if item["type"] == "Movie"][:5]
    assert [item["anime_id"] for item in films][: len(expected)] == expected


@EVERY_ALGORITHM
def test_excluded_titles_make_room_for_the_next(shared_client: FlaskClient, algorithm: str) -> None:
    def ids(**more: Any) -> list[int]:
        answer = ask(shared_client, ratings=RATINGS, algorithm=algorithm, **more)
        return [item["anime_id"] for item in answer["items"]]

    first = ids(limit=10)
    assert ids(limit=5, exclude_ids=[*first[:5], 999_999]) == first[5:]


def test_titles_removed_by_each_filter_are_counted(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    filtered = ask(shared_client, ratings=RATINGS, filters={"types": ["TV"]}, exclude_ids=[1, 5114, 999_999])[
        "filtered"
    ]
    assert filtered["types"] == sum(title.type != "TV" for title in snapshot.catalog.titles)
    assert filtered["exclude_ids"] == 2


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_limit_sets_the_number_of_items(shared_client: FlaskClient, limit: int) -> None:
    assert len(ask(shared_client, ratings=RATINGS, limit=limit)["items"]) == limit


def test_empty_list_gets_popular_titles(shared_client: FlaskClient) -> None:
    nothing = ask(shared_client, limit=10)["items"]
    popular = ask(shared_client, algorithm="popular", limit=10)["items"]
    assert [item["anime_id"] for item in nothing] == [item["anime_id"] for item in popular]


def test_algorithm_that_needs_a_list_says_so(shared_client: FlaskClient) -> None:
    response = shared_client.post(URL, json={"algorithm": "content-based"})
    assert response.status_code == 400
    assert response.get_json()["detail"] == "content-based needs a list: name at least one title."


def test_list_of_unknown_titles_is_404(shared_client: FlaskClient) -> None:
    response = shared_client.post(URL, json={"ratings": ["qqqq", {"anime_id": 77}]})
    assert response.status_code == 404
    assert "qqqq, 77" in response.get_json()["error"]


@EVERY_ALGORITHM
def test_watched_titles_are_not_recommended(shared_client: FlaskClient, algorithm: str) -> None:
    first = [item["anime_id"] for item in ask(shared_client, ratings=RATINGS, algorithm=algorithm)["items"]]
    answer = ask(shared_client, ratings=RATINGS, algorithm=algorithm, watched_ids=first)
    assert len(answer["items"]) == len(first)
    assert not {*first, *OWN} & {item["anime_id"] for item in answer["items"]}
    assert len(answer["resolved"]) == len(RATINGS)


def test_watched_titles_influence_the_ranking(shared_client: FlaskClient) -> None:
    watched = ask(shared_client, ratings=RATINGS, watched_ids=[16498])["items"]
    excluded = ask(shared_client, ratings=RATINGS, exclude_ids=[16498])["items"]
    liked = ask(shared_client, ratings=[*RATINGS, {"anime_id": 16498}])["items"]
    assert watched not in (excluded, liked)


def test_list_may_consist_of_watched_titles(shared_client: FlaskClient) -> None:
    answer = ask(shared_client, watched_ids=[1535, 9253], algorithm="content-based")
    assert answer["items"] != []
    assert (answer["resolved"], answer["unresolved"]) == ([], [])


def test_rating_overrides_watched(shared_client: FlaskClient) -> None:
    items = ask(shared_client, ratings=RATINGS)["items"]
    assert ask(shared_client, ratings=RATINGS, watched_ids=sorted(OWN))["items"] == items


def test_unknown_watched_titles_are_ignored(shared_client: FlaskClient) -> None:
    answer = ask(shared_client, ratings=RATINGS, watched_ids=[424242])
    assert answer["items"] == ask(shared_client, ratings=RATINGS)["items"]
    assert answer["unresolved"] == []


@pytest.mark.parametrize("watched", [["x"], [0], [2**31], [1.5], [None], 1, "1"])
def test_invalid_watched_ids_are_422(shared_client: FlaskClient, watched: Any) -> None:
    response = shared_client.post(URL, json={"ratings": RATINGS, "watched_ids": watched})
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["loc"][0] == "watched_ids"


def test_more_watched_ids_than_a_list_may_have_are_413(shared_client: FlaskClient) -> None:
    response = shared_client.post(URL, json={"ratings": RATINGS, "watched_ids": [1] * 5_001})
    assert response.status_code == 413
    assert "5,004" in response.get_json()["detail"]


def test_list_limit_counts_watched_titles(config: Config) -> None:
    client = create_app(config.model_copy(update={"max_list_titles": 3})).test_client()
    ask(client, ratings=RATINGS[:2], watched_ids=[20])
    assert client.post(URL, json={"ratings": RATINGS[:2], "watched_ids": [20, 21]}).status_code == 413


def test_last_of_two_ratings_counts(shared_client: FlaskClient) -> None:
    liked, disliked = {"anime_id": 1535, "rating": 10}, {"anime_id": 1535, "rating": 1}
    other = {"anime_id": 2167, "rating": 9}
    both = ask(shared_client, ratings=[disliked, other, {"name": "Death Note", "rating": 10}])["items"]
    assert both == ask(shared_client, ratings=[liked, other])["items"]
    assert both != ask(shared_client, ratings=[disliked, other])["items"]


def test_list_order_does_not_matter(shared_client: FlaskClient) -> None:
    assert ask(shared_client, ratings=RATINGS)["items"] == ask(shared_client, ratings=RATINGS[::-1])["items"]


@EVERY_ALGORITHM
def test_same_request_gives_same_bytes_in_every_process(config: Config, algorithm: str) -> None:
    body = {"ratings": RATINGS, "algorithm": algorithm, "limit": 50}
    clients = [create_app(config).test_client() for _ in range(2)]
    assert len({client.post(URL, json=body).data for client in clients * 2}) == 1


def test_recommendation_id_signs_the_request(config: Config) -> None:
    client = create_app(config).test_client()
    stranger = create_app(
        config.model_copy(update={"secret_key": "another-secret-of-the-tests"})
    ).test_client()
    first = ask(client, ratings=RATINGS)["recommendation_id"]
    assert len(first) >= 16
    assert ask(client, ratings=RATINGS)["recommendation_id"] == first
    assert ask(client, ratings=RATINGS, limit=3)["recommendation_id"] != first
    assert ask(client, ratings=RATINGS[:2])["recommendation_id"] != first
    assert ask(stranger, ratings=RATINGS)["recommendation_id"] != first


def test_recommendations_store_nothing(client: FlaskClient) -> None:
    engine = engine_of(client.application)
    before = contents(engine)
    ask(client, ratings=RATINGS)
    assert contents(engine) == before


def test_planned_titles_are_not_watched_and_marked(shared_client: FlaskClient) -> None:
    """Neither do they change what is recommended, nor are they kept out of it."""
    plain = ask(shared_client, ratings=RATINGS)["items"]
    first, second = (item["anime_id"] for item in plain[:2])
    planned = [{"anime_id": second, "status": "planned", "rating": 2}]
    found = ask(shared_client, ratings=[*RATINGS, *planned], planned_ids=[first, 424_242])["items"]
    assert [item.pop("planned") for item in found] == [True, True] + [False] * (len(found) - 2)
    assert found == plain


def test_title_with_a_status_but_no_rating_counts_as_watched(shared_client: FlaskClient) -> None:
    watched = ask(shared_client, ratings=RATINGS, watched_ids=[20], franchise="exclude")
    for status in ("completed", "watching", "on_hold"):
        entry = {"anime_id": 20, "status": status}
        found = ask(shared_client, ratings=[*RATINGS, entry], franchise="exclude")
        assert found["items"] == watched["items"]
    liked = ask(shared_client, ratings=[*RATINGS, {"anime_id": 20}], franchise="exclude")
    assert watched["items"] != liked["items"]


@pytest.mark.parametrize("algorithm", ["hybrid", "item-item"])
def test_what_goes_with_a_dropped_title_ranks_lower(shared_client: FlaskClient, algorithm: str) -> None:
    """Unless it is rated: then its rating counts."""
    naruto, options = 20, {"algorithm": algorithm, "limit": 100, "franchise": "exclude"}
    similar = ask(shared_client, ratings=[{"anime_id": naruto}], **options)["items"]
    companions = {item["anime_id"] for item in similar[:20]}

    def rank(**entry: object) -> int:
        """The sum of the ranks of the titles that go with it, among others."""
        ratings = [*RATINGS, {"anime_id": naruto, **entry}]
        found = ask(shared_client, **options, ratings=ratings, candidates=candidates)["items"]
        return sum(place for place, item in enumerate(found) if item["anime_id"] in companions)

    plain = ask(shared_client, ratings=RATINGS, **options)["items"]
    candidates = sorted(companions | {item["anime_id"] for item in plain[:60]})

    assert rank(status="dropped") > rank(status="completed")
    assert rank(status="dropped", rating=9) == rank(status="completed", rating=9)


def test_next_part_of_a_dropped_title_is_not_recommended(
    shared_client: FlaskClient, snapshot: Snapshot
) -> None:
    naruto, shippuuden = 20, 1735
    for status, expected in (("completed", True), ("on_hold", False), ("dropped", False)):
        ratings = [{"anime_id": naruto, "rating": 9, "status": status}]
        answer = ask(shared_client, ratings=ratings, candidates=[shippuuden, 1535])
        assert (shippuuden in {item["anime_id"] for item in answer["items"]}) is expected
        assert ("unfinished" in answer["filtered"]) is not expected


@pytest.mark.parametrize("algorithm", ["hybrid", "item-item", "popular"])
def test_candidates_are_ranked_as_on_the_whole_page(shared_client: FlaskClient, algorithm: str) -> None:
    options = {"ratings": RATINGS, "algorithm": algorithm}
    whole = ask(shared_client, **options, franchise="allow", limit=100)["items"]
    candidates = [*sorted(item["anime_id"] for item in whole[::7]), 1535, 424_242]
    found = ask(shared_client, **options, candidates=candidates)
    assert found["items"] == whole[::7]
    assert found["filtered"]["candidates"] == TITLES - len(whole[::7]) - 1
    assert ask(shared_client, **options, candidates=[])["items"] == []


def test_candidates_take_filters_and_a_franchise_mode(shared_client: FlaskClient) -> None:
    naruto, shippuuden = 20, 1735
    body = {"ratings": RATINGS, "candidates": [naruto, shippuuden]}
    found = [
        {item["anime_id"] for item in ask(shared_client, **body, **more)["items"]}
        for more in ({}, {"franchise": "entry_point"}, {"filters": {"types": ["Movie"]}})
    ]
    assert found == [{naruto, shippuuden}, {naruto}, set()]


@pytest.mark.parametrize(
    "body",
    [
        {"candidates": [0]},
        {"candidates": list(range(1, 5_002))},
        {"planned_ids": ["x"]},
        {"ratings": [{"anime_id": 20, "status": "plan to watch"}]},
    ],
)
def test_malformed_candidates_and_statuses_are_422(shared_client: FlaskClient, body: dict[str, Any]) -> None:
    assert shared_client.post(URL, json=body).status_code == 422
