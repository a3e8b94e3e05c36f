"""Stored people."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.requests import QueryModel
from api.schemas.fields import AlgorithmName, Count, QueryIds
from api.schemas.filters import PageOptionFields, QueryFilters
from api.schemas.lists import NAMES_A_TITLE, ListFields
from api.schemas.recommendations import recommend_options
from domain.ids import MAX_USER_ID
from recommender.models.registry import DEFAULT_ALGORITHM
from serving.recommendations import RecommendOptions
from serving.users import Saved, SimilarUsers


class UserPath(BaseModel):
    user_id: int = Field(ge=0, le=MAX_USER_ID)


class UserRecommendationQuery(QueryFilters, PageOptionFields):
    algorithm: AlgorithmName = DEFAULT_ALGORITHM
    n: Count | None = None
    exclude_ids: QueryIds = Field(default=[], max_length=5_000)

    def to_options(self) -> RecommendOptions:
        return recommend_options(self, self.to_filters())


class SavedRatings(ListFields):
    """A person's whole list."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": NAMES_A_TITLE,
            "examples": [
                {"ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}], "watched_ids": [20]}
            ],
        },
    )

    @model_validator(mode="after")
    def _names_a_title(self) -> SavedRatings:
        if not self.ratings and not self.watched_ids:
            raise ValueError("name at least one title, in ratings or in watched_ids")
        return self


class SavedAnswer(BaseModel):
    user_id: int
    saved: int = Field(description="titles in the saved list")
    unresolved: list[str]

    @classmethod
    def of(cls, saved: Saved) -> Self:
        return cls(user_id=saved.user_id, saved=saved.titles, unresolved=list(saved.unresolved))


class SimilarUsersQuery(QueryModel):
    n: Count = 10


class SimilarUser(BaseModel):
    user_id: int
    similarity: float
    in_common: int = Field(description="how many liked titles the two share")


class SimilarUsersAnswer(BaseModel):
    user_id: int
    model_version: str
    items: list[SimilarUser]

    @classmethod
    def of(cls, user_id: int, found: SimilarUsers) -> Self:
        columns = (found.neighbors.user_ids, found.neighbors.similarities, found.neighbors.in_common)
        return cls(
            user_id=user_id,
            model_version=found.model_version,
            items=[
                SimilarUser(user_id=other, similarity=round(similarity, 4), in_common=in_common)
                for other, similarity, in_common in zip(*(c.tolist() for c in columns), strict=True)
            ],
        )
