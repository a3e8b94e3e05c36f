"""DirectoryWriter and DirectoryReader: arrays by owner and name, mapped from files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter

DTYPES = st.sampled_from([np.float32, np.int64, np.int32, np.uint8, np.bool_])


def usable(values: NDArray[np.generic]) -> bool:
    return values.dtype != np.float32 or bool((np.abs(values) <= 1e9).all())


@given(
    DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_side=0, max_dims=2))).filter(
        usable
    )
)
def test_array_survives_with_dtype_and_shape(values: NDArray[np.generic]) -> None:
    with TemporaryDirectory() as directory:
        DirectoryWriter(Path(directory), "model").array("values", values)
        shape = (None,) * values.ndim
        found = DirectoryReader(Path(directory), "model", 0).array("values", values.dtype, shape)
        assert (found.dtype, found.shape, found.tobytes()) == (values.dtype, values.shape, values.tobytes())


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 0), (0, 4)])
def test_csr_survives_with_its_shape(tmp_path: Path, shape: tuple[int, int]) -> None:
    dense = np.zeros(shape, np.float32)
    dense[:2, :1] = 7  # the last rows and columns are empty
    DirectoryWriter(tmp_path, "model").csr("weights", csr_array(dense))
    found = DirectoryReader(tmp_path, "model", 0).csr("weights", shape)
    assert (found.shape, found.dtype) == (shape, np.float32)
    assert found.toarray().tolist() == dense.tolist()


def test_missing_array_raises_and_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"model\.weights\.npy is missing"):
        DirectoryReader(tmp_path, "model", 0).array("weights", np.float32, (2,))


def test_csr_with_a_missing_part_raises_and_names_the_file(tmp_path: Path) -> None:
    DirectoryWriter(tmp_path, "model").csr("weights", csr_array(np.eye(2)))
    (tmp_path / "model.weights_shape.npy").unlink()
    with pytest.raises(KeyError, match=r"model\.weights_shape\.npy is missing"):
        DirectoryReader(tmp_path, "model", 0).csr("weights", (2, 2))


def test_arrays_are_those_of_the_owner_only(tmp_path: Path) -> None:
    for owner, value in (("one", 1), ("two", 2)):
        DirectoryWriter(tmp_path, owner).arrays({"a": np.array([value]), "b": np.array([-value])})
    reader = DirectoryReader(tmp_path, "two", 0)
    found = {name: reader.array(name, np.int64, (1,)).tolist() for name in ("a", "b")}
    assert found == {"a": [2], "b": [-2]}


def test_array_is_mapped_and_cannot_be_written(tmp_path: Path) -> None:
    DirectoryWriter(tmp_path, "model").array("values", np.arange(3))
    found = DirectoryReader(tmp_path, "model", 0).array("values", np.int64, (3,))
    assert isinstance(found.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 5


def test_array_of_objects_is_neither_written_nor_read(tmp_path: Path) -> None:
    objects = np.array([{}], dtype=object)
    with pytest.raises(ValueError, match="allow_pickle"):
        DirectoryWriter(tmp_path, "model").array("values", objects)
    np.save(tmp_path / "model.values.npy", objects, allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects"):
        DirectoryReader(tmp_path, "model", 0).array("values", object, (1,))


def test_path_is_the_same_for_writer_and_reader(tmp_path: Path) -> None:
    DirectoryWriter(tmp_path, "model").path("users.bin").write_bytes(b"index")
    assert DirectoryReader(tmp_path, "model", 0).path("users.bin").read_bytes() == b"index"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(3), r"model\.values\.npy is float64 \(3,\), expected float32 \(3\)"),
        (np.zeros(2, np.float32), r"is float32 \(2,\), expected float32 \(3\)"),
        (np.zeros((3, 1), np.float32), r"is float32 \(3, 1\), expected float32 \(3\)"),
        (np.array([1, np.nan, 2], np.float32), "has values from nan to nan"),
        (np.array([1, np.inf, 2], np.float32), "has values from 1 to inf"),
        (np.array([1, -2e9, 2], np.float32), "has values from -2000000000 to 2"),
    ],
)
def test_array_unlike_the_declared_one_raises(tmp_path: Path, values: NDArray[Any], message: str) -> None:
    DirectoryWriter(tmp_path, "model").array("values", values)
    with pytest.raises(ValueError, match=message):
        DirectoryReader(tmp_path, "model", 0).array("values", np.float32, (3,))


def test_array_of_truth_values_holds_no_other_bytes(tmp_path: Path) -> None:
    DirectoryWriter(tmp_path, "model").array("values", np.array([0, 2], np.uint8).view(np.bool_))
    with pytest.raises(ValueError, match="from 0 to 2, expected 0 to 1"):
        DirectoryReader(tmp_path, "model", 0).array("values", np.bool_, (2,))


@pytest.mark.parametrize("rows", [[0, -1], [3, 0]])
def test_rows_that_do_not_exist_raise(tmp_path: Path, rows: list[int]) -> None:
    DirectoryWriter(tmp_path, "model").array("rows", np.array(rows))
    with pytest.raises(ValueError, match="expected 0 to 2"):
        DirectoryReader(tmp_path, "model", 0).rows("rows", np.int64, (2,), 3)


@pytest.mark.parametrize("starts", [[], [1, 2, 5], [0, 2, 4], [0, 3, 2, 5], [0, 2, 6]])
def test_offsets_that_do_not_ascend_to_the_total_raise(tmp_path: Path, starts: list[int]) -> None:
    DirectoryWriter(tmp_path, "model").array("starts", np.array(starts, np.int64))
    with pytest.raises(ValueError, match=r"model\.starts\.npy"):
        DirectoryReader(tmp_path, "model", 0).offsets("starts", (None,), 5)


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("data", np.ones(1, np.float32)),
        ("data", np.array([1, np.nan], np.float32)),
        ("indices", np.array([0, 2], np.int32)),
        ("indices", np.array([0, -1], np.int32)),
        ("indices", np.array([0, 1], np.int64)),
        ("indptr", np.array([0, 2, 1], np.int32)),
        ("indptr", np.array([0, 1], np.int32)),
        ("indptr", np.array([0.0, 1.0, 2.0])),
        ("shape", np.array([2, 1])),
        ("shape", np.array([2, 2, 2])),
    ],
)
def test_csr_with_a_damaged_part_raises(tmp_path: Path, part: str, values: NDArray[Any]) -> None:
    writer = DirectoryWriter(tmp_path, "model")
    writer.csr("weights", csr_array(np.eye(2, dtype=np.float32)))
    assert DirectoryReader(tmp_path, "model", 0).csr("weights", (2, 2)).nnz == 2
    writer.array(f"weights_{part}", values)
    with pytest.raises(ValueError, match=r"model\.weights_\w+\.npy"):
        DirectoryReader(tmp_path, "model", 0).csr("weights", (2, 2))
