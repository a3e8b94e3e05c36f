"""From the list in a request to rows of the catalog, and to what is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from flask import Response, jsonify

from api.context import context, latest_model
from api.errors import ApiError
from api.metrics import INSERTS
from api.schemas.lists import ListEntry, ListFields
from domain.ratings import FAVORITE, UNRATED
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from serving.people import newer_titles, replace_user


class Found(NamedTuple):
    """A title that was found."""

    asked: str
    row: int
    rating: int | None  # None: named without one


class Unknown(NamedTuple):
    """A title that the model does not have."""

    asked: str
    anime_id: int | None  # None: asked by name only
    rating: int | None


@dataclass(frozen=True)
class ResolvedList:
    """What a list means: titles that were found, words that were not."""

    found: tuple[Found, ...]
    watched_rows: tuple[int, ...]
    unknown: tuple[Unknown, ...]
    unknown_ids: tuple[int, ...]  # watched, but not in the catalog

    @cached_property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """(anime row, rating): of a title that comes more than once the last counts."""
        watched = ((row, UNRATED) for row in self.watched_rows)
        return (*watched, *((found.row, found.rating or FAVORITE) for found in self.found))

    @cached_property
    def opinions(self) -> dict[int, int]:
        """Anime row -> the rating that was given, UNRATED where none was."""
        rated = {found.row: found.rating or UNRATED for found in self.found}
        return rated | {row: UNRATED for row in self.watched_rows if row not in rated}

    @property
    def unresolved(self) -> tuple[str, ...]:
        """Words that were not found."""
        return tuple(title.asked for title in self.unknown)

    @property
    def not_known(self) -> list[str]:
        """All that the catalog does not have."""
        return [*self.unresolved, *map(str, self.unknown_ids)]

    def ratings(self, catalog: Catalog) -> dict[int, int]:
        """As it is saved: anime id -> rating."""
        return {catalog[row].anime_id: rating for row, rating in self.entries}

    @property
    def was_given(self) -> bool:
        return bool(self.entries or self.unresolved)

    def require_a_title(self) -> None:
        """Raise ApiError 404 where titles were named and not one was found."""
        if self.unresolved and not self.entries:
            names = ", ".join(self.unresolved[:5])
            raise ApiError(404, f"None of these titles is known: {names}. Try GET /api/anime-suggestions.")


def resolve_list(
    entries: Sequence[ListEntry], snapshot: Snapshot, watched_ids: Sequence[int] = ()
) -> ResolvedList:
    """Find each entry's title by id or by name; blank names are skipped.

    Args:
        watched_ids: titles seen without an opinion.

    Raises:
        ApiError: 413 for more titles than the settings allow.
    """
    check_length([*entries, *watched_ids])
    found: list[Found] = []
    unknown: list[Unknown] = []
    for entry in entries:
        row, asked = None, (entry.name or "").strip()
        if entry.anime_id is not None:
            row, asked = snapshot.catalog.vocabulary.row(entry.anime_id), asked or str(entry.anime_id)
        elif not asked:
            continue
        else:
            row = snapshot.titles.resolve(asked)
        if row is None:
            unknown.append(Unknown(asked, entry.anime_id, entry.rating))
        else:
            found.append(Found(asked, row, entry.rating))
    watched = list(zip(snapshot.catalog.vocabulary.rows(watched_ids).tolist(), watched_ids, strict=True))
    return ResolvedList(
        tuple(found),
        tuple(row for row, _ in watched if row >= 0),
        tuple(unknown),
        tuple(anime_id for row, anime_id in watched if row < 0),
    )


def list_to_save(body: ListFields) -> tuple[dict[int, int], list[str]]:
    """Anime id -> rating, 0 for unrated; and what is not known.

    Titles that are newer than the model count too: whoever sends a saved list back loses none of them.

    Raises:
        ApiError: 404 where no title is known: such a list replaces none; 413 as of `resolve_list`.
    """
    snapshot = latest_model().snapshot
    given = resolve_list(body.ratings, snapshot, body.watched_ids)
    newer = dict.fromkeys(given.unknown_ids, UNRATED)
    newer |= {title.anime_id: title.rating or FAVORITE for title in given.unknown if title.anime_id}
    stored = newer_titles(context().services, newer) if newer else set()
    ratings = given.ratings(snapshot.catalog) | {anime_id: newer[anime_id] for anime_id in stored}
    if not ratings:
        given.require_a_title()
        raise ApiError(
            404, "The list names no title that is known; what is saved stays as it was. DELETE erases it."
        )
    unknown = [title.asked for title in given.unknown if title.anime_id not in stored]
    return ratings, unknown + [str(anime_id) for anime_id in given.unknown_ids if anime_id not in stored]


def save_in_place(user_id: int, body: ListFields) -> Response:
    """Save a list in the place of whatever the person has. See schemas.users.SavedAnswer.

    Raises:
        ApiError: as `list_to_save`.
        UnknownUserError: as `serving.people.replace_user`.
    """
    ratings, unresolved = list_to_save(body)
    with INSERTS.time():
        replace_user(context().services, user_id, ratings)
    return jsonify(user_id=user_id, saved=len(ratings), unresolved=unresolved)


def check_length(entries: Sequence[object]) -> None:
    """Raise ApiError 413 for a list longer than the settings allow."""
    limit = context().max_list_titles
    if len(entries) > limit:
        raise ApiError(413, f"The list has {len(entries):,} titles, at most {limit:,} are read.")
