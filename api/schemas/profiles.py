"""Profiles: saved lists that a token opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel, Field

from api.schemas.fields import ProfileId
from api.schemas.users import SavedAnswer
from domain.ranges import UNRATED
from serving.users import Saved, SavedTitle


class ProfilePath(BaseModel):
    user_id: ProfileId


class NewProfile(SavedAnswer):
    """A new profile, and the token that opens it."""

    token: str = Field(description="keep it: it is not shown again, and nothing else opens the profile")

    @classmethod
    def created(cls, saved: Saved, token: str) -> Self:
        return cls(user_id=saved.user_id, saved=saved.titles, unresolved=list(saved.unresolved), token=token)


class ProfileRating(BaseModel):
    """A title of the list with its rating."""

    anime_id: int
    name: str | None = Field(description="null for a title that is newer than the current model")
    rating: int = Field(ge=1, le=10, description="10 for a title that was submitted without a rating")


class Profile(BaseModel):
    """A saved list; PUT takes its `ratings` and `watched_ids` back."""

    user_id: int
    ratings: list[ProfileRating]
    watched_ids: list[int] = Field(description="titles watched without an opinion")

    @classmethod
    def of(cls, user_id: int, titles: Sequence[SavedTitle], **more: Any) -> Self:
        """With the further members of a subclass."""
        return cls(
            user_id=user_id,
            ratings=[
                ProfileRating(anime_id=title.anime_id, name=title.name, rating=title.rating)
                for title in titles
                if title.rating != UNRATED
            ],
            watched_ids=[title.anime_id for title in titles if title.rating == UNRATED],
            **more,
        )


class ProfileExport(Profile):
    """Everything that is stored of a profile."""

    learned_by: str | None = Field(
        description="the model in service, if it was built with a list of this profile; null otherwise"
    )
