"""Saved users: recommendations, similar users, saving and erasing. Their lists are never shown."""

from __future__ import annotations

from dataclasses import replace

from flask_openapi3 import APIBlueprint, Tag

from api.context import secret_key, services, settings
from api.errors import Problem
from api.keys import Scope, gars_session
from api.limits import saves
from api.recommendations import answer
from api.requests import asks_for_privacy
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
    operation_id="recommendForUser",
    summary="Recommend to a saved user",
    responses={200: RecommendationAnswer, 400: Problem, 409: Problem},
)
def get_recommendations(path: UserPath, query: UserRecommendationQuery) -> RecommendationAnswer:
    """Recommendations from the list saved under this id. The options of `POST /api/v1/recommendations` are
    query parameters here; lists are repeated or separated by commas."""
    options = replace(query.to_options(), in_experiments=not asks_for_privacy())
    found = services().recommendations.for_user(path.user_id, options)
    return answer(found, path.user_id, query)


@blueprint.get(
    "/<int:user_id>/similar",
    operation_id="getSimilarUsers",
    summary="Find similar users",
    responses={200: SimilarUsersAnswer},
)
def get_similar(path: UserPath, query: SimilarUsersQuery) -> SimilarUsersAnswer:
    """The users whose likes are most similar, most similar first: their ids, the cosine similarity (0-1), and
    how many liked titles both share, but never which."""
    return SimilarUsersAnswer.of(path.user_id, services().users.similar(path.user_id, query.limit))


@blueprint.put(
    "/<int:user_id>/ratings",
    operation_id="replaceRatings",
    summary="Save or replace a user's list",
    responses={200: SavedAnswer, 400: Problem, 413: Problem},
)
@saves
def put_ratings(path: UserPath, body: SavedRatings) -> SavedAnswer:
    """Replaces the whole list saved under this id, or adds a new user; a profile can be replaced, but not
    created, here. Titles that cannot be found are named in `unresolved`; those of them that have an id are
    kept, and count once the catalog has them. A list of unknown names only is refused. Needs an API key with
    the scope `write` if keys are configured."""
    require_scope(Scope.WRITE)
    return SavedAnswer.of(services().users.replace_list(path.user_id, body.to_list()))


@blueprint.delete("/<int:user_id>", operation_id="eraseUser", summary="Erase a user", responses={204: None})
@saves
def delete_user(path: UserPath) -> tuple[str, int]:
    """Deletes the user's list for good. From now on no answer depends on it; models on disk drop it with the
    next build. Needs an API key with the scope `write` if keys are configured."""
    require_scope(Scope.WRITE)
    if settings().gars_routes:  # first: whoever tries again after an error still has somebody to erase
        services().events.undo_session(gars_session(secret_key(), path.user_id))
    services().users.erase(path.user_id)
    return "", 204
