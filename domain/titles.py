"""One anime title and what describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple, get_args

AliasKind = Literal["english", "japanese", "synonym"]
AiringStatus = Literal["finished", "airing", "upcoming"]
AgeRating = Literal["G", "PG", "PG-13", "R", "R+", "Rx"]  # as MyAnimeList has them
SeasonName = Literal["winter", "spring", "summer", "fall"]

AIRING_STATUSES: tuple[AiringStatus, ...] = get_args(AiringStatus)
AGE_RATINGS: tuple[AgeRating, ...] = get_args(AgeRating)
SEASON_NAMES: tuple[SeasonName, ...] = get_args(SeasonName)  # in the order of the year
NSFW_GENRES = frozenset({"Hentai", "Erotica"})
NSFW_AGE_RATING: AgeRating = "Rx"


class Season(NamedTuple):
    """A quarter of a year, in which titles begin to air: winter is January to March."""

    year: int
    name: SeasonName

    @classmethod
    def of(cls, day: date) -> Season:
        """The season that a day is in."""
        return cls(day.year, SEASON_NAMES[(day.month - 1) // 3])

    @classmethod
    def numbered(cls, number: int) -> Season:
        """The inverse of `number`."""
        return cls(number // len(SEASON_NAMES), SEASON_NAMES[number % len(SEASON_NAMES)])

    @classmethod
    def parse(cls, text: str) -> Season | None:
        """The season of a text like "Spring 2013", in any case; None for any other text."""
        name, _, year = text.strip().lower().partition(" ")
        known = {str(season): season for season in SEASON_NAMES}.get(name)
        return cls(int(year), known) if known and re.fullmatch(r"\d{4}", year, re.ASCII) else None

    @property
    def number(self) -> int:
        """Ascends with time, by 1 from one season to the next; never 0."""
        return self.year * len(SEASON_NAMES) + SEASON_NAMES.index(self.name)

    def __str__(self) -> str:
        return f"{self.name.capitalize()} {self.year}"


class Offer(NamedTuple):
    """A place where a title can be watched.

    `regions` are codes of countries, such as CN; empty where they are not known.
    """

    service: str
    url: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """One title, as far as it is searched, filtered and ranked. None and an empty tuple mean unknown."""

    anime_id: int  # MyAnimeList id
    name: str  # main title, clean text
    aliases: tuple[tuple[str, str], ...] = ()  # (other name, AliasKind)
    genres: tuple[str, ...] = ()
    type: str | None = None  # TV, Movie, OVA, ONA, Special, Music
    episodes: int | None = None
    score: float | None = None  # mean rating on MyAnimeList, 1-10
    members: int | None = None  # people who have it in a list on MyAnimeList
    year: int | None = None  # first aired
    image_url: str | None = None
    studios: tuple[str, ...] = ()
    source: str | None = None  # Manga, Light novel, Original, …
    duration_minutes: int | None = None  # of an episode
    season: Season | None = None  # in which it began to air
    airing_status: AiringStatus | None = None
    age_rating: AgeRating | None = None
    services: tuple[str, ...] = ()  # on which it can be watched

    @property
    def nsfw(self) -> bool:
        return self.age_rating == NSFW_AGE_RATING or not NSFW_GENRES.isdisjoint(self.genres)

    def alias(self, kind: AliasKind) -> str | None:
        """The first alias of a kind, None where there is none."""
        return next((name for name, of_kind in self.aliases if of_kind == kind), None)


@dataclass(frozen=True, slots=True)
class TitleDetails:
    """More about a title: shown on its own page, and read when models are fitted."""

    synopsis: str | None = None
    producers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # finer than genres, in lower case
    aired_from: str | None = None  # first day on air, as 1998-04-03
    aired_to: str | None = None
    external_ids: dict[str, str] = field(default_factory=dict)  # site -> id there
    offers: tuple[Offer, ...] = ()


NO_DETAILS = TitleDetails()
