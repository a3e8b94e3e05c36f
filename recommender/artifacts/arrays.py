"""Arrays on disk: one .npy file each, memory-mapped when read. Never pickled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

_CSR_PARTS = ("data", "indices", "indptr")


class DirectoryWriter:
    """Writes the arrays of one owner into a directory, as `owner.name.npy`."""

    def __init__(self, directory: Path, owner: str) -> None:
        self._directory, self._owner = directory, owner

    def array(self, name: str, values: NDArray[Any]) -> None:
        """See ArrayWriter."""
        np.save(self.path(f"{name}.npy"), values, allow_pickle=False)

    def csr(self, name: str, matrix: csr_array) -> None:
        """See ArrayWriter."""
        for part in _CSR_PARTS:
            self.array(f"{name}_{part}", getattr(matrix, part))
        self.array(f"{name}_shape", np.array(matrix.shape, dtype=np.int64))

    def path(self, name: str) -> Path:
        """See ArrayWriter."""
        return self._directory / f"{self._owner}.{name}"

    def arrays(self, values: Mapping[str, NDArray[Any]]) -> None:
        """See ArrayWriter."""
        for name, array in values.items():
            self.array(name, array)


class DirectoryReader:
    """Reads what a DirectoryWriter of the same owner wrote."""

    def __init__(self, directory: Path, owner: str) -> None:
        self._directory, self._owner = directory, owner

    def array(self, name: str) -> NDArray[Any]:
        """See ArrayReader."""
        path = self.path(f"{name}.npy")
        if not path.is_file():
            raise KeyError(f"{path.name} is missing")
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        return np.asarray(mapped)  # still mapped, but a plain array: each slice of a memmap costs 10 us

    def csr(self, name: str) -> csr_array:
        """See ArrayReader."""
        data, indices, indptr = (self.array(f"{name}_{part}") for part in _CSR_PARTS)
        rows, columns = self.array(f"{name}_shape").tolist()
        return csr_array((data, indices, indptr), shape=(rows, columns))

    def path(self, name: str) -> Path:
        """See ArrayReader."""
        return self._directory / f"{self._owner}.{name}"

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """See ArrayReader."""
        found = self._directory.glob(f"{self._owner}.*.npy")
        names = [path.name.removeprefix(f"{self._owner}.").removesuffix(".npy") for path in found]
        return {name: self.array(name) for name in names}
