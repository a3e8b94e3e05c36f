"""ArrayWriter and ArrayReader: models write their arrays and read them back by these protocols."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_array

Shape = tuple[int | None, ...]  # None stands for any number
Limits = tuple[float, float]  # lowest and highest value


class ArrayWriter(Protocol):
    """Takes the arrays of one model, each under a name."""

    def array(self, name: str, values: NDArray[Any]) -> None:
        """Write one array."""
        ...

    def arrays(self, values: Mapping[str, NDArray[Any]]) -> None:
        """Write several arrays."""
        ...

    def csr(self, name: str, matrix: csr_array) -> None:
        """Write one sparse matrix, with its shape."""
        ...

    def path(self, name: str) -> Path:
        """The path at which a library writes a file of its own."""
        ...


class ArrayReader(Protocol):
    """Returns what an ArrayWriter took. Arrays are memory-mapped, so that processes share them.

    A model says what it expects, because its files may be damaged, or not be its own: C code that is given a
    row that does not exist ends the process. Whatever differs raises ValueError, a missing file KeyError.
    """

    @property
    def n_anime(self) -> int:
        """The number of titles of the catalog that the model belongs to."""
        ...

    def array(self, name: str, dtype: DTypeLike, shape: Shape, within: Limits | None = None) -> NDArray[Any]:
        """One array of this type and shape.

        Args:
            within: of every value; default: floats are finite and not huge, integers are anything.
        """
        ...

    def rows(
        self, name: str, dtype: DTypeLike, shape: Shape, count: int, *, ascending: bool = False
    ) -> NDArray[Any]:
        """One array of row numbers, 0 to count - 1.

        Args:
            ascending: each is larger than the one before it.
        """
        ...

    def offsets(self, name: str, shape: Shape, total: int, dtype: DTypeLike = ...) -> NDArray[Any]:
        """One array that ascends from 0 to `total`: where each group of `total` entries starts and ends."""
        ...

    def csr(self, name: str, shape: tuple[int, int | None], within: Limits | None = None) -> csr_array:
        """One sparse float32 matrix of this shape."""
        ...

    def path(self, name: str) -> Path:
        """The path at which a library wrote a file of its own."""
        ...
