"""`POST /api/v1/recommendations`: a list in, recommendations out, nothing stored."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import live
from api.errors import Problem
from api.lists import resolve_list
from api.recommending import recommendation_answer
from api.schemas.recommendations import RecommendationAnswer, RecommendationRequest
from api.security import OWN_PROFILE, own_profile

blueprint = APIBlueprint(
    "recommendations", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="recommendations")]
)


@blueprint.post(
    "/recommendations",
    summary="Recommend for a list, without storing it",
    security=OWN_PROFILE,
    responses={200: RecommendationAnswer, 400: Problem, 404: Problem, 413: Problem, 422: Problem},
)
def post_recommendations(body: RecommendationRequest) -> Response:
    """Titles by id or by name, rated or not. Every title is scored, then those that the filters allow are
    ranked: n items come back whenever n allowed titles exist. What is in watched_ids is not recommended,
    and says a little of what somebody likes."""
    current = live()
    given = resolve_list(body.ratings, current.snapshot, body.watched_ids)
    given.require_a_title()
    filters, user_id = body.filters.to_filters(), own_profile(body.profile_id)
    return jsonify(
        recommendation_answer(current, body, filters, given.entries, given, user_id=user_id),
    )
