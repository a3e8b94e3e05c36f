"""Assignment: by weight, the same every time, and as stable as can be."""

from __future__ import annotations

from collections import Counter

import pytest

from experiments.assignment import position, variant_of
from experiments.declaration import Experiment
from tests.experiments.declared import VARIANTS, experiment

PEOPLE = [str(number) for number in range(20_000)]


def weighted(*weights: float) -> list[dict[str, object]]:
    return [{"name": f"v{number}", "weight": weight} for number, weight in enumerate(weights)]


def assigned(made: Experiment) -> dict[str, str | None]:
    found = {person: variant_of(made, person) for person in PEOPLE}
    return {person: variant.name if variant else None for person, variant in found.items()}


@pytest.mark.parametrize(
    ("salt", "unit", "expected"),
    [
        ("recall", "9f2a6c1e-8a53-4c5b-a0a4-51f0a4a3b7d2", 0.8347),
        ("rank", "9f2a6c1e-8a53-4c5b-a0a4-51f0a4a3b7d2", 0.3078),
        ("", "a", 0.0216),
        ("seed", "7", 0.5036),
    ],
)
def test_position_is_that_of_growthbook(salt: str, unit: str, expected: float) -> None:
    assert position(salt, unit) == expected  # as growthbook 4.0.0 computes gbhash(salt, unit, 2)


def test_variants_get_their_weights() -> None:
    counts = Counter(assigned(experiment(variants=weighted(1, 2, 1))).values())
    for name, part in (("v0", 0.25), ("v1", 0.5), ("v2", 0.25)):
        assert abs(counts[name] / len(PEOPLE) - part) < 0.015  # more than four standard errors


def test_experiments_assign_independently() -> None:
    one, other = assigned(experiment()), assigned(experiment(name="recall"))
    pairs = Counter((one[person], other[person]) for person in PEOPLE)
    assert len(pairs) == 4
    assert all(abs(count / len(PEOPLE) - 0.25) < 0.015 for count in pairs.values())


def test_growing_share_leaves_everybody_where_they_are() -> None:
    before, after = assigned(experiment(share=0.1)), assigned(experiment(share=0.4))
    inside = {person for person in PEOPLE if before[person]}
    assert 0.08 < len(inside) / len(PEOPLE) < 0.12
    assert 0.37 < sum(variant is not None for variant in after.values()) / len(PEOPLE) < 0.43
    assert all(after[person] == before[person] for person in inside)


def test_change_of_weights_moves_no_more_than_must_move() -> None:
    before = assigned(experiment(variants=weighted(1, 1)))
    after = assigned(experiment(variants=weighted(7, 3)))
    moved = Counter((before[person], after[person]) for person in PEOPLE if before[person] != after[person])
    assert set(moved) == {("v1", "v0")}
    assert abs(moved["v1", "v0"] / len(PEOPLE) - 0.2) < 0.015


def test_new_salt_assigns_anew() -> None:
    before, after = assigned(experiment()), assigned(experiment(salt="rank-2"))
    assert 0.45 < sum(before[person] != after[person] for person in PEOPLE) / len(PEOPLE) < 0.55


def test_variant_is_the_declared_one() -> None:
    made = experiment()
    chosen = variant_of(made, "9f2a6c1e-8a53-4c5b-a0a4-51f0a4a3b7d2")
    assert chosen is made.variants[0]
    assert chosen.rank == VARIANTS[0]["rank"]
