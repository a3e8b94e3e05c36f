"""Metrics of many pages together: how different and how little known they are, and whether genres fit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from evaluation.metrics.ranking import NAN, Mean, graded_ndcg_at
from recommender.data.catalog import Catalog

Pages = Sequence[NDArray[np.int64]]  # anime rows of each page, best first

COVERED_PAGES, DRAWS = 300, 100  # pages whose titles are counted, and how often they are drawn
RESAMPLES = 200  # of the pages, for the interval of a median
OWN_SHARE = 0.01  # of the liked genres, mixed into those of a page so that the divergence is finite


def debiased_ndcg_at(
    ranked: NDArray[np.int64], relevant: NDArray[np.int64], likes: NDArray[np.int64], k: int
) -> float:
    """NDCG@k where a relevant title counts likes^-.5, so that popular ones count less; NaN where none is."""
    weights = 1.0 / np.sqrt(np.maximum(likes, 1))
    return graded_ndcg_at(np.where(np.isin(ranked, relevant), weights[ranked], 0.0), weights[relevant], k)


def mean_jaccard(pages: Pages) -> Mean:
    """Titles that two pages share among the titles of both: 0 (no two alike) to 1; of all pairs of pages.

    The interval is that of a U-statistic (Hoeffding 1948): each page is in many pairs.
    """
    if len(pages) < 2:
        return Mean.of(())
    shown = _matrix(pages)
    shared = (shown @ shown.T).toarray()
    lengths = np.diff(shown.indptr)
    either = lengths[:, None] + lengths[None, :] - shared
    alike = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    np.fill_diagonal(alike, 0.0)
    by_page = Mean.of(alike.sum(axis=1) / (len(pages) - 1))
    return Mean(by_page.value, 2.0 * by_page.margin)


def covered_titles(pages: Pages, seed: int, count: int = COVERED_PAGES) -> Mean:
    """Different titles on `count` random pages, or on all if there are fewer; with how much draws differ."""
    if not pages:
        return Mean.of(())
    rng, shown = np.random.default_rng(seed), _matrix(pages)
    draws = [np.count_nonzero(shown[rng.permutation(len(pages))[:count]].sum(axis=0)) for _ in range(DRAWS)]
    return Mean(float(np.mean(draws)), float(1.96 * np.std(draws)))


def median_likes(pages: Pages, likes: NDArray[np.int64], seed: int) -> Mean:
    """Median likes of the titles of all pages; the interval is over pages (bootstrap).

    Args:
        likes: int64 (n_anime,).
    """
    shown = [likes[page] for page in pages if len(page)]
    if not shown:
        return Mean.of(())
    rng = np.random.default_rng(seed)
    samples = (rng.integers(len(shown), size=len(shown)) for _ in range(RESAMPLES))
    medians = [np.median(np.concatenate([shown[place] for place in sample])) for sample in samples]
    return Mean(float(np.median(np.concatenate(shown))), float(1.96 * np.std(medians)))


def fewest_likes(pages: Pages, likes: NDArray[np.int64]) -> float:
    """Likes of the least liked title of any page; NaN without a title."""
    return float(min((likes[page].min() for page in pages if len(page)), default=NAN))


def genre_weights(catalog: Catalog) -> csr_array:
    """csr float64 (n_anime, n_genres): the genres of each title in equal shares; 0 where it has none."""
    masks = catalog.genre_matrix.astype(np.float64)
    return csr_array(masks / np.maximum(masks.sum(axis=1, keepdims=True), 1.0))


def genre_divergence(shown: NDArray[np.int64], liked: NDArray[np.int64], genres: csr_array) -> float:
    """Kullback-Leibler divergence of the genres of a page from those of the liked titles, in nats.

    0 where the shares are alike (Steck 2018, RecSys); NaN where the liked titles have no genre.

    Args:
        shown, liked: anime rows.
        genres: see genre_weights.
    """
    wanted, found = (np.asarray(genres[rows].sum(axis=0), dtype=np.float64) for rows in (liked, shown))
    if not wanted.any():
        return NAN
    wanted /= wanted.sum()
    found /= max(found.sum(), 1e-12)
    mixed = (1.0 - OWN_SHARE) * found + OWN_SHARE * wanted
    of_interest = wanted > 0
    return float((wanted[of_interest] * np.log(wanted[of_interest] / mixed[of_interest])).sum())


def _matrix(pages: Pages) -> csr_array:
    """csr float64 (pages, titles): 1 for each title of a page."""
    indptr = np.cumsum([0, *map(len, pages)])
    rows = np.concatenate([*pages, np.empty(0, np.int64)]).astype(np.int64)
    return csr_array((np.ones(len(rows)), rows, indptr), shape=(len(pages), rows.max(initial=-1) + 1))
