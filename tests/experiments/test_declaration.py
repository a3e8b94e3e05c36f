"""The file of experiments: read, and refused with the place of what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.experiments import Unit
from experiments.declaration import Experiment, ExperimentsError, load_experiments
from tests.experiments.declared import CHOICES, VARIANTS, declared


def load(folder: Path, *experiments: dict[str, Any], days: int = 30) -> tuple[Experiment, ...]:
    path = folder / "experiments.yaml"
    path.write_text(yaml.safe_dump({"experiments": list(experiments)}), "utf-8")
    return load_experiments(path, CHOICES, days)


def refusal(folder: Path, *experiments: dict[str, Any], days: int = 30) -> str:
    with pytest.raises(ExperimentsError) as error:
        load(folder, *experiments, days=days)
    message = str(error.value)
    prefix = f"EXPERIMENTS: {folder / 'experiments.yaml'}: "
    assert message.startswith(prefix)
    return message.removeprefix(prefix)


def test_experiment_is_read_with_its_defaults(tmp_path: Path) -> None:
    (found,) = load(tmp_path, declared())
    assert (found.name, found.unit, found.share, found.interleave) == ("rank", Unit.SESSION, 1.0, False)
    assert [(variant.name, variant.weight, variant.rank) for variant in found.variants] == [
        ("model", 1.0, "model"),
        ("shuffled", 1.0, "shuffled"),
    ]
    assert found.runs_on(date(2026, 12, 1))
    assert found.runs_on(date(2026, 12, 14))
    assert not found.runs_on(date(2026, 12, 15))
    assert found.takes("anything")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unit": "person"}, "experiments[0] (rank).unit: Input should be 'session', 'profile' or 'user'"),
        ({"shares": 1}, "experiments[0] (rank).shares: Extra inputs are not permitted"),
        ({"share": 0}, "experiments[0] (rank).share: Input should be greater than 0"),
        (
            {"algorithms": ["best"]},
            "experiments[0] (rank).algorithms: 'best' is not known; known are hy",
        ),
        (
            {"variants": [VARIANTS[0], {"name": "b", "rank": "best"}]},
            "experiments[0] (rank).variants[1] (b).rank: 'best' is not known; known are model, shuffled",
        ),
        (
            {"variants": [VARIANTS[0], {"name": "b", "weight": -1}]},
            "experiments[0] (rank).variants[1] (b).weight: Input should be greater than 0",
        ),
        ({"variants": VARIANTS[:1]}, "experiments[0] (rank).variants: Tuple should have at least 2 items"),
        ({"variants": [*VARIANTS, VARIANTS[0]]}, "experiments[0] (rank): two variants have the same name"),
        (
            {"to": "2026-11-30"},
            "experiments[0] (rank): it ends on 2026-11-30, before it begins on 2026-12",
        ),
        ({"from": "soon"}, "experiments[0] (rank).from: Input should be a valid date"),
        (
            {"interleave": True, "variants": [*VARIANTS, {"name": "c"}]},
            "experiments[0] (rank): two rankings can be interleaved, not 3",
        ),
    ],
)
def test_mistake_is_told_with_its_place(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    assert refusal(tmp_path, declared(**changes)).startswith(sentence)


def test_every_mistake_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path, declared(unit="person"), declared(name="B!", share=2)).count("experiments[") == 3


def test_experiments_of_one_name_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, declared(), declared(algorithms=["popular"])) == (
        "two experiments have the name rank"
    )


def test_experiments_that_decide_the_same_are_refused(tmp_path: Path) -> None:
    later = declared(name="again", **{"from": "2026-12-10", "to": "2026-12-20"})
    assert refusal(tmp_path, declared(), later) == (
        "rank and again both set rank between 2026-12-10 and 2026-12-14: let one end before the other begins"
    )


@pytest.mark.parametrize(
    "other",
    [
        declared(name="next", **{"from": "2026-12-15", "to": "2026-12-20"}),
        declared(name="recall", variants=[{"name": "a"}, {"name": "b", "recall": "popular"}]),
        declared(name="popular", algorithms=["popular"]),
        declared(name="profiles", unit="profile"),
    ],
)
def test_experiments_that_go_together_are_read(tmp_path: Path, other: dict[str, Any]) -> None:
    assert len(load(tmp_path, declared(algorithms=["hybrid"]), other)) == 2


def test_experiment_longer_than_events_are_kept_is_refused(tmp_path: Path) -> None:
    assert "rank needs events of 15 days, but EVENT_RETENTION_DAYS is 14" in refusal(
        tmp_path, declared(), days=14
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"experiments: [", "is not YAML"),
        (b"[]", "Input should be a valid dictionary"),
        (b"\xff", "cannot be read"),
        (b"", "Input should be a valid dictionary"),
    ],
)
def test_damaged_file_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "experiments.yaml"
    path.write_bytes(content)
    with pytest.raises(ExperimentsError, match=sentence):
        load_experiments(path, CHOICES, 30)


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExperimentsError, match=r"nowhere\.yaml cannot be read"):
        load_experiments(tmp_path / "nowhere.yaml", CHOICES, 30)
