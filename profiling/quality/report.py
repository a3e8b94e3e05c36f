"""Everything that one run measured, as tables and as a Markdown page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from profiling.quality.contest import Cost, Row
from profiling.quality.questions import ASKED, COUNTED, RATED
from profiling.quality.table import Table
from recommender.evaluation.likes import LikeQuality
from recommender.evaluation.metrics import Mean
from recommender.evaluation.quality import Quality

UNKNOWN = "–"


@dataclass(frozen=True, eq=False)
class Report:
    """What was measured, on what, where.

    Attributes:
        data, machine, command: a sentence, a phrase, and what was typed.
        ours, peers: our algorithms, and other libraries'.
        likes: name -> how well it tells whether a person will like a title.
        build: what learning all of ours took.
        findings: sentences.
    """

    data: str
    machine: str
    command: str
    ours: tuple[Row, ...]
    peers: tuple[Row, ...]
    likes: Mapping[str, LikeQuality]
    build: Cost
    findings: tuple[str, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.ours + self.peers

    def tables(self) -> list[Table]:
        return [
            _quality("History: 80 % of a list, with ratings", [(row.name, row.history) for row in self.rows]),
            _quality(
                "Favourites: five titles, no ratings", [(row.name, row.favourites) for row in self.rows]
            ),
            _known("By number of favourites", COUNTED, self.rows),
            _known("By length of the history", RATED, self.rows),
            _likes(self.likes),
            _costs(self.build, self.peers),
        ]

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the picture beside it."""
        findings = "\n".join(f"- {sentence}" for sentence in self.findings)
        parts = [
            f"# Quality\n\n{self.data}\n\n```sh\n{self.command}\n```\n\n{self.machine}\n",
            f"![NDCG@10 of every method, with 95 % confidence intervals]({plot})\n",
            f"{LEGEND}\n",
            *(table.markdown() for table in self.tables()),
            f"## Findings\n\n{findings}\n",
        ]
        return "\n".join(parts)


LEGEND = (
    "± is half a 95 % confidence interval over people. Coverage: share of the catalogue in anybody's first "
    "ten. Novelty: -log2 of the share of people who like a title shown. NSFW leak: share of the first tens "
    "that is adult, of people who sent no adult title. Later parts: share of the first tens that is a later "
    "part of something whose beginning was not sent. Near-duplicates: share of the first tens with two "
    "titles of one franchise. ms: one answer, alone; of RecTools, within a batch."
)

_COLUMNS: dict[str, Callable[[Quality], str]] = {
    "NDCG@10": lambda q: str(q.ndcg),
    "Recall@20": lambda q: str(q.recall),
    "HR@10": lambda q: f"{q.hit_rate.value:.3f}",
    "coverage@10": lambda q: f"{q.coverage:.1%}",
    "mean likes": lambda q: f"{q.popularity:,.0f}",
    "novelty": lambda q: f"{q.novelty:.2f}",
    "NSFW leak": lambda q: _percent(q.nsfw_leak),
    "later parts": lambda q: _percent(q.later_parts),
    "near-duplicates": lambda q: _percent(q.near_duplicates),
    "ms": lambda q: f"{q.milliseconds:.1f}",
}


def _quality(title: str, qualities: Sequence[tuple[str, Quality]]) -> Table:
    cells = tuple((name, *(show(quality) for show in _COLUMNS.values())) for name, quality in qualities)
    return Table(title, "", ("method", *_COLUMNS), cells)


def _known(title: str, kind: str, rows: Sequence[Row]) -> Table:
    note = "NDCG@10 by how many titles are sent."
    if kind == COUNTED:
        note += f" The same people, at most {ASKED:,}, for each number."
    labels = tuple(label for label in rows[0].known if label.endswith(kind))
    cells = tuple((row.name, *(_mean(row.known[label]) for label in labels)) for row in rows)
    return Table(title, note, ("method", *labels), cells)


def _likes(likes: Mapping[str, LikeQuality]) -> Table:
    note = (
        "For each rating of the 20 % of a list that was held back: liked (8 or more) or not, told from the "
        "80 %. The intervals are over people."
    )
    cells = tuple((name, str(quality.accuracy), str(quality.auc)) for name, quality in likes.items())
    return Table("Will they like it?", note, ("method", "accuracy", "AUC"), cells)


def _costs(build: Cost, peers: Sequence[Row]) -> Table:
    note = "Ours are learned together, in one process; every peer in one of its own."
    costs = [("all of ours", build), *((row.name, row.cost) for row in peers if row.cost)]
    cells = tuple((name, f"{cost.fit_seconds:.1f}", f"{cost.peak_mb:,.0f}") for name, cost in costs)
    return Table("What learning takes", note, ("method", "seconds", "peak MB"), cells)


def _mean(mean: Mean) -> str:
    return UNKNOWN if math.isnan(mean.value) else str(mean)


def _percent(mean: Mean) -> str:
    return UNKNOWN if math.isnan(mean.value) else f"{mean.value:.2%}"
