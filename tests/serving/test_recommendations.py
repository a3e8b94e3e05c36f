"""The one way from a list, or a user, to a page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine

from domain.ranges import PROFILE_IDS
from recommender.artifacts.store import ModelStore, Version
from recommender.data.anonymity import NO_FLOOR
from recommender.pipeline.filters import Filters, UnknownFilterValueError
from recommender.pipeline.options import FranchiseMode, PageOptions
from recommender.pipeline.pipeline import DEFAULT
from serving.errors import (
    ListRequiredError,
    ListTooLongError,
    NoTitleResolvedError,
    ProfileIdError,
    UnknownTitleError,
    UnknownUserError,
)
from serving.lists import SubmittedList, SubmittedTitle
from serving.live import FixedModel, LiveModel, LiveVersion
from serving.recommendations import Recommendations, RecommendationService, RecommendOptions
from serving.services import Observers, Services
from tests.serving.conftest import Observed
from tests.serving.worlds import ACTION, ADULT, ALGORITHMS, FIRST_ID, STRANGER, TITLES, submitted

LIST = submitted(ACTION)
NOTHING = SubmittedList()
UNKNOWN = SubmittedList([SubmittedTitle(name="qqqq"), SubmittedTitle(anime_id=424_242)])
ALL = RecommendOptions(limit=100, page=PageOptions(FranchiseMode.ALLOW))
EVERY_ALGORITHM = pytest.mark.parametrize("algorithm", list(ALGORITHMS))


@pytest.fixture
def services(embedded: Engine, store: ModelStore, embedded_version: Version) -> Services:
    """Services over the small world."""
    live = LiveModel(store, embedded, embedded_version, interval_s=0, overlay_max_users=100, floor=NO_FLOOR)
    return Services.over(embedded, live, max_list_titles=50)


@pytest.fixture
def service(services: Services) -> RecommendationService:
    return services.recommendations


def ids(found: Recommendations) -> list[int]:
    """The titles of a page, best first."""
    return [found.context.catalog[row].anime_id for row in found.page.ranking.anime_rows]


def scored(found: Recommendations) -> list[tuple[int, float]]:
    return list(zip(ids(found), found.page.ranking.scores.tolist(), strict=True))


@EVERY_ALGORITHM
def test_list_gets_other_titles_best_first(service: RecommendationService, algorithm: str) -> None:
    found = service.for_list(LIST, RecommendOptions(algorithm))
    scores = found.page.ranking.scores.tolist()
    assert found.algorithm == algorithm
    assert len(ids(found)) == ALGORITHMS[algorithm].default_limit
    assert not {*ACTION, *ADULT} & set(ids(found))
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("limit", [1, 5, 30])
def test_limit_sets_the_length_of_the_page(service: RecommendationService, limit: int) -> None:
    found = service.for_list(LIST, replace(ALL, limit=limit))
    assert len(ids(found)) == len(found.forecast.ratings) == limit


def test_limit_beyond_the_catalog_gives_every_title(service: RecommendationService) -> None:
    assert len(ids(service.for_list(LIST, ALL))) == TITLES - len({*ACTION, *ADULT})


def test_list_answer_names_what_was_resolved(service: RecommendationService) -> None:
    titles = [*LIST.titles, SubmittedTitle(name="Story number 120"), *UNKNOWN.titles]
    found = service.for_list(SubmittedList(titles), ALL)
    assert [entry.submitted for entry in found.submitted.resolved][-1] == "Story number 120"
    assert found.submitted.unresolved_names == ("qqqq", "424242")
    assert 120 not in ids(found)


def test_list_of_unknown_titles_raises(service: RecommendationService) -> None:
    with pytest.raises(NoTitleResolvedError, match="None of these titles is known: qqqq, 424242") as error:
        service.for_list(UNKNOWN, ALL)
    assert error.value.names == ("qqqq", "424242")


def test_list_above_the_limit_raises(service: RecommendationService) -> None:
    longest = SubmittedList([SubmittedTitle(anime_id=106)] * 49, watched_ids=[108])
    assert ids(service.for_list(longest, ALL))
    with pytest.raises(ListTooLongError, match="The list has 51 titles, at most 50 are read"):
        service.for_list(replace(longest, watched_ids=[108, 110]), ALL)


@EVERY_ALGORITHM
def test_empty_list_raises_where_a_list_is_needed(service: RecommendationService, algorithm: str) -> None:
    options = RecommendOptions(algorithm)
    if not ALGORITHMS[algorithm].needs_list:
        assert ids(service.for_list(NOTHING, options))
        return
    with pytest.raises(ListRequiredError, match=f"{algorithm} needs a list: name at least one title"):
        service.for_list(NOTHING, options)


def test_filters_and_excluded_titles_are_counted(service: RecommendationService) -> None:
    first = ids(service.for_list(LIST, ALL))
    options = replace(ALL, filters=Filters(types=("Movie",)), exclude_ids=(first[0], 424_242))
    found = service.for_list(LIST, options)
    assert found.page.filtered["types"] == TITLES * 2 // 3
    assert found.page.filtered["exclude_ids"] == 1
    assert ids(found) == [anime_id for anime_id in first[1:] if anime_id % 3 == 0]


def test_unknown_genre_raises(service: RecommendationService) -> None:
    with pytest.raises(UnknownFilterValueError, match="genres: 'Cooking' is not known; known are Action"):
        service.for_list(LIST, RecommendOptions(filters=Filters(genres=("Cooking",))))


def test_explanations_come_on_request_only(service: RecommendationService) -> None:
    assert service.for_list(LIST, ALL).page.explanations is None
    found = service.for_list(LIST, replace(ALL, explain=True))
    assert found.page.explanations is not None
    assert len(found.page.explanations) == len(ids(found))
    assert any(explanation.because for explanation in found.page.explanations)


def test_saved_user_gets_what_their_list_gets(services: Services) -> None:
    services.users.add(STRANGER, ACTION)
    service = services.recommendations
    saved = service.for_user(STRANGER, ALL)
    assert scored(saved) == scored(service.for_list(LIST, ALL, user_id=STRANGER))
    assert saved.submitted.is_empty


def test_unknown_user_raises(service: RecommendationService) -> None:
    with pytest.raises(UnknownUserError, match="user 900001"):
        service.for_user(STRANGER, ALL)


def test_saved_list_is_no_neighbor_of_its_own_user(services: Services) -> None:
    service, options = services.recommendations, replace(ALL, algorithm="user-user")
    before = scored(service.for_list(LIST, options))
    services.users.add(STRANGER, {**ACTION, 119: 10})
    assert scored(service.for_list(LIST, options, user_id=STRANGER)) == before
    assert scored(service.for_list(LIST, options)) != before


def test_new_user_with_a_list_is_saved(services: Services) -> None:
    found = services.recommendations.for_user_with_list(STRANGER, LIST, ALL)
    saved = {title.anime_id: title.rating for title in services.users.saved_titles(STRANGER)}
    assert saved == ACTION
    assert scored(found) == scored(services.recommendations.for_user(STRANGER, ALL))


def test_saved_list_and_submitted_list_count_together(services: Services) -> None:
    services.users.add(STRANGER, ACTION)
    service, more = services.recommendations, submitted({107: 9, 106: 2})
    found = service.for_user_with_list(STRANGER, more, ALL)
    both = submitted({**ACTION, 107: 9, 106: 2})
    assert scored(found) == scored(service.for_list(both, ALL, user_id=STRANGER))
    assert {title.anime_id for title in services.users.saved_titles(STRANGER)} == set(ACTION)


def test_saved_user_without_a_list_gets_their_page(services: Services) -> None:
    services.users.add(STRANGER, ACTION)
    service = services.recommendations
    found = service.for_user_with_list(STRANGER, NOTHING, ALL)
    assert scored(found) == scored(service.for_user(STRANGER, ALL))


@pytest.mark.parametrize("algorithm", ["user-user", "hybrid"])
def test_new_user_without_a_list_gets_popular_titles(services: Services, algorithm: str) -> None:
    service = services.recommendations
    found = service.for_user_with_list(STRANGER, NOTHING, RecommendOptions(algorithm))
    popular = RecommendOptions("popular", ALGORITHMS[algorithm].default_limit)
    assert found.algorithm == "popular"
    assert scored(found) == scored(service.for_list(NOTHING, popular))
    with pytest.raises(UnknownUserError):
        services.users.saved_titles(STRANGER)


def test_new_user_with_unknown_titles_is_not_saved(services: Services) -> None:
    with pytest.raises(NoTitleResolvedError):
        services.recommendations.for_user_with_list(STRANGER, UNKNOWN, ALL)
    with pytest.raises(UnknownUserError):
        services.users.saved_titles(STRANGER)


def test_user_with_an_empty_list_raises_where_one_is_needed(services: Services) -> None:
    services.users.add(STRANGER, ACTION)
    for user_id in (STRANGER, STRANGER + 1):
        with pytest.raises(ListRequiredError, match="content-based needs anime_list: name at least one"):
            services.recommendations.for_user_with_list(user_id, NOTHING, RecommendOptions("content-based"))


def test_profile_id_is_refused_whether_or_not_it_exists(services: Services) -> None:
    saved = services.users.add_profile(LIST).user_id
    unused = next(user_id for user_id in PROFILE_IDS if user_id != saved)
    for user_id in (saved, unused):
        for sent in (LIST, NOTHING, UNKNOWN):
            with pytest.raises(ProfileIdError, match=f"user_id {user_id} is of a profile"):
                services.recommendations.for_user_with_list(user_id, sent, ALL)
    with pytest.raises(UnknownUserError):
        services.users.saved_titles(unused)


@pytest.mark.parametrize("algorithm", [name for name, info in ALGORITHMS.items() if info.similar])
def test_similar_titles_equal_a_list_of_the_one_title(service: RecommendationService, algorithm: str) -> None:
    found = service.similar_titles(106, algorithm, 7, Filters(), FranchiseMode.ALLOW)
    listed = service.for_list(
        SubmittedList([SubmittedTitle(anime_id=106)]), replace(ALL, algorithm=algorithm, limit=7)
    )
    assert scored(found) == scored(listed)
    assert len(ids(found)) == 7
    assert 106 not in ids(found)


def test_similar_titles_take_filters(service: RecommendationService) -> None:
    found = service.similar_titles(106, "hybrid", 5, Filters(types=("Movie",)))
    assert [anime_id % 3 for anime_id in ids(found)] == [0] * 5


def test_similar_titles_of_an_unknown_title_raise(service: RecommendationService) -> None:
    with pytest.raises(UnknownTitleError, match="No title has the MyAnimeList id 424242") as error:
        service.similar_titles(424_242, "hybrid", 5, Filters())
    assert error.value.anime_id == 424_242


def test_every_ranking_is_observed_by_algorithm(services: Services) -> None:
    observed = Observed()
    observers = Observers(ranking=observed.block)
    service = Services.over(services.engine, services.live, 50, observers).recommendations
    service.for_list(LIST, RecommendOptions("item-item"))
    service.for_user(1, RecommendOptions("user-user"))
    service.similar_titles(106, "content-based", 5, Filters())
    service.for_user_with_list(STRANGER, NOTHING, RecommendOptions("hybrid"))
    assert observed.names == ["item-item", "user-user", "content-based", "popular"]


def test_forecast_covers_every_title_of_the_page(service: RecommendationService) -> None:
    found = service.for_list(LIST, ALL)
    assert ((found.forecast.ratings >= 1) & (found.forecast.ratings <= 10)).all()
    assert ((found.forecast.like_probabilities >= 0) & (found.forecast.like_probabilities <= 1)).all()
    assert len(found.forecast.like_probabilities) == len(ids(found))


def test_service_uses_its_pipeline(services: Services) -> None:
    class OnlyFirstRow:
        def rerank(self, candidates: Any, *_: Any) -> Any:
            return replace(candidates, allowed=np.arange(TITLES) == 0)

    service = replace(services.recommendations, pipeline=replace(DEFAULT, rerankers=(OnlyFirstRow(),)))
    assert ids(service.for_list(LIST, ALL)) == [FIRST_ID]


def test_service_without_users_answers_lists_only(embedded_version: Version) -> None:
    service = RecommendationService(FixedModel(LiveVersion.of(embedded_version)))
    assert ids(service.for_list(LIST, ALL))
    with pytest.raises(RuntimeError, match="without saved users"):
        service.for_user(1, ALL)


def test_fixed_model_gives_the_page_of_the_live_model(
    service: RecommendationService, embedded_version: Version
) -> None:
    fixed = RecommendationService(FixedModel(LiveVersion.of(embedded_version, NO_FLOOR)))
    assert scored(fixed.for_list(LIST, ALL)) == scored(service.for_list(LIST, ALL))
