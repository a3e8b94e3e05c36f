"""The report on specificity, as tables and as a Markdown page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.harness.specificity import FIND_SIMILAR, OneTitleQuality, PeopleQuality
from evaluation.metrics.ranking import Mean
from evaluation.metrics.specificity import COVERED_PAGES
from evaluation.protocols.holdout import PROTOCOLS
from evaluation.protocols.similar_titles import MIN_VOTES, SimilarQuality
from evaluation.protocols.themes import ThemeQuality
from evaluation.reports.columns import UNKNOWN, mean_or_unknown
from evaluation.reports.provenance import Provenance
from evaluation.reports.table import Table
from recommender.models.registry import DEFAULT_ALGORITHM


@dataclass(frozen=True, eq=False)
class SpecificityReport:
    """Specificity in one run, by method: an algorithm, perhaps with an option.

    Attributes:
        similar, one_title, themes: empty without pairs, without themes.
        people: protocol -> method -> quality.
        examples: pages to look at.
    """

    provenance: Provenance
    similar: Mapping[str, SimilarQuality]
    themes: Mapping[str, ThemeQuality]
    one_title: Mapping[str, OneTitleQuality]
    people: Mapping[str, Mapping[str, PeopleQuality]]
    examples: tuple[Table, ...] = ()

    @property
    def findings(self) -> tuple[str, ...]:
        """None beyond the tables."""
        return ()

    @property
    def panels(self) -> dict[str, dict[str, Mean]]:
        """Metric -> method -> mean, for a plot."""
        panels = {
            "similar titles: NDCG@10": {name: quality.ndcg for name, quality in self.similar.items()},
            "theme lists: THEME": {name: quality.theme for name, quality in self.themes.items()},
            "favorites: NDCG@10": {
                name: Mean.of(quality.ndcgs) for name, quality in self.people["favorites"].items()
            },
        }
        return {title: means for title, means in panels.items() if means}

    def tables(self) -> list[Table]:
        return [
            *([_similar(self.similar)] if self.similar else []),
            *([_themes(self.themes), _by_theme(self.themes)] if self.themes else []),
            _one_title(self.one_title),
            *(_people(protocol, qualities) for protocol, qualities in self.people.items()),
            *self.examples,
        ]

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the plot beside it."""
        parts = [
            self.provenance.markdown("Specificity"),
            f"![Specificity of every method, with 95 % confidence intervals]({plot})\n",
            f"{LEGEND}\n",
            *(table.markdown() for table in self.tables()),
        ]
        return "\n".join(parts)


LEGEND = (
    "All pages are as they are served: no adult titles, of an unseen franchise only the start, one title of "
    "a franchise. ± is half a 95 % confidence interval. FAN: share of a page that at least "
    f"{MIN_VOTES} people recommend for a title of the list or for the first title of its franchise; titles "
    "of the list's own franchises do not count, nor do lists without a source of the pairs. A pair counts "
    "in both directions; the votes for a franchise are the sum of the votes for its titles. Likes are those "
    "of the training users."
)


def _similar(qualities: Mapping[str, SimilarQuality]) -> Table:
    sources = max(len(quality.ndcgs) for quality in qualities.values())
    note = (
        f"The ten similar titles of each of {sources:,} titles, without recaps and without its own "
        f"franchise, against the franchises that at least {MIN_VOTES} people recommend for it. NDCG: gain "
        f"log2(1 + votes), ideal: the ten best. `GET /anime/{{id}}/similar` can be asked for "
        f"{', '.join(FIND_SIMILAR)}."
    )
    rows = tuple((name, str(q.ndcg), str(q.recall), _likes(q.likes)) for name, q in qualities.items())
    return Table("Similar titles", note, ("method", "NDCG@10", "Recall@10", "median likes"), rows)


def _themes(qualities: Mapping[str, ThemeQuality]) -> Table:
    lists = max(len(quality.themes) for quality in qualities.values())
    note = (
        f"Pages of 20 for {lists} lists of a theme. THEME: share of a page that is of the theme; titles of "
        "the list's own franchises do not count. JAC: titles that the pages of two lists share, among all "
        "of both."
    )
    rows = tuple(
        (
            name,
            mean_or_unknown(q.theme),
            mean_or_unknown(q.recommended),
            mean_or_unknown(q.jaccard),
            _likes(q.likes),
            f"{q.fewest:,.0f}",
        )
        for name, q in qualities.items()
    )
    header = ("method", "THEME", "FAN", "JAC", "median likes", "fewest likes")
    return Table("Theme lists", note, header, rows)


def _by_theme(qualities: Mapping[str, ThemeQuality]) -> Table:
    method = DEFAULT_ALGORITHM if DEFAULT_ALGORITHM in qualities else next(iter(qualities))
    rows = tuple(
        (theme, *map(mean_or_unknown, means)) for theme, means in qualities[method].by_theme().items()
    )
    return Table("By theme", f"Pages of `{method}`.", ("theme", "THEME", "FAN"), rows)


def _one_title(qualities: Mapping[str, OneTitleQuality]) -> Table:
    people = max(len(quality.ndcgs) for quality in qualities.values())
    note = (
        "Pages of 20 for a list of one title. FAN, its NDCG@10 (gain log2(1 + votes), summed over the title "
        "and the first of its franchise) and likes: for every source of the pairs. NDCG@10 of people: for "
        f"{people:,} hidden people of whom one liked title is known, their other likes."
    )
    rows = tuple(
        (
            name,
            mean_or_unknown(Mean.of(q.recommended_shares)),
            mean_or_unknown(Mean.of(q.recommended_ndcgs)),
            _likes(q.likes),
            mean_or_unknown(Mean.of(q.ndcgs)),
        )
        for name, q in qualities.items()
    )
    header = ("method", "FAN", "NDCG@10 of FAN", "median likes", "NDCG@10 of people")
    return Table("One title", note, header, rows)


def _people(protocol: str, qualities: Mapping[str, PeopleQuality]) -> Table:
    note = (
        "Debiased NDCG@10: a hidden like counts likes^-.5. JAC: titles that the pages of two people share, "
        f"among all of both. COV: different titles on the pages of {COVERED_PAGES} people, ± by the draw. "
        "KL: divergence of the page's genres from those of the liked titles sent, in nats (Steck 2018)."
    )
    rows = tuple(
        (
            name,
            *(
                mean_or_unknown(Mean.of(values))
                for values in (q.ndcgs, q.debiased_ndcgs, q.recommended_shares, q.divergences)
            ),
            mean_or_unknown(q.jaccard),
            _likes(q.coverage),
            _likes(q.likes),
            f"{q.fewest:,.0f}",
        )
        for name, q in qualities.items()
    )
    header = (
        *("method", "NDCG@10", "debiased NDCG@10", "FAN", "KL"),
        *("JAC", "COV", "median likes", "fewest likes"),
    )
    return Table(f"People, {protocol}: {PROTOCOLS[protocol]}", note, header, rows)


def _likes(mean: Mean) -> str:
    return UNKNOWN if mean.value != mean.value else f"{mean.value:,.0f} ±{mean.margin:,.0f}"
