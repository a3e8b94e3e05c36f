"""The protocol for similar titles: pairs that people recommend ("if you liked a, try b") are found or not."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from domain.ranges import MAX_ANIME_ID
from evaluation import EvaluationFileError
from evaluation.metrics.ranking import NAN, Mean, graded_ndcg_at, recall_at
from evaluation.metrics.specificity import median_likes
from recommender.data.catalog import Catalog
from recommender.data.ranking import first_of_each
from recommender.franchises import Franchises

HEADER = ["mal_id_a", "mal_id_b", "votes"]
MIN_VOTES = 2  # people who recommend a franchise before it counts
PAGE = 10  # similar titles that are measured
LONG_PAGE = 100  # those requested first: the own franchise and other titles of one franchise are excluded

Similar = Callable[[int, int], NDArray[np.int64]]  # (anime row, k) -> rows of similar titles, best first


class RecommendedPair(NamedTuple):
    """So many people recommend the other title to those who like the first."""

    anime_id: int
    other_id: int
    votes: int


@dataclass(frozen=True, eq=False)
class Votes:
    """Votes for franchises by the title that they are recommended for, in both directions of a pair.

    Attributes:
        sources: int64, rows of the first titles of the pairs, ascending.
        table: csr float64 (n_anime, n_anime): entry (title, first title of another franchise) is the sum of
            the votes for the titles of that franchise, at least `MIN_VOTES`.
        groups: int32 (n_anime,), the franchise of each title, by the row of its first.
    """

    sources: NDArray[np.int64]
    table: csr_array
    groups: NDArray[np.int32]

    @classmethod
    def of(cls, pairs: Iterable[RecommendedPair], catalog: Catalog, franchises: Franchises) -> Votes:
        """Of pairs with both titles in the catalog, neither of them adult, not of one franchise."""
        n, groups = len(catalog), franchises.groups
        table = np.array(list(pairs), dtype=np.int64).reshape(-1, 3)
        firsts, others = catalog.vocabulary.rows(table[:, 0]), catalog.vocabulary.rows(table[:, 1])
        counted = (firsts >= 0) & (others >= 0)
        counted &= ~catalog.nsfw[firsts] & ~catalog.nsfw[others] & (groups[firsts] != groups[others])
        firsts, others, votes = firsts[counted], others[counted], table[counted, 2].astype(np.float64)
        directed = csr_array((votes, (firsts, others)), shape=(n, n))
        # a pair is often listed from both of its ends, with the same votes
        both = directed.maximum(directed.T)
        to_franchise = csr_array((np.ones(n), (np.arange(n), groups)), shape=(n, n))
        summed = csr_array(both @ to_franchise)
        summed.data[summed.data < MIN_VOTES] = 0.0
        summed.eliminate_zeros()
        return cls(np.unique(firsts), summed, groups)

    def gains(self, anime_rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """float64 (n_anime,), by first titles of franchises: the sum over these titles of log2(1 + votes).

        0 for their own franchises.
        """
        rows = self.table[anime_rows]
        gains = np.zeros(len(self.groups))
        np.add.at(gains, rows.indices, np.log2(1.0 + rows.data))
        gains[self.groups[anime_rows]] = 0.0
        return gains

    def list_gains(self, anime_rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """`gains` of the titles of a list and of the first titles of their franchises."""
        return self.gains(np.union1d(anime_rows, self.groups[anime_rows]))

    def others(self, shown: NDArray[np.int64], anime_rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The titles shown that are of no franchise of the list."""
        return of_other_franchises(shown, anime_rows, self.groups)


@dataclass(frozen=True, eq=False)
class SimilarQuality:
    """Quality of the similar titles of every source that people recommend something for.

    Attributes:
        sources: int64 (n,), their rows.
        ndcgs: float64 (n,), NDCG@10 with the gains of `Votes`, ideal: the ten best franchises.
        recalls: float64 (n,), franchises found / min(10, recommended franchises).
        likes: median likes of all titles shown.
    """

    sources: NDArray[np.int64]
    ndcgs: NDArray[np.float64]
    recalls: NDArray[np.float64]
    likes: Mean

    @property
    def ndcg(self) -> Mean:
        return Mean.of(self.ndcgs)

    @property
    def recall(self) -> Mean:
        return Mean.of(self.recalls)


