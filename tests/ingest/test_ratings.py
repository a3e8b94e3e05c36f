"""Ratings are merged in one transaction, and a second import changes nothing."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from db.engine import open_engine, write_transaction
from db.schema import migrate
from db.users import insert_user
from ingest.ratings import import_ratings
from ingest.report import ImportFileError, ImportReport
from tests.db.helpers import RATINGS_HEADER, contents, put_titles, ratings_csv, revision, stored_ratings
from tests.ingest.broken import BROKEN_FILES, WriteBroken


@pytest.fixture
def titles(engine: Engine) -> None:
    put_titles(engine, range(1, 51))


def counts(report: ImportReport) -> dict[str, int]:
    names = ("read", "loaded", "updated", "unchanged", "rejected")
    return {name: value for name in names if (value := getattr(report, name))}


@pytest.mark.usefixtures("titles")
class TestMerging:
    def test_import_takes_one_revision(self, engine: Engine, tmp_path: Path) -> None:
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "5,2,10", "6,1,1"))
        assert counts(report) == {"read": 3, "loaded": 3}
        assert stored_ratings(engine) == [(5, 1, 7), (5, 2, 10), (6, 1, 1)]
        assert contents(engine)["users"] == [(5, 1, False), (6, 1, False)]
        assert revision(engine) == 1

    @pytest.mark.parametrize("unrated", ["-1", "0"])
    def test_unrated_title_is_stored_as_zero(self, engine: Engine, tmp_path: Path, unrated: str) -> None:
        import_ratings(engine, ratings_csv(tmp_path, f"5,1,{unrated}"))
        assert stored_ratings(engine) == [(5, 1, 0)]

    def test_second_import_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        path = ratings_csv(tmp_path, "5,1,7", "5,2,-1", "6,1,1")
        import_ratings(engine, path)
        before = contents(engine)
        assert counts(import_ratings(engine, path)) == {"read": 3, "unchanged": 3}
        assert contents(engine) == before

    def test_changed_rating_updates_only_its_user(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "5,2,3", "6,1,1"))
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,8", "5,2,3", "6,1,1", "7,1,-1"))
        assert counts(report) == {"read": 4, "loaded": 1, "updated": 1, "unchanged": 2}
        assert stored_ratings(engine) == [(5, 1, 8), (5, 2, 3), (6, 1, 1), (7, 1, 0)]
        assert contents(engine)["users"] == [(5, 2, False), (6, 1, False), (7, 2, False)]

    def test_later_file_adds_ratings_and_removes_none(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"))
        import_ratings(engine, ratings_csv(tmp_path, "5,2,8"))
        assert stored_ratings(engine) == [(5, 1, 7), (5, 2, 8)]

    def test_import_keeps_other_ratings_of_a_saved_user(self, engine: Engine, tmp_path: Path) -> None:
        insert_user(engine, 5, {1: 7, 3: 4})
        assert counts(import_ratings(engine, ratings_csv(tmp_path, "5,1,9", "5,2,8"))) == {
            "read": 2,
            "loaded": 1,
            "updated": 1,
        }
        assert stored_ratings(engine) == [(5, 1, 9), (5, 2, 8), (5, 3, 4)]

    def test_row_order_does_not_matter(self, engine: Engine, tmp_path: Path) -> None:
        expected = [(u, a, (u + a) % 11) for u in range(1, 41) for a in range(1, 51)]
        rows = [f"{u},{a},{r}" for u, a, r in expected]
        random.Random(7).shuffle(rows)  # noqa: S311 - not a secret
        assert import_ratings(engine, ratings_csv(tmp_path, *rows)).loaded == 2_000
        assert stored_ratings(engine) == expected

    def test_rows_of_one_user_may_be_blocks_apart(
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

    def test_gzip_without_suffix_is_read(self, engine: Engine, tmp_path: Path) -> None:
        path = tmp_path / "download"
        path.write_bytes(gzip.compress(f"{RATINGS_HEADER}5,1,7\n".encode()))
        assert import_ratings(engine, path).loaded == 1

    def test_second_import_ignores_staged_rows_of_the_first(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"))
        import_ratings(engine, ratings_csv(tmp_path, "6,1,7"))
        assert stored_ratings(engine) == [(5, 1, 7), (6, 1, 7)]


@pytest.mark.usefixtures("titles")
class TestRejecting:
    def test_rejections_are_counted_with_their_lines(self, engine: Engine, tmp_path: Path) -> None:
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
            "not three whole numbers: 1 (line 5)",
            "number of columns differs from the header: 1 (line 6)",
            "rating is not -1, 0 or 1 to 10: 1 (line 3)",
            "user id out of range: 1 (line 8)",
        ]

    def test_repeated_pair_keeps_its_first_row(self, engine: Engine, tmp_path: Path) -> None:
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "6,1,2", "5,1,3", "5,1,7", "6,2,2"))
        assert stored_ratings(engine) == [(5, 1, 7), (6, 1, 2), (6, 2, 2)]
        assert counts(report) == {"read": 5, "loaded": 3, "rejected": 2}
        assert report.reasons() == ["repeats an earlier row of the same user and anime: 2 (lines 4, 5)"]

    def test_invalid_row_does_not_count_as_the_first(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,11", "5,1,3"))
        assert stored_ratings(engine) == [(5, 1, 3)]

    def test_file_of_invalid_rows_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        insert_user(engine, 5, {1: 7})
        before = contents(engine)
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,11", "x", "6,404,1"))
        assert counts(report) == {"read": 3, "rejected": 3}
        assert contents(engine) == before

    def test_file_without_rows_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        insert_user(engine, 5, {1: 7})
        before = contents(engine)
        assert counts(import_ratings(engine, ratings_csv(tmp_path))) == {}
        assert contents(engine) == before

    def test_rejections_name_the_first_lines_only(self, engine: Engine, tmp_path: Path) -> None:
        report = import_ratings(engine, ratings_csv(tmp_path, *["x"] * 1_234))
        assert report.reasons() == [
            "number of columns differs from the header: 1,234 (lines 2, 3, 4, 5, 6, …)"
        ]


@pytest.mark.usefixtures("titles")
class TestStatuses:
    def import_rows(self, engine: Engine, tmp_path: Path, *rows: str) -> ImportReport:
        path = tmp_path / "animelist.csv"
        header = "user_id,anime_id,rating,watching_status,watched_episodes\n"
        path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
        return import_ratings(engine, path)

    def test_statuses_are_stored_beside_ratings(self, engine: Engine, tmp_path: Path) -> None:
        self.import_rows(engine, tmp_path, "5,1,9,2,1", "5,2,0,4,1", "5,3,7,0,1", "6,1,0,1,1", "6,2,5,3,1")
        assert contents(engine)["ratings"] == [
            *((5, 1, 9, 2), (5, 2, 0, 4), (5, 3, 7)),
            *((6, 1, 0, 1), (6, 2, 5, 3)),
        ]

    def test_planned_titles_are_stored_apart(self, engine: Engine, tmp_path: Path) -> None:
        rows = ["5,1,9,2,1", "5,2,0,6,0", "6,3,8,6,0", "6,404,0,6,0"]
        assert counts(self.import_rows(engine, tmp_path, *rows)) == {"read": 4, "loaded": 3, "rejected": 1}
        assert contents(engine)["ratings"] == [(5, 1, 9, 2)]
        assert contents(engine)["planned_titles"] == [(5, 2), (6, 3)]
        before = contents(engine)
        assert counts(self.import_rows(engine, tmp_path, *rows)) == {"read": 4, "unchanged": 3, "rejected": 1}
        assert contents(engine) == before

    def test_planned_title_is_one_until_it_is_rated(self, engine: Engine, tmp_path: Path) -> None:
        self.import_rows(engine, tmp_path, "5,1,0,6,0", "5,2,0,6,0", "6,1,0,6,0")
        self.import_rows(engine, tmp_path, "5,1,8,2,12")
        self.import_rows(engine, tmp_path, "5,1,0,6,0")
        assert contents(engine)["ratings"] == [(5, 1, 8, 2)]
        assert contents(engine)["planned_titles"] == [(5, 2), (6, 1)]

    def test_unknown_status_leaves_the_known_one(self, engine: Engine, tmp_path: Path) -> None:
        self.import_rows(engine, tmp_path, "5,1,9,2,1", "5,2,9,1,1")
        report = import_ratings(engine, ratings_csv(tmp_path, "5,1,8", "5,2,9"))
        assert counts(report) == {"read": 2, "updated": 1, "unchanged": 1}
        assert contents(engine)["ratings"] == [(5, 1, 8, 2), (5, 2, 9, 1)]
        assert counts(self.import_rows(engine, tmp_path, "5,1,8,4,1")) == {"read": 1, "updated": 1}
        assert contents(engine)["ratings"] == [(5, 1, 8, 4), (5, 2, 9, 1)]

    def test_status_may_be_a_name(self, engine: Engine, tmp_path: Path) -> None:
        names = ["Plan to Watch", "plan_to_watch", "on-hold", "OnHold", "Dropped", "COMPLETED", "Watching"]
        statuses = [*names, "", "x", "5"]
        rows = [f"5,{anime},0,{status},0" for anime, status in enumerate(statuses, start=1)]
        report = self.import_rows(engine, tmp_path, *rows)
        assert report.reasons() == ["status is not 1, 2, 3, 4 or 6, or their names: 2 (lines 10, 11)"]
        assert contents(engine)["planned_titles"] == [(5, 1), (5, 2)]
        stored = {row[1]: row[3:] for row in contents(engine)["ratings"]}
        assert stored == {3: (3,), 4: (3,), 5: (4,), 6: (2,), 7: (1,), 8: ()}

    def test_names_of_people_are_not_stored(self, engine: Engine, tmp_path: Path) -> None:
        insert_user(engine, 5, {1: 7})
        path = tmp_path / "UserAnimeList.csv"
        header = "username,anime_id,my_watched_episodes,my_score,my_status\n"
        path.write_text(f"{header}Xinil,1,2,9,2\nAokaado,1,3,0,4\nXinil,2,1,8,1\n", "utf-8")
        assert import_ratings(engine, path).loaded == 3
        before = contents(engine)
        assert "Xinil" not in str(before)
        assert sorted(row[1:] for row in before["ratings"]) == [(1, 0, 4), (1, 7), (1, 9, 2), (2, 8, 1)]
        assert len(before["users"]) == 3
        assert import_ratings(engine, path).unchanged == 3
        assert contents(engine) == before

    def test_new_user_across_blocks_is_stored_once(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ingest.ratings_sort.BLOCK_ROWS", 3)
        insert_user(engine, 6, {1: 7})
        rows = [f"{user},{anime},5,{2 + 4 * (anime % 2)},0" for user in (5, 6, 7) for anime in range(1, 9)]
        # user 6 has watched title 1: no longer a plan
        assert counts(self.import_rows(engine, tmp_path, *rows)) == {"read": 24, "loaded": 23, "unchanged": 1}
        assert len(stored_ratings(engine)) == 13
        assert len(contents(engine)["planned_titles"]) == 11


@pytest.mark.usefixtures("titles")
class TestGeneratedUsers:
    def test_generated_users_are_marked(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"), generated=True)
        assert contents(engine)["users"] == [(5, 1, True)]

    def test_references_hold_and_are_enforced_afterwards(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"), generated=True)
        for _ in range(2):
            import_ratings(engine, ratings_csv(tmp_path, "6,1,7", "7,2,-1"))
        assert stored_ratings(engine) == [(6, 1, 7), (7, 2, 0)]
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        with pytest.raises(IntegrityError), write_transaction(engine) as connection:
            connection.execute(text("INSERT INTO ratings (user_id, anime_id, rating) VALUES (6, 999, 7)"))

    def test_real_ratings_delete_generated_users(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7", "6,1,7"), generated=True)
        insert_user(engine, 900, {2: 8})
        report = import_ratings(engine, ratings_csv(tmp_path, "5,3,9"))
        assert report.removed_users == 2
        assert stored_ratings(engine) == [(5, 3, 9), (900, 2, 8)]
        assert contents(engine)["users"] == [(5, 3, False), (900, 2, False)]

    def test_second_generated_import_changes_nothing(self, engine: Engine, tmp_path: Path) -> None:
        path = ratings_csv(tmp_path, "5,1,7")
        import_ratings(engine, path, generated=True)
        before = contents(engine)
        import_ratings(engine, path, generated=True)
        assert contents(engine) == before

    @pytest.mark.parametrize("rows", [[], ["x"], ["5,404,7", "5,1,11"]])
    def test_invalid_real_ratings_keep_generated_users(
        self, engine: Engine, tmp_path: Path, rows: list[str]
    ) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"), generated=True)
        before = contents(engine)
        import_ratings(engine, ratings_csv(tmp_path, *rows))
        assert contents(engine) == before

    def test_unusable_file_keeps_generated_users(self, engine: Engine, tmp_path: Path) -> None:
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"), generated=True)
        before = contents(engine)
        broken = tmp_path / "broken.csv.gz"
        broken.write_bytes(gzip.compress(f"{RATINGS_HEADER}5,1,9\n".encode() * 500)[:-20])
        with pytest.raises(ImportFileError):
            import_ratings(engine, broken)
        assert contents(engine) == before


@pytest.mark.usefixtures("titles")
@pytest.mark.parametrize(("write_broken", "message"), BROKEN_FILES.values(), ids=BROKEN_FILES.keys())
def test_unusable_file_is_refused_and_changes_nothing(
    engine: Engine, tmp_path: Path, write_broken: WriteBroken, message: str
) -> None:
    insert_user(engine, 5, {1: 7})
    before = contents(engine)
    path = tmp_path / "ratings.csv.gz"
    rows = "".join(f"{user},{anime},8\n" for user in range(5, 25) for anime in range(1, 50))
    write_broken(path, (RATINGS_HEADER + rows).encode())
    with pytest.raises(ImportFileError) as caught:
        import_ratings(engine, path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert contents(engine) == before


def test_import_without_a_catalog_is_refused(engine: Engine, tmp_path: Path) -> None:
    before = contents(engine)
    with pytest.raises(ImportFileError, match=r"no titles\. Import the anime file first \(--anime\)"):
        import_ratings(engine, ratings_csv(tmp_path, "5,1,7"))
    assert contents(engine) == before


def test_cost_of_repeated_rows_is_not_quadratic(tmp_path: Path) -> None:
    """Counted in steps of SQLite's virtual machine, independent of the hardware."""

    def steps(users: int) -> int:
        engine = open_engine(f"sqlite:///{tmp_path / str(users)}.db")
        migrate(engine)
        put_titles(engine, range(1, 11))
        rows = [f"{user},{anime},5" for user in range(users) for anime in range(1, 11)]
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
