"""A list in, recommendations out."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import AlgorithmName, AnimeId, PageLength
from api.schemas.filters import BodyFilters, WishFields
from api.schemas.items import RecommendedItem
from api.schemas.lists import NAMES_A_TITLE, AskedList


class RecommendationRequest(AskedList, WishFields):
    """A list in, recommendations out, nothing stored."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "if": {"required": ["algorithm"], "properties": {"algorithm": {"const": "content-based"}}},
            "then": {"anyOf": NAMES_A_TITLE},
            "examples": [
                {
                    "ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}],
                    "watched_ids": [20],
                    "algorithm": "hybrid",
                    "n": 10,
                    "filters": {"types": ["TV", "Movie"], "genres_exclude": ["Horror"]},
                    "franchise": "entry_point",
                    "explain": True,
                }
            ],
        },
    )

    algorithm: AlgorithmName = "hybrid"
    n: PageLength | None = None
    exclude_ids: list[AnimeId] = Field(default=[], max_length=5_000, description="never recommend these")
    filters: BodyFilters = BodyFilters()


class Resolved(BaseModel):
    query: str
    anime_id: int
    name: str


class RecommendationAnswer(BaseModel):
    recommendation_id: str
    algorithm: str
    model_version: str
    items: list[RecommendedItem]
    resolved: list[Resolved]
    unresolved: list[str]
    filtered: dict[str, int] = Field(description="how many titles each filter took away")
