#!/usr/bin/env python3
"""Keep who was erased beside the backups, and erase them again when one is restored.

`export` prints a line for each: the id, and the revision of the database at which the list was erased. The
database forgets them once no model on disk knows them, three builds later: export as often as you build, and
append. `apply` reads such lines from stdin. Whoever came back after that stays.

Exit codes: 0 done; 1 a line cannot be read, or the database cannot be used; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from config import Config
from db.engine import open_engine, read_transaction
from db.schema import migrate
from db.users import erase_user, load_erasures, load_list
from ingest.report import ImportFileError
from scripts.console import OK, console, run


def main(argv: list[str] | None = None) -> int:
    """Do one of export, apply."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("export", help="print who was erased")
    commands.add_parser("apply", help="erase those of stdin whose list is older than that")
    arguments = parser.parse_args(argv)
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    if arguments.command == "export":
        with read_transaction(engine) as connection:
            for user_id, revision in load_erasures(connection):
                print(user_id, revision)
        return OK
    erased = dict(sorted(_read(sys.stdin)))  # the last time counts
    with read_transaction(engine) as connection:
        stored = filter(None, (load_list(connection, user_id) for user_id in erased))
        back = [found.user_id for found in stored if found.revision <= erased[found.user_id]]
    again = sum(erase_user(engine, user_id) for user_id in back)
    console.print(f"Erased again: {again:,} of {len(erased):,} people.", highlight=False)
    return OK


def _read(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """(user id, revision) of each line."""
    for number, line in enumerate(lines, start=1):
        try:
            user_id, revision = map(int, line.split())
        except ValueError:
            raise ImportFileError(
                f"line {number} is not an id and a revision: {line.strip()!r}; nobody is erased"
            ) from None
        yield user_id, revision


if __name__ == "__main__":
    run(main)
