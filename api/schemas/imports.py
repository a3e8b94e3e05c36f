"""Lists imported from other sites."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.members import shortened
from api.requests import QueryModel
from api.schemas.fields import WatchedStatus, status_name
from domain.ranges import MAX_USER_ID
from serving.imports import MAX_USER_NAME, PLANNED, USER_NAME, ImportedList, ListEntry, ListSite


class ImportQuery(QueryModel):
    """Options of an import; a form may carry them as fields instead."""

    user_id: int | None = Field(default=None, ge=0, le=MAX_USER_ID, description="whose saved list to replace")
    dry_run: bool = Field(
        default=True, description="whether to save nothing; false replaces the saved list of `user_id`"
    )


class SitePath(BaseModel):
    site: str = Field(max_length=50, description="one of those that `GET /api/v1/imports` names")


class UserName(BaseModel):
    """Whose list to read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"user_name": "somebody"}]})

    user_name: str = Field(
        pattern=rf"^{USER_NAME}$", max_length=MAX_USER_NAME, description="the name on the site"
    )

    @field_validator("user_name", mode="before")
    @classmethod
    def _is_a_name(cls, value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(USER_NAME, value):
            raise ValueError(
                f"{shortened(value)!r} is no user name. Give the one in the address of the page there, "
                f"without the address: 1 to {MAX_USER_NAME} letters, digits, _ and -"
            )
        return value


class ImportSite(BaseModel):
    """A site whose lists can be read by user name."""

    name: str = Field(description="for `POST /api/v1/imports/sites/{site}`")
    label: str = Field(description="as people know it")


class ImportFormat(BaseModel):
    """A format of files that can be read."""

    name: str
    label: str


class ImportSources(BaseModel):
    """Where lists can be imported from."""

    sites: list[ImportSite] = Field(description="in the order to offer them; empty where no site is asked")
    formats: list[ImportFormat] = Field(description="of files, and of texts that people paste")

    @classmethod
    def of(cls, sites: Sequence[ListSite], formats: Sequence[tuple[str, str]]) -> Self:
        return cls(
            sites=[ImportSite(name=site.name, label=site.label) for site in sites],
            formats=[ImportFormat(name=name, label=label) for name, label in formats],
        )


class ImportedTitle(BaseModel):
    """An entry of the export whose title is in the catalog."""

    anime_id: int
    name: str
    rating: int | None = Field(ge=1, le=10, description="null: watched, but not rated")
    status: WatchedStatus


class UnmatchedTitle(BaseModel):
    """An entry whose title is not in the catalog, such as a newer one."""

    anime_id: int
    name: str = Field(description="the name in the export, at most 200 characters of it")
    rating: int | None = Field(ge=1, le=10)
    status: WatchedStatus


class SkippedTitle(BaseModel):
    """An entry that does not count, and why."""

    anime_id: int | None
    name: str = Field(description="the name in the list, at most 200 characters of it")
    reason: str


class MalImportCounts(BaseModel):
    """Numbers of entries: in the export, and in each part of the answer."""

    read: int
    matched: int
    unmatched: int
    skipped: int


class MalImportAnswer(BaseModel):
    """Every entry of the export, each in one of three lists."""

    user_id: int | None
    saved: bool = Field(description="whether the list replaced the saved list of `user_id`")
    counts: MalImportCounts
    matched: list[ImportedTitle]
    unmatched: list[UnmatchedTitle]
    skipped: list[SkippedTitle]

    @classmethod
    def of(cls, user_id: int | None, imported: ImportedList) -> Self:
        found = imported.entries
        skipped = [_skipped(entry, reason) for entry, reason in found.skipped]
        counts = MalImportCounts(
            read=found.length,
            matched=len(found.matched),
            unmatched=len(found.unmatched),
            skipped=len(skipped),
        )
        return cls(
            user_id=user_id,
            saved=imported.saved,
            counts=counts,
            matched=[
                ImportedTitle(name=name, **_opinion(entry)) for entry, name in imported.named(found.matched)
            ],
            unmatched=[UnmatchedTitle(name=entry.name, **_opinion(entry)) for entry in found.unmatched],
            skipped=skipped,
        )


class WatchedTitle(BaseModel):
    """A watched entry whose title is in the catalog."""

    anime_id: int
    name: str
    listed_as: str = Field(description="the name in the list, at most 200 characters of it")
    rating: int | None = Field(ge=1, le=10, description="null: watched, but not rated")
    status: WatchedStatus | None = Field(description="null: the list has none")
    found_by: str = Field(
        description="`mal_id`, `anilist_id`, …; in lists that people wrote also `name`, or `similar_name` "
        "where no title is spelled like that: it may be another"
    )


class PlannedTitle(BaseModel):
    """An entry that is not watched yet."""

    anime_id: int | None = Field(description="null where no MyAnimeList id is known")
    name: str
    in_catalog: bool


class NewerTitle(BaseModel):
    """A watched entry whose title is not in the catalog, such as a newer one."""

    anime_id: int | None = Field(description="null where no MyAnimeList id is known")
    name: str = Field(description="the name in the list, at most 200 characters of it")
    rating: int | None = Field(ge=1, le=10)
    status: WatchedStatus | None


class ImportCounts(BaseModel):
    """Numbers of entries: in the list, and in each part of the answer."""

    read: int
    matched: int
    planned: int
    unmatched: int
    pending: int = Field(
        description="how many of those unmatched have an id: in a saved list, they count as soon as the "
        "catalog has them"
    )
    skipped: int
    found_by: dict[str, int] = Field(description="how many of those matched each kind of id, or name, found")
    matched_share: float | None = Field(
        ge=0, le=1, description="of watched and planned entries, those in the catalog; null without any"
    )


class ImportAnswer(BaseModel):
    """Every entry of the list, each in one of four lists."""

    source: str = Field(description="the format that the list was read as")
    user_id: int | None
    saved: bool = Field(
        description="whether the list replaced the saved list of `user_id`: what is matched counts at once, "
        "what is pending as soon as the catalog has it, and what is planned is kept apart"
    )
    counts: ImportCounts
    matched: list[WatchedTitle]
    planned: list[PlannedTitle]
    unmatched: list[NewerTitle]
    skipped: list[SkippedTitle]

    @classmethod
    def of(cls, user_id: int | None, imported: ImportedList) -> Self:
        found, known = imported.entries, imported.catalog.vocabulary
        planned = [
            PlannedTitle(
                anime_id=entry.anime_id,
                name=name,
                in_catalog=entry.anime_id is not None and known.row(entry.anime_id) is not None,
            )
            for entry, name in imported.named(found.planned)
        ]
        skipped = [_skipped(entry, reason) for entry, reason in found.skipped if reason != PLANNED]
        there = len(found.matched) + sum(title.in_catalog for title in planned)
        listed = len(found.matched) + len(found.unmatched) + len(planned)
        counts = ImportCounts(
            read=found.length,
            matched=len(found.matched),
            planned=len(planned),
            unmatched=len(found.unmatched),
            pending=sum(entry.anime_id is not None for entry in found.unmatched),
            skipped=len(skipped),
            found_by=dict(Counter(entry.found_by for entry in found.matched)),
            matched_share=round(there / listed, 4) if listed else None,
        )
        return cls(
            source=imported.format.name,
            user_id=user_id,
            saved=imported.saved,
            counts=counts,
            matched=[
                WatchedTitle(name=name, listed_as=entry.name, found_by=entry.found_by, **_opinion(entry))
                for entry, name in imported.named(found.matched)
            ],
            planned=planned,
            unmatched=[NewerTitle(name=entry.name, **_opinion(entry)) for entry in found.unmatched],
            skipped=skipped,
        )


def _opinion(entry: ListEntry) -> dict[str, Any]:
    return {
        "anime_id": entry.anime_id,
        "rating": entry.rating or None,
        "status": status_name(entry.status),
    }


def _skipped(entry: ListEntry, reason: str) -> SkippedTitle:
    return SkippedTitle(anime_id=entry.anime_id, name=entry.name, reason=reason)
