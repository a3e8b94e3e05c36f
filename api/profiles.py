"""Profiles: saved lists without an account, each opened by a token."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import secret_key, services
from api.errors import Problem
from api.keys import profile_token
from api.limits import saves
from api.schemas.profiles import NewProfile, Profile, ProfileExport, ProfilePath, StoredEvent, StoredExposure
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
    operation_id="createProfile",
    summary="Create a profile",
    responses={201: NewProfile, 400: Problem, 413: Problem},
)
@saves
def post_profile(body: SavedRatings) -> tuple[NewProfile, int, dict[str, str]]:
    """Saves a list under a new id, without an account. The answer has the id, and the token that opens the
    profile: keep both. The list counts at once towards what other people are recommended.

    Titles that cannot be found are named in `unresolved`; those of them that have an id are kept, and count
    once the catalog has them. A list of unknown names only is refused. A title without a rating counts as
    liked, and is saved with 10."""
    saved = services().users.add_profile(body.to_list())
    token = profile_token(secret_key(), saved.user_id)
    location = {"Location": f"{blueprint.url_prefix}/{saved.user_id}"}
    return NewProfile.of(saved, token=token), 201, location


@blueprint.get(
    "/<int:user_id>",
    operation_id="getProfile",
    summary="Get a profile's list",
    security=_TOKEN,
    responses={200: Profile, 401: Problem},
)
def get_profile(path: ProfilePath) -> Profile:
    """The whole saved list: titles with a rating, and ids of titles that were only watched or are planned."""
    return Profile.of(path.user_id, services().users.saved_list(path.user_id))


@blueprint.get(
    "/<int:user_id>/export",
    operation_id="exportProfile",
    summary="Download everything stored of a profile",
    security=_TOKEN,
    responses={200: ProfileExport, 401: Problem},
)
def get_export(path: ProfilePath) -> tuple[ProfileExport, dict[str, str]]:
    """The whole saved list as a file, what was done as this profile (clicks and the like), the pages that it
    got in experiments, and whether the current model was built with it. Nothing else is stored of a profile:
    no name, no address."""
    users = services().users
    saved = users.saved_list(path.user_id)
    events = [StoredEvent(**event._asdict()) for event in services().events.stored(path.user_id)]
    learned_by = users.learned_by(path.user_id)
    exposures = [StoredExposure(**one._asdict()) for one in services().experiments.stored(path.user_id)]
    export = ProfileExport.of(
        path.user_id, saved, learned_by=learned_by, events=events, experiments=exposures
    )
    name = f"anime-profile-{path.user_id}.json"
    return export, {"Content-Disposition": f'attachment; filename="{name}"'}


@blueprint.put(
    "/<int:user_id>",
    operation_id="replaceProfile",
    summary="Replace a profile's list",
    security=_TOKEN,
    responses={200: SavedAnswer, 400: Problem, 401: Problem, 413: Problem},
)
@saves
def put_profile(path: ProfilePath, body: SavedRatings) -> SavedAnswer:
    """Replaces the whole list. What GET answered can be edited and sent back, including titles whose name is
    null there. A list of unknown names only changes nothing, and an erased profile cannot be revived."""
    return SavedAnswer.of(services().users.replace_list(path.user_id, body.to_list()))


@blueprint.delete(
    "/<int:user_id>",
    operation_id="eraseProfile",
    summary="Erase a profile",
    security=_TOKEN,
    responses={204: None, 401: Problem},
)
@saves
def delete_profile(path: ProfilePath) -> tuple[str, int]:
    """Deletes the list for good. From now on no answer depends on it; models on disk drop it with the next
    build."""
    services().users.erase(path.user_id)
    return "", 204
