"""Lists of MyAnimeList: answers of `users/{name}/animelist` of its API v2."""

from __future__ import annotations

from typing import Any

from ingest.lists.entry import ListEntry, checked, clean_name, mal_id_of, member, rating_of, status_of
from ingest.lists.json_items import read_items


def read_answers(data: bytes) -> list[ListEntry]:
    """The entries of a saved answer."""
    entries: list[ListEntry] = []
    read_items(data, {"data.item": lambda item: entries.append(_entry(item))})
    return entries


def entries_of(items: list[Any]) -> list[ListEntry]:
    """Entries of a list, each with `node` and `list_status`; raises ValueError for another shape."""
    return [_entry(item) for item in items]


def _entry(item: Any) -> ListEntry:
    anime_id = checked("node.id", mal_id_of, member(item, "node", "id"))
    status = member(item, "list_status")
    if anime_id is None or not isinstance(status, dict):
        raise ValueError("an entry has no node.id or no list_status")
    return ListEntry(
        anime_id,
        clean_name(member(item, "node", "title")),
        checked("score", rating_of, status.get("score")),
        checked("status", status_of, status.get("status")),
    )
