"""The titles that can be recommended, and their attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.titles import AGE_RATINGS, AIRING_STATUSES, NO_DETAILS, Title, TitleDetails
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

    @cached_property
    def typical_scores(self) -> NDArray[np.float64]:
        """float64 (n,): mean rating, the median where it is unknown."""
        known = self.mean_scores > 0
        typical = np.median(self.mean_scores[known]) if known.any() else 0
        return np.where(known, self.mean_scores, typical).astype(np.float64)

    @cached_property
    def log_members(self) -> NDArray[np.float64]:
        """float64 (n,): logarithm of 1 + members; where they are unknown, as of titles rated like this one.

        What many people watch is rated higher: a straight line. All 0 where no members are known.
        """
        members, scores = np.log1p(self.members.astype(np.float64)), self.typical_scores
        known = members > 0
        if known.any():
            above, more = (values[known] - values[known].mean() for values in (scores, members))
            slope = (above @ more) / max(above @ above, 1e-9)
            expected = members[known].mean() + slope * (scores[~known] - scores[known].mean())
            members[~known] = np.clip(expected, 0, members.max())
        return members

    @property
    def minutes(self) -> NDArray[np.int64]:
        """int64 (n,): length of an episode, 0 where unknown."""
        return self.columns.minutes

    @property
    def seasons(self) -> NDArray[np.int64]:
        """int64 (n,): `Season.number` of the season in which it began to air, 0 where unknown."""
        return self.columns.seasons

    @property
    def labels(self) -> Mapping[str, Labels]:
        """The names that titles have: types, genres, studios, …: the keys of `LABELS`."""
        return self.columns.labels

    @cached_property
    def genre_masks(self) -> Mapping[str, NDArray[np.bool_]]:
        """Genre in lower case -> bool (n,): the titles that have it."""
        genres = self.labels["genres"]
        return {key: genres.mask([key]) for key in genres.names}

    @property
    def known_genres(self) -> Mapping[str, str]:
        """Genre in lower case -> genre as it is written."""
        return self.labels["genres"].names

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
        types = self.labels["types"]
        return {key: types.mask([key]) for key in types.names}

    def of_types(self) -> dict[str, NDArray[np.bool_]]:
        """Type as it is written -> bool (n,): the titles of it."""
        return {name: self.type_masks[key] for key, name in self.labels["types"].names.items()}


@dataclass(frozen=True, eq=False)
class Labels:
    """The names that titles have of one kind, such as genres. Some kinds have thousands: no mask is kept.

    Attributes:
        names: in lower case -> as it is written; those that a title may have, whether one has them or not.
        rows: in lower case -> int32, ascending: the titles that have it, where there are any.
        n_anime: titles of the catalog.
    """

    names: Mapping[str, str]
    rows: Mapping[str, NDArray[np.int32]]
    n_anime: int

    @classmethod
    def of(cls, of_titles: Sequence[Iterable[str]], always: Iterable[str] = ()) -> Labels:
        names = {name.lower(): name for name in always}
        rows: dict[str, list[int]] = {}
        for row, of_title in enumerate(of_titles):
            for name in of_title:
                names[name.lower()] = name
                rows.setdefault(name.lower(), []).append(row)
        found = {key: np.unique(np.array(of_name, dtype=np.int32)) for key, of_name in rows.items()}
        return cls(names, found, len(of_titles))

    @property
    def by_titles(self) -> list[str]:
        """The names as they are written, those of most titles first."""
        keys = sorted(self.rows, key=lambda key: (-len(self.rows[key]), self.names[key]))
        return [self.names[key] for key in keys]

    def mask(self, keys: Iterable[str]) -> NDArray[np.bool_]:
        """bool (n,): the titles that have any of these names."""
        mask = np.zeros(self.n_anime, dtype=bool)
        for key in keys:
            if key in self.rows:
                mask[self.rows[key]] = True
        return mask


# kind of names -> those of a title
LABELS: Mapping[str, Callable[[Title], Iterable[str]]] = {
    "types": lambda title: (title.type,) if title.type else (),
    "genres": lambda title: title.genres,
    "studios": lambda title: title.studios,
    "sources": lambda title: (title.source,) if title.source else (),
    "statuses": lambda title: (title.airing_status,) if title.airing_status else (),
    "age_ratings": lambda title: (title.age_rating,) if title.age_rating else (),
    "services": lambda title: title.services,
}
ALWAYS = {"statuses": AIRING_STATUSES, "age_ratings": AGE_RATINGS}  # tomorrow a title may have them


class Columns(NamedTuple):
    """The attributes of all titles, an array each. See Catalog."""

    vocabulary: Vocabulary
    nsfw: NDArray[np.bool_]
    members: NDArray[np.int64]
    years: NDArray[np.int64]
    minutes: NDArray[np.int64]
    seasons: NDArray[np.int64]
    mean_scores: NDArray[np.float32]
    labels: Mapping[str, Labels]

    @classmethod
    def of(cls, titles: Sequence[Title]) -> Columns:
        """In one pass: each title may have to be read."""
        numbers, scores = [], []
        of_titles: dict[str, list[Iterable[str]]] = {kind: [] for kind in LABELS}
        for title in titles:
            season = title.season.number if title.season else 0
            known = (title.members or 0, title.year or 0, title.duration_minutes or 0, season)
            numbers.append((title.anime_id, title.nsfw, *known))
            scores.append(title.score or 0.0)
            for kind, names_of in LABELS.items():
                of_titles[kind].append(names_of(title))
        table = np.array(numbers, dtype=np.int64).reshape(-1, 6)
        ids, nsfw, members, years, minutes, seasons = (column.copy() for column in table.T)
        return cls(
            vocabulary=Vocabulary(ids),
            nsfw=nsfw.astype(bool),
            members=members,
            years=years,
            minutes=minutes,
            seasons=seasons,
            mean_scores=np.array(scores, dtype=np.float32),
            labels={kind: Labels.of(names, ALWAYS.get(kind, ())) for kind, names in of_titles.items()},
        )
