"""The routes that existing frontends call; their shapes are fixed."""

from __future__ import annotations

from urllib.parse import quote

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import COMPATIBLE, Problem
from api.limits import saves
from api.schemas.compatible import CompatibleItems, CompatibleRequest, SuggestionQuery, Suggestions
from api.security import KEY_OR_NONE, may_write

MAX_HEADER = 4_000  # characters; servers in between refuse longer headers

blueprint = APIBlueprint(COMPATIBLE, __name__, abp_tags=[Tag(name="compatible")])


@blueprint.post(
    "/users/recommendations",
    operation_id="recommendCompatible",
    summary="Recommend to a known or a new user",
    security=KEY_OR_NONE,
    responses={
        200: CompatibleItems,
        400: Problem,
        401: Problem,
        403: Problem,
        404: Problem,
        409: Problem,
        413: Problem,
        503: Problem,
    },
)
@saves
def post_recommendations(body: CompatibleRequest) -> tuple[CompatibleItems, dict[str, str]]:
    """Returns a bare array of titles, best first. A new user's list is saved under `user_id`, and counts at
    once towards what other people are recommended. For a known user, the saved list and the submitted one
    count together; the saved list does not change. A new user without a list gets popular titles and is not
    saved.

    Where API keys are configured, all this needs one of the scope `write`. Without a key, the answer is for
    the submitted list alone, whoever `user_id` is, and nothing is saved.

    Names that match no title are listed in the `X-Unresolved-Titles` header, percent-encoded and separated by
    commas. The ids of profiles are refused: use `/api/v1/recommendations` for those."""
    found = services().recommendations.for_user_with_list(
        body.user_id, body.to_list(), body.to_options(), may_save=may_write()
    )
    unresolved = found.submitted.unresolved_names
    headers = {"X-Unresolved-Titles": _header(unresolved)} if unresolved else {}
    return CompatibleItems.of(found), headers


@blueprint.get(
    "/api/anime-suggestions",
    operation_id="suggestAnime",
    summary="Complete a title as it is typed",
    responses={200: Suggestions, 400: Problem},
)
def get_suggestions(query: SuggestionQuery) -> Suggestions:
    """The main names of the titles that the typed text may be the beginning of, best match first. English and
    Japanese names and common abbreviations work, too. Adult titles are never suggested."""
    return Suggestions(services().catalog.suggest(query.query, query.limit))


def _header(names: tuple[str, ...]) -> str:
    """As many names as a header may hold, percent-encoded, comma-separated."""
    header = ""
    for name in names:
        longer = f"{header},{quote(name, safe='')}" if header else quote(name, safe="")
        if len(longer) > MAX_HEADER:
            break
        header = longer
    return header
