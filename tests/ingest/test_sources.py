"""Titles read from the file of each source, and files that are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.titles import Offer
from ingest.bangumi import read_bangumi_data
from ingest.mal_seasons import read_mal_seasons
from ingest.offline_database import read_offline_titles
from ingest.report import ImportFileError
from ingest.source_titles import MAX_ALIASES, SourceTitle
from ingest.sources import BANGUMI_DATA, DATA_SET, MYANIMELIST, OFFLINE_DATABASE, REFRESHED, SOURCES, rank
from tests.ingest.source_files import (
    bangumi_data,
    bangumi_item,
    mal_answer,
    mal_node,
    offline_database,
    offline_entry,
)

Read = Callable[[Path], Iterator[SourceTitle]]


@pytest.fixture
def read(tmp_path: Path) -> Callable[[Read, bytes], list[SourceTitle]]:
    """Reads a file of this content."""

    def titles(reader: Read, content: bytes) -> list[SourceTitle]:
        path = tmp_path / "file"
        path.write_bytes(content)
        return list(reader(path))

    return titles


Titles = Callable[[Read, bytes], list[SourceTitle]]


def test_every_source_has_a_license_and_a_safe_address() -> None:
    assert [source for source in SOURCES if not (source.license and source.gives)] == []
    for source in REFRESHED:
        assert source.address is not None
        assert source.address.startswith("https://")
        assert source.read is not None
        assert source.max_bytes > 0
    addresses = " ".join(f"{source.address} {source.homepage}" for source in SOURCES)
    assert "anilist" not in addresses  # whose terms forbid it


def test_precedence_is_the_order_of_the_table() -> None:
    names = [source.name for source in (MYANIMELIST, DATA_SET, OFFLINE_DATABASE, BANGUMI_DATA)]
    assert sorted([*names[::-1], "one of an older release"], key=rank) == [*names, "one of an older release"]


# -- bangumi-data --------------------------------------------------------------------------------------


def test_bangumi_item_is_read_with_days_of_japan(read: Titles) -> None:
    (title,) = read(read_bangumi_data, bangumi_data(bangumi_item()))
    assert (title.anime_id, dict(title.columns)) == (
        1,
        {
            "name": "Cowboy Bebop",
            "type": "TV",
            "aired_from": date(1998, 4, 3),
            "aired_to": date(1999, 4, 24),
            "year": 1998,
            "season": "spring",
            "season_year": 1998,
        },
    )
    assert title.aliases == (
        ("カウボーイビバップ", "japanese"),
        ("Cowboy Bebop", "english"),
        ("星际牛仔", "synonym"),
        ("恶男杰特", "synonym"),
    )
    assert title.offers == (Offer("U-NEXT", "https://video.unext.jp/title/SID1", ("JP",)),)


def test_bangumi_offers_are_services_with_web_addresses(read: Titles) -> None:
    sites = [
        {"site": "netflix", "id": "70 1&x=1", "regions": ["US", "<b>"]},
        {"site": "unext", "url": "javascript:alert(1)"},
        {"site": "unext", "url": "http://video.unext.jp/title/SID1"},
        {"site": "dmhy", "id": "bebop"},
        {"site": "unheard-of", "id": "1"},
        {"site": "mal", "id": "1"},
    ]
    (title,) = read(read_bangumi_data, bangumi_data(bangumi_item(sites=sites)))
    assert title.offers == (Offer("Netflix", "https://www.netflix.com/title/70%201&x=1", ("US",)),)


@pytest.mark.parametrize("mal", [None, "", "x", "0", "²", "99999999999"])
def test_bangumi_items_without_a_mal_id_are_skipped(read: Titles, mal: str | None) -> None:
    assert read(read_bangumi_data, bangumi_data(bangumi_item(mal))) == []


def test_title_without_an_english_name_has_its_own(read: Titles) -> None:
    item = bangumi_item(lang="zh-Hans", title=" 罗小黑 战记\u200b", titleTranslate={}, begin="", end="x")
    (title,) = read(read_bangumi_data, bangumi_data(item))
    assert dict(title.columns) == {"name": "罗小黑 战记", "type": "TV"}
    assert title.aliases == (("罗小黑 战记", "synonym"),)


def test_end_of_a_movie_means_nothing(read: Titles) -> None:
    (title,) = read(read_bangumi_data, bangumi_data(bangumi_item(type="movie")))
    assert "aired_to" not in title.columns


# -- the offline database ------------------------------------------------------------------------------


def test_offline_entry_is_read_as_documented(read: Titles) -> None:
    (title,) = read(read_offline_titles, offline_database(offline_entry()))
    assert (title.anime_id, dict(title.columns)) == (
        1535,
        {
            "name": "Death Note",
            "type": "TV",
            "episodes": 37,
            "airing_status": "finished",
            "year": 2006,
            "season": "fall",
            "season_year": 2006,
            "image_url": "https://cdn.myanimelist.net/images/anime/1079/138100.jpg",
            "duration_minutes": 23,
            "studios": ["madhouse"],
            "producers": ["vap", "d.n. dream partners"],
            "tags": ["detective", "supernatural"],
        },
    )
    assert title.aliases == (("Death Note", "synonym"), ("DN", "synonym"), ("デスノート", "synonym"))


def test_offline_unknowns_are_unknown(read: Titles) -> None:
    entry = offline_entry(
        type="UNKNOWN",
        episodes=0,
        status="UNKNOWN",
        animeSeason={"season": "UNDEFINED"},
        picture="https://elsewhere.example/no_pic.png",
        studios=[],
        producers=[],
        tags=[],
        synonyms=[],
    )
    del entry["duration"], entry["score"]
    (title,) = read(read_offline_titles, offline_database(entry))
    assert dict(title.columns) == {"name": "Death Note"}


def test_adult_tags_make_an_adult_title(read: Titles) -> None:
    (title,) = read(read_offline_titles, offline_database(offline_entry(tags=["Hentai"])))
    assert (title.columns["tags"], title.columns["age_rating"]) == (["hentai"], "Rx")


def test_aliases_of_a_title_are_limited(read: Titles) -> None:
    entry = offline_entry(synonyms=["Death Note", "x" * 301, *(f"Name {i}" for i in range(100))])
    (title,) = read(read_offline_titles, offline_database(entry))
    assert [name for name, _ in title.aliases] == [
        "Death Note",
        *(f"Name {i}" for i in range(MAX_ALIASES - 1)),
    ]


# -- the MyAnimeList API -------------------------------------------------------------------------------


def test_mal_title_is_read_as_documented(read: Titles) -> None:
    (title,) = read(read_mal_seasons, mal_answer(mal_node()))
    assert (title.anime_id, dict(title.columns)) == (
        52991,
        {
            "name": "Sousou no Frieren",
            "type": "TV",
            "episodes": 28,
            "score": 9.29,
            "members": 1_100_000,
            "aired_from": date(2023, 9, 29),
            "aired_to": date(2024, 3, 22),
            "year": 2023,
            "season": "fall",
            "season_year": 2023,
            "image_url": "https://cdn.myanimelist.net/images/anime/1015/138006.jpg",
            "studios": ["Madhouse"],
            "genres": ["Adventure", "Fantasy"],
            "source": "Light novel",
            "duration_minutes": 24,
            "airing_status": "finished",
            "age_rating": "PG-13",
            "synopsis": "The demon king has been defeated.\n\n(Source: a publisher)",
        },
    )
    assert title.aliases == (
        ("Frieren", "english"),
        ("葬送のフリーレン", "japanese"),
        ("Sousou no Frieren", "synonym"),
        ("Frieren at the Funeral", "synonym"),
    )


def test_mal_title_with_little_known_is_read(read: Titles) -> None:
    node = {
        "id": 7,
        "title": "Announced",
        "media_type": "unknown",
        "status": "not_yet_aired",
        "start_date": "2027-04",
        "num_episodes": 0,
        "nsfw": "black",
    }
    (title,) = read(read_mal_seasons, mal_answer(node))
    assert dict(title.columns) == {
        "name": "Announced",
        "airing_status": "upcoming",
        "year": 2027,
        "age_rating": "Rx",
    }


def test_mal_answers_follow_each_other_in_a_file(read: Titles) -> None:
    content = mal_answer(mal_node(1)) + b"\n" + mal_answer(mal_node(2), mal_node(3))
    assert [title.anime_id for title in read(read_mal_seasons, content)] == [1, 2, 3]


# -- other files ---------------------------------------------------------------------------------------


def without(item: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != field}


@pytest.mark.parametrize(
    ("reader", "content", "place"),
    [
        (read_bangumi_data, b"", "not JSON, or cut off"),
        (read_bangumi_data, b"<html>503</html>", "not JSON, or cut off"),
        (read_bangumi_data, b'{"items": []}', "siteMeta"),
        (read_bangumi_data, bangumi_data(bangumi_item(), 5), "items.1"),
        (read_bangumi_data, bangumi_data(bangumi_item(sites=None)), "items.0.sites"),
        (read_bangumi_data, bangumi_data(without(bangumi_item(), "begin")), "items.0.begin"),
        (read_bangumi_data, bangumi_data(bangumi_item(title=5)), "items.0.title"),
        (read_offline_titles, offline_database(without(offline_entry(), "tags")), "line 2.tags"),
        (read_offline_titles, offline_database(offline_entry(episodes="37")), "line 2.episodes"),
        (read_offline_titles, offline_database(offline_entry(sources="x")), "line 2.sources"),
        (read_offline_titles, b'{"data": 5}', "no list `data`"),
        (read_mal_seasons, b"<html>", "not answers"),
        (read_mal_seasons, b'{"error": "bad_request"}', "answer 1.data"),
        (read_mal_seasons, mal_answer(mal_node(title=None)), "answer 1.data.0.node.title"),
    ],
)
def test_file_of_another_format_is_refused(read: Titles, reader: Read, content: bytes, place: str) -> None:
    with pytest.raises(ImportFileError, match=r"^\S*file: ") as refused:
        read(reader, content)
    assert place in str(refused.value)
