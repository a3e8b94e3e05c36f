"""Submitted lists of titles."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.context import settings
from api.schemas.fields import (
    MAX_TEXT,
    STATUSES,
    AnimeId,
    AnimeIds,
    Name,
    ProfileId,
    Rating,
    Status,
    WatchedStatus,
)
from serving.errors import ListTooLongError
from serving.lists import MAX_CORRECTIONS, SubmittedList, SubmittedTitle


def names_no_title(*lists: str) -> JsonValue:
    """A body in which these lists are empty, as JSON Schema, for use under `not`: of an `anyOf`, client
    generators make a union, and lose the members beside it."""
    return {"properties": {name: {"maxItems": 0} for name in lists}}


def _describe_entry(schema: dict[str, Any]) -> None:
    """An object with an id or a name, or only a name."""
    neither: JsonValue = {"properties": {"anime_id": {"type": "null"}, "name": {"type": "null"}}}
    entry = {**schema, "title": schema["title"].replace("Entry", "edTitle"), "not": neither}
    for member in entry["properties"].values():
        del member["default"]  # null; openapi-typescript would require a member with a default
    schema.clear()
    schema["anyOf"] = [entry, {"type": "string", "maxLength": MAX_TEXT}]


def without_default(schema: dict[str, Any]) -> None:
    """A member that earlier clients do not send: openapi-typescript would require one with a default."""
    del schema["default"]


class NamedEntry(BaseModel):
    """A title of the list: an object with an id or a name, or just a name."""

    model_config = ConfigDict(extra="ignore", json_schema_extra=_describe_entry)

    anime_id: AnimeId | None = None
    name: Name | None = Field(
        default=None,
        description="any name of the title; an id overrides it. Typos are forgiven in the first "
        f"{MAX_CORRECTIONS:,} names that no title is spelled like",
    )
    rating: Rating | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_title(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _names_a_title(self) -> Self:
        if self.anime_id is None and self.name is None:
            raise ValueError("give anime_id or name")
        return self

    def to_title(self) -> SubmittedTitle:
        return SubmittedTitle(self.anime_id, self.name or "", self.rating)


class ListEntry(NamedEntry):
    """A title of the list, with how far the person got: an object, or just a name."""

    status: Status | None = Field(
        default=None,
        description="`planned`: not watched, so it is no evidence of taste, and may be recommended; "
        "`on_hold` or `dropped`: later parts of its franchise are not recommended. Without a rating, a title "
        "with a status counts as in `watched_ids`, and a dropped one mildly against what goes with it",
    )

    def to_title(self) -> SubmittedTitle:
        return super().to_title()._replace(status=STATUSES[self.status] if self.status else None)


def require_length(*lists: object) -> None:
    """Raise ListTooLongError before the entries of lists that are too long together are looked at."""
    length = sum(len(entries) for entries in lists if isinstance(entries, list))
    if length > settings().max_list_titles:
        raise ListTooLongError(length, settings().max_list_titles)


class TitleStatus(BaseModel):
    """The progress with a title."""

    anime_id: AnimeId
    status: WatchedStatus


class ListFields(BaseModel):
    """A list of titles: those with an opinion, those that were only watched, those that are planned."""

    ratings: list[ListEntry] = Field(default=[], description="titles with an opinion")
    watched_ids: AnimeIds = Field(
        default=[],
        description="titles watched without an opinion: never recommended, and weak evidence of taste; for a "
        "title that is in `ratings`, too, the rating counts",
    )
    planned_ids: AnimeIds = Field(
        default=[],
        description="titles that are planned: never counted as watched; marked where they are recommended",
        json_schema_extra=without_default,
    )
    statuses: list[TitleStatus] = Field(
        default=[],
        max_length=5_000,
        description="the progress with titles of `watched_ids`",
        json_schema_extra=without_default,
    )

    @model_validator(mode="before")
    @classmethod
    def _not_too_long(cls, value: Any) -> Any:
        if isinstance(value, dict):
            require_length(*(value.get(name) for name in ("ratings", "watched_ids", "planned_ids")))
            require_length(value.get("statuses"))
        return value

    def to_list(self) -> SubmittedList:
        watched = set(self.watched_ids)
        statuses = {one.anime_id: STATUSES[one.status] for one in self.statuses if one.anime_id in watched}
        return SubmittedList(
            [entry.to_title() for entry in self.ratings], self.watched_ids, self.planned_ids, statuses
        )


class TransientList(ListFields):
    """A list that is not saved."""

    profile_id: ProfileId | None = Field(
        default=None,
        description="the profile in which this list is saved, so that the list is not compared with itself; "
        "ignored without the profile's token (`Authorization: Bearer …`)",
    )
