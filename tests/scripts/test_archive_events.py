"""The script that archives events."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from db.engine import open_engine
from db.schema import migrate
from events.log import SqlEventLog
from scripts import archive_events
from serving.events import utc_now
from tests.events.test_archive import event, read
from tests.serving.servers import SECRET


def test_archive_of_yesterday(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'anime.db'}"
    engine, yesterday = open_engine(url), utc_now() - timedelta(days=1)
    migrate(engine)
    SqlEventLog(engine).append([event(1), event(2)], yesterday)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", SECRET)
    assert archive_events.main(["--out", str(tmp_path / "archive")]) == 0
    assert f"{yesterday.date()}: 2 events" in capsys.readouterr().out
    assert [row[0] for row in read(tmp_path / "archive")] == [1, 2]
