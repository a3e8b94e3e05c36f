"""`GET /api/v1/popular`: the titles that most people like."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.anime import PopularPage, PopularQuery

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
