"""`generate_ratings.py` generates ratings with plausible preferences."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from domain.titles import Title
from ingest.catalog import import_anime
from ingest.curated import TITLES
from ingest.ratings import import_ratings
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises
from scripts.generate_ratings import FIRST_GENERATED_ID, generate, main, make_world, read_titles
from tests.db.helpers import PEAK_MB, contents, run_python

GENERATE_AND_MEASURE = f"""{PEAK_MB}
import sys
from scripts.generate_ratings import main
assert main(["--users", sys.argv[1], "--anime", "3000", "--out", sys.argv[2]]) == 0
print(peak_mb())
"""


@pytest.fixture(scope="module")
def users() -> pd.DataFrame:
    """The ratings of 2,500 users, in two blocks."""
    world = make_world(read_titles(TITLES, 600, 7), 7)
    return pd.concat([ratings for _, ratings in generate(world, 2_500, 7)])


def generated(folder: Path, *arguments: object) -> bytes:
    out = folder / "ratings.csv"
    assert main([*map(str, arguments), "--out", str(out)]) == 0
    return out.read_bytes()


def test_same_seed_generates_the_same_ratings(tmp_path: Path) -> None:
    assert generated(tmp_path, "--users", 60) == generated(tmp_path, "--users", 60)


def test_another_seed_generates_other_ratings(tmp_path: Path) -> None:
    assert generated(tmp_path, "--users", 60) != generated(tmp_path, "--users", 60, "--seed", 8)


def test_gz_suffix_compresses_the_file(tmp_path: Path) -> None:
    plain = generated(tmp_path, "--users", 20)
    main(["--users", "20", "--out", str(tmp_path / "ratings.csv.gz")])
    assert gzip.decompress((tmp_path / "ratings.csv.gz").read_bytes()) == plain
    assert plain.startswith(b"user_id,anime_id,rating\n1,")


def test_statuses_are_those_of_animelist(tmp_path: Path, database: Engine) -> None:
    anime = tmp_path / "anime.csv"
    content = generated(tmp_path, "--users", 60, "--statuses", "--anime-out", anime)
    assert content.startswith(b"user_id,anime_id,rating,watching_status,watched_episodes\n")
    assert generated(tmp_path, "--users", 60, "--statuses") == content
    import_anime(database, anime)
    report = import_ratings(database, tmp_path / "ratings.csv")
    assert report.loaded == report.read
    found = contents(database)
    assert {row[3] for row in found["ratings"] if row[2]} == {1, 2, 3, 4}
    assert len(found["ratings"]) + len(found["planned_titles"]) == report.read
    assert found["planned_titles"]


def test_list_length_scales_the_lists(tmp_path: Path) -> None:
    short, long = (
        generated(tmp_path, "--users", 60, "--list-length", length).count(b"\n") for length in (20, 60)
    )
    assert 2 < long / short < 3.5


def test_more_users_keep_the_first_block(users: pd.DataFrame) -> None:
    world = make_world(read_titles(TITLES, 600, 7), 7)
    first = next(generate(world, 2_000, 7))[1]
    pd.testing.assert_frame_equal(first, users[users["user_id"] <= 2_000])


def test_every_user_has_ratings_ordered_by_both_ids(users: pd.DataFrame) -> None:
    assert users["user_id"].unique().tolist() == list(range(1, 2_501))
    keys = users["user_id"].to_numpy() * 10**8 + users["anime_id"].to_numpy()
    assert (np.diff(keys) > 0).all()


def test_anime_ids_are_in_the_catalog(users: pd.DataFrame) -> None:
    catalog = pd.read_csv(TITLES)["anime_id"]
    assert set(users["anime_id"]) <= set(catalog)


def test_ratings_use_the_whole_scale(users: pd.DataFrame) -> None:
    shares = users["rating"].value_counts(normalize=True)
    assert set(shares.index) == {-1, *range(1, 11)}
    assert 0.05 < shares[-1] < 0.5
    assert shares.max() < 0.5


def test_users_differ_in_mean_and_count(users: pd.DataFrame) -> None:
    rated = users[users["rating"] > 0].groupby("user_id")["rating"].agg(["mean", "size"])
    assert rated[rated["size"] >= 20]["mean"].std() > 0.4
    assert users.groupby("user_id").size().std() > 10


def test_favorite_genre_persists_across_a_list(users: pd.DataFrame) -> None:
    """The favorite genre of one half of a list is counted in the other; a random list has a lift of 1."""
    titles = read_titles(TITLES, 600, 7)
    genres = titles.set_index(titles["anime_id"].astype(int))["genres"].str.get_dummies(", ")
    base = genres.loc[users["anime_id"]].mean()
    lifts, favorites = [], []
    for _, seen in users[users["user_id"] <= 400].groupby("user_id")["anime_id"]:
        if len(seen) >= 40:
            shown, hidden = genres.loc[seen[::2]], genres.loc[seen[1::2]]
            favorite = str((shown.mean() - base).idxmax())
            lifts.append(hidden[favorite].mean() / base[favorite])
            favorites.append(favorite)
    assert len(lifts) > 100
    assert np.median(lifts) > 1.3
    assert len(set(favorites)) > 8


def test_popular_titles_have_more_ratings(users: pd.DataFrame) -> None:
    order = read_titles(TITLES, 600, 7)["anime_id"].astype(int)
    watchers = users["anime_id"].value_counts().reindex(order, fill_value=0).to_numpy()
    assert watchers[:60].mean() > 4 * watchers[-60:].mean()


def test_smaller_catalog_keeps_the_most_popular_titles() -> None:
    titles = read_titles(TITLES, 25, 7)
    rest = pd.read_csv(TITLES)["members"].sort_values(ascending=False)
    assert titles["members"].tolist() == rest[:25].tolist()


def test_larger_catalog_adds_made_up_titles() -> None:
    ours = len(read_titles(TITLES, None, 7))
    titles = read_titles(TITLES, ours + 500, 7)
    ids = titles["anime_id"].astype(int)
    assert len(titles) == ids.nunique() == ours + 500
    assert ids[ours:].tolist() == list(range(FIRST_GENERATED_ID, FIRST_GENERATED_ID + 500))
    assert titles["name"].str.startswith("Generated ")[ours:].all()
    assert titles["name"][ours:].is_unique
    assert (ids[:ours] < FIRST_GENERATED_ID).all()


def test_made_up_titles_are_no_franchise() -> None:
    names = read_titles(TITLES, 1_700, 7)["name"].tolist()[-300:]
    titles = tuple(Title(number, name, type="TV", year=2000) for number, name in enumerate(names, start=1))
    assert len(set(Franchises.build(Catalog(titles), ()).groups.tolist())) == 300


def test_generated_files_are_imported_without_rejections(database: Engine, tmp_path: Path) -> None:
    ratings, anime = tmp_path / "ratings.csv.gz", tmp_path / "anime.csv"
    main(["--users", "50", "--anime", "3000", "--out", str(ratings), "--anime-out", str(anime)])
    loaded = import_anime(database, anime)
    assert (loaded.loaded, loaded.rejected) == (3_000, 0)
    report = import_ratings(database, ratings, generated=True)
    assert report.loaded == report.read > 500


@pytest.mark.parametrize(
    "arguments",
    [["--users", "0"], ["--users", "-3"], ["--anime", "9"], ["--users", "x"], ["--list-length", "0"]],
)
def test_wrong_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_memory_does_not_grow_with_the_users(tmp_path: Path) -> None:
    """Keeping the ratings of the other 30,000 users in memory would take about 50 MB."""
    few, many = (
        float(run_python(GENERATE_AND_MEASURE, users, str(tmp_path / "out.csv")).split()[-1])
        for users in ("20000", "50000")
    )
    assert many - few < 25
    assert many < 400
