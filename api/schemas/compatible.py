"""The surface that existing frontends call; its shapes are fixed."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.requests import QueryModel
from api.schemas.fields import MAX_TEXT, AlgorithmName, OrdinaryId, PageLength
from api.schemas.lists import ListEntry


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


class Suggestions(RootModel[list[str]]):
    """A bare array of main titles, best first."""


class SuggestionQuery(QueryModel):
    """What somebody has typed so far."""

    model_config = ConfigDict(extra="ignore")

    query: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 10
