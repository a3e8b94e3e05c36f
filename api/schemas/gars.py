"""Shapes of the routes under `/gars`, as their clients know them: a title is a row of strings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from api.context import settings
from domain.ranges import MAX_ANIME_ID, MAX_USER_ID
from recommender.data.catalog import Catalog

UNKNOWN = "Unknown"  # number of episodes


def _number(value: Any, most: int) -> int | None:
    """A number, as it is or in digits; None for everything else."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else -1
    return number if 0 <= number <= most else None


User = Annotated[int | None, BeforeValidator(lambda value: _number(value, MAX_USER_ID))]
AnimeNumber = Annotated[int | None, BeforeValidator(lambda value: _number(value, MAX_ANIME_ID))]


class GarsQuery(BaseModel):
    user_id: User = None


class GarsTitleQuery(BaseModel):
    anime_id: AnimeNumber = None


class GarsPath(BaseModel):
    anime_id: AnimeNumber


class GarsAction(BaseModel):
    """An action of somebody with a title."""

    model_config = ConfigDict(extra="ignore")

    user_id: User = None
    anime_id: AnimeNumber = None


def item_of(catalog: Catalog, row: int, **more: str) -> dict[str, Any]:
    """A title of a page."""
    return {"anime_id": catalog[row].anime_id, **more, "anime": row_of(catalog, row)}


def row_of(catalog: Catalog, row: int) -> dict[str, str]:
    """Everything about a title that these clients show."""
    title, details = catalog[row], catalog.details_of(row)
    return {
        "anime_id": str(title.anime_id),
        "name": title.name,
        "genre": ", ".join(title.genres),
        "type": title.type or "",
        "episodes": UNKNOWN if title.episodes is None else str(title.episodes),
        "rating": "" if title.score is None else str(title.score),
        "members": "" if title.members is None else str(title.members),
        "japanese_title": title.alias("japanese") or "",
        "aired": " to ".join(_day(day) for day in (details.aired_from, details.aired_to) if day),
        "image_url": (settings().remote_covers and title.image_url) or "",
    }


def _day(iso: str) -> str:
    """2011-04-06 -> Apr 6, 2011."""
    day = date.fromisoformat(iso)
    return f"{day:%b} {day.day}, {day.year}"
