"""DirectoryWriter and DirectoryReader: arrays by owner and name, mapped from files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter

DTYPES = st.sampled_from([np.float32, np.int64, np.int32, np.uint8, np.bool_])


@given(DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_side=0, max_dims=2))))
def test_array_survives_with_dtype_and_shape(values: NDArray[np.generic]) -> None:
    with TemporaryDirectory() as directory:
        DirectoryWriter(Path(directory), "model").array("values", values)
        found = DirectoryReader(Path(directory), "model").array("values")
        assert (found.dtype, found.shape, found.tobytes()) == (values.dtype, values.shape, values.tobytes())


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 0), (0, 4)])
def test_csr_survives_with_its_shape(tmp_path: Path, shape: tuple[int, int]) -> None:
    dense = np.zeros(shape, np.float32)
    dense[:2, :1] = 7  # the last rows and columns are empty
    DirectoryWriter(tmp_path, "model").csr("weights", csr_array(dense))
    found = DirectoryReader(tmp_path, "model").csr("weights")
    assert (found.shape, found.dtype) == (shape, np.float32)
    assert found.toarray().tolist() == dense.tolist()


def test_missing_array_raises_and_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"model\.weights\.npy is missing"):
        DirectoryReader(tmp_path, "model").array("weights")


def test_csr_with_a_missing_part_raises_and_names_the_file(tmp_path: Path) -> None:
    DirectoryWriter(tmp_path, "model").csr("weights", csr_array(np.eye(2)))
    (tmp_path / "model.weights_shape.npy").unlink()
    with pytest.raises(KeyError, match=r"model\.weights_shape\.npy is missing"):
        DirectoryReader(tmp_path, "model").csr("weights")


def test_arrays_are_those_of_the_owner_only(tmp_path: Path) -> None:
    for owner, value in (("one", 1), ("two", 2)):
        DirectoryWriter(tmp_path, owner).arrays({"a": np.array([value]), "b": np.array([-value])})
    found = DirectoryReader(tmp_path, "two").arrays()
    assert {name: values.tolist() for name, values in found.items()} == {"a": [2], "b": [-2]}


def test_array_is_mapped_and_cannot_be_written(tmp_path: Path) -> None:
    DirectoryWriter(tmp_path, "model").array("values", np.arange(3))
    found = DirectoryReader(tmp_path, "model").array("values")
    assert isinstance(found.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 5


def test_array_of_objects_is_neither_written_nor_read(tmp_path: Path) -> None:
    objects = np.array([{}], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        DirectoryWriter(tmp_path, "model").array("values", objects)
    np.save(tmp_path / "model.values.npy", objects, allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        DirectoryReader(tmp_path, "model").array("values")


def test_path_is_the_same_for_writer_and_reader(tmp_path: Path) -> None:
    DirectoryWriter(tmp_path, "model").path("users.bin").write_bytes(b"index")
    assert DirectoryReader(tmp_path, "model").path("users.bin").read_bytes() == b"index"
