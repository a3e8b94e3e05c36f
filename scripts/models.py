#!/usr/bin/env python3
"""List the models on disk, verify them, or go back to an older one.

A running server switches to the version that `use` names. The next build that finds new data still publishes
a newer one: stop its timer for as long as it must not.

Exit codes: 0 done; 1 a version is missing or damaged; 2 wrong arguments.
"""

from __future__ import annotations

import argparse

from rich.markup import escape
from rich.table import Table

from config import Config
from recommender.artifacts.snapshot import ModelFormatError
from recommender.artifacts.store import ModelStore, NoModelError
from scripts.console import FAILED, OK, console, run

COUNTED = ("anime", "users", "ratings")  # of the manifest


def main(argv: list[str] | None = None) -> int:
    """Run one of list, verify, use."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show every version, newest first")
    commands.add_parser("verify", help="read every version in full, and ask every algorithm")
    use = commands.add_parser("use", help="verify a version, then make it the one that is served")
    use.add_argument("version", metavar="vNNNN")
    use.add_argument(
        "--wait", type=float, default=600, metavar="S", help="seconds to wait for a builder (default 600)"
    )
    arguments = parser.parse_args(argv)
    store = ModelStore(Config.from_env().model_dir)
    if arguments.command == "use":
        return _use(store, arguments.version, arguments.wait)
    if not store.names():
        raise NoModelError(f"there is no model in {store.directory}; run: python scripts/build_index.py")
    return _list(store) if arguments.command == "list" else _verify(store)


def _list(store: ModelStore) -> int:
    table = Table("", "version", "built (UTC)", "titles", "people", "ratings", "MB", "revision")
    table.columns[2].no_wrap = True
    for column in table.columns[3:]:
        column.justify = "right"
    current = store.current_name()
    for name in store.names():
        mark = "*" if name == current else ""
        try:
            facts = store.manifest(name)
        except ModelFormatError as error:
            table.add_row(mark, name, f"[red]{escape(str(error))}[/]")
            continue
        counts = facts.get("counts", {})
        numbers = (*map(counts.get, COUNTED), _megabytes(store, name), facts.get("revision"))
        shown = ("" if number is None else f"{number:,}" for number in numbers)
        table.add_row(mark, name, str(facts.get("built_at", ""))[:16].replace("T", " "), *shown)
    table.caption = "* is the current version; a server that cannot use it says why at /readyz"
    console.print(table)
    return OK


def _megabytes(store: ModelStore, name: str) -> int:
    return round(sum(path.stat().st_size for path in (store.directory / name).iterdir()) / 2**20)


def _verify(store: ModelStore) -> int:
    damaged = 0
    for name in store.names():
        try:
            store.load_version(name)
        except ModelFormatError as error:
            damaged += 1
            console.print(f"{name}  [bold red]damaged[/]: {escape(str(error))}", highlight=False)
        else:
            console.print(f"{name}  whole", highlight=False)
    return FAILED if damaged else OK


def _use(store: ModelStore, name: str, wait_s: float) -> int:
    with store.lock(wait_s):
        before = store.current_name()
        store.use(name)
    console.print(f"{name} is served now; before, it was {before or 'none'}.", highlight=False)
    return OK


if __name__ == "__main__":
    run(main)
