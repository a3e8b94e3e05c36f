"""MyAnimeList exports are read; invalid and hostile ones are refused."""

from __future__ import annotations

import gzip
import io
import random
from contextlib import suppress
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from domain.ranges import MAX_ANIME_ID, WatchStatus
from ingest.lists.entry import ListEntry, ListTooLargeError, UnreadableListError
from ingest.lists.mal_xml import read_mal_export
from tests.ingest.exports import anime, export, sparse

MANY = 5_000
WEB_EXPORT = ROOT / "frontend/src/lists/export.example.xml"  # checked by its own test, too
ENTRY = ListEntry(1, "Cowboy Bebop", 10, WatchStatus.COMPLETED)
ONE = export(anime(1, "Cowboy Bebop", 10, "Completed"))


def read(content: str | bytes, max_titles: int = MANY) -> list[ListEntry]:
    return read_mal_export(
        io.BytesIO(content if isinstance(content, bytes) else content.encode()), max_titles
    )


def error_of(content: str | bytes, max_titles: int = MANY) -> UnreadableListError:
    with pytest.raises(UnreadableListError) as caught:
        read(content, max_titles)
    return caught.value


def test_export_of_the_site_is_read() -> None:
    entries = read(
        export(
            anime(1, "Cowboy Bebop", 10, "Completed"),
            anime(9253, "Steins;Gate & <more>", 0, "Watching"),
            anime(2167, "CLANNAD ～クラナド～", 7, "On-Hold"),
            anime(1535, "Death Note", 4, "Dropped"),
            anime(61316, "Too New", 0, "Plan to Watch"),
        )
    )
    assert entries == [
        ENTRY,
        ListEntry(9253, "Steins;Gate & <more>", 0, WatchStatus.WATCHING),
        ListEntry(2167, "CLANNAD ～クラナド～", 7, WatchStatus.ON_HOLD),
        ListEntry(1535, "Death Note", 4, WatchStatus.DROPPED),
        ListEntry(61316, "Too New", 0, WatchStatus.PLAN_TO_WATCH),
    ]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("Watching", "watching", "1"), WatchStatus.WATCHING),
        (("Completed", "COMPLETED", "2"), WatchStatus.COMPLETED),
        (("On-Hold", "On Hold", "on-hold", "3"), WatchStatus.ON_HOLD),
        (("Dropped", " Dropped\n", "4"), WatchStatus.DROPPED),
        (("Plan to Watch", "plan to watch", "6"), WatchStatus.PLAN_TO_WATCH),
        (("", " "), None),
    ],
)
def test_status_is_a_word_or_a_code(words: tuple[str, ...], status: WatchStatus | None) -> None:
    for word in words:
        assert read(export(anime(1, "x", 0, word)))[0].status is status


def test_empty_and_missing_fields_are_accepted() -> None:
    empty = sparse(series_animedb_id="", series_title="", my_score="", my_status="")
    assert read(export("<anime/>", empty)) == [ListEntry(None, "", 0, None)] * 2
    assert read(export(sparse(my_status=2, series_animedb_id=5), info="")) == [
        ListEntry(5, "", 0, WatchStatus.COMPLETED)
    ]


def test_empty_list_has_no_entries() -> None:
    assert read(export()) == []
    assert read("<myanimelist/>") == []


def test_title_is_cleaned_to_one_printable_line() -> None:
    title = "a\u202e&#x9b;31m\n\tb\u200b"
    assert read(export(sparse(series_title="").replace("></", f">{title}</", 1)))[0].name == "a 31m b"


def test_ignored_field_may_be_long() -> None:
    comment = f"<my_comments><![CDATA[{'plut&Atilde;&acute;t <br />' * 50_000}]]></my_comments></anime>"
    assert read(ONE.replace("</anime>", comment)) == [ENTRY]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("zipped", [False, True])
def test_declared_encoding_is_used(encoding: str, zipped: bool) -> None:
    text = export(anime(1, "Été à la carte", 5, "Completed"))
    content = text.replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert read(gzip.compress(content) if zipped else content)[0].name == "Été à la carte"


def test_gzip_file_may_have_several_members() -> None:
    content = ONE.encode()
    assert read(gzip.compress(content[:100]) + gzip.compress(content[100:])) == [ENTRY]


