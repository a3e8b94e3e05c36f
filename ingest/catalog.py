"""Catalog files of any data set, and files with more about titles: details, synopses, aliases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, insert

from db.aliases import Alias, insert_aliases
from db.bulk import batches
from db.engine import write_transaction
from db.models import Anime
from db.pending import adopt_pending_ratings
from db.revisions import take_revision
from db.sources import record_import
from domain.ranges import MAX_ANIME_ID
from domain.titles import Season
from ingest import values
from ingest.aired import parse_aired, parse_season
from ingest.columns import ALIASES, CATALOG, DETAILS, SYNOPSES, Kind
from ingest.files import DataFile, Progress, Record, ignore_progress, read_records
from ingest.genres import merge_genres
from ingest.merge import load_title_rows, of_data_set, update_titles
from ingest.report import ImportFileError, ImportReport
from ingest.sources import DATA_SET

REASONS_SHOWN = 3  # of a file of which nothing is used
_BATCH = 1_000
_NOTHING_KNOWN: dict[str, Any] = {column.name: None for column in Anime.__table__.columns}

Columns = dict[str, Any]  # of the table `anime`, without those that are not known
T = TypeVar("T")


class Row(NamedTuple):
    """One title of a file."""

    line: int
    anime_id: int
    columns: Columns
    aliases: list[Alias]


def import_anime(engine: Engine, source: DataFile, progress: Progress = ignore_progress) -> ImportReport:
    """Import titles from the catalog of a data set, in one transaction.

    Of a title that exists, what the file knows is updated and the rest stays. Ratings that waited for a title
    become ratings.

    Raises:
        ImportFileError: the file is unusable; nothing was changed.
    """
    return _import(engine, source, CATALOG, progress, add=True)


def import_details(engine: Engine, source: DataFile, progress: Progress = ignore_progress) -> ImportReport:
    """Update existing titles with what the file knows of them, as `import_anime`."""
    return _import(engine, source, DETAILS, progress)


def import_synopses(engine: Engine, source: DataFile, progress: Progress = ignore_progress) -> ImportReport:
    """Update the synopses of existing titles, in one transaction."""
    return _import(engine, source, SYNOPSES, progress)


def import_aliases(engine: Engine, source: DataFile, progress: Progress = ignore_progress) -> ImportReport:
    """Add the other names in a file to existing titles, in one transaction.

    Rows of titles that are not in the database are skipped: counted as read, not as rejected.
    """
    return _import(engine, source, ALIASES, progress, skip_unknown=True)


def _import(
    engine: Engine,
    source: DataFile,
    kind: Kind,
    progress: Progress,
    *,
    add: bool = False,
    skip_unknown: bool = False,
) -> ImportReport:
    report = ImportReport(source.name)
    rows = _parsed(read_records(source, kind, progress), report, named=add)
    with write_transaction(engine) as connection:
        for batch in batches(rows, _BATCH):
            stored = load_title_rows(connection, [row.anime_id for row in batch])
            if not add:
                if not skip_unknown:
                    unknown = [row.line for row in batch if row.anime_id not in stored]
                    report.reject("anime id is not in the catalog", unknown)
                batch = [row for row in batch if row.anime_id in stored]
            _merge(connection, batch, stored, report)
        if report.loaded or report.updated:
            adopt_pending_ratings(connection, take_revision(connection))
            if add:
                record_import(connection, DATA_SET.name, report.read - report.rejected)
    if report.read and report.rejected == report.read:
        reasons = "; ".join(report.reasons()[:REASONS_SHOWN])
        raise ImportFileError(f"{source}: all {report.read:,} rows were rejected. {reasons}.")
    return report


def _parsed(
    records: Iterable[tuple[int, Record | str]], report: ImportReport, *, named: bool
) -> Iterator[Row]:
    seen: dict[int, int] = {}
    for line, record in records:
        report.read += 1
        try:
            row = _parse(line, record, named=named)
            content = hash(repr(row[1:]))
            if row.anime_id in seen:
                same = seen[row.anime_id] == content
                raise ValueError(
                    f"repeats the anime id of an earlier row{'' if same else ', with other data'}"
                )
        except ValueError as error:
            report.reject(str(error), [line])
        else:
            seen[row.anime_id] = content
            yield row


def _parse(line: int, record: Record | str, *, named: bool) -> Row:
    """Raises ValueError, with the reason, for an invalid row; also for one without a name if it is needed."""
    if isinstance(record, str):
        raise ValueError(record)
    anime_id = values.number(record["anime_id"], int, record.columns["anime_id"], 1, MAX_ANIME_ID)
    if anime_id is None:
        raise ValueError("no anime_id")
    columns = _columns(record)
    if named and not columns["name"]:
        raise ValueError("no name")
    known = {name: value for name, value in columns.items() if value is not None and value != []}
    return Row(line, anime_id, known, _aliases(anime_id, record))


def _columns(record: Record) -> Columns:
    def text(meaning: str) -> str:
        return record.get(meaning, "")

    def number(meaning: str, kind: Callable[[str], T], low: float, high: float) -> T | None:
        return values.number(text(meaning), kind, record.columns.get(meaning, meaning), low, high)

    season, aired = parse_season(text("premiered")), parse_aired(text("aired"))
    year = number("year", int, 1900, 2100)
    image_url = values.known(text("image_url"))
    if image_url and not image_url.startswith(("https://", "http://")):
        raise ValueError("image_url is not a web address")
    genres = [
        name for meaning in ("genres", "themes", "demographics") for name in values.names(text(meaning))
    ]
    return {
        "name": values.clean(text("name")) or None,
        "genres": list(dict.fromkeys(genres)),
        "type": values.known(text("type")),
        # 0 is how some data sets write that it is not known
        "episodes": number("episodes", int, 0, 100_000) or None,
        "score": number("score", float, 0, 10) or None,
        "members": number("members", int, 0, 10**9),
        "year": year or aired.year or (season.year if season else None),
        "aired_from": aired.start,
        "aired_to": aired.end,
        "image_url": image_url,
        "studios": values.names(text("studios")),
        "producers": values.names(text("producers")),
        "source": values.known(text("source")),
        "duration_minutes": values.duration_minutes(text("duration")),
        "season": season.name if season else None,
        "season_year": season.year if season else None,
        "airing_status": values.airing_status(text("airing_status")),
        "age_rating": values.age_rating(text("age_rating")),
        "synopsis": values.synopsis(text("synopsis")),
    }


def _aliases(anime_id: int, record: Record) -> list[Alias]:
    english, japanese, synonyms = (record.get(name, "") for name in ("english", "japanese", "synonyms"))
    others = [name for part in record.get("aliases", "").split("|") if (name := values.known(part))]
    return [
        *(Alias(anime_id, name, "english") for name in values.whole_names(english)),
        *(Alias(anime_id, name, "japanese") for name in values.whole_names(japanese)),
        *(Alias(anime_id, name, "synonym") for name in [*others, *values.names(synonyms)]),
    ]


def _merge(
    connection: Connection, batch: list[Row], stored: Mapping[int, Columns], report: ImportReport
) -> None:
    merged = {row.anime_id: _merged(row, stored.get(row.anime_id, _NOTHING_KNOWN)) for row in batch}
    new = [title for anime_id, title in merged.items() if anime_id not in stored]
    changed = [title for anime_id, title in merged.items() if title != stored.get(anime_id, title)]
    if new:
        connection.execute(insert(Anime), new)
    update_titles(connection, changed)
    renamed = insert_aliases(connection, [alias for row in batch for alias in row.aliases])
    report.loaded += len(new)
    report.updated += len({title["anime_id"] for title in changed} | (renamed & stored.keys()))


def _merged(row: Row, stored: Columns) -> Columns:
    """The columns of a title after the import of its row, which replaces what no better source has said."""
    said = of_data_set(stored, row.columns)
    merged = {**stored, **said, "anime_id": row.anime_id}
    if stored["genres"] and "genres" in said:
        merged["genres"] = merge_genres(stored["genres"], said["genres"])
    if not merged["season"] and merged["aired_from"]:
        merged["season_year"], merged["season"] = Season.of(merged["aired_from"])
    return merged
