"""Arrays on disk: one .npy file each, checked and memory-mapped when read. Never pickled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_array

from recommender.data.arrays import Limits, Shape

_CSR_PARTS = ("data", "indices", "indptr")
# in size, of any float: what is learned is far smaller, and sums of products of such numbers stay finite
LARGEST = 1e9


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

    def __init__(self, directory: Path, owner: str, n_anime: int) -> None:
        self._directory, self._owner = directory, owner
        self.n_anime = n_anime

    def array(self, name: str, dtype: DTypeLike, shape: Shape, within: Limits | None = None) -> NDArray[Any]:
        """See ArrayReader."""
        mapped = self._mapped(name)
        fits = len(shape) == mapped.ndim and all(
            expected in (None, found) for expected, found in zip(shape, mapped.shape, strict=True)
        )
        if mapped.dtype != np.dtype(dtype) or not fits:
            sides = ", ".join("any" if side is None else str(side) for side in shape)
            raise ValueError(
                f"{self._file(name).name} is {mapped.dtype} {mapped.shape}, "
                f"expected {np.dtype(dtype)} ({sides})"
            )
        # a truth value of any other byte makes numpy miscount, and write past the end
        numbers = mapped.view(np.uint8) if mapped.dtype == bool else mapped
        within = within or {"b": (0, 1), "f": (-LARGEST, LARGEST)}.get(mapped.dtype.kind)
        if within is not None and mapped.size:
            lowest, highest = numbers.min(), numbers.max()
            if not (lowest >= within[0] and highest <= within[1]):  # also if they are NaN
                raise ValueError(
                    f"{self._file(name).name} has values from {lowest:.10g} to {highest:.10g}, "
                    f"expected {within[0]:.10g} to {within[1]:.10g}"
                )
        # mapped anew, so that the pages read for the checks are not kept in memory for this process
        return np.asarray(self._mapped(name))  # a plain array: each slice of a memmap costs 10 us

    def rows(
        self, name: str, dtype: DTypeLike, shape: Shape, count: int, *, ascending: bool = False
    ) -> NDArray[Any]:
        """See ArrayReader."""
        found = self.array(name, dtype, shape, within=(0, count - 1))
        if ascending and (found[1:] <= found[:-1]).any():
            raise ValueError(f"{self._file(name).name} must be strictly ascending")
        return found

    def offsets(self, name: str, shape: Shape, total: int, dtype: DTypeLike = np.int64) -> NDArray[Any]:
        """See ArrayReader."""
        found = self.array(name, dtype, shape, within=(0, total))
        if not len(found) or found[0] != 0 or found[-1] != total or (found[1:] < found[:-1]).any():
            raise ValueError(f"{self._file(name).name} does not ascend from 0 to {total}")
        return found

    def csr(self, name: str, shape: tuple[int, int | None], within: Limits | None = None) -> csr_array:
        """See ArrayReader."""
        rows, columns = self.array(f"{name}_shape", np.int64, (2,), within=(0, 2**31 - 1)).tolist()
        if rows != shape[0] or shape[1] not in (None, columns):
            raise ValueError(f"{self._file(f'{name}_shape').name} is ({rows}, {columns}), expected {shape}")
        data = self.array(f"{name}_data", np.float32, (None,), within)
        index = np.int32 if self._mapped(f"{name}_indptr").dtype == np.int32 else np.int64  # as scipy chose
        indices = self.rows(f"{name}_indices", index, data.shape, columns)
        indptr = self.offsets(f"{name}_indptr", (rows + 1,), len(data), index)
        return csr_array((data, indices, indptr), shape=(rows, columns))

    def path(self, name: str) -> Path:
        """See ArrayReader."""
        return self._directory / f"{self._owner}.{name}"

    def _file(self, name: str) -> Path:
        return self.path(f"{name}.npy")

    def _mapped(self, name: str) -> np.memmap[Any, Any]:
        path = self._file(name)
        if not path.is_file():
            raise KeyError(f"{path.name} is missing")
        try:
            mapped: np.memmap[Any, Any] = open_memmap(path, mode="r")  # refuses Python objects
        except Exception as error:  # of the parser of its header
            raise ValueError(f"{path.name} is not an array: {error}") from error
        if mapped.offset + mapped.nbytes != path.stat().st_size:
            raise ValueError(f"{path.name} is longer than the array that it begins with")
        return mapped
