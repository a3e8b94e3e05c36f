"""A summary of a list, and how near the nearest users are. Nothing is stored."""

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
    """A list summed up against everybody's."""

    live: LiveVersion
    taste: Taste
    neighbors: Neighbors
    submitted: ResolvedList


@dataclass(frozen=True)
class TasteService:
    """Sums up lists.

    Attributes:
        max_list_titles: of one list.
    """

    models: ModelSource
    max_list_titles: int = 5_000

    def summarize(self, submitted: SubmittedList, *, nsfw: bool, user_id: int | None = None) -> TasteSummary:
        """Genres, decades and types against what everybody watches, ratings against everybody's.

        Args:
            nsfw: whether adult genres and titles are named.
            user_id: whose saved ratings the list is too: they are not their own neighbor.

        Raises:
            NoTitleResolvedError, ListTooLongError.
        """
        live = self.models.current()
        snapshot = live.snapshot
        given = resolve_list(submitted, snapshot, self.max_list_titles)
        given.require_a_title()
        opinions = Query.of(given.opinions.items())
        taste = taste_of(opinions, snapshot.catalog, snapshot.models[Popularity], nsfw=nsfw)
        context = live.context(Query.of(given.entries, user_id=user_id))
        return TasteSummary(live, taste, snapshot.models[UserUser].neighbors(context, NEIGHBORS), given)
