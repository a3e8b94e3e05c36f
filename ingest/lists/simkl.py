"""Lists of SIMKL: its backup, which is an answer of its `sync/all-items`."""

from __future__ import annotations

from typing import Any

from ingest.lists.entry import (
    ListEntry,
    checked,
    clean_name,
    external_id,
    mal_id_of,
    member,
    rating_of,
    status_of,
)
from ingest.lists.json_items import read_items

_SITES = ("anilist", "anidb", "kitsu")  # of ids that tell seasons apart


def read_backup(data: bytes) -> list[ListEntry]:
    """The entries of `anime`, and the movies that are anime; shows are not."""
    entries: list[ListEntry] = []

    def read(item: Any, title: str) -> None:
        ids = member(item, title, "ids")
        entries.append(
            ListEntry(
                checked("mal", mal_id_of, member(ids, "mal")),
                clean_name(member(item, title, "title")),
                checked("user_rating", rating_of, member(item, "user_rating")),
                checked("status", status_of, member(item, "status")),
                tuple(found for site in _SITES for found in external_id(site, member(ids, site))),
            )
        )

    def read_movie(item: Any) -> None:
        if member(item, "movie", "ids", "mal"):
            read(item, "movie")

    read_items(data, {"anime.item": lambda item: read(item, "show"), "movies.item": read_movie})
    return entries
