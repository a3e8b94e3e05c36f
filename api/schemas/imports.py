"""Lists imported from other sites."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from api.requests import QueryModel
from domain.ranges import MAX_USER_ID
from serving.imports import ImportedEntry, ImportedList


class MalImportQuery(QueryModel):
    """Options of an import; a form may carry them as fields instead."""

    user_id: int | None = Field(default=None, ge=0, le=MAX_USER_ID, description="whose saved list to replace")
    dry_run: bool = Field(
        default=True, description="whether to save nothing; false replaces the saved list of `user_id`"
    )


class ImportedTitle(BaseModel):
    """An entry of the export whose title is in the catalog."""

    anime_id: int
    name: str
    rating: int | None = Field(ge=1, le=10, description="null: watched, but not rated")
    status: Literal["watching", "completed", "on_hold", "dropped"]


class UnmatchedTitle(BaseModel):
    """An entry whose title is not in the catalog, such as a newer one."""

    anime_id: int
    name: str = Field(description="the name in the export, at most 200 characters of it")
    rating: int | None = Field(ge=1, le=10)
    status: Literal["watching", "completed", "on_hold", "dropped"]


class SkippedTitle(BaseModel):
    """An entry that does not count, and why."""

    anime_id: int | None
    name: str = Field(description="the name in the export, at most 200 characters of it")
    reason: str


class ImportCounts(BaseModel):
    """Numbers of entries: in the export, and in each part of the answer."""

    read: int
    matched: int
    unmatched: int
    skipped: int


class MalImportAnswer(BaseModel):
    """Every entry of the export, each in one of three lists."""

    user_id: int | None
    saved: bool = Field(description="whether the matched entries replaced the saved list of `user_id`")
    counts: ImportCounts
    matched: list[ImportedTitle]
    unmatched: list[UnmatchedTitle]
    skipped: list[SkippedTitle]

    @classmethod
    def of(cls, user_id: int | None, imported: ImportedList) -> Self:
        catalog, found = imported.catalog, imported.entries
        rows = catalog.vocabulary.rows([entry.anime_id for entry in found.matched]).tolist()
        matched = [
            ImportedTitle(name=catalog[row].name, **_opinion(entry))
            for entry, row in zip(found.matched, rows, strict=True)
        ]
        unmatched = [UnmatchedTitle(name=entry.title, **_opinion(entry)) for entry in found.unmatched]
        skipped = [
            SkippedTitle(anime_id=entry.anime_id or None, name=entry.title, reason=reason)
            for entry, reason in found.skipped
        ]
        counts = ImportCounts(
            read=len(matched) + len(unmatched) + len(skipped),
            matched=len(matched),
            unmatched=len(unmatched),
            skipped=len(skipped),
        )
        return cls(
            user_id=user_id,
            saved=imported.saved,
            counts=counts,
            matched=matched,
            unmatched=unmatched,
            skipped=skipped,
        )


def _opinion(entry: ImportedEntry) -> dict[str, Any]:
    return {"anime_id": entry.anime_id, "rating": entry.rating or None, "status": entry.status}
