#!/usr/bin/env python3
"""Recommend in the terminal: name a few titles you like.

Example: scripts/recommend.py "Steins;Gate" "Death Note"
"""

from __future__ import annotations

import argparse

from rich.markup import escape
from rich.table import Table

from config import Config
from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import ModelStore
from recommender.data.catalog import Catalog
from recommender.models.registry import ALGORITHMS, DEFAULT_ALGORITHM
from recommender.pipeline.explanations import Explanation
from recommender.pipeline.filters import Filters
from scripts.console import FAILED, OK, console, errors, run
from serving.errors import NoTitleResolvedError
from serving.lists import ResolvedList, SubmittedList, SubmittedTitle
from serving.live import FixedModel, LiveVersion
from serving.recommendations import Recommendations, RecommendationService, RecommendOptions


def main(argv: list[str] | None = None) -> int:
    """Print a table of recommendations; exit 1 when no title is understood or there is no model yet."""
    arguments = _parser().parse_args(argv)
    version = LiveVersion.of(ModelStore(Config.from_env().model_dir).load())
    options = RecommendOptions(
        arguments.algorithm,
        max(1, arguments.n),
        Filters(nsfw=arguments.nsfw),
        explain=arguments.explain,
    )
    submitted = SubmittedList([SubmittedTitle(name=title) for title in arguments.titles])
    try:
        found = RecommendationService(FixedModel(version)).for_list(submitted, options)
    except NoTitleResolvedError as error:
        _hint(error.names, version.snapshot)
        return FAILED
    if found.submitted is not None:
        _hint(found.submitted.unresolved_names, version.snapshot)
        console.print(_table(found, found.submitted))
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("titles", nargs="+", metavar="TITLE", help="in any language, or a short name")
    parser.add_argument("--algorithm", choices=list(ALGORITHMS), default=DEFAULT_ALGORITHM)
    parser.add_argument("-n", type=int, default=10, help="how many (default 10)")
    parser.add_argument("--nsfw", action="store_true", help="adult titles may appear")
    parser.add_argument("--explain", action="store_true", help="say why each title is recommended")
    return parser


def _hint(names: tuple[str, ...], snapshot: Snapshot) -> None:
    for name in names:
        near = [snapshot.catalog[row].name for row in snapshot.search.suggest(name, 3)]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        errors.print(escape(f"{name!r} is not known.{hint}"), highlight=False)


def _table(found: Recommendations, submitted: ResolvedList) -> Table:
    catalog, page = found.context.catalog, found.page
    liked = ", ".join(catalog[entry.row].name for entry in submitted.resolved)
    table = Table(
        "", "title", "type", "year", "genres", "score", title=escape(f"Because you like {liked}"), box=None
    )
    for place, (row, score) in enumerate(
        zip(page.ranking.anime_rows.tolist(), page.ranking.scores.tolist(), strict=True), start=1
    ):
        title = catalog[row]
        described = (_name(title), title.type or "", str(title.year or ""), ", ".join(title.genres))
        table.add_row(str(place), *map(escape, described), f"{score:.2f}")
        if page.explanations is not None:
            table.add_row("", f"[dim]{escape(_reasons(page.explanations[place - 1], catalog))}[/]")
    if found.live.snapshot.origin.generated_users:
        table.caption = "Demo: the people behind this are generated, they do not exist."
    return table


def _name(title: Title) -> str:
    english = title.alias("english")
    return f"{title.name} ({english})" if english and english != title.name else title.name


def _reasons(explanation: Explanation, catalog: Catalog) -> str:
    reasons = []
    if explanation.because:
        reasons.append(f"because of {', '.join(catalog[row].name for row, _ in explanation.because)}")
    if explanation.users:
        reasons.append(f"liked by {explanation.users} people with your taste")
    if explanation.genres:
        reasons.append(f"also {', '.join(explanation.genres)}")
    return "; ".join(reasons) or "popular with everybody"


if __name__ == "__main__":
    run(main)
