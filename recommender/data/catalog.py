"""The titles that can be recommended, and their attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.titles import NO_DETAILS, Title, TitleDetails
from recommender.data.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Catalog:
    """All titles, ordered by id; row r of every array and matrix over titles is `titles[r]`.

    Attributes:
        titles: a tuple, or read from a file on demand.
        details: of each title, in the same order; empty where nothing more is known of any.
    """

    titles: Sequence[Title]
    details: Sequence[TitleDetails] = ()

    def __post_init__(self) -> None:
        _ = self.columns  # validates that ids ascend
        if len(self.details) not in (0, len(self.titles)):
            raise ValueError(f"there are {len(self.titles)} titles, and details of {len(self.details)}")

    def __len__(self) -> int:
        return len(self.titles)

    def __getitem__(self, anime_row: int) -> Title:
        return self.titles[anime_row]

    def details_of(self, anime_row: int) -> TitleDetails:
        """The details of a title, empty where there are none."""
        return self.details[anime_row] if len(self.details) else NO_DETAILS

    @cached_property
    def columns(self) -> Columns:
        """The attributes of the titles as arrays."""
        return Columns.of(self.titles)

    @property
    def vocabulary(self) -> Vocabulary:
        return self.columns.vocabulary

    @property
    def nsfw(self) -> NDArray[np.bool_]:
        """bool (n,): adult titles, excluded by default."""
        return self.columns.nsfw

    @property
    def members(self) -> NDArray[np.int64]:
        """int64 (n,): list members on MyAnimeList, 0 where unknown."""
        return self.columns.members

    @property
    def years(self) -> NDArray[np.int64]:
        """int64 (n,): year first aired, 0 where unknown."""
        return self.columns.years

    @property
    def mean_scores(self) -> NDArray[np.float32]:
        """float32 (n,): mean rating on MyAnimeList, 0 where unknown."""
        return self.columns.mean_scores

    @property
    def types(self) -> NDArray[np.str_]:
        """str (n,): type in lower case, empty where unknown."""
        return self.columns.types

    @property
    def genre_masks(self) -> Mapping[str, NDArray[np.bool_]]:
        """Genre in lower case -> bool (n,): the titles that have it."""
        return self.columns.genre_masks

    @property
    def known_genres(self) -> Mapping[str, str]:
        """Genre in lower case -> genre as it is written."""
        return self.columns.known_genres

    @property
    def known_types(self) -> Mapping[str, str]:
        """Type in lower case -> type as it is written."""
        return self.columns.known_types

    def of_genres(self) -> dict[str, NDArray[np.bool_]]:
        """Genre as it is written -> bool (n,): the titles that have it."""
        return {name: self.genre_masks[key] for key, name in self.known_genres.items()}

    @cached_property
    def genre_matrix(self) -> NDArray[np.bool_]:
        """bool (n, genres): a column for each genre, in the order of `sorted(genre_masks)`; one without
        titles where there is no genre."""
        masks = [mask for _, mask in sorted(self.genre_masks.items())]
        return np.stack(masks or [np.zeros(len(self), dtype=bool)], axis=1)

    @cached_property
    def type_masks(self) -> Mapping[str, NDArray[np.bool_]]:
        """Type in lower case -> bool (n,): the titles of it."""
        return {key: self.types == key for key in self.known_types}

    def of_types(self) -> dict[str, NDArray[np.bool_]]:
        """Type as it is written -> bool (n,): the titles of it."""
        return {name: self.type_masks[key] for key, name in self.known_types.items()}


class Columns(NamedTuple):
    """The attributes of all titles, an array each. See Catalog."""

    vocabulary: Vocabulary
    nsfw: NDArray[np.bool_]
    members: NDArray[np.int64]
    years: NDArray[np.int64]
    mean_scores: NDArray[np.float32]
    types: NDArray[np.str_]
    genre_masks: Mapping[str, NDArray[np.bool_]]
    known_genres: Mapping[str, str]
    known_types: Mapping[str, str]

    @classmethod
    def of(cls, titles: Sequence[Title]) -> Columns:
        """In one pass: each title may have to be read."""
        numbers, scores, types = [], [], []
        rows_of: dict[str, list[int]] = {}
        known_genres: dict[str, str] = {}
        known_types: dict[str, str] = {}
        for row, title in enumerate(titles):
            numbers.append((title.anime_id, title.nsfw, title.members or 0, title.year or 0))
            scores.append(title.score or 0.0)
            types.append((title.type or "").lower())
            known_types |= {title.type.lower(): title.type} if title.type else {}
            for genre in title.genres:
                rows_of.setdefault(genre.lower(), []).append(row)
                known_genres[genre.lower()] = genre
        table = np.array(numbers, dtype=np.int64).reshape(-1, 4)
        masks = {genre: np.zeros(len(titles), dtype=bool) for genre in rows_of}
        for genre, rows in rows_of.items():
            masks[genre][rows] = True
        return cls(
            vocabulary=Vocabulary(table[:, 0].copy()),
            nsfw=table[:, 1].astype(bool),
            members=table[:, 2].copy(),
            years=table[:, 3].copy(),
            mean_scores=np.array(scores, dtype=np.float32),
            types=np.array(types, dtype=np.str_),
            genre_masks=masks,
            known_genres=known_genres,
            known_types=known_types,
        )
