"""Large imports use bounded memory, and a killed one leaves the database unchanged."""

from __future__ import annotations

import gzip
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.ratings import import_ratings
from tests.db.helpers import (
    PEAK_MB,
    RATINGS_HEADER,
    contents,
    put_titles,
    ratings_csv,
    run_python,
    start_python,
    stored_ratings,
)

MAX_PEAK_MB = 250
USERS, TITLES = 4_000, 100

IMPORT = """
import sys
from pathlib import Path
from db.engine import open_engine
from ingest.ratings import import_ratings
from ingest.report import ImportFileError
"""
IMPORT_AND_MEASURE = f"""{IMPORT}{PEAK_MB}
try:
    loaded = import_ratings(open_engine(sys.argv[1]), Path(sys.argv[2])).loaded
except ImportFileError as error:
    loaded = 0
print(loaded, peak_mb())
"""
IMPORT_AND_STOP = f"""{IMPORT}
import time
from sqlalchemy import event
import ingest.ratings_file
import ingest.ratings_sort

ingest.ratings_sort.RUN_ROWS = ingest.ratings_sort.MERGED_ROWS = 5_000
ingest.ratings_file.BLOCK_BYTES = 1 << 16
engine = open_engine(sys.argv[1])

def stop():
    print("ready", flush=True)
    time.sleep(100)

def before_commit(connection):
    if connection.get_execution_options().get("write"):
        stop()

if sys.argv[3] == "merged":
    event.listen(engine, "commit", before_commit)
    import_ratings(engine, Path(sys.argv[2]))
else:
    blocks = iter(range(3))
    import_ratings(engine, Path(sys.argv[2]), lambda done: next(blocks) == 2 and stop())
"""


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_import_of_400_000_rows_has_bounded_memory(engine: Engine, tmp_path: Path) -> None:
    put_titles(engine, range(1, TITLES + 1))
    path = ratings_csv(
        tmp_path, *(f"{user},{anime},5" for anime in range(1, TITLES + 1) for user in range(USERS))
    )
    loaded, peak = run_python(IMPORT_AND_MEASURE, url(engine), str(path)).split()
    assert int(loaded) == USERS * TITLES
    assert float(peak) < MAX_PEAK_MB


def test_repeated_rows_have_bounded_memory(sqlite_engine: Engine, tmp_path: Path) -> None:
    """For example a file that was appended to itself."""
    put_titles(sqlite_engine, range(1, TITLES + 1))
    rows = [f"{user},{anime},5" for user in range(USERS) for anime in range(1, TITLES + 1)]
    path = ratings_csv(tmp_path, *rows, *rows)
    loaded, peak = run_python(IMPORT_AND_MEASURE, url(sqlite_engine), str(path)).split()
    assert int(loaded) == USERS * TITLES
    assert float(peak) < MAX_PEAK_MB


def test_endless_line_has_bounded_memory(sqlite_engine: Engine, tmp_path: Path) -> None:
    """100 kB on disk, 100 MB decompressed."""
    put_titles(sqlite_engine, [1])
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress(RATINGS_HEADER.encode() + b"7" * 100_000_000))
    loaded, peak = run_python(IMPORT_AND_MEASURE, url(sqlite_engine), str(path)).split()
    assert int(loaded) == 0
    assert float(peak) < MAX_PEAK_MB


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
@pytest.mark.parametrize("moment", ["staging", "merged"])
def test_killed_import_leaves_the_database_unchanged(engine: Engine, tmp_path: Path, moment: str) -> None:
    put_titles(engine, range(1, TITLES + 1))
    import_ratings(engine, ratings_csv(tmp_path, "1,1,9", "9000,2,3"))
    before = contents(engine)
    path = ratings_csv(tmp_path, *(f"{u},{a},5" for a in range(1, TITLES + 1) for u in range(600)))
    child = start_python(IMPORT_AND_STOP, url(engine), str(path), moment)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate(timeout=30)
    assert child.returncode == -signal.SIGKILL
    assert contents(engine) == before
    report = import_ratings(engine, path)
    assert (report.loaded, report.updated) == (600 * TITLES - 1, 1)
    assert len(stored_ratings(engine)) == 600 * TITLES + 1
