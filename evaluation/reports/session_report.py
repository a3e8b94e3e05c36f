"""The report on sessions, as tables and as a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.harness.sessions import SHOWN, TurnQuality
from evaluation.metrics.ranking import Mean
from evaluation.protocols.sessions import SessionsConfig
from evaluation.reports.provenance import Provenance
from evaluation.reports.table import Table


@dataclass(frozen=True, eq=False)
class SessionReport:
    """Pages after clicks, in one run.

    Attributes:
        named: float64 (people,), NDCG@10 where `config.named` liked titles are named.
        after: (share of clicks by chance, clicks) -> float64 (people,), NDCG@10.
    """

    provenance: Provenance
    config: SessionsConfig
    named: NDArray[np.float64]
    after: Mapping[tuple[float, int], NDArray[np.float64]]
    turned: TurnQuality

    @property
    def findings(self) -> tuple[str, ...]:
        """NDCG@10 after clicks, as a share of that for named favorites."""
        named, count = float(np.nanmean(self.named)), self.config.named
        return tuple(
            f"{count} clicks, {noise:.0%} of them by chance: {float(np.nanmean(ndcgs)) / named:.3f} of the "
            f"NDCG@10 of {count} named favorites"
            for (noise, clicks), ndcgs in self.after.items()
            if clicks == count
        )

    @property
    def panels(self) -> dict[str, dict[str, Mean]]:
        """Metric -> what is known -> mean, for a plot."""
        named = {f"{self.config.named} named": Mean.of(self.named)}
        return {
            f"NDCG@10, {noise:.0%} of clicks by chance": {
                **{
                    f"{clicks} clicks": Mean.of(ndcgs)
                    for (share, clicks), ndcgs in self.after.items()
                    if share == noise
                },
                **named,
            }
            for noise in self.config.noise
        }

    def tables(self) -> list[Table]:
        return [self._clicks(), self._turns()]

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the plot beside it."""
        parts = [
            self.provenance.markdown("Sessions"),
            f"![NDCG@10 after clicks, with 95 % confidence intervals]({plot})\n",
            "\n".join(f"- {finding}" for finding in self.findings) + "\n",
            *(table.markdown() for table in self.tables()),
        ]
        return "\n".join(parts)

    def _clicks(self) -> Table:
        note = (
            f"{len(self.named):,} hidden people of whom nothing is known but what they click: titles that "
            "they like, and a share of titles that they do not have, drawn by how many people like them. "
            f"Relevant are the liked titles that were not clicked; clicked ones are not among the {SHOWN}. "
            f"With {self.config.named} liked titles as named favorites, it is {Mean.of(self.named)}. "
            "± is half a 95 % confidence interval."
        )
        rows = tuple(
            (f"{noise:.0%}", *(str(Mean.of(self.after[noise, clicks])) for clicks in self.config.clicks))
            for noise in self.config.noise
        )
        header = ("by chance", *(f"{clicks} clicks" for clicks in self.config.clicks))
        return Table("Clicks alone", note, header, rows)

    def _turns(self) -> Table:
        config, turned = self.config, self.turned
        note = (
            f"People who like {config.long_list} titles or more click {config.turning} titles of a genre "
            f"that less than {config.absent:.0%} of their list has. NDCG@10 is of further liked titles of "
            f"their list; {turned.kept.value:.0%} of the page before is on the page after."
        )
        rows = (
            ("share of the new genre", *map(str, turned.genre)),
            ("NDCG@10 of the old interests", *map(str, turned.ndcg)),
        )
        return Table("A long list turns to something new", note, ("", "before", "after"), rows)
