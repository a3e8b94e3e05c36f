"""Metrics of one ranking, and their means over many with confidence intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

NAN = float("nan")


@dataclass(frozen=True)
class Mean:
    """A mean over cases with half the width of its 95 % confidence interval; NaN of no cases."""

    value: float
    margin: float

    @classmethod
    def of(cls, values: Iterable[float] | NDArray[np.float64]) -> Mean:
        """Over the values that are not NaN."""
        found = np.array(list(values), dtype=float)
        found = found[~np.isnan(found)]
        if not len(found):
            return cls(NAN, NAN)
        return cls(float(found.mean()), float(1.96 * found.std() / np.sqrt(len(found))))

    def __str__(self) -> str:
        return f"{self.value:.3f} ±{self.margin:.3f}"


def ndcg_at(ranked: NDArray[np.int64], relevant: NDArray[np.int64], k: int) -> float:
    """NDCG@k with binary gains; NaN where nothing is relevant."""
    if not len(relevant):
        return NAN
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    hits = np.isin(ranked[:k], relevant)
    return float(discounts[: len(hits)][hits].sum() / discounts[: min(k, len(relevant))].sum())


def graded_ndcg_at(shown: NDArray[np.float64], every: NDArray[np.float64], k: int) -> float:
    """NDCG@k with gains of any size; NaN where every gain is 0.

    Args:
        shown: gains of the titles of the ranking, best first.
        every: gains of all titles there are, in any order: the k greatest are ideal.
    """
    ideal = -np.sort(-every)[:k]
    if not ideal.any():
        return NAN
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    first = shown[:k]
    return float(first @ discounts[: len(first)] / (ideal @ discounts[: len(ideal)]))


def recall_at(ranked: NDArray[np.int64], relevant: NDArray[np.int64], k: int) -> float:
    """Hits among the first k / min(k, relevant); NaN where nothing is relevant."""
    if not len(relevant):
        return NAN
    return float(np.isin(ranked[:k], relevant).sum() / min(k, len(relevant)))


def hit_at(ranked: NDArray[np.int64], relevant: NDArray[np.int64], k: int) -> float:
    """1 where any of the first k is relevant, else 0; NaN where nothing is relevant."""
    return float(np.isin(ranked[:k], relevant).any()) if len(relevant) else NAN


def adult_share(shown: NDArray[np.int64], sent: NDArray[np.int64], nsfw: NDArray[np.bool_]) -> float:
    """Share of the titles shown that is adult; NaN for a user who sent an adult title.

    Args:
        shown, sent: anime rows.
        nsfw: bool (n_anime,).
    """
    return float(nsfw[shown].mean()) if len(shown) and not nsfw[sent].any() else NAN


def later_part_share(shown: NDArray[np.int64], sent: NDArray[np.int64], entries: NDArray[np.int32]) -> float:
    """Share of the titles shown that is a later part of a franchise whose start was not sent.

    Args:
        shown, sent: anime rows.
        entries: int32 (n_anime,), the row of the title to start with: of a title on its own, itself.
    """
    if not len(shown):
        return NAN
    first = entries[shown]
    return float(np.mean((first != shown) & ~np.isin(first, sent)))


def shows_two_of_one(shown: NDArray[np.int64], groups: NDArray[np.int32]) -> float:
    """1 where two of the titles shown are of one franchise, else 0.

    Args:
        shown: anime rows.
        groups: int32 (n_anime,), the franchise of each title; a title on its own is one of its own.
    """
    return float(len(np.unique(groups[shown])) < len(shown)) if len(shown) else NAN


def variety(shown: NDArray[np.int64], terms: csr_array) -> float:
    """Mean over pairs of titles shown of 1 - cosine, 0 (all alike) to 1; NaN for fewer than two titles.

    Args:
        shown: anime rows.
        terms: csr (n_anime, n_terms), rows of length 1, or 0 for a title that is like no other.
    """
    described = terms[shown]
    pairs = len(shown) * (len(shown) - 1)
    if not pairs:
        return NAN
    profile = np.asarray(described.sum(axis=0), dtype=np.float64)
    alike = float(np.square(profile).sum() - np.square(described.data).sum(dtype=np.float64))
    return 1.0 - alike / pairs
