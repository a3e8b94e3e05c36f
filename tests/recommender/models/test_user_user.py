"""`user-user`: neighbors and votes against comparing with everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.models.base import Models
from recommender.models.neighbors import NeighborsConfig
from recommender.models.user_user import Neighbors, UserUser, UserUserConfig
from tests.recommender.small import (
    SMALL_GRAPH,
    Lists,
    catalog,
    checkerboard,
    context,
    likes,
    newer,
    own_order,
    popularity,
    random_lists,
    ratings,
    training_data,
)

N_ANIME = 30
PEOPLE = random_lists(120, N_ANIME)
SEARCH = NeighborsConfig(dims=8, candidates=1_000, index=SMALL_GRAPH)
CONFIG = UserUserConfig(neighbors=40, search=SEARCH)
QUERIES = [likes(rows) for rows in ([0], [3, 4, 5], [1, 7, 11, 19, 23, 29], list(range(N_ANIME)))]


def fit(lists: Lists, n_anime: int = N_ANIME, config: UserUserConfig = CONFIG) -> UserUser:
    return UserUser.fit(training_data(ratings(lists, n_anime)), Models(), config)


def neighbors(
    model: UserUser,
    query: Query,
    k: int,
    *,
    overlay: Overlay | None = None,
    through_index: bool | None = None,
) -> Neighbors:
    request = context(query, catalog(len(model.damping)), model, overlay=overlay)
    return model.neighbors(request, k, through_index=through_index)


def scores(model: UserUser, query: Query, overlay: Overlay | None = None) -> NDArray[np.float32]:
    return model.scores(context(query, catalog(len(model.damping)), model, overlay=overlay))


def ranked(model: UserUser, query: Query, k: int) -> Ranking:
    """In a world where the first titles are the most popular."""
    n_anime = len(model.damping)
    first = popularity(np.linspace(1, 0, n_anime))
    return own_order(model, context(query, catalog(n_anime), model, first), k)


def liked(titles: Mapping[int, int]) -> set[int]:
    return {anime for anime, rating in titles.items() if rating >= LIKED_FROM}


def by_brute_force(lists: Lists, fitted_on: Lists, wanted: set[int]) -> list[tuple[float, int]]:
    """(similarity, user id) of everybody alike at all, most similar first."""
    counts = {a: sum(a in liked(titles) for titles in fitted_on.values()) for a in range(N_ANIME)}
    idf = {a: np.log((len(fitted_on) + 2) / (counts[a] + 1)) for a in range(N_ANIME)}

    def length(titles: set[int]) -> float:
        return float(np.sqrt(sum(idf[a] ** 1.5 for a in titles)))

    found = []
    for user_id, titles in lists.items():
        common = liked(titles) & wanted
        if common:
            dot = sum(idf[a] ** 1.5 for a in common)
            found.append((dot / length(liked(titles)) / length(wanted), user_id))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


@pytest.fixture(scope="module")
def model() -> UserUser:
    return fit(PEOPLE)


@pytest.mark.parametrize("query", QUERIES)
def test_neighbors_equal_those_of_brute_force(model: UserUser, query: Query) -> None:
    expected = by_brute_force(PEOPLE, PEOPLE, set(query.liked_rows.tolist()))[:25]
    for through_index in (None, False, True):
        found = neighbors(model, query, 25, through_index=through_index)
        assert found.similarities == pytest.approx([similarity for similarity, _ in expected], abs=1e-5)
        assert set(found.user_ids[:20].tolist()) <= {user_id for _, user_id in expected}
        common = [
            len(liked(PEOPLE[int(u)]) & set(query.liked_rows.tolist())) for u in found.user_ids.tolist()
        ]
        assert found.in_common.tolist() == common


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_votes_divided_by_popularity(model: UserUser, query: Query) -> None:
    votes = np.zeros(N_ANIME)
    for similarity, user_id in by_brute_force(PEOPLE, PEOPLE, set(query.liked_rows.tolist()))[:40]:
        votes[list(liked(PEOPLE[user_id]))] += similarity**1.5
    expected = votes / (ratings(PEOPLE, N_ANIME).likes + 5) ** 0.3
    assert scores(model, query) == pytest.approx(expected, rel=1e-4)


def test_index_recalls_most_neighbors_from_few_candidates() -> None:
    crowd = random_lists(600, N_ANIME, seed=4)
    model = fit(
        crowd, config=replace(CONFIG, search=NeighborsConfig(dims=20, candidates=120, index=SMALL_GRAPH))
    )
    recalls = []
    for user_id in [user_id for user_id in crowd if liked(crowd[user_id])][:30]:
        query = Query.of(crowd[user_id].items())
        exact, found = (neighbors(model, query, 10, through_index=indexed) for indexed in (False, True))
        recalls.append(np.isin(exact.user_ids, found.user_ids).mean())
    assert np.mean(recalls) > 0.8


@pytest.mark.parametrize(("limit", "indexed"), [(74, True), (75, False)])
def test_lists_with_few_likers_are_compared_exactly(limit: int, indexed: bool) -> None:
    people = {user: {user % 2: 10, 2 + user % 3: 9} for user in range(150)}
    model = fit(people, config=replace(CONFIG, search=replace(SEARCH, likers_compared=limit, candidates=1)))
    found = neighbors(model, likes([0]), 1_000)  # 75 users like title 0, with three unique profiles
    expected = neighbors(model, likes([0]), 1_000, through_index=indexed)
    assert found.user_ids.tolist() == expected.user_ids.tolist()
    assert len(found.user_ids) == (25 if indexed else 75)


@pytest.mark.parametrize("side", [0, 1])
def test_scores_on_a_checkerboard_stay_on_one_color(side: int) -> None:
    model = fit(checkerboard(), n_anime=20)
    ranking = ranked(model, likes([side, side + 4, side + 8]), 7)
    assert {int(row) % 2 for row in ranking.anime_rows} == {side}
    assert ranking.scores.min() > 0
    found = neighbors(model, likes([side, side + 4, side + 8]), 100)
    assert {int(user_id) % 2 for user_id in found.user_ids} == {side}


def test_users_of_one_unique_profile_are_all_neighbors() -> None:
    likers = {user: {0: 10} for user in range(300)} | {user: {0: 10, 1: 9, 2: 3} for user in range(300, 310)}
    others = {400: {2: 2, 5: 0}, 401: {3: 9}}  # the first likes nothing: in no profile
    model = fit({**likers, **others})
    assert len(model.search.index) == 3
    found = neighbors(model, likes([0]), 1_000)
    assert sorted(found.user_ids.tolist()) == list(range(310))
    assert found.similarities[:300] == pytest.approx(np.ones(300), abs=1e-5)
    assert found.user_ids[:300].tolist() == list(range(300))  # equals in the order of ids


def test_newer_users_are_neighbors_as_if_fitted(model: UserUser) -> None:
    recent = {7: {3: 10, 4: 10, 5: 10}, 9_999: {3: 9, 20: 10}, 10_000: {8: 2}}
    overlay, query = newer(recent, N_ANIME), likes([3, 4, 5])
    expected = by_brute_force({**PEOPLE, **recent}, PEOPLE, {3, 4, 5})[:15]
    found = neighbors(model, query, 15, overlay=overlay)
    assert found.user_ids[0] == 7
    assert found.similarities == pytest.approx([similarity for similarity, _ in expected], abs=1e-5)
    assert scores(model, query, overlay)[20] > scores(model, query)[20]


def test_newer_ratings_replace_those_of_the_model(model: UserUser) -> None:
    nearest = int(neighbors(model, likes([3, 4, 5]), 1).user_ids[0])
    overlay = newer({nearest: {9: 10}}, N_ANIME)
    assert nearest not in neighbors(model, likes([3, 4, 5]), 1_000, overlay=overlay).user_ids
    assert neighbors(model, likes([9]), 1, overlay=overlay).user_ids.tolist() == [nearest]
    found = neighbors(model, likes([9]), 1_000, overlay=overlay).user_ids
    assert (found == nearest).sum() == 1


def test_erased_user_is_nobodys_neighbor(model: UserUser) -> None:
    nearest = int(neighbors(model, likes([3, 4, 5]), 1).user_ids[0])
    found = neighbors(model, likes([3, 4, 5]), 1_000, overlay=newer({nearest: {}}, N_ANIME))
    assert nearest not in found.user_ids


def test_user_is_never_their_own_neighbor(model: UserUser) -> None:
    stored = next(iter(PEOPLE))
    overlay = newer({5: PEOPLE[stored]}, N_ANIME)
    for user_id in (stored, 5):
        query = Query.of(PEOPLE[stored].items(), user_id=user_id)
        found = neighbors(model, query, 1_000, overlay=overlay).user_ids
        assert user_id not in found
        assert {stored, 5} - {user_id} <= set(found.tolist())


def test_index_and_exact_search_exclude_the_same_users(model: UserUser) -> None:
    user_id, changed, *_ = PEOPLE
    overlay = newer({changed: {9: 10}}, N_ANIME)
    query = Query.of(PEOPLE[user_id].items(), user_id=user_id)
    exact, found = (
        neighbors(model, query, 1_000, overlay=overlay, through_index=indexed) for indexed in (False, True)
    )
    assert exact.user_ids.tolist() == found.user_ids.tolist()
    assert user_id not in exact.user_ids


def test_overlay_leaves_the_model_unchanged(model: UserUser) -> None:
    before = scores(model, QUERIES[1]).tobytes()
    scores(model, QUERIES[1], newer({1: {3: 10, 4: 10}}, N_ANIME))
    assert scores(model, QUERIES[1]).tobytes() == before


def test_supporters_count_the_neighbors_who_liked_a_title(model: UserUser) -> None:
    query, recent = likes([3, 4, 5]), {7: {3: 10, 4: 10, 5: 10, 20: 9}}
    request = context(query, catalog(N_ANIME), model, overlay=newer(recent, N_ANIME))
    lists = {**PEOPLE, **recent}
    nearest = [user_id for _, user_id in by_brute_force(lists, PEOPLE, {3, 4, 5})[:40]]
    expected = [sum(row in liked(lists[user_id]) for user_id in nearest) for row in (20, 3, 11)]
    assert model.supporters(request, np.array([20, 3, 11])).tolist() == expected


@pytest.mark.parametrize("lists", [{}, {1: {0: 3, 1: 0}}], ids=["nobody", "nobody who likes anything"])
def test_model_without_likes_orders_by_popularity(lists: Lists) -> None:
    ranking = ranked(fit(lists), likes([1]), 3)
    assert ranking.anime_rows.tolist() == [0, 2, 3]
    assert ranking.scores.tolist() == [0.0, 0.0, 0.0]


def test_neighbors_are_found_among_so_many_people_at_most() -> None:
    model = fit(PEOPLE, config=replace(CONFIG, search=replace(SEARCH, people=50)))
    drawn = model.search.base.matrix.users.ids
    assert len(drawn) == 50
    among = {int(user_id): PEOPLE[int(user_id)] for user_id in drawn}
    for query in QUERIES:
        found = neighbors(model, query, 10)
        expected = by_brute_force(among, among, {int(row) for row in query.liked_rows})[:10]
        np.testing.assert_allclose(found.similarities, [one for one, _ in expected], rtol=1e-5)


def test_fit_is_reproducible() -> None:
    one, two = fit(PEOPLE), fit(PEOPLE)
    assert one.search.projection.tobytes() == two.search.projection.tobytes()
    assert scores(one, QUERIES[2]).tobytes() == scores(two, QUERIES[2]).tobytes()


def test_search_refuses_an_index_over_other_users(model: UserUser) -> None:
    other = fit(dict(list(PEOPLE.items())[:50])).search.index
    with pytest.raises(ValueError, match="do not fit 30 titles and"):
        replace(model.search, index=other)
