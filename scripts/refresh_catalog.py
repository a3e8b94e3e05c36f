#!/usr/bin/env python3
"""Bring the catalog up to date with its sources: new titles, names, seasons, studios, where to watch.

Each source is fetched if it has changed, verified, and merged in one transaction. What is unknown to a
source replaces nothing, and what a better source says stays. A source that cannot be used, or has lost half
of what it had, is refused, and the others go on.

Exit codes: 0 every source is up to date; 1 one was refused, and is named; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from config import Config
from db.engine import open_engine
from db.schema import migrate
from ingest.refresh import RefreshOptions, RefreshReport, refresh
from ingest.report import ImportFileError
from ingest.sources import REFRESHED, Source
from scripts.console import FAILED, OK, console, errors, run

FIRST_YEAR = 1917  # of the oldest season that can be asked for


def main(argv: list[str] | None = None, sources: Sequence[Source] = REFRESHED) -> int:
    """Refresh each source; print what has changed, and what was refused."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.file and len(arguments.source) != 1:
        parser.error("--file needs the one --source that the file is of")
    config = Config.from_env()
    chosen = [source for source in sources if source.name in arguments.source or not arguments.source]
    engine = open_engine(config.database_url)
    migrate(engine)
    options = RefreshOptions(
        file=arguments.file,
        dry_run=arguments.dry_run,
        force=arguments.force,
        allow_shrinking=arguments.allow_shrinking,
        mal_client_id=config.mal_client_id,
        seasons_since=arguments.since,
    )
    reports: dict[str, RefreshReport] = {}
    refused = []
    for source in chosen:
        if source.seasonal and not (config.mal_client_id or arguments.source):
            console.print(f"{source.name}: skipped, because MAL_CLIENT_ID is not set.")
            continue
        try:
            reports[source.name] = refresh(engine, source, options)
        except ImportFileError as error:
            refused.append(source.name)
            errors.print(f"[bold red]refused:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
    if reports:
        _print(reports)
    if refused:
        console.print(f"Left as before: {', '.join(refused)}.")
    if arguments.dry_run:
        console.print("Nothing was saved (--dry-run).")
    elif any(report.changed for report in reports.values()):
        console.print("Next: python scripts/build_index.py")
    return FAILED if refused else OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="The sources: "
        + "; ".join(f"{source.name} ({source.license}): {source.gives}" for source in REFRESHED)
        + ". The database is DATABASE_URL, from the environment or .env; MAL_CLIENT_ID applies.",
    )
    parser.add_argument(
        "--source",
        action="append",
        default=[],
        choices=[source.name for source in REFRESHED],
        help="only this one; may be repeated",
    )
    parser.add_argument("--file", type=Path, metavar="FILE", help="in the place of the source's address")
    parser.add_argument("--dry-run", action="store_true", help="only print what would change")
    parser.add_argument("--force", action="store_true", help="merge even a source that has not changed")
    parser.add_argument(
        "--allow-shrinking", action="store_true", help="believe a source that has lost half of what it had"
    )
    parser.add_argument(
        "--since", type=_year, metavar="YEAR", help="season lists of MyAnimeList from this year on"
    )
    return parser


def _year(text: str) -> int:
    this_year = datetime.now(UTC).year
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= this_year):
        raise argparse.ArgumentTypeError(f"{text} is not a year from {FIRST_YEAR} to {this_year}")
    return int(text)


def _shown(report: RefreshReport, count: Callable[[RefreshReport], int]) -> str:
    return "unchanged" if report.unchanged_since else f"{count(report):,}"


def _print(reports: dict[str, RefreshReport]) -> None:
    table = Table("", *reports, title="Refresh")
    for column in table.columns[1:]:
        column.justify = "right"
    rows: dict[str, Callable[[RefreshReport], int]] = {
        "titles": lambda report: report.titles,
        "new titles": lambda report: report.merged.added,
        "changed titles": lambda report: report.merged.changed,
        "differences, see below": lambda report: report.merged.conflicts.total(),
        "places to watch": lambda report: report.offers,
        "relations": lambda report: report.relations,
        "new ids of other sites": lambda report: report.external_ids,
    }
    for what, count in rows.items():
        table.add_row(what, *(_shown(report, count) for report in reports.values()))
    console.print(table)
    for name, report in reports.items():
        for column, count in report.merged.conflicts.most_common():
            shown = "; ".join(
                f"{anime_id}: {stays} stays, not {says}"
                for anime_id, stays, says in report.merged.examples[column]
            )
            line = f"  {name}: {column} differs for {count:,} ({shown})"
            console.print(escape(line), highlight=False, soft_wrap=True)


if __name__ == "__main__":
    run(main)
