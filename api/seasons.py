"""The titles of a season: by popularity, and ranked for a list."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from api.context import services
from api.errors import Problem
from api.recommendations import signature
from api.schemas.items import SeasonItem
from api.schemas.recommendations import RecommendationRequest
from api.schemas.seasons import (
    NearSeasonPath,
    SeasonAnswer,
    SeasonPage,
    SeasonPath,
    SeasonQuery,
)
from api.security import OWN_PROFILE, own_profile
from domain.titles import Season

blueprint = APIBlueprint(
    "seasons",
    __name__,
    url_prefix="/api/v1/seasons",
    abp_tags=[Tag(name="seasons")],
    abp_responses={422: Problem},
)


@blueprint.get(
    "/<int:year>/<string:season>",
    operation_id="getSeason",
    summary="List the titles of a season",
    responses={200: SeasonPage, 404: Problem},
)
def get_season(path: SeasonPath, query: SeasonQuery) -> SeasonPage:
    """The titles that began to air in a season, most popular first. Takes the same filters as a search; its
    season takes the place of `seasons`."""
    return _page(path.to_season(), query)


@blueprint.get(
    "/<string:when>",
    operation_id="getNearSeason",
    summary="List the titles of the current or next season",
    responses={200: SeasonPage, 404: Problem},
)
def get_near_season(path: NearSeasonPath, query: SeasonQuery) -> SeasonPage:
    """The same for the season of today, or the one after it."""
    return _page(path.of(_current()), query)


@blueprint.post(
    "/<int:year>/<string:season>",
    operation_id="recommendSeason",
    summary="Rank the titles of a season for a list",
    security=OWN_PROFILE,
    responses={200: SeasonAnswer, 400: Problem, 404: Problem, 409: Problem, 413: Problem},
)
def post_season(path: SeasonPath, body: RecommendationRequest) -> SeasonAnswer:
    """Takes what `POST /api/v1/recommendations` takes, and answers the same, with titles that began to air in
    the season only, also those that nobody has rated yet. Later parts of franchises are among them unless
    `franchise` is set; the season takes the place of `filters.seasons`. Nothing is saved."""
    return _ranked(path.to_season(), path, body)


@blueprint.post(
    "/<string:when>",
    operation_id="recommendNearSeason",
    summary="Rank the titles of the current or next season for a list",
    security=OWN_PROFILE,
    responses={200: SeasonAnswer, 400: Problem, 404: Problem, 409: Problem, 413: Problem},
)
def post_near_season(path: NearSeasonPath, body: RecommendationRequest) -> SeasonAnswer:
    """The same for the season of today, or the one after it."""
    return _ranked(path.of(_current()), path, body)


def _current() -> Season:
    return Season.of(datetime.now(UTC).date())


def _page(season: Season, query: SeasonQuery) -> SeasonPage:
    page = services().catalog.season(season, query.to_filters(), query.page, query.limit)
    return SeasonPage.of(season, page)


def _ranked(season: Season, path: BaseModel, body: RecommendationRequest) -> SeasonAnswer:
    user_id, options = own_profile(body.profile_id), body.in_season(season)
    found = services().recommendations.for_list(body.to_list(), options, user_id=user_id)
    return SeasonAnswer.of(found, signature(found, user_id, path, body), season=SeasonItem.of(season))
