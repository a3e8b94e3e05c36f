"""The surface that existing frontends call; its shapes are fixed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import context, latest_model, live
from api.errors import COMPATIBLE, ApiError, Problem
from api.lists import resolve_list
from api.metrics import INSERTS
from api.recommending import Answer, recommend
from api.schemas.compatible import CompatibleItems, CompatibleRequest, SuggestionQuery, Suggestions
from api.serialize import stars
from domain.ids import is_profile
from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS
from serving.people import add_user, saved_entries

MAX_HEADER = 4_000  # characters; servers in between refuse longer headers

blueprint = APIBlueprint(COMPATIBLE, __name__, abp_tags=[Tag(name="compatible")])


@blueprint.post(
    "/users/recommendations",
    summary="Recommend to a person, known or new",
    responses={200: CompatibleItems, 400: Problem, 404: Problem, 413: Problem, 503: Problem},
)
def post_recommendations(body: CompatibleRequest) -> Response:
    """A new person's list is saved, and the person is findable as a neighbor at once. For a known
    person the saved list counts together with the one sent; what is saved does not change. Profiles are
    refused."""
    if is_profile(body.user_id):  # there or not: what is left out of an answer would tell the list
        use = "POST /api/v1/recommendations or /api/v1/profiles"
        raise ApiError(400, f"user_id {body.user_id} is of a profile: use {use}.")
    services, current = context().services, live()
    given = resolve_list(body.anime_list or [], current.snapshot)
    given.require_a_title()
    saved = saved_entries(services, body.user_id, current.snapshot)
    if saved is None and given.entries:
        catalog = current.snapshot.catalog
        with INSERTS.time():
            current = add_user(services, body.user_id, given.ratings(catalog))
        if current.snapshot.catalog is not catalog:  # a new version was published meanwhile
            given = resolve_list(body.anime_list or [], current.snapshot)
        # what was saved, should another request have been first
        saved = saved_entries(services, body.user_id, current.snapshot)
    entries = [*(saved or ()), *given.entries]
    info = ALGORITHMS[body.algorithm]
    if info.needs_list and not given.was_given:
        raise ApiError(400, f"{info.name} needs anime_list: name at least one title.")
    algorithm = info.name if entries else "popular"
    n = body.n or info.default_n
    answer = recommend(current.snapshot, algorithm, entries, n, user_id=body.user_id)
    response = jsonify(_items(current.snapshot, answer))
    if given.unresolved:
        response.headers["X-Unresolved-Titles"] = _header(given.unresolved)
    return response


@blueprint.get(
    "/api/anime-suggestions",
    summary="Complete a title while it is typed",
    responses={200: Suggestions, 400: Problem},
)
def get_suggestions(query: SuggestionQuery) -> Response:
    """Main titles, best first; English, Japanese and short names are understood too."""
    snapshot = latest_model().snapshot
    rows = snapshot.titles.suggest(query.query, query.limit, ~snapshot.catalog.nsfw)
    return jsonify([snapshot.catalog[row].name for row in rows])


def _items(snapshot: Snapshot, answer: Answer) -> list[dict[str, Any]]:
    ranking, similarities = answer.ranking, None
    if answer.algorithm == "content-based":
        similarities = snapshot.content.similarities(answer.query)
    forecast = snapshot.ranker.forecast(answer.query, ranking.anime_rows)
    columns = (ranking.anime_rows, ranking.scores, forecast.ratings)
    items = []
    for row, score, rating in zip(*(column.tolist() for column in columns), strict=True):
        title = snapshot.catalog[row]
        item = {
            "anime_id": title.anime_id,
            "anime_name": title.name,
            "genre": ", ".join(title.genres),
            "stars": stars(rating),
            "score": round(score, 4),
        }
        if similarities is not None:
            item["similarity_score"] = round(float(similarities[row]), 4)
        items.append(item)
    return items


def _header(names: tuple[str, ...]) -> str:
    """As many names as a header may hold, percent-encoded, comma-separated."""
    header = ""
    for name in names:
        longer = f"{header},{quote(name, safe='')}" if header else quote(name, safe="")
        if len(longer) > MAX_HEADER:
            break
        header = longer
    return header
