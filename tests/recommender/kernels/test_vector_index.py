"""The wrapper around hnswlib, against looking at every vector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.kernels.vector_index import ExactIndex, VectorIndex, VectorIndexConfig, Vectors

DIM = 16
CONFIG = VectorIndexConfig()


def random_vectors(n: int, seed: int = 0) -> Vectors:
    return np.random.default_rng(seed).normal(size=(n, DIM)).astype(np.float32)


def test_the_exact_index_orders_by_cosine() -> None:
    vectors = np.array([[0, 2], [3, 3], [5, 0], [0, 0]], np.float32)
    rows, similarities = ExactIndex(vectors).search(np.array([0, 1], np.float32), 4)
    assert rows.tolist() == [0, 1, 2, 3]
    assert similarities == pytest.approx([1.0, np.sqrt(0.5), 0.0, 0.0])


def test_nineteen_of_twenty_true_neighbors_are_found() -> None:
    vectors = random_vectors(3_000)
    index, oracle = VectorIndex.build(vectors, CONFIG), ExactIndex(vectors)
    hits = [
        len(np.intersect1d(index.search(query, 100)[0], oracle.search(query, 100)[0]))
        for query in random_vectors(40, seed=1)
    ]
    assert np.mean(hits) >= 95


def test_similarities_are_cosines_nearest_first() -> None:
    vectors, query = random_vectors(500), random_vectors(1, seed=1)[0]
    rows, similarities = VectorIndex.build(vectors, CONFIG).search(query, 50)
    exact = vectors[rows] @ query / np.linalg.norm(vectors[rows], axis=1) / np.linalg.norm(query)
    assert similarities == pytest.approx(exact, abs=1e-5)
    assert (np.diff(similarities) <= 0).all()


def test_a_vector_finds_itself_first() -> None:
    vectors = random_vectors(300)
    index = VectorIndex.build(vectors, CONFIG)
    assert [int(index.search(vector, 20)[0][0]) for vector in vectors] == list(range(300))


def test_the_same_vectors_give_the_same_graph(tmp_path: Path) -> None:
    for name in ("one", "two"):
        VectorIndex.build(random_vectors(500), CONFIG).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_loaded_index_answers_as_the_saved_one(tmp_path: Path) -> None:
    index = VectorIndex.build(random_vectors(400), CONFIG)
    index.save(tmp_path / "index.bin")
    loaded = VectorIndex.load(tmp_path / "index.bin", DIM, 400)
    assert (len(loaded), loaded.dim) == (400, DIM)
    for query in random_vectors(20, seed=1):
        (rows, similarities), again = index.search(query, 30), loaded.search(query, 30)
        assert again[0].tobytes() == rows.tobytes()
        assert again[1].tobytes() == similarities.tobytes()


def test_another_count_than_expected_is_refused(tmp_path: Path) -> None:
    VectorIndex.build(random_vectors(10), CONFIG).save(tmp_path / "index.bin")
    with pytest.raises(ValueError, match=r"index.bin holds 10 vectors, expected 11"):
        VectorIndex.load(tmp_path / "index.bin", DIM, 11).ready()


def test_asking_for_more_than_there_are_gives_all() -> None:
    index = VectorIndex.build(random_vectors(7), CONFIG)
    assert sorted(index.search(random_vectors(1)[0], 1_000)[0].tolist()) == list(range(7))


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_nothing_gives_nothing(k: int) -> None:
    rows, similarities = VectorIndex.build(random_vectors(7), CONFIG).search(random_vectors(1)[0], k)
    assert len(rows) == len(similarities) == 0


def test_an_empty_index_finds_nothing_saved_or_not(tmp_path: Path) -> None:
    empty = VectorIndex.build(np.empty((0, DIM), np.float32), CONFIG)
    empty.save(tmp_path / "index.bin")
    for index in (empty, VectorIndex.load(tmp_path / "index.bin", DIM, 0)):
        assert len(index) == 0
        assert len(index.search(random_vectors(1)[0], 5)[0]) == 0


def test_the_same_vector_two_thousand_times_does_not_break_the_search() -> None:
    vectors = np.tile(random_vectors(1), (2_000, 1))
    rows, similarities = VectorIndex.build(vectors, CONFIG).search(vectors[0], 1_500)
    assert 0 < len(rows) <= 1_500
    assert similarities == pytest.approx(np.ones(len(rows)), abs=1e-5)


def test_a_zero_query_is_answered_with_similarities_of_zero() -> None:
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
def test_a_query_that_hnswlib_would_swallow_is_refused(vector: Vectors, message: str) -> None:
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
def test_vectors_that_hnswlib_would_swallow_are_refused(vectors: Vectors, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VectorIndex.build(vectors, CONFIG)


def test_a_saved_index_is_read_when_it_is_needed_even_if_its_file_is_gone(tmp_path: Path) -> None:
    vectors = random_vectors(50)
    VectorIndex.build(vectors, CONFIG).save(tmp_path / "index.bin")
    loaded = VectorIndex.load(tmp_path / "index.bin", DIM, 50)
    assert "_index" not in vars(loaded)
    (tmp_path / "index.bin").unlink()
    assert loaded.search(vectors[7], 1)[0].tolist() == [7]
    assert "_index" in vars(loaded)
