"""`GET /api/v1/popular` and `/trending`: the titles that most people like, and those they look at now."""

from __future__ import annotations

from datetime import timedelta

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.anime import PopularPage, PopularQuery, TrendingAnswer, TrendingItem, TrendingQuery

WINDOWS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}

blueprint = APIBlueprint(
    "popular", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="popular")], abp_responses={422: Problem}
)


@blueprint.get(
    "/popular", operation_id="getPopular", summary="List popular titles", responses={200: PopularPage}
)
def get_popular(query: PopularQuery) -> PopularPage:
    """Sorted by how many people liked a title, or by its mean rating, which is adjusted so that a handful of
    ratings cannot put a title on top. Takes the same filters as a search."""
    return PopularPage.of(services().catalog.popular(query.sort, query.to_filters(), query.page, query.limit))


@blueprint.get(
    "/trending", operation_id="getTrending", summary="List trending titles", responses={200: TrendingAnswer}
)
def get_trending(query: TrendingQuery) -> TrendingAnswer:
    """The titles that most people clicked, viewed or liked within an hour, a day or a week, most people
    first; those of very few people are not among them. Takes the same filters as a search."""
    counted = services().events.trending(WINDOWS[query.window], services().live.latest_model().floor.people)
    titles = services().catalog.known(counted, query.to_filters())
    ordered = sorted(titles, key=lambda title: (-counted[title.anime_id], title.anime_id))[: query.limit]
    items = [TrendingItem.of(title, people=counted[title.anime_id]) for title in ordered]
    return TrendingAnswer(window=query.window, items=items)
