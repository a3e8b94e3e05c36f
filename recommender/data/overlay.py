"""People newer than the model: small, exact, replaced as a whole whenever somebody is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.ratings_matrix import RatingsMatrix
from recommender.data.vocabulary import Vocabulary

# (anime rows ascending int32, ratings uint8)
List = tuple[NDArray[np.int32], NDArray[np.uint8]]


@dataclass(frozen=True, eq=False)
class Overlay:
    """Lists that were saved after the model was built. They hide the model's own of the same user.

    Attributes:
        lists: user id -> list; an empty one for somebody who was erased.
        ratings: the same as a matrix, one row a user with a list, users ascending.
        user_ids: int64, everybody whose list in the model is out of date, ascending.
    """

    lists: Mapping[int, List]
    ratings: RatingsMatrix
    user_ids: NDArray[np.int64]

    @classmethod
    def empty(cls, n_anime: int) -> Overlay:
        return cls._of({}, n_anime)

    def extended(self, lists: Iterable[tuple[int, List]]) -> Overlay:
        """A new overlay with these lists added, each in the place of an earlier one of the same user."""
        return self._of({**self.lists, **dict(lists)}, self.ratings.n_anime)

    def replaces(self, user_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """bool: which of these users have a newer list here."""
        return np.isin(user_ids, self.user_ids)

    def __len__(self) -> int:
        return len(self.lists)

    @classmethod
    def _of(cls, lists: Mapping[int, List], n_anime: int) -> Overlay:
        ids = sorted(user_id for user_id, (rows, _) in lists.items() if len(rows))
        rows = [lists[user_id][0] for user_id in ids]
        indptr = np.zeros(len(ids) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=indptr[1:])
        matrix = RatingsMatrix(
            Vocabulary(np.array(ids, dtype=np.int64)),
            n_anime,
            indptr,
            np.concatenate([np.empty(0, np.int32), *rows]),
            np.concatenate([np.empty(0, np.uint8), *(lists[user_id][1] for user_id in ids)]),
        )
        return cls(lists, matrix, np.array(sorted(lists), dtype=np.int64))
