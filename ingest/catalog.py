"""Catalog files: the Kaggle `anime.csv`, our own format with aliases, and the details file."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from db.aliases import Alias, insert_aliases
from db.engine import write_transaction
from db.models import Anime
from db.revisions import take_revision
from db.sources import record_import
from domain.ranges import MAX_ANIME_ID
from ingest.aired import parse_aired
from ingest.files import Progress, ignore_progress, read_records
from ingest.merge import of_data_set
from ingest.report import ImportFileError, ImportReport
from ingest.sources import DATA_SET

KAGGLE_HEADER = ["anime_id", "name", "genre", "type", "episodes", "rating", "members"]
OWN_HEADER = ["anime_id", "name", "english", "aliases", "genres", "type", "episodes", "year", "members"]
ALIASES_HEADER = ["anime_id", "name", "english", "aliases"]
DETAILS_HEADER = ["anime_id", "japanese_title", "aired", "image_url"]
_BATCH = 1_000
_UNKNOWN = {"", "unknown", "none", "n/a", "nan", "?"}

Columns = dict[str, Any]
Parser = Callable[[dict[str, str]], tuple[Columns, list[Alias]]]
T = TypeVar("T")


def import_anime(engine: Engine, path: Path, progress: Progress = ignore_progress) -> ImportReport:
    """Import titles from a Kaggle `anime.csv` or a catalog in our own format, in one transaction.

    Existing titles are updated. Raises ImportFileError, with nothing changed, if the file is unusable.
    """
    return _import(engine, path, [KAGGLE_HEADER, OWN_HEADER], _parse_title, progress, add=True)


def import_details(engine: Engine, path: Path, progress: Progress = ignore_progress) -> ImportReport:
    """Add Japanese titles, air dates and cover URLs to existing titles, in one transaction."""
    return _import(engine, path, [DETAILS_HEADER], _parse_details, progress, add=False)


def import_aliases(engine: Engine, path: Path, progress: Progress = ignore_progress) -> ImportReport:
    """Add the English titles and aliases of a file in our own format to existing titles, in one transaction.

    Of a whole catalog only the names are used. Rows of titles that are not in the database are skipped:
    counted as read, not as rejected.
    """
    headers = [ALIASES_HEADER, OWN_HEADER]
    return _import(engine, path, headers, _parse_aliases, progress, add=False, skip_unknown=True)


def _import(
    engine: Engine,
    path: Path,
    headers: list[list[str]],
    parse: Parser,
    progress: Progress,
    *,
    add: bool,
    skip_unknown: bool = False,
) -> ImportReport:
    report = ImportReport(path.name)
    records = _parsed(read_records(path, headers, progress), parse, report)
    with write_transaction(engine) as connection:
        for batch in _batches(records):
            known = _known_titles(connection, [columns["anime_id"] for _, columns, _ in batch])
            if not add:
                unknown = [line for line, columns, _ in batch if columns["anime_id"] not in known]
                if not skip_unknown:
                    report.reject("anime id is not in the catalog", unknown)
                batch = [row for row in batch if row[1]["anime_id"] in known]
            _merge(connection, batch, known, report)
        if report.loaded or report.updated:
            take_revision(connection)
            if add:
                record_import(connection, DATA_SET.name, report.read - report.rejected)
    if report.read and report.rejected == report.read:
        raise ImportFileError(f"{path}: all {report.read:,} rows were rejected. {report.reasons()[0]}.")
    return report


def _parsed(
    records: Iterable[tuple[int, dict[str, str] | None]], parse: Parser, report: ImportReport
) -> Iterator[tuple[int, Columns, list[Alias]]]:
    seen: set[int] = set()
    for line, record in records:
        report.read += 1
        try:
            if record is None:
                raise ValueError("number of columns differs from the header")
            columns, aliases = parse(record)
            if columns["anime_id"] in seen:
                raise ValueError("repeats the anime id of an earlier row")
        except ValueError as error:
            report.reject(str(error), [line])
        else:
            seen.add(columns["anime_id"])
            yield line, columns, aliases


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def _known_titles(connection: Connection, ids: list[int]) -> dict[int, Columns]:
    found = connection.execute(select(Anime.__table__).where(Anime.anime_id.in_(ids))).mappings()
    return {row["anime_id"]: dict(row) for row in found}


def _merge(
    connection: Connection,
    batch: list[tuple[int, Columns, list[Alias]]],
    known: dict[int, Columns],
    report: ImportReport,
) -> None:
    new = [columns for _, columns, _ in batch if columns["anime_id"] not in known]
    if new:
        connection.execute(insert(Anime), new)
    report.loaded += len(new)

    changed: set[int] = set()
    for _, columns, _ in batch:
        before = known.get(columns["anime_id"])
        if before is not None:
            columns = of_data_set(before, columns)
        if before is not None and any(before[name] != value for name, value in columns.items()):
            values = {f"new_{name}": value for name, value in columns.items()}
            assignments: dict[str, Any] = {
                name: bindparam(f"new_{name}") for name in columns if name != "anime_id"
            }
            statement = update(Anime).where(Anime.anime_id == bindparam("new_anime_id")).values(assignments)
            connection.execute(statement, values)
            changed.add(columns["anime_id"])
    renamed = insert_aliases(connection, [alias for _, _, aliases in batch for alias in aliases])
    report.updated += len(changed | (renamed & known.keys()))


def _parse_title(record: dict[str, str]) -> tuple[Columns, list[Alias]]:
    anime_id = _anime_id(record)
    columns: Columns = {
        "anime_id": anime_id,
        "name": _clean(record["name"]),
        "genres": _genres(record["genres"] if "genres" in record else record["genre"]),
        "type": _known(record["type"]),
        "episodes": _number(record["episodes"], int, "episodes", 1, 100_000),
        "members": _number(record["members"], int, "members", 0, 10**9),
    }
    if not columns["name"]:
        raise ValueError("no name")
    aliases: list[Alias] = []
    if "rating" in record:
        columns["score"] = _number(record["rating"], float, "rating", 0, 10)
    else:
        columns["year"] = _number(record["year"], int, "year", 1900, 2100)
        _, aliases = _parse_aliases(record)
    return columns, aliases


def _parse_aliases(record: dict[str, str]) -> tuple[Columns, list[Alias]]:
    anime_id = _anime_id(record)
    aliases = [Alias(anime_id, _clean(record["english"]), "english")]
    aliases += [Alias(anime_id, _clean(part), "synonym") for part in record["aliases"].split("|")]
    return {"anime_id": anime_id}, [alias for alias in aliases if alias.title]


def _parse_details(record: dict[str, str]) -> tuple[Columns, list[Alias]]:
    anime_id = _anime_id(record)
    columns: Columns = {"anime_id": anime_id}
    if record["aired"].strip():
        aired = parse_aired(record["aired"])
        found = {"year": aired.year, "aired_from": aired.start, "aired_to": aired.end}
        columns |= {name: value for name, value in found.items() if value is not None}
    if url := _clean(record["image_url"]):
        if not url.startswith(("https://", "http://")):
            raise ValueError("image_url is not a web address")
        columns["image_url"] = url
    japanese = _clean(record["japanese_title"])
    return columns, [Alias(anime_id, japanese, "japanese")] if japanese else []


def _anime_id(record: dict[str, str]) -> int:
    anime_id = _number(record["anime_id"], int, "anime_id", 1, MAX_ANIME_ID)
    if anime_id is None:
        raise ValueError("no anime_id")
    return anime_id


def _clean(text: str) -> str:
    if "\x00" in text:
        raise ValueError("contains a NUL byte")
    return " ".join(html.unescape(text).split())


def _known(text: str) -> str | None:
    return None if text.strip().lower() in _UNKNOWN else _clean(text)


def _genres(text: str) -> list[str] | None:
    genres = [genre for part in _clean(text).split(",") if (genre := part.strip())]
    return list(dict.fromkeys(genres)) or None


def _number(text: str, kind: Callable[[str], T], name: str, low: float, high: float) -> T | None:
    if text.strip().lower() in _UNKNOWN:
        return None
    try:
        value = kind(text)
    except ValueError:
        raise ValueError(f"{name} is not a number") from None
    if not low <= float(value) <= high:  # type: ignore[arg-type]  # int and float only; NaN fails too
        raise ValueError(f"{name} is not between {low:,} and {high:,}")
    return value
