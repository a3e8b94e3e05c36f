"""Lists in every format: recognized by their content, read into the same entries, refused in words."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ranges import WatchStatus
from ingest.lists.entry import ExternalId, ListEntry, ListTooLargeError, UnreadableListError
from ingest.lists.formats import BY_NAME, FORMATS, ReadList, read_list
from ingest.lists.json_items import PLAIN, kept
from tests.ingest.exports import anime, export

MANY = 5_000
COMPLETED, WATCHING, DROPPED = WatchStatus.COMPLETED, WatchStatus.WATCHING, WatchStatus.DROPPED


def read(content: object, max_titles: int = MANY) -> ReadList:
    """Bytes and text as they are, anything else as JSON."""
    text = content if isinstance(content, bytes | str) else json.dumps(content, ensure_ascii=False)
    return read_list(io.BytesIO(text if isinstance(text, bytes) else text.encode()), max_titles)


def error_of(content: object, max_titles: int = MANY) -> UnreadableListError:
    with pytest.raises(UnreadableListError) as caught:
        read(content, max_titles)
    return caught.value


def anilist_entry(**changes: Any) -> dict[str, Any]:
    media = {"id": 21, "idMal": 1535, "title": {"romaji": "DEATH NOTE", "english": "Death Note"}}
    return {"status": "COMPLETED", "score": 85, "media": media, **changes}


def anilist_answer(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    lists = [{"name": "Completed", "entries": list(entries)}, {"name": "Favorites", "entries": list(entries)}]
    return {"data": {"MediaListCollection": {"hasNextChunk": False, "lists": lists, **more}}}


def anilist_download(*entries: dict[str, Any]) -> dict[str, Any]:
    """In the layout of gdpr_data.json, with some of what else it has."""
    common = {
        "id": 1,
        "user_id": 7,
        "progress": 12,
        "notes": None,
        "started_on": 20110406,
        "custom_lists": "[]",
    }
    return {
        "user": {"id": 7, "display_name": "somebody", "score_type": 0},
        "activity": [{"id": 1, "object_id": 5, "lists": []}],
        "lists": [common | {"series_type": 0, "priority": 0} | entry for entry in entries],
    }


def kitsu_answer(status: str = "completed", rating: object = 17, mal: str | None = "1535") -> dict[str, Any]:
    entry = {
        "id": "9",
        "type": "libraryEntries",
        "attributes": {"status": status, "ratingTwenty": rating},
        "relationships": {"anime": {"data": {"type": "anime", "id": "1376"}}},
    }
    mappings = [
        ("anilist/anime", "21"),
        ("thetvdb", "79481/1"),
        *([("myanimelist/anime", mal)] if mal else []),
    ]
    links = [{"type": "mappings", "id": str(number)} for number in range(len(mappings))]
    title = {
        "id": "1376",
        "type": "anime",
        "attributes": {"canonicalTitle": "Death Note"},
        "relationships": {"mappings": {"data": links}},
    }
    mapped = [
        {"id": str(number), "type": "mappings", "attributes": {"externalSite": site, "externalId": value}}
        for number, (site, value) in enumerate(mappings)
    ]
    return {"data": [entry], "included": [title, *mapped], "meta": {"count": 1}, "links": {}}


def simkl_backup(**changes: Any) -> dict[str, Any]:
    ids = {"simkl": 37_089, "slug": "death-note", "mal": "1535", "anidb": "4563", "tmdb": "13916"}
    item = {
        "last_watched_at": "2020-01-02T10:00:00Z",
        "status": "completed",
        "user_rating": 9,
        "show": {"title": "Death Note", "year": 2006, "ids": ids},
        "seasons": [{"number": 1, "episodes": [{"number": 1}]}],
        **changes,
    }
    film = {
        "status": "plantowatch",
        "user_rating": None,
        "movie": {"title": "Your Name.", "ids": {"mal": 32281}},
    }
    other = {
        "status": "completed",
        "user_rating": 10,
        "movie": {"title": "Alien", "ids": {"imdb": "tt0078748"}},
    }
    show = {"status": "watching", "show": {"title": "Shark Tank", "ids": {"tvdb": "100981"}}}
    return {"shows": [show], "movies": [other, film], "anime": [item]}


MAL_ANSWER = {
    "data": [
        {
            "node": {"id": 1535, "title": "Death Note", "main_picture": {"medium": "https://x/1.jpg"}},
            "list_status": {
                "status": "on_hold",
                "score": 9,
                "num_episodes_watched": 3,
                "is_rewatching": False,
            },
        }
    ],
    "paging": {"next": "https://api.myanimelist.net/v2/users/x/animelist?offset=1000"},
}
ANILIST, ANIDB = ExternalId("anilist", "21"), ExternalId("anidb", "4563")
KITSU = ExternalId("kitsu", "1376")
DEATH_NOTE = ListEntry(1535, "Death Note", 9, COMPLETED)
SAMPLES: dict[str, tuple[object, list[ListEntry]]] = {
    "mal-xml": (export(anime(1535, "Death Note", 9, "Completed")), [DEATH_NOTE]),
    "anilist-api": (
        anilist_answer(anilist_entry()),
        [ListEntry(1535, "Death Note", 9, COMPLETED, (ANILIST,))],
    ),
    "anilist-download": (
        anilist_download(
            {"series_id": 21, "status": 3, "score": 84},
            {"series_id": 30_013, "status": 0, "score": 0, "series_type": 1},
            {"series_id": 5, "status": 1, "score": 0},
        ),
        [
            ListEntry(None, "AniList 21", 8, DROPPED, (ANILIST,)),
            ListEntry(None, "AniList 5", 0, WatchStatus.PLAN_TO_WATCH, (ExternalId("anilist", "5"),)),
        ],
    ),
    "kitsu-api": (kitsu_answer(), [ListEntry(1535, "Death Note", 9, COMPLETED, (KITSU, ANILIST))]),
    "mal-api": (MAL_ANSWER, [ListEntry(1535, "Death Note", 9, WatchStatus.ON_HOLD)]),
    "simkl": (
        simkl_backup(),
        [
            ListEntry(32_281, "Your Name.", 0, WatchStatus.PLAN_TO_WATCH),
            ListEntry(1535, "Death Note", 9, COMPLETED, (ANIDB,)),
        ],
    ),
    "csv": (
        'Title,MAL ID,My Score,Status\n"Death Note",1535,9,Completed\nClannad,,,\n',
        [DEATH_NOTE, ListEntry(None, "Clannad")],
    ),
    "lines": (
        "Death Note 9/10\n\n- Steins;Gate\nEyeshield 21\n",
        [ListEntry(None, "Death Note", 9), ListEntry(None, "Steins;Gate"), ListEntry(None, "Eyeshield 21")],
    ),
}


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(BY_NAME) == {each.name for each in FORMATS}


@pytest.mark.parametrize(("content", "entries"), SAMPLES.values(), ids=SAMPLES)
def test_format_is_recognized_and_read(
    request: pytest.FixtureRequest, content: object, entries: list[ListEntry]
) -> None:
    listed = read(content)
    assert listed.entries == entries
    assert listed.format.name == request.node.callspec.id


@pytest.mark.parametrize("content", [sample for sample, _ in SAMPLES.values()], ids=SAMPLES)
def test_packed_list_is_the_same_list(content: object) -> None:
    plain = content if isinstance(content, str) else json.dumps(content)
    expected = read(plain)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("__MACOSX/._junk", b"\x00")
        ending = {"mal-xml": "xml", "csv": "csv", "lines": "txt"}.get(expected.format.name, "json")
        file.writestr(f"../../etc/list.{ending}", plain)
    assert read(gzip.compress(plain.encode())) == expected
    assert read(archive.getvalue()) == expected
    if expected.format.name != "mal-xml":  # it declares its encoding
        assert read(plain.encode("utf-8-sig")) == expected
        assert read(plain.encode("utf-16")) == expected


@pytest.mark.parametrize("path", [("data", "MediaListCollection"), ("MediaListCollection",), ()])
def test_anilist_list_may_be_kept_in_parts(path: tuple[str, ...]) -> None:
    saved: Any = anilist_answer(anilist_entry())["data"]["MediaListCollection"]
    for name in reversed(path):
        saved = {name: saved}
    assert [entry.anime_id for entry in read(saved).entries] == [1535]


@pytest.mark.parametrize(
    ("form", "score", "rating"),
    [
        ("POINT_100", 85, 9),
        ("POINT_100", 7, 1),
        ("POINT_10_DECIMAL", 8.5, 9),
        ("POINT_10", 8, 8),
        ("POINT_5", 4, 8),
        ("POINT_3", 3, 9),
        ("POINT_3", 0, 0),
        (None, 8, 8),
        (None, 80, 8),
    ],
)
def test_anilist_score_is_read_in_its_format(form: str | None, score: float, rating: int) -> None:
    user = {"user": {"mediaListOptions": {"scoreFormat": form}}} if form else {}
    assert read(anilist_answer(anilist_entry(score=score), **user)).entries[0].rating == rating


@pytest.mark.parametrize(
    ("word", "status"),
    [("CURRENT", WATCHING), ("REPEATING", COMPLETED), ("PAUSED", WatchStatus.ON_HOLD), ("DROPPED", DROPPED)],
)
def test_anilist_status_has_one_meaning(word: str, status: WatchStatus) -> None:
    assert read(anilist_answer(anilist_entry(status=word))).entries[0].status is status


def test_kitsu_title_without_a_mapping_keeps_its_ids() -> None:
    (entry,) = read(kitsu_answer(mal=None, rating=None, status="on_hold")).entries
    assert (entry.anime_id, entry.rating, entry.external_ids) == (None, 0, (KITSU, ANILIST))


def _ids(number: int) -> tuple[ExternalId, ...]:
    return (ExternalId("anilist", str(number)),)


@pytest.mark.parametrize(
    ("table", "entries"),
    [
        ("anilist_id;score\n21;85\n5;\n", [(None, 9, (ANILIST,)), (None, 0, (ExternalId("anilist", "5"),))]),
        ("name\trating\nA, B\t7.5\n", [(None, 8, ())]),
        ('\ufeffTitle,Rating\r\n"A ""B""",8/10\r\n', [(None, 8, ())]),
        ("MAL_ID,Watching Status\n1,4\n2,\n", [(1, 0, ()), (2, 0, ())]),
        ('mal_id,score\n1535.0,9.0\n"1,535",8\n', [(1535, 9, ()), (1535, 8, ())]),
        ("mal_id,score\n1,9\nmal_id,score\n2,8\n", [(1, 9, ()), (2, 8, ())]),
        (
            "anilist_id,score\n21,85\n5,9\n7,70\n",
            [(None, 9, (ANILIST,)), (None, 1, _ids(5)), (None, 7, _ids(7))],
        ),
    ],
)
def test_table_columns_are_known_by_their_names(table: str, entries: list[tuple[Any, ...]]) -> None:
    found = [(entry.anime_id, entry.rating, entry.external_ids) for entry in read(table).entries]
    assert found == entries


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": 1, "x": 2, "b": {"c": "d", "x": [1]}}, {"a": 1, "b": {"c": "d"}}),
        ({"b": [{"c": 1, "x": 2}, 7, [8]]}, {"b": [{"c": 1}]}),
        ({"a": {"x": 1}}, {"a": {}}),
        ({"a": [1, {"x": 1}]}, {"a": []}),
        ([1, {"a": 1}], [{"a": 1}]),
        ("text", "text"),
    ],
)
def test_only_members_of_the_shape_are_kept(value: object, found: object) -> None:
    assert kept(value, {"a": PLAIN, "b": {"c": PLAIN}}) == found


