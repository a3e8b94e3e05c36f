"""`erasures.py` erases users again from a restored backup."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine, read_transaction
from db.users import erase_user, insert_user, load_user_ratings
from ingest.report import ImportFileError
from scripts.erasures import main
from tests.db.helpers import put_titles

STAYS, ERASED, PROFILE, RETURNED = 1, 2, 2**52 + 7, 4


def stored_users(engine: Engine) -> set[int]:
    with read_transaction(engine) as connection:
        return {
            user_id
            for user_id in (STAYS, ERASED, PROFILE, RETURNED)
            if load_user_ratings(connection, user_id)
        }


@pytest.fixture
def filled(database: Engine) -> Engine:
    """A database of four users."""
    put_titles(database, [1])
    for user_id in (STAYS, ERASED, PROFILE, RETURNED):
        insert_user(database, user_id, {1: 9})
    return database


def apply(monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return main(["apply"])


def test_apply_erases_users_from_a_restored_backup(
    filled: Engine,
    tmp_path: Path,
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    erase_user(filled, RETURNED)
    assert main(["export"]) == 0
    exported = capsys.readouterr().out
    assert exported == f"{RETURNED} 5\n"
    insert_user(filled, RETURNED, {1: 3})
    filled.dispose()
    backup = tmp_path / "backup.db"
    with open_engine(settings["DATABASE_URL"]).connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql(f"VACUUM INTO '{backup}'")
        connection.exec_driver_sql("BEGIN")
    erase_user(filled, ERASED)
    erase_user(filled, PROFILE)
    main(["export"])
    exported += capsys.readouterr().out

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{backup}")
    restored = open_engine(f"sqlite:///{backup}")
    assert stored_users(restored) == {STAYS, ERASED, PROFILE, RETURNED}
    assert apply(monkeypatch, exported) == 0
    assert "Erased 2 of 3 users again." in capsys.readouterr().out
    assert stored_users(restored) == {STAYS, RETURNED}
    assert apply(monkeypatch, exported) == 0  # idempotent
    assert stored_users(restored) == {STAYS, RETURNED}
    restored.dispose()


@pytest.mark.parametrize("line", ["", "2", "2 x", "2 9 9"])
def test_malformed_line_erases_no_user(filled: Engine, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    with pytest.raises(ImportFileError, match=rf"line 2 is '{line}'; expected a user id and a revision"):
        apply(monkeypatch, f"{STAYS} 99\n{line}\n")
    assert STAYS in stored_users(filled)


def test_export_without_erasures_is_empty(filled: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export"]) == 0
    assert capsys.readouterr().out == ""
