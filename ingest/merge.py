"""Merging of what sources say into the catalog: unknown never replaces known, the better source wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from db.aliases import Alias, insert_aliases
from db.bulk import batches
from db.models import Anime, AnimeOffer
from domain.titles import NSFW_GENRES
from ingest.source_titles import SourceTitle
from ingest.sources import DATA_SET, Source, rank

EXAMPLES = 3  # of the conflicts of a column
_BATCH = 500
_COLUMNS = [column.name for column in Anime.__table__.columns if column.name not in ("anime_id", "origins")]
_UPDATE = (
    update(Anime)
    .where(Anime.anime_id == bindparam("new_anime_id"))
    .values({name: bindparam(f"new_{name}") for name in [*_COLUMNS, "origins"]})
)
_NAMES_IN_LOWER_CASE = ("studios", "producers")
Row = Mapping[str, Any]


@dataclass
class MergeReport:
    """Counts of titles, and what a source says otherwise than a better one.

    Attributes:
        conflicts: column -> titles.
        examples: column -> (anime id, what stays, what the source says), the first few.
    """

    added: int = 0
    changed: int = 0
    conflicts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int, Any, Any]]] = field(default_factory=dict)

    def conflict(self, column: str, anime_id: int, stays: object, says: object) -> None:
        self.conflicts[column] += 1
        shown = self.examples.setdefault(column, [])
        if len(shown) < EXAMPLES:
            shown.append((anime_id, stays, says))


def merge_titles(connection: Connection, source: Source, titles: Sequence[SourceTitle]) -> MergeReport:
    """Add new titles, and to known ones whatever no better source has said; add aliases.

    The connection must be in a write transaction. Takes no revision.
    """
    report = MergeReport()
    spelling = _spelling(connection, source) if source.lower_case else {}
    for batch in batches(titles, _BATCH):
        stored = load_title_rows(connection, [title.anime_id for title in batch])
        new: list[dict[str, Any]] = []
        changed: dict[int, dict[str, Any]] = {}
        aliases: list[Alias] = []
        for title in batch:
            said = dict(title.columns) if not source.lower_case else _spelled(title.columns, spelling)
            row = stored.get(title.anime_id)
            if row is None:
                new.append(_new_row(title.anime_id, said, source))
            elif after := _merged(row, said, source, report):
                changed[title.anime_id] = after
                if after["name"] != row["name"]:  # it can still be searched for
                    aliases.append(Alias(title.anime_id, row["name"], "synonym"))
            main = changed.get(title.anime_id, row or said)["name"]
            aliases += [Alias(title.anime_id, name, kind) for name, kind in title.aliases if name != main]
        if new:
            connection.execute(insert(Anime), new)
        update_titles(connection, list(changed.values()))
        renamed = insert_aliases(connection, aliases)
        visible = {i for i, after in changed.items() if any(after[c] != stored[i][c] for c in _COLUMNS)}
        report.added += len(new)
        report.changed += len(visible | (renamed & stored.keys()))
    return report


def replace_offers(
    connection: Connection, source: Source, titles: Sequence[SourceTitle]
) -> tuple[int, int, bool]:
    """Replace where titles can be watched according to a source.

    Returns how many places there were and are, and true if any has changed.
    """
    columns = (AnimeOffer.anime_id, AnimeOffer.service, AnimeOffer.url, AnimeOffer.regions)
    own = AnimeOffer.source == source.name
    before = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(select(*columns).where(own))}
    after: dict[tuple[int, str], tuple[str, list[str] | None]] = {}
    for title in titles:
        for offer in title.offers:
            after.setdefault((title.anime_id, offer.service), (offer.url, list(offer.regions) or None))
    if after != before:
        connection.execute(delete(AnimeOffer).where(own))
        rows = [
            {"source": source.name, "anime_id": anime_id, "service": service, "url": url, "regions": regions}
            for (anime_id, service), (url, regions) in after.items()
        ]
        if rows:
            connection.execute(insert(AnimeOffer), rows)
    return len(before), len(after), after != before


def load_title_rows(connection: Connection, anime_ids: list[int]) -> dict[int, dict[str, Any]]:
    """All columns of the titles that there are, by their ids."""
    statement = select(Anime.__table__).where(Anime.anime_id.in_(anime_ids))
    return {row["anime_id"]: dict(row) for row in connection.execute(statement).mappings()}


def update_titles(connection: Connection, titles: Sequence[Row]) -> None:
    """Replace all columns of titles that exist."""
    if titles:
        rows = [{f"new_{name}": value for name, value in title.items()} for title in titles]
        connection.execute(_UPDATE, rows)


def believed(row: Row, column: str, source: Source) -> bool:
    """True if what a source says of a column replaces what is stored in `row`, where that is known."""
    owner = (row["origins"] or {}).get(column, DATA_SET.name)
    return rank(source.name) <= rank(owner)


def of_data_set(row: Row, said: Row) -> dict[str, Any]:
    """The columns of a data set that no better source has said in `row`, and the new `origins`."""
    taken = {c: value for c, value in said.items() if row[c] is None or believed(row, c, DATA_SET)}
    return {**taken, "origins": _origins(row["origins"], taken, DATA_SET)}


def _new_row(anime_id: int, said: Row, source: Source) -> dict[str, Any]:
    row = dict.fromkeys(_COLUMNS) | dict(said)
    return row | {"anime_id": anime_id, "origins": _origins(None, said, source)}


def _merged(row: Row, said: Row, source: Source, report: MergeReport) -> dict[str, Any] | None:
    """The row with what the source may change; None where nothing changes."""
    taken: dict[str, Any] = {}
    for column, value in said.items():
        if row[column] is None or believed(row, column, source):
            taken[column] = value
        elif row[column] != value and column != "name":
            report.conflict(column, row["anime_id"], row[column], value)
    after = {**row, **taken, "origins": _origins(row["origins"], taken, source)}
    return after if after != row else None


def _origins(before: Mapping[str, str] | None, taken: Row, source: Source) -> dict[str, str] | None:
    origins = {column: name for column, name in (before or {}).items() if column not in taken}
    if source is not DATA_SET:  # what it says has no note
        origins |= dict.fromkeys(taken, source.name)
    return dict(sorted(origins.items())) or None


def _spelling(connection: Connection, source: Source) -> dict[str, dict[str, str]]:
    """Column -> name in lower case -> the name as other sources write it."""
    spelling: dict[str, dict[str, str]] = {"genres": {genre.lower(): genre for genre in sorted(NSFW_GENRES)}}
    columns = (Anime.genres, Anime.studios, Anime.producers, Anime.origins)
    for row in connection.execute(select(*columns).order_by(Anime.anime_id)).mappings():
        for column in ("genres", *_NAMES_IN_LOWER_CASE):
            if (row["origins"] or {}).get(column) != source.name:
                names = spelling.setdefault(column, {})
                for name in row[column] or ():
                    names.setdefault(name.lower(), name)
    return spelling


def _spelled(said: Row, spelling: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The columns with names of companies as others write them, and the genres that are among the tags."""
    found = dict(said)
    for column in _NAMES_IN_LOWER_CASE:
        if column in said:
            found[column] = list(dict.fromkeys(_as_written(said[column], spelling.get(column, {}))))
    if genres := [spelling["genres"][tag] for tag in said.get("tags", ()) if tag in spelling["genres"]]:
        found["genres"] = sorted(set(genres))
    return found


def _as_written(names: Sequence[str], spelling: Mapping[str, str]) -> Iterator[str]:
    for name in names:
        yield spelling.get(name.lower()) or " ".join(word[:1].upper() + word[1:] for word in name.split())
