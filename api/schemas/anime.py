"""The catalog: search and browse, one title, titles like it, popular ones."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from api.schemas.fields import MAX_TEXT, Count, QueryIds, QueryTmdbIds, SimilarAlgorithmName, Year
from api.schemas.filters import QueryFilters
from api.schemas.items import AnimeItem, RecommendedItem
from api.schemas.pages import PageQuery, Pagination
from api.schemas.weights import QueryWeights
from domain.ranges import MAX_ANIME_ID
from recommender.artifacts.snapshot import Snapshot
from recommender.models.popularity import Popularity
from recommender.models.registry import DEFAULT_SIMILAR_ALGORITHM
from recommender.pipeline.options import FranchiseMode
from recommender.search import Match
from serving.catalog import BrowseOptions, TitlePage
from serving.recommendations import Recommendations

_SITES = ("anilist", "anidb", "kitsu", "bangumi", "tmdb")  # whose ids find titles


class AnimePath(BaseModel):
    anime_id: int = Field(ge=1, le=MAX_ANIME_ID, description="MyAnimeList id")


class AnimeQuery(QueryFilters, PageQuery):
    query: str = Field(default="", max_length=MAX_TEXT, description="any name of a title, or its beginning")
    ids: QueryIds = Field(default=[], max_length=100, description="if present: only these titles")
    anilist_id: QueryIds = Field(
        default=[], max_length=100, description="only titles with one of these ids on AniList"
    )
    anidb_id: QueryIds = Field(default=[], max_length=100, description="the same on AniDB")
    kitsu_id: QueryIds = Field(default=[], max_length=100, description="the same on Kitsu")
    bangumi_id: QueryIds = Field(default=[], max_length=100, description="the same on Bangumi")
    tmdb_id: QueryTmdbIds = Field(
        default=[], description="the same on TMDB, such as `tv/65942/season/1` or `movie/378064`"
    )
    year: Year | None = Field(default=None, description="first aired in this year")
    sort: Literal["relevance", "popularity", "mal_score", "year", "name"] | None = Field(
        default=None, description="default: relevance with a query, popularity without one"
    )

    def to_options(self) -> BrowseOptions:
        ids = self.ids if "ids" in self.model_fields_set else None  # an empty list, too, means only these
        named = {
            site: getattr(self, f"{site}_id") for site in _SITES if f"{site}_id" in self.model_fields_set
        }
        external_ids = {site: [str(one) for one in found] for site, found in named.items()}
        return BrowseOptions(self.query, self.to_filters(), ids, external_ids, self.year, self.sort)


class FoundItem(AnimeItem):
    """A title of the catalog, and how the query found it."""

    match: Match | None = Field(
        description="what the query is to a name of the title: all of it, its beginning, the beginning of a "
        "word in it, a part of it, or only similar to it (`fuzzy`: it may well be another title that is "
        "meant, which this catalog does not have); null without a query"
    )
    matched: str | None = Field(
        description="the alias that the query matched; null if it was `name` or `english`"
    )

    @classmethod
    def found(cls, page: TitlePage, row: int, query: str) -> Self:
        snapshot = page.live.snapshot
        title = snapshot.catalog[row]
        name = snapshot.search.matched_name(row, query)
        matched = None if name in (title.name, title.alias("english")) else name
        return cls.of(title, match=page.matches.get(row), matched=matched)


class AnimePage(BaseModel):
    """One page of titles."""

    items: list[FoundItem]
    pagination: Pagination

    @classmethod
    def of(cls, page: TitlePage, query: str) -> Self:
        items = [FoundItem.found(page, row, query) for row in page.rows]
        return cls(items=items, pagination=Pagination.of(page))


class PopularQuery(QueryFilters, PageQuery):
    sort: Literal["likes", "mean_rating"] = Field(default="likes", description="highest first")


class PopularItem(AnimeItem):
    """A title, and what people think of it."""

    likes: int = Field(description="how many people rated it 8 or higher")
    watchers: int = Field(description="how many people have it in their list")
    mean_rating: float = Field(description="1-10; with few ratings, closer to the mean of all titles")

    @classmethod
    def counted(cls, snapshot: Snapshot, row: int, **more: Any) -> Self:
        """With the further members of a subclass."""
        popularity = snapshot.models[Popularity]
        return cls.of(
            snapshot.catalog[row],
            likes=int(popularity.likes[row]),
            watchers=int(popularity.watchers[row]),
            mean_rating=round(float(popularity.mean_ratings[row]), 2),
            **more,
        )


class TrendingQuery(QueryFilters):
    window: Literal["hour", "day", "week"] = Field(default="day", description="how far back")
    limit: Count = Field(default=20, description="how many titles")


class TrendingItem(AnimeItem):
    """A title that people look at these days."""

    people: int = Field(description="how many different people clicked, viewed or liked it, at least")


class TrendingAnswer(BaseModel):
    """Titles that people look at, most first."""

    window: Literal["hour", "day", "week"]
    items: list[TrendingItem]


class PopularPage(BaseModel):
    """One page of popular titles."""

    items: list[PopularItem]
    pagination: Pagination

    @classmethod
    def of(cls, page: TitlePage) -> Self:
        items = [PopularItem.counted(page.live.snapshot, row) for row in page.rows]
        return cls(items=items, pagination=Pagination.of(page))


class SimilarAnimeQuery(QueryFilters, QueryWeights):
    algorithm: SimilarAlgorithmName = Field(
        default=DEFAULT_SIMILAR_ALGORITHM, description="one of those that can find similar titles"
    )
    limit: Count = Field(default=20, description="how many titles to return")
    franchise: FranchiseMode = Field(
        default=FranchiseMode.EXCLUDE,
        description="`exclude`: at most one title per franchise, the one to start with, and nothing of the "
        "title's own; `entry_point`: the same with its own; `allow`: the algorithm's own order",
    )


class SimilarAnswer(BaseModel):
    """Titles like one title, best match first."""

    anime_id: int
    algorithm: str
    model_version: str
    items: list[RecommendedItem]

    @classmethod
    def of(cls, anime_id: int, found: Recommendations) -> Self:
        return cls(
            anime_id=anime_id,
            algorithm=found.algorithm,
            model_version=found.live.name,
            items=RecommendedItem.all_of(found),
        )
