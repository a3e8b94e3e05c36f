"""Random walks over a weighted graph, the sentences of DeepWalk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


def random_walks(
    graph: csr_array, walks: int, length: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Walks from every node that has a neighbor: `walks` times int64 (nodes, length), in random order.

    The next node is a neighbor of the last one, chosen with a chance that grows with the weight between
    them (Perozzi et al. 2014, arXiv:1403.6652).

    Args:
        graph: csr (n, n) of weights above 0; every neighbor must have neighbors of its own.
    """
    starts = np.asarray(graph.indptr, dtype=np.int64)
    connected = np.flatnonzero(np.diff(starts))
    ends = np.cumsum(graph.data, dtype=np.float64)
    passed = np.concatenate([np.zeros(1), ends])[starts]  # weight before the neighbors of each node
    for _ in range(walks):
        steps = np.empty((length, len(connected)), dtype=np.int64)
        steps[0] = rng.permutation(connected)
        for before, after in pairwise(steps):
            first, last = starts[before], starts[before + 1] - 1
            chosen = passed[before] + rng.random(len(before)) * (passed[before + 1] - passed[before])
            # a sum that was rounded must not lead to the neighbor of another
            entry = np.clip(np.searchsorted(ends, chosen, side="right"), first, last)
            after[:] = graph.indices[entry]
        yield steps.T
