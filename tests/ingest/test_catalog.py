"""Catalog files of every format are imported in one transaction, and a second import changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from db.engine import read_transaction
from db.models import Anime
from ingest import curated
from ingest.catalog import import_aliases, import_anime, import_details, import_synopses
from ingest.columns import OWN_HEADER
from ingest.report import ImportFileError, ImportReport
from tests.db.helpers import contents, put_titles, revision
from tests.ingest.broken import BROKEN_FILES, WriteBroken

KAGGLE_HEADER = ["anime_id", "name", "genre", "type", "episodes", "rating", "members"]
DETAILS_HEADER = ["anime_id", "japanese_title", "aired", "image_url"]
Row = list[object]
KIMI: Row = [32281, "Kimi no Na wa.", "Drama, Romance, School, Supernatural", "Movie", 1, 9.37, 200630]
GINTAMA: Row = [28977, "Gintama&deg;", "Action, Comedy", "TV", 51, 9.25, 114262]


def write(folder: Path, header: list[str], *rows: Row) -> Path:
    path = folder / "file.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def title(engine: Engine, anime_id: int) -> dict[str, object]:
    """Return the known fields of a title."""
    with read_transaction(engine) as connection:
        row = connection.execute(select(Anime.__table__).where(Anime.anime_id == anime_id)).mappings().one()
    return {name: value for name, value in row.items() if value is not None}


def kaggle(anime_id: object = 1, name: str = "One", **changes: object) -> Row:
    """Return a row of a Kaggle file."""
    row = {"genre": "Action", "type": "TV", "episodes": 12, "rating": 7.5, "members": 100, **changes}
    return [anime_id, name, *row.values()]


class TestAnime:
    def test_kaggle_file_is_imported(self, engine: Engine, tmp_path: Path) -> None:
        report = import_anime(engine, write(tmp_path, KAGGLE_HEADER, KIMI, GINTAMA))
        assert (report.read, report.loaded, report.rejected) == (2, 2, 0)
        assert title(engine, 32281) == {
            "anime_id": 32281,
            "name": "Kimi no Na wa.",
            "genres": ["Drama", "Romance", "School", "Supernatural"],
            "type": "Movie",
            "episodes": 1,
            "score": 9.37,
            "members": 200630,
        }
        assert revision(engine) == 1

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("Gintama&deg;", "Gintama°"),
            ("Love Live! &amp; &#039;Friends&#039;", "Love Live! & 'Friends'"),
            ("&quot;Bungaku Shoujo&quot; Movie", '"Bungaku Shoujo" Movie'),
            ('Quotes "inside", commas', 'Quotes "inside", commas'),
            ("  two\n lines  ", "two lines"),
            ("進撃の巨人", "進撃の巨人"),
            ("[C] Control", "[C] Control"),
        ],
    )
    def test_names_are_cleaned(self, sqlite_engine: Engine, tmp_path: Path, written: str, read: str) -> None:
        import_anime(sqlite_engine, write(tmp_path, KAGGLE_HEADER, kaggle(1, written)))
        assert title(sqlite_engine, 1)["name"] == read

    @pytest.mark.parametrize("unknown", ["", "Unknown", "unknown", "?", "nan", " N/A "])
    def test_unknown_values_are_not_stored(self, sqlite_engine: Engine, tmp_path: Path, unknown: str) -> None:
        row = kaggle(episodes=unknown, rating=unknown, members=unknown, type=unknown, genre="")
        assert import_anime(sqlite_engine, write(tmp_path, KAGGLE_HEADER, row)).loaded == 1
        assert title(sqlite_engine, 1) == {"anime_id": 1, "name": "One"}

    def test_zero_stands_for_an_unknown_value(self, sqlite_engine: Engine, tmp_path: Path) -> None:
        """As in AnimeList.csv of 2018, of titles that are on air and that too few have rated."""
        import_anime(sqlite_engine, write(tmp_path, KAGGLE_HEADER, kaggle(episodes=0, rating=0)))
        assert not {"episodes", "score"} & title(sqlite_engine, 1).keys()

    @pytest.mark.parametrize("number", ["1234", "1234.0", "1,234", "1,234.00", " 1234 "])
    def test_whole_numbers_may_be_formatted(self, sqlite_engine: Engine, tmp_path: Path, number: str) -> None:
        import_anime(sqlite_engine, write(tmp_path, KAGGLE_HEADER, kaggle(number, members=number)))
        assert title(sqlite_engine, 1234)["members"] == 1234

    def test_genres_are_split_and_deduplicated(self, sqlite_engine: Engine, tmp_path: Path) -> None:
        genres = "Action,  Sci-Fi, Action,, Slice of Life "
        import_anime(sqlite_engine, write(tmp_path, KAGGLE_HEADER, kaggle(genre=genres)))
        assert title(sqlite_engine, 1)["genres"] == ["Action", "Sci-Fi", "Slice of Life"]

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (kaggle(""), "no anime_id"),
            (kaggle("x"), "anime_id is not a number"),
            (kaggle("1.5"), "anime_id is not a number"),
            (kaggle(0), "anime_id is not between 1 and 2,147,483,647"),
            (kaggle(-5), "anime_id is not between 1 and 2,147,483,647"),
            (kaggle(2**31), "anime_id is not between 1 and 2,147,483,647"),
            (kaggle("9" * 5_000), "anime_id is not a number"),
            (kaggle(2, ""), "no name"),
            (kaggle(2, " &nbsp; "), "no name"),
            (kaggle(2, "Nul\x00"), "contains a NUL byte"),
            (kaggle(2, genre="Act\x00ion"), "contains a NUL byte"),
            (kaggle(2, type="T\x00V"), "contains a NUL byte"),
            (kaggle(2, episodes="many"), "episodes is not a number"),
            (kaggle(2, episodes=-1), "episodes is not between 0 and 100,000"),
            (kaggle(2, episodes=100_001), "episodes is not between 0 and 100,000"),
            (kaggle(2, rating=10.1), "rating is not between 0 and 10"),
            (kaggle(2, rating="-nan"), "rating is not between 0 and 10"),
            (kaggle(2, rating="inf"), "rating is not between 0 and 10"),
            (kaggle(2, members=-1), "members is not between 0 and 1,000,000,000"),
            (kaggle(7), "repeats the anime id of an earlier row"),
            (kaggle(7, episodes=3), "repeats the anime id of an earlier row, with other data"),
            (KAGGLE_HEADER, "repeats the header"),
            ([2, "Two"], "number of columns differs from the header"),
            ([*kaggle(2), "more"], "number of columns differs from the header"),
        ],
    )
    def test_invalid_row_is_rejected_with_reason_and_line(
        self, sqlite_engine: Engine, tmp_path: Path, row: Row, reason: str
    ) -> None:
        report = import_anime(sqlite_engine, write(tmp_path, KAGGLE_HEADER, kaggle(7), row, kaggle(8)))
        assert report.reasons() == [f"{reason}: 1 (line 3)"]
        assert (report.read, report.loaded) == (3, 2)
        assert [row[0] for row in contents(sqlite_engine)["anime"]] == [7, 8]

    def test_repeated_id_keeps_its_first_row(self, sqlite_engine: Engine, tmp_path: Path) -> None:
        import_anime(sqlite_engine, write(tmp_path, KAGGLE_HEADER, kaggle(1, "First"), kaggle(1, "Second")))
        assert title(sqlite_engine, 1)["name"] == "First"

    def test_second_import_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        path = write(tmp_path, KAGGLE_HEADER, KIMI, GINTAMA)
        import_anime(engine, path)
        before = contents(engine)
        report = import_anime(engine, path)
        assert (report.loaded, report.updated, report.unchanged) == (0, 0, 2)
        assert contents(engine) == before

    def test_changed_title_is_updated(self, engine: Engine, tmp_path: Path) -> None:
        import_anime(engine, write(tmp_path, KAGGLE_HEADER, kaggle(1, "One"), kaggle(2, "Two")))
        newer = write(
            tmp_path, KAGGLE_HEADER, kaggle(1, "One!", episodes=24), kaggle(2, "Two"), kaggle(3, "Three")
        )
        report = import_anime(engine, newer)
        assert (report.loaded, report.updated, report.unchanged) == (1, 1, 1)
        assert (title(engine, 1)["name"], title(engine, 1)["episodes"]) == ("One!", 24)
        assert revision(engine) == 2

    def test_several_batches_are_imported(self, engine: Engine, tmp_path: Path) -> None:
        rows = [kaggle(number, f"Title {number}") for number in range(2_500, 0, -1)]
        path = write(tmp_path, KAGGLE_HEADER, *rows)
        assert import_anime(engine, path).loaded == 2_500
        assert import_anime(engine, path).unchanged == 2_500

    def test_file_without_valid_rows_is_refused(self, engine: Engine, tmp_path: Path) -> None:
        before = contents(engine)
        path = write(tmp_path, KAGGLE_HEADER, kaggle(0), kaggle(0))
        with pytest.raises(ImportFileError, match=r"all 2 rows were rejected\. anime_id is not between"):
            import_anime(engine, path)
        assert contents(engine) == before

    def test_latin_1_file_is_refused(self, sqlite_engine: Engine, tmp_path: Path) -> None:
        path = tmp_path / "anime.csv"
        rows = "".join(f"{i},Title {i},Action,TV,1,7,9\n" for i in range(1, 3_000))
        text = f"{','.join(KAGGLE_HEADER)}\n{rows}5000,Pokémon,Action,TV,1,7,9\n"
        path.write_bytes(text.encode("latin-1"))
        with pytest.raises(ImportFileError, match="line 3001 is not UTF-8 text"):
            import_anime(sqlite_engine, path)
        assert contents(sqlite_engine)["anime"] == []


class TestOwnFormat:
    def test_aliases_and_year_are_imported(self, engine: Engine, tmp_path: Path) -> None:
        row: Row = [
            16498,
            "Shingeki no Kyojin",
            "Attack on Titan",
            "SnK|AoT| |SnK",
            "Action, Drama",
            "TV",
            25,
            2013,
            9,
        ]
        import_anime(engine, write(tmp_path, OWN_HEADER, row))
        assert title(engine, 16498)["year"] == 2013
        assert contents(engine)["anime_aliases"] == [
            (16498, "AoT", "synonym"),
            (16498, "Attack on Titan", "english"),
            (16498, "SnK", "synonym"),
        ]

    @pytest.mark.parametrize("year", ["soon", 1066])
    def test_invalid_year_is_rejected(self, sqlite_engine: Engine, tmp_path: Path, year: object) -> None:
        rows: list[Row] = [[i, "Name", "", "", "", "TV", 1, y, 9] for i, y in ((1, year), (2, ""))]
        report = import_anime(sqlite_engine, write(tmp_path, OWN_HEADER, *rows))
        assert (report.loaded, report.rejected) == (1, 1)

    def test_curated_files_have_no_invalid_row(self, engine: Engine) -> None:
        report = import_anime(engine, curated.TITLES)
        assert report.loaded == report.read > 1_000
        assert import_aliases(engine, curated.ALIASES).rejected == 0
        before = contents(engine)
        assert import_anime(engine, curated.TITLES).unchanged == report.read
        import_aliases(engine, curated.ALIASES)
        assert contents(engine) == before


class TestAliases:
    HEADER = ("anime_id", "name", "english", "aliases")

    def import_rows(self, engine: Engine, tmp_path: Path, *rows: Row) -> ImportReport:
        return import_aliases(engine, write(tmp_path, list(self.HEADER), *rows))

    def test_aliases_are_added_to_existing_titles(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [1, 2])
        report = self.import_rows(
            engine, tmp_path, [1, "Other", "Uno &amp; only", "Eins|壱"], [2, "Two", "", ""]
        )
        assert (report.read, report.updated, report.unchanged) == (2, 1, 1)
        names = {(1, "Uno & only", "english"), (1, "Eins", "synonym"), (1, "壱", "synonym")}
        assert set(contents(engine)["anime_aliases"]) == names
        assert title(engine, 1)["name"] == "Title 1"

    def test_unknown_titles_are_skipped(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [1])
        report = self.import_rows(engine, tmp_path, [404, "Other", "Else", ""])
        assert (report.read, report.updated, report.rejected) == (1, 0, 0)
        assert contents(engine)["anime_aliases"] == []
        assert revision(engine) == 0

    def test_catalog_file_adds_aliases_only(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [1])
        row: Row = [1, "Other", "Uno", "Eins", "Action", "TV", 12, 2001, 5]
        import_aliases(engine, write(tmp_path, OWN_HEADER, row))
        assert title(engine, 1) == {"anime_id": 1, "name": "Title 1"}
        assert len(contents(engine)["anime_aliases"]) == 2

    def test_second_import_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [1])
        self.import_rows(engine, tmp_path, [1, "Other", "Uno", "Eins"])
        before = contents(engine)
        assert self.import_rows(engine, tmp_path, [1, "Other", "Uno", "Eins"]).unchanged == 1
        assert contents(engine) == before


class TestDetails:
    def import_rows(self, engine: Engine, tmp_path: Path, *rows: Row) -> ImportReport:
        return import_details(engine, write(tmp_path, DETAILS_HEADER, *rows))

    def test_details_are_added_to_existing_titles(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [5114])
        url = "https://cdn.example.org/5114.jpg"
        report = self.import_rows(engine, tmp_path, [5114, "鋼の錬金術師", "Apr 5, 2009 to Jul 4, 2010", url])
        assert (report.read, report.updated) == (1, 1)
        assert title(engine, 5114) == {
            "anime_id": 5114,
            "name": "Title 5114",
            "year": 2009,
            "aired_from": date(2009, 4, 5),
            "aired_to": date(2010, 7, 4),
            "season": "spring",
            "season_year": 2009,
            "image_url": url,
        }
        assert contents(engine)["anime_aliases"] == [(5114, "鋼の錬金術師", "japanese")]

    def test_second_import_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [1])
        row: Row = [1, "壱", "Oct 2015 to ?", "https://example.org/1.jpg"]
        self.import_rows(engine, tmp_path, row)
        before = contents(engine)
        assert self.import_rows(engine, tmp_path, row).unchanged == 1
        assert contents(engine) == before

    def test_unknown_titles_are_rejected(self, engine: Engine, tmp_path: Path) -> None:
        put_titles(engine, [1])
        report = self.import_rows(engine, tmp_path, [1, "壱", "", ""], [404, "Else", "", ""])
        assert report.reasons() == ["anime id is not in the catalog: 1 (line 3)"]

    @pytest.mark.parametrize("url", ["ftp://example.org/1.jpg", "javascript:alert(1)", "/1.jpg"])
    def test_cover_without_a_web_url_is_rejected(
        self, sqlite_engine: Engine, tmp_path: Path, url: str
    ) -> None:
        put_titles(sqlite_engine, [1, 2])
        report = self.import_rows(sqlite_engine, tmp_path, [1, "壱", "", url], [2, "弐", "", ""])
        assert report.reasons() == ["image_url is not a web address: 1 (line 2)"]
        assert "image_url" not in title(sqlite_engine, 1)

    @pytest.mark.parametrize("aired", ["", "Not available", "?"])
    def test_unknown_date_keeps_the_year(self, sqlite_engine: Engine, tmp_path: Path, aired: str) -> None:
        import_anime(sqlite_engine, write(tmp_path, OWN_HEADER, [1, "One", "", "", "", "TV", 1, 2013, 9]))
        self.import_rows(sqlite_engine, tmp_path, [1, "壱", aired, ""])
        assert title(sqlite_engine, 1).get("year") == 2013


IMPORTS = [
    (import_anime, KAGGLE_HEADER),
    (import_details, DETAILS_HEADER),
    (import_synopses, ["MAL_ID", "sypnopsis"]),
    (import_aliases, OWN_HEADER),
]


@pytest.mark.parametrize("importer_and_header", IMPORTS, ids=["anime", "details", "synopses", "aliases"])
@pytest.mark.parametrize(("write_broken", "message"), BROKEN_FILES.values(), ids=BROKEN_FILES.keys())
def test_unusable_file_is_refused_and_changes_nothing(
    tmp_path: Path,
    sqlite_engine: Engine,
    write_broken: WriteBroken,
    message: str,
    importer_and_header: tuple[Callable[[Engine, Path], ImportReport], list[str]],
) -> None:
    importer, header = importer_and_header
    put_titles(sqlite_engine, [1])
    before = contents(sqlite_engine)
    path = tmp_path / "broken.csv"
    row = ["1", *("https://example.org" if name == "image_url" else "2" for name in header[1:])]
    write_broken(path, f"{','.join(header)}\n{','.join(row)}\n".encode())
    with pytest.raises(ImportFileError) as caught:
        importer(sqlite_engine, path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert contents(sqlite_engine) == before
