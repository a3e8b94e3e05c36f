"""What there is to choose from: for menus, and to say what stands behind an answer."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.catalog import CatalogAnswer, CatalogQuery

blueprint = APIBlueprint(
    "catalog", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="anime")], abp_responses={422: Problem}
)


@blueprint.get("/catalog", summary="What there is to choose from", responses={200: CatalogAnswer})
def get_catalog(query: CatalogQuery) -> CatalogAnswer:
    """Genres, types and years of the titles; how many people and ratings the model has learned from;
    what the settings allow."""
    return CatalogAnswer.of(services().catalog.summary(nsfw=query.nsfw))
