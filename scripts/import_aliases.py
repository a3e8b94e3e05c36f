#!/usr/bin/env python3
"""Import titles in more languages from bangumi-data, so that they can be searched for.

Download it yourself (CC BY 4.0): run `npm pack bangumi-data`, unpack it and pass package/dist/data.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from config import Config
from db.engine import open_engine
from db.schema import migrate
from ingest.bangumi import import_bangumi_data
from scripts.console import OK, console, run


def main(argv: list[str] | None = None) -> int:
    """Import the file in one transaction; print how many titles gained an alias."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bangumi-data", type=Path, required=True, metavar="data.json")
    arguments = parser.parse_args(argv)
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    report = import_bangumi_data(engine, arguments.bangumi_data)
    console.print(f"{report.read:,} items read; {report.updated:,} titles of the database gained an alias.")
    console.print("Next: python scripts/build_index.py")
    return OK


if __name__ == "__main__":
    run(main)
