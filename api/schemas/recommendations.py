"""A list in, recommendations out."""

from __future__ import annotations

from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import AlgorithmName, AnimeId, PageLength
from api.schemas.filters import BodyFilters, PageOptionFields
from api.schemas.items import RecommendedItem
from api.schemas.lists import NAMES_A_TITLE, TransientList
from recommender.models.registry import DEFAULT_ALGORITHM
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import PageOptions
from serving.recommendations import Recommendations, RecommendOptions


class RecommendFields(Protocol):
    """The members that a body and a query have in common."""

    algorithm: str
    n: int | None
    exclude_ids: list[int]
    explain: bool

    def to_page_options(self) -> PageOptions: ...


class RecommendationRequest(TransientList, PageOptionFields):
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

    algorithm: AlgorithmName = DEFAULT_ALGORITHM
    n: PageLength | None = None
    exclude_ids: list[AnimeId] = Field(default=[], max_length=5_000, description="never recommend these")
    filters: BodyFilters = BodyFilters()

    def to_options(self) -> RecommendOptions:
        return recommend_options(self, self.filters.to_filters())


class Resolved(BaseModel):
    query: str
    anime_id: int
    name: str


def recommend_options(request: RecommendFields, filters: Filters) -> RecommendOptions:
    """The options of a body or a query as the service takes them."""
    return RecommendOptions(
        request.algorithm,
        request.n,
        filters,
        tuple(request.exclude_ids),
        request.to_page_options(),
        request.explain,
    )


class RecommendationAnswer(BaseModel):
    recommendation_id: str
    algorithm: str
    model_version: str
    items: list[RecommendedItem]
    resolved: list[Resolved]
    unresolved: list[str]
    filtered: dict[str, int] = Field(description="how many titles each filter took away")

    @classmethod
    def of(cls, found: Recommendations, recommendation_id: str) -> Self:
        submitted, catalog = found.submitted, found.context.catalog
        resolved = submitted.resolved if submitted else ()
        return cls(
            recommendation_id=recommendation_id,
            algorithm=found.algorithm,
            model_version=found.live.name,
            items=RecommendedItem.all_of(found),
            resolved=[
                Resolved(
                    query=entry.submitted,
                    anime_id=catalog[entry.row].anime_id,
                    name=catalog[entry.row].name,
                )
                for entry in resolved
            ],
            unresolved=list(submitted.unresolved_names) if submitted else [],
            filtered=dict(found.page.filtered),
        )
