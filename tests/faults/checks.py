"""Checks after a fault: every acknowledged user is saved, once, and is found."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.client import HTTPException

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text

from tests.faults.crowd import GROUPS, NEWCOMERS, WATCHERS, Crowd, group_of
from tests.serving.servers import WORKERS, Server


def wait_until(happened: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Poll; fail when it takes longer."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def wait_until_ready(server: Server) -> None:
    """Until every worker is there and answers, under load too."""

    def ready() -> bool:
        try:
            statuses = {server.ask("/readyz").status for _ in range(8)}
        except (OSError, HTTPException):
            return False
        return statuses == {200} and len(server.workers()) == WORKERS

    wait_until(ready, "every worker is ready")


def versions_in_service(server: Server) -> list[float]:
    """The number of the version that each worker answers from, by what they say themselves: under load
    nobody may be made to stand still, since they may hold the lock that the others wait for."""
    families = text_string_to_metric_families(server.ask("/metrics").body.decode())
    return [s.value for family in families for s in family.samples if s.name == "anime_model_version"]


def check_saved(engine: Engine, many: Crowd) -> None:
    """Everybody acknowledged is in the database; whoever is there has one of the lists that came, whole."""
    stored, sent = saved_lists(engine), many.sent
    assert many.acknowledged - set(stored) == set(), "acknowledged and lost"
    assert {user_id: list_ for user_id, list_ in stored.items() if list_ not in sent[user_id]} == {}
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def saved_lists(engine: Engine, ids: range = NEWCOMERS) -> dict[int, dict[int, int]]:
    """The list of everybody in the database who has one of these ids."""
    bounds = {"first": ids.start, "last": ids.stop - 1}
    with engine.connect() as connection:
        users = text("SELECT user_id FROM users WHERE user_id BETWEEN :first AND :last")
        found = connection.execute(users, bounds).scalars().all()
        lists: dict[int, dict[int, int]] = {user_id: {} for user_id in found}
        assert len(lists) == len(found), "saved twice"
        ratings = "SELECT user_id, anime_id, rating FROM ratings WHERE user_id BETWEEN :first AND :last"
        for user_id, anime_id, rating in connection.execute(text(ratings), bounds):
            lists[user_id][anime_id] = rating
    return lists


def check_found(server: Server, many: Crowd) -> None:
    """Every worker finds everybody acknowledged among the neighbors of the watcher of their group."""
    assert many.acknowledged
    for group in range(GROUPS):
        answers = server.ask_each(f"/api/v1/users/{WATCHERS + group}/similar?limit=100", times=1)
        assert [answer.status for answer in answers] == [200] * WORKERS
        for answer in answers:
            found = {item["user_id"] for item in answer.json["items"]}
            missing = {user_id for user_id in many.acknowledged if group_of(user_id) == group} - found
            assert missing == set(), f"group {group} in model {answer.json['model_version']}"
