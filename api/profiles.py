"""Stored people without an account: a list belongs to whoever holds its token."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import context, services
from api.errors import Problem
from api.keys import profile_token
from api.schemas.profiles import NewProfile, Profile, ProfilePath
from api.schemas.users import SavedAnswer, SavedRatings
from api.security import require_token

_TOKEN: list[dict[str, list[str]]] = [{"profile_token": []}]

blueprint = APIBlueprint(
    "profiles",
    __name__,
    url_prefix="/api/v1/profiles",
    abp_tags=[Tag(name="profiles")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)
blueprint.before_request(require_token)


@blueprint.post(
    "",
    summary="Save a list under a new id",
    responses={201: NewProfile, 400: Problem, 413: Problem},
)
def post_profile(body: SavedRatings) -> tuple[NewProfile, int, dict[str, str]]:
    """The answer has the id of the list, and the token that opens it. Titles that are not known are named; a
    list of which no title is known is refused. A title that comes without a rating is liked, and saved as 10.
    Whoever is stored is a possible neighbor at once."""
    saved = services().users.add_profile(body.to_list())
    token = profile_token(context().secret_key, saved.user_id)
    location = {"Location": f"{blueprint.url_prefix}/{saved.user_id}"}
    return NewProfile.created(saved, token), 201, location


@blueprint.get(
    "/<int:user_id>", summary="The saved list", security=_TOKEN, responses={200: Profile, 401: Problem}
)
def get_profile(path: ProfilePath) -> Profile:
    """By id."""
    return Profile.of(path.user_id, services().users.saved_titles(path.user_id))


@blueprint.put(
    "/<int:user_id>",
    summary="Save a list in the place of the one before",
    security=_TOKEN,
    responses={200: SavedAnswer, 400: Problem, 401: Problem, 413: Problem},
)
def put_profile(path: ProfilePath, body: SavedRatings) -> SavedAnswer:
    """As POST. A list of which no title is known changes nothing; an erased profile does not come back. What
    GET answered can be sent back whole: titles whose name is null there stay too."""
    return SavedAnswer.of(services().users.replace_list(path.user_id, body.to_list()))


@blueprint.delete(
    "/<int:user_id>", summary="Erase the list", security=_TOKEN, responses={204: None, 401: Problem}
)
def delete_profile(path: ProfilePath) -> tuple[str, int]:
    """No worker answers by it from now on; the models on disk are without it from the next build."""
    services().users.erase(path.user_id)
    return "", 204
