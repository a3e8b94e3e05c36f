"""Baselines run for real: `implicit` is installed for tests; a missing library names its install command."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.baselines import run
from evaluation.baselines.run import (
    BASELINES,
    OWN_PYTHON,
    Baseline,
    BaselineError,
    make_task,
    run_baseline,
    select_baselines,
)
from evaluation.metrics.quality import DEPTH, Rankings
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


def test_task_has_the_likes_and_the_rows_sent(train: RatingsMatrix) -> None:
    task = make_task(train, even_then_odd(), seed=3)
    assert task.n_users == 80
    assert len(task.likes_indices) == train.likes.sum()
    assert [part.tolist() for part in task.query(2)] == [[0, 1, 4], [0, 4]]
    assert (task.depth, task.seed) == (DEPTH, 3)


@pytest.mark.parametrize(
    "name", [name for name, baseline in BASELINES.items() if baseline.python == OWN_PYTHON]
)
def test_baseline_learns_the_checkerboard(name: str, train: RatingsMatrix) -> None:
    cases = even_then_odd()
    ranked, reply = run_baseline(name, BASELINES[name], make_task(train, cases, seed=3))
    Rankings(ranked, reply.milliseconds).check(cases)
    for rows, parity in zip(ranked, (0, 1, 0), strict=True):
        assert 10 <= len(rows) <= DEPTH
        assert np.mean(rows[:10] % 2 == parity) >= 0.9
    assert reply.fit_seconds > 0
    assert reply.milliseconds > 0
    if sys.platform == "linux":
        assert 20 < reply.peak_mb < 2_000


def test_same_seed_gives_the_same_rankings(train: RatingsMatrix) -> None:
    task = make_task(train, even_then_odd(), seed=3)
    first, second = (run_baseline("BPR", BASELINES["implicit BPR"], task)[0] for _ in range(2))
    assert [rows.tolist() for rows in first] == [rows.tolist() for rows in second]


@pytest.mark.parametrize(
    ("python", "problem"),
    [
        # the server needs newer numpy and pandas than RecTools
        (
            OWN_PYTHON,
            "RecTools EASE cannot be run: RecTools is not installed; install it with: make setup-baselines",
        ),
        (
            Path("no/python"),
            "RecTools EASE needs an environment that is not there; make it with: make setup-baselines",
        ),
    ],
)
def test_missing_library_names_its_install_command(
    python: Path, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        run, "BASELINES", {"RecTools EASE": replace(BASELINES["RecTools EASE"], python=python)}
    )
    with pytest.raises(BaselineError, match=f"^{problem}$"):
        select_baselines(["all"])


def test_select_baselines_matches_starts_of_names() -> None:
    assert list(select_baselines(["IMPLICIT"])) == ["implicit ALS", "implicit BPR", "implicit item-kNN"]
    assert list(select_baselines(["implicit a", "implicit als"])) == ["implicit ALS"]
    assert select_baselines([]) == {}


def test_unknown_baseline_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        BaselineError, match="no baseline is called 'surprise'; known are all, implicit ALS, "
    ):
        select_baselines(["surprise"])


def test_failing_baseline_reports_its_last_error_line(train: RatingsMatrix) -> None:
    broken = Baseline("implicit_models", "nothing_of_that_name", OWN_PYTHON, "")
    with pytest.raises(BaselineError, match=r"It cannot be run: AttributeError: .*nothing_of_that_name"):
        run_baseline("It", broken, make_task(train, even_then_odd(), seed=3))
