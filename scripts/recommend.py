#!/usr/bin/env python3
"""Recommend in the terminal: name a few titles you like.

Example: scripts/recommend.py "Steins;Gate" "Death Note"
"""

from __future__ import annotations

import argparse

from rich.markup import escape
from rich.table import Table

from config import Config
from domain.ratings import FAVORITE
from recommender.artifacts.store import ModelStore
from recommender.data.query import Query
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.filters import Filters
from scripts.console import FAILED, OK, console, errors, run


def main(argv: list[str] | None = None) -> int:
    """Print a table of recommendations; exit 1 when no title is understood or there is no model yet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("titles", nargs="+", metavar="TITLE", help="in any language, or a short name")
    parser.add_argument("--algorithm", choices=list(ALGORITHMS), default="user-user")
    parser.add_argument("-n", type=int, default=10, help="how many (default 10)")
    parser.add_argument("--nsfw", action="store_true", help="adult titles may appear")
    arguments = parser.parse_args(argv)
    snapshot = ModelStore(Config.from_env().model_dir).load().snapshot
    rows = []
    for title in arguments.titles:
        row = snapshot.titles.resolve(title)
        if row is None:
            near = [snapshot.catalog[r].name for r in snapshot.titles.suggest(title, 3)]
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            errors.print(escape(f"{title!r} is not known.{hint}"), highlight=False)
        else:
            rows.append(row)
    if not rows:
        return FAILED
    allowed = Filters(nsfw=arguments.nsfw).allowed(snapshot.catalog)
    query = Query.of([(row, FAVORITE) for row in rows], allowed=allowed)
    ranking = snapshot.algorithms[arguments.algorithm].recommend(query, max(1, arguments.n))
    liked = ", ".join(snapshot.catalog[row].name for row in rows)
    table = Table("", "title", "type", "year", "genres", "score", title=escape(f"Because you like {liked}"))
    for place, (row, score) in enumerate(zip(ranking.anime_rows, ranking.scores, strict=True), start=1):
        title = snapshot.catalog[row]
        english = title.alias("english")
        name = f"{title.name} ({english})" if english and english != title.name else title.name
        year = str(title.year or "")
        described = (name, title.type or "", year, ", ".join(title.genres))
        table.add_row(str(place), *map(escape, described), f"{score:.2f}")
    if snapshot.generated_people:
        table.caption = "Demo: the people behind this are generated, they do not exist."
    console.print(table)
    return OK


if __name__ == "__main__":
    run(main)
