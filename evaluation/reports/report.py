"""The report on accuracy, as tables and as a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.harness.harness import Cost, Result
from evaluation.harness.queries import RATED, SENT, USERS_PER_COUNT
from evaluation.metrics.likes import LikeQuality
from evaluation.protocols.holdout import PROTOCOLS
from evaluation.reports.columns import legend, mean_or_unknown, quality_table
from evaluation.reports.provenance import Provenance
from evaluation.reports.table import Table


@dataclass(frozen=True, eq=False)
class Report:
    """Accuracy of all algorithms in one run.

    Attributes:
        candidates, baselines: our algorithms, and other libraries'.
        likes: name -> quality of its predictions whether a user will like a title.
        build: cost of fitting all candidates.
        findings: sentences.
    """

    provenance: Provenance
    candidates: tuple[Result, ...]
    baselines: tuple[Result, ...]
    likes: Mapping[str, LikeQuality]
    build: Cost
    findings: tuple[str, ...]

    @property
    def results(self) -> tuple[Result, ...]:
        return self.candidates + self.baselines

    def tables(self) -> list[Table]:
        return [
            *(
                quality_table(
                    f"{protocol.capitalize()}: {sent}",
                    "method",
                    [(result.name, result.quality(protocol)) for result in self.results],
                )
                for protocol, sent in PROTOCOLS.items()
            ),
            _by_length("By number of favorites", SENT, self.results),
            _by_length("By length of the history", RATED, self.results),
            _likes(self.likes),
            _costs(self.build, self.baselines),
        ]

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the plot beside it."""
        findings = "\n".join(f"- {sentence}" for sentence in self.findings)
        parts = [
            self.provenance.markdown("Quality"),
            f"![NDCG@10 of every method, with 95 % confidence intervals]({plot})\n",
            f"{legend()}\n",
            *(table.markdown() for table in self.tables()),
            f"## Findings\n\n{findings}\n",
        ]
        return "\n".join(parts)


def _by_length(title: str, kind: str, results: Sequence[Result]) -> Table:
    note = "NDCG@10 by number of titles sent."
    if kind == SENT:
        note += f" The same users, at most {USERS_PER_COUNT:,}, for each number."
    labels = tuple(label for label in results[0].by_length if label.endswith(kind))
    cells = tuple(
        (result.name, *(mean_or_unknown(result.by_length[label]) for label in labels)) for result in results
    )
    return Table(title, note, ("method", *labels), cells)


def _likes(likes: Mapping[str, LikeQuality]) -> Table:
    note = (
        "For each rating of the 20 % of a list that was held back: liked (8 or more) or not, predicted from "
        "the 80 %. The intervals are over users."
    )
    cells = tuple((name, str(quality.accuracy), str(quality.auc)) for name, quality in likes.items())
    return Table("Will they like it?", note, ("method", "accuracy", "AUC"), cells)


def _costs(build: Cost, baselines: Sequence[Result]) -> Table:
    note = "Our algorithms are fitted together, in one process; each baseline in one of its own."
    costs = [("all of ours", build), *((result.name, result.cost) for result in baselines if result.cost)]
    cells = tuple((name, f"{cost.fit_seconds:.1f}", f"{cost.peak_mb:,.0f}") for name, cost in costs)
    return Table("Cost of fitting", note, ("method", "seconds", "peak MB"), cells)
