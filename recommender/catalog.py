"""The titles that can be recommended, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.vocabulary import Vocabulary

NSFW_GENRES = frozenset({"Hentai"})


@dataclass(frozen=True, slots=True)
class Title:
    """One title. None means unknown; `genres` may be empty."""

    anime_id: int  # MyAnimeList id
    name: str  # main title, clean text
    aliases: tuple[tuple[str, str], ...] = ()  # (other name, "english" | "japanese" | "synonym")
    genres: tuple[str, ...] = ()
    type: str | None = None  # TV, Movie, OVA, ONA, Special, Music
    episodes: int | None = None
    score: float | None = None  # mean rating on MyAnimeList, 1-10
    members: int | None = None  # people who have it in a list on MyAnimeList
    year: int | None = None  # first aired
    image_url: str | None = None

    @property
    def nsfw(self) -> bool:
        return not NSFW_GENRES.isdisjoint(self.genres)

    def alias(self, kind: str) -> str | None:
        """The first alias of a kind, None where there is none."""
        return next((name for name, of_kind in self.aliases if of_kind == kind), None)


@dataclass(frozen=True, eq=False)
class Catalog:
    """All titles, ordered by id; row r of every array and matrix over titles is `titles[r]`."""

    titles: tuple[Title, ...]

    def __post_init__(self) -> None:
        _ = self.vocabulary  # validates that ids ascend

    def __len__(self) -> int:
        return len(self.titles)

    def __getitem__(self, anime_row: int) -> Title:
        return self.titles[anime_row]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(np.array([title.anime_id for title in self.titles], dtype=np.int64))

    @cached_property
    def nsfw(self) -> NDArray[np.bool_]:
        """bool (n,): adult titles, left out everywhere unless asked for."""
        return np.array([title.nsfw for title in self.titles], dtype=bool)

    @cached_property
    def members(self) -> NDArray[np.int64]:
        """int64 (n,): list members on MyAnimeList, 0 where unknown."""
        return np.array([title.members or 0 for title in self.titles], dtype=np.int64)

    @cached_property
    def years(self) -> NDArray[np.int64]:
        """int64 (n,): year first aired, 0 where unknown."""
        return np.array([title.year or 0 for title in self.titles], dtype=np.int64)

    @cached_property
    def mean_scores(self) -> NDArray[np.float32]:
        """float32 (n,): mean rating on MyAnimeList, 0 where unknown."""
        return np.array([title.score or 0.0 for title in self.titles], dtype=np.float32)

    @cached_property
    def types(self) -> NDArray[np.str_]:
        """str (n,): type in lower case, empty where unknown."""
        return np.array([(title.type or "").lower() for title in self.titles], dtype=np.str_)

    @cached_property
    def genre_masks(self) -> dict[str, NDArray[np.bool_]]:
        """Genre in lower case -> bool (n,): the titles that have it."""
        masks: dict[str, NDArray[np.bool_]] = {}
        for row, title in enumerate(self.titles):
            for genre in title.genres:
                masks.setdefault(genre.lower(), np.zeros(len(self), dtype=bool))[row] = True
        return masks

    @cached_property
    def known_genres(self) -> dict[str, str]:
        """Genre in lower case -> genre as it is written."""
        return {genre.lower(): genre for title in self.titles for genre in title.genres}

    @cached_property
    def known_types(self) -> dict[str, str]:
        """Type in lower case -> type as it is written."""
        return {title.type.lower(): title.type for title in self.titles if title.type}

    def to_json(self) -> list[list[Any]]:
        """Plain lists, one a title, in the order of Title's fields."""
        names = [field.name for field in fields(Title)]
        return [[getattr(title, name) for name in names] for title in self.titles]

    @classmethod
    def from_json(cls, rows: Sequence[Sequence[Any]]) -> Catalog:
        """The inverse of `to_json`."""
        titles = []
        for anime_id, name, aliases, genres, *rest in rows:
            titles.append(Title(anime_id, name, tuple((a, k) for a, k in aliases), tuple(genres), *rest))
        return cls(tuple(titles))
