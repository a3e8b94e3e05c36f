"""Lists of Kitsu: answers of its JSON:API. Its own export is an XML file in MyAnimeList's format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.lists.entry import (
    ExternalId,
    ListEntry,
    checked,
    clean_name,
    external_id,
    mal_id_of,
    member,
    rating_of,
    status_of,
)
from ingest.lists.json_items import PLAIN, Shape, kept, read_items

SITE = "kitsu"
FULL_MARKS = 20.0
# Kitsu's names of other sites
_MAL = "myanimelist/anime"
_SITES: Mapping[str, str] = {"anilist/anime": "anilist", "anilist": "anilist", "anidb": "anidb"}

_ID: Shape = {"data": {"id": PLAIN}}
_ENTRY: Shape = {
    "attributes": {"status": PLAIN, "ratingTwenty": PLAIN},
    "relationships": {"anime": _ID},
}
_INCLUDED: Shape = {
    **{"id": PLAIN, "type": PLAIN},
    "attributes": {"canonicalTitle": PLAIN, "externalSite": PLAIN, "externalId": PLAIN},
    "relationships": {"item": _ID, "mappings": _ID},
}


def read_answers(data: bytes) -> list[ListEntry]:
    """The entries of a saved answer of `library-entries`, with what it includes."""
    entries: list[Any] = []
    included: list[Any] = []
    read_items(
        data,
        {
            "data.item": lambda item: entries.append(kept(item, _ENTRY)),
            "included.item": lambda item: included.append(kept(item, _INCLUDED)),
        },
    )
    return entries_of(entries, included)


def entries_of(items: list[Any], included: list[Any]) -> list[ListEntry]:
    """Entries of a library; what is not an anime is skipped.

    Args:
        items: of the type libraryEntries.
        included: of the types anime and mappings.

    Raises:
        ValueError: one is not of that shape.
    """
    names: dict[str, str] = {}
    mapped: dict[str, dict[str, Any]] = {}
    mappings = {
        str(item.get("id")): item for item in included if member(item, "type") in ("mapping", "mappings")
    }
    for item in mappings.values():
        if anime := member(item, "relationships", "item", "data", "id"):
            _add(mapped.setdefault(str(anime), {}), item)
    for item in included:
        if member(item, "type") == "anime":
            anime = str(member(item, "id"))
            names[anime] = clean_name(member(item, "attributes", "canonicalTitle"))
            for link in member(item, "relationships", "mappings", "data") or ():
                _add(mapped.setdefault(anime, {}), mappings.get(str(member(link, "id"))))
    found = []
    for item in items:
        ids = external_id(SITE, member(item, "relationships", "anime", "data", "id"))
        attributes = member(item, "attributes")
        if not isinstance(attributes, dict):
            raise ValueError("an entry of the library has no attributes")
        if not ids:
            continue
        others = mapped.get(ids[0].id, {})
        found.append(
            ListEntry(
                checked("externalId", mal_id_of, others.get("mal")),
                names.get(ids[0].id) or f"Kitsu {ids[0].id}",
                checked("ratingTwenty", rating_of, attributes.get("ratingTwenty"), FULL_MARKS),
                checked("status", status_of, attributes.get("status")),
                (*ids, *(ExternalId(site, text) for site, text in others.items() if site != "mal")),
            )
        )
    return found


def _add(ids: dict[str, Any], mapping: Any) -> None:
    """Add the id that a mapping has, unless another of the site came first."""
    attributes = member(mapping, "attributes")
    name, value = member(attributes, "externalSite"), member(attributes, "externalId")
    site = "mal" if name == _MAL else _SITES.get(name) if isinstance(name, str) else None
    if site is not None and external_id(site, value):
        ids.setdefault(site, str(value).strip())
