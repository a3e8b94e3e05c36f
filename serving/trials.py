"""A page as experiments make it: other sides of the pipeline, or two rankings in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np

from domain.experiments import INTERLEAVED
from experiments.declaration import Experiment, Variant
from experiments.interleaving import team_draft
from recommender.artifacts.snapshot import Snapshot
from recommender.data.ranking import Ranking
from recommender.models.context import ScoringContext
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.options import FranchiseMode, PageRequest
from recommender.pipeline.pipeline import Page, Pipeline
from recommender.pipeline.sides import ALL, MODEL, with_sides

Teams = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Sides:
    """Recall and rank as variants choose them; None: as the request says.

    Attributes:
        seed: of the rank, where it is left to chance.
    """

    recall: str | None = None
    rank: str | None = None
    seed: str = ""

    def with_variant(self, variant: Variant, seed: str) -> Sides:
        if variant.rank is None:
            return replace(self, recall=variant.recall or self.recall)
        return Sides(variant.recall or self.recall, variant.rank, seed)

    def algorithm(self, requested: str) -> str:
        """The one that orders the page."""
        return self.rank if self.rank is not None and self.rank in ALGORITHMS else requested


@dataclass(frozen=True)
class Trial:
    """The experiments that a page is made in.

    Attributes:
        units: each experiment, and whom it knows the person as.
        variants: experiment -> variant.
        sides: of the page.
        rivals: of the two rankings of an interleaved page.
        seed: of who is the first to choose a title for it.
        teams: the ids of the titles that each of them has put there.
    """

    units: tuple[tuple[Experiment, UUID | int], ...] = ()
    variants: Mapping[str, str] = field(default_factory=dict)
    sides: Sides = field(default_factory=Sides)
    rivals: tuple[Variant, ...] = ()
    seed: str = ""
    teams: Teams | None = None

    @property
    def variants_by_side(self) -> dict[str, str]:
        """Side -> the variant that decides it, or what it is without one."""
        decided = {
            side: self.variants[experiment.name] for experiment, _ in self.units for side in experiment.sides
        }
        return {"recall": ALL, "rank": MODEL, **decided}

    def joined_by(self, experiment: Experiment, variant: Variant, unit_id: UUID | int) -> Trial:
        """With one more experiment."""
        seed = f"{experiment.salt or experiment.name} {unit_id}"
        name = INTERLEAVED if experiment.interleave else variant.name
        joined = replace(
            self,
            units=(*self.units, (experiment, unit_id)),
            variants={**self.variants, experiment.name: name},
        )
        if experiment.interleave:
            return replace(joined, rivals=experiment.variants, seed=seed)
        return replace(joined, sides=self.sides.with_variant(variant, seed))

    def run(
        self,
        pipeline: Pipeline,
        snapshot: Snapshot,
        context: ScoringContext,
        algorithm: str,
        request: PageRequest,
    ) -> tuple[Page, Trial]:
        """The page, and the trial with its teams."""
        if not self.rivals:
            return _page(self.sides, pipeline, snapshot, context, algorithm, request), self
        sides = [self.sides.with_variant(variant, f"{self.seed} {variant.name}") for variant in self.rivals]
        first, second = (
            _page(one, pipeline, snapshot, context, algorithm, replace(request, explain=False))
            for one in sides
        )
        ids = context.catalog.vocabulary.ids
        kept = [row for row in first.ranking.anime_rows.tolist() if int(ids[row]) in set(request.keep_ids)]
        groups = None if request.options.franchise is FranchiseMode.ALLOW else context.franchises.groups
        merged, teams = team_draft(
            [row for row in first.ranking.anime_rows.tolist() if row not in kept],
            [row for row in second.ranking.anime_rows.tolist() if row not in kept],
            request.limit - len(kept),
            self.seed,
            same=lambda row: row if groups is None else int(groups[row]),
        )
        scores = _scores(second.ranking) | _scores(first.ranking)
        rows = [*kept, *merged]
        ranking = Ranking(np.array(rows, np.int64), np.array([scores[row] for row in rows], np.float32))
        scorer = snapshot.scorer(algorithm)
        page = Page(ranking, first.filtered, pipeline.explanations(scorer, context, ranking, request))
        by_team = tuple(ids[team].tolist() for team in teams)
        return page, replace(self, teams=(tuple(by_team[0]), tuple(by_team[1])))


NO_TRIAL = Trial()


def _page(
    sides: Sides,
    pipeline: Pipeline,
    snapshot: Snapshot,
    context: ScoringContext,
    algorithm: str,
    request: PageRequest,
) -> Page:
    made = with_sides(pipeline, sides.recall, sides.rank, sides.seed)
    return made.run(snapshot.scorer(sides.algorithm(algorithm)), context, request)


def _scores(ranking: Ranking) -> dict[int, float]:
    """Row -> score."""
    return dict(zip(ranking.anime_rows.tolist(), ranking.scores.tolist(), strict=True))
