#!/usr/bin/env python3
"""Import a list exported from MyAnimeList (myanimelist.net/panel.php?go=export) as the ratings of one user.

Titles are matched by their MyAnimeList ids; those that are not in the database count once it has them.
Dropped titles count with their rating, or as watched without one; titles planned to watch are kept apart.
The imported list replaces all that the user has.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine, select

from config import Config
from db.engine import open_engine, read_transaction
from db.models import Anime
from db.schema import migrate
from db.users import replace_ratings
from domain.ranges import MAX_USER_ID, PROFILE_IDS, is_profile
from ingest.lists.entry import ListEntry, UnreadableListError
from ingest.lists.mal_xml import read_mal_export
from ingest.report import ImportFileError
from scripts.console import OK, console, run
from serving.imports import MatchedList, match_entries


def main(argv: list[str] | None = None) -> int:
    """Read the file, print how many titles match the catalog, and save those in one transaction."""
    arguments = _parser().parse_args(argv)
    config = Config.from_env()
    engine = open_engine(config.database_url)
    migrate(engine)
    entries = _read(arguments.file, config.max_list_titles)
    found = match_entries(entries, _known_ids(engine).__contains__)
    _print(found)
    if arguments.dry_run:
        console.print("Nothing was saved (--dry-run).")
        return OK
    if not found.has_ids:
        raise ImportFileError(f"{arguments.file}: it has no titles; nothing was saved.")
    replaced = replace_ratings(engine, arguments.user_id, found.ratings, found.extras)
    done = "Replaced the list of user" if replaced else "Added user"
    console.print(f"{done} {arguments.user_id}. Running servers use them at once.")
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="The database is DATABASE_URL, from the environment or .env; MAX_LIST_TITLES applies.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="animelist_….xml.gz, or the unpacked .xml")
    parser.add_argument("--user-id", type=_user_id, required=True, metavar="N", help="id of the user")
    parser.add_argument("--dry-run", action="store_true", help="only print what would be saved")
    return parser


def _user_id(text: str) -> int:
    user_id = int(text)
    if not 0 <= user_id <= MAX_USER_ID:
        raise argparse.ArgumentTypeError(f"{text} is not an id from 0 to {MAX_USER_ID}")
    if is_profile(user_id):
        raise argparse.ArgumentTypeError(
            f"{text} is in the range of profiles ({PROFILE_IDS.start} to {PROFILE_IDS.stop - 1}), whose ids "
            "only the server hands out"
        )
    return user_id


def _read(path: Path, max_titles: int) -> list[ListEntry]:
    try:
        with path.open("rb") as file:
            return read_mal_export(file, max_titles)
    except UnreadableListError as error:
        raise ImportFileError(f"{path}: {error}") from None
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror}).") from None


def _known_ids(engine: Engine) -> set[int]:
    with read_transaction(engine) as connection:
        return set(connection.execute(select(Anime.anime_id)).scalars())


def _print(found: MatchedList) -> None:
    table = Table("entries", "count", title="Import")
    table.columns[1].justify = "right"
    table.add_row("matched", f"{len(found.matched):,}")
    table.add_row("unmatched: not in the database", f"{len(found.unmatched):,}")
    for reason, count in Counter(reason for _, reason in found.skipped).most_common():
        table.add_row(f"skipped, {reason}", f"{count:,}")
    console.print(table)
    for entry in found.unmatched:
        console.print(f"  unmatched: {entry.anime_id} {escape(entry.name)}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    run(main)
