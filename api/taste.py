"""`POST /api/v1/taste`: a summary of a list, nothing saved."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.taste import TasteAnswer, TasteRequest
from api.security import OWN_PROFILE, is_trusted, own_profile

blueprint = APIBlueprint("taste", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="taste")])


@blueprint.post(
    "/taste",
    operation_id="describeTaste",
    summary="Summarize a list, without saving it",
    security=OWN_PROFILE,
    responses={200: TasteAnswer, 400: Problem, 404: Problem, 413: Problem, 422: Problem},
)
def post_taste(body: TasteRequest) -> TasteAnswer:
    """Compares a list with everybody's: its genres, decades and types with what people watch, its ratings
    with how people rate the same titles, and how similar the most similar people are. Means count only titles
    with a rating. Where API keys are configured and none is sent, similarities are rounded, the ten most
    similar people count as equally similar, and `in_common` is null."""
    found = services().taste.summarize(
        body.to_list(), nsfw=body.nsfw, user_id=own_profile(body.profile_id), exact=is_trusted()
    )
    return TasteAnswer.of(found)
