"""External ids <-> dense rows, both ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The ids of one axis of a matrix: row r belongs to `ids[r]`.

    Attributes:
        ids: int64 (n,), strictly ascending, so that it can be searched without a dictionary and
            memory-mapped; ties broken by row are therefore ties broken by id.
    """

    ids: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.ids.ndim != 1 or self.ids.dtype != np.int64:
            raise ValueError(f"ids must be int64 (n,), got {self.ids.dtype} {self.ids.shape}")
        if len(self.ids) > 1 and not np.all(self.ids[1:] > self.ids[:-1]):
            raise ValueError("ids must be strictly ascending")

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 (len(ids),): the row of each id, -1 for an id that is not here."""
        wanted = np.asarray(ids, dtype=np.int64)
        if not len(self.ids):
            return np.full(len(wanted), -1, dtype=np.int64)
        rows = np.searchsorted(self.ids, wanted).clip(max=len(self.ids) - 1)
        return np.where(self.ids[rows] == wanted, rows, -1)

    def row(self, external_id: int) -> int | None:
        """The row of one id, None for an id that is not here."""
        if not -(2**63) <= external_id < 2**63:
            return None
        row = int(self.ids.searchsorted(external_id))
        return row if row < len(self.ids) and self.ids[row] == external_id else None

    def id(self, row: int) -> int:
        """The id of one row; raises IndexError outside 0..n-1."""
        if not 0 <= row < len(self.ids):
            raise IndexError(f"row {row} is outside 0..{len(self.ids) - 1}")
        return int(self.ids[row])
