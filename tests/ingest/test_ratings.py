"""Ratings are merged in one transaction or not at all, and importing again changes nothing."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine
from db.schema import migrate
from db.users import insert_user
from ingest.ratings import import_ratings
from ingest.report import ImportFileError, ImportReport
from tests.db.helpers import RATINGS_HEADER, contents, put_titles, ratings_csv, revision, stored_ratings
from tests.ingest.broken import BROKEN, MakeBroken


@pytest.fixture
def titles(engine: Engine) -> None:
    put_titles(engine, range(1, 51))


def counts(report: ImportReport) -> dict[str, int]:
    names = ("read", "loaded", "updated", "unchanged", "rejected")
    return {name: value for name in names if (value := getattr(report, name))}


@pytest.mark.usefixtures("titles")
class TestMerging:
    def test_ratings_are_loaded_with_one_new_revision(self, engine: Engine, tmp_path: Path) -> None:
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "5,2,10", "6,1,1"))
        assert counts(report) == {"read": 3, "loaded": 3}
        assert stored_ratings(engine) == [(5, 1, 7), (5, 2, 10), (6, 1, 1)]
        assert contents(engine)["users"] == [(5, 1, False), (6, 1, False)]
        assert revision(engine) == 1

    @pytest.mark.parametrize("unrated", ["-1", "0"])
    def test_watched_without_a_rating_is_stored_as_zero(
        self, engine: Engine, tmp_path: Path, unrated: str
    ) -> None:
        import_ratings(engine, ratings_csv(tmp_path, f"5,1,{unrated}"))
        assert stored_ratings(engine) == [(5, 1, 0)]

    def test_importing_again_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        path = ratings_csv(tmp_path, "5,1,7", "5,2,-1", "6,1,1")
        import_ratings(engine, path)
        before = contents(engine)
        assert counts(import_ratings(engine, path)) == {"read": 3, "unchanged": 3}
        assert contents(engine) == before

    def test_what_differs_is_updated_and_only_its_people_get_the_revision(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "5,2,3", "6,1,1"))
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,8", "5,2,3", "6,1,1", "7,1,-1"))
        assert counts(report) == {"read": 4, "loaded": 1, "updated": 1, "unchanged": 2}
        assert stored_ratings(engine) == [(5, 1, 8), (5, 2, 3), (6, 1, 1), (7, 1, 0)]
        assert contents(engine)["users"] == [(5, 2, False), (6, 1, False), (7, 2, False)]

    def test_a_later_file_adds_to_lists_and_removes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"))
        import_ratings(engine, ratings_csv(tmp_path, "5,2,8"))
        assert stored_ratings(engine) == [(5, 1, 7), (5, 2, 8)]

    def test_a_person_saved_by_the_server_keeps_the_other_titles(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        insert_user(engine, 5, {1: 7, 3: 4})
        assert counts(import_ratings(engine, ratings_csv(tmp_path, "5,1,9", "5,2,8"))) == {
            "read": 2,
            "loaded": 1,
            "updated": 1,
        }
        assert stored_ratings(engine) == [(5, 1, 9), (5, 2, 8), (5, 3, 4)]

    def test_the_order_of_the_rows_does_not_matter(self, engine: Engine, tmp_path: Path) -> None:
        expected = [(u, a, (u + a) % 11) for u in range(1, 41) for a in range(1, 51)]
        rows = [f"{u},{a},{r}" for u, a, r in expected]
        random.Random(7).shuffle(rows)  # noqa: S311 - not a secret
        assert import_ratings(engine, ratings_csv(tmp_path, *rows)).loaded == 2_000
        assert stored_ratings(engine) == expected

    def test_one_persons_rows_may_be_blocks_apart(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ingest.ratings_file.BLOCK_BYTES", 256)
        others = [f"{u},1,5" for u in range(100, 400)]
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,7", *others, "5,2,8", "5,1,7"))
        assert [row for row in stored_ratings(engine) if row[0] == 5] == [(5, 1, 7), (5, 2, 8)]
        assert report.reasons() == ["repeats an earlier row of the same user and anime: 1 (line 304)"]

    @pytest.mark.parametrize("user_id", [0, 2**31, 2**63 - 2])
    def test_user_ids_have_63_bits(self, engine: Engine, tmp_path: Path, user_id: int) -> None:
        import_ratings(engine, ratings_csv(tmp_path, f"{user_id},1,7"))
        assert stored_ratings(engine) == [(user_id, 1, 7)]

    def test_a_gzip_without_the_suffix_is_understood(self, engine: Engine, tmp_path: Path) -> None:
        path = tmp_path / "download"
        path.write_bytes(gzip.compress(f"{RATINGS_HEADER}5,1,7\n".encode()))
        assert import_ratings(engine, path).loaded == 1

    def test_two_imports_over_one_engine_do_not_see_each_others_staging(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"))
        import_ratings(engine, ratings_csv(tmp_path, "6,1,7"))
        assert stored_ratings(engine) == [(5, 1, 7), (6, 1, 7)]


@pytest.mark.usefixtures("titles")
class TestRejecting:
    def test_each_reason_is_counted_with_its_lines(self, engine: Engine, tmp_path: Path) -> None:
        report = import_ratings(
            engine,
            ratings_csv(
                tmp_path,
                "5,1,7",
                "5,1,11",
                "5,404,7",
                "5,x,7",
                "5,2",
                "5,3,\x00",
                "9" * 25 + ",1,7",
                "5,51,7",
            ),
        )
        assert counts(report) == {"read": 8, "loaded": 1, "rejected": 7}
        assert sorted(report.reasons()) == [
            "anime id is not in the catalog: 2 (lines 4, 9)",
            "contains a NUL byte: 1 (line 7)",
            "not three whole numbers: 2 (lines 5, 6)",
            "rating is not -1, 0 or 1 to 10: 1 (line 3)",
            "user id out of range: 1 (line 8)",
        ]

    def test_of_a_pair_given_twice_the_first_row_counts(self, engine: Engine, tmp_path: Path) -> None:
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "6,1,2", "5,1,3", "5,1,7", "6,2,2"))
        assert stored_ratings(engine) == [(5, 1, 7), (6, 1, 2), (6, 2, 2)]
        assert counts(report) == {"read": 5, "loaded": 3, "rejected": 2}
        assert report.reasons() == ["repeats an earlier row of the same user and anime: 2 (lines 4, 5)"]

    def test_a_bad_row_does_not_count_as_the_first_of_its_pair(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,11", "5,1,3"))
        assert stored_ratings(engine) == [(5, 1, 3)]

    def test_nothing_but_bad_rows_leaves_the_database_as_it_was(self, engine: Engine, tmp_path: Path) -> None:
        insert_user(engine, 5, {1: 7})
        before = contents(engine)
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,11", "x", "6,404,1"))
        assert counts(report) == {"read": 3, "rejected": 3}
        assert contents(engine) == before

    def test_a_file_without_rows_leaves_the_database_as_it_was(self, engine: Engine, tmp_path: Path) -> None:
        insert_user(engine, 5, {1: 7})
        before = contents(engine)
        assert counts(import_ratings(engine, ratings_csv(tmp_path))) == {}
        assert contents(engine) == before

    def test_only_the_first_lines_of_a_reason_are_named(self, engine: Engine, tmp_path: Path) -> None:
        report = import_ratings(engine, ratings_csv(tmp_path, *["x"] * 1_234))
        assert report.reasons() == ["not three whole numbers: 1,234 (lines 2, 3, 4, 5, 6, …)"]


@pytest.mark.usefixtures("titles")
class TestGeneratedPeople:
    def test_they_are_marked(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"), generated=True)
        assert contents(engine)["users"] == [(5, 1, True)]

    def test_real_ratings_take_their_place(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "6,1,7"), generated=True)
        insert_user(engine, 900, {2: 8})
        report = import_ratings(engine, ratings_csv(tmp_path, "5,3,9"))
        assert report.removed_people == 2
        assert stored_ratings(engine) == [(5, 3, 9), (900, 2, 8)]
        assert contents(engine)["users"] == [(5, 3, False), (900, 2, False)]

    def test_importing_them_again_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        path = ratings_csv(tmp_path, "5,1,7")
        import_ratings(engine, path, generated=True)
        before = contents(engine)
        import_ratings(engine, path, generated=True)
        assert contents(engine) == before

    @pytest.mark.parametrize("rows", [[], ["x"], ["5,404,7", "5,1,11"]])
    def test_they_stay_while_no_real_rating_is_usable(
        self, engine: Engine, tmp_path: Path, rows: list[str]
    ) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"), generated=True)
        before = contents(engine)
        import_ratings(engine, ratings_csv(tmp_path, *rows))
        assert contents(engine) == before

    def test_a_broken_file_does_not_remove_them(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"), generated=True)
        before = contents(engine)
        broken = tmp_path / "broken.csv.gz"
        broken.write_bytes(gzip.compress(f"{RATINGS_HEADER}5,1,9\n".encode() * 500)[:-20])
        with pytest.raises(ImportFileError):
            import_ratings(engine, broken)
        assert contents(engine) == before


@pytest.mark.usefixtures("titles")
@pytest.mark.parametrize(("make", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_broken_says_so_and_changes_nothing(
    engine: Engine, tmp_path: Path, make: MakeBroken, words: str
) -> None:
    insert_user(engine, 5, {1: 7})
    before = contents(engine)
    path = tmp_path / "ratings.csv.gz"
    rows = "".join(f"{user},{anime},8\n" for user in range(5, 25) for anime in range(1, 50))
    make(path, (RATINGS_HEADER + rows).encode())
    with pytest.raises(ImportFileError) as caught:
        import_ratings(engine, path)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)
    assert contents(engine) == before


def test_without_a_catalog_the_error_says_what_to_import_first(engine: Engine, tmp_path: Path) -> None:
    before = contents(engine)
    with pytest.raises(ImportFileError, match=r"no catalog yet\. Import the anime file first \(--anime\)"):
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"))
    assert contents(engine) == before


def test_the_work_grows_with_the_repeated_rows_not_with_their_square(tmp_path: Path) -> None:
    """Counted in SQLite's own steps, so that it does not depend on the machine."""

    def steps(people: int) -> int:
        engine = open_engine(f"sqlite:///{tmp_path / str(people)}.db")
        migrate(engine)
        put_titles(engine, range(1, 11))
        rows = [f"{user},{anime},5" for user in range(people) for anime in range(1, 11)]
        path = ratings_csv(tmp_path, *rows, *rows)
        counted = 0

        def count() -> int:
            nonlocal counted
            counted += 1
            return 0

        with engine.connect() as connection:  # the pool hands the same connection to the import
            connection.connection.driver_connection.set_progress_handler(count, 1_000)  # type: ignore[union-attr]
        assert import_ratings(engine, path).rejected == len(rows)
        engine.dispose()
        return counted

    assert steps(400) < 8 * steps(100)