def test_numbered_lines_are_titles() -> None:
    listed = read("1. 91 Days\n2) 86\n3. Clannad\t10\n4. .hack//Sign (7,5/10)\n")
    assert [(entry.name, entry.rating) for entry in listed.entries] == [
        ("91 Days", 0),
        ("86", 0),
        ("Clannad", 10),
        (".hack//Sign", 8),
    ]


NESTED = '{"a":' * 40 + "1" + "}" * 40
REFUSED: dict[str, tuple[object, str]] = {
    "nothing": ("", "it is empty"),
    "other JSON": ({"titles": [1]}, "of no format that is known here: AniList data download"),
    "JSON that is cut off": (json.dumps(SAMPLES["simkl"][0])[:-9], "the JSON is cut off or damaged"),
    "no JSON": ('{"lists": [{"entries": nope}]}', "the JSON is cut off or damaged (lexical error"),
    "deep JSON": (NESTED, "nested more than 30 deep"),
    "a status of no site": (
        anilist_answer(anilist_entry(status="MAYBE")),
        "status is 'MAYBE'; expected watching",
    ),
    "a score that is too high": (
        anilist_answer(anilist_entry(score=101)),
        "score is '101'; expected a number from 0 to 100",
    ),
    "a score that is a word": (simkl_backup(user_rating="9"), "anime.item number 1: user_rating is '9'"),
    "an id that is none": (kitsu_answer(mal="x"), "externalId is 'x'; expected a MyAnimeList id"),
    "a status number": (
        anilist_download({"series_id": 1, "status": 9, "score": 0}),
        "lists.item number 1: status is 9; expected 0 to 5",
    ),
    "a rating in a table": ("title,score\nA,\nB,good\n", "line 3: the rating is 'good'"),
    "a status in a table": ("title,status\nA,maybe\n", "line 2: the status is 'maybe'; expected watching"),
    "an id in a table": (
        "mal_id,title\n1.5,A\n",
        "line 2: the id of MyAnimeList is '1.5'; expected a MyAnimeList id",
    ),
    "eleven out of ten": ("title,score\nA,9\nB,11/10\n", "line 3: the rating is '11/10'"),
    "eleven among scores of ten": (
        "title,score\nA,9\nB,11\nC,8\n",
        "line 3: the rating is '11.0'; expected a",
    ),
    "an open quote": ('title,score\nA,1\n"B,2\nC,3\n', "line 3: a quote that begins here is not closed"),
    "Latin-1": ("title,score\nA,1\nÉté,2\n".encode("latin-1"), "line 3: not UTF-8 text"),
    "NULs": ("A\nB\x00C\n", "line 2: it has NUL characters"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not UTF-8 text"),
    "a page": ("<html><body>Log in</body></html>", "the root element is <html>; expected <myanimelist>"),
    "half a gzip": (gzip.compress(b"Clannad\n" * 99)[:-9], "the gzip file is truncated"),
    "half a zip": (b"PK\x03\x04" + b"x" * 90, "the zip file cannot be read"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_unreadable_list_is_refused_with_a_reason(content: object, reason: str) -> None:
    message = str(error_of(content))
    assert reason in message
    assert len(message) < 400


def packed(content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("list.csv", content)
    return archive.getvalue()


LARGE = {
    "a gzip bomb": gzip.compress(b" " * 20_000_000, 1),
    "a zip bomb": packed(b" " * 20_000_000),
    "many lines": b"A\n" * 60_000,
    "a long line": b"title,score\n" + b"," * 1_000_000,
    "many items": b'{"lists":[' + b'{"series_id":1,"status":2},' * 50_000 + b"{}]}",
    "many rows": b"title,score\n" + b"A,1\n" * 5_001,
    "many values": b'{"lists":[' + b"1," * 600_000 + b"1]}",
    "one item of many values": b'{"anime":[{"show":[' + b"1," * 30_000 + b"1]}]}",
    "many titles": json.dumps(
        anilist_download(*[{"series_id": i, "status": 2} for i in range(1, 5_003)])
    ).encode(),
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_list_above_a_limit_is_refused(content: bytes) -> None:
    error = error_of(content)
    assert isinstance(error, ListTooLargeError)
    assert "more " in str(error)


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inside: (
            st.lists(inside, max_size=3)
            | st.dictionaries(
                st.sampled_from(["data", "lists", "entries", "anime", "show", "item"]), inside, max_size=3
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_arbitrary_content_is_read_or_refused(content: bytes) -> None:
    with suppress(UnreadableListError):  # anything else would be an answer of 500
        assert all(0 <= entry.rating <= 10 for entry in read(content).entries)
