"""What there is to choose from: for menus, and to say what stands behind an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag
from numpy.typing import NDArray

from api.context import context, latest_model
from api.errors import Problem
from api.schemas.catalog import CatalogAnswer, CatalogQuery
from recommender.pipeline.filters import Filters

blueprint = APIBlueprint(
    "catalog", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="anime")], abp_responses={422: Problem}
)


@blueprint.get("/catalog", summary="What there is to choose from", responses={200: CatalogAnswer})
def get_catalog(query: CatalogQuery) -> Response:
    """Genres, types and years of the titles; how many people and ratings the model has learned from;
    what the settings allow."""
    current = latest_model()
    snapshot, catalog = current.snapshot, current.snapshot.catalog
    allowed = Filters(nsfw=query.nsfw).allowed(catalog)
    years = catalog.years[allowed & (catalog.years > 0)]
    return jsonify(
        model_version=current.name,
        titles=int(allowed.sum()),
        people=snapshot.ratings.n_users,
        ratings=int(snapshot.popularity.raters.sum()),
        generated=snapshot.generated_people,
        genres=_counts(catalog.of_genres(), allowed),
        types=_counts(catalog.of_types(), allowed),
        year_from=int(years.min()) if len(years) else None,
        year_to=int(years.max()) if len(years) else None,
        max_list_titles=context().max_list_titles,
        covers=context().remote_covers,
    )


def _counts(masks: Mapping[str, NDArray[np.bool_]], allowed: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """See schemas.catalog.NamedCount; most titles first, without what no title has."""
    counts = [{"name": name, "titles": int((mask & allowed).sum())} for name, mask in masks.items()]
    found = [count for count in counts if count["titles"]]
    return sorted(found, key=lambda count: (-count["titles"], count["name"]))
