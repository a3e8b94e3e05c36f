"""Refreshes of one source: fetched if it has changed, verified, and merged in one transaction."""

from __future__ import annotations

import tarfile
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from db.engine import read_transaction, write_transaction
from db.external_ids import add_external_ids
from db.models import Anime
from db.pending import adopt_pending_ratings
from db.relations import count_relations, replace_relations
from db.revisions import current_revision, take_revision
from db.sources import SourceState, load_sources, record_import, record_unchanged
from domain.titles import Season
from ingest.external_ids import read_external_ids
from ingest.fetch import NO_VALIDATORS, Fetcher, FetchError, Validators
from ingest.mal_lists import fetch_seasons, seasons_around
from ingest.merge import MergeReport, merge_titles, replace_offers
from ingest.report import ImportFileError
from ingest.source_titles import SourceTitle
from ingest.sources import Source

MAX_TITLES = 200_000  # of one source; the largest has some 40,000


@dataclass(frozen=True)
class RefreshOptions:
    """Choices of a refresh.

    Attributes:
        file: in the place of the source's address.
        dry_run: report, and save nothing.
        force: fetch and merge even what has not changed.
        allow_shrinking: believe a source that has lost half of what it had.
        mal_client_id: of the operator, for the MyAnimeList API.
        seasons_since: a year, for the MyAnimeList API; None: the seasons around today.
    """

    file: Path | None = None
    dry_run: bool = False
    force: bool = False
    allow_shrinking: bool = False
    mal_client_id: str | None = field(default=None, repr=False)
    seasons_since: int | None = None
    fetcher: Fetcher = field(default_factory=Fetcher)


@dataclass
class RefreshReport:
    """The changes of a refresh.

    Attributes:
        titles: that the source lists.
        unchanged_since: when it was imported last, if it has not changed since.
        offers, relations: of this source, after the refresh.
        external_ids: ids on other sites that are new.
        changed: whether anything is different from before.
    """

    titles: int
    merged: MergeReport = field(default_factory=MergeReport)
    offers: int = 0
    relations: int = 0
    external_ids: int = 0
    changed: bool = False
    unchanged_since: datetime | None = None


class _Undone(Exception):  # noqa: N818 - no error: how a dry run leaves its transaction
    pass


def refresh(engine: Engine, source: Source, options: RefreshOptions) -> RefreshReport:
    """Refresh one source, in one transaction.

    Raises:
        ImportFileError: it cannot be fetched, is not what it should be, or has lost half of what it had;
            nothing was changed.
    """
    with read_transaction(engine) as connection:
        state = load_sources(connection).get(source.name)
    with tempfile.TemporaryDirectory(prefix="refresh-") as folder:
        path, validators = Path(folder) / source.name, NO_VALIDATORS  # so that messages name the source
        if options.file is not None:
            path = _unpacked(source, options.file, path)
        else:
            fetched = _fetch(engine, source, path, state, options)
            if fetched is None and state is not None:
                return _unchanged(engine, source, state, options)
            validators = fetched or NO_VALIDATORS
        return _import(engine, source, path, validators, state, options)


def _unpacked(source: Source, path: Path, target: Path) -> Path:
    """The source's file, taken out of the package if it is in one."""
    if not source.member or not path.is_file() or not tarfile.is_tarfile(path):
        return path
    try:
        with tarfile.open(path) as package:
            member = package.extractfile(source.member)
            content = member.read(source.max_bytes + 1) if member else b""
    except (tarfile.TarError, KeyError, EOFError, OSError, zlib.error):
        raise ImportFileError(f"{path}: not a package of {source.name} with {source.member}.") from None
    if len(content) > source.max_bytes:
        raise ImportFileError(f"{path}: its {source.member} is larger than {source.max_bytes:,} bytes.")
    target.write_bytes(content)
    return target


