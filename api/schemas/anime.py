"""The catalog: search and browse, one title, titles like it, popular ones."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.schemas.fields import MAX_TEXT, Count, Histogram, QueryIds, Year
from api.schemas.filters import QueryFilters
from api.schemas.items import AnimeItem, RecommendedItem
from api.schemas.pages import PageQuery, Pagination
from domain.ids import MAX_ANIME_ID


class AnimePath(BaseModel):
    anime_id: int = Field(ge=1, le=MAX_ANIME_ID)


class AnimeQuery(QueryFilters, PageQuery):
    query: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    ids: QueryIds = Field(default=[], max_length=100, description="where given: only these titles")
    year: Year | None = None
    sort: Literal["relevance", "popularity", "score", "year", "name"] | None = Field(
        default=None, description="default: relevance with a query, popularity without"
    )


class FoundItem(AnimeItem):
    matched: str | None = Field(description="the name that the query found it by, where neither of the above")


class AnimePage(BaseModel):
    data: list[FoundItem]
    pagination: Pagination


class PopularQuery(QueryFilters, PageQuery):
    sort: Literal["likes", "mean_rating"] = "likes"


class PopularItem(AnimeItem):
    likes: int
    watchers: int
    mean_rating: float


class PopularPage(BaseModel):
    data: list[PopularItem]
    pagination: Pagination


class AnimeDetail(PopularItem):
    aliases: list[str]
    score: float | None
    members: int | None
    nsfw: bool
    rating_histogram: Histogram = Field(description="how many people gave 1, 2, … 10")
    unrated: int = Field(description="how many have watched it and gave no rating")


class SimilarAnimeQuery(QueryFilters):
    algorithm: Literal["hybrid", "item-item", "content-based"] = "hybrid"
    n: Count = 20


class SimilarAnswer(BaseModel):
    anime_id: int
    algorithm: str
    model_version: str
    items: list[RecommendedItem]
