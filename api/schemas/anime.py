"""The catalog: search and browse, one title, titles like it, popular ones."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from api.schemas.fields import MAX_TEXT, Count, Histogram, QueryIds, SimilarAlgorithmName, Year
from api.schemas.filters import QueryFilters
from api.schemas.items import AnimeItem, RecommendedItem
from api.schemas.pages import PageQuery, Pagination
from domain.ids import MAX_ANIME_ID
from domain.ratings import RATINGS, UNRATED
from recommender.artifacts.snapshot import Snapshot
from recommender.models.popularity import Popularity
from recommender.models.registry import DEFAULT_ALGORITHM
from serving.catalog import BrowseOptions, OneTitle, TitlePage
from serving.recommendations import Recommendations


class AnimePath(BaseModel):
    anime_id: int = Field(ge=1, le=MAX_ANIME_ID)


class AnimeQuery(QueryFilters, PageQuery):
    query: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    ids: QueryIds = Field(default=[], max_length=100, description="where given: only these titles")
    year: Year | None = None
    sort: Literal["relevance", "popularity", "score", "year", "name"] | None = Field(
        default=None, description="default: relevance with a query, popularity without"
    )

    def to_options(self) -> BrowseOptions:
        ids = self.ids if "ids" in self.model_fields_set else None  # an empty list, too, means only these
        return BrowseOptions(self.query, self.to_filters(), ids, self.year, self.sort)


class FoundItem(AnimeItem):
    matched: str | None = Field(description="the name that the query found it by, where neither of the above")

    @classmethod
    def found(cls, snapshot: Snapshot, row: int, query: str) -> Self:
        title = snapshot.catalog[row]
        name = snapshot.search.matched_name(row, query)
        return cls.of(title, matched=None if name in (title.name, title.alias("english")) else name)


class AnimePage(BaseModel):
    data: list[FoundItem]
    pagination: Pagination

    @classmethod
    def of(cls, page: TitlePage, query: str) -> Self:
        data = [FoundItem.found(page.live.snapshot, row, query) for row in page.rows]
        return cls(data=data, pagination=Pagination.of(page))


class PopularQuery(QueryFilters, PageQuery):
    sort: Literal["likes", "mean_rating"] = "likes"


class PopularItem(AnimeItem):
    likes: int
    watchers: int
    mean_rating: float

    @classmethod
    def counted(cls, snapshot: Snapshot, row: int, **more: object) -> Self:
        """With the further members of a subclass."""
        popularity = snapshot.models[Popularity]
        return cls.of(
            snapshot.catalog[row],
            likes=int(popularity.likes[row]),
            watchers=int(popularity.watchers[row]),
            mean_rating=round(float(popularity.mean_ratings[row]), 2),
            **more,
        )


class PopularPage(BaseModel):
    data: list[PopularItem]
    pagination: Pagination

    @classmethod
    def of(cls, page: TitlePage) -> Self:
        data = [PopularItem.counted(page.live.snapshot, row) for row in page.rows]
        return cls(data=data, pagination=Pagination.of(page))


class AnimeDetail(PopularItem):
    aliases: list[str]
    score: float | None
    members: int | None
    nsfw: bool
    rating_histogram: Histogram = Field(description="how many people gave 1, 2, … 10")
    unrated: int = Field(description="how many have watched it and gave no rating")

    @classmethod
    def detailed(cls, found: OneTitle) -> Self:
        title = found.snapshot.catalog[found.row]
        histogram = found.snapshot.models[Popularity].histograms[found.row]
        return cls.counted(
            found.snapshot,
            found.row,
            aliases=[alias for alias, _ in title.aliases],
            score=title.score,
            members=title.members,
            nsfw=title.nsfw,
            rating_histogram=histogram[RATINGS].tolist(),
            unrated=int(histogram[UNRATED]),
        )


class SimilarAnimeQuery(QueryFilters):
    algorithm: SimilarAlgorithmName = DEFAULT_ALGORITHM
    n: Count = 20


class SimilarAnswer(BaseModel):
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
