"""check_index_file: no link of an accepted file leads anywhere but to its vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.kernels.index_file import check_index_file
from recommender.kernels.probe_index import probe_index
from recommender.kernels.vector_index import VectorIndex, VectorIndexConfig

DIM, COUNT, LINKS = 4, 300, 4
HEADER, ELEMENT = 96, 4 + 8 * LINKS + 4 * DIM + 8  # bytes


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A graph with a few levels."""
    path = tmp_path_factory.mktemp("index") / "index.bin"
    vectors = np.random.default_rng(0).normal(size=(COUNT, DIM)).astype(np.float32)
    VectorIndex.build(vectors, VectorIndexConfig(m=LINKS)).save(path)
    return path.read_bytes()


def checked(content: bytes, path: Path, dim: int = DIM, count: int = COUNT) -> None:
    path.write_bytes(content)
    with path.open("rb") as file:
        check_index_file(file, dim, count)


def put(content: bytes, place: int, value: int, size: int = 4) -> bytes:
    return content[:place] + value.to_bytes(size, "little") + content[place + size :]


def element(number: int, offset: int = 0) -> int:
    """Where something of an element is in the file."""
    return HEADER + number * ELEMENT + offset


@pytest.mark.parametrize("count", [0, 1, 2, 50, 1_000])
@pytest.mark.parametrize("links", [2, 12, 48])
def test_saved_index_of_any_size_passes(tmp_path: Path, count: int, links: int) -> None:
    vectors = np.random.default_rng(1).normal(size=(count, DIM)).astype(np.float32)
    vectors[:5] = 0
    VectorIndex.build(vectors, VectorIndexConfig(m=links)).save(tmp_path / "index.bin")
    checked((tmp_path / "index.bin").read_bytes(), tmp_path / "copy", count=count)


VECTOR, LABEL = 4 + 8 * LINKS, 4 + 8 * LINKS + 4 * DIM
HIGHER = element(COUNT)


@pytest.mark.parametrize(
    ("place", "value", "size", "message"),
    [
        (element(7), 2 * LINKS + 1, 2, "more links than it has room for"),
        (element(7, 4), COUNT, 4, "a link to a vector that is not there"),
        (element(COUNT - 1, 4), 2**32 - 1, 4, "a link to a vector that is not there"),
        (element(7, 2), 1, 1, "deleted"),
        (element(7, VECTOR), 0x7FC00000, 4, "not of length 1"),
        (element(7, VECTOR), 0x7F7FFFFF, 4, "not of length 1"),
        (element(7, LABEL), COUNT, 8, "labels of nobody"),
        (element(7, LABEL), 2**63, 8, "labels of nobody"),
        (element(7, LABEL), 8, 8, "the same label twice"),
        (HIGHER, 4, 4, "links of no known size"),
        (HIGHER, 4 * (LINKS + 1) * 1_000, 4, "links"),
        (16, COUNT + 1, 8, "holds 301 vectors, expected 300"),
        (24, ELEMENT + 4, 8, "not laid out"),
        (32, 0, 8, "not laid out"),
        (48, 1_000, 4, "not on its highest level"),
        (52, COUNT, 4, "not on its highest level"),
        (56, 2**40, 8, "not laid out"),
        (64, 2**20, 8, "not laid out"),
    ],
)
def test_index_with_a_wrong_number_is_refused(
    saved: bytes, tmp_path: Path, place: int, value: int, size: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        checked(put(saved, place, value, size), tmp_path / "index.bin")


def test_link_to_a_vector_of_a_lower_level_is_refused(saved: bytes, tmp_path: Path) -> None:
    words = np.frombuffer(saved[HIGHER:], "<u4")
    sizes, at = [], 0
    while at < len(words):
        sizes.append(int(words[at]))
        at += 1 + sizes[-1] // 4
    high, low = next(n for n, size in enumerate(sizes) if size), sizes.index(0)
    first = HIGHER + 4 * high + 4  # of the elements before it, only the sizes are there
    with pytest.raises(ValueError, match="a link to a vector that is not on its level"):
        checked(put(put(saved, first, 1, 2), first + 4, low), tmp_path / "index.bin")


@pytest.mark.parametrize("length", [0, 1, 95, 96, 1_000, -4, -1])
def test_index_that_is_cut_short_is_refused(saved: bytes, tmp_path: Path, length: int) -> None:
    with pytest.raises(ValueError, match=r"cut short|in the middle|not end with|empty"):
        checked(saved[:length], tmp_path / "index.bin")


def test_index_with_more_at_its_end_is_refused(saved: bytes, tmp_path: Path) -> None:
    for more in (b"\0", bytes(4), bytes(64)):
        with pytest.raises(ValueError, match=r"cut short|not end with its links"):
            checked(saved + more, tmp_path / "index.bin")


def test_accepted_index_answers_whatever_was_flipped(saved: bytes, tmp_path: Path) -> None:
    """Of hundreds of flipped bits, those that nobody notices do no harm."""
    rng, accepted = np.random.default_rng(5), 0
    queries = rng.normal(size=(30, DIM)).astype(np.float32)
    for number in range(600):
        content = bytearray(saved)
        content[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
        path = tmp_path / f"{number}.bin"
        path.write_bytes(bytes(content))
        try:
            index = VectorIndex.load(path, DIM, COUNT)
        except ValueError:
            continue
        accepted += 1
        for query in queries:
            rows, similarities = index.search(query, 20)
            assert (rows < COUNT).all()
            assert np.isfinite(similarities).all()
    assert 0 < accepted < 600


def test_probe_says_that_the_child_died(saved: bytes, tmp_path: Path) -> None:
    path = tmp_path / "index.bin"
    links = bytearray(saved)
    for number in range(COUNT):
        links[element(number, 4) : element(number, VECTOR)] = b"\xff\xff\xff\x7f" * 2 * LINKS
    path.write_bytes(bytes(links))
    with path.open("rb") as file, pytest.raises(ValueError, match=r"ends the process that reads it \(SIG"):
        probe_index(file.fileno(), DIM, COUNT)


def test_probe_of_a_sound_index_says_nothing(saved: bytes, tmp_path: Path) -> None:
    path = tmp_path / "index.bin"
    path.write_bytes(saved)
    with path.open("rb") as file:
        probe_index(file.fileno(), DIM, COUNT)
        with pytest.raises(ValueError, match=r"cannot be read: .*it holds 300 vectors, expected 299"):
            probe_index(file.fileno(), DIM, COUNT - 1)
