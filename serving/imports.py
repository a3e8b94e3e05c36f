"""What the entries of an exported list are to this server: by id, never by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.mal import MalEntry, Status


@dataclass(frozen=True)
class MatchedExport:
    """The entries of an export, each in exactly one place, in their order."""

    matched: tuple[MalEntry, ...]  # watched, and in the catalog
    unmatched: tuple[MalEntry, ...]  # watched, but of an id that the catalog does not have
    skipped: tuple[tuple[MalEntry, str], ...]  # (entry, why it does not count)

    @property
    def ratings(self) -> dict[int, int]:
        """The list to save: anime id -> 1-10, or 0 for watched but unrated."""
        return {entry.anime_id: entry.rating for entry in self.matched}


def match_entries(entries: Iterable[MalEntry], known: Callable[[int], bool]) -> MatchedExport:
    """Sort the entries of one export by whether they count, and whether their title is known.

    What was dropped was watched: it counts with its rating, or as unrated; none is made up for it.

    Args:
        entries: of one export.
        known: whether the catalog has an anime id.
    """
    matched: list[MalEntry] = []
    unmatched: list[MalEntry] = []
    skipped: list[tuple[MalEntry, str]] = []
    seen: set[int] = set()
    for entry in entries:
        if reason := _reason_to_skip(entry, seen):
            skipped.append((entry, reason))
            continue
        seen.add(entry.anime_id)
        (matched if known(entry.anime_id) else unmatched).append(entry)
    return MatchedExport(tuple(matched), tuple(unmatched), tuple(skipped))


def _reason_to_skip(entry: MalEntry, seen: set[int]) -> str | None:
    if entry.status is Status.PLAN_TO_WATCH:
        return "plan to watch: not watched yet"
    if entry.status is None:
        return "no status: it may not have been watched"
    if not entry.anime_id:
        return "no MyAnimeList id"
    if entry.anime_id in seen:
        return "listed before: the first entry counts"
    return None
