"""The catalogs of public data sets are imported as they are downloaded: rows in the shape of each."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from db.engine import read_transaction, write_transaction
from db.models import Anime, PendingRating, User
from ingest.catalog import import_anime, import_details, import_synopses
from ingest.columns import KNOWN_FORMATS
from ingest.report import ImportFileError
from tests.db.helpers import contents, put_titles, revision

HEADERS = {file: header.split(",") for _, file, header in KNOWN_FORMATS}
OF_2016 = "anime.csv of the Anime Recommendations Database (2016)"
OF_2018 = "AnimeList.csv of the MyAnimeList Dataset (2018)"
OF_2020 = "anime.csv of the Anime Recommendation Database 2020"
OF_2023 = "anime-dataset-2023.csv of the MyAnimeList Dataset (2023)"
OF_2025 = "the catalog of 2025"
TITLES_2023 = ["anime_id", "Name", "Score", "Genres", "Episodes"]

BEBOP = {
    "anime_id": 1,
    "name": "Cowboy Bebop",
    "genres": ["Action", "Sci-Fi", "Space"],
    "type": "TV",
    "episodes": 26,
    "score": 8.78,
    "members": 1251960,
    "year": 1998,
    "aired_from": date(1998, 4, 3),
    "aired_to": date(1999, 4, 24),
    "season": "spring",
    "season_year": 1998,
    "studios": ["Sunrise"],
    "producers": ["Bandai Visual"],
    "source": "Original",
    "duration_minutes": 24,
    "age_rating": "R",
}
MORE_OF_BEBOP = {
    "airing_status": "finished",
    "synopsis": "In the year 2071,\n\nhumanity & crime.",
    "image_url": "https://cdn.example.org/1.jpg",
}
ROWS: dict[str, dict[str, str]] = {
    OF_2018: {
        "anime_id": "1",
        "title": "Cowboy Bebop",
        "title_english": "Cowboy Bebop!",
        "title_japanese": "カウボーイビバップ",
        "title_synonyms": "Bebop, CB",
        "image_url": "https://cdn.example.org/1.jpg",
        "type": "TV",
        "source": "Original",
        "episodes": "26",
        "status": "Finished Airing",
        "airing": "False",
        "aired_string": "Apr 3, 1998 to Apr 24, 1999",
        "aired": "{'from': '1998-04-03', 'to': '1999-04-24'}",
        "duration": "24 min. per ep.",
        "rating": "R - 17+ (violence & profanity)",
        "score": "8.78",
        "members": "1251960",
        "premiered": "Spring 1998",
        "producer": "Bandai Visual",
        "licensor": "Funimation, Bandai Entertainment",
        "studio": "Sunrise",
        "genre": "Action, Sci-Fi, Space",
    },
    OF_2020: {
        "MAL_ID": "1",
        "Name": "Cowboy Bebop",
        "Score": "8.78",
        "Genres": "Action, Sci-Fi, Space",
        "English name": "Cowboy Bebop!",
        "Japanese name": "カウボーイビバップ",
        "Type": "TV",
        "Episodes": "26",
        "Aired": "Apr 3, 1998 to Apr 24, 1999",
        "Premiered": "Spring 1998",
        "Producers": "Bandai Visual",
        "Licensors": "Funimation, Bandai Entertainment",
        "Studios": "Sunrise",
        "Source": "Original",
        "Duration": "24 min. per ep.",
        "Rating": "R - 17+ (violence & profanity)",
        "Ranked": "28.0",
        "Popularity": "39",
        "Members": "1251960",
        "Plan to Watch": "329800",
        "Score-10": "229170.0",
    },
    OF_2023: {
        "anime_id": "1",
        "Name": "Cowboy Bebop",
        "English name": "Cowboy Bebop!",
        "Other name": "カウボーイビバップ",
        "Score": "8.78",
        "Genres": "Action, Sci-Fi, Space",
        "Synopsis": "In the year 2071,\n\nhumanity &amp; crime.",
        "Type": "TV",
        "Episodes": "26.0",
        "Aired": "Apr 3, 1998 to Apr 24, 1999",
        "Premiered": "spring 1998",
        "Status": "Finished Airing",
        "Producers": "Bandai Visual",
        "Licensors": "Funimation, Bandai Entertainment",
        "Studios": "Sunrise",
        "Source": "Original",
        "Duration": "24 min per ep",
        "Rating": "R - 17+ (violence & profanity)",
        "Rank": "41.0",
        "Scored By": "914193.0",
        "Members": "1251960",
        "Image URL": "https://cdn.example.org/1.jpg",
    },
    OF_2025: {
        "anime_id": "1",
        "anime_url": "https://example.org/anime/1",
        "image_url": "https://cdn.example.org/1.jpg",
        "name": "Cowboy Bebop",
        "english_name": "Cowboy Bebop!",
        "japanese_names": "['カウボーイビバップ']",
        "score": "8.78",
        "genres": "['Action', 'Sci-Fi']",
        "themes": "['Space']",
        "demographics": "[]",
        "synopsis": "In the year 2071,\n\nhumanity & crime.",
        "type": "TV",
        "episodes": "26",
        "premiered": "Spring 1998",
        "producers": "['Bandai Visual']",
        "studios": "['Sunrise']",
        "source": "Original",
        "duration": "24 min. per ep.",
        "rating": "R - 17+ (violence & profanity)",
        "members": "1,251,960",
    },
}


def write(folder: Path, header: list[str], *rows: dict[str, str]) -> Path:
    path = folder / "catalog.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return path


def title(engine: Engine, anime_id: int = 1) -> dict[str, object]:
    """The known fields of a title."""
    with read_transaction(engine) as connection:
        row = connection.execute(select(Anime.__table__).where(Anime.anime_id == anime_id)).mappings().one()
    return {name: value for name, value in row.items() if value is not None}


@pytest.mark.parametrize("data_set", ROWS)
def test_title_of_each_data_set_is_the_same(engine: Engine, tmp_path: Path, data_set: str) -> None:
    import_anime(engine, write(tmp_path, HEADERS[data_set], ROWS[data_set]))
    expected = {**BEBOP, **MORE_OF_BEBOP}
    missing = {
        OF_2018: {"synopsis"},
        OF_2020: MORE_OF_BEBOP,
        OF_2025: {"airing_status", "aired_from", "aired_to"},
    }
    assert title(engine) == {n: v for n, v in expected.items() if n not in missing.get(data_set, ())}
    aliases = {(1, "Cowboy Bebop!", "english"), (1, "カウボーイビバップ", "japanese")}
    synonyms = {(1, "Bebop", "synonym"), (1, "CB", "synonym")} if data_set == OF_2018 else set()
    assert set(contents(engine)["anime_aliases"]) == aliases | synonyms


@pytest.mark.parametrize("data_set", ROWS)
@pytest.mark.parametrize("unknown", ["Unknown", "UNKNOWN", ""])
def test_unknown_values_are_not_stored(
    sqlite_engine: Engine, tmp_path: Path, data_set: str, unknown: str
) -> None:
    kept = {"anime_id", "MAL_ID", "name", "Name", "title"}
    row = {column: text if column in kept else unknown for column, text in ROWS[data_set].items()}
    assert import_anime(sqlite_engine, write(tmp_path, HEADERS[data_set], row)).loaded == 1
    assert title(sqlite_engine) == {"anime_id": 1, "name": "Cowboy Bebop"}
    assert contents(sqlite_engine)["anime_aliases"] == []


@pytest.mark.parametrize("data_set", ROWS)
def test_second_import_changes_nothing(sqlite_engine: Engine, tmp_path: Path, data_set: str) -> None:
    path = write(tmp_path, HEADERS[data_set], ROWS[data_set])
    import_anime(sqlite_engine, path)
    before = contents(sqlite_engine)
    assert import_anime(sqlite_engine, path).unchanged == 1
    assert contents(sqlite_engine) == before


def test_season_is_that_of_the_first_day(sqlite_engine: Engine, tmp_path: Path) -> None:
    row = ROWS[OF_2023] | {"Premiered": "UNKNOWN", "Aired": "Sep 1, 2001", "Type": "Movie"}
    import_anime(sqlite_engine, write(tmp_path, HEADERS[OF_2023], row))
    assert (title(sqlite_engine)["season"], title(sqlite_engine)["season_year"]) == ("summer", 2001)


class TestSecondCatalog:
    def put_2020(self, engine: Engine, tmp_path: Path) -> None:
        rows = [ROWS[OF_2020], ROWS[OF_2020] | {"MAL_ID": "2", "Name": "Only the first has it"}]
        import_anime(engine, write(tmp_path, HEADERS[OF_2020], *rows))

    def put_titles_2023(self, engine: Engine, tmp_path: Path, **changes: str) -> None:
        row = {"anime_id": "1", "Name": "Cowboy Bebop", "Score": "8.75", "Genres": "Action", "Episodes": "26"}
        import_anime(engine, write(tmp_path, TITLES_2023, row | changes))

    def test_newer_values_win_and_others_stay(self, engine: Engine, tmp_path: Path) -> None:
        self.put_2020(engine, tmp_path)
        self.put_titles_2023(engine, tmp_path, Name="Bebop", Episodes="27")
        newer = {"name": "Bebop", "score": 8.75, "episodes": 27, "genres": ["Action", "Space"]}
        assert title(engine) == BEBOP | newer
        assert title(engine, 2) == BEBOP | {"anime_id": 2, "name": "Only the first has it"}

    def test_unknown_never_overwrites_known(self, engine: Engine, tmp_path: Path) -> None:
        self.put_2020(engine, tmp_path)
        before = contents(engine)
        unknown = {"Score": "UNKNOWN", "Genres": "UNKNOWN", "Episodes": "Unknown"}
        self.put_titles_2023(engine, tmp_path, **unknown)
        assert contents(engine) == before

    @pytest.mark.parametrize(
        ("older", "newer", "merged"),
        [
            # of a file with genres only, themes and demographics are not known
            ("Action, Drama, Space", "Action, Award Winning", ["Action", "Award Winning", "Space"]),
            ("Seinen, Thriller", "Suspense", ["Suspense", "Seinen"]),
            ("Shounen Ai, School", "Boys Love", ["Boys Love", "School"]),
            ("Drama, School, Josei", "Drama, Workplace", ["Drama", "Workplace"]),
            ("Drama", "Gourmet", ["Gourmet"]),
        ],
    )
    def test_genres_of_two_systems_are_merged(
        self, sqlite_engine: Engine, tmp_path: Path, older: str, newer: str, merged: list[str]
    ) -> None:
        row = {"anime_id": "1", "name": "One", "genre": older, "type": "TV", "episodes": "1"}
        import_anime(sqlite_engine, write(tmp_path, HEADERS[OF_2016], row))
        for _ in range(2):
            self.put_titles_2023(sqlite_engine, tmp_path, Genres=newer)
            assert title(sqlite_engine)["genres"] == merged

    def test_pending_ratings_of_new_titles_become_ratings(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [7])
        with write_transaction(engine) as connection:
            connection.execute(insert(User), [{"user_id": u, "revision": 0} for u in (5, 6)])
            values = [(5, 1, 9, 2), (5, 99, 8, None), (6, 99, 3, 4)]
            rows = [
                dict(zip(("user_id", "anime_id", "rating", "status"), row, strict=True)) for row in values
            ]
            connection.execute(insert(PendingRating), rows)
        self.put_titles_2023(engine, tmp_path)
        found = contents(engine)
        assert found["ratings"] == [(5, 1, 9, 2)]
        assert found["pending_ratings"] == [(5, 99, 8, None), (6, 99, 3, 4)]
        assert found["users"] == [(5, revision(engine), False), (6, 0, False)]
        assert revision(engine) == 1


class TestSynopses:
    HEADER = ("MAL_ID", "Name", "Score", "Genres", "sypnopsis")

    def test_only_the_synopsis_is_imported(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [1, 2])
        texts = {"1": "A space &amp; western.", "2": "No synopsis information has been added to this title."}
        rows = [{"MAL_ID": i, "Name": "Other", "Score": "1", "sypnopsis": text} for i, text in texts.items()]
        report = import_synopses(engine, write(tmp_path, list(self.HEADER), *rows))
        assert (report.read, report.updated, report.unchanged) == (2, 1, 1)
        assert title(engine) == {"anime_id": 1, "name": "Title 1", "synopsis": "A space & western."}
        assert title(engine, 2) == {"anime_id": 2, "name": "Title 2"}

    def test_catalog_with_synopses_is_read(self, sqlite_engine: Engine, tmp_path: Path) -> None:
        put_titles(sqlite_engine, [1])
        import_synopses(sqlite_engine, write(tmp_path, HEADERS[OF_2023], ROWS[OF_2023]))
        assert title(sqlite_engine).keys() == {"anime_id", "name", "synopsis"}


def test_details_may_have_any_column_of_a_catalog(sqlite_engine: Engine, tmp_path: Path) -> None:
    put_titles(sqlite_engine, [1])
    header = ["anime_id", "japanese_title", "aired", "image_url", "studios", "duration", "synopsis"]
    row = dict(zip(header, ("1", "", "2024-01-05", "", "Bones", "24 min.", "Text."), strict=True))
    import_details(sqlite_engine, write(tmp_path, header, row))
    assert title(sqlite_engine) == {
        **{"anime_id": 1, "name": "Title 1", "year": 2024, "aired_from": date(2024, 1, 5)},
        **{"season": "winter", "season_year": 2024},
        **{"studios": ["Bones"], "duration_minutes": 24, "synopsis": "Text."},
    }


def test_file_cut_within_a_quote_imports_nothing(engine: Engine, tmp_path: Path) -> None:
    rows = [ROWS[OF_2023] | {"anime_id": str(number)} for number in range(1, 1_200)]
    path = write(tmp_path, HEADERS[OF_2023], *rows)
    text = path.read_text("utf-8")
    path.write_text(text[: text.rindex("humanity")], "utf-8")
    with pytest.raises(ImportFileError, match=r"line 3596: the file ends within this row.* it is truncated"):
        import_anime(engine, path)
    assert contents(engine)["anime"] == []


def test_windows_line_ends_are_read(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path, HEADERS[OF_2023], ROWS[OF_2023])
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    import_anime(sqlite_engine, path)
    assert title(sqlite_engine) == BEBOP | MORE_OF_BEBOP
