"""`generate_ratings.py`: people who do not exist, with tastes that can be found again."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from ingest.catalog import import_anime
from ingest.ratings import import_ratings
from scripts.generate_ratings import CATALOG, FIRST_GENERATED_ID, generate, main, make_world, read_titles
from tests.db.helpers import PEAK_MB, run_python

GENERATE_AND_MEASURE = f"""{PEAK_MB}
import sys
from scripts.generate_ratings import main
assert main(["--users", sys.argv[1], "--anime", "3000", "--out", sys.argv[2]]) == 0
print(peak_mb())
"""


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """The ratings of 2 500 people, in two blocks."""
    world = make_world(read_titles(CATALOG, 600, 7), 7)
    return pd.concat([ratings for _, ratings in generate(world, 2_500, 7)])


def made(folder: Path, *arguments: object) -> bytes:
    out = folder / "made.csv"
    assert main([*map(str, arguments), "--out", str(out)]) == 0
    return out.read_bytes()


def test_the_same_seed_makes_the_same_people(tmp_path: Path) -> None:
    assert made(tmp_path, "--users", 60) == made(tmp_path, "--users", 60)


def test_another_seed_makes_other_people(tmp_path: Path) -> None:
    assert made(tmp_path, "--users", 60) != made(tmp_path, "--users", 60, "--seed", 8)


def test_the_name_decides_whether_the_file_is_compressed(tmp_path: Path) -> None:
    plain = made(tmp_path, "--users", 20)
    main(["--users", "20", "--out", str(tmp_path / "made.csv.gz")])
    assert gzip.decompress((tmp_path / "made.csv.gz").read_bytes()) == plain
    assert plain.startswith(b"user_id,anime_id,rating\n1,")


def test_more_people_are_added_after_the_same_first_block(people: pd.DataFrame) -> None:
    world = make_world(read_titles(CATALOG, 600, 7), 7)
    first = next(generate(world, 2_000, 7))[1]
    pd.testing.assert_frame_equal(first, people[people["user_id"] <= 2_000])


def test_every_person_has_a_list_ordered_by_both_ids(people: pd.DataFrame) -> None:
    assert people["user_id"].unique().tolist() == list(range(1, 2_501))
    keys = people["user_id"].to_numpy() * 10**8 + people["anime_id"].to_numpy()
    assert (np.diff(keys) > 0).all()


def test_ids_are_those_of_the_catalog(people: pd.DataFrame) -> None:
    catalog = pd.read_csv(CATALOG)["anime_id"]
    assert set(people["anime_id"]) <= set(catalog)


def test_ratings_are_1_to_10_or_minus_1_and_use_the_scale(people: pd.DataFrame) -> None:
    shares = people["rating"].value_counts(normalize=True)
    assert set(shares.index) == {-1, *range(1, 11)}
    assert 0.05 < shares[-1] < 0.5
    assert shares.max() < 0.5


def test_people_rate_in_their_own_way(people: pd.DataFrame) -> None:
    rated = people[people["rating"] > 0].groupby("user_id")["rating"].agg(["mean", "size"])
    assert rated[rated["size"] >= 20]["mean"].std() > 0.4
    assert people.groupby("user_id").size().std() > 10


def test_a_persons_favorite_genre_shows_again_in_the_rest_of_the_list(people: pd.DataFrame) -> None:
    """The favorite is found in one half of a list and counted in the other; chance gives a lift of 1."""
    titles = read_titles(CATALOG, 600, 7)
    genres = titles.set_index(titles["anime_id"].astype(int))["genres"].str.get_dummies(", ")
    base = genres.loc[people["anime_id"]].mean()
    lifts, favorites = [], []
    for _, seen in people[people["user_id"] <= 400].groupby("user_id")["anime_id"]:
        if len(seen) >= 40:
            shown, hidden = genres.loc[seen[::2]], genres.loc[seen[1::2]]
            favorite = str((shown.mean() - base).idxmax())
            lifts.append(hidden[favorite].mean() / base[favorite])
            favorites.append(favorite)
    assert len(lifts) > 100
    assert np.median(lifts) > 1.3
    assert len(set(favorites)) > 8


def test_popular_titles_are_seen_by_more_people(people: pd.DataFrame) -> None:
    order = read_titles(CATALOG, 600, 7)["anime_id"].astype(int)
    watchers = people["anime_id"].value_counts().reindex(order, fill_value=0).to_numpy()
    assert watchers[:60].mean() > 4 * watchers[-60:].mean()


def test_a_catalog_smaller_than_ours_keeps_the_best_known_titles() -> None:
    titles = read_titles(CATALOG, 25, 7)
    rest = pd.read_csv(CATALOG)["members"].sort_values(ascending=False)
    assert titles["members"].tolist() == rest[:25].tolist()


def test_a_catalog_larger_than_ours_is_filled_with_invented_titles() -> None:
    ours = len(read_titles(CATALOG, None, 7))
    titles = read_titles(CATALOG, ours + 500, 7)
    ids = titles["anime_id"].astype(int)
    assert len(titles) == ids.nunique() == ours + 500
    assert ids[ours:].tolist() == list(range(FIRST_GENERATED_ID, FIRST_GENERATED_ID + 500))
    assert titles["name"].tolist()[-1] == "Generated title 500"
    assert (ids[:ours] < FIRST_GENERATED_ID).all()


def test_what_is_written_can_be_imported_without_a_rejection(database: Engine, tmp_path: Path) -> None:
    ratings, anime = tmp_path / "ratings.csv.gz", tmp_path / "anime.csv"
    main(["--users", "50", "--anime", "3000", "--out", str(ratings), "--anime-out", str(anime)])
    loaded = import_anime(database, anime)
    assert (loaded.loaded, loaded.rejected) == (3_000, 0)
    report = import_ratings(database, ratings, generated=True)
    assert report.loaded == report.read > 500


@pytest.mark.parametrize(
    "arguments", [["--users", "0"], ["--users", "-3"], ["--anime", "9"], ["--users", "x"]]
)
def test_wrong_arguments_end_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_memory_does_not_grow_with_the_people(tmp_path: Path) -> None:
    """Keeping the ratings of the 12 000 people between would take some 20 MB more."""
    few, many = (
        float(run_python(GENERATE_AND_MEASURE, users, str(tmp_path / "out.csv")).split()[-1])
        for users in ("8000", "20000")
    )
    assert many - few < 12
    assert many < 400
