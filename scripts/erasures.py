#!/usr/bin/env python3
"""Export the ids of erased users, and erase them again after a backup is restored.

`export` prints one line per erased user: the id and the database revision of the erasure. The database
keeps these records until no model on disk contains the user, which takes three builds: run `export` after
every build, and append its output to a file that you keep with your backups. `apply` reads such lines from
stdin and erases the users again, except those who saved ratings after their erasure.

Exit codes: 0 done; 1 a line cannot be read, or the database cannot be used; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from config import Config
from db.engine import open_engine, read_transaction
from db.schema import migrate
from db.users import erase_user, load_erasures, load_user_ratings
from ingest.report import ImportFileError
from scripts.console import OK, console, run


def main(argv: list[str] | None = None) -> int:
    """Run `export` or `apply`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("export", help="print the erased users")
    commands.add_parser("apply", help="erase the users on stdin again")
    arguments = parser.parse_args(argv)
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    if arguments.command == "export":
        with read_transaction(engine) as connection:
            for user_id, revision in load_erasures(connection):
                print(user_id, revision)
        return OK
    erased = dict(sorted(_read(sys.stdin)))  # the latest erasure of a user counts
    with read_transaction(engine) as connection:
        stored = filter(None, (load_user_ratings(connection, user_id) for user_id in erased))
        restored = [user.user_id for user in stored if user.revision <= erased[user.user_id]]
    count = sum(erase_user(engine, user_id) for user_id in restored)
    console.print(f"Erased {count:,} of {len(erased):,} users again.", highlight=False)
    return OK


def _read(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """(user id, revision) of each line."""
    for number, line in enumerate(lines, start=1):
        try:
            user_id, revision = map(int, line.split())
        except ValueError:
            raise ImportFileError(
                f"line {number} is {line.strip()!r}; expected a user id and a revision. No user was erased."
            ) from None
        yield user_id, revision


if __name__ == "__main__":
    run(main)
