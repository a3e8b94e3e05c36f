"""Interleaving: fair to both rankings, and preferences found only where there are some."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.interleaving import preference, score, team_draft
from experiments.statistics import Sample, mean_of

RANKINGS = st.permutations(range(12)).map(lambda rows: rows[:8])


@settings(max_examples=50)
@given(RANKINGS, RANKINGS, st.integers(1, 15), st.text(max_size=5))
def test_draft_takes_the_best_of_both(first: list[int], second: list[int], length: int, seed: str) -> None:
    merged, teams = team_draft(first, second, length, seed)
    assert len(merged) == len(set(merged)) == min(length, len({*first, *second}))
    assert sorted(merged) == sorted([*teams[0], *teams[1]])
    for ranking, team in ((first, teams[0]), (second, teams[1])):
        assert team == sorted(team, key=ranking.index)
    assert (merged, teams) == team_draft(first, second, length, seed)


def test_draft_keeps_to_one_of_a_kind() -> None:
    merged, _ = team_draft([10, 20, 30], [11, 21, 40], 6, "", same=lambda row: row // 10)
    assert sorted(row // 10 for row in merged) == [1, 2, 3, 4]


def test_each_ranking_is_as_often_the_first() -> None:
    first = Counter(team_draft([1, 2], [3, 4], 1, str(seed))[0][0] for seed in range(4_000))
    assert abs(first[1] / 4_000 - 0.5) < 0.035
    assert set(first) == {1, 3}


def test_preference_counts_chosen_titles_by_team() -> None:
    assert preference([1, 1, 4, 9], ([1, 2], [3, 4, 5])) == (1, 1)
    assert preference([], ([1], [2])) == (0, 0)
    assert (score(1, 1), score(0, 3), score(3, 1)) == (0, 1, -0.5)


def clicked(rng: np.random.Generator, liked: set[int], page: list[int]) -> list[int]:
    """Somebody looks down a page, and clicks what they like."""
    seen = int(rng.geometric(0.15))
    return [row for row in page[:seen] if rng.random() < (0.6 if row in liked else 0.1)]


def scores_of(seed: int, first: list[int], second: list[int], people: int) -> list[float]:
    """Of those who clicked something of a page made of both rankings; they like the even rows."""
    rng, found = np.random.default_rng(seed), []
    for person in range(people):
        merged, teams = team_draft(first, second, 10, f"{seed} {person}")
        credit = preference(clicked(rng, set(range(0, 40, 2)), merged), (teams[0], teams[1]))
        if any(credit):
            found.append(score(*credit))
    return found


def prefers(scores: list[float], planned: int = 500) -> bool:
    """A preference was found on some day."""
    values = np.array(scores)
    n = np.arange(1, len(values) + 1)
    daily = slice(19, None, 20)
    sample = Sample.of(n[daily], values.cumsum()[daily], (values**2).cumsum()[daily], low=-1.0)
    return bool(mean_of(sample, 0.05, planned).excludes_zero.any())


def test_better_ranking_is_preferred() -> None:
    good, bad = list(range(0, 40, 2)), list(range(1, 40, 2))
    assert prefers(scores_of(1, bad, good, 400))
    assert np.mean(scores_of(1, bad, good, 400)) > 0.2
    assert np.mean(scores_of(2, good, bad, 400)) < -0.2


def test_equal_rankings_are_seldom_told_apart() -> None:
    rng, found = np.random.default_rng(3), 0
    for run in range(100):
        first, second = rng.permutation(40).tolist(), rng.permutation(40)
        # the second ranking likes the same rows at the same places, though not the same ones
        shift = [int(row) % 2 for row in first]
        even = [int(row) for row in second if row % 2 == 0]
        odd = [int(row) for row in second if row % 2]
        second = [(odd if parity else even).pop() for parity in shift]
        found += prefers(scores_of(run, first, second, 200))
    assert found <= 5
