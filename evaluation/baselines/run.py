"""Which peers there are, and how one is run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config import ROOT
from evaluation.baselines.exchange import Reply, Task, load_reply, save
from evaluation.metrics.quality import DEPTH
from evaluation.protocols.holdout import Case
from recommender.data.ratings_matrix import RatingsMatrix


class PeerError(Exception):
    """A peer could not be run; the message says why and what to do."""


@dataclass(frozen=True)
class Peer:
    """A model of another library."""

    module: str  # the file of evaluation/baselines that has it
    model: str  # the function there that learns it
    python: Path  # what runs it
    install: str  # what brings that


OURS = Path(sys.executable)
APART = ROOT / ".venv-peers" / "bin" / "python"

PEERS = {
    "implicit ALS": Peer("implicit_models", "als", OURS, "make setup-dev"),
    "implicit BPR": Peer("implicit_models", "bpr", OURS, "make setup-dev"),
    "implicit item-kNN": Peer("implicit_models", "item_knn", OURS, "make setup-dev"),
    "RecTools EASE": Peer("rectools_models", "ease", APART, "make setup-peers"),
    "RecTools EASE, corrected": Peer("rectools_models", "ease_corrected", APART, "make setup-peers"),
}


def named(names: Sequence[str]) -> dict[str, Peer]:
    """The peers whose names begin with one of `names`, in upper or lower case; `all` is every one.

    Raises:
        PeerError: nothing begins so, or what runs one is not installed.
    """
    found: dict[str, Peer] = {}
    for name in names:
        starting = {full: peer for full, peer in PEERS.items() if full.lower().startswith(name.lower())}
        if not (starting or name == "all"):
            raise PeerError(f"no peer is called {name!r}; known are all, {', '.join(PEERS)}")
        found |= PEERS if name == "all" else starting
    for full, peer in found.items():
        if not peer.python.exists():
            raise PeerError(f"{full} needs an environment that is not there; make it with: {peer.install}")
        _run(full, peer)
    return found


def task_of(train: RatingsMatrix, cases: Sequence[Case], seed: int) -> Task:
    """Likes to learn from, and the queries of the cases."""
    likes = train.only_liked
    queries = [case.query for case in cases]
    sent = [query.anime_rows for query in queries]
    liked = [np.isin(query.anime_rows, query.liked_rows) for query in queries]
    return Task(
        n_anime=train.n_anime,
        likes_indptr=likes.indptr,
        likes_indices=likes.indices,
        query_indptr=np.cumsum([0, *map(len, sent)], dtype=np.int64),
        query_rows=np.concatenate(sent).astype(np.int32),
        query_liked=np.concatenate(liked),
        depth=DEPTH,
        seed=seed,
    )


def run_peer(name: str, peer: Peer, task: Task) -> tuple[tuple[NDArray[np.int64], ...], Reply]:
    """(for each query anime rows, best first; the reply they were in).

    Raises:
        PeerError: the process failed; the message has its last words.
    """
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        task_file, reply_file = Path(folder) / "task.npz", Path(folder) / "reply.npz"
        save(task_file, task)
        _run(name, peer, peer.model, task_file, reply_file)
        reply = load_reply(reply_file)
    return tuple(rows[rows >= 0].astype(np.int64) for rows in reply.ranked), reply


def _run(name: str, peer: Peer, *order: str | Path) -> None:
    command = [peer.python, "-m", "evaluation.baselines.child", peer.module, *order]
    process = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if process.returncode:
        words = process.stderr.strip().splitlines() or [f"exit code {process.returncode}"]
        raise PeerError(f"{name} cannot be run: {words[-1]}")
