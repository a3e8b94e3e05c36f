"""Users newer than the model: small, exact, replaced as a whole whenever somebody is added."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.data.cache import Cache
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.data.vocabulary import Vocabulary

# (anime rows ascending int32, ratings uint8)
RatingsRow = tuple[NDArray[np.int32], NDArray[np.uint8]]
NO_RATINGS: RatingsRow = (np.empty(0, np.int32), np.empty(0, np.uint8))


@dataclass(frozen=True, eq=False)
class Overlay:
    """Ratings saved after the model was built. They hide the model's own of the same user.

    Attributes:
        rows: user id -> ratings; empty for somebody who is hidden: erased, or without room here.
        ratings: the same as a matrix, one row a user with ratings, users ascending.
        user_ids: int64, everybody whose ratings in the model are out of date, ascending.
        cache: what models derive from these ratings.
    """

    rows: Mapping[int, RatingsRow]
    ratings: RatingsMatrix
    user_ids: NDArray[np.int64]
    cache: Cache = field(default_factory=Cache, init=False, repr=False)

    @classmethod
    def empty(cls, n_anime: int) -> Overlay:
        return cls._of({}, n_anime)

    def extended(self, rows: Iterable[tuple[int, RatingsRow]], gone: Container[int] = ()) -> Overlay:
        """A new overlay with these ratings added, each in the place of earlier ones of the same user, and
        with nothing of those who are gone."""
        kept = {user_id: row for user_id, row in self.rows.items() if user_id not in gone}
        return self._of({**kept, **dict(rows)}, self.ratings.n_anime)

    def replaces(self, user_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """bool: which of these users have newer ratings here."""
        return np.isin(user_ids, self.user_ids)

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def _of(cls, rows_by_user: Mapping[int, RatingsRow], n_anime: int) -> Overlay:
        ids = sorted(user_id for user_id, (rows, _) in rows_by_user.items() if len(rows))
        rows = [rows_by_user[user_id][0] for user_id in ids]
        indptr = np.zeros(len(ids) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=indptr[1:])
        matrix = RatingsMatrix(
            Vocabulary(np.array(ids, dtype=np.int64)),
            n_anime,
            indptr,
            np.concatenate([np.empty(0, np.int32), *rows]),
            np.concatenate([np.empty(0, np.uint8), *(rows_by_user[user_id][1] for user_id in ids)]),
        )
        return cls(rows_by_user, matrix, np.array(sorted(rows_by_user), dtype=np.int64))
