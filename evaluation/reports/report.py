"""Everything that one run measured, as tables and as a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.harness.contest import PROTOCOLS, Cost, Row
from evaluation.harness.questions import ASKED, COUNTED, RATED
from evaluation.harness.setting import Setting
from evaluation.metrics.likes import LikeQuality
from evaluation.reports.columns import legend, mean_or_unknown, quality_table
from evaluation.reports.table import Table


@dataclass(frozen=True, eq=False)
class Report:
    """What was measured.

    Attributes:
        ours, peers: our algorithms, and other libraries'.
        likes: name -> how well it tells whether a person will like a title.
        build: what learning all of ours took.
        findings: sentences.
    """

    setting: Setting
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
            *(
                quality_table(
                    f"{protocol.capitalize()}: {asked}",
                    "method",
                    [(row.name, row.quality(protocol)) for row in self.rows],
                )
                for protocol, asked in PROTOCOLS.items()
            ),
            _known("By number of favorites", COUNTED, self.rows),
            _known("By length of the history", RATED, self.rows),
            _likes(self.likes),
            _costs(self.build, self.peers),
        ]

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the picture beside it."""
        findings = "\n".join(f"- {sentence}" for sentence in self.findings)
        parts = [
            self.setting.markdown("Quality"),
            f"![NDCG@10 of every method, with 95 % confidence intervals]({plot})\n",
            f"{legend()}\n",
            *(table.markdown() for table in self.tables()),
            f"## Findings\n\n{findings}\n",
        ]
        return "\n".join(parts)


def _known(title: str, kind: str, rows: Sequence[Row]) -> Table:
    note = "NDCG@10 by how many titles are sent."
    if kind == COUNTED:
        note += f" The same people, at most {ASKED:,}, for each number."
    labels = tuple(label for label in rows[0].known if label.endswith(kind))
    cells = tuple((row.name, *(mean_or_unknown(row.known[label]) for label in labels)) for row in rows)
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
