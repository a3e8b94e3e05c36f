"""What a stored person gets: recommendations, and who is like them. Their lists are never shown."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import context, live
from api.errors import Problem
from api.recommending import items_of, recommend, recommendation_id
from api.schemas import (
    RecommendationAnswer,
    SimilarUsersAnswer,
    SimilarUsersQuery,
    UserPath,
    UserRecommendationQuery,
)
from api.security import require_api_key
from recommender.query import Query
from serving.people import require_entries

blueprint = APIBlueprint(
    "users",
    __name__,
    url_prefix="/api/v1/users",
    abp_tags=[Tag(name="users")],
    abp_security=[{"api_key": []}],
    abp_responses={401: Problem, 404: Problem, 422: Problem, 503: Problem},
)
blueprint.before_request(require_api_key)


@blueprint.get(
    "/<int:user_id>/recommendations",
    summary="Recommend to a stored person",
    responses={200: RecommendationAnswer},
)
def get_recommendations(path: UserPath, query: UserRecommendationQuery) -> Response:
    """The same knobs as POST /recommendations, as query parameters."""
    current = live()
    entries = require_entries(context().services, path.user_id, current.snapshot)
    filters = query.to_filters()
    answer = recommend(
        current.snapshot,
        query.algorithm,
        entries,
        query.n,
        filters=filters,
        exclude_ids=query.exclude_ids,
        wishes=query.to_wishes(),
        user_id=path.user_id,
    )
    return jsonify(
        recommendation_id=recommendation_id(current.name, path.user_id, query.model_dump_json()),
        algorithm=query.algorithm,
        model_version=current.name,
        items=items_of(current.snapshot, answer, explained=query.explain, nsfw=filters.nsfw),
        resolved=[],
        unresolved=[],
        filtered=answer.filtered,
    )


@blueprint.get(
    "/<int:user_id>/similar",
    summary="The people with the most similar taste",
    responses={200: SimilarUsersAnswer},
)
def get_similar(path: UserPath, query: SimilarUsersQuery) -> Response:
    """Ids, cosine similarity, and how many liked titles are shared; never which."""
    current = live()
    entries = require_entries(context().services, path.user_id, current.snapshot)
    asked = Query.of(entries, user_id=path.user_id)
    found = current.snapshot.user_user.neighbours(asked, query.n)
    people = zip(found.user_ids.tolist(), found.similarities.tolist(), found.in_common.tolist(), strict=True)
    return jsonify(
        user_id=path.user_id,
        model_version=current.name,
        items=[
            {"user_id": user_id, "similarity": round(similarity, 4), "in_common": in_common}
            for user_id, similarity, in_common in people
        ],
    )
