"""People the server knows, and how somebody new becomes one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from db.users import insert_user
from domain.ids import PROFILE_IDS, is_profile
from recommender.artifacts.store import ModelStore, Version
from serving.live import LiveModel
from serving.people import (
    UnknownUserError,
    add_profile,
    add_user,
    newer_titles,
    replace_user,
    require_entries,
    require_list,
    saved_entries,
)
from serving.services import Services
from tests.serving.worlds import ACTION, FIRST_ID, STRANGER, add_titles, database_away, neighbors


@pytest.fixture
def services(filled: Engine, store: ModelStore, version: Version) -> Iterator[Services]:
    """Services over the small world, that look for news at every request."""
    yield Services(filled, LiveModel(store, filled, version, interval_s=0, overlay_max_users=100))
    filled.dispose()


def test_a_saved_list_comes_back_as_rows_and_ratings(services: Services) -> None:
    insert_user(services.engine, STRANGER, {106: 7, 104: 0, 110: 10})
    entries = saved_entries(services, STRANGER, services.live.current().snapshot)
    assert entries == [(104 - FIRST_ID, 0), (106 - FIRST_ID, 7), (110 - FIRST_ID, 10)]


def test_nobody_is_not_an_empty_list(services: Services) -> None:
    snapshot = services.live.current().snapshot
    insert_user(services.engine, STRANGER, {})
    assert saved_entries(services, STRANGER, snapshot) == []
    assert saved_entries(services, STRANGER + 1, snapshot) is None


def test_asking_for_somebody_unknown_says_who_and_what_to_do(services: Services) -> None:
    with pytest.raises(UnknownUserError, match="user 900001 is not known; POST /users/recommendations"):
        require_entries(services, STRANGER, services.live.current().snapshot)


def test_a_title_that_the_model_lacks_is_not_in_the_entries(services: Services) -> None:
    add_titles(services.engine, [999])
    insert_user(services.engine, STRANGER, {104: 9, 999: 9})
    entries = require_entries(services, STRANGER, services.live.current().snapshot)
    assert entries == [(104 - FIRST_ID, 9)]


def test_somebody_added_is_in_the_model_that_comes_back(services: Services) -> None:
    assert neighbors(add_user(services, STRANGER, ACTION), ACTION, 1) == [STRANGER]


def test_a_profile_has_an_id_that_a_caller_rarely_chooses_and_javascript_can_hold(services: Services) -> None:
    user_id = add_profile(services, ACTION)
    assert 2**52 <= user_id < 2**53
    assert neighbors(services.live.current(), ACTION, 1) == [user_id]
    assert require_list(services, user_id).anime_ids.tolist() == sorted(ACTION)


def test_a_profile_never_gets_the_id_of_somebody_else(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([PROFILE_IDS[7], PROFILE_IDS[7], PROFILE_IDS[7], PROFILE_IDS[9]])
    monkeypatch.setattr("serving.people.secrets.choice", lambda _ids: next(drawn))
    first, second = add_profile(services, {104: 9}), add_profile(services, {106: 1})
    assert (first, second) == (PROFILE_IDS[7], PROFILE_IDS[9])
    assert require_list(services, first).anime_ids.tolist() == [104]


def test_a_profile_is_updated_at_once_and_an_erased_one_is_not_made_again(services: Services) -> None:
    user_id = add_profile(services, {104: 9})
    replace_user(services, user_id, ACTION)
    assert neighbors(services.live.current(), ACTION, 1) == [user_id]
    with pytest.raises(
        UnknownUserError, match=r"may have been erased; POST /api/v1/profiles makes a new one"
    ):
        replace_user(services, user_id + 1, ACTION)
    assert saved_entries(services, user_id + 1, services.live.current().snapshot) is None


def test_a_title_is_in_the_database_before_it_is_in_the_model(services: Services) -> None:
    add_titles(services.engine, [999])
    many = range(5_000, 6_000)
    assert newer_titles(services, [104, *many, 999, 424_242]) == {104, 999}


@pytest.mark.parametrize(
    ("user_id", "expected"), [(2**52 - 1, False), (2**52, True), (2**53 - 1, True), (2**53, False)]
)
def test_profiles_have_a_range_of_ids_to_themselves(user_id: int, expected: bool) -> None:
    assert is_profile(user_id) is expected


def test_of_two_lists_for_one_new_person_the_first_stays(services: Services) -> None:
    add_user(services, STRANGER, {104: 9})
    current = add_user(services, STRANGER, {106: 1})
    assert saved_entries(services, STRANGER, current.snapshot) == [(104 - FIRST_ID, 9)]


def test_many_at_once_are_all_saved_and_all_neighbors(services: Services) -> None:
    people = list(range(STRANGER, STRANGER + 12))
    threads = [threading.Thread(target=add_user, args=(services, user_id, ACTION)) for user_id in people * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(neighbors(services.live.current(), ACTION, len(people))) == people


def test_with_the_database_away_nobody_is_taken_for_unknown(services: Services) -> None:
    snapshot = services.live.current().snapshot
    with database_away(services.engine), pytest.raises(DBAPIError):
        require_entries(services, 1, snapshot)


def test_with_the_database_away_nobody_is_half_added(services: Services) -> None:
    with database_away(services.engine), pytest.raises(DBAPIError):
        add_user(services, STRANGER, ACTION)
    assert saved_entries(services, STRANGER, services.live.current().snapshot) is None
