"""Events: what people do with titles, taken in and undone."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.keys import Scope
from api.metrics import EVENTS
from api.requests import asks_for_privacy
from api.schemas.events import ActorQuery, EventPath, EventsAnswer, EventsRequest, SessionPath
from api.security import KEY_OR_NONE, OWN_PROFILE, own_profile, require_scope
from serving.events import Recorded, Refused

PRIVATE = "this browser asks not to be followed (Sec-GPC: 1)"

blueprint = APIBlueprint(
    "events", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="events")], abp_responses={422: Problem}
)


@blueprint.post(
    "/events",
    operation_id="sendEvents",
    summary="Send what somebody did",
    security=[*KEY_OR_NONE, *OWN_PROFILE[1:]],
    responses={202: EventsAnswer, 400: Problem, 401: Problem, 403: Problem, 413: Problem, 503: Problem},
)
def post_events(body: EventsRequest) -> tuple[EventsAnswer, int]:
    """Clicks, views, likes, dismissals and impressions, at most 100 at once, in any order. The next answer
    for the same `session_id` (in `POST /api/v1/recommendations`) or user leans toward them; what was
    clicked counts for less and less as newer things happen.

    Accepted means stored: nothing that was accepted is lost. The same events may be sent again, as after a
    lost answer: each counts once. Of a browser that sends `Sec-GPC: 1` nothing is kept."""
    if asks_for_privacy():
        refused = tuple(Refused(event.event_id, PRIVATE) for event in body.events)
        return EventsAnswer.of(Recorded(0, 0, refused)), 202
    _require_access({event.user_id for event in body.events})
    recorded = services().events.record([event.to_event() for event in body.events])
    for outcome, count in (
        ("accepted", recorded.accepted),
        ("known", recorded.known),
        ("refused", len(recorded.refused)),
    ):
        EVENTS.labels(outcome).inc(count)
    return EventsAnswer.of(recorded), 202


@blueprint.delete(
    "/events/<uuid:event_id>",
    operation_id="undoEvent",
    summary="Undo an event",
    security=[*KEY_OR_NONE, *OWN_PROFILE[1:]],
    responses={204: None, 400: Problem, 401: Problem, 403: Problem, 404: Problem, 503: Problem},
)
def delete_event(path: EventPath, query: ActorQuery) -> tuple[str, int]:
    """From now on it is as if the event had never come, even if it is sent again. Say whose it is, as it was
    sent: a server that has its events in Kafka finds it only so."""
    _require_access({query.user_id})
    services().events.undo_event(path.event_id, query.to_actors())
    return "", 204


@blueprint.delete(
    "/sessions/<uuid:session_id>",
    operation_id="deleteSession",
    summary="Delete a session",
    responses={204: None, 404: Problem, 503: Problem},
)
def delete_session(path: SessionPath) -> tuple[str, int]:
    """Deletes all events of the session. Those that still come for it are refused: go on with a new id."""
    services().events.undo_session(path.session_id)
    return "", 204


def _require_access(user_ids: set[int | None]) -> None:
    """Events of a profile need its token, those of other users a key with the scope `write`, where keys are
    configured."""
    for user_id in user_ids:
        if user_id is not None and own_profile(user_id) is None:
            require_scope(Scope.WRITE, user_id)
