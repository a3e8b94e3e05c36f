"""Lists of AniList: the data that a person may download there, and answers of its GraphQL API."""

from __future__ import annotations

from typing import Any

from domain.ranges import UNRATED, WatchStatus
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
from ingest.lists.json_items import PLAIN, Shape, kept, read_items

SITE = "anilist"
FULL_MARKS = 100.0  # of scores as AniList stores them
ENTRIES = "lists.item.entries.item"  # within an answer of MediaListCollection
_TITLES = ("english", "romaji", "userPreferred", "native")  # the best first
_ENTRY: Shape = {
    **{"status": PLAIN, "score": PLAIN, "mediaId": PLAIN},
    "media": {"id": PLAIN, "idMal": PLAIN, "type": PLAIN, "title": dict.fromkeys(_TITLES, PLAIN)},
}
_ANIME = 0  # series_type; 1 is manga
# by the numbers that only the download has
_STATUSES = (
    WatchStatus.WATCHING,
    WatchStatus.PLAN_TO_WATCH,
    WatchStatus.COMPLETED,
    WatchStatus.DROPPED,
    WatchStatus.ON_HOLD,
    WatchStatus.COMPLETED,  # seen, and being watched again
)
_SMILEYS = {1: 35, 2: 60, 3: 85}  # of POINT_3, as AniList converts them
_FORMAT_MARKS = {"POINT_100": 100.0, "POINT_10_DECIMAL": 10.0, "POINT_10": 10.0, "POINT_5": 5.0}


def read_download(data: bytes) -> list[ListEntry]:
    """The entries of `gdpr_data.json`. It has ids of AniList only, and no names."""
    entries: list[ListEntry] = []

    def read(item: Any) -> None:
        if member(item, "series_type") not in (_ANIME, None):
            return
        ids = external_id(SITE, member(item, "series_id"))
        if not ids:
            raise ValueError("it has no series_id")
        number = member(item, "status")
        if not (isinstance(number, int) and 0 <= number < len(_STATUSES)):
            raise ValueError(f"status is {number!r}; expected 0 to {len(_STATUSES) - 1}")
        score = checked("score", rating_of, member(item, "score"), FULL_MARKS)
        entries.append(ListEntry(None, f"AniList {ids[0].id}", score, _STATUSES[number], ids))

    read_items(data, {"lists.item": read})
    return entries


def read_answers(data: bytes) -> list[ListEntry]:
    """The entries of a saved answer: of the API as it is, or of the parts that programs keep of it."""
    items: list[Any] = []
    formats: list[Any] = []
    collection = ("", "data.", "MediaListCollection.", "data.MediaListCollection.")
    read_items(
        data,
        {
            **{f"{prefix}{ENTRIES}": lambda item: items.append(kept(item, _ENTRY)) for prefix in collection},
            **{f"{prefix}user.mediaListOptions.scoreFormat": formats.append for prefix in collection},
        },
    )
    return entries_of(items, _marks(items, formats))


def entries_of(items: list[Any], full_marks: float | None = FULL_MARKS) -> list[ListEntry]:
    """Entries of a MediaListCollection; a title that is in several lists comes once.

    Args:
        items: with `status`, `score`, and `media` with `id`, `idMal` and `title`.
        full_marks: of the scores; None: smileys, 1 to 3.

    Raises:
        ValueError: one is not of that shape.
    """
    entries: dict[str, ListEntry] = {}
    for item in items:
        media = member(item, "media")
        if member(media, "type") == "MANGA":
            continue
        ids = external_id(SITE, member(media, "id") or member(item, "mediaId"))
        anime_id = checked("idMal", mal_id_of, member(media, "idMal"))
        if not ids and anime_id is None:
            raise ValueError("an entry has no media with an id")
        key = ids[0].id if ids else f"mal {anime_id}"
        if key in entries:
            continue
        title = member(media, "title")
        name = next(
            (text for kind in _TITLES if (text := member(title, kind))),
            f"AniList {key}",
        )
        score = member(item, "score")
        if full_marks is None:
            score = _SMILEYS.get(score, UNRATED)
        rating = checked("score", rating_of, score, full_marks or FULL_MARKS)
        status = checked("status", status_of, member(item, "status"))
        entries[key] = ListEntry(anime_id, clean_name(name), rating, status, ids)
    return list(entries.values())


def _marks(items: list[Any], formats: list[Any]) -> float | None:
    """The full marks of scores whose format may not be told: then 100, unless none is above 10."""
    if formats and formats[0] == "POINT_3":
        return None
    scores = [score for item in items if isinstance(score := member(item, "score"), int | float)]
    return _FORMAT_MARKS.get(formats[0] if formats else "", 100.0 if max(scores, default=0) > 10 else 10.0)
