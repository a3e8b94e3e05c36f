"""The spider's output: a CSV file to which each title is added as soon as it is known."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ingest.report import ImportFileError


class DetailsFile:
    """Rows of titles. A file from earlier is continued: `known_ids` need not be fetched again."""

    def __init__(self, path: Path, header: list[str]) -> None:
        """Open or begin a file.

        Raises:
            ImportFileError: there is a file with other columns.
        """
        self._path, self._header = path, header
        content = path.read_text("utf-8") if path.exists() else ""
        whole = content[: content.rfind("\n") + 1]  # without a row that an interrupted run has begun
        rows = list(csv.reader(io.StringIO(whole)))
        if rows and rows[0] != header:
            raise ImportFileError(
                f"{path}: has the columns {','.join(rows[0])}, not {','.join(header)}. Name another file."
            )
        self.known_ids = {int(row[0]) for row in rows[1:] if row}
        if not rows:
            whole = _line(header)
        if whole != content:
            path.write_text(whole, "utf-8")

    def add(self, row: dict[str, str]) -> None:
        """Add a title, and have it on disk."""
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.write(_line([row.get(name, "") for name in self._header]))
        self.known_ids.add(int(row["anime_id"]))


def _line(values: list[str]) -> str:
    # in one line each, so that what an interrupted run has begun can be told from a row
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([" ".join(value.split()) for value in values])
    return text.getvalue()
