"""What most people like."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.anime import PopularPage, PopularQuery

blueprint = APIBlueprint(
    "popular", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="popular")], abp_responses={422: Problem}
)


@blueprint.get("/popular", summary="Popular titles", responses={200: PopularPage})
def get_popular(query: PopularQuery) -> PopularPage:
    """By how many people liked it, or by a mean rating that few ratings cannot carry to the top."""
    return PopularPage.of(services().catalog.popular(query.sort, query.to_filters(), query.page, query.limit))
