#!/usr/bin/env python3
"""Load the demo catalog, with generated ratings, into an empty database. Leaves any other alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from config import Config
from db.engine import open_engine, read_transaction
from db.schema import migrate
from db.titles import load_titles
from db.users import count_ratings
from ingest.catalog import import_aliases, import_anime
from ingest.ratings import import_ratings
from ingest.relations import import_relations
from scripts import generate_ratings
from scripts.console import OK, console, file_progress, run
from scripts.generate_ratings import read_titles
from scripts.import_dataset import CURATED, CURATED_SOURCE, MORE_ALIASES, RELATIONS

DEMO_USERS = 3_000


def main(argv: list[str] | None = None) -> int:
    """Do nothing where there are titles and ratings already."""
    del argv
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    with read_transaction(engine) as connection:
        titles = {title.anime_id for title in load_titles(connection)}
        ratings = count_ratings(connection)
    if titles and ratings:
        console.print(f"The database has {len(titles):,} titles and {ratings:,} ratings: nothing to load.")
        return OK
    demo = set(read_titles(CURATED, None, 0)["anime_id"].astype(int))
    if titles - demo:  # an interrupted load is taken up again
        console.print(f"The database has {len(titles):,} titles of your own: no demo data is loaded.")
        return OK
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        generate_ratings.main(["--users", str(DEMO_USERS), "--out", str(path)])
        with file_progress(CURATED, "demo catalog") as progress:
            import_anime(engine, CURATED, progress)
        import_aliases(engine, MORE_ALIASES)
        import_relations(engine, RELATIONS, source=CURATED_SOURCE)
        with file_progress(path, "demo ratings") as progress:
            report = import_ratings(engine, path, progress, generated=True)
    console.print(
        f"Loaded the demo catalog with {report.loaded:,} ratings. "
        "[bold]These ratings are generated: the people do not exist.[/]"
    )
    return OK


if __name__ == "__main__":
    run(main)
