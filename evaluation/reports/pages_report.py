"""What people see, as tables and as a Markdown page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.harness.contest import PROTOCOLS
from evaluation.harness.knobs import Curve
from evaluation.harness.pages import EXPLAINED, FAVORITES, NAMED_FIRST, NewTitles
from evaluation.harness.setting import Setting
from evaluation.metrics.dislikes import COMPANIONS, POPULAR, RatingEffect
from evaluation.metrics.ranking import Mean
from evaluation.metrics.reasons import SAMPLE, ReasonQuality, Standing
from evaluation.reports.columns import UNKNOWN, legend, mean_or_unknown, quality_table
from evaluation.reports.table import Table

COLUMNS = ("NDCG@10", "Recall@20", "coverage@10", "mean likes", "novelty", "variety")
COIN = 0.5


@dataclass(frozen=True, eq=False)
class PagesReport:
    """What was measured.

    Attributes:
        curves: of each knob.
        reasons: protocol -> how true they are.
        ratings: rating of an added title, or None -> where what goes with it stands.
        new_titles: without ratings.
    """

    setting: Setting
    curves: tuple[Curve, ...]
    reasons: Mapping[str, ReasonQuality]
    ratings: Mapping[int | None, RatingEffect]
    new_titles: NewTitles

    def tables(self) -> list[Table]:
        return [
            *_trades(self.curves),
            _reasons(self.reasons),
            _ratings(self.ratings),
            _new_titles(self.new_titles),
        ]

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the picture beside it."""
        parts = [
            self.setting.markdown("What people see"),
            f"![NDCG@10 against what each knob gains, with 95 % confidence intervals]({plot})\n",
            f"{LEGEND} {legend(COLUMNS)}\n",
            *(table.markdown() for table in self.tables()),
        ]
        return "\n".join(parts)


LEGEND = (
    "Pages of `hybrid` as they are served: no adult titles, of something unseen only its beginning, one "
    "title of a franchise. One knob is turned at a time."
)


def _trades(curves: Sequence[Curve]) -> list[Table]:
    return [
        quality_table(
            f"{curve.knob.name.capitalize()}, {protocol}: {asked}",
            curve.knob.name,
            [(f"{value:g}", row.quality(protocol)) for value, row in curve.rows.items()],
            COLUMNS,
        )
        for curve in curves
        for protocol, asked in PROTOCOLS.items()
    ]


def _reasons(reasons: Mapping[str, ReasonQuality]) -> Table:
    given = ", ".join(f"{protocol} {_percent(quality.given)}" for protocol, quality in reasons.items())
    note = (
        f"Of at most {EXPLAINED} lists of each kind, for the first {NAMED_FIRST} titles of the page: the "
        f"liked titles of the list are taken out one at a time, of a long list {SAMPLE} of them, and the log "
        "of the recommended title's odds among all titles that are not in the list falls. Does it fall "
        "further without the title that `because_you_liked` names first than without the others? "
        f"Recommended titles for which one is named: {given}."
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
        f"One of the {POPULAR} most liked titles that a person does not like is added to {FAVORITES} "
        f"favorites. Where do the {COMPANIONS} titles stand that go most with it, by what it is rated? Of "
        "their ranks among all titles that are not in the list the logarithms are averaged. Control: the "
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
    header = ("the title", "typical rank", "change of log rank", "people for whom they go down", "control")
    return Table("What a rating does", note, header, tuple(rows))


def _new_titles(new: NewTitles) -> Table:
    note = (
        f"All ratings of {new.titles} titles were hidden, then models fitted. {new.people:,} hidden people "
        "like one of these: what is the chance that it has a higher score than one that they did not watch, "
        "told from the rest of their history? `popular` knows of such a title only its members on "
        "MyAnimeList."
    )
    rows = [(name, mean_or_unknown(auc)) for name, auc in new.auc.items()]
    return Table("New titles", note, ("method", "AUC"), (*rows, ("a coin", f"{COIN:.3f}")))


def _percent(mean: Mean) -> str:
    return UNKNOWN if math.isnan(mean.value) else f"{mean.value:.1%} ±{mean.margin:.1%}"
