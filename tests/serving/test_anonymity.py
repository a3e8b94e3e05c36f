"""An attacker who knows some titles of a person asks thousands of questions, and learns no others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import Published
from recommender.data.anonymity import NO_FLOOR, AnonymityFloor
from recommender.data.query import Query
from recommender.fitting import fit_snapshot
from recommender.models.registry import ALGORITHMS, ModelConfig
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import FranchiseMode, PageOptions
from serving.live import FixedModel, LiveVersion
from serving.recommendations import RecommendationService, RecommendOptions
from tests.recommender.small import catalog, ratings

POPULAR, TITLES = 480, 1_200  # the first ones are popular, the others rare
GROUPS, CROWD = 8, 800  # people of a group like popular titles of one kind, and a few rare ones of any
VICTIMS, LIKED, KNOWN = 20, 24, 6  # people with rare titles only, of which the attacker knows some
QUERIES = 5_000


def rare_profiles(chance: np.random.Generator) -> list[NDArray[np.int64]]:
    return [POPULAR + chance.choice(TITLES - POPULAR, LIKED, replace=False) for _ in range(VICTIMS)]


def crowd(chance: np.random.Generator) -> list[NDArray[np.int64]]:
    size = POPULAR // GROUPS
    kinds = (chance.choice(size, 20, replace=False) + person % GROUPS * size for person in range(CROWD))
    return [np.union1d(kind, POPULAR + chance.choice(TITLES - POPULAR, 16)) for kind in kinds]


def fitted(lists: Sequence[NDArray[np.int64]], people: int) -> Snapshot:
    by_user = {user: dict.fromkeys(liked.tolist(), 9) for user, liked in enumerate(lists, start=1)}
    config = ModelConfig.default().with_model("item-item", people=people)
    return fit_snapshot(catalog(TITLES), ratings(by_user, TITLES), config=config)


@pytest.fixture(scope="module")
def victims() -> list[NDArray[np.int64]]:
    return rare_profiles(np.random.default_rng(1))


@pytest.fixture(scope="module")
def strangers() -> list[NDArray[np.int64]]:
    """Profiles of the same kind of people who are in no model: what is recovered of them is chance."""
    return rare_profiles(np.random.default_rng(2))


@pytest.fixture(scope="module")
def guarded(victims: list[NDArray[np.int64]]) -> LiveVersion:
    return live(fitted([*crowd(np.random.default_rng(0)), *victims], people=5), AnonymityFloor())


@pytest.fixture(scope="module")
def unguarded(victims: list[NDArray[np.int64]]) -> LiveVersion:
    return live(fitted([*crowd(np.random.default_rng(0)), *victims], people=1), NO_FLOOR)


def live(snapshot: Snapshot, floor: AnonymityFloor) -> LiveVersion:
    return LiveVersion(
        Published("v0001", None), "", snapshot, snapshot.context(Query.of([])).overlay, 0, floor
    )


def recovered(model: LiveVersion, algorithm: str, people: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    """The share of each person's unknown titles among as many guesses: those with the highest sums of scores
    over random parts of the known ones."""
    service, chance = RecommendationService(FixedModel(model)), np.random.default_rng(3)
    page = RecommendOptions(algorithm, 100, Filters(nsfw=True), page=PageOptions(FranchiseMode.ALLOW))
    shares = []
    for liked in people:
        known, unknown = liked[:KNOWN], liked[KNOWN:]
        scores = np.zeros(TITLES)
        for _ in range(QUERIES // VICTIMS // len(ATTACKED)):
            part = chance.choice(known, chance.integers(2, KNOWN + 1), replace=False)
            query = Query.of((row, 9) for row in part.tolist())
            ranking = service.recommend(model, query, page).page.ranking
            scores[ranking.anime_rows] += ranking.scores
        scores[known] = -1
        guesses = np.argsort(-scores, kind="stable")[: len(unknown)]
        shares.append(np.isin(guesses, unknown).mean())
    return np.array(shares)


ATTACKED = ("user-user", "item-item", "hybrid", "ranker", "content-based")


def test_every_personal_algorithm_is_attacked() -> None:
    assert set(ATTACKED) == set(ALGORITHMS) - {"popular"}


@pytest.mark.parametrize("algorithm", ATTACKED)
def test_attacker_recovers_nothing_better_than_chance(
    guarded: LiveVersion, victims: list[NDArray[np.int64]], strangers: list[NDArray[np.int64]], algorithm: str
) -> None:
    found, by_chance = (recovered(guarded, algorithm, people) for people in (victims, strangers))
    error = np.sqrt((found.var() + by_chance.var()) / VICTIMS)
    assert found.mean() <= by_chance.mean() + 3 * error, (found.mean(), by_chance.mean())


@pytest.mark.parametrize("algorithm", ["user-user", "item-item"])
def test_attacker_recovers_most_without_a_floor(
    unguarded: LiveVersion, victims: list[NDArray[np.int64]], algorithm: str
) -> None:
    assert recovered(unguarded, algorithm, victims).mean() > 0.5
