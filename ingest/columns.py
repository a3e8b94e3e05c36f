"""The meanings of columns, by their headers: of which kind a file is, and which value is where.

Case, spaces, `_` and `-` of a header do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Synonyms = Mapping[str, tuple[str, ...]]  # meaning -> headers, the preferred one first

# a column has the first meaning that names it and that no other column has: `rating` is the age rating
# only beside a score
_OF_TITLES: Synonyms = {
    "anime_id": ("anime_id", "mal_id"),
    "name": ("name", "title"),
    "english": ("english", "english_name", "english_title", "title_english"),
    "japanese": (
        *("japanese_title", "japanese_name", "japanese_names", "title_japanese", "japanese"),
        *("other_name", "other_names"),
    ),
    "aliases": ("aliases",),  # separated by |
    "synonyms": ("title_synonyms", "synonyms"),
    "genres": ("genres", "genre"),
    "themes": ("themes", "theme"),
    "demographics": ("demographics", "demographic"),
    "type": ("type",),
    "episodes": ("episodes", "num_episodes"),
    "score": ("score", "mean", "rating"),
    "members": ("members",),
    "year": ("year",),
    "aired": ("aired_string", "aired"),
    "premiered": ("premiered", "season"),
    "airing_status": ("airing_status", "status"),
    "image_url": ("image_url", "main_picture", "picture"),
    "studios": ("studios", "studio"),
    "producers": ("producers", "producer"),
    "source": ("source",),
    "duration": ("duration",),
    "age_rating": ("age_rating", "rating"),
    "synopsis": ("synopsis", "sypnopsis", "description"),
}
_OF_RATINGS: Synonyms = {
    "user_id": ("user_id",),
    "user_name": ("user_name",),
    "anime_id": ("anime_id", "mal_id"),
    "rating": ("my_score", "rating", "user_rating", "user_score", "score"),
    "status": ("my_status", "watching_status", "watch_status", "status"),
}
_NAMES = ("english", "japanese", "aliases", "synonyms")
_OF_DETAILS = (
    *("japanese", "aired", "premiered", "airing_status", "image_url", "studios", "producers"),
    *("source", "duration"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of file: its columns, and of each tuple of `needs` one meaning that it must have."""

    name: str
    columns: Synonyms
    needs: tuple[tuple[str, ...], ...]

    def find(self, header: Sequence[str]) -> dict[str, int]:
        """Meaning -> position of each column that is understood."""
        names = [_normalized(name) for name in header]
        found: dict[str, int] = {}
        for meaning, synonyms in self.columns.items():
            candidates = (names.index(name) for name in map(_normalized, synonyms) if name in names)
            position = next((place for place in candidates if place not in found.values()), None)
            if position is not None:
                found[meaning] = position
        return found

    def missing(self, found: Mapping[str, int]) -> list[str]:
        """Each need that is not met, in words."""
        return [" or ".join(need) for need in self.needs if not set(need) & set(found)]

    def positions(self, header: Sequence[str]) -> dict[str, int]:
        """As `find`.

        Raises:
            ValueError: the header is not of this kind, or names a column that is needed twice; says which
                columns were understood, what is missing, and the nearest known format.
        """
        found = self.find(header)
        if missing := self.missing(found):
            understood = ", ".join(
                header[place] if header[place] == meaning else f"{header[place]} = {meaning}"
                for meaning, place in found.items()
            )
            raise ValueError(
                f"the header is {','.join(header)[:200]!r}, not that of {self.name}. "
                f"{_separated_otherwise(header)}"
                f"Columns understood: {understood or 'none'}; missing: {', '.join(missing)}. "
                f"The nearest known format is {_nearest(self, header)}."
            )
        names = [_normalized(name) for name in header]
        for place in found.values():
            if names.count(names[place]) > 1:
                raise ValueError(f"the header has the column {header[place]!r} twice; remove one of them.")
        return found


CATALOG = Kind("a catalog", _OF_TITLES, (("anime_id",), ("name",), ("type", "episodes")))
DETAILS = Kind("a details file", _OF_TITLES, (("anime_id",), _OF_DETAILS))
SYNOPSES = Kind(
    "a synopsis file",
    {name: _OF_TITLES[name] for name in ("anime_id", "synopsis")},
    (("anime_id",), ("synopsis",)),
)
ALIASES = Kind(
    "an alias file", {name: _OF_TITLES[name] for name in ("anime_id", *_NAMES)}, (("anime_id",), _NAMES)
)
RATINGS = Kind("a ratings file", _OF_RATINGS, (("user_id", "user_name"), ("anime_id",), ("rating",)))
RELATIONS = Kind(
    "a relations file",
    {name: (name,) for name in ("anime_id", "related_id", "kind")},
    (("anime_id",), ("related_id",), ("kind",)),
)
# a file is of the first kind whose needs its header meets
KINDS = (RATINGS, CATALOG, SYNOPSES, DETAILS, ALIASES)

