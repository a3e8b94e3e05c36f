"""Peers are run for real: `implicit` as installed for tests; what is not installed says what installs it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.baselines import run
from evaluation.baselines.run import OURS, PEERS, Peer, PeerError, named, run_peer, task_of
from evaluation.metrics.quality import DEPTH, Answers
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from tests.recommender.small import checkerboard, likes, ratings

N_ANIME = 40


def case(query: Query) -> Case:
    nothing = np.empty(0, np.int64)
    return Case(query, nothing, nothing, np.empty(0, np.uint8))


@pytest.fixture(scope="module")
def train() -> RatingsMatrix:
    return ratings(checkerboard(n_users=80, n_anime=N_ANIME), N_ANIME)


def even_then_odd() -> tuple[Case, ...]:
    disliked_too = Query.of([(0, 9), (1, 2), (4, 10)])
    return (case(likes([0, 2, 4, 6])), case(likes([1, 3, 5])), case(disliked_too))


def test_a_task_holds_the_likes_and_what_is_sent(train: RatingsMatrix) -> None:
    task = task_of(train, even_then_odd(), seed=3)
    assert task.n_users == 80
    assert len(task.likes_indices) == train.likes.sum()
    assert [part.tolist() for part in task.query(2)] == [[0, 1, 4], [0, 4]]
    assert (task.depth, task.seed) == (DEPTH, 3)


@pytest.mark.parametrize("name", [name for name, peer in PEERS.items() if peer.python == OURS])
def test_it_learns_the_checkerboard(name: str, train: RatingsMatrix) -> None:
    cases = even_then_odd()
    ranked, reply = run_peer(name, PEERS[name], task_of(train, cases, seed=3))
    Answers(ranked, reply.milliseconds).check(cases)
    for rows, parity in zip(ranked, (0, 1, 0), strict=True):
        assert 10 <= len(rows) <= DEPTH
        assert np.mean(rows[:10] % 2 == parity) >= 0.9
    assert reply.fit_seconds > 0
    assert reply.milliseconds > 0
    if sys.platform == "linux":
        assert 20 < reply.peak_mb < 2_000


def test_the_same_seed_gives_the_same_answers(train: RatingsMatrix) -> None:
    task = task_of(train, even_then_odd(), seed=3)
    first, second = (run_peer("BPR", PEERS["implicit BPR"], task)[0] for _ in range(2))
    assert [rows.tolist() for rows in first] == [rows.tolist() for rows in second]


@pytest.mark.parametrize(
    ("python", "problem"),
    [
        # ours asks for newer numpy and pandas than RecTools does
        (OURS, "RecTools EASE cannot be run: RecTools is not installed; install it with: make setup-peers"),
        (
            Path("no/python"),
            "RecTools EASE needs an environment that is not there; make it with: make setup-peers",
        ),
    ],
)
def test_what_is_not_installed_says_what_installs_it(
    python: Path, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PEERS", {"RecTools EASE": replace(PEERS["RecTools EASE"], python=python)})
    with pytest.raises(PeerError, match=f"^{problem}$"):
        named(["all"])


def test_names_may_be_short() -> None:
    assert list(named(["IMPLICIT"])) == ["implicit ALS", "implicit BPR", "implicit item-kNN"]
    assert list(named(["implicit a", "implicit als"])) == ["implicit ALS"]
    assert named([]) == {}


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PeerError, match="no peer is called 'surprise'; known are all, implicit ALS, "):
        named(["surprise"])


def test_a_peer_that_fails_says_its_last_words(train: RatingsMatrix) -> None:
    broken = Peer("implicit_models", "nothing_of_that_name", OURS, "")
    with pytest.raises(PeerError, match=r"It cannot be run: AttributeError: .*nothing_of_that_name"):
        run_peer("It", broken, task_of(train, even_then_odd(), seed=3))
