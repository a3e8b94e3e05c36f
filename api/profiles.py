"""Stored people without an account: a list belongs to whoever holds its token."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import context, latest_model
from api.errors import Problem
from api.keys import profile_token
from api.lists import list_to_save, save_in_place
from api.metrics import INSERTS
from api.schemas.profiles import NewProfile, Profile, ProfilePath
from api.schemas.users import SavedAnswer, SavedRatings
from api.security import require_token
from domain.ratings import UNRATED
from serving.people import add_profile, erase, require_list

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
def post_profile(body: SavedRatings) -> tuple[Response, int, dict[str, str]]:
    """The answer has the id of the list, and the token that opens it. Titles that are not known are named; a
    list of which no title is known is refused. A title that comes without a rating is liked, and saved as 10.
    Whoever is stored is a possible neighbor at once."""
    ratings, unresolved = list_to_save(body)
    with INSERTS.time():
        user_id = add_profile(context().services, ratings)
    token = profile_token(context().secret_key, user_id)
    saved = jsonify(user_id=user_id, saved=len(ratings), unresolved=unresolved, token=token)
    return saved, 201, {"Location": f"{blueprint.url_prefix}/{user_id}"}


@blueprint.get(
    "/<int:user_id>", summary="The saved list", security=_TOKEN, responses={200: Profile, 401: Problem}
)
def get_profile(path: ProfilePath) -> Response:
    """By id."""
    stored = require_list(context().services, path.user_id)
    catalog = latest_model().snapshot.catalog
    rows = catalog.vocabulary.rows(stored.anime_ids).tolist()
    entries = list(zip(stored.anime_ids.tolist(), rows, stored.ratings.tolist(), strict=True))
    return jsonify(
        user_id=path.user_id,
        ratings=[
            {"anime_id": anime_id, "name": catalog[row].name if row >= 0 else None, "rating": rating}
            for anime_id, row, rating in entries
            if rating != UNRATED
        ],
        watched_ids=[anime_id for anime_id, _, rating in entries if rating == UNRATED],
    )


@blueprint.put(
    "/<int:user_id>",
    summary="Save a list in the place of the one before",
    security=_TOKEN,
    responses={200: SavedAnswer, 400: Problem, 401: Problem, 413: Problem},
)
def put_profile(path: ProfilePath, body: SavedRatings) -> Response:
    """As POST. A list of which no title is known changes nothing; an erased profile does not come back. What
    GET answered can be sent back whole: titles whose name is null there stay too."""
    return save_in_place(path.user_id, body)


@blueprint.delete(
    "/<int:user_id>", summary="Erase the list", security=_TOKEN, responses={204: None, 401: Problem}
)
def delete_profile(path: ProfilePath) -> tuple[str, int]:
    """No worker answers by it from now on; the models on disk are without it from the next build."""
    erase(context().services, path.user_id)
    return "", 204