def _fetch(
    engine: Engine, source: Source, path: Path, state: SourceState | None, options: RefreshOptions
) -> Validators | None:
    """Download the source; None if it has not changed."""
    address, fetcher = source.address, options.fetcher
    if address is None:
        raise FetchError(f"{source.name}: it has no address; its files are imported by hand.")
    if not source.seasonal:
        known = NO_VALIDATORS
        if state is not None and not options.force:
            known = Validators(state.etag, state.last_modified)
        return fetcher.fetch(address, path, source.max_bytes, validators=known)
    if not options.mal_client_id:
        raise FetchError(f"{source.name}: MAL_CLIENT_ID is not set; get one at {source.homepage}.")
    seasons = seasons_around(datetime.now(UTC).date(), options.seasons_since)
    with read_transaction(engine) as connection:
        expected = Counter[Season]() if options.allow_shrinking else _of_seasons(connection, source)
    fetch_seasons(
        fetcher,
        address,
        path,
        source.max_bytes,
        client_id=options.mal_client_id,
        seasons=seasons,
        expected=expected,
    )
    return NO_VALIDATORS


def _of_seasons(connection: Connection, source: Source) -> Counter[Season]:
    """Season -> the number of titles that began in it, according to this source."""
    table = Anime.__table__.c
    statement = select(table.season_year, table.season, table.origins).where(table.origins.is_not(None))
    return Counter(
        Season(year, name)
        for year, name, origins in connection.execute(statement)
        if origins.get("season") == source.name
    )


def _unchanged(engine: Engine, source: Source, state: SourceState, options: RefreshOptions) -> RefreshReport:
    if not options.dry_run:
        with write_transaction(engine) as connection:
            record_unchanged(connection, source.name)
    return RefreshReport(state.titles, unchanged_since=state.imported_at)


def _import(
    engine: Engine,
    source: Source,
    path: Path,
    validators: Validators,
    state: SourceState | None,
    options: RefreshOptions,
) -> RefreshReport:
    titles = _each_once(source, source.read(path)) if source.read else []
    if not titles:
        raise ImportFileError(f"{source.name}: it has no title with a MyAnimeList id; nothing was changed.")
    relations = set(source.relations(path)) if source.relations else None
    external_ids = set(read_external_ids(path)) if source.external_ids else set()
    if state and not source.seasonal:
        _check_size(source, "titles", state.titles, len(titles), options)
    report = RefreshReport(len(titles))
    try:
        with write_transaction(engine) as connection:
            revision = current_revision(connection)
            report.merged = merge_titles(connection, source, titles)
            before, report.offers, moved = replace_offers(connection, source, titles)
            _check_size(source, "offers", before, report.offers, options)
            if relations is not None:
                before = count_relations(connection, source.relation_source)
                _check_size(source, "relations", before, len(relations), options)
                replace_relations(connection, source.relation_source, relations)
                report.relations = len(relations)
            report.external_ids = add_external_ids(connection, external_ids)
            record_import(connection, source.name, len(titles), *validators)
            if moved or report.external_ids or report.merged.added or report.merged.changed:
                adopt_pending_ratings(connection, take_revision(connection))
            report.changed = current_revision(connection) != revision
            if options.dry_run:
                raise _Undone
    except _Undone:
        pass
    return report


def _check_size(source: Source, kind: str, before: int, after: int, options: RefreshOptions) -> None:
    if before and after * 2 <= before and not options.allow_shrinking:
        raise ImportFileError(
            f"{source.name}: it has {after:,} {kind}, and had {before:,}; nothing was changed. If "
            "that is right, run with --allow-shrinking."
        )


def _each_once(source: Source, titles: Iterable[SourceTitle]) -> list[SourceTitle]:
    """The titles by id; of several with one id the first, with the aliases and offers of all."""
    found: dict[int, SourceTitle] = {}
    for title in titles:
        first = found.get(title.anime_id)
        if first is not None:
            title = replace(
                first,
                aliases=tuple(dict.fromkeys((*first.aliases, *title.aliases))),
                offers=(*first.offers, *title.offers),
            )
        found[title.anime_id] = title
        if len(found) > MAX_TITLES:
            raise ImportFileError(
                f"{source.name}: it has more than {MAX_TITLES:,} titles; nothing was changed. Is it the "
                "right file?"
            )
    return [found[anime_id] for anime_id in sorted(found)]
