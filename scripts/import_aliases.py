#!/usr/bin/env python3
"""Add titles in more languages from bangumi-data, so that more of what people type is understood.

Fetch it yourself (CC BY 4.0): npm pack bangumi-data, then point this at package/dist/data.json.
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
    """Import the file, all or nothing; print how many titles gained a name."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bangumi-data", type=Path, required=True, metavar="data.json")
    arguments = parser.parse_args(argv)
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    report = import_bangumi_data(engine, arguments.bangumi_data)
    console.print(f"{report.read:,} items read; {report.updated:,} titles of the database gained a name.")
    console.print("Next: python scripts/build_index.py")
    return OK


if __name__ == "__main__":
    run(main)
