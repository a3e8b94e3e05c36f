"""The surface that existing frontends call; its shapes are fixed."""

from __future__ import annotations

from urllib.parse import quote

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import COMPATIBLE, Problem
from api.schemas.compatible import CompatibleItems, CompatibleRequest, SuggestionQuery, Suggestions

MAX_HEADER = 4_000  # characters; servers in between refuse longer headers

blueprint = APIBlueprint(COMPATIBLE, __name__, abp_tags=[Tag(name="compatible")])


@blueprint.post(
    "/users/recommendations",
    summary="Recommend to a person, known or new",
    responses={200: CompatibleItems, 400: Problem, 404: Problem, 413: Problem, 503: Problem},
)
def post_recommendations(body: CompatibleRequest) -> tuple[CompatibleItems, dict[str, str]]:
    """A new person's list is saved, and the person is findable as a neighbor at once. For a known
    person the saved list counts together with the one sent; what is saved does not change. Profiles are
    refused."""
    found = services().recommendations.for_user_with_list(body.user_id, body.to_list(), body.to_options())
    unresolved = found.submitted.unresolved_names if found.submitted else ()
    headers = {"X-Unresolved-Titles": _header(unresolved)} if unresolved else {}
    return CompatibleItems.of(found), headers


@blueprint.get(
    "/api/anime-suggestions",
    summary="Complete a title while it is typed",
    responses={200: Suggestions, 400: Problem},
)
def get_suggestions(query: SuggestionQuery) -> Suggestions:
    """Main titles, best first; English, Japanese and short names are understood too."""
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
