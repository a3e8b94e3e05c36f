"""What is stored of a person: saved, erased, recommended by, compared. Lists are never shown."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import context, live
from api.errors import Problem
from api.keys import Scope
from api.lists import save_in_place
from api.recommending import recommendation_answer
from api.schemas.recommendations import RecommendationAnswer
from api.schemas.users import (
    SavedAnswer,
    SavedRatings,
    SimilarUsersAnswer,
    SimilarUsersQuery,
    UserPath,
    UserRecommendationQuery,
)
from api.security import require_scope, requires
from recommender.data.query import Query
from serving.people import erase, require_entries

blueprint = APIBlueprint(
    "users",
    __name__,
    url_prefix="/api/v1/users",
    abp_tags=[Tag(name="users")],
    abp_security=[{"api_key": []}],
    abp_responses={401: Problem, 403: Problem, 404: Problem, 422: Problem, 503: Problem},
)
blueprint.before_request(requires(Scope.READ))


@blueprint.get(
    "/<int:user_id>/recommendations",
    summary="Recommend to a stored person",
    responses={200: RecommendationAnswer, 400: Problem},
)
def get_recommendations(path: UserPath, query: UserRecommendationQuery) -> Response:
    """The same knobs as POST /recommendations, as query parameters."""
    current = live()
    entries = require_entries(context().services, path.user_id, current.snapshot)
    return jsonify(recommendation_answer(current, query, query.to_filters(), entries, user_id=path.user_id))


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
    found = current.snapshot.user_user.neighbors(asked, query.n)
    people = zip(found.user_ids.tolist(), found.similarities.tolist(), found.in_common.tolist(), strict=True)
    return jsonify(
        user_id=path.user_id,
        model_version=current.name,
        items=[
            {"user_id": user_id, "similarity": round(similarity, 4), "in_common": in_common}
            for user_id, similarity, in_common in people
        ],
    )


@blueprint.put(
    "/<int:user_id>/ratings",
    summary="Save a list in the place of whatever this person has",
    responses={200: SavedAnswer, 400: Problem, 413: Problem},
)
def put_ratings(path: UserPath, body: SavedRatings) -> Response:
    """Whoever is not known yet is added, but no profile. Titles that are not known are named in the answer; a
    list of which no title is known is refused. Needs a key of the scope write."""
    require_scope(Scope.WRITE)
    return save_in_place(path.user_id, body)


@blueprint.delete("/<int:user_id>", summary="Erase a person", responses={204: None})
def delete_user(path: UserPath) -> tuple[str, int]:
    """Their list is deleted, and no worker answers by it from now on; the models on disk are without it from
    the next build. Needs a key of the scope write."""
    require_scope(Scope.WRITE)
    erase(context().services, path.user_id)
    return "", 204
