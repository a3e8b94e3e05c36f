#!/usr/bin/env python3
"""Import anime and ratings from CSV files into the database."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from config import Config
from db.engine import open_engine
from db.schema import migrate
from ingest.catalog import import_aliases, import_anime, import_details, import_synopses
from ingest.columns import ALIASES, CATALOG, DETAILS, RATINGS, SYNOPSES
from ingest.curated import import_curated
from ingest.files import DataFile
from ingest.folder import recognize_folder
from ingest.ratings import import_ratings
from ingest.report import ImportFileError, ImportReport
from scripts.console import OK, console, file_progress, run

KAGGLE_DATASET = "CooperUnion/anime-recommendations-database"
# in the order in which they are imported
OF_TITLES: dict[str, Callable[..., ImportReport]] = {
    CATALOG.name: import_anime,
    DETAILS.name: import_details,
    SYNOPSES.name: import_synopses,
    ALIASES.name: import_aliases,
}


def main(argv: list[str] | None = None) -> int:
    """Import each file in its own transaction; print how many rows were read, loaded, updated, rejected."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    files: dict[str, DataFile | None] = {
        CATALOG.name: arguments.anime,
        DETAILS.name: arguments.details,
        SYNOPSES.name: arguments.synopsis,
        RATINGS.name: arguments.ratings,
    }
    if not any((*files.values(), arguments.folder, arguments.kaggle)):
        parser.error(
            "name at least one file: --anime, --ratings, --details, --synopsis, --folder or --kaggle"
        )
    if arguments.folder or arguments.kaggle:
        if any(files.values()) or (arguments.folder and arguments.kaggle):
            parser.error("--folder and --kaggle find the files themselves: use one of them, alone")
        files.update(_recognize(arguments.folder or _fetch_kaggle()))
    config = Config.from_env()
    engine = open_engine(config.database_url)
    migrate(engine)
    reports = []
    for kind, importer in OF_TITLES.items():
        if source := files.get(kind):
            reports.append(_import(engine, importer, source))
    if reports:
        reports += import_curated(engine)
    if ratings := files[RATINGS.name]:
        reports.append(_import(engine, import_ratings, ratings))
    _print(reports)
    console.print("Next: python scripts/build_index.py")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Files of every public data set are read as they are, by the names of their columns; they may "
        "be compressed, .gz or .zip. Importing a file again changes nothing. "
        "The database is DATABASE_URL, from the environment or .env.",
    )
    parser.add_argument("--anime", type=Path, metavar="A.csv", help="a catalog: anime_id,name,genre,type,…")
    parser.add_argument("--ratings", type=Path, metavar="R.csv[.gz]", help="user_id,anime_id,rating")
    parser.add_argument(
        "--details", type=Path, metavar="D.csv", help="anime_id,japanese_title,aired,image_url"
    )
    parser.add_argument("--synopsis", type=Path, metavar="S.csv", help="MAL_ID,sypnopsis")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="recognize the files of a data set in it, also in .zip"
    )
    parser.add_argument(
        "--kaggle",
        action="store_true",
        help=f"fetch {KAGGLE_DATASET} with kagglehub and import its folder",
    )
    return parser


def _import(engine: Engine, importer: Callable[..., ImportReport], source: DataFile) -> ImportReport:
    with file_progress(source, source.name) as progress:
        return importer(engine, source, progress)


def _recognize(folder: Path) -> dict[str, DataFile]:
    """The files of a data set, by kind; prints what each file in the folder was taken for."""
    files = recognize_folder(folder)
    for kind, source in files.taken.items():
        console.print(escape(f"{source.name}: {kind}"), highlight=False, soft_wrap=True)
    for name, reason in files.ignored:
        console.print(escape(f"{name}: ignored, {reason}"), highlight=False, soft_wrap=True)
    return files.taken


def _fetch_kaggle() -> Path:
    try:
        import kagglehub
    except ImportError:
        raise ImportFileError("--kaggle needs kagglehub: pip install kagglehub") from None
    return Path(kagglehub.dataset_download(KAGGLE_DATASET))


def _print(reports: list[ImportReport]) -> None:
    table = Table("file", *("read", "loaded", "updated", "unchanged", "rejected"), title="Import")
    for column in table.columns[1:]:
        column.justify = "right"
    for report in reports:
        counts = (report.read, report.loaded, report.updated, report.unchanged, report.rejected)
        table.add_row(escape(report.file), *(f"{count:,}" for count in counts))
    console.print(table)
    for report in reports:
        for reason in report.reasons():
            console.print(escape(f"  {report.file}: rejected, {reason}"), highlight=False, soft_wrap=True)
        if report.removed_users:
            console.print(f"  {report.removed_users:,} generated users of the demo were removed.")


if __name__ == "__main__":
    run(main)
