"""Requests and answers of `POST /api/v1/recommendations`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import AlgorithmName, AnimeIds, PageLength
from api.schemas.filters import BodyFilters, PageOptionFields
from api.schemas.items import RecommendedItem
from api.schemas.lists import TransientList, names_no_title, without_default
from api.schemas.weights import ONLY_BLENDS, BodyWeights
from domain.titles import Season
from recommender.models.registry import DEFAULT_ALGORITHM
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import FranchiseMode, PageOptions
from serving.recommendations import Recommendations, RecommendOptions


class RecommendFields(Protocol):
    """The members that a body and a query have in common."""

    algorithm: str
    limit: int | None
    exclude_ids: list[int]
    explain: bool

    def to_page_options(self) -> PageOptions: ...
    def to_weights(self) -> dict[str, float]: ...


class RecommendationRequest(TransientList, PageOptionFields, BodyWeights):
    """A list, and options for what to recommend."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "if": {"required": ["algorithm"], "properties": {"algorithm": {"const": "content-based"}}},
            "then": {"not": names_no_title("ratings", "watched_ids")},
            "allOf": [ONLY_BLENDS],
            "examples": [
                {
                    "ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}],
                    "watched_ids": [20],
                    "algorithm": "hybrid",
                    "limit": 10,
                    "filters": {"types": ["TV", "Movie"], "genres_exclude": ["Horror"]},
                    "franchise": "entry_point",
                    "explain": True,
                },
                {
                    "ratings": [{"anime_id": 1535}],
                    "algorithm": "blend",
                    "weights": {"item-item": 0.5, "user-user": 0.3, "content-based": 0.2},
                },
            ],
        },
    )

    algorithm: AlgorithmName = Field(default=DEFAULT_ALGORITHM, description="see `GET /api/v1/algorithms`")
    limit: PageLength | None = Field(
        default=None, description="how many titles; default: the algorithm's own number"
    )
    exclude_ids: AnimeIds = Field(default=[], description="titles never to recommend")
    candidates: AnimeIds | None = Field(
        default=None,
        description="only these titles are ranked, such as those that somebody plans to watch, and "
        "`franchise` is `allow` unless it is set",
    )
    keep: AnimeIds = Field(
        default=[],
        description="titles that are on the screen, in order: they stay where they are, and new ones come "
        "below",
        json_schema_extra=without_default,
    )
    session_id: UUID | None = Field(
        default=None,
        strict=False,
        description="of the browser: the page leans toward what it sent with `POST /api/v1/events`",
    )
    filters: BodyFilters = Field(default_factory=BodyFilters, description="conditions on every title")

    def to_options(self) -> RecommendOptions:
        options = recommend_options(self, self.filters.to_filters())
        options = replace(options, keep_ids=tuple(self.keep), session_id=self.session_id)
        if self.candidates is None:
            return options
        return replace(self._every_part(options), candidate_ids=tuple(self.candidates))

    def in_season(self, season: Season) -> RecommendOptions:
        """The options for the titles of one season."""
        return self._every_part(self.to_options()).in_season(season)

    def _every_part(self, options: RecommendOptions) -> RecommendOptions:
        """With later parts of franchises unless `franchise` is set: these titles are chosen already."""
        if "franchise" in self.model_fields_set:
            return options
        return replace(options, page=replace(options.page, franchise=FranchiseMode.ALLOW))


class Resolved(BaseModel):
    """A submitted title that was found."""

    query: str = Field(description="the submitted name or id")
    anime_id: int
    name: str


def recommend_options(request: RecommendFields, filters: Filters) -> RecommendOptions:
    """The options of a body or a query as the service takes them."""
    return RecommendOptions(
        request.algorithm,
        request.limit,
        filters,
        tuple(request.exclude_ids),
        request.to_page_options(),
        request.explain,
        request.to_weights(),
    )


class RecommendationAnswer(BaseModel):
    """Recommended titles, and how the list was understood."""

    recommendation_id: str = Field(description="the same for the same request to the same model")
    algorithm: str
    model_version: str
    items: list[RecommendedItem] = Field(description="best match first")
    resolved: list[Resolved] = Field(description="submitted titles that were found")
    unresolved: list[str] = Field(description="submitted names and ids that were not found")
    filtered: dict[str, int] = Field(description="how many titles each filter removed")
    experiments: dict[str, str] | None = Field(
        default=None, description="experiment -> variant; only of a page that was made in experiments"
    )

    @classmethod
    def of(cls, found: Recommendations, recommendation_id: str, **more: Any) -> Self:
        """With the further members of a subclass."""
        submitted, catalog = found.submitted, found.context.catalog
        if found.trial.variants:
            more["experiments"] = dict(found.trial.variants)
        return cls(
            recommendation_id=recommendation_id,
            algorithm=found.algorithm,
            model_version=found.live.name,
            items=RecommendedItem.all_of(found),
            resolved=[
                Resolved(query=entry.submitted, anime_id=title.anime_id, name=title.name)
                for entry in submitted.resolved
                for title in [catalog[entry.row]]
            ],
            unresolved=list(submitted.unresolved_names),
            filtered=dict(found.page.filtered),
            **more,
        )
