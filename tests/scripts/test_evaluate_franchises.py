"""`evaluate_franchises.py`: quality of the database's franchises, from names and with relations."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from ingest.catalog import import_anime
from ingest.curated import RELATIONS, TITLES
from ingest.relations import import_relations
from scripts.evaluate_franchises import main


def test_report_covers_both_sources_on_both_splits(
    database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    import_anime(database, TITLES)
    import_relations(database, RELATIONS)
    assert main([]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "tuned" in line or "held out" in line]
    assert len(rows) == 4
    assert all("1.000" in row or "0.9" in row for row in rows)
