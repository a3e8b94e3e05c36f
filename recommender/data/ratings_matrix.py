"""The user x anime matrix: what everybody watched and how they rated it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from domain.ranges import LIKED_FROM, RATINGS
from recommender.data.arrays import ArrayReader
from recommender.data.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class RatingsMatrix:
    """Users x titles in compressed sparse rows; an absent entry means not watched.

    Attributes:
        users: n_users ids, row u of the matrix belongs to `users.ids[u]`.
        n_anime: number of columns; column i is row i of the catalog.
        indptr: int64 (n_users + 1,), user u has the entries indptr[u]:indptr[u + 1].
        indices: int32 (n_entries,), the columns, ascending within a user.
        data: uint8 (n_entries,), 1-10, or UNRATED.
    """

    users: Vocabulary
    n_anime: int
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.indptr.shape != (len(self.users) + 1,):
            raise ValueError(f"indptr must be ({len(self.users) + 1},), got {self.indptr.shape}")
        if not self.indices.shape == self.data.shape == (int(self.indptr[-1]),):
            raise ValueError(
                f"indices {self.indices.shape} and data {self.data.shape} must both be ({self.indptr[-1]},)"
            )
        if self.indices.dtype != np.int32 or self.data.dtype != np.uint8:
            raise ValueError(f"need int32 and uint8, got {self.indices.dtype} and {self.data.dtype}")

    @classmethod
    def from_columns(
        cls,
        columns: Iterable[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]],
        anime: Vocabulary,
    ) -> RatingsMatrix:
        """Build from runs of (user_ids, anime_ids, ratings), ordered by user id, then anime id.

        Ratings of titles that `anime` does not have are passed over; so are users left with none.
        """
        users: list[NDArray[np.int64]] = []
        counts: list[NDArray[np.int64]] = []
        indices: list[NDArray[np.int32]] = []
        data: list[NDArray[np.uint8]] = []
        for user_ids, anime_ids, ratings in columns:
            rows = anime.rows(anime_ids)
            known = rows >= 0
            found, count = np.unique(user_ids[known], return_counts=True)
            if users and len(found) and len(users[-1]) and found[0] == users[-1][-1]:
                counts[-1][-1] += count[0]  # a user whose list spans two runs
                found, count = found[1:], count[1:]
            if len(found):
                users.append(found)
                counts.append(count.astype(np.int64))
            indices.append(rows[known].astype(np.int32))
            data.append(ratings[known])
        ids = np.concatenate(users) if users else np.empty(0, np.int64)
        indptr = np.zeros(len(ids) + 1, dtype=np.int64)
        if counts:
            np.cumsum(np.concatenate(counts), out=indptr[1:])
        return cls(
            Vocabulary(ids),
            len(anime),
            indptr,
            np.concatenate(indices) if indices else np.empty(0, np.int32),
            np.concatenate(data) if data else np.empty(0, np.uint8),
        )

    @classmethod
    def load(cls, reader: ArrayReader, prefix: str = "") -> RatingsMatrix:
        """Read the arrays `user_ids`, and `indptr`, `indices` and `data` with a prefix."""
        ids = reader.array("user_ids", np.int64, (None,))
        indices = reader.rows(f"{prefix}indices", np.int32, (None,), reader.n_anime)
        data = reader.array(f"{prefix}data", np.uint8, indices.shape, within=(0, RATINGS[-1]))
        indptr = reader.offsets(f"{prefix}indptr", (len(ids) + 1,), len(indices))
        return cls(Vocabulary(ids), reader.n_anime, indptr, indices, data)

    @property
    def n_users(self) -> int:
        return len(self.users)

    @property
    def n_entries(self) -> int:
        return len(self.data)

    def row(self, user_row: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """(anime rows, ratings) of one user."""
        entries = slice(int(self.indptr[user_row]), int(self.indptr[user_row + 1]))
        return self.indices[entries], self.data[entries]

    def gather(self, user_rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(positions in `indices` and `data` of these users' entries, how many belong to each)."""
        return ranges(self.indptr, user_rows)

    @cached_property
    def likes(self) -> NDArray[np.int64]:
        """int64 (n_anime,): how many people liked each title."""
        return np.bincount(self.indices[self.data >= LIKED_FROM], minlength=self.n_anime)

    @cached_property
    def only_liked(self) -> RatingsMatrix:
        """The same users and titles with only the entries of liked titles."""
        mask = self.data >= LIKED_FROM
        indptr = starts_of_kept(self.indptr, mask)
        return RatingsMatrix(self.users, self.n_anime, indptr, self.indices[mask], self.data[mask])

    def without(self, user_rows: NDArray[np.int64]) -> RatingsMatrix:
        """The matrix without these users."""
        kept, lengths = np.ones(self.n_users, bool), np.diff(self.indptr)
        kept[user_rows] = False
        indptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths[kept])])
        mask = np.repeat(kept, lengths)  # positions of entries would take eight times the memory
        users = Vocabulary(np.asarray(self.users.ids[kept]))
        return RatingsMatrix(users, self.n_anime, indptr, self.indices[mask], self.data[mask])

    def rows_of(self, user_rows: NDArray[np.int64]) -> csr_array:
        """These users x titles, float32: 1 for every entry."""
        entries, lengths = self.gather(user_rows)
        indptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        ones = np.ones(len(entries), np.float32)
        return csr_array((ones, self.indices[entries], indptr), shape=(len(user_rows), self.n_anime))

    def to_binary(self) -> csr_array:
        """Users x titles for scipy, float32: 1 for every entry."""
        ones = np.ones(self.n_entries, np.float32)
        return csr_array((ones, self.indices, self.indptr), shape=(self.n_users, self.n_anime))


def blocks(length: int, size: int) -> Iterator[slice]:
    """Slices of at most `size` that cover 0..length, so that work on a long list needs no more memory."""
    yield from (slice(start, start + size) for start in range(0, length, size))


def starts_of_kept(starts: NDArray[np.integer[Any]], kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """int64 (len(starts),): where each group starts once only these of its entries are kept.

    Args:
        starts: ascending, where each group of entries starts, and the last one ends.
        kept: bool (entries,).
    """
    return np.searchsorted(np.flatnonzero(kept), starts).astype(np.int64)


def ranges(
    starts: NDArray[np.integer[Any]], groups: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Concatenate the ranges starts[g]:starts[g + 1] of many groups.

    Returns:
        positions: int64 (total,), range after range.
        lengths: int64 (len(groups),), how many positions belong to each.
    """
    firsts = np.asarray(starts[groups])
    lengths = np.asarray(starts[groups + 1]) - firsts
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(firsts - (ends - lengths), lengths), lengths
