"""Lists exported from MyAnimeList (myanimelist.net/panel.php?go=export): XML, plain or gzip.

The input is untrusted: it is parsed as a stream, and refused if it is larger or deeper than an export can be.
Entries are returned, not stored; the caller matches them with the catalog.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, cast
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from domain.ranges import RATINGS, WatchStatus
from ingest.files import GZIP_MAGIC
from ingest.lists.entry import (
    MAX_BYTES,
    ListEntry,
    ListTooLargeError,
    UnreadableListError,
    clean_name,
    mal_id_of,
    status_of,
)

MAX_TOKEN = 1_000_000  # bytes of one tag or comment, which the parser buffers as a whole
MAX_FIELD = 1_000  # characters of one parsed field
MAX_ATTRIBUTES = 10  # of one element; an export has none
MAX_DEPTH = 20  # of elements; an export has 3
MAX_ELEMENTS = 40  # for each title; an export has 25
_CHUNK = 1 << 16


def read_mal_export(stream: IO[bytes], max_titles: int) -> list[ListEntry]:
    """Return the entries of an export, in their order.

    Args:
        stream: the file, XML or gzip-compressed XML; need not be seekable.
        max_titles: an export with more entries is refused.

    Raises:
        ListTooLargeError: more than `max_titles` titles, or another limit is exceeded.
        UnreadableListError: damaged, not XML, a document type, a manga list, an invalid value.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    reader = _Reader(parser, max_titles)
    parser.setContentHandler(reader)
    unparsed = 0  # bytes since the last event: inside one tag or comment
    for chunk in _chunks(stream):
        reader.had_event = False
        with _parser_errors(reader):
            parser.feed(chunk)
        unparsed = 0 if reader.had_event else unparsed + len(chunk)
        if unparsed > MAX_TOKEN:
            raise reader.too_large(f"a tag or comment of more than {MAX_TOKEN:,} bytes")
    with _parser_errors(reader):
        parser.feed(b"")  # an empty file has no chunk, and must be refused too
        parser.close()
    return reader.entries


@contextmanager
def _parser_errors(reader: _Reader) -> Iterator[None]:
    """Translate the errors of the parser."""
    try:
        yield
    except DefusedXmlException:
        raise reader.error("a document type (<!DOCTYPE), which no export has") from None
    except SAXParseException as error:
        raise reader.error(f"not XML ({error.getMessage()}). Export the list again") from None
    except (ValueError, LookupError) as error:  # of the declared encoding
        raise reader.error(f"cannot be decoded ({str(error)[:100]}). Save it as UTF-8") from None


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the decompressed XML in chunks."""
    start = stream.read(len(GZIP_MAGIC))
    plain = cast(IO[bytes], _Joined(start, stream))
    if start == GZIP_MAGIC:
        plain = cast(IO[bytes], gzip.GzipFile(fileobj=plain))
    total = 0
    try:
        while chunk := plain.read(_CHUNK):
            total += len(chunk)
            if total > MAX_BYTES:
                raise ListTooLargeError(f"more than {MAX_BYTES:,} bytes of XML.")
            yield chunk
    except EOFError:
        raise UnreadableListError("the gzip file is truncated. Download it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableListError(f"the gzip file is damaged ({error}). Download it again.") from None


class _Joined:
    """The first bytes of a stream, which were read already, and then its rest."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = start, rest

    def read(self, size: int) -> bytes:
        part, self._start = self._start[:size], self._start[size:]
        return part or self._rest.read(size)


class _Reader(ContentHandler):
    """SAX handler that collects `entries`; `had_event` is set by every event."""

    def __init__(self, locator: Locator, max_titles: int) -> None:
        super().__init__()
        self.entries: list[ListEntry] = []
        self.had_event = False
        self._locator, self._max_titles = locator, max_titles
        self._elements = 0
        self._path: list[str] = []
        self._fields: dict[str, Any] = {}  # of the current entry
        self._text: list[str] | None = None  # of the current field
        self._length = 0

    def error(self, problem: str) -> UnreadableListError:
        return UnreadableListError(f"line {self._locator.getLineNumber()}: {problem}.")

    def too_large(self, problem: str) -> ListTooLargeError:
        return ListTooLargeError(f"line {self._locator.getLineNumber()}: {problem}.")

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the name is given by SAX
        self.had_event = True
        if self._text is not None:
            raise self.error(f"<{name[:50]}> inside {self._path[-1]}")
        self._elements += 1
        self._path.append(name)
        depth = len(self._path)
        if len(attrs) > MAX_ATTRIBUTES:
            raise self.error(f"<{name[:50]}> has more than {MAX_ATTRIBUTES} attributes")
        if depth > MAX_DEPTH:
            raise self.error(f"elements are nested more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS * (self._max_titles + 1):
            raise self.too_large(f"more elements than {self._max_titles:,} titles have")
        if depth == 1 and name != "myanimelist":
            raise self.error(f"the root element is <{name[:50]}>; expected <myanimelist>")
        if depth == 2:
            self._begin_entry(name)
        self._text = [] if depth == 3 and (self._path[1], name) in _FIELDS else None
        self._length = 0

    def characters(self, content: str) -> None:
        self.had_event = True
        if self._text is not None:
            self._text.append(content)
            self._length += len(content)
            if self._length > MAX_FIELD:
                raise self.too_large(f"{self._path[-1]} is longer than {MAX_FIELD:,} characters")

    def endElement(self, name: str) -> None:  # noqa: N802 - the name is given by SAX
        self.had_event = True
        if self._text is not None:
            self._end_field(name, "".join(self._text).strip())
            self._text = None
        elif self._path[1:] == ["anime"]:
            self.entries.append(
                ListEntry(
                    self._fields.get("series_animedb_id"),
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
            raise self.error(f"{name} appears twice in one title")
        try:
            self._fields[name] = _FIELDS[self._path[1], name](text)
        except ValueError as error:
            raise self.error(f"{name} is {text[:50]!r}; expected {error}") from None


def _export_type(text: str) -> None:
    if text == "2":
        raise ValueError("1 (anime): this is a list of manga. Export the anime list instead")


def _score(text: str) -> int:
    """Parse a score; 0 for an empty field, which other programs write."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= RATINGS[-1]):
        raise ValueError("a whole number from 0 to 10")
    return int(text)


def _status(text: str) -> WatchStatus | None:
    try:
        return status_of(text)
    except ValueError:
        expected = "Watching, Completed, On-Hold, Dropped, Plan to Watch, or 1, 2, 3, 4, 6"
        raise ValueError(expected) from None


_FIELDS: dict[tuple[str, str], Callable[[str], Any]] = {
    ("myinfo", "user_export_type"): _export_type,
    ("anime", "series_animedb_id"): mal_id_of,
    ("anime", "series_title"): clean_name,
    ("anime", "my_score"): _score,
    ("anime", "my_status"): _status,
}
