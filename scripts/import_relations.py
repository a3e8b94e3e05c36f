#!/usr/bin/env python3
"""Import relations between titles, from which the server derives franchises and the order to watch them in.

Most relations follow from the names of titles; imported ones correct and complete those. A file replaces
all relations from earlier files of its format. Formats, recognized by the beginning of a file:

  csv      anime_id,related_id,kind: `related_id` is the sequel, side_story, summary, alternative,
           same_franchise of `anime_id`, or unrelated to it; MyAnimeList ids
  erengy   anime-relations.txt of github.com/erengy/anime-relations
  manami   anime-offline-database.json or .jsonl of github.com/manami-project/anime-offline-database

The last one has ids on other sites, too, by which lists from there are matched. Files may be compressed by
gzip or zstd. Download them yourself; they are not part of this project.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from config import Config
from db.engine import open_engine
from db.schema import migrate
from ingest.external_ids import import_external_ids
from ingest.relations import READERS, import_relations
from scripts.console import OK, console, file_progress, run


def main(argv: list[str] | None = None) -> int:
    """Import the file in one transaction; print how many relations were read and stored."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--format",
        choices=["auto", *READERS],
        default="auto",
        help="default: auto (by the beginning)",
    )
    arguments = parser.parse_args(argv)
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    with file_progress(arguments.file, arguments.file.name) as progress:
        report = import_relations(engine, arguments.file, progress, file_format=arguments.format)
    console.print(
        f"{report.read:,} relations read; {report.stored:,} stored, {report.loaded:,} of them new; "
        f"{report.unknown_titles:,} of their titles are not in the database."
    )
    if report.source == "manami":
        with file_progress(arguments.file, "ids on other sites") as progress:
            ids = import_external_ids(engine, arguments.file, progress)
        console.print(f"{ids.read:,} ids on other sites read, {ids.loaded:,} of them new.")
    console.print("Next: python scripts/build_index.py")
    return OK


if __name__ == "__main__":
    run(main)
