"""Events: what people did with titles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from api.schemas.fields import AnimeId, UserId
from domain.events import MAX_EVENTS, MAX_POSITION, Actor, Event, EventKind
from domain.ranges import MAX_USER_ID
from serving.events import Recorded

# neither session_id nor user_id, or both, as JSON Schema for use under `not`: of a `oneOf`, client generators
# would make classes
_NOT_ONE_ACTOR: JsonDict = {
    "anyOf": [
        {"properties": {"session_id": {"type": "null"}, "user_id": {"type": "null"}}},
        {
            "required": ["session_id", "user_id"],
            "properties": {"session_id": {"type": "string"}, "user_id": {"type": "integer"}},
        },
    ]
}


class SubmittedEvent(BaseModel):
    """Something that somebody did with a title, in a session or as a saved user."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"not": _NOT_ONE_ACTOR})

    event_id: UUID = Field(description="random, made by the client: an event that comes again counts once")
    kind: EventKind = Field(
        description="`view`: saw the page of a title; `click`: chose it on a page; `like`: wants more like "
        "it; `dismiss`: is not interested; `impression`: had it on the screen"
    )
    anime_id: AnimeId
    happened_at: AwareDatetime = Field(description="with its offset, by the client's clock")
    session_id: UUID | None = Field(default=None, description="random, made by the client")
    user_id: UserId | None = Field(
        default=None, description="of a saved user, with a key, or of a profile, with its token"
    )
    recommendation_id: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="of the page that the title was on"
    )
    position: Annotated[int, Field(ge=1, le=MAX_POSITION)] | None = Field(
        default=None, description="its place there, from 1"
    )

    @model_validator(mode="after")
    def _belongs_to_one(self) -> Self:
        if (self.session_id is None) == (self.user_id is None):
            raise ValueError("give session_id or user_id, and not both")
        return self

    def to_event(self) -> Event:
        return Event(
            event_id=self.event_id,
            kind=self.kind,
            anime_id=self.anime_id,
            happened_at=_utc(self.happened_at),
            session_id=self.session_id,
            user_id=self.user_id,
            recommendation_id=self.recommendation_id,
            position=self.position,
        )


class EventsRequest(BaseModel):
    """Events, in any order."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "events": [
                        {
                            "event_id": "4b1c9a4e-3c87-4d4e-9d1d-0f6f4f1b7a11",
                            "kind": "click",
                            "anime_id": 9253,
                            "happened_at": "2026-11-27T20:15:03Z",
                            "session_id": "9f2a6c1e-8a53-4c5b-a0a4-51f0a4a3b7d2",
                            "recommendation_id": "5621868f55201c107a1a86f751c2428e",
                            "position": 3,
                        }
                    ]
                }
            ]
        },
    )

    events: list[SubmittedEvent] = Field(min_length=1, max_length=MAX_EVENTS)


class RefusedEvent(BaseModel):
    """An event that was not taken in; sending it again would not help."""

    event_id: UUID
    reason: str


class EventsAnswer(BaseModel):
    """The outcome for each event. Those accepted are stored for good, or until they are undone or old."""

    accepted: int = Field(description="how many are new")
    known: int = Field(description="how many had come before")
    refused: list[RefusedEvent]

    @classmethod
    def of(cls, recorded: Recorded) -> Self:
        refused = [RefusedEvent(event_id=one.event_id, reason=one.reason) for one in recorded.refused]
        return cls(accepted=recorded.accepted, known=recorded.known, refused=refused)


class EventPath(BaseModel):
    event_id: UUID = Field(description="the id that the client gave the event")


class ActorQuery(BaseModel):
    """Whose event it is; some servers find it only so."""

    model_config = ConfigDict(extra="forbid")

    session_id: UUID | None = Field(default=None, description="that the event was sent with")
    user_id: Annotated[int, Field(ge=0, le=MAX_USER_ID)] | None = Field(
        default=None, description="that the event was sent with"
    )

    def to_actors(self) -> list[Actor]:
        """One for each of the two."""
        of_session = [Actor(session_id=self.session_id)] if self.session_id is not None else []
        of_user = [Actor(user_id=self.user_id)] if self.user_id is not None else []
        return of_session + of_user


class SessionPath(BaseModel):
    session_id: UUID = Field(description="the id that the client gave the session")


def _utc(time: datetime) -> datetime:
    """Naive; the first or the last moment of the calendar for what is beyond it."""
    try:
        return time.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if time.year == 1 else datetime.max
