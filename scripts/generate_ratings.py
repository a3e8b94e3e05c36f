#!/usr/bin/env python3
"""Generate ratings of made-up users, for the demo and for benchmarks.

The ratings are plausible: each user likes some genres, watches popular titles of those, rates strictly,
generously or hardly at all, and leaves some titles unrated (-1). The file has the format that
import_dataset.py reads; it is written block by block, so that memory does not grow with --users.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.ranges import WatchStatus
from ingest.columns import OWN_HEADER
from ingest.curated import TITLES
from scripts.console import OK, console, count_progress, run

FIRST_GENERATED_ID = 1_000_000  # far above the ids of MyAnimeList
BLOCK = 2_000  # users generated at a time
LIST_LENGTH = 82  # mean; repeated titles are drawn but not written
LONGEST_LIST = 18  # mean lists
_SPREAD = 0.9  # standard deviation of the logarithm of the lengths


@dataclass(frozen=True)
class World:
    """The titles that users choose from.

    Attributes:
        ids: int64 (n,).
        in_genre: for each genre, the rows of its titles and the cumulative share of their popularity.
        genres: float32 (n, n_genres), 1 where a title has the genre, rows of length 1.
        quality: float32 (n,), mean rating of a title, 1-10.
    """

    ids: NDArray[np.int64]
    in_genre: list[tuple[NDArray[np.int64], NDArray[np.float64]]]
    genres: NDArray[np.float32]
    quality: NDArray[np.float32]


def main(argv: list[str] | None = None) -> int:
    """Write the ratings, and the catalog with --anime-out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, default=2_000, help="how many users (default: 2000)")
    parser.add_argument(
        "--anime",
        type=int,
        help="how many titles, made-up ones if the catalog has fewer",
    )
    parser.add_argument(
        "--list-length",
        type=int,
        default=LIST_LENGTH,
        help=f"mean number of titles that a user draws, some repeatedly (default: {LIST_LENGTH})",
    )
    parser.add_argument("--catalog", type=Path, default=TITLES, help="default: curated/titles.csv")
    parser.add_argument("--out", type=Path, default=Path("ratings.csv.gz"), help="ratings, .csv or .csv.gz")
    parser.add_argument("--anime-out", type=Path, help="also write the catalog, for --anime of the import")
    parser.add_argument(
        "--statuses", action="store_true", help="with the columns of animelist.csv (2020), such as dropped"
    )
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args(argv)
    if min(arguments.users, arguments.list_length) < 1 or (arguments.anime or 10) < 10:
        parser.error("at least 1 user, 10 titles, and lists of 1 title")
    titles = read_titles(arguments.catalog, arguments.anime, arguments.seed)
    if arguments.anime_out:
        titles.to_csv(arguments.anime_out, index=False)
    world = make_world(titles, arguments.seed)
    written = 0
    with count_progress("generating users") as progress, _open(arguments.out) as out:
        out.write("user_id,anime_id,rating")
        out.write(",watching_status,watched_episodes\n" if arguments.statuses else "\n")
        done = 0
        for users, ratings in generate(world, arguments.users, arguments.seed, arguments.list_length):
            if arguments.statuses:
                ratings = with_statuses(ratings, np.random.default_rng([arguments.seed, 4, done]))
            ratings.to_csv(out, header=False, index=False)
            written += len(ratings)
            done += users
            progress(done, arguments.users)
    console.print(f"Wrote {written:,} generated ratings of {arguments.users:,} users to {arguments.out}.")
    return OK


def read_titles(catalog: Path, count: int | None, seed: int) -> pd.DataFrame:
    """The titles of a catalog by descending popularity, cut to `count` or extended with made-up titles."""
    with catalog.open(encoding="utf-8", newline="") as file:
        titles = pd.DataFrame(csv.DictReader(file), columns=OWN_HEADER)
    titles["members"] = titles["members"].astype(int)
    titles = titles.sort_values("members", ascending=False, kind="stable")
    if count is None or count <= len(titles):
        return titles.head(count or len(titles))
    rng = np.random.default_rng([seed, 1])
    extra = count - len(titles)
    extra_titles = titles.iloc[rng.integers(0, len(titles), extra)].copy()
    extra_titles["anime_id"] = np.arange(FIRST_GENERATED_ID, FIRST_GENERATED_ID + extra).astype(str)
    extra_titles["name"] = [f"Generated {_made_up_word(number)}" for number in range(extra)]
    extra_titles["english"] = extra_titles["aliases"] = ""
    extra_titles["members"] = (20_000 / np.arange(1, extra + 1) ** 0.7).astype(int) + 10
    return pd.concat([titles, extra_titles])


def _made_up_word(number: int) -> str:
    """A word for each number: titles that are told apart by numbers would be parts of one franchise."""
    syllables = [consonant + vowel for consonant in "bdghkmnrst" for vowel in "aiueo"]
    word = ""
    while number or len(word) < 6:
        number, syllable = divmod(number, len(syllables))
        word += syllables[syllable]
    return word.capitalize()


