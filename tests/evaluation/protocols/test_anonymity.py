"""An attacker who knows some titles of a person asks thousands of questions, and learns no others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.harness.candidates import ranked_pages
from evaluation.protocols.anonymity import AnonymityConfig, Planted, plant, recovered
from recommender.artifacts.snapshot import Snapshot
from recommender.data.anonymity import NO_FLOOR, AnonymityFloor
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.fitting import fit_snapshot
from recommender.models.registry import ModelConfig
from tests.recommender.small import catalog, ratings

POPULAR, TITLES = 480, 1_200  # the first ones are popular, the others rare
GROUPS, CROWD = 8, 800  # people of a group like popular titles of one kind, and a few rare ones of any
PEOPLE, QUESTIONS = 20, 5_000
ATTACKED = tuple(name for name in ModelConfig.default().algorithms if name != "popular")
ATTACK = AnonymityConfig(
    profiles=PEOPLE, titles=24, known=6, queries=QUESTIONS // PEOPLE // len(ATTACKED), min_likes=10
)


def crowd() -> RatingsMatrix:
    chance, size = np.random.default_rng(0), POPULAR // GROUPS
    lists: Mapping[int, Mapping[int, int]] = {
        person: dict.fromkeys(
            [
                *(chance.choice(size, 20, replace=False) + person % GROUPS * size).tolist(),
                *(POPULAR + chance.choice(TITLES - POPULAR, 16, replace=False)).tolist(),
            ],
            9,
        )
        for person in range(1, CROWD + 1)
    }
    return ratings(lists, TITLES)


@pytest.fixture(scope="module")
def planted() -> Planted:
    return plant(crowd(), ATTACK)


@pytest.fixture(scope="module")
def guarded(planted: Planted) -> Snapshot:
    return fit_snapshot(catalog(TITLES), planted.ratings)


@pytest.fixture(scope="module")
def unguarded(planted: Planted) -> Snapshot:
    config = ModelConfig.default().with_model("item-item", people=0)
    return fit_snapshot(catalog(TITLES), planted.ratings, config=config)


def shares(
    snapshot: Snapshot, algorithm: str, floor: AnonymityFloor, profiles: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    return recovered(ranked_pages(snapshot, algorithm, floor), profiles, TITLES, ATTACK)


@pytest.mark.parametrize("algorithm", ATTACKED)
def test_attacker_recovers_nothing_better_than_chance(
    guarded: Snapshot, planted: Planted, algorithm: str
) -> None:
    found, by_chance = (
        shares(guarded, algorithm, AnonymityFloor(), people)
        for people in (planted.profiles, planted.strangers)
    )
    error = np.sqrt((found.var() + by_chance.var()) / PEOPLE)
    assert found.mean() <= by_chance.mean() + 3 * error + 0.005, (found.mean(), by_chance.mean())


@pytest.mark.parametrize("algorithm", ["user-user", "item-item"])
def test_attacker_recovers_most_without_a_floor(
    unguarded: Snapshot, planted: Planted, algorithm: str
) -> None:
    assert shares(unguarded, algorithm, NO_FLOOR, planted.profiles).mean() > 0.5


def test_plant_adds_the_profiles_as_the_last_users(planted: Planted) -> None:
    added = [planted.ratings.row(row)[0].tolist() for row in range(CROWD, CROWD + PEOPLE)]
    assert added == [sorted(profile.tolist()) for profile in planted.profiles]
    assert planted.ratings.n_users == CROWD + PEOPLE
    assert len(planted.strangers) == PEOPLE
