"""Reads a list exported from MyAnimeList (myanimelist.net/panel.php?go=export): XML, plain or gzip.

Strangers send it, so it is read as a stream, and refused where it is larger or deeper than an export can be.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Any, cast
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from domain.ids import MAX_ANIME_ID
from ingest.files import GZIP_MAGIC
from ingest.report import ImportFileError

MAX_BYTES = 32_000_000  # of XML, decompressed; a title takes about 1,000
MAX_TOKEN = 1_000_000  # bytes of one tag or comment, which the parser keeps as a whole
MAX_FIELD = 1_000  # characters of one field that is read
MAX_DEPTH = 20  # of elements; an export has 3
MAX_ELEMENTS = 100  # for each title; an export has 25
_CHUNK = 1 << 16


class MalExportError(ImportFileError):
    """The file is no usable export; nothing of it was read."""


class ExportTooLargeError(MalExportError):
    """The export has more in it than is read."""


class Status(StrEnum):
    """What a person does with a title, by the names of MyAnimeList's API."""

    WATCHING = "watching"
    COMPLETED = "completed"
    ON_HOLD = "on_hold"
    DROPPED = "dropped"
    PLAN_TO_WATCH = "plan_to_watch"


@dataclass(frozen=True, slots=True)
class MalEntry:
    """One title of an exported list."""

    anime_id: int  # MyAnimeList id; 0: the export gives none
    title: str
    rating: int  # 1-10; 0 = unrated
    status: Status | None  # None: the export gives none


