"""VectorIndex, the wrapper around hnswlib, against ExactIndex, which compares every vector."""

from __future__ import annotations

from pathlib import Path

import hnswlib
import numpy as np
import pytest

from recommender.kernels.vector_index import ExactIndex, VectorIndex, VectorIndexConfig, Vectors

DIM = 16
CONFIG = VectorIndexConfig()


def random_vectors(n: int, seed: int = 0) -> Vectors:
    return np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)


def test_exact_index_orders_by_cosine() -> None:
    vectors = np.array([[0, 2], [3, 3], [5, 0], [0, 0]], np.float32)
    rows, similarities = ExactIndex(vectors).search(np.array([0, 1], np.float32), 4)
    assert rows.tolist() == [0, 1, 2, 3]
    assert similarities == pytest.approx([1.0, np.sqrt(0.5), 0.0, 0.0])


def test_search_recalls_95_percent_of_true_neighbors() -> None:
    vectors = random_vectors(3_000)
    index, oracle = VectorIndex.build(vectors, CONFIG), ExactIndex(vectors)
    hits = [
        len(np.intersect1d(index.search(query, 100)[0], oracle.search(query, 100)[0]))
        for query in random_vectors(40, seed=1)
    ]
    assert np.mean(hits) >= 95


def test_search_returns_cosines_nearest_first() -> None:
    vectors, query = random_vectors(500), random_vectors(1, seed=1)[0]
    rows, similarities = VectorIndex.build(vectors, CONFIG).search(query, 50)
    exact = vectors[rows] @ query / np.linalg.norm(vectors[rows], axis=1) / np.linalg.norm(query)
    assert similarities == pytest.approx(exact, abs=1e-5)
    assert (np.diff(similarities) <= 0).all()


def test_search_finds_the_vector_itself_first() -> None:
    vectors = random_vectors(300)
    index = VectorIndex.build(vectors, CONFIG)
    assert [int(index.search(vector, 20)[0][0]) for vector in vectors] == list(range(300))


def test_build_is_reproducible(tmp_path: Path) -> None:
    for name in ("one", "two"):
        VectorIndex.build(random_vectors(500), CONFIG).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_loaded_index_gives_the_answers_of_the_saved_one(tmp_path: Path) -> None:
    index = VectorIndex.build(random_vectors(400), CONFIG)
    index.save(tmp_path / "index.bin")
    loaded = VectorIndex.load(tmp_path / "index.bin", DIM, 400)
    assert (len(loaded), loaded.dim) == (400, DIM)
    for query in random_vectors(20, seed=1):
        (rows, similarities), again = index.search(query, 30), loaded.search(query, 30)
        assert again[0].tobytes() == rows.tobytes()
        assert again[1].tobytes() == similarities.tobytes()


@pytest.mark.parametrize(
    ("dim", "count", "message"),
    [
        (DIM, 11, r"index.bin holds 10 vectors, expected 11"),
        (DIM, 9, r"index.bin holds 10 vectors, expected 9"),
        (DIM - 1, 10, r"index.bin is not laid out for vectors of dimension 15"),
        (2 * DIM, 10, r"index.bin is not laid out for vectors of dimension 32"),
    ],
)
def test_load_refuses_other_vectors_than_expected(tmp_path: Path, dim: int, count: int, message: str) -> None:
    VectorIndex.build(random_vectors(10), CONFIG).save(tmp_path / "index.bin")
    with pytest.raises(ValueError, match=message):
        VectorIndex.load(tmp_path / "index.bin", dim, count)


def test_search_for_more_than_there_are_returns_all() -> None:
    index = VectorIndex.build(random_vectors(7), CONFIG)
    assert sorted(index.search(random_vectors(1)[0], 1_000)[0].tolist()) == list(range(7))


@pytest.mark.parametrize("k", [0, -1])
def test_search_for_no_neighbors_returns_none(k: int) -> None:
    rows, similarities = VectorIndex.build(random_vectors(7), CONFIG).search(random_vectors(1)[0], k)
    assert len(rows) == len(similarities) == 0


def test_empty_index_finds_nothing_saved_or_not(tmp_path: Path) -> None:
    empty = VectorIndex.build(np.empty((0, DIM), np.float32), CONFIG)
    empty.save(tmp_path / "index.bin")
    for index in (empty, VectorIndex.load(tmp_path / "index.bin", DIM, 0)):
        assert len(index) == 0
        assert len(index.search(random_vectors(1)[0], 5)[0]) == 0


def test_search_survives_two_thousand_equal_vectors() -> None:
    vectors = np.tile(random_vectors(1), (2_000, 1))
    rows, similarities = VectorIndex.build(vectors, CONFIG).search(vectors[0], 1_500)
    assert 0 < len(rows) <= 1_500
    assert similarities == pytest.approx(np.ones(len(rows)), abs=1e-5)


def test_search_for_a_zero_vector_has_zero_similarities() -> None:
    _, similarities = VectorIndex.build(random_vectors(50), CONFIG).search(np.zeros(DIM, np.float32), 5)
    assert similarities == pytest.approx(np.zeros(5), abs=1e-6)


@pytest.mark.parametrize(
    ("vector", "message"),
    [
        (np.full(DIM, np.nan, np.float32), "finite"),
        (np.full(DIM, np.inf, np.float32), "finite"),
        (np.ones(DIM + 1, np.float32), f"dimension {DIM + 1}, the index has {DIM}"),
        (np.ones(DIM), "float64"),
        (np.ones((1, DIM), np.float32), r"\(1, 1, 16\)"),
    ],
)
def test_search_refuses_vectors_that_hnswlib_would_accept(vector: Vectors, message: str) -> None:
    for index in (VectorIndex.build(random_vectors(5), CONFIG), ExactIndex(random_vectors(5))):
        with pytest.raises(ValueError, match=message):
            index.search(vector, 3)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.array([[1, np.nan]], np.float32), "finite"),
        (np.ones((2, 3)), "float64"),
        (np.ones(3, np.float32), r"\(3,\)"),
    ],
)
def test_build_refuses_vectors_that_hnswlib_would_accept(vectors: Vectors, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VectorIndex.build(vectors, CONFIG)


def test_loaded_index_is_read_once_at_the_first_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, made = random_vectors(50), []
    VectorIndex.build(vectors, CONFIG).save(tmp_path / "index.bin")
    hnswlib_index = hnswlib.Index
    monkeypatch.setattr(hnswlib, "Index", lambda **options: made.append(1) or hnswlib_index(**options))
    loaded = VectorIndex.load(tmp_path / "index.bin", DIM, 50)
    assert made == []
    (tmp_path / "index.bin").unlink()  # it stays open
    for row in (7, 8):
        assert loaded.search(vectors[row], 1)[0].tolist() == [row]
    assert made == [1]