class SlowStream(io.RawIOBase):
    """An unseekable stream that returns few bytes at a time."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._content.read(min(10, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


@pytest.mark.parametrize("zipped", [False, True])
def test_unseekable_stream_is_read(zipped: bool) -> None:
    content = ONE.encode()
    stream = SlowStream(gzip.compress(content) if zipped else content)
    assert read_mal_export(cast(io.BytesIO, stream), MANY) == [ENTRY]


def test_export_of_the_web_app_is_read() -> None:
    with WEB_EXPORT.open("rb") as stream:
        entries = read_mal_export(stream, max_titles=4)
    assert entries == [
        ListEntry(1535, "Death Note", 9, WatchStatus.COMPLETED),
        ListEntry(9253, "Steins;Gate", 10, WatchStatus.COMPLETED),
        ListEntry(20, "a ]]> b & <my_score>1</my_score> ]]]> 進撃 🎌", 0, WatchStatus.ON_HOLD),
        ListEntry(5, "Cowboy Bebop", 0, WatchStatus.PLAN_TO_WATCH),
    ]


# -- generated exports -------------------------------------------------------------------------------------

printable = st.characters(categories=["L", "M", "N", "P", "S"], exclude_characters="\ufffe\uffff") | st.just(
    " "
)
entries = st.builds(
    ListEntry,
    st.none() | st.integers(1, MAX_ANIME_ID),
    st.text(printable, max_size=30).map(lambda text: " ".join(text.split())),
    st.integers(0, 10),
    st.none() | st.sampled_from(WatchStatus),
)
WORDS = {
    None: ["", " "],
    WatchStatus.WATCHING: ["Watching", "1"],
    WatchStatus.COMPLETED: ["Completed", "2"],
    WatchStatus.ON_HOLD: ["On-Hold", "3"],
    WatchStatus.DROPPED: ["Dropped", "4"],
    WatchStatus.PLAN_TO_WATCH: ["Plan to Watch", "6"],
}


@given(st.lists(entries, max_size=8), st.sampled_from(["utf-8", "utf-16"]), st.booleans(), st.data())
def test_any_written_list_is_read_back(
    listed: list[ListEntry], encoding: str, zipped: bool, data: st.DataObject
) -> None:
    written = []
    for entry in listed:
        word = data.draw(st.sampled_from(WORDS[entry.status]))
        if data.draw(st.booleans()):
            title = entry.name.replace("]]>", "]]]]><![CDATA[>")
            written.append(anime(entry.anime_id or "", title, entry.rating or "", word))
        else:
            fields = [
                ("series_animedb_id", entry.anime_id or ""),
                ("series_title", entry.name),
                ("my_score", entry.rating),
                ("my_status", word),
            ]
            written.append(sparse(**dict(data.draw(st.permutations(fields)))))
    content = export(*written).replace("UTF-8", encoding).encode(encoding)
    assert read(gzip.compress(content) if zipped else content) == listed


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(content: bytes) -> None:
    error_of(content)
    error_of(gzip.compress(content))


@given(st.integers(0, len(ONE) - 1), st.binary(max_size=8), st.integers(0, 40))
def test_damaged_export_is_read_or_refused(start: int, put: bytes, length: int) -> None:
    content = ONE.encode()
    with suppress(UnreadableListError):
        assert len(read(content[:start] + put + content[start + length :])) <= 2


@given(st.integers(0, len(ONE.rstrip()) - 1), st.booleans())
def test_truncated_export_is_refused(end: int, zipped: bool) -> None:
    content = ONE.rstrip().encode()
    if zipped:
        whole = gzip.compress(content)
        error_of(whole[: end % len(whole)])
    else:
        error_of(content[:end])


# -- invalid exports ------------------------------------------------------------------------------

ENTITIES = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
noise = random.Random(7).randbytes(5_000)  # noqa: S311 - not a secret
damaged = bytearray(gzip.compress(noise))
damaged[2_000] ^= 0xFF
INVALID: dict[str, tuple[str | bytes, str]] = {
    "nothing": (b"", "line 1: not XML (no element found). Export the list again."),
    "blank": (" \n ", "not XML (no element found)"),
    "text": ("hello", "not XML (syntax error)"),
    "json": ('{"data": []}', "not XML (not well-formed"),
    "nul bytes": (b"\x00" * 1_000, "not XML"),
    "a nul byte inside": (ONE.replace("Cowboy", "Cow\x00boy"), "not XML (not well-formed"),
    "a nul reference": (ONE.replace("<my_score>", "<my_score>&#0;"), "reference to invalid character number"),
    "not UTF-8": (ONE.replace("Cowboy", "Caf\xe9").encode("latin-1"), "not XML (not well-formed"),
    "half a tag": ("<myanimelist><anime", "not XML (unclosed token)"),
    "not closed": ("<myanimelist><anime>", "not XML (no element found)"),
    "two roots": ("<myanimelist/><myanimelist/>", "not XML (junk after document element)"),
    "an encoding of several bytes": (ONE.replace("UTF-8", "shift_jis"), "multi-byte encodings are not"),
    "no encoding": (ONE.replace("UTF-8", "nonsense"), "unknown encoding: nonsense). Save it as UTF-8."),
    "no text encoding": (ONE.replace("UTF-8", "zlib"), "is not a text encoding"),
    "a long encoding": (ONE.replace("UTF-8", "x" * 5_000), "unknown encoding: xxx"),
    "an empty gzip": (gzip.compress(b""), "not XML (no element found)"),
    "the beginning of a gzip": (b"\x1f\x8b", "the gzip file is truncated. Download it again."),
    "no gzip": (b"\x1f\x8b" + noise, "the gzip file is damaged"),
    "a damaged gzip": (bytes(damaged), "the gzip file is damaged"),
    "more after a gzip": (gzip.compress(ONE.encode()) + b"more", "the gzip file is damaged"),
    "a gzip of a gzip": (gzip.compress(gzip.compress(ONE.encode())), "not XML (not well-formed"),
    "a zip": (b"PK\x03\x04" + noise, "not XML"),
    "a page": ("<!DOCTYPE html><html></html>", "line 1: a document type (<!DOCTYPE), which no export has."),
    "another XML": ("<rss></rss>", "line 1: the root element is <rss>; expected <myanimelist>."),
    "an entity bomb": (
        f'<!DOCTYPE x [<!ENTITY l0 "lol">{ENTITIES}]>' + ONE.replace("Cowboy", "&l9;"),
        "a document type",
    ),
    "an external DTD": (
        '<!DOCTYPE myanimelist SYSTEM "http://127.0.0.1:1/x.dtd"><myanimelist/>',
        "a document type",
    ),
    "an external entity": (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><myanimelist>&e;</myanimelist>',
        "a document type",
    ),
    "an empty document type": ("<!DOCTYPE myanimelist><myanimelist/>", "a document type"),
    "an entity of nowhere": (ONE.replace("<my_score>10", "<my_score>&ten;"), "not XML (undefined entity)"),
    "a list of manga": (
        export(info="<myinfo><user_export_type>2</user_export_type></myinfo>"),
        "this is a list of manga. Export the anime list instead.",
    ),
    "manga": (
        export("<manga><manga_mangadb_id>2</manga_mangadb_id></manga>"),
        "a list of manga. Export the anime list instead.",
    ),
    "an id that is a word": (export(anime("one", "x", 0, "2")), "series_animedb_id is 'one'; expected a"),
    "a negative id": (export(anime(-1, "x", 0, "2")), "series_animedb_id is '-1'"),
    "too large an id": (export(anime(2**31, "x", 0, "2")), "series_animedb_id is '2147483648'"),
    "a very large id": (export(anime("9" * 999, "x", 0, "2")), "series_animedb_id is '9999"),
    "other digits": (export(anime("١", "x", 0, "2")), "series_animedb_id is '١'"),
    "a score of 11": (export(anime(1, "x", 11, "2")), "my_score is '11'; expected a whole number"),
    "half a score": (export(anime(1, "x", 8.5, "2")), "my_score is '8.5'"),
    "a negative score": (export(anime(1, "x", -1, "2")), "my_score is '-1'"),
    "another status": (export(anime(1, "x", 1, "Reading")), "my_status is 'Reading'; expected Watching, "),
    "another code": (export(anime(1, "x", 1, "5")), "my_status is '5'"),
    "a field twice": (export("<anime><my_score>1</my_score><my_score>2</my_score></anime>"), "appears twice"),
    "an element in a field": (export(anime(1, "x", "<b>9</b>", "2")), "<b> inside my_score"),
}


@pytest.mark.parametrize(("content", "reason"), INVALID.values(), ids=INVALID.keys())
def test_invalid_export_is_refused_with_the_reason(content: str | bytes, reason: str) -> None:
    error = error_of(content)
    assert reason in str(error)
    assert len(str(error)) < 400
    assert not isinstance(error, ListTooLargeError)


def test_invalid_value_is_reported_with_its_line() -> None:
    text = export(anime(1, "x", 5, "2"), anime(2, "y", 99, "2"))
    line = text[: text.index("99")].count("\n") + 1
    assert str(error_of(text)).startswith(f"line {line}: my_score is '99'")
