#!/usr/bin/env python3
"""Recommend in the terminal: name a few titles you like.

Example: scripts/recommend.py "Steins;Gate" "Death Note"

Exit codes: 0 recommended; 1 no title is known, or there is no model, or it lacks the algorithm; 2 wrong
arguments.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.cells import cell_len
from rich.padding import Padding
from rich.text import Text

from config import Config
from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import ModelStore
from recommender.data.catalog import Catalog
from recommender.models.registry import ALGORITHMS, BLENDS, DEFAULT_ALGORITHM
from recommender.pipeline.explanations import Explanation
from recommender.pipeline.filters import Filters
from scripts.console import FAILED, OK, console, errors, run
from serving.errors import NotBuiltError, NoTitleResolvedError
from serving.lists import SubmittedList, SubmittedTitle
from serving.live import FixedModel, LiveVersion
from serving.recommendations import Recommendations, RecommendationService, RecommendOptions

GAP = "  "  # between columns
INDENT = 5  # cells before the name of a title


def main(argv: list[str] | None = None) -> int:
    """Print recommendations, the same as `POST /api/v1/recommendations` gives for this list."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        options = RecommendOptions(
            arguments.algorithm,
            max(1, arguments.n),
            Filters(nsfw=arguments.nsfw),
            explain=arguments.explain,
            weights=dict(arguments.weights),
        )
    except ValueError as error:
        parser.error(str(error))
    version = LiveVersion.of(ModelStore(Config.from_env().model_dir).load())
    submitted = SubmittedList([SubmittedTitle(name=title) for title in arguments.titles])
    try:
        found = RecommendationService(FixedModel(version)).for_list(submitted, options)
    except NoTitleResolvedError as error:
        _hint(error.names, version.snapshot)
        return FAILED
    except NotBuiltError as error:
        errors.print(Text(str(error)))
        return FAILED
    _hint(found.submitted.unresolved_names, version.snapshot)
    _print(found)
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("titles", nargs="+", metavar="TITLE", help="in any language, or a short name")
    parser.add_argument(
        "--algorithm",
        choices=list(ALGORITHMS),
        default=DEFAULT_ALGORITHM,
        help=f"default: {DEFAULT_ALGORITHM}",
    )
    parser.add_argument(
        "--weights",
        nargs="+",
        type=_weight,
        default=[],
        metavar="NAME:WEIGHT",
        help=f"with --algorithm {' or '.join(BLENDS)}: how much each algorithm counts, such as item-item:0.5 "
        "user-user:0.3",
    )
    parser.add_argument("-n", type=int, default=10, help="how many titles to recommend (default 10)")
    parser.add_argument("--nsfw", action="store_true", help="adult titles may appear")
    parser.add_argument("--explain", action="store_true", help="say why each title is recommended")
    return parser


def _weight(text: str) -> tuple[str, float]:
    name, _, weight = text.rpartition(":")
    try:
        return name, float(weight)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME:WEIGHT, such as item-item:0.5") from None


def _hint(names: Sequence[str], snapshot: Snapshot) -> None:
    for name in names:
        near = [snapshot.catalog[row].name for row in snapshot.search.suggest(name, 3)]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        errors.print(Text(f"{name!r} is not known.{hint}"))


def _print(found: Recommendations) -> None:
    catalog, page = found.context.catalog, found.page
    rows, scores = page.ranking.anime_rows.tolist(), page.ranking.scores.tolist()
    liked = ", ".join(catalog[entry.row].name for entry in found.submitted.resolved)
    console.print(Text(f"Because you like {liked}:", "bold"))
    lines = _lines([_cells(catalog[row], score) for row, score in zip(rows, scores, strict=True)])
    for place, line in enumerate(lines):
        console.print(Text.assemble((f"{place + 1:>{INDENT - 2}}  ", "dim"), line), soft_wrap=True)
        if page.explanations is not None:
            reasons = Text(_reasons(page.explanations[place], catalog), "dim")
            console.print(Padding(reasons, (0, 0, 0, INDENT), expand=False))
    if found.live.snapshot.origin.generated_users:
        console.print(Text("Demo: the people behind this are generated, they do not exist.", "dim"))


def _cells(title: Title, score: float) -> list[str]:
    return [_name(title), title.type or "", str(title.year or ""), ", ".join(title.genres), f"{score:.2f}"]


def _lines(rows: Sequence[Sequence[str]]) -> list[Text]:
    """Aligned columns; names and genres are cut where the terminal is too narrow for them."""
    columns = [column for column in zip(*rows, strict=True) if any(column)]
    widths = [max(map(cell_len, column)) for column in columns]
    room = console.width - INDENT - sum(widths[1:-2]) - widths[-1] - len(GAP) * (len(widths) - 1)
    widths[0] = min(widths[0], room * 3 // 5)
    widths[-2] = min(widths[-2], room - widths[0])
    return [
        Text(GAP).join(_fitted(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*columns, strict=True)
    ]


def _fitted(cell: str, width: int) -> Text:
    text = Text(cell)
    text.truncate(max(1, width), overflow="ellipsis", pad=True)
    return text


def _name(title: Title) -> str:
    english = title.alias("english")
    return f"{title.name} ({english})" if english and english != title.name else title.name


def _reasons(explanation: Explanation, catalog: Catalog) -> str:
    reasons = []
    if explanation.because:
        reasons.append(f"because of {', '.join(catalog[row].name for row, _ in explanation.because)}")
    if explanation.users:
        reasons.append(f"liked by {explanation.users} people with your taste")
    if theme := explanation.theme:
        reasons.append(f"{theme.name}: {theme.titles} of your {theme.liked}")
    if explanation.genres:
        reasons.append(f"in common: {', '.join(explanation.genres)}")
    if description := explanation.description:
        if description.franchise is not None:
            reasons.append(f"of the same franchise as {catalog[description.franchise].name}")
        if description.of_studio is not None:
            reasons.append(f"from {description.studio}, like {catalog[description.of_studio].name}")
        reasons.append("few people have rated it")
    return "; ".join(reasons) or "popular with everybody"


if __name__ == "__main__":
    run(main)
