"""ArrayWriter and ArrayReader: models write their arrays and read them back by these protocols."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray
from scipy.sparse import csr_array


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
    """Returns what an ArrayWriter took. Arrays are memory-mapped, so that processes share them."""

    def array(self, name: str) -> NDArray[Any]:
        """One array; raises KeyError for one that was not written."""
        ...

    def csr(self, name: str) -> csr_array:
        """One sparse matrix."""
        ...

    def path(self, name: str) -> Path:
        """The path at which a library wrote a file of its own."""
        ...

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Every array by name."""
        ...
