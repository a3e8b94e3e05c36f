"""Filters and wishes, in a body or in a query."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.requests import QueryModel
from api.schemas.fields import Names, QueryNames, Whole, Year
from recommender.pipeline.filters import Filters
from recommender.pipeline.page import FranchiseMode, Wishes


class FilterFields(BaseModel):
    """Conditions that every answer meets."""

    types: Names = Field(default=[], description="one of these: TV, Movie, OVA, ONA, Special, Music")
    genres: Names = Field(default=[], description="all of these")
    genres_exclude: Names = Field(default=[], description="none of these")
    min_members: Whole = Field(default=0, description="list members on MyAnimeList")
    min_score: float = Field(default=0.0, ge=0, le=10, description="mean rating on MyAnimeList")
    year_from: Year | None = Field(default=None, description="first aired, earliest")
    year_to: Year | None = Field(default=None, description="first aired, latest")
    nsfw: bool = Field(default=False, description="whether adult titles may appear")

    @model_validator(mode="after")
    def _years_in_order(self) -> FilterFields:
        if self.year_from and self.year_to and self.year_from > self.year_to:
            raise ValueError(f"year_from {self.year_from} is after year_to {self.year_to}")
        return self

    def to_filters(self) -> Filters:
        return Filters(
            types=tuple(self.types),
            genres=tuple(self.genres),
            genres_exclude=tuple(self.genres_exclude),
            min_members=self.min_members,
            min_score=self.min_score,
            year_from=self.year_from,
            year_to=self.year_to,
            nsfw=self.nsfw,
        )


class BodyFilters(FilterFields):
    """Filters in a body: unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QueryFilters(QueryModel, FilterFields):
    """The same as query parameters; lists repeated or comma-separated."""

    types: QueryNames = Field(default=[], description="one of these: TV, Movie, OVA, ONA, Special, Music")
    genres: QueryNames = Field(default=[], description="all of these")
    genres_exclude: QueryNames = Field(default=[], description="none of these")


class WishFields(BaseModel):
    """How the page is made."""

    franchise: FranchiseMode = Field(
        default=FranchiseMode.ENTRY_POINT,
        strict=False,
        description="allow: the algorithm's own order; exclude: nothing of a franchise in the list; "
        "entry_point: of something unseen only where to start. But for allow, one title of a franchise.",
    )
    diversity: float = Field(default=0.0, ge=0, le=1, description="how unlike each other titles should be")
    niche: float = Field(default=0.0, ge=0, le=1, description="how much fame counts against a title")
    explain: bool = Field(default=False, description="whether each title comes with its reasons")

    def to_wishes(self) -> Wishes:
        return Wishes(self.franchise, self.diversity, self.niche)
