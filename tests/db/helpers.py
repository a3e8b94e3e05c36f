"""Helpers of the database tests: small data, database contents, subprocesses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, insert, select

from config import ROOT
from db.engine import read_transaction, write_transaction
from db.models import Anime, Base
from db.revisions import current_revision

RATINGS_HEADER = "user_id,anime_id,rating\n"
# a child's ru_maxrss starts at the peak of the process it was forked from; VmHWM is its own
PEAK_MB = """
def peak_mb():
    import re, resource, sys
    from pathlib import Path
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
"""


def put_titles(engine: Engine, ids: Iterable[int]) -> None:
    """Insert titles that have an id and a name."""
    with write_transaction(engine) as connection:
        connection.execute(insert(Anime), [{"anime_id": i, "name": f"Title {i}"} for i in ids])


def ratings_csv(folder: Path, *rows: str) -> Path:
    """Write a ratings file with these rows after the header."""
    path = folder / "ratings.csv"
    path.write_text(RATINGS_HEADER + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, in a fixed order; a rating without a status has three values."""
    with read_transaction(engine) as connection:
        found = {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }
    found["ratings"] = [row if row[3] is not None else row[:3] for row in found["ratings"]]
    return found


def stored_ratings(engine: Engine) -> list[tuple[object, ...]]:
    """Return (user, anime, rating) of all users, ordered."""
    return sorted(contents(engine)["ratings"])


def revision(engine: Engine) -> int:
    with read_transaction(engine) as connection:
        return current_revision(connection)


def start_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process that runs `code` in the project's folder."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run_python(code: str, *arguments: str) -> str:
    """Return the output of a Python process that runs `code`; it must succeed."""
    process = start_python(code, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out
