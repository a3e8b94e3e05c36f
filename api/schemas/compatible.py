"""The shapes that existing frontends rely on; they are fixed."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from api.requests import QueryModel
from api.schemas.fields import MAX_TEXT, AlgorithmName, OrdinaryId, PageLength
from api.schemas.items import stars
from api.schemas.lists import NamedEntry, require_length
from api.schemas.weights import ONLY_BLENDS, BodyWeights
from recommender.models.content_based import ContentBased
from serving.lists import SubmittedList
from serving.recommendations import Recommendations, RecommendOptions


class CompatibleRequest(BodyWeights):
    """A user and their list. Unknown members are ignored, and blank names are skipped."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "allOf": [ONLY_BLENDS],
            "examples": [
                {
                    "user_id": 900001,
                    "algorithm": "user-user",
                    "n": 15,
                    "anime_list": [
                        {"name": "Steins;Gate", "rank": 1},
                        {"anime_id": 1535, "rating": 9},
                        "Clannad",
                    ],
                }
            ],
        },
    )

    user_id: OrdinaryId
    algorithm: AlgorithmName = Field(default="user-user", description="see `GET /api/v1/algorithms`")
    n: PageLength | None = Field(
        default=None, description="how many titles to return; default: 15 for user-user, 20 otherwise"
    )
    anime_list: list[NamedEntry] | None = Field(default=None, description="titles the user has seen")

    @model_validator(mode="before")
    @classmethod
    def _not_too_long(cls, value: Any) -> Any:
        if isinstance(value, dict):
            require_length(value.get("anime_list"))
        return value

    def to_list(self) -> SubmittedList:
        return SubmittedList([entry.to_title() for entry in self.anime_list or ()])

    def to_options(self) -> RecommendOptions:
        return RecommendOptions(self.algorithm, self.n, weights=self.to_weights())


class CompatibleItem(BaseModel):
    """One recommended title."""

    anime_id: int = Field(description="MyAnimeList id")
    anime_name: str
    genre: str = Field(description="separated by commas")
    stars: int = Field(ge=1, le=5, description="half of the rating that this user would give, rounded")
    score: float = Field(ge=0, le=1, description="1 is the best match there is for this list")
    similarity_score: float | None = Field(
        default=None, ge=0, le=1, description="only with content-based: cosine similarity to the list"
    )


class CompatibleItems(RootModel[list[CompatibleItem]]):
    """A bare array, best first."""

    @classmethod
    def of(cls, found: Recommendations) -> Self:
        catalog, similarities = found.context.catalog, None
        if found.algorithm == "content-based":
            similarities = found.context.models[ContentBased].similarities(found.context)
        ranking = found.page.ranking
        columns = (ranking.anime_rows, ranking.scores, found.forecast.ratings)
        items = []
        for row, score, rating in zip(*(column.tolist() for column in columns), strict=True):
            title = catalog[row]
            similar = {} if similarities is None else {"similarity_score": round(float(similarities[row]), 4)}
            items.append(
                CompatibleItem(
                    anime_id=title.anime_id,
                    anime_name=title.name,
                    genre=", ".join(title.genres),
                    stars=stars(rating),
                    score=round(score, 4),
                    **similar,
                )
            )
        return cls(items)


class Suggestions(RootModel[list[str]]):
    """A bare array of main titles, best first."""


class SuggestionQuery(QueryModel):
    """The text typed so far."""

    model_config = ConfigDict(extra="ignore")

    query: str = Field(default="", max_length=MAX_TEXT, description="the text typed so far")
    limit: int = Field(default=10, ge=1, le=50, description="how many names to return at most")