OWN_HEADER = ["anime_id", "name", "english", "aliases", "genres", "type", "episodes", "year", "members"]

# (kind, file, header) of the files that we know; others with the same columns are read as well
KNOWN_FORMATS: tuple[tuple[Kind, str, str], ...] = (
    (
        CATALOG,
        "anime.csv of the Anime Recommendations Database (2016)",
        "anime_id,name,genre,type,episodes,rating,members",
    ),
    (RATINGS, "rating.csv of the Anime Recommendations Database (2016)", "user_id,anime_id,rating"),
    (
        CATALOG,
        "anime.csv of the Anime Recommendation Database 2020",
        "MAL_ID,Name,Score,Genres,English name,Japanese name,Type,Episodes,Aired,Premiered,Producers,"
        "Licensors,Studios,Source,Duration,Rating,Ranked,Popularity,Members,Favorites,Watching,Completed,"
        "On-Hold,Dropped,Plan to Watch,Score-10,Score-9,Score-8,Score-7,Score-6,Score-5,Score-4,Score-3,"
        "Score-2,Score-1",
    ),
    (
        RATINGS,
        "animelist.csv of the Anime Recommendation Database 2020",
        "user_id,anime_id,rating,watching_status,watched_episodes",
    ),
    (
        SYNOPSES,
        "anime_with_synopsis.csv of the Anime Recommendation Database 2020",
        "MAL_ID,Name,Score,Genres,sypnopsis",
    ),
    (
        CATALOG,
        "anime-dataset-2023.csv of the MyAnimeList Dataset (2023)",
        "anime_id,Name,English name,Other name,Score,Genres,Synopsis,Type,Episodes,Aired,Premiered,Status,"
        "Producers,Licensors,Studios,Source,Duration,Rating,Rank,Popularity,Favorites,Scored By,Members,"
        "Image URL",
    ),
    (
        RATINGS,
        "users-score-2023.csv of the MyAnimeList Dataset (2023)",
        "user_id,Username,anime_id,Anime Title,rating",
    ),
    (
        CATALOG,
        "AnimeList.csv of the MyAnimeList Dataset (2018)",
        "anime_id,title,title_english,title_japanese,title_synonyms,image_url,type,source,episodes,status,"
        "airing,aired_string,aired,duration,rating,score,scored_by,rank,popularity,members,favorites,"
        "background,premiered,broadcast,related,producer,licensor,studio,genre,opening_theme,ending_theme",
    ),
    (
        RATINGS,
        "UserAnimeList.csv of the MyAnimeList Dataset (2018)",
        "username,anime_id,my_watched_episodes,my_start_date,my_finish_date,my_score,my_status,my_rewatching,"
        "my_rewatching_ep,my_last_updated,my_tags",
    ),
    (
        CATALOG,
        "the catalog of 2025",
        "anime_id,anime_url,image_url,name,english_name,japanese_names,score,genres,themes,demographics,"
        "synopsis,type,episodes,premiered,producers,studios,source,duration,rating,rank,popularity,favorites,"
        "scored_by,members",
    ),
    (CATALOG, "a catalog of this project", ",".join(OWN_HEADER)),
    (ALIASES, "an alias file of this project", "anime_id,name,english,aliases"),
    (DETAILS, "a details file of this project", "anime_id,japanese_title,aired,image_url"),
    (RELATIONS, "a relations file of this project", "anime_id,related_id,kind"),
)


def recognize(header: Sequence[str]) -> Kind | None:
    """The kind of file that has this header, None if it is none."""
    return next((kind for kind in KINDS if not kind.missing(kind.find(header))), None)


def _nearest(kind: Kind, header: Sequence[str]) -> str:
    """File and header of the known format of a kind that shares the largest part of its columns."""
    names = {_normalized(name) for name in header}

    def shared(known: str) -> float:
        others = {_normalized(name) for name in known.split(",")}
        return len(names & others) / len(names | others)

    same_kind = [one for one in KNOWN_FORMATS if one[0].name == kind.name]
    _, file, known = max(same_kind or KNOWN_FORMATS, key=lambda one: shared(one[2]))
    return f"{file}, {known[:200]!r}"


def _separated_otherwise(header: Sequence[str]) -> str:
    """A hint for a header without commas."""
    return "Columns are separated by commas. " if len(header) == 1 and re.search(r"[;\t|]", header[0]) else ""


def _normalized(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).lower()