def make_world(titles: pd.DataFrame, seed: int) -> World:
    """Derive popularity by genre from the members of each title, and draw its quality."""
    rng = np.random.default_rng([seed, 2])
    lists = [[genre.strip() for genre in text.split(",") if genre.strip()] for text in titles["genres"]]
    names = sorted({genre for genres in lists for genre in genres})
    column = {name: number for number, name in enumerate(names)}
    genres = np.zeros((len(titles), len(names)), dtype=np.float32)
    for row, present in enumerate(lists):
        genres[row, [column[name] for name in present]] = 1.0
    popularity = titles["members"].to_numpy(dtype=float) ** 1.1
    in_genre = []
    for number in range(len(names)):
        rows = np.flatnonzero(genres[:, number])
        in_genre.append((rows, np.cumsum(popularity[rows]) / popularity[rows].sum()))
    popularity_log = np.log10(titles["members"].to_numpy(dtype=float))
    quality = 7.3 + 0.5 * (popularity_log - popularity_log.mean()) + rng.normal(0, 0.5, len(titles))
    lengths = np.maximum(np.linalg.norm(genres, axis=1, keepdims=True), 1.0)
    ids = titles["anime_id"].astype(np.int64).to_numpy()
    return World(ids, in_genre, genres / lengths, np.clip(quality, 3, 9.2).astype(np.float32))


def generate(
    world: World, users: int, seed: int, list_length: int = LIST_LENGTH
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield blocks of (number of users, their ratings): user_id, anime_id, rating, ordered by both ids."""
    sizes = np.array([len(rows) for rows, _ in world.in_genre], dtype=float)
    for first in range(1, users + 1, BLOCK):
        rng = np.random.default_rng([seed, 3, first])  # independent of the earlier blocks
        count = min(BLOCK, users + 1 - first)
        # the low shape gives most of a user's preference to few genres
        preference = rng.gamma(0.25, size=(count, len(sizes))) * sizes**0.5
        preference /= preference.sum(axis=1, keepdims=True)
        lengths = rng.lognormal(np.log(list_length) - _SPREAD**2 / 2, _SPREAD, count)
        lengths = np.clip(lengths, 8, LONGEST_LIST * list_length).astype(int)
        user_rows = np.repeat(np.arange(count), lengths)
        rows = _choose(world, preference, user_rows, rng)
        pairs = np.unique(user_rows * len(world.ids) + rows)
        user_rows, rows = pairs // len(world.ids), pairs % len(world.ids)
        ratings = _rate(world, preference, user_rows, rows, rng)
        table = pd.DataFrame({"user_id": user_rows + first, "anime_id": world.ids[rows], "rating": ratings})
        yield count, table.sort_values(["user_id", "anime_id"])


def with_statuses(ratings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The ratings as animelist.csv has them: unrated is 0, a status, watched episodes."""
    planned = rng.random(len(ratings)) < 0.2
    rated = ratings["rating"].to_numpy() > 0
    watched = [int(status) for status in WatchStatus if status != WatchStatus.PLAN_TO_WATCH]
    of_rated = rng.choice(watched, len(ratings), p=[0.04, 0.90, 0.02, 0.04])
    of_unrated = rng.choice(watched, len(ratings), p=[0.20, 0.50, 0.13, 0.17])
    of_watched = np.where(rated, of_rated, of_unrated)
    return ratings.assign(
        rating=np.where(rated & ~planned, ratings["rating"], 0),
        watching_status=np.where(planned, int(WatchStatus.PLAN_TO_WATCH), of_watched),
        watched_episodes=rng.integers(0, 27, len(ratings)),
    )


def _choose(
    world: World, preference: NDArray[np.float64], user_rows: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a title for each entry of `user_rows`: a genre by preference, then a title by popularity in it."""
    users, genres = preference.shape
    # one ascending sequence: that of user u is between u and u + 1
    cumulative = np.cumsum(preference, axis=1) + np.arange(users)[:, None]
    drawn = np.searchsorted(cumulative.ravel(), rng.random(len(user_rows)) + user_rows)
    genre = (drawn - user_rows * genres).clip(0, genres - 1)
    rows = np.empty(len(user_rows), dtype=np.int64)
    for number, (titles, popularity) in enumerate(world.in_genre):
        chosen = np.flatnonzero(genre == number)
        position = np.searchsorted(popularity, rng.random(len(chosen))).clip(max=len(titles) - 1)
        rows[chosen] = titles[position]
    return rows


def _rate(
    world: World,
    preference: NDArray[np.float64],
    user_rows: NDArray[np.int64],
    rows: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """1-10 from the title's quality and the user's preference and strictness; -1 if unrated."""
    count = len(preference)
    strictness = rng.normal(0, 0.8, count)
    unrated_share = np.where(rng.random(count) < 0.05, 1.0, rng.beta(0.6, 3.0, count))
    match = np.einsum("ij,ij->i", np.sqrt(preference)[user_rows].astype(np.float32), world.genres[rows])
    values = world.quality[rows] + 3.0 * (match - 0.3) + strictness[user_rows] + rng.normal(0, 1.0, len(rows))
    ratings = np.clip(np.rint(values), 1, 10).astype(np.int64)
    ratings[rng.random(len(rows)) < unrated_share[user_rows]] = -1
    return ratings


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return cast(IO[str], io.TextIOWrapper(gzip.open(path, "wb", compresslevel=3), "utf-8", newline=""))
    return path.open("w", encoding="utf-8", newline="")


if __name__ == "__main__":
    run(main)
