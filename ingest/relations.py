"""Import of relations between titles: our own CSV format, and the detection of the two others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from db.engine import write_transaction
from db.models import Anime
from db.relations import replace_relations
from domain.ranges import MAX_ANIME_ID
from domain.relations import KINDS, Relation
from ingest.anime_relations import read_anime_relations
from ingest.columns import RELATIONS
from ingest.files import Progress, ignore_progress, open_binary, read_records
from ingest.offline_database import read_offline_database
from ingest.report import ImportFileError, ImportReport

MAX_RELATIONS = 1_000_000


@dataclass
class RelationReport(ImportReport):
    """Counts of the distinct relations of one file."""

    stored: int = 0  # relations of this source in the database, after the import
    unknown_titles: int = 0  # ids without a title in the database
    source: str = ""


def import_relations(
    engine: Engine,
    path: Path,
    progress: Progress = ignore_progress,
    *,
    file_format: str = "auto",
    source: str | None = None,
) -> RelationReport:
    """Replace the relations of a source with those of a file, in one transaction.

    Args:
        engine: the database.
        path: the file, compressed or not.
        progress: called with the number of bytes read.
        file_format: a key of `READERS`, or "auto": recognized by the beginning of the file.
        source: the name under which the relations are stored; default: the format.

    Raises:
        ImportFileError: the file is of no known format, invalid, or has no relations; nothing was changed.
    """
    if file_format == "auto":
        file_format = _detect(path)
    relations = set()
    for relation in READERS[file_format](path, progress):
        relations.add(relation)
        if len(relations) > MAX_RELATIONS:
            raise ImportFileError(f"{path}: more than {MAX_RELATIONS:,} relations. Is it the right file?")
    if not relations:
        raise ImportFileError(f"{path}: it has no relation between two MyAnimeList titles.")
    source = source or file_format
    report = RelationReport(path.name, read=len(relations), stored=len(relations), source=source)
    with write_transaction(engine) as connection:
        report.loaded = replace_relations(connection, source, relations)
        known = set(connection.execute(select(Anime.anime_id)).scalars())
    ids = {anime_id for relation in relations for anime_id in (relation.anime_id, relation.related_id)}
    report.unknown_titles = len(ids - known)
    return report


def read_relations_csv(path: Path, progress: Progress = ignore_progress) -> Iterator[Relation]:
    """Yield the relations of a file in our own format. Raises ImportFileError with the line number."""
    for line, record in read_records(path, RELATIONS, progress):
        if isinstance(record, str):
            raise ImportFileError(f"{path}: line {line}: {record}.")
        anime_id, related_id = (_id(path, line, name, record[name]) for name in ("anime_id", "related_id"))
        kind = record["kind"].strip()
        if kind not in KINDS:
            expected = ", ".join(KINDS)
            raise ImportFileError(f"{path}: line {line}: kind is {kind[:50]!r}; expected one of {expected}.")
        if anime_id == related_id:
            raise ImportFileError(f"{path}: line {line}: {anime_id} is related to itself.")
        yield Relation(anime_id, related_id, kind)


READERS: Mapping[str, Callable[[Path, Progress], Iterator[Relation]]] = {
    "csv": read_relations_csv,
    "erengy": read_anime_relations,
    "manami": read_offline_database,
}


def _id(path: Path, line: int, name: str, text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= MAX_ANIME_ID):
        raise ImportFileError(f"{path}: line {line}: {name} is {text[:50]!r}; expected a MyAnimeList id.")
    return int(text)


def _detect(path: Path) -> str:
    with open_binary(path) as stream:
        start = stream.read(4_096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return "manami"
    if start.startswith(b"anime_id,"):
        return "csv"
    if start.startswith((b"::", b"#")):
        return "erengy"
    raise ImportFileError(f"{path}: the format is not recognized. Name it: --format {' or '.join(READERS)}.")
