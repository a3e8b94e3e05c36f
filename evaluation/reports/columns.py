"""The columns that tables of quality are made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from evaluation.metrics.quality import Quality
from evaluation.metrics.ranking import Mean
from evaluation.reports.table import Table

UNKNOWN = "–"


class Column(NamedTuple):
    """How a number of a quality is shown, and what it means where its name does not say so."""

    show: Callable[[Quality], str]
    meaning: str = ""


def mean_or_unknown(mean: Mean) -> str:
    """With its interval."""
    return UNKNOWN if math.isnan(mean.value) else str(mean)


def percent_or_unknown(mean: Mean) -> str:
    """Without its interval."""
    return UNKNOWN if math.isnan(mean.value) else f"{mean.value:.2%}"


COLUMNS = {
    "NDCG@10": Column(lambda q: str(q.ndcg)),
    "Recall@20": Column(lambda q: str(q.recall)),
    "HR@10": Column(lambda q: f"{q.hit_rate.value:.3f}"),
    "coverage@10": Column(
        lambda q: f"{q.coverage:.1%}", "Coverage: share of the catalog in anybody's first ten."
    ),
    "mean likes": Column(lambda q: f"{q.popularity:,.0f}"),
    "novelty": Column(
        lambda q: f"{q.novelty:.2f}", "Novelty: -log2 of the share of people who like a title shown."
    ),
    "variety": Column(
        lambda q: UNKNOWN if math.isnan(q.variety.value) else f"{q.variety.value:.3f}",
        "Variety: 1 - cosine of what describes two titles of a first ten, on average.",
    ),
    "NSFW leak": Column(
        lambda q: percent_or_unknown(q.nsfw_leak),
        "NSFW leak: share of the first tens that is adult, of people who sent no adult title.",
    ),
    "later parts": Column(
        lambda q: percent_or_unknown(q.later_parts),
        "Later parts: share of the first tens that is a later part of something whose beginning was not "
        "sent.",
    ),
    "near-duplicates": Column(
        lambda q: percent_or_unknown(q.near_duplicates),
        "Near-duplicates: share of the first tens with two titles of one franchise.",
    ),
    "ms": Column(lambda q: f"{q.milliseconds:.1f}", "ms: one answer, alone; of RecTools, within a batch."),
}


def quality_table(
    title: str, first: str, rows: Sequence[tuple[str, Quality]], names: Iterable[str] = COLUMNS
) -> Table:
    """A row for each quality.

    Args:
        first: what the rows are.
        names: of the columns.
    """
    columns = tuple(names)
    cells = tuple((row, *(COLUMNS[name].show(quality) for name in columns)) for row, quality in rows)
    return Table(title, "", (first, *columns), cells)


def legend(names: Iterable[str] = COLUMNS) -> str:
    """What the columns of these names mean."""
    said = ("± is half a 95 % confidence interval over people.", *(COLUMNS[name].meaning for name in names))
    return " ".join(filter(None, said))
