"""Summaries of lists."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from recommender.artifacts.store import ModelStore, Version
from serving.errors import ListTooLongError, NoTitleResolvedError
from serving.lists import SubmittedList, SubmittedTitle
from serving.live import LiveModel
from serving.services import Services
from tests.serving.worlds import ACTION, STRANGER, submitted


@pytest.fixture
def services(embedded: Engine, store: ModelStore, embedded_version: Version) -> Services:
    """Services over the small world."""
    live = LiveModel(store, embedded, embedded_version, interval_s=0, overlay_max_users=100)
    return Services.over(embedded, live, max_list_titles=10)


def test_summary_counts_titles_and_ratings(services: Services) -> None:
    titles = [SubmittedTitle(anime_id=106, rating=9), SubmittedTitle(name="Story number 108")]
    summary = services.taste.summarize(SubmittedList(titles, watched_ids=[107]), nsfw=False, exact=True)
    assert (summary.taste.whole.titles, summary.taste.rated) == (3, 1)
    assert summary.taste.whole.mean_rating == 9
    genres = {genre: part.titles for genre, part in summary.taste.genres}
    assert genres == {"School": 3, "Action": 2, "Romance": 1}
    assert {user_id % 2 for user_id in summary.neighbors.user_ids.tolist()} == {0}


def test_summary_names_adult_genres_on_request_only(services: Services) -> None:
    def genres(*, nsfw: bool) -> set[str]:
        return {genre for genre, _ in services.taste.summarize(submitted(ACTION), nsfw=nsfw).taste.genres}

    assert genres(nsfw=True) - genres(nsfw=False) == {"Hentai"}


def test_summary_excludes_the_users_own_saved_list(services: Services) -> None:
    services.users.add(STRANGER, ACTION)
    anybody = services.taste.summarize(submitted(ACTION), nsfw=False)
    own = services.taste.summarize(submitted(ACTION), nsfw=False, user_id=STRANGER)
    assert anybody.neighbors.user_ids[0] == STRANGER
    assert STRANGER not in own.neighbors.user_ids


def test_summary_of_an_empty_list_is_empty(services: Services) -> None:
    summary = services.taste.summarize(SubmittedList(), nsfw=False)
    assert (summary.taste.whole.titles, len(summary.neighbors.user_ids)) == (0, 0)


def test_summary_of_unknown_titles_raises(services: Services) -> None:
    with pytest.raises(NoTitleResolvedError, match="qqqq"):
        services.taste.summarize(SubmittedList([SubmittedTitle(name="qqqq")]), nsfw=False)


def test_summary_of_a_list_above_the_limit_raises(services: Services) -> None:
    with pytest.raises(ListTooLongError, match="at most 10"):
        services.taste.summarize(SubmittedList(watched_ids=[106] * 11), nsfw=False)
