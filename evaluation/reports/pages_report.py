"""The report on pages, as tables and as a Markdown page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.harness.option_curves import OptionCurve
from evaluation.harness.pages import EXPLAINED_LISTS, EXPLAINED_TITLES, FAVORITES, NewTitles
from evaluation.metrics.ranking import Mean
from evaluation.metrics.rating_effects import COMPANIONS, POPULAR, RatingEffect
from evaluation.metrics.reasons import SAMPLE, ReasonQuality, Standing
from evaluation.protocols.holdout import PROTOCOLS
from evaluation.reports.columns import UNKNOWN, legend, mean_or_unknown, quality_table
from evaluation.reports.provenance import Provenance
from evaluation.reports.table import Table
from recommender.models.registry import DEFAULT_ALGORITHM

COLUMNS = ("NDCG@10", "Recall@20", "coverage@10", "mean likes", "novelty", "variety")
RANDOM_AUC = 0.5


@dataclass(frozen=True, eq=False)
class PagesReport:
    """Properties of pages in one run.

    Attributes:
        curves: of each varied option.
        reasons: protocol -> how true they are.
        ratings: rating of an added title, or None -> ranks of the titles that go with it.
        new_titles: without ratings.
    """

    provenance: Provenance
    curves: tuple[OptionCurve, ...]
    reasons: Mapping[str, ReasonQuality]
    ratings: Mapping[int | None, RatingEffect]
    new_titles: NewTitles

    @property
    def findings(self) -> tuple[str, ...]:
        """None beyond the tables."""
        return ()

    def tables(self) -> list[Table]:
        return [
            *_curves(self.curves),
            _reasons(self.reasons),
            _ratings(self.ratings),
            _new_titles(self.new_titles),
        ]

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the plot beside it."""
        parts = [
            self.provenance.markdown("Pages"),
            f"![NDCG@10 against the gain of each option, with 95 % confidence intervals]({plot})\n",
            f"{LEGEND} {legend(COLUMNS)}\n",
            *(table.markdown() for table in self.tables()),
        ]
        return "\n".join(parts)


LEGEND = (
    f"Pages of `{DEFAULT_ALGORITHM}` as they are served: no adult titles, of an unseen franchise only the "
    "start, one title of a franchise. One option is varied at a time."
)


def _curves(curves: Sequence[OptionCurve]) -> list[Table]:
    return [
        quality_table(
            f"{curve.option.name.capitalize()}, {protocol}: {sent}",
            curve.option.name,
            [(f"{value:g}", result.quality(protocol)) for value, result in curve.results.items()],
            COLUMNS,
        )
        for curve in curves
        for protocol, sent in PROTOCOLS.items()
    ]


def _reasons(reasons: Mapping[str, ReasonQuality]) -> Table:
    shares = ", ".join(f"{protocol} {_percent(quality.named_share)}" for protocol, quality in reasons.items())
    note = (
        f"Of at most {EXPLAINED_LISTS} lists of each kind, for the first {EXPLAINED_TITLES} titles of the "
        f"page: the liked titles of the list are removed one at a time, of a long list {SAMPLE} of them, and "
        "the log of the recommended title's odds among all titles that are not in the list falls. Does it "
        "fall further without the title that `because_you_liked` names first than without the others? "
        f"Recommended titles for which one is named: {shares}."
    )
    rows = [
        (protocol, title, *_standing(standing))
        for protocol, quality in reasons.items()
        for title, standing in (("named first", quality.named), ("at random", quality.chance))
    ]
    header = ("list", "liked title", "above the median", "the largest", "of the three largest")
    return Table("Reasons", note, header, tuple(rows))


def _standing(standing: Standing) -> tuple[str, ...]:
    return tuple(_percent(mean) for mean in (standing.above_median, standing.largest, standing.in_three))


def _ratings(effects: Mapping[int | None, RatingEffect]) -> Table:
    note = (
        f"One of the {POPULAR} most liked titles that a user does not like is added to {FAVORITES} "
        f"favorites. The table shows the ranks of the {COMPANIONS} titles that go most with it, by its "
        "rating: the mean logarithm of their ranks among all titles that are not in the list. Control: the "
        "change for the titles that go with another popular title, which is not added."
    )
    rows = [
        (
            "not added" if rating is None else f"rated {rating}",
            UNKNOWN if math.isnan(effect.log_rank.value) else f"{math.exp(effect.log_rank.value):,.0f}",
            UNKNOWN if rating is None else mean_or_unknown(effect.change),
            UNKNOWN if rating is None else _percent(effect.down),
            UNKNOWN if rating is None else mean_or_unknown(effect.others),
        )
        for rating, effect in effects.items()
    ]
    header = ("the title", "typical rank", "change of log rank", "users for whom they go down", "control")
    return Table("Effect of a rating", note, header, tuple(rows))


def _new_titles(new: NewTitles) -> Table:
    note = (
        f"All ratings of {new.titles} titles were hidden, then models fitted. {new.users:,} hidden users "
        "like one of these: what is the chance that it scores higher than one that they did not watch, given "
        "the rest of their history? `popular` knows only the MyAnimeList members of such a title."
    )
    rows = [(name, mean_or_unknown(auc)) for name, auc in new.auc.items()]
    return Table("New titles", note, ("method", "AUC"), (*rows, ("at random", f"{RANDOM_AUC:.3f}")))


def _percent(mean: Mean) -> str:
    return UNKNOWN if math.isnan(mean.value) else f"{mean.value:.1%} ±{mean.margin:.1%}"
