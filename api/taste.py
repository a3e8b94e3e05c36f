"""`POST /api/v1/taste`: what a list says of a person, nothing stored."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.taste import TasteAnswer, TasteRequest
from api.security import OWN_PROFILE, own_profile

blueprint = APIBlueprint("taste", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="taste")])


@blueprint.post(
    "/taste",
    summary="What a list says of a person, without storing it",
    security=OWN_PROFILE,
    responses={200: TasteAnswer, 400: Problem, 404: Problem, 413: Problem, 422: Problem},
)
def post_taste(body: TasteRequest) -> TasteAnswer:
    """Genres, decades and types of the list against what everybody watches, ratings against everybody's, and
    how near the nearest people are. Only ratings that were given count in means."""
    summary = services().taste.summarize(body.to_list(), nsfw=body.nsfw, user_id=own_profile(body.profile_id))
    return TasteAnswer.of(summary)
