"""Summaries of lists, compared with everybody's. Nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.data.query import Query
from recommender.models.popularity import Popularity
from recommender.models.user_user import Neighbors, UserUser
from recommender.pipeline.taste import Taste, taste_of
from serving.lists import ResolvedList, SubmittedList, resolve_list
from serving.live import LiveVersion, ModelSource

NEIGHBORS = 20


@dataclass(frozen=True, eq=False)
class TasteSummary:
    """A list, compared with everybody's."""

    live: LiveVersion
    taste: Taste
    neighbors: Neighbors
    submitted: ResolvedList


@dataclass(frozen=True)
class TasteService:
    """Summarizes lists.

    Attributes:
        max_list_titles: of one list.
    """

    models: ModelSource
    max_list_titles: int

    def summarize(self, submitted: SubmittedList, *, nsfw: bool, user_id: int | None = None) -> TasteSummary:
        """Compare genres, decades, types and ratings with everybody's.

        Args:
            nsfw: whether to name adult genres and titles.
            user_id: whose saved ratings the list is too: they are not their own neighbor.

        Raises:
            NoTitleResolvedError, ListTooLongError.
        """
        live = self.models.current()
        snapshot = live.snapshot
        resolved = resolve_list(submitted, snapshot, self.max_list_titles)
        resolved.require_a_title()
        opinions = Query.of(resolved.opinions.items())
        taste = taste_of(opinions, snapshot.catalog, snapshot.models[Popularity], nsfw=nsfw)
        context = live.context(Query.of(resolved.entries, user_id=user_id))
        return TasteSummary(live, taste, snapshot.models[UserUser].neighbors(context, NEIGHBORS), resolved)
