"""`GET /api/v1/catalog`: counts and choices, for menus and for captions."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.catalog import CatalogAnswer, CatalogQuery

blueprint = APIBlueprint(
    "catalog", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="anime")], abp_responses={422: Problem}
)


@blueprint.get(
    "/catalog", operation_id="getCatalog", summary="Summarize the catalog", responses={200: CatalogAnswer}
)
def get_catalog(query: CatalogQuery) -> CatalogAnswer:
    """The genres, types and years that titles can be filtered by, how many people and ratings the current
    model has learned from, the limits of this server, and where the catalog comes from. Useful for building
    menus."""
    return CatalogAnswer.of(services().catalog.summary(nsfw=query.nsfw), services().sources.imported())
