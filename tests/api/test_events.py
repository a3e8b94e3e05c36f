"""Events: sent, counted once, undone; what they do to the next answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import engine_of, saved
from tests.api.test_errors import check_problem
from tests.db.helpers import contents

URL = "/api/v1/events"
LIST = [{"anime_id": 106, "rating": 9}]
SESSION, OTHER = "9f2a6c1e-8a53-4c5b-a0a4-51f0a4a3b7d2", "00000000-0000-4000-8000-000000000001"


def event(anime_id: int, kind: str = "click", minutes_ago: float = 1, **more: Any) -> dict[str, Any]:
    happened_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    body = {"event_id": str(uuid4()), "kind": kind, "anime_id": anime_id, "session_id": SESSION}
    return {**body, "happened_at": happened_at.isoformat(), **more}


def send(client: FlaskClient, *events: dict[str, Any], **headers: str) -> dict[str, Any]:
    response = client.post(URL, json={"events": list(events)}, headers=headers)
    assert response.status_code == 202, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


def page(client: FlaskClient, session_id: str | None = SESSION, **more: Any) -> bytes:
    body = {"ratings": LIST, "limit": 100, **more}
    if session_id:
        body["session_id"] = session_id
    response = client.post("/api/v1/recommendations", json=body)
    assert response.status_code == 200, response.data
    return response.data


def test_click_changes_the_next_answer_and_undo_restores_it(each_app: Flask) -> None:
    client = each_app.test_client()
    before, of_another, click = page(client), page(client, OTHER), event(108)
    assert send(client, click) == {"accepted": 1, "known": 0, "refused": []}
    assert page(client) != before
    assert page(client, OTHER) == of_another
    assert client.delete(f"{URL}/{click['event_id']}").status_code == 204
    assert page(client) == before
    assert send(client, click)["known"] == 1
    assert page(client) == before


def test_events_that_come_again_in_any_order_count_once(each_app: Flask) -> None:
    client, events = each_app.test_client(), [event(108, minutes_ago=3), event(107, "view"), event(109)]
    assert send(client, *events)["accepted"] == 3
    once = page(client)
    assert send(client, *reversed(events), events[0]) == {"accepted": 0, "known": 4, "refused": []}
    assert page(client) == once


def test_deleted_session_is_as_if_it_had_never_been(each_app: Flask) -> None:
    client = each_app.test_client()
    before = page(client)
    send(client, event(108), event(107, "like"))
    assert client.delete(f"/api/v1/sessions/{SESSION}").status_code == 204
    late = event(109)
    assert send(client, late)["refused"] == [
        {"event_id": late["event_id"], "reason": "its session was deleted"}
    ]
    assert page(client) == before


def test_event_undone_before_it_comes_never_counts(each_app: Flask) -> None:
    client, click = each_app.test_client(), event(108)
    before = page(client)
    assert client.delete(f"{URL}/{click['event_id']}").status_code == 204
    assert send(client, click) == {"accepted": 0, "known": 1, "refused": []}
    assert page(client) == before


def test_events_that_cannot_count_are_refused_one_by_one(each_app: Flask) -> None:
    events = [event(424242), event(108, minutes_ago=-60), event(108, minutes_ago=60 * 24 * 31), event(107)]
    answer = send(each_app.test_client(), *events)
    assert (answer["accepted"], answer["known"]) == (1, 0)
    reasons = {one["event_id"]: one["reason"] for one in answer["refused"]}
    assert set(reasons) == {one["event_id"] for one in events[:3]}
    assert reasons[events[0]["event_id"]] == "no title has the id 424242"
    assert "ahead of the server's clock" in reasons[events[1]["event_id"]]
    assert reasons[events[2]["event_id"]] == "it is older than 30 days, and would be forgotten"


def test_fast_clock_is_taken_for_now(small_client: FlaskClient) -> None:
    before = page(small_client)
    assert send(small_client, event(108, minutes_ago=-4))["accepted"] == 1
    assert page(small_client) != before


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("0001-01-01T00:00:00+14:00", "it is older than 30 days"),
        ("9999-12-31T23:59:59-14:00", "s ahead of the"),
    ],
)
def test_time_beyond_the_calendar_is_refused(small_client: FlaskClient, time: str, reason: str) -> None:
    answer = send(small_client, event(108, happened_at=time))
    assert (answer["accepted"], len(answer["refused"])) == (0, 1)
    assert reason in answer["refused"][0]["reason"]


def test_dismissed_title_is_not_recommended(small_client: FlaskClient) -> None:
    send(small_client, event(108, "dismiss"))
    assert b'"anime_id":108,' not in page(small_client)
    assert b'"anime_id":108,' in page(small_client, None)


def test_clicked_title_may_still_be_recommended(small_client: FlaskClient) -> None:
    send(small_client, event(108))
    assert b'"anime_id":108,' in page(small_client)


def test_kept_titles_stay_where_they_are(small_client: FlaskClient) -> None:
    def ids(**more: Any) -> list[int]:
        body = {"ratings": LIST, "limit": 6, "session_id": SESSION, "franchise": "allow", **more}
        items = small_client.post("/api/v1/recommendations", json=body).get_json()["items"]
        return [item["anime_id"] for item in items]

    shown = ids()[:3]
    send(small_client, event(108))
    kept = ids(keep=shown)
    assert kept[:3] == shown
    assert len(set(kept)) == 6


def test_browser_that_asks_for_privacy_leaves_nothing(each_app: Flask) -> None:
    answer = send(each_app.test_client(), event(108), **{"Sec-GPC": "1"})
    assert (answer["accepted"], len(answer["refused"])) == (0, 1)
    assert contents(engine_of(each_app))["events"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"session_id": None},
        {"user_id": 7},
        {"kind": "stare"},
        {"event_id": "1"},
        {"happened_at": "2026-11-27T20:15:03"},
        {"position": 0},
        {"name": "somebody"},
    ],
)
def test_malformed_event_is_refused_whole(small_client: FlaskClient, changes: dict[str, Any]) -> None:
    events = [event(107), event(108, **changes)]
    check_problem(small_client.post(URL, json={"events": events}), 422)
    assert contents(engine_of(small_client.application))["events"] == []


def test_profiles_events_need_its_token_and_go_with_it(each_app: Flask) -> None:
    client = each_app.test_client()
    profile = client.post("/api/v1/profiles", json={"ratings": LIST}).get_json()
    token = {"Authorization": f"Bearer {profile['token']}"}
    own = event(108, session_id=None, user_id=profile["user_id"])
    check_problem(client.post(URL, json={"events": [own]}), 401)
    assert send(client, own, **token)["accepted"] == 1
    client.delete(f"/api/v1/profiles/{profile['user_id']}", headers=token)
    assert contents(engine_of(each_app))["events"] == []


def test_unknown_users_event_is_refused(each_app: Flask) -> None:
    answer = send(each_app.test_client(), event(108, session_id=None, user_id=987_654), event(107))
    assert answer["accepted"] == 1
    assert answer["refused"][0]["reason"] == "user 987654 is not known"


def test_event_ids_are_all_that_is_left_of_undone_ones(each_app: Flask) -> None:
    client, click = each_app.test_client(), event(108, position=3, recommendation_id="x")
    send(client, click)
    client.delete(f"{URL}/{click['event_id']}")
    (row,) = contents(engine_of(each_app))["events"]
    assert next(value for value in row if value is not None) == UUID(click["event_id"])
    assert sum(value is not None for value in row) == 2


def test_saved_list_does_not_change_by_events(each_app: Flask) -> None:
    client = each_app.test_client()
    client.put("/api/v1/users/7/ratings", json={"ratings": LIST})
    before = saved(each_app, 7)
    send(client, event(108, "dismiss", session_id=None, user_id=7))
    assert saved(each_app, 7) == before