def read_mal_export(stream: IO[bytes], max_titles: int) -> list[MalEntry]:
    """Every entry of an export, in its order.

    Args:
        stream: the file, XML or gzip of that; need not be seekable.
        max_titles: more entries than that are refused.

    Raises:
        ExportTooLargeError: too many titles, or too much of anything.
        MalExportError: damaged, no XML, a document type, a list of manga, a value that cannot be.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    reader = _Reader(parser, max_titles)
    parser.setContentHandler(reader)
    silent = 0
    for chunk in _chunks(stream):
        reader.heard = False
        with _refusing(reader):
            parser.feed(chunk)
        silent = 0 if reader.heard else silent + len(chunk)
        if silent > MAX_TOKEN:
            raise reader.too_large(f"a tag or comment of more than {MAX_TOKEN:,} bytes")
    with _refusing(reader):
        parser.feed(b"")  # or an empty file would never be looked at
        parser.close()
    return reader.entries


@contextmanager
def _refusing(reader: _Reader) -> Iterator[None]:
    """Turns what the parser says into the error for the file."""
    try:
        yield
    except DefusedXmlException:
        raise reader.error("a document type (<!DOCTYPE), which no export has") from None
    except SAXParseException as error:
        raise reader.error(f"not XML ({error.getMessage()}). Export the list again") from None
    except (ValueError, LookupError) as error:  # of the encoding that it claims to have
        raise reader.error(f"cannot be decoded ({str(error)[:100]}). Save it as UTF-8") from None


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The XML, decompressed, piece by piece."""
    start = stream.read(len(GZIP_MAGIC))
    plain = cast(IO[bytes], _Joined(start, stream))
    if start == GZIP_MAGIC:
        plain = cast(IO[bytes], gzip.GzipFile(fileobj=plain))
    total = 0
    try:
        while chunk := plain.read(_CHUNK):
            total += len(chunk)
            if total > MAX_BYTES:
                raise ExportTooLargeError(f"more than {MAX_BYTES:,} bytes of XML.")
            yield chunk
    except EOFError:
        raise MalExportError("the gzip file is truncated. Download it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise MalExportError(f"the gzip file is damaged ({error}). Download it again.") from None


class _Joined:
    """What was read of a stream, and then the rest of it."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int) -> bytes:
        part, self._start = self._start[:size], self._start[size:]
        return part or self._rest.read(size)


class _Reader(ContentHandler):
    """Told by the parser what comes; keeps `entries`, and that it `heard` of anything."""

    def __init__(self, locator: Locator, max_titles: int) -> None:
        super().__init__()
        self.entries: list[MalEntry] = []
        self.heard = False
        self._locator, self._max_titles = locator, max_titles
        self._elements = 0
        self._path: list[str] = []
        self._fields: dict[str, Any] = {}  # of the entry that is being read
        self._text: list[str] | None = None  # of the field that is being read
        self._length = 0

    def error(self, problem: str) -> MalExportError:
        return MalExportError(f"line {self._locator.getLineNumber()}: {problem}.")

    def too_large(self, problem: str) -> ExportTooLargeError:
        return ExportTooLargeError(f"line {self._locator.getLineNumber()}: {problem}.")

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX calls it so
        self.heard = True
        if self._text is not None:
            raise self.error(f"<{name[:50]}> inside {self._path[-1]}")
        self._elements += 1
        self._path.append(name)
        depth = len(self._path)
        if depth > MAX_DEPTH:
            raise self.error(f"elements in elements, more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS * (self._max_titles + 1):
            raise self.too_large(f"more elements than {self._max_titles:,} titles have")
        if depth == 1 and name != "myanimelist":
            raise self.error(f"<{name[:50]}> where an export from MyAnimeList has <myanimelist>")
        if depth == 2:
            self._begin_entry(name)
        self._text = [] if depth == 3 and (self._path[1], name) in _FIELDS else None
        self._length = 0

    def characters(self, content: str) -> None:
        self.heard = True
        if self._text is not None:
            self._text.append(content)
            self._length += len(content)
            if self._length > MAX_FIELD:
                raise self.too_large(f"{self._path[-1]} is longer than {MAX_FIELD:,} characters")

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX calls it so
        self.heard = True
        if self._text is not None:
            self._end_field(name, "".join(self._text).strip())
            self._text = None
        elif self._path[1:] == ["anime"]:
            self.entries.append(
                MalEntry(
                    self._fields.get("series_animedb_id", 0),
                    self._fields.get("series_title", ""),
                    self._fields.get("my_score", 0),
                    self._fields.get("my_status"),
                )
            )
        self._path.pop()

    def _begin_entry(self, name: str) -> None:
        if name == "manga":
            raise self.error("a list of manga. Export the anime list instead")
        if name == "anime" and len(self.entries) == self._max_titles:
            raise self.too_large(f"more than {self._max_titles:,} titles")
        self._fields = {}

    def _end_field(self, name: str, text: str) -> None:
        if name in self._fields:
            raise self.error(f"{name} is given twice for one title")
        try:
            self._fields[name] = _FIELDS[self._path[1], name](text)
        except ValueError as error:
            raise self.error(f"{name} is {text[:50]!r}; expected {error}") from None


def _export_type(text: str) -> None:
    if text == "2":
        raise ValueError("1, which is anime: this is a list of manga. Export the anime list instead")


def _number(text: str, highest: int, what: str) -> int:
    """0 where nothing is said; other programs that write this format leave fields empty."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= highest):
        raise ValueError(what)
    return int(text)


def _anime_id(text: str) -> int:
    return _number(text, MAX_ANIME_ID, "a MyAnimeList id")


def _score(text: str) -> int:
    return _number(text, 10, "a whole number from 0 to 10")


def _status(text: str) -> Status | None:
    found = _STATUSES.get(text.lower().replace("-", " "))
    if text and found is None:
        raise ValueError("Watching, Completed, On-Hold, Dropped, Plan to Watch, or 1, 2, 3, 4, 6")
    return found


def _title(text: str) -> str:
    """White space and what cannot be printed, to one space each."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


_STATUSES = dict(zip(("1", "2", "3", "4", "6"), Status, strict=True)) | {
    status.replace("_", " "): status for status in Status
}
_FIELDS: dict[tuple[str, str], Callable[[str], Any]] = {
    ("myinfo", "user_export_type"): _export_type,
    ("anime", "series_animedb_id"): _anime_id,
    ("anime", "series_title"): _title,
    ("anime", "my_score"): _score,
    ("anime", "my_status"): _status,
}
