"""The results of experiments, on the terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from db.engine import open_engine, write_transaction
from db.events import insert_events
from db.exposures import insert_exposures
from db.schema import migrate
from domain.events import Event, EventKind
from domain.experiments import INTERLEAVED, Exposure
from scripts import evaluate_experiments

NOW = datetime.now(UTC).replace(tzinfo=None)
VARIANTS = [{"name": "model", "rank": "model"}, {"name": "shuffled", "rank": "shuffled"}]


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Declares experiments, and fills a database with 300 sessions in each of two variants: every second one
    of the first, every sixth of the second clicks."""
    url = f"sqlite:///{tmp_path / 'anime.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    engine = open_engine(url)
    migrate(engine)

    def declared(*experiments: dict[str, Any], variants: tuple[str, str] = ("model", "shuffled")) -> None:
        path = tmp_path / "experiments.yaml"
        days = {"from": (NOW - timedelta(days=5)).date(), "to": NOW.date(), "unit": "session"}
        path.write_text(
            yaml.safe_dump({"experiments": [{"variants": VARIANTS, **days, **one} for one in experiments]})
        )
        monkeypatch.setenv("EXPERIMENTS", str(path))
        at = NOW - timedelta(days=3)
        with write_transaction(engine) as connection:
            for number in range(600):
                session, page = UUID(int=number), f"page-{number}"
                exposure = Exposure(
                    "rank", page, variants[number % 2], at, session_id=session, teams=((1,), (2,))
                )
                insert_exposures(connection, [exposure])
                if number % 4 == 0 or number % 12 == 1:
                    click = Event(session, EventKind.CLICK, 1 + number % 2, at, session, None, page)
                    insert_events(connection, [click], at + timedelta(hours=1))
        engine.dispose()

    return declared


def test_effect_of_a_variant_is_printed(declare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    declare({"name": "rank"})
    assert evaluate_experiments.main([]) == 0
    printed = capsys.readouterr().out
    assert "rank: " in printed
    assert "0.500" in printed
    assert "-0.333" in printed
    assert "yes" in printed
    assert "not spread" not in printed


def test_preference_is_printed(declare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    declare({"name": "rank", "interleave": True}, variants=(INTERLEAVED, INTERLEAVED))
    assert evaluate_experiments.main(["--experiment", "rank"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "200 clicked: model 150, shuffled 50; score -0.500" in printed
    assert "neither is preferred" not in printed


def test_uneven_sample_is_printed(declare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    uneven = [VARIANTS[0] | {"weight": 2}, VARIANTS[1]]
    declare({"name": "rank", "variants": uneven})
    assert evaluate_experiments.main([]) == 0
    assert "Units are not spread as the weights say" in capsys.readouterr().out


def test_unknown_experiment_is_told(declare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    declare({"name": "rank"})
    assert evaluate_experiments.main(["--experiment", "ranks"]) == 1
    assert "No experiment is named 'ranks'" in capsys.readouterr().err


def test_server_without_experiments_is_told(declare: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(declare)
    assert evaluate_experiments.main([]) == 1
    assert "no experiment is declared" in capsys.readouterr().err
