"""The example of a file: two experiments that go together, with names that the server knows."""

from __future__ import annotations

import pytest

from config import ROOT
from domain.experiments import Unit
from experiments.declaration import ExperimentsError
from serving.experiments import declared_experiments

EXAMPLE = str(ROOT / "deploy" / "experiments.yaml")


def test_example_declares_both_experiments() -> None:
    recall, rank = declared_experiments(EXAMPLE, 30)
    assert (recall.name, recall.unit, recall.sides) == ("recall", Unit.SESSION, {"recall"})
    assert [variant.recall for variant in recall.variants] == ["all", "matrix-factorization"]
    assert (rank.name, rank.unit, rank.sides) == ("rank", Unit.SESSION, {"rank"})
    assert [variant.rank for variant in rank.variants] == ["model", "shuffled"]


def test_example_needs_the_events_of_its_days() -> None:
    with pytest.raises(ExperimentsError, match="recall needs events of 29 days"):
        declared_experiments(EXAMPLE, 28)


def test_no_file_declares_no_experiment() -> None:
    assert declared_experiments("", 30) == ()
