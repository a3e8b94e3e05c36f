"""What is stored of a person: saved, erased, recommended by, compared. Lists are never shown."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.keys import Scope
from api.recommendations import answer
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
    summary="Recommend to a stored person",
    responses={200: RecommendationAnswer, 400: Problem},
)
def get_recommendations(path: UserPath, query: UserRecommendationQuery) -> RecommendationAnswer:
    """The same knobs as POST /recommendations, as query parameters."""
    found = services().recommendations.for_user(path.user_id, query.to_options())
    return answer(found, path.user_id, query)


@blueprint.get(
    "/<int:user_id>/similar",
    summary="The people with the most similar taste",
    responses={200: SimilarUsersAnswer},
)
def get_similar(path: UserPath, query: SimilarUsersQuery) -> SimilarUsersAnswer:
    """Ids, cosine similarity, and how many liked titles are shared; never which."""
    return SimilarUsersAnswer.of(path.user_id, services().users.similar(path.user_id, query.n))


@blueprint.put(
    "/<int:user_id>/ratings",
    summary="Save a list in the place of whatever this person has",
    responses={200: SavedAnswer, 400: Problem, 413: Problem},
)
def put_ratings(path: UserPath, body: SavedRatings) -> SavedAnswer:
    """Whoever is not known yet is added, but no profile. Titles that are not known are named in the answer; a
    list of which no title is known is refused. Needs a key of the scope write."""
    require_scope(Scope.WRITE)
    return SavedAnswer.of(services().users.replace_list(path.user_id, body.to_list()))


@blueprint.delete("/<int:user_id>", summary="Erase a person", responses={204: None})
def delete_user(path: UserPath) -> tuple[str, int]:
    """Their list is deleted, and no worker answers by it from now on; the models on disk are without it from
    the next build. Needs a key of the scope write."""
    require_scope(Scope.WRITE)
    services().users.erase(path.user_id)
    return "", 204
