"""Saved users."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.requests import QueryModel
from api.schemas.fields import AlgorithmName, Count, QueryIds
from api.schemas.filters import PageOptionFields, QueryFilters
from api.schemas.lists import ListFields, names_no_title
from api.schemas.recommendations import recommend_options
from api.schemas.weights import QueryWeights
from domain.ranges import MAX_USER_ID
from recommender.models.registry import DEFAULT_ALGORITHM
from serving.recommendations import RecommendOptions
from serving.users import Saved, SimilarUsers


class UserPath(BaseModel):
    user_id: int = Field(ge=0, le=MAX_USER_ID, description="the user's id, chosen by the caller")


class UserRecommendationQuery(QueryFilters, PageOptionFields, QueryWeights):
    algorithm: AlgorithmName = Field(default=DEFAULT_ALGORITHM, description="see `GET /api/v1/algorithms`")
    limit: Count | None = Field(
        default=None, description="how many titles; default: the algorithm's own number"
    )
    exclude_ids: QueryIds = Field(default=[], max_length=5_000, description="titles never to recommend")

    def to_options(self) -> RecommendOptions:
        return recommend_options(self, self.to_filters())


class SavedRatings(ListFields):
    """A whole list to save."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "not": names_no_title("ratings", "watched_ids", "planned_ids"),
            "examples": [
                {"ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}], "watched_ids": [20]}
            ],
        },
    )

    @model_validator(mode="after")
    def _names_a_title(self) -> SavedRatings:
        if not (self.ratings or self.watched_ids or self.planned_ids):
            raise ValueError("name at least one title, in ratings, watched_ids or planned_ids")
        return self


class SavedAnswer(BaseModel):
    """The outcome of a save."""

    user_id: int
    saved: int = Field(description="how many watched titles of the catalog the saved list has")
    unresolved: list[str] = Field(description="submitted names and ids that were not found")
    pending: int = Field(
        description="how many of the ids that were not found are kept, to count once the catalog has them"
    )
    planned: int = Field(description="how many planned titles the saved list has")

    @classmethod
    def of(cls, saved: Saved, **more: Any) -> Self:
        """With the further members of a subclass."""
        return cls(
            user_id=saved.user_id,
            saved=saved.titles,
            unresolved=list(saved.unresolved),
            pending=saved.pending,
            planned=saved.planned,
            **more,
        )


class SimilarUsersQuery(QueryModel):
    limit: Count = Field(default=10, description="how many users to return")


class SimilarUser(BaseModel):
    """A user with similar likes."""

    user_id: int
    similarity: float = Field(description="cosine similarity of likes, 0-1")
    in_common: int = Field(description="how many liked titles the two share")


class SimilarUsersAnswer(BaseModel):
    """Users with similar likes, most similar first."""

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
