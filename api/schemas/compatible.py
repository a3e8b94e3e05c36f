"""The surface that existing frontends call; its shapes are fixed."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.requests import QueryModel
from api.schemas.fields import MAX_TEXT, AlgorithmName, OrdinaryId, PageLength
from api.schemas.items import stars
from api.schemas.lists import ListEntry, submitted
from recommender.models.content_based import ContentBased
from serving.lists import SubmittedList
from serving.recommendations import Recommendations, RecommendOptions


class CompatibleRequest(BaseModel):
    """What existing frontends send. Unknown members are ignored, blank names are skipped."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
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
            ]
        },
    )

    user_id: OrdinaryId
    algorithm: AlgorithmName = "user-user"
    n: PageLength | None = Field(default=None, description="default: 15 for user-user, 20 otherwise")
    anime_list: list[ListEntry] | None = None

    def to_list(self) -> SubmittedList:
        return SubmittedList(submitted(self.anime_list or ()))

    def to_options(self) -> RecommendOptions:
        return RecommendOptions(self.algorithm, self.n)


class CompatibleItem(BaseModel):
    """One recommended title."""

    anime_id: int
    anime_name: str
    genre: str
    stars: int = Field(ge=1, le=5)
    score: float = Field(ge=0, le=1)
    similarity_score: float | None = Field(default=None, ge=0, le=1, description="content-based only")


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
    """What somebody has typed so far."""

    model_config = ConfigDict(extra="ignore")

    query: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 10
