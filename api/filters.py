"""The filters that a request can have."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.schemas.filters import Filter, FiltersAnswer
from recommender.pipeline.filters import FILTERS

blueprint = APIBlueprint("filters", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="anime")])


@blueprint.get(
    "/filters", operation_id="listFilters", summary="List the filters", responses={200: FiltersAnswer}
)
def get_filters() -> FiltersAnswer:
    """Every condition that titles can be filtered by, with all that a frontend needs to ask for it: a label,
    the kind of control, the choices in this catalog, and the bounds of numbers."""
    catalog = services().live.latest_model().snapshot.catalog
    return FiltersAnswer(items=[Filter.of(name, spec, catalog) for name, spec in FILTERS.items()])
