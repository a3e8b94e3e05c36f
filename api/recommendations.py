"""`POST /api/v1/recommendations`: a list in, recommendations out, nothing stored."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import live
from api.errors import Problem
from api.lists import resolve_list
from api.recommending import items_of, recommend, recommendation_id
from api.schemas import RecommendationAnswer, RecommendationRequest

blueprint = APIBlueprint(
    "recommendations", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="recommendations")]
)


@blueprint.post(
    "/recommendations",
    summary="Recommend for a list, without storing it",
    responses={200: RecommendationAnswer, 400: Problem, 404: Problem, 413: Problem, 422: Problem},
)
def post_recommendations(body: RecommendationRequest) -> Response:
    """Titles by id or by name, rated or not. Every title is scored, then those that the filters allow are
    ranked: n items come back whenever n allowed titles exist."""
    current = live()
    given = resolve_list(body.ratings, current.snapshot)
    given.require_a_title()
    filters = body.filters.to_filters()
    answer = recommend(
        current.snapshot,
        body.algorithm,
        given.entries,
        body.n,
        filters=filters,
        exclude_ids=body.exclude_ids,
        wishes=body.to_wishes(),
    )
    catalog = current.snapshot.catalog
    return jsonify(
        recommendation_id=recommendation_id(current.name, body.model_dump_json()),
        algorithm=body.algorithm,
        model_version=current.name,
        items=items_of(current.snapshot, answer, explained=body.explain, nsfw=filters.nsfw),
        resolved=[
            {"query": asked, "anime_id": catalog[row].anime_id, "name": catalog[row].name}
            for asked, row in given.found
        ],
        unresolved=list(given.unresolved),
        filtered=answer.filtered,
    )
