"""Summaries of lists, compared with everybody's. Nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.data.anonymity import NO_FLOOR
from recommender.data.query import Query
from recommender.models.popularity import Popularity
from recommender.models.user_user import Neighbors, UserUser
from recommender.pipeline.taste import Taste, taste_of
from serving.lists import ResolvedList, SubmittedList, resolve_list
from serving.live import LiveVersion, ModelSource

NEIGHBORS = 20


@dataclass(frozen=True, eq=False)
class TasteSummary:
    """A list, compared with everybody's.

    Attributes:
        exact: whether neighbors are exact; else nobody is nearer than the anonymity floor allows.
    """

    live: LiveVersion
    taste: Taste
    neighbors: Neighbors
    submitted: ResolvedList
    exact: bool


@dataclass(frozen=True)
class TasteService:
    """Summarizes lists.

    Attributes:
        max_list_titles: of one list.
    """

    models: ModelSource
    max_list_titles: int

    def summarize(
        self, submitted: SubmittedList, *, nsfw: bool, user_id: int | None = None, exact: bool = False
    ) -> TasteSummary:
        """Compare genres, decades, types and ratings with everybody's.

        Args:
            nsfw: whether to name adult genres and titles.
            user_id: whose saved ratings the list is too: they are not their own neighbor.
            exact: whether the caller may know who is how similar, and in how many titles.

        Raises:
            NoTitleResolvedError, ListTooLongError.
        """
        live = self.models.current()
        snapshot = live.snapshot
        resolved = resolve_list(submitted, snapshot, self.max_list_titles)
        resolved.require_a_title()
        opinions = Query.of(resolved.opinions.items())
        taste = taste_of(opinions, snapshot.catalog, snapshot.models[Popularity], nsfw=nsfw)
        query = Query.of(resolved.entries, user_id=user_id)
        context = live.context(query, NO_FLOOR if exact else None)
        neighbors = snapshot.models[UserUser].neighbors(context, NEIGHBORS)
        return TasteSummary(live, taste, neighbors, resolved, exact)
