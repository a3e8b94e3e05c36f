"""Two rankings in one page, and which of them people choose from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from random import Random


def team_draft(
    first: Sequence[int],
    second: Sequence[int],
    length: int,
    seed: str,
    same: Callable[[int], Hashable] = lambda row: row,
) -> tuple[list[int], tuple[list[int], list[int]]]:
    """One ranking of two, and the rows that each of the two has put into it.

    Team-draft interleaving (Radlinski, Kurup & Joachims 2008, CIKM): in each round a coin says which ranking
    is the first to add its best row that is not there yet, and the other one follows.

    Args:
        seed: of the coin.
        same: rows of which one only may be on the page have the same value.
    """
    coin, sources = Random(seed), (iter(first), iter(second))  # noqa: S311  # a draw, not a secret
    merged: list[int] = []
    teams: tuple[list[int], list[int]] = ([], [])
    there: set[Hashable] = set()
    left = [True, True]
    while len(merged) < length and any(left):
        begins = coin.randrange(2)
        for team in (begins, 1 - begins):
            row = next((row for row in sources[team] if same(row) not in there), None)
            left[team] = row is not None
            if row is not None and len(merged) < length:
                merged.append(row)
                teams[team].append(row)
                there.add(same(row))
    return merged, teams


def preference(chosen: Iterable[int], teams: tuple[Iterable[int], Iterable[int]]) -> tuple[int, int]:
    """The number of chosen titles that each ranking had put there."""
    picked = set(chosen)
    return len(picked & set(teams[0])), len(picked & set(teams[1]))


def score(first: int, second: int) -> float:
    """-1 .. 1 from how many titles somebody chose of each ranking: above 0 they prefer the second.

    The share of the difference, so that those who click much do not count for more. Its mean over people is
    0 if nobody prefers either; people who chose nothing say nothing, and are not counted.
    """
    return (second - first) / (first + second)