def read_pairs(path: Path) -> tuple[RecommendedPair, ...]:
    """Read a CSV file with the columns mal_id_a, mal_id_b, votes.

    Raises:
        EvaluationFileError: any line is not as it should be; OSError.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(_pairs(path, csv.reader(file, strict=True)))
    except UnicodeDecodeError as error:
        raise EvaluationFileError(path, "anywhere", f"is not UTF-8 text: {error.reason}") from error


def similar_quality(
    similar: Similar,
    votes: Votes,
    franchises: Franchises,
    likes: NDArray[np.int64],
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> SimilarQuality:
    """Measured on ten titles: no recaps, nothing of the own franchise, one of each franchise.

    Args:
        similar: pages as they are served.
        likes: int64 (n_anime,), of the training data.
    """
    sources, ndcgs, recalls, pages = [], [], [], []
    for source in votes.sources.tolist():
        gains = votes.gains(np.array([source]))
        if gains.any():
            page = similar_page(similar, source, franchises)
            shown = franchises.groups[page].astype(np.int64)
            sources.append(source)
            ndcgs.append(graded_ndcg_at(gains[shown], gains, PAGE))
            recalls.append(recall_at(shown, np.flatnonzero(gains), PAGE))
            pages.append(page)
        progress()
    return SimilarQuality(
        np.array(sources, np.int64),
        np.array(ndcgs, np.float64),
        np.array(recalls, np.float64),
        median_likes(pages, likes, seed),
    )


def of_other_franchises(
    shown: NDArray[np.int64], anime_rows: NDArray[np.int64], groups: NDArray[np.int32]
) -> NDArray[np.int64]:
    """The titles shown that are of no franchise of these titles."""
    return shown[~np.isin(groups[shown], groups[anime_rows])]


def similar_page(similar: Similar, source: int, franchises: Franchises) -> NDArray[np.int64]:
    """int64 (at most 10,), rows: those of a page that are measured."""
    groups, page = franchises.groups, np.empty(0, np.int64)
    for depth in (LONG_PAGE, len(groups)):
        page = similar(source, depth)
        page = of_other_franchises(page[~franchises.extras[page]], np.array([source]), groups)
        page = page[first_of_each(groups[page])[:PAGE]]
        if len(page) == PAGE:
            break
    return page


def recommended_share(shown: NDArray[np.int64], anime_rows: NDArray[np.int64], votes: Votes) -> float:
    """Share of the titles shown that people recommend for a title of the list, or its franchise's first.

    Titles of the list's own franchises do not count. NaN where nothing is left, where the list has none of
    the sources, and where nothing is recommended.
    """
    gains, others = votes.list_gains(anime_rows), votes.others(shown, anime_rows)
    if not len(others) or not gains.any() or not np.isin(anime_rows, votes.sources).any():
        return NAN
    return float(np.mean(gains[votes.groups[others]] > 0))


def recommended_ndcg(shown: NDArray[np.int64], anime_rows: NDArray[np.int64], votes: Votes) -> float:
    """NDCG@10 of the same titles, with the gains of the list; NaN where nothing is recommended."""
    gains, others = votes.list_gains(anime_rows), votes.others(shown, anime_rows)
    others = others[first_of_each(votes.groups[others])]
    return graded_ndcg_at(gains[votes.groups[others]], gains, PAGE)


def _pairs(path: Path, rows: Iterator[list[str]]) -> Iterator[RecommendedPair]:
    found: set[tuple[int, int]] = set()
    line = 0
    try:
        header, line = next(rows, []), 1
        if header != HEADER:
            raise EvaluationFileError(
                path, "line 1", f"the columns must be {','.join(HEADER)}, not {','.join(header)!r}"
            )
        for line, row in enumerate(rows, start=2):
            place = f"line {line}"
            if len(row) != len(HEADER):
                raise EvaluationFileError(path, place, f"{len(HEADER)} values are needed, not {row}")
            pair = RecommendedPair(
                *(_number(path, place, name, text) for name, text in zip(HEADER, row, strict=True))
            )
            if pair.anime_id == pair.other_id:
                raise EvaluationFileError(path, place, f"{pair.anime_id} is recommended for itself")
            if pair[:2] in found:
                raise EvaluationFileError(path, place, f"{pair[:2]} is there twice")
            found.add(pair[:2])
            yield pair
    except csv.Error as error:
        raise EvaluationFileError(path, f"line {line + 1}", f"is not CSV: {error}") from error
    if not found:
        raise EvaluationFileError(path, "line 2", "there are no pairs")


def _number(path: Path, place: str, name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= MAX_ANIME_ID):
        raise EvaluationFileError(
            path, place, f"{name} must be a number from 1 to {MAX_ANIME_ID}, not {text!r}"
        )
    return int(text)
