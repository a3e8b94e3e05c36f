"""Saved users: read, saved, replaced and erased."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from db.engine import read_transaction
from db.lists import load_extras
from db.users import insert_user
from domain.ranges import PROFILE_IDS, is_profile
from recommender.artifacts.store import ModelStore, Version
from serving.errors import ListTooLongError, NothingToSaveError, NoTitleResolvedError, UnknownUserError
from serving.lists import SubmittedList, SubmittedTitle
from serving.live import LiveModel
from serving.services import Observers, Services
from serving.users import SavedTitle, UserService
from tests.serving.conftest import Observed
from tests.serving.worlds import (
    ACTION,
    FIRST_ID,
    STRANGER,
    add_titles,
    database_away,
    neighbors,
    submitted,
)


@pytest.fixture
def services(filled: Engine, store: ModelStore, version: Version) -> Iterator[Services]:
    """Services over the small world, on each kind of database."""
    live = LiveModel(store, filled, version, interval_s=0, overlay_max_users=100)
    yield Services.over(filled, live, max_list_titles=2_000)
    filled.dispose()


@pytest.fixture
def users(services: Services) -> UserService:
    return services.users


def saved(users: UserService, user_id: int) -> dict[int, int]:
    """Anime id -> rating of a user's saved ratings, 0 for unrated."""
    return {title.anime_id: title.rating for title in users.saved_titles(user_id)}


def test_entries_are_rows_and_ratings(users: UserService) -> None:
    insert_user(users.engine, STRANGER, {106: 7, 104: 0, 110: 10})
    entries = users.entries(STRANGER, users.live.current().snapshot)
    assert entries == [(104 - FIRST_ID, 0), (106 - FIRST_ID, 7), (110 - FIRST_ID, 10)]


def test_entries_of_an_unknown_user_are_none(users: UserService) -> None:
    snapshot = users.live.current().snapshot
    insert_user(users.engine, STRANGER, {})
    assert users.entries(STRANGER, snapshot) == []
    assert users.entries(STRANGER + 1, snapshot) is None


def test_entries_lack_titles_newer_than_the_model(users: UserService) -> None:
    add_titles(users.engine, [999])
    insert_user(users.engine, STRANGER, {104: 9, 999: 9})
    entries = users.require_entries(STRANGER, users.live.current().snapshot)
    assert entries == [(104 - FIRST_ID, 9)]


def test_unknown_user_error_says_who_and_what_to_do(users: UserService) -> None:
    snapshot = users.live.current().snapshot
    with pytest.raises(UnknownUserError, match="user 900001 is not known; POST /users/recommendations"):
        users.require_entries(STRANGER, snapshot)
    with pytest.raises(UnknownUserError, match="user 900001"):
        users.saved_titles(STRANGER)
    with pytest.raises(UnknownUserError, match="user 900001"):
        users.similar(STRANGER, 5)
    with pytest.raises(UnknownUserError, match="user 900001"):
        users.erase(STRANGER)


def test_saved_titles_have_names_where_the_model_has_them(users: UserService) -> None:
    add_titles(users.engine, [999])
    insert_user(users.engine, STRANGER, {999: 3, 104: 9, 106: 0})
    assert users.saved_titles(STRANGER) == [
        SavedTitle(104, "Story number 104", 9),
        SavedTitle(106, "Story number 106", 0),
        SavedTitle(999, None, 3),
    ]


def test_similar_users_are_nearest_first(users: UserService) -> None:
    users.add(STRANGER, ACTION)
    users.add(STRANGER + 1, ACTION)
    found = users.similar(STRANGER, 3)
    assert found.model_version == "v0001"
    assert found.neighbors.user_ids[0] == STRANGER + 1
    assert len(found.neighbors.user_ids) == 3
    assert STRANGER not in found.neighbors.user_ids


def test_added_user_is_in_the_returned_model(users: UserService) -> None:
    assert neighbors(users.add(STRANGER, ACTION), ACTION, 1) == [STRANGER]


def test_first_of_two_lists_for_a_new_user_stays(users: UserService) -> None:
    users.add(STRANGER, {104: 9})
    current = users.add(STRANGER, {106: 1})
    assert users.entries(STRANGER, current.snapshot) == [(104 - FIRST_ID, 9)]


