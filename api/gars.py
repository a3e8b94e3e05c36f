"""The routes of the recommendation server whose clients know no others: mounted where GARS_ROUTES says so.

They name people by a number that anybody may send. What is done there is therefore kept in a session of its
own for each number, apart from what a saved user does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from flask import Response, jsonify
from flask_cors import CORS
from flask_openapi3 import APIBlueprint

from api.context import secret_key, services
from api.keys import gars_session
from api.limits import saves
from api.recommendations import signature
from api.requests import asks_for_privacy
from api.schemas.gars import GarsAction, GarsPath, GarsQuery, GarsTitleQuery, item_of, row_of
from api.security import is_trusted
from domain.events import Event, EventKind
from domain.ranges import is_profile
from recommender.models.registry import DEFAULT_SIMILAR_ALGORITHM
from recommender.pipeline.filters import Filters
from serving.errors import UnknownTitleError, UnknownUserError
from serving.lists import SubmittedList
from serving.recommendations import Recommendations, RecommendOptions

SIMILAR = 20  # titles

gars = APIBlueprint("gars", __name__, url_prefix="/gars", doc_ui=False)
CORS(gars, origins="*", send_wildcard=True)


@gars.get("/")
def get_recommendations(query: GarsQuery) -> Response:
    """For a saved user, where the caller may read lists; for anybody else by what they did here."""
    user_id = query.user_id
    session_id = None if user_id is None else gars_session(secret_key(), user_id)
    options = RecommendOptions(session_id=session_id, in_experiments=not asks_for_privacy())
    found = _of_saved_user(user_id, options)
    if found is None:
        found, user_id = services().recommendations.for_list(SubmittedList(), options), None
    services().experiments.expose(found.trial, signature(found, user_id, query))
    catalog, sides = found.context.catalog, found.trial.variants_by_side
    rows = found.page.ranking.anime_rows.tolist()
    return jsonify([item_of(catalog, row, ab_recall=sides["recall"], ab_rank=sides["rank"]) for row in rows])


@gars.get("/sim")
def get_similar(query: GarsTitleQuery) -> Response:
    """Titles like one."""
    try:
        found = services().recommendations.similar_titles(
            query.anime_id or 0, DEFAULT_SIMILAR_ALGORITHM, SIMILAR, Filters()
        )
    except UnknownTitleError:
        return Response("bad anime id", 400, mimetype="text/plain")
    rows = found.page.ranking.anime_rows.tolist()
    return jsonify([item_of(found.context.catalog, row) for row in rows])


@gars.get("/anime/<string:anime_id>")
def get_title(path: GarsPath) -> Response:
    """One title, or null."""
    try:
        title = services().catalog.title(path.anime_id or 0)
    except UnknownTitleError:
        return jsonify(None)
    return jsonify(row_of(title.snapshot.catalog, title.row))


@gars.post("/clicks")
@saves
def post_click(body: GarsAction) -> Response:
    """A title was clicked."""
    return _record(EventKind.CLICK, body)


@gars.post("/views")
@saves
def post_view(body: GarsAction) -> Response:
    """The page of a title was looked at."""
    return _record(EventKind.VIEW, body)


def _of_saved_user(user_id: int | None, options: RecommendOptions) -> Recommendations | None:
    """By the saved list; None for whoever has none, or none that the caller may read."""
    if user_id is None or is_profile(user_id) or not is_trusted():
        return None
    try:
        return services().recommendations.for_user(user_id, options)
    except UnknownUserError:
        return None


def _record(kind: EventKind, action: GarsAction) -> Response:
    """Keep what somebody did with a title of the newest page they got here; `ok`, even if it cannot count."""
    if action.user_id is not None and action.anime_id is not None and not asks_for_privacy():
        session_id = gars_session(secret_key(), action.user_id)
        experiments = services().experiments
        event = Event(
            event_id=uuid4(),
            kind=kind,
            anime_id=action.anime_id,
            happened_at=datetime.now(UTC).replace(tzinfo=None),
            session_id=session_id,
            recommendation_id=experiments.newest_page(session_id) if experiments.experiments else None,
        )
        services().events.record([event])
    return Response("ok", mimetype="text/plain")
