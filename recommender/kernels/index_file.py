"""The index files of hnswlib, checked in full: it follows any link of a file, even one out of its memory."""

from __future__ import annotations

import struct
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray

_CHUNK = 8_192  # elements checked at a time
_MOST_LINKS = 1_000


class _Header(NamedTuple):
    offset_level0: int
    max_elements: int
    n_elements: int
    element_bytes: int
    label_offset: int
    vector_offset: int
    top_level: int
    entry: int
    links: int  # of an element on each level but the lowest, at most
    links_level0: int  # on the lowest
    m: int
    level_scale: float
    ef_construction: int


_FORM = struct.Struct("<6QiI3QdQ")


def check_index_file(file: IO[bytes], dim: int, count: int, *, lengths: bool = False) -> None:
    """Follow every link of a saved graph.

    The header is followed by the elements (links, a mark of deletion, the vector, its label), and these by
    the links of each element on the higher levels: their number of bytes, then one list for each level.

    Args:
        file: opened for reading.
        dim: of the vectors, which are float32 of length 1 (or 0).
        count: of the elements, whose labels are 0 to count - 1.
        lengths: a float for each element lies in between, as chroma-hnswlib writes it.

    Raises:
        ValueError: it is another index, or damaged.
    """
    content = np.asarray(np.memmap(file, np.uint8, "r"))
    if len(content) < _FORM.size:
        raise ValueError("is cut short")
    header = _Header(*_FORM.unpack(content[: _FORM.size].tobytes()))
    if header.n_elements != count:
        raise ValueError(f"holds {header.n_elements} vectors, expected {count}")
    links = header.links
    vector_offset = 4 + 8 * links
    layout = (0, vector_offset + 4 * dim + 8, vector_offset + 4 * dim, vector_offset, 2 * links, links)
    found = (
        *(header.offset_level0, header.element_bytes, header.label_offset, header.vector_offset),
        *(header.links_level0, header.m),
    )
    if found != layout or not 1 <= links <= _MOST_LINKS:
        raise ValueError(f"is not laid out for vectors of dimension {dim}")
    end = _FORM.size + count * header.element_bytes
    higher = end + 4 * count * lengths
    if len(content) < higher or (len(content) - higher) % 4:
        raise ValueError("is cut short")
    levels, firsts = _levels(content[higher:].view("<u4"), 1 + links, count)
    if count and not (header.entry < count and 0 <= header.top_level <= levels[header.entry]):
        raise ValueError("starts from a vector that is not on its highest level")
    _check_higher_levels(content[higher:].view("<u4"), 1 + links, levels, firsts)
    _check_elements(content[_FORM.size : end], links, dim, count)


def _levels(words: NDArray[np.uint32], width: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The highest level of each element, int64 (count,), and the word at which its links on them start."""
    view = words.data
    levels, firsts = np.zeros(count, np.int64), np.zeros(count, np.int64)
    at = 0
    for number in range(count):
        if at >= len(view):
            raise ValueError("ends in the middle of its links")
        level, rest = divmod(view[at], 4 * width)
        if rest:
            raise ValueError("has links of no known size")
        if level:
            levels[number], firsts[number] = level, at + 1
        at += 1 + level * width
    if at != len(view):
        raise ValueError("does not end with its links")
    return levels, firsts


def _check_higher_levels(
    words: NDArray[np.uint32], width: int, levels: NDArray[np.int64], firsts: NDArray[np.int64]
) -> None:
    high = np.flatnonzero(levels)
    ends = np.cumsum(levels[high])
    below = np.arange(int(levels.sum())) - np.repeat(
        ends - levels[high], levels[high]
    )  # of an element: 0, 1, …
    lists = words[(np.repeat(firsts[high], levels[high]) + below * width)[:, None] + np.arange(width)]
    lengths = lists[:, 0].astype(np.uint16)
    targets = _targets(lengths, lists[:, 1:], len(levels))
    if (levels[targets] < np.repeat(below + 1, lengths)).any():
        raise ValueError("has a link to a vector that is not on its level")


def _check_elements(content: NDArray[np.uint8], links: int, dim: int, count: int) -> None:
    element = np.dtype(
        [
            *(("length", "<u2"), ("deleted", "u1"), ("unused", "u1"), ("links", "<u4", (2 * links,))),
            *(("vector", "<f4", (dim,)), ("label", "<u8")),
        ]
    )
    labeled = np.zeros(count, dtype=bool)
    elements = content.view(element)
    for low in range(0, count, _CHUNK):
        part = elements[low : low + _CHUNK]
        _targets(part["length"], part["links"], count)
        if part["deleted"].any():
            raise ValueError("has deleted vectors")
        if not (np.abs(part["vector"]) <= 1.001).all():
            raise ValueError("has vectors that are not of length 1")
        if (part["label"] >= count).any():
            raise ValueError("has labels of nobody")
        labeled[part["label"]] = True
    if not labeled.all():
        raise ValueError("has the same label twice")


def _targets(lengths: NDArray[np.uint16], links: NDArray[np.uint32], count: int) -> NDArray[np.uint32]:
    """The elements that these links lead to."""
    width = links.shape[1]
    if (lengths > width).any():
        raise ValueError("has more links than it has room for")
    targets: NDArray[np.uint32] = links[np.arange(width) < lengths[:, None]]
    if (targets >= count).any():
        raise ValueError("has a link to a vector that is not there")
    return targets