def test_concurrent_new_users_are_all_saved(users: UserService) -> None:
    ids = list(range(STRANGER, STRANGER + 12))
    threads = [threading.Thread(target=users.add, args=(user_id, ACTION)) for user_id in ids * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(neighbors(users.live.current(), ACTION, len(ids))) == ids


def test_profile_id_fits_a_javascript_number(users: UserService) -> None:
    profile = users.add_profile(submitted(ACTION))
    assert 2**52 <= profile.user_id < 2**53
    assert (profile.titles, profile.unresolved) == (len(ACTION), ())
    assert neighbors(users.live.current(), ACTION, 1) == [profile.user_id]
    assert saved(users, profile.user_id) == ACTION


def test_profile_never_gets_the_id_of_another(users: UserService, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([PROFILE_IDS[7], PROFILE_IDS[7], PROFILE_IDS[7], PROFILE_IDS[9]])
    monkeypatch.setattr("secrets.choice", lambda _ids: next(drawn))
    first, second = users.add_profile(submitted({104: 9})), users.add_profile(submitted({106: 1}))
    assert (first.user_id, second.user_id) == (PROFILE_IDS[7], PROFILE_IDS[9])
    assert saved(users, first.user_id) == {104: 9}


def test_replaced_profile_counts_at_once(users: UserService) -> None:
    user_id = users.add_profile(submitted({104: 9})).user_id
    users.replace(user_id, ACTION)
    assert neighbors(users.live.current(), ACTION, 1) == [user_id]


def test_unknown_profile_is_not_created_by_a_replace(users: UserService) -> None:
    with pytest.raises(
        UnknownUserError, match=r"may have been erased; POST /api/v1/profiles makes a new one"
    ):
        users.replace(PROFILE_IDS[7], ACTION)
    with pytest.raises(UnknownUserError):
        users.replace_list(PROFILE_IDS[7], submitted(ACTION))
    assert users.entries(PROFILE_IDS[7], users.live.current().snapshot) is None


@pytest.mark.parametrize(
    ("user_id", "expected"), [(2**52 - 1, False), (2**52, True), (2**53 - 1, True), (2**53, False)]
)
def test_profile_ids_have_a_range_of_their_own(user_id: int, expected: bool) -> None:
    assert is_profile(user_id) is expected


def test_replace_list_saves_ratings_and_watched_titles(users: UserService) -> None:
    users.replace_list(STRANGER, submitted({104: 9}))
    titles = [SubmittedTitle(anime_id=106, rating=3), SubmittedTitle(name="Story number 108")]
    answer = users.replace_list(STRANGER, SubmittedList(titles, watched_ids=[110, 106]))
    assert answer == (STRANGER, 3, (), 0, 0)
    assert saved(users, STRANGER) == {106: 3, 108: 10, 110: 0}


def test_replace_list_saves_titles_newer_than_the_model(users: UserService) -> None:
    add_titles(users.engine, [998, 999])
    many = range(5_000, 6_000)
    rated = [SubmittedTitle(anime_id=998, rating=4), SubmittedTitle(anime_id=424_242)]
    answer = users.replace_list(STRANGER, SubmittedList(rated, watched_ids=[104, *many, 999]))
    assert answer.titles == 3
    assert answer.unresolved == ("424242", *map(str, many))
    assert answer.pending == 1_001
    assert saved(users, STRANGER) == {104: 0, 998: 4, 999: 0, 424_242: 10, **dict.fromkeys(many, 0)}
    with read_transaction(users.engine) as connection:
        assert list(load_extras(connection, STRANGER).pending) == [*many, 424_242]


def test_list_of_newer_titles_alone_replaces_the_saved_one(users: UserService) -> None:
    users.replace_list(STRANGER, submitted(ACTION))
    before = users.live.current()
    assert STRANGER in neighbors(before, ACTION, 100)
    answer = users.replace_list(STRANGER, SubmittedList([SubmittedTitle(424_242, rating=4)]))
    assert answer == (STRANGER, 0, ("424242",), 1, 0)
    assert saved(users, STRANGER) == {424_242: 4}
    assert STRANGER not in neighbors(users.live.current(), ACTION, 100)
    assert users.require_entries(STRANGER, before.snapshot) == []


def test_list_of_plans_alone_is_saved(users: UserService) -> None:
    answer = users.add_profile(SubmittedList(planned_ids=[104, 424_242]))
    assert answer[1:] == (0, (), 0, 2)
    assert users.saved_list(answer.user_id) == ([], (104, 424_242))


def test_list_without_an_id_or_known_name_replaces_nothing(users: UserService) -> None:
    users.replace_list(STRANGER, submitted(ACTION))
    with pytest.raises(NoTitleResolvedError, match="None of these titles is known: qqqq"):
        users.replace_list(STRANGER, SubmittedList([SubmittedTitle(name="qqqq")]))
    for empty in (SubmittedList([SubmittedTitle(name=" ")]), SubmittedList()):
        with pytest.raises(NothingToSaveError, match=r"the saved list stays as it was\. DELETE erases"):
            users.replace_list(STRANGER, empty)
        with pytest.raises(NothingToSaveError):
            users.add_profile(empty)
    assert saved(users, STRANGER) == ACTION


def test_list_above_the_limit_is_not_saved(users: UserService) -> None:
    too_long = SubmittedList([SubmittedTitle(anime_id=104)] * 2_000, watched_ids=[106])
    with pytest.raises(ListTooLongError, match="The list has 2,001 titles, at most 2,000 are read"):
        users.replace_list(STRANGER, too_long)
    assert users.entries(STRANGER, users.live.current().snapshot) is None


def test_erased_user_is_unknown_and_no_neighbor(users: UserService) -> None:
    users.add(STRANGER, ACTION)
    users.erase(STRANGER)
    assert STRANGER not in neighbors(users.live.current(), ACTION, 100)
    assert users.entries(STRANGER, users.live.current().snapshot) is None


def test_every_save_is_observed(services: Services) -> None:
    observed = Observed()
    observers = Observers(save=lambda: observed.block("save"))
    users = Services.over(services.engine, services.live, 10, observers).users
    users.add(STRANGER, ACTION)
    profile = users.add_profile(submitted(ACTION))
    users.replace(profile.user_id, {104: 9})
    users.replace_list(STRANGER, submitted({104: 9}))
    assert observed.names == ["save"] * 4


def test_database_outage_takes_nobody_for_unknown(users: UserService) -> None:
    snapshot = users.live.current().snapshot
    with database_away(users.engine), pytest.raises(DBAPIError):
        users.require_entries(1, snapshot)


def test_database_outage_adds_nobody_halfway(users: UserService) -> None:
    with database_away(users.engine), pytest.raises(DBAPIError):
        users.add(STRANGER, ACTION)
    assert users.entries(STRANGER, users.live.current().snapshot) is None
