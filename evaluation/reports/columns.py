"""The columns of quality tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from evaluation.metrics.quality import Quality
from evaluation.metrics.ranking import Mean
from evaluation.reports.table import Table

UNKNOWN = "–"


class Column(NamedTuple):
    """The format of one metric, and its meaning where the name does not say it."""

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
    "coverage@10": Column(lambda q: f"{q.coverage:.1%}", "Coverage: share of the catalog in any first ten."),
    "mean likes": Column(lambda q: f"{q.popularity:,.0f}"),
    "novelty": Column(
        lambda q: f"{q.novelty:.2f}", "Novelty: -log2 of the share of users who like a title shown."
    ),
    "variety": Column(
        lambda q: UNKNOWN if math.isnan(q.variety.value) else f"{q.variety.value:.3f}",
        "Variety: 1 - cosine of the descriptions of two titles of a first ten, on average.",
    ),
    "NSFW leak": Column(
        lambda q: percent_or_unknown(q.nsfw_leak),
        "NSFW leak: share of the first tens that is adult, of users who sent no adult title.",
    ),
    "later parts": Column(
        lambda q: percent_or_unknown(q.later_parts),
        "Later parts: share of the first tens that is a later part of a franchise whose start was not sent.",
    ),
    "near-duplicates": Column(
        lambda q: percent_or_unknown(q.near_duplicates),
        "Near-duplicates: share of the first tens with two titles of one franchise.",
    ),
    "ms": Column(lambda q: f"{q.milliseconds:.1f}", "ms: one query, alone; of RecTools, within a batch."),
}


def quality_table(
    title: str, first: str, rows: Sequence[tuple[str, Quality]], names: Iterable[str] = COLUMNS
) -> Table:
    """A row for each quality.

    Args:
        first: header of the rows' names.
        names: of the columns, of `COLUMNS`.
    """
    columns = tuple(names)
    cells = tuple((row, *(COLUMNS[name].show(quality) for name in columns)) for row, quality in rows)
    return Table(title, "", (first, *columns), cells)


def legend(names: Iterable[str] = COLUMNS) -> str:
    """The meanings of these columns."""
    sentences = (
        "± is half a 95 % confidence interval over users.",
        *(COLUMNS[name].meaning for name in names),
    )
    return " ".join(filter(None, sentences))
