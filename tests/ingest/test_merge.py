"""Merging: unknown never replaces known, the better source wins, and what differs is reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from db.engine import read_transaction, write_transaction
from db.models import Anime, AnimeAlias, AnimeOffer
from db.titles import load_details, load_titles
from domain.titles import AliasKind, Offer
from ingest.catalog import import_anime
from ingest.merge import MergeReport, merge_titles, replace_offers
from ingest.source_titles import SourceTitle
from ingest.sources import BANGUMI_DATA, DATA_SET, MYANIMELIST, OFFLINE_DATABASE, Source
from tests.db.helpers import put_titles
from tests.scripts.conftest import KAGGLE


def said(anime_id: int = 1, *, aliases: Sequence[tuple[str, AliasKind]] = (), **columns: Any) -> SourceTitle:
    return SourceTitle(anime_id, {"name": "Bebop", **columns}, tuple(aliases))


def merge(engine: Engine, source: Source, *titles: SourceTitle) -> MergeReport:
    with write_transaction(engine) as connection:
        return merge_titles(connection, source, titles)


def row_of(engine: Engine, anime_id: int = 1) -> dict[str, Any]:
    with read_transaction(engine) as connection:
        found = connection.execute(select(Anime.__table__).where(Anime.anime_id == anime_id)).mappings()
        return dict(found.one())


def aliases(engine: Engine) -> set[tuple[str, str]]:
    with read_transaction(engine) as connection:
        return {tuple(row) for row in connection.execute(select(AnimeAlias.title, AnimeAlias.kind))}


def test_new_title_comes_with_all_that_is_known(engine: Engine) -> None:
    names = [("Bebop", "english"), ("カウボーイビバップ", "japanese")]
    title = said(aired_from=date(1998, 4, 3), tags=["space"], season="spring", season_year=1998)
    report = merge(engine, BANGUMI_DATA, SourceTitle(1, title.columns, tuple(names)))  # type: ignore[arg-type]
    assert (report.added, report.changed, report.conflicts) == (1, 0, {})
    with read_transaction(engine) as connection:
        (title_,), (details,) = load_titles(connection), load_details(connection)
    assert (title_.name, title_.season) == ("Bebop", (1998, "spring"))
    assert title_.aliases == (("カウボーイビバップ", "japanese"),)  # its main name is none
    assert (details.tags, details.aired_from) == (("space",), "1998-04-03")
    assert set(row_of(engine)["origins"].values()) == {"bangumi-data"}


def test_known_title_keeps_what_a_source_does_not_know(engine: Engine) -> None:
    merge(engine, OFFLINE_DATABASE, said(episodes=26, year=1998))
    report = merge(engine, MYANIMELIST, said(year=1999))
    assert (report.added, report.changed, report.conflicts) == (0, 1, {})
    row = row_of(engine)
    assert (row["episodes"], row["year"]) == (26, 1999)
    assert (row["origins"]["episodes"], row["origins"]["year"]) == ("anime-offline-database", "myanimelist")


def test_better_source_wins_whichever_comes_first(engine: Engine) -> None:
    better, lesser = {"name": "Cowboy Bebop", "year": 1998}, {"name": "Bebop", "year": 2001}
    merge(engine, MYANIMELIST, said(1, **better))
    assert merge(engine, BANGUMI_DATA, said(1, **lesser)).conflicts == {"year": 1}
    merge(engine, BANGUMI_DATA, said(2, **lesser))
    assert merge(engine, MYANIMELIST, said(2, **better)).conflicts == {}
    for anime_id in (1, 2):
        row = row_of(engine, anime_id)
        assert (row["name"], row["year"]) == ("Cowboy Bebop", 1998)
        assert row["origins"] == {"name": "myanimelist", "year": "myanimelist"}


def test_conflict_names_both_values(sqlite_engine: Engine) -> None:
    merge(sqlite_engine, MYANIMELIST, *(said(i, year=1998) for i in range(1, 8)))
    report = merge(sqlite_engine, BANGUMI_DATA, *(said(i, year=1999) for i in range(1, 8)))
    assert report.conflicts == {"year": 7}
    assert report.examples == {"year": [(1, 1998, 1999), (2, 1998, 1999), (3, 1998, 1999)]}


def test_source_changes_what_it_has_said_itself(engine: Engine) -> None:
    merge(engine, OFFLINE_DATABASE, said(airing_status="upcoming"))
    assert merge(engine, OFFLINE_DATABASE, said(airing_status="airing")).changed == 1
    assert merge(engine, OFFLINE_DATABASE, said(airing_status="airing")).changed == 0
    assert row_of(engine)["airing_status"] == "airing"


def test_replaced_name_can_still_be_searched_for(engine: Engine) -> None:
    merge(engine, BANGUMI_DATA, said(name="進撃の巨人"))
    merge(engine, OFFLINE_DATABASE, said(name="Shingeki no Kyojin", aliases=[("Attack on Titan", "synonym")]))
    assert aliases(engine) == {("進撃の巨人", "synonym"), ("Attack on Titan", "synonym")}


def test_imported_titles_count_as_a_data_set(engine: Engine) -> None:
    put_titles(engine, [1])
    assert merge(engine, BANGUMI_DATA, said(year=1998)).conflicts == {}
    assert (row_of(engine)["name"], row_of(engine)["year"]) == ("Title 1", 1998)
    merge(engine, MYANIMELIST, said(name="Cowboy Bebop"))
    assert row_of(engine)["name"] == "Cowboy Bebop"


def test_data_set_replaces_only_lesser_sources(engine: Engine, tmp_path: Path) -> None:
    merge(engine, BANGUMI_DATA, said(name="ビバップ", type="OVA"))
    merge(engine, MYANIMELIST, said(name="Cowboy Bebop", episodes=26))
    (tmp_path / "anime.csv").write_text(f'{KAGGLE}1,Bebop,"Action",TV,25,8.8,100\n', "utf-8")
    for _ in range(2):
        import_anime(engine, tmp_path / "anime.csv")
        row = row_of(engine)
        assert (row["name"], row["episodes"], row["type"]) == ("Cowboy Bebop", 26, "TV")
        assert row["origins"] == {"episodes": "myanimelist", "name": "myanimelist"}
        merge(engine, BANGUMI_DATA, said(type="OVA"))


def test_names_in_lower_case_are_written_as_elsewhere(engine: Engine) -> None:
    merge(engine, MYANIMELIST, said(1, studios=["MAPPA"], genres=["Sci-Fi", "Slice of Life"]))
    tags = ["slice of life", "robots", "hentai"]
    for _ in range(2):
        merge(engine, OFFLINE_DATABASE, said(2, studios=["mappa", "studio ghibli", "MAPPA"], tags=tags))
        row = row_of(engine, 2)
        assert row["studios"] == ["MAPPA", "Studio Ghibli"]
        assert row["genres"] == ["Hentai", "Slice of Life"]
        assert row["tags"] == tags


def test_offers_of_a_source_are_replaced_as_a_whole(engine: Engine) -> None:
    put_titles(engine, [1, 2])

    def offered(*offers: Offer) -> tuple[int, int, bool]:
        with write_transaction(engine) as connection:
            return replace_offers(connection, BANGUMI_DATA, [SourceTitle(1, {}, (), offers)])

    first = Offer("Netflix", "https://netflix.example/1", ("JP",))
    assert offered(first, Offer("U-NEXT", "https://u.example/1"), first) == (0, 2, True)
    assert offered(first, Offer("U-NEXT", "https://u.example/1")) == (2, 2, False)
    assert offered(Offer("Netflix", "https://netflix.example/2")) == (2, 1, True)
    with read_transaction(engine) as connection:
        stored = [tuple(row) for row in connection.execute(select(AnimeOffer.__table__))]
    assert stored == [("bangumi-data", 1, "Netflix", "https://netflix.example/2", None)]


def test_many_titles_are_merged_in_batches(sqlite_engine: Engine) -> None:
    titles = [said(i, aliases=[(f"Name {i}", "synonym")]) for i in range(1, 1_201)]
    assert merge(sqlite_engine, DATA_SET, *titles).added == 1_200
    assert row_of(sqlite_engine, 1_200)["origins"] is None
    assert len(aliases(sqlite_engine)) == 1_200
