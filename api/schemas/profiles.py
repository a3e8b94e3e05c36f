"""Profiles: saved lists that a token opens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

from pydantic import BaseModel, Field, field_serializer

from api.schemas.fields import ProfileId, WatchedStatus, status_name
from api.schemas.users import SavedAnswer
from domain.events import EventKind
from domain.ranges import UNRATED
from serving.users import SavedList


class ProfilePath(BaseModel):
    user_id: ProfileId


class NewProfile(SavedAnswer):
    """A new profile, and the token that opens it."""

    token: str = Field(description="keep it: it is not shown again, and nothing else opens the profile")


class ProfileRating(BaseModel):
    """A title of the list with its rating."""

    anime_id: int
    name: str | None = Field(description="null for a title that the current model does not know")
    rating: int = Field(ge=1, le=10, description="10 for a title that was submitted without a rating")
    status: WatchedStatus | None = Field(description="null: not known")


class SavedStatus(BaseModel):
    """The progress with a title that was watched without an opinion."""

    anime_id: int
    status: WatchedStatus


class Profile(BaseModel):
    """A saved list; PUT takes its lists back."""

    user_id: int
    ratings: list[ProfileRating]
    watched_ids: list[int] = Field(description="titles watched without an opinion")
    statuses: list[SavedStatus] = Field(description="of titles in `watched_ids`, as far as it is known")
    planned_ids: list[int] = Field(description="titles that are not watched yet")

    @classmethod
    def of(cls, user_id: int, saved: SavedList, **more: Any) -> Self:
        """With the further members of a subclass."""
        watched = [title for title in saved.titles if title.rating == UNRATED]
        return cls(
            user_id=user_id,
            ratings=[
                ProfileRating(
                    anime_id=title.anime_id,
                    name=title.name,
                    rating=title.rating,
                    status=status_name(title.status),
                )
                for title in saved.titles
                if title.rating != UNRATED
            ],
            watched_ids=[title.anime_id for title in watched],
            statuses=[
                SavedStatus(anime_id=title.anime_id, status=name)
                for title in watched
                if (name := status_name(title.status))
            ],
            planned_ids=list(saved.planned_ids),
            **more,
        )


class StoredEvent(BaseModel):
    """Something that was done with a title."""

    kind: EventKind
    anime_id: int
    happened_at: datetime = Field(description="UTC")

    @field_serializer("happened_at")
    def _with_offset(self, happened_at: datetime) -> str:
        return happened_at.replace(tzinfo=UTC).isoformat()


class StoredExposure(BaseModel):
    """A page that was made in an experiment."""

    experiment: str
    variant: str
    recommendation_id: str
    exposed_at: datetime = Field(description="UTC")

    @field_serializer("exposed_at")
    def _with_offset(self, exposed_at: datetime) -> str:
        return exposed_at.replace(tzinfo=UTC).isoformat()


class ProfileExport(Profile):
    """Everything that is stored of a profile."""

    learned_by: str | None = Field(
        description="the model in service, if it was built with a list of this profile; null otherwise"
    )
    events: list[StoredEvent] = Field(description="what was done as this profile, newest first")
    experiments: list[StoredExposure] = Field(description="pages that it got in experiments, newest first")
