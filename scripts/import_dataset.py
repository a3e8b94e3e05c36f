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
from ingest.catalog import import_anime, import_details
from ingest.curated import import_curated
from ingest.ratings import import_ratings
from ingest.report import ImportFileError, ImportReport
from scripts.console import OK, console, file_progress, run

KAGGLE_DATASET = "CooperUnion/anime-recommendations-database"


def main(argv: list[str] | None = None) -> int:
    """Import each file in its own transaction; print how many rows were read, loaded, updated, rejected."""
    arguments = _parser().parse_args(argv)
    anime, ratings = arguments.anime, arguments.ratings
    if arguments.kaggle:
        anime, ratings = _fetch_kaggle()
    if not (anime or ratings or arguments.details):
        _parser().error("name at least one file: --anime, --ratings, --details, or --kaggle")
    config = Config.from_env()
    engine = open_engine(config.database_url)
    migrate(engine)
    reports = []
    if anime:
        reports.append(_import(engine, import_anime, anime))
    if arguments.details:
        reports.append(_import(engine, import_details, arguments.details))
    if anime or arguments.details:
        reports += import_curated(engine)
    if ratings:
        reports.append(_import(engine, import_ratings, ratings))
    _print(reports)
    console.print("Next: python scripts/build_index.py")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Files may be gzip-compressed. Importing a file again changes nothing. "
        "The database is DATABASE_URL, from the environment or .env.",
    )
    parser.add_argument("--anime", type=Path, metavar="A.csv", help="anime_id,name,genre,type,episodes,…")
    parser.add_argument("--ratings", type=Path, metavar="R.csv[.gz]", help="user_id,anime_id,rating")
    parser.add_argument(
        "--details", type=Path, metavar="D.csv", help="anime_id,japanese_title,aired,image_url"
    )
    parser.add_argument(
        "--kaggle",
        action="store_true",
        help=f"fetch {KAGGLE_DATASET} with kagglehub instead of --anime and --ratings",
    )
    return parser


def _import(engine: Engine, importer: Callable[..., ImportReport], path: Path) -> ImportReport:
    with file_progress(path, path.name) as progress:
        return importer(engine, path, progress)


def _fetch_kaggle() -> tuple[Path, Path]:
    try:
        import kagglehub
    except ImportError:
        raise ImportFileError("--kaggle needs kagglehub: pip install kagglehub") from None
    folder = Path(kagglehub.dataset_download(KAGGLE_DATASET))
    return folder / "anime.csv", folder / "rating.csv"


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
