"""A person's list, as it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.schemas.fields import MAX_TEXT, AnimeId, Name, ProfileId, Rating
from serving.lists import SubmittedList, SubmittedTitle

# for the JSON schema of a list that needs a title, rated or not
NAMES_A_TITLE: list[JsonValue] = [
    {"required": [name], "properties": {name: {"type": "array", "minItems": 1}}}
    for name in ("ratings", "watched_ids")
]


def _describe_entry(schema: dict[str, Any]) -> None:
    """An object with an id or a name, or only a name."""
    with_either = [
        {"required": ["anime_id"], "properties": {"anime_id": {"type": "integer"}}},
        {"required": ["name"], "properties": {"name": {"type": "string"}}},
    ]
    entry = {**schema, "anyOf": with_either}
    schema.clear()
    schema["anyOf"] = [entry, {"type": "string", "maxLength": MAX_TEXT}]


class ListEntry(BaseModel):
    """One title of a person's list, by id or by name."""

    model_config = ConfigDict(extra="ignore", json_schema_extra=_describe_entry)

    anime_id: AnimeId | None = None
    name: Name | None = None
    rating: Rating | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_title(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _names_a_title(self) -> ListEntry:
        if self.anime_id is None and self.name is None:
            raise ValueError("give anime_id or name")
        return self


def submitted(entries: Iterable[ListEntry]) -> list[SubmittedTitle]:
    """The entries as services take them."""
    return [SubmittedTitle(entry.anime_id, entry.name or "", entry.rating) for entry in entries]


class ListFields(BaseModel):
    """A person's list: what they think of titles, and what they have seen without saying so."""

    ratings: list[ListEntry] = Field(default=[])
    watched_ids: list[AnimeId] = Field(
        default=[],
        max_length=5_000,
        description="seen, without an opinion: never recommended, and weak evidence of taste. What is in "
        "ratings too counts by its rating.",
    )

    def to_list(self) -> SubmittedList:
        return SubmittedList(submitted(self.ratings), self.watched_ids)


class TransientList(ListFields):
    """A list that is answered, not stored."""

    profile_id: ProfileId | None = Field(
        default=None,
        description="the profile that the list is saved as: with its token (Authorization: Bearer) that "
        "person is not among the people compared with; without it this is ignored",
    )
