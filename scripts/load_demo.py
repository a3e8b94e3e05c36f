#!/usr/bin/env python3
"""Load the demo catalog, with generated ratings, into an empty database; any other is left unchanged."""

from __future__ import annotations

import tempfile
from pathlib import Path

from config import Config
from db.engine import open_engine, read_transaction
from db.schema import migrate
from db.titles import load_titles
from db.users import count_ratings
from ingest import curated
from ingest.catalog import import_anime
from ingest.ratings import import_ratings
from scripts import generate_ratings
from scripts.console import OK, console, file_progress, run
from scripts.generate_ratings import read_titles

DEMO_USERS = 3_000


def main(argv: list[str] | None = None) -> int:
    """Load the demo unless the database already has titles and ratings."""
    del argv
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    with read_transaction(engine) as connection:
        titles = {title.anime_id for title in load_titles(connection)}
        ratings = count_ratings(connection)
    if titles and ratings:
        console.print(f"The database has {len(titles):,} titles and {ratings:,} ratings: nothing to load.")
        return OK
    demo = set(read_titles(curated.TITLES, None, 0)["anime_id"].astype(int))
    if titles - demo:  # an interrupted load is resumed
        console.print(f"The database has {len(titles):,} titles of your own: no demo data is loaded.")
        return OK
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        generate_ratings.main(["--users", str(DEMO_USERS), "--out", str(path)])
        with file_progress(curated.TITLES, "demo catalog") as progress:
            import_anime(engine, curated.TITLES, progress)
        curated.import_curated(engine)
        with file_progress(path, "demo ratings") as progress:
            report = import_ratings(engine, path, progress, generated=True)
    console.print(
        f"Loaded the demo catalog with {report.loaded:,} ratings. "
        "[bold]The ratings are generated: these users do not exist.[/]"
    )
    return OK


if __name__ == "__main__":
    run(main)
