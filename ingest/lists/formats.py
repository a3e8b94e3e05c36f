"""The formats of lists: the only table of them. A file is recognized by its content, never by its name."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from ingest.files import GZIP_MAGIC
from ingest.lists import anilist, kitsu, mal_api, simkl, table
from ingest.lists.entry import MAX_BYTES, ListEntry, ListTooLargeError, UnreadableListError
from ingest.lists.json_items import json_events
from ingest.lists.mal_xml import read_mal_export

ZIP_MAGIC = b"PK\x03\x04"
MAX_MEMBERS = 100  # of a zip file; a backup has two
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True)
class ListFormat:
    """A format.

    Attributes:
        name: in the API.
        label: as people know it.
        read: text without a byte order mark as UTF-8, and how many titles it may have -> entries.
        handwritten: titles may come without an id, and without a status, and count all the same.
        path: of something in a JSON document that only this format has, a regular expression.
    """

    name: str
    label: str
    read: Callable[[bytes, int], list[ListEntry]]
    handwritten: bool = False
    path: str | None = None


@dataclass(frozen=True)
class ReadList:
    """A list as it was read, before its titles are looked up."""

    format: ListFormat
    entries: list[ListEntry]


def _json(name: str, label: str, path: str, read: Callable[[bytes], list[ListEntry]]) -> ListFormat:
    return ListFormat(name, label, lambda data, _max: read(data), path=path)


MAL_XML = ListFormat("mal-xml", "MyAnimeList export", lambda data, n: read_mal_export(io.BytesIO(data), n))
CSV = ListFormat("csv", "table", lambda data, n: table.read_table(data.decode(), n), handwritten=True)
LINES = ListFormat("lines", "lines of titles", lambda data, n: table.read_lines(data.decode(), n), True)
FORMATS = (
    MAL_XML,
    _json("anilist-download", "AniList data download", r"lists\.item\.series_id", anilist.read_download),
    _json("anilist-api", "AniList list", r"(.*\.)?lists\.item\.entries", anilist.read_answers),
    _json("kitsu-api", "Kitsu library", r"data\.item\.relationships", kitsu.read_answers),
    _json("mal-api", "MyAnimeList list", r"data\.item\.node", mal_api.read_answers),
    _json(
        "simkl", "SIMKL backup", r"(anime\.item\.show|(shows|movies)\.item\.(show|movie))", simkl.read_backup
    ),
    CSV,
    LINES,
)
BY_NAME = {each.name: each for each in FORMATS}


def read_list(stream: IO[bytes], max_titles: int) -> ReadList:
    """Read a list in any of the formats, plain, gzip-compressed or in a zip file.

    Args:
        stream: the file.
        max_titles: a list with more entries is refused.

    Raises:
        ListTooLargeError: more than `max_titles` titles, or another limit is exceeded.
        UnreadableListError: of no known format, damaged, or with an invalid value.
    """
    data = _unpacked(stream.read(MAX_BYTES + 1))
    text = _utf8(data)
    found = _recognize(text)
    try:
        entries = found.read(data if found is MAL_XML else text, max_titles)  # XML says its encoding itself
    except ValueError as error:
        raise UnreadableListError(f"{error}.") from None
    if len(entries) > max_titles:
        raise ListTooLargeError(f"more than {max_titles:,} titles.")
    return ReadList(found, entries)


def _recognize(data: bytes) -> ListFormat:
    start = data[:1_000].lstrip()
    if start.startswith(b"<"):
        return MAL_XML
    if start.startswith((b"{", b"[")):
        return _recognize_json(data)
    if not start:
        raise UnreadableListError("it is empty.")
    return CSV if table.header_of(data[: table.MAX_LINE].decode(errors="ignore")) else LINES


def _recognize_json(data: bytes) -> ListFormat:
    known = [(re.compile(each.path), each) for each in FORMATS if each.path]
    seen: set[str] = set()
    for path, _, _ in json_events(data):
        if path not in seen:
            seen.add(path)
            for pattern, each in known:
                if pattern.fullmatch(path):
                    return each
    labels = ", ".join(each.label for each in FORMATS if each.path)
    raise UnreadableListError(f"JSON, but of no format that is known here: {labels}.")


def _unpacked(data: bytes) -> bytes:
    """The content of a compressed file; the data themselves if it is none."""
    if data.startswith(ZIP_MAGIC):
        return _unzipped(data)
    if not data.startswith(GZIP_MAGIC):
        return _bounded(iter([data]))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return _bounded(iter(lambda: file.read(1 << 16), b""))
    except EOFError:
        raise UnreadableListError("the gzip file is truncated. Download it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableListError(f"the gzip file is damaged ({error}). Download it again.") from None


def _unzipped(data: bytes) -> bytes:
    """The first file of a zip that can be a list; nothing is written, so names do not matter."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [each.filename for each in archive.infolist()[:MAX_MEMBERS] if not each.is_dir()]
            for ending in (".json", ".xml", ".csv", ".txt"):
                for name in names:
                    if name.lower().endswith(ending):
                        with archive.open(name) as member:
                            return _bounded(iter(lambda: member.read(1 << 16), b""))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise UnreadableListError(f"the zip file cannot be read ({str(error)[:100]}).") from None
    raise UnreadableListError("the zip file has no .json, .xml, .csv or .txt in it.")


def _bounded(chunks: Iterator[bytes]) -> bytes:
    whole = bytearray()
    for chunk in chunks:
        whole += chunk
        if len(whole) > MAX_BYTES:
            raise ListTooLargeError(f"more than {MAX_BYTES:,} bytes.")
    return bytes(whole)


def _utf8(data: bytes) -> bytes:
    """Text as UTF-8 without a byte order mark."""
    if data[:1_000].lstrip().startswith(b"<"):
        return data
    mark = next((mark for mark in _BOMS if data.startswith(mark)), b"")
    try:
        text = data[len(mark) :].decode(_BOMS.get(mark, "utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableListError(
            f"line {line}: not UTF-8 text, nor a list of another kind. Save it as UTF-8."
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise UnreadableListError(f"line {line}: it has NUL characters, so it is no text.")
    return text.encode()
