"""Whatever is sent, the answer is an answer or a 4xx; never a 5xx, never a trace."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.test_errors import check_problem

COMPATIBLE, OURS = "/users/recommendations", "/api/v1/recommendations"
LIST_NAME = {COMPATIBLE: "anime_list", OURS: "ratings"}
LIMIT_NAME = {COMPATIBLE: "n", OURS: "limit"}
BOTH = pytest.mark.parametrize("url", [COMPATIBLE, OURS])

NOT_JSON = [
    b"",
    b" ",
    b"{",
    b'{"n": 5',
    b"{'n': 5}",
    b'{"n": 5,}',
    b'{"n": NaN}',
    b'{"n": Infinity}',
    b'{"n": -Infinity}',
    b'{"n": 0x10}',
    b'{"n": ' + b"9" * 5_000 + b"}",
    b'{"x": "\x01"}',
    b'{"x": "\\q"}',
    b"\xff\xfe\x00",
    b'{"x": "\xed\xa0\x80"}',
    b"\x1f\x8b\x08\x00",
    b"<xml/>",
    b"user_id=5",
    b"[" * 50_000,
    b'{"a":' * 50_000,
]
NOT_AN_OBJECT = [b"[]", b"null", b"true", b"5", b"1e400", b'"x"', b'"{}"', b"[{}]"]
NAMES_NOBODY_KNOWS = [
    "\x00",
    "\x07\x1b[31m",
    "Set-Cookie: a\r\nb",
    "\u202e\u200b\ufeff",
    "𝕏" * 60,
    "\uffff\U0010ffff",
    "'; DROP TABLE users; --",
    "%s%n{0}",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "-" * 200,
]
WRONG_ENTRIES: list[Any] = [
    5,
    5.5,
    True,
    None,
    [],
    {},
    {"name": 5},
    {"name": None},
    {"name": ["Naruto"]},
    {"name": "x" * 201},
    {"name": "x" * 900_000},
    "x" * 900_000,
    {"anime_id": "1"},
    {"anime_id": 1.5},
    {"anime_id": True},
    {"anime_id": 0},
    {"anime_id": -1},
    {"anime_id": 2**31},
    {"anime_id": 2**63},
    {"anime_id": 10**400},
    {"anime_id": 1e300},
    {"anime_id": 1, "rating": 0},
    {"anime_id": 1, "rating": 11},
    {"anime_id": 1, "rating": -1},
    {"anime_id": 1, "rating": 9.5},
    {"anime_id": 1, "rating": "9"},
    {"anime_id": 1, "rating": 2**70},
    {"name": "\ud800"},
    "\udfff",
]
WRONG_LIMITS: list[Any] = [0, -1, 101, 2**70, "5", 5.5, True, []]
WRONG_MEMBERS: list[dict[str, Any]] = [
    {"algorithm": "magic"},
    {"algorithm": ""},
    {"algorithm": None},
    {"algorithm": 5},
    {"algorithm": ["user-user"]},
    {"algorithm": "\ud800"},
    {"algorithm": "x" * 100_000},
]
WRONG_MEMBERS_OF_OURS: list[dict[str, Any]] = [
    {"typo": 1},
    {"\ud800": 1},
    {"ratings": None},
    {"ratings": {}},
    {"ratings": "Naruto"},
    {"exclude_ids": None},
    {"exclude_ids": [0]},
    {"exclude_ids": [-5]},
    {"exclude_ids": [2**63]},
    {"exclude_ids": ["1"]},
    {"exclude_ids": list(range(1, 6_000))},
    {"filters": None},
    {"filters": []},
    {"filters": {"types": "TV"}},
    {"filters": {"types": [None]}},
    {"filters": {"types": ["Radio"]}},
    {"filters": {"genres": ["\x00"]}},
    {"filters": {"genres": ["\ud800"]}},
    {"filters": {"genres": ["Action"] * 51}},
    {"filters": {"min_members": -1}},
    {"filters": {"min_members": 2**70}},
    {"filters": {"min_mal_score": 10.5}},
    {"filters": {"year_from": 2012, "year_to": 2011}},
    {"filters": {"year_from": 1e300}},
    {"filters": {"nsfw": "perhaps"}},
]


def with_list(url: str, *entries: Any) -> dict[str, Any]:
    return {**({"user_id": 900_001} if url == COMPATIBLE else {}), LIST_NAME[url]: list(entries)}


@BOTH
@pytest.mark.parametrize("body", NOT_JSON, ids=lambda body: repr(body[:24]))
def test_invalid_json_is_400(shared_client: FlaskClient, url: str, body: bytes) -> None:
    check_problem(shared_client.post(url, data=body, content_type="application/json"), 400)


@BOTH
@pytest.mark.parametrize("body", NOT_AN_OBJECT, ids=repr)
def test_json_without_an_object_is_refused(shared_client: FlaskClient, url: str, body: bytes) -> None:
    response = shared_client.post(url, data=body)
    assert response.status_code in ({400} if url == COMPATIBLE else {400, 422})
    check_problem(response, response.status_code)


@BOTH
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "x", ""])
def test_json_is_read_under_any_content_type(shared_client: FlaskClient, url: str, content_type: str) -> None:
    body = (
        b'{"user_id": 900001, "anime_list": ["Clannad"]}'
        if url == COMPATIBLE
        else b'{"ratings": ["Clannad"]}'
    )
    assert shared_client.post(url, data=body, content_type=content_type).status_code == 200


@BOTH
@pytest.mark.parametrize("entry", [{}, [], 1, None], ids=repr)
def test_length_is_checked_before_entries(shared_client: FlaskClient, url: str, entry: Any) -> None:
    few, many = (with_list(url, *[entry] * count) for count in (5_000, 90_000))
    check_problem(shared_client.post(url, json=few), 400 if url == COMPATIBLE else 422)
    problem = check_problem(shared_client.post(url, json=many), 413)
    assert problem["detail"] == "The list has 90,000 titles, at most 5,000 are read."


def test_length_counts_titles_watched_without_opinion(shared_client: FlaskClient) -> None:
    body = {"ratings": [{}] * 3_000, "watched_ids": [0] * 2_001}
    problem = check_problem(shared_client.post(OURS, json=body), 413)
    assert problem["detail"] == "The list has 5,001 titles, at most 5,000 are read."


@BOTH
def test_object_of_too_many_members_is_400(shared_client: FlaskClient, url: str) -> None:
    members = dict.fromkeys(map(str, range(1_001)), 0)
    for body in (with_list(url, "Clannad") | members, with_list(url, {"name": "Clannad", **members})):
        problem = check_problem(shared_client.post(url, json=body), 400)
        assert "members, at most 1,000 are read" in problem["detail"]


@BOTH
def test_lists_in_lists_are_413_where_they_are_too_many(shared_client: FlaskClient, url: str) -> None:
    problem = check_problem(shared_client.post(url, json=with_list(url, *[[[]] * 99] * 1_011)), 413)
    assert problem["detail"] == "The body has 101,101 lists, at most 100,000 are read."


def test_long_unknown_member_is_cut_in_the_answer(shared_client: FlaskClient) -> None:
    response = shared_client.post(OURS, json=with_list(OURS, "Clannad") | {"ratings" * 100_000: 0})
    assert check_problem(response, 422)["errors"][0]["loc"][0].endswith("…")
    assert len(response.data) < 2_000


@BOTH
def test_oversized_body_is_413(shared_client: FlaskClient, url: str) -> None:
    check_problem(shared_client.post(url, json=with_list(url, "x" * 1_000_001)), 413)


@BOTH
def test_deeply_nested_member_is_refused(shared_client: FlaskClient, url: str) -> None:
    deep = b"[" * 800 + b"]" * 800
    body = b'{"user_id": 900001, "' + LIST_NAME[url].encode() + b'": ' + deep + b"}"
    check_problem(shared_client.post(url, data=body), 400 if url == COMPATIBLE else 422)


def test_compatible_route_ignores_unknown_members(shared_client: FlaskClient) -> None:
    body = b'{"user_id": 900001, "anime_list": ["Clannad"], "x": ' + b"[" * 800 + b"]" * 800 + b"}"
    assert shared_client.post(COMPATIBLE, data=body).status_code == 200


@pytest.mark.parametrize("user_id", [0, 2**63 - 1])
def test_smallest_and_largest_user_ids_are_accepted(shared_client: FlaskClient, user_id: int) -> None:
    body = {"user_id": user_id, "anime_list": ["Clannad"]}
    assert shared_client.post(COMPATIBLE, json=body).status_code == 200
    assert shared_client.get(f"/api/v1/users/{user_id}/similar").status_code == 200


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["Clannad", "user-user", "content-based"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "user_id",
                    "anime_list",
                    "ratings",
                    "anime_id",
                    "name",
                    "rating",
                    "n",
                    "limit",
                    "filters",
                    "algorithm",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON, url=st.sampled_from([COMPATIBLE, OURS]))
def test_arbitrary_json_never_fails_the_server(shared_client: FlaskClient, body: Any, url: str) -> None:
    assert shared_client.post(url, json=body).status_code < 500


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        [
            "/api/anime-suggestions",
            "/api/v1/anime",
            "/api/v1/popular",
            "/api/v1/anime/1535/similar",
            "/api/v1/users/7/recommendations",
            "/api/v1/users/7/similar",
        ]
    ),
    query=st.dictionaries(
        st.sampled_from(
            [
                "query",
                "n",
                "page",
                "limit",
                "types",
                "genres",
                "year",
                "min_mal_score",
                "min_members",
                "sort",
                "nsfw",
            ]
        ),
        st.text(max_size=12) | st.integers().map(str) | st.floats().map(str),
        max_size=3,
    ),
)
def test_arbitrary_query_never_fails_the_server(
    shared_client: FlaskClient, path: str, query: dict[str, str]
) -> None:
    assert shared_client.get(path, query_string=query).status_code < 500


@BOTH
def test_invalid_entries_leave_nothing_in_memory(shared_client: FlaskClient, url: str) -> None:
    def kept() -> int:
        gc.collect()
        return sum(isinstance(found, ValueError) for found in gc.get_objects())

    body = {"user_id": 1, LIST_NAME[url]: [{}] * 100}
    shared_client.post(url, json=body)
    before = kept()
    for _ in range(5):
        assert shared_client.post(url, json=body).status_code in (400, 422)
    assert kept() <= before
