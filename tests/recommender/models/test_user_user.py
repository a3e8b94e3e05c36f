"""`user-user` against similarities and votes worked out the long way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from domain.ratings import LIKED_FROM
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.models.user_user import UserUser, UserUserConfig
from tests.recommender.small import SMALL_GRAPH, Lists, a_list, checkerboard, likes, random_lists, ratings

N_ANIME = 30
PEOPLE = random_lists(120, N_ANIME)
CONFIG = UserUserConfig(dims=8, candidates=1_000, neighbors=40, index=SMALL_GRAPH)
QUERIES = [likes(rows) for rows in ([0], [3, 4, 5], [1, 7, 11, 19, 23, 29], list(range(N_ANIME)))]


def fit(lists: Lists, n_anime: int = N_ANIME, config: UserUserConfig = CONFIG) -> UserUser:
    return UserUser.fit(ratings(lists, n_anime), np.linspace(1, 0, n_anime, dtype=np.float32), config)


def liked(titles: Mapping[int, int]) -> set[int]:
    return {anime for anime, rating in titles.items() if rating >= LIKED_FROM}


def by_brute_force(lists: Lists, fitted_on: Lists, asked: set[int]) -> list[tuple[float, int]]:
    """(similarity, user id) of everybody alike at all, most similar first."""
    counts = {a: sum(a in liked(titles) for titles in fitted_on.values()) for a in range(N_ANIME)}
    idf = {a: np.log((len(fitted_on) + 2) / (counts[a] + 1)) for a in range(N_ANIME)}

    def length(titles: set[int]) -> float:
        return float(np.sqrt(sum(idf[a] ** 1.5 for a in titles)))

    found = []
    for user_id, titles in lists.items():
        common = liked(titles) & asked
        if common:
            dot = sum(idf[a] ** 1.5 for a in common)
            found.append((dot / length(liked(titles)) / length(asked), user_id))
    return sorted(found, key=lambda pair: (-pair[0], pair[1]))


@pytest.fixture(scope="module")
def model() -> UserUser:
    return fit(PEOPLE)


@pytest.mark.parametrize("query", QUERIES)
def test_neighbors_are_those_of_comparing_with_everybody(model: UserUser, query: Query) -> None:
    expected = by_brute_force(PEOPLE, PEOPLE, set(query.liked_rows.tolist()))[:25]
    for ask in (model.neighbors, model.exact_neighbors, model.indexed_neighbors):
        found = ask(query, 25)
        assert found.similarities == pytest.approx([similarity for similarity, _ in expected], abs=1e-5)
        assert set(found.user_ids[:20].tolist()) <= {user_id for _, user_id in expected}
        common = [
            len(liked(PEOPLE[int(u)]) & set(query.liked_rows.tolist())) for u in found.user_ids.tolist()
        ]
        assert found.in_common.tolist() == common


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_the_votes_of_the_neighbors_against_popularity(model: UserUser, query: Query) -> None:
    votes = np.zeros(N_ANIME)
    for similarity, user_id in by_brute_force(PEOPLE, PEOPLE, set(query.liked_rows.tolist()))[:40]:
        votes[list(liked(PEOPLE[user_id]))] += similarity**1.5
    expected = votes / (ratings(PEOPLE, N_ANIME).likes + 5) ** 0.3
    assert model.scores(query) == pytest.approx(expected, rel=1e-4)


def test_few_candidates_still_hold_most_of_the_nearest_people() -> None:
    crowd = random_lists(600, N_ANIME, seed=4)
    model = fit(crowd, config=UserUserConfig(dims=20, candidates=120, index=SMALL_GRAPH))
    recalls = []
    for user_id in [user_id for user_id in crowd if liked(crowd[user_id])][:30]:
        query = Query.of(crowd[user_id].items())
        exact, found = model.exact_neighbors(query, 10), model.indexed_neighbors(query, 10)
        recalls.append(np.isin(exact.user_ids, found.user_ids).mean())
    assert np.mean(recalls) > 0.8


@pytest.mark.parametrize(("limit", "indexed"), [(74, True), (75, False)])
def test_lists_whose_titles_have_few_fans_are_compared_with_all_of_them(limit: int, indexed: bool) -> None:
    people = {user: {user % 2: 10, 2 + user % 3: 9} for user in range(150)}
    model = fit(people, config=replace(CONFIG, fans_compared=limit, candidates=1))
    found = model.neighbors(likes([0]), 1_000)  # 75 people like title 0, in three tastes
    expected = model.indexed_neighbors if indexed else model.exact_neighbors
    assert found.user_ids.tolist() == expected(likes([0]), 1_000).user_ids.tolist()
    assert len(found.user_ids) == (25 if indexed else 75)


@pytest.mark.parametrize("side", [0, 1])
def test_on_a_checkerboard_everybody_gets_titles_of_their_own_color(side: int) -> None:
    model = fit(checkerboard(), n_anime=20)
    ranking = model.recommend(likes([side, side + 4, side + 8]), 7)
    assert {int(row) % 2 for row in ranking.anime_rows} == {side}
    assert ranking.scores.min() > 0
    neighbors = model.neighbors(likes([side, side + 4, side + 8]), 100)
    assert {int(user_id) % 2 for user_id in neighbors.user_ids} == {side}


def test_people_of_one_taste_share_a_place_in_the_index_and_all_are_neighbors() -> None:
    fans = {user: {0: 10} for user in range(300)} | {user: {0: 10, 1: 9, 2: 3} for user in range(300, 310)}
    others = {400: {2: 2, 5: 0}, 401: {3: 9}}  # the first likes nothing: in no group
    model = fit({**fans, **others})
    assert len(model.index) == 3
    neighbors = model.neighbors(likes([0]), 1_000)
    assert sorted(neighbors.user_ids.tolist()) == list(range(310))
    assert neighbors.similarities[:300] == pytest.approx(np.ones(300), abs=1e-5)
    assert neighbors.user_ids[:300].tolist() == list(range(300))  # equals in the order of ids


def test_newer_people_are_neighbors_as_if_the_model_had_known_them(model: UserUser) -> None:
    newer = {7: {3: 10, 4: 10, 5: 10}, 9_999: {3: 9, 20: 10}, 10_000: {8: 2}}
    overlaid = model.with_overlay(Overlay.empty(N_ANIME).extended((u, a_list(t)) for u, t in newer.items()))
    expected = by_brute_force({**PEOPLE, **newer}, PEOPLE, {3, 4, 5})[:15]
    neighbors = overlaid.neighbors(likes([3, 4, 5]), 15)
    assert neighbors.user_ids[0] == 7
    assert neighbors.similarities == pytest.approx([similarity for similarity, _ in expected], abs=1e-5)
    assert overlaid.scores(likes([3, 4, 5]))[20] > model.scores(likes([3, 4, 5]))[20]


def test_a_newer_list_takes_the_place_of_the_one_in_the_model(model: UserUser) -> None:
    nearest = int(model.neighbors(likes([3, 4, 5]), 1).user_ids[0])
    changed = model.with_overlay(Overlay.empty(N_ANIME).extended([(nearest, a_list({9: 10}))]))
    assert nearest not in changed.neighbors(likes([3, 4, 5]), 1_000).user_ids
    assert changed.neighbors(likes([9]), 1).user_ids.tolist() == [nearest]
    assert (changed.neighbors(likes([9]), 1_000).user_ids == nearest).sum() == 1


def test_an_erased_person_is_nobodys_neighbor(model: UserUser) -> None:
    nearest = int(model.neighbors(likes([3, 4, 5]), 1).user_ids[0])
    erased = model.with_overlay(Overlay.empty(N_ANIME).extended([(nearest, a_list({}))]))
    assert nearest not in erased.neighbors(likes([3, 4, 5]), 1_000).user_ids


def test_the_asker_is_never_their_own_neighbor(model: UserUser) -> None:
    stored = next(iter(PEOPLE))
    overlaid = model.with_overlay(Overlay.empty(N_ANIME).extended([(5, a_list(PEOPLE[stored]))]))
    for user_id in (stored, 5):
        query = Query.of(PEOPLE[stored].items(), user_id=user_id)
        neighbors = overlaid.neighbors(query, 1_000).user_ids
        assert user_id not in neighbors
        assert {stored, 5} - {user_id} <= set(neighbors.tolist())


def test_through_the_index_or_not_the_asker_and_outdated_lists_are_left_out(model: UserUser) -> None:
    asker, changed, *_ = PEOPLE
    overlaid = model.with_overlay(Overlay.empty(N_ANIME).extended([(changed, a_list({9: 10}))]))
    query = Query.of(PEOPLE[asker].items(), user_id=asker)
    exact, found = overlaid.exact_neighbors(query, 1_000), overlaid.indexed_neighbors(query, 1_000)
    assert exact.user_ids.tolist() == found.user_ids.tolist()
    assert asker not in exact.user_ids


def test_the_model_with_an_overlay_leaves_the_one_without_as_it_was(model: UserUser) -> None:
    before = model.scores(QUERIES[1]).tobytes()
    model.with_overlay(Overlay.empty(N_ANIME).extended([(1, a_list({3: 10, 4: 10}))]))
    assert model.scores(QUERIES[1]).tobytes() == before


@pytest.mark.parametrize("lists", [{}, {1: {0: 3, 1: 0}}], ids=["nobody", "nobody who likes anything"])
def test_without_anybody_to_compare_with_titles_come_by_popularity(lists: Lists) -> None:
    ranking = fit(lists).recommend(likes([1]), 3)
    assert ranking.anime_rows.tolist() == [0, 2, 3]
    assert ranking.scores.tolist() == [0.0, 0.0, 0.0]


def test_fitting_twice_gives_the_same_model() -> None:
    one, two = fit(PEOPLE), fit(PEOPLE)
    assert one.projection.tobytes() == two.projection.tobytes()
    assert one.scores(QUERIES[2]).tobytes() == two.scores(QUERIES[2]).tobytes()


def test_an_index_over_other_people_is_refused(model: UserUser) -> None:
    other = fit(dict(list(PEOPLE.items())[:50])).index
    with pytest.raises(ValueError, match="do not fit 30 titles and"):
        UserUser.assemble(CONFIG, model.people.likes.users, model.popularity, model.arrays(), other)
