"""An archive of events for analysis at size: Parquet files by day, which Spark, DuckDB and pandas read.

    FOLDER/day=2026-11-27/events.parquet

Whoever did something is in it under a pseudonym: a keyed hash, the same on all days.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from db.events import ReceivedEvent
from domain.events import Actor
from events.records import actor_key

if TYPE_CHECKING:
    import pyarrow as pa

EVENTS_FILE = "events.parquet"
_ROW_GROUP = 20_000  # events


class ArchivedDay(NamedTuple):
    """A day that was written."""

    day: date
    events: int


def whole_days(now: datetime, retention: timedelta) -> list[date]:
    """The finished days, UTC, of which the log has not forgotten anything yet."""
    first = (now - retention).date() + timedelta(days=1)
    return [first + timedelta(days=number) for number in range((now.date() - first).days)]


@dataclass(frozen=True)
class ParquetArchive:
    """A folder of Parquet files.

    Attributes:
        key: of the pseudonyms; nobody finds out without it who is behind one.
    """

    folder: Path
    key: bytes

    def write(self, days: Iterable[date], events: Iterable[ReceivedEvent]) -> list[ArchivedDay]:
        """Write all that came on these days, given in any order, in the place of what was written of them
        before. They are replaced when all are written; until then, everything stays as it was. A day without
        events has a file with none."""
        parts: dict[date, _Day] = {}
        with ExitStack() as stack:
            for day in days:
                parts[day] = _Day(self.folder / f"day={day.isoformat()}")
                stack.callback(parts[day].discard)
            for event in events:
                if (day := event.received_at.date()) in parts:
                    parts[day].add(self._row(event))
            for part in parts.values():
                part.finish()
            for part in parts.values():
                part.publish()
        return [ArchivedDay(day, part.written) for day, part in parts.items()]

    def _row(self, event: ReceivedEvent) -> tuple[object, ...]:
        """In the order of the schema."""
        actor = actor_key(Actor(event.session_id, event.user_id))
        pseudonym = hmac.new(self.key, f"archive {actor}".encode(), hashlib.sha256).hexdigest()
        return (
            *(str(event.event_id), pseudonym, "session" if event.session_id else "user", event.kind),
            *(event.anime_id, event.happened_at, event.received_at, event.recommendation_id, event.position),
        )


class _Day:
    """The file of one day while it is written."""

    def __init__(self, folder: Path) -> None:
        import pyarrow.parquet as pq  # here: servers do without

        self.written = 0
        self._rows: list[tuple[object, ...]] = []
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / EVENTS_FILE
        self._unfinished = folder / f"{EVENTS_FILE}.unfinished"
        self._file = self._unfinished.open("wb")
        self._writer = pq.ParquetWriter(self._file, _schema(), compression="zstd")

    def add(self, row: tuple[object, ...]) -> None:
        self._rows.append(row)
        if len(self._rows) == _ROW_GROUP:
            self._write()

    def finish(self) -> None:
        """Write what is left, to the disk."""
        self._write()
        self._writer.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def publish(self) -> None:
        self._unfinished.replace(self._path)

    def discard(self) -> None:
        """Leave nothing unfinished behind."""
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def _write(self) -> None:
        import pyarrow as pa

        schema = _schema()
        columns = list(zip(*self._rows, strict=True)) or [()] * len(schema)
        arrays = [pa.array(column, part.type) for column, part in zip(columns, schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        self.written += len(self._rows)
        self._rows.clear()


def _schema() -> pa.Schema:
    import pyarrow as pa

    word, moment = pa.dictionary(pa.int8(), pa.string()), pa.timestamp("ms", tz="UTC")
    return pa.schema(
        [
            ("event_id", pa.string()),
            ("actor", pa.string()),
            ("actor_is", word),
            ("kind", word),
            ("anime_id", pa.int32()),
            ("happened_at", moment),
            ("received_at", moment),
            ("recommendation_id", pa.string()),
            ("position", pa.int16()),
        ]
    )
