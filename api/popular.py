"""What most people like."""

from __future__ import annotations

import numpy as np
from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import latest_model
from api.errors import Problem
from api.schemas.anime import PopularPage, PopularQuery
from api.serialize import page_of, popular_item

blueprint = APIBlueprint(
    "popular", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="popular")], abp_responses={422: Problem}
)


@blueprint.get("/popular", summary="Popular titles", responses={200: PopularPage})
def get_popular(query: PopularQuery) -> Response:
    """By how many people liked it, or by a mean rating that few ratings cannot carry to the top."""
    snapshot = latest_model().snapshot
    popularity = snapshot.popularity
    keys = popularity.prior if query.sort == "likes" else popularity.mean_ratings
    order = np.argsort(-keys, kind="stable")
    rows = order[query.to_filters().allowed(snapshot.catalog)[order]].tolist()
    chosen, pagination = page_of(rows, query.page, query.limit)
    return jsonify(data=[popular_item(snapshot, row) for row in chosen], pagination=pagination)
