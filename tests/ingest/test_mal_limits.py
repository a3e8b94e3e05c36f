"""Limits of what is read of a MyAnimeList export: titles, depth, fields, size, memory, entities."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ingest.lists import mal_xml
from ingest.lists.entry import ListTooLargeError
from tests.db.helpers import PEAK_MB, run_python
from tests.ingest.exports import anime, export
from tests.ingest.test_mal import ENTRY, ONE, error_of, read


def test_export_above_the_title_limit_is_refused() -> None:
    three = export(*(anime(i, "x", 5, "2") for i in range(1, 4)))
    assert len(read(three, 3)) == 3
    error = error_of(three, 2)
    assert isinstance(error, ListTooLargeError)
    assert "more than 2 titles" in str(error)


def nested(depth: int) -> str:
    return f"<myanimelist>{'<a>' * (depth - 1)}{'</a>' * (depth - 1)}</myanimelist>"


def test_elements_nested_above_20_deep_are_refused() -> None:
    assert read(nested(20)) == []
    assert "elements are nested more than 20 deep" in str(error_of(nested(21)))


def test_field_above_1000_characters_is_refused() -> None:
    assert len(read(export(anime(1, "x" * 1_000, 5, "2")))) == 1
    error = error_of(export(anime(1, "x" * 1_001, 5, "2")))
    assert isinstance(error, ListTooLargeError)
    assert "series_title is longer than 1,000 characters" in str(error)


def test_long_title_is_cut_at_200_characters() -> None:
    assert read(export(anime(1, "x" * 201, 5, "2")))[0].name == "x" * 200


def test_element_limit_grows_with_the_title_limit() -> None:
    assert read(export("<a/>" * 60), 1) == []
    assert "more elements than 1 titles have" in str(error_of(export("<a/>" * 90), 1))


@pytest.mark.parametrize("zipped", [False, True])
def test_size_limit_applies_to_decompressed_xml(monkeypatch: pytest.MonkeyPatch, zipped: bool) -> None:
    content = ONE.encode()
    packed = gzip.compress(content) if zipped else content
    monkeypatch.setattr(mal_xml, "MAX_BYTES", len(content))
    assert read(packed) == [ENTRY]
    monkeypatch.setattr(mal_xml, "MAX_BYTES", len(content) - 1)
    error = error_of(packed)
    assert isinstance(error, ListTooLargeError)
    assert f"more than {len(content) - 1:,} bytes of XML" in str(error)


HOSTILE_MB = 1_000
MAX_GROWTH_MB = 30
READ = f"""
import ast, io, sys
from ingest.lists.entry import UnreadableListError
from ingest.lists.mal_xml import read_mal_export
{PEAK_MB}
class Repeated(io.RawIOBase):
    def __init__(self, start, again, size):
        self.rest, self.again, self.left = start, again * (100_000 // len(again) + 1), size
    def readable(self):
        return True
    def readinto(self, buffer):
        if not self.rest and self.left > 0:
            self.rest, self.left = self.again, self.left - len(self.again)
        part, self.rest = self.rest[:len(buffer)], self.rest[len(buffer):]
        buffer[:len(part)] = part
        return len(part)

start, again = (ast.literal_eval(text) for text in sys.argv[1:3])
before = peak_mb()
try:
    print("read", len(read_mal_export(Repeated(start, again, {HOSTILE_MB} << 20), 5_000)))
except UnreadableListError as error:
    print(f"{{type(error).__name__}}: {{error}}")
print(peak_mb() - before)
"""
ROOT = b"<myanimelist>"
TITLE = ROOT + b"<anime><series_title>"
HOSTILE: dict[str, tuple[bytes, bytes, str]] = {
    "text": (ROOT, b"x", "more than 10,000,000 bytes of XML"),
    "lines": (ROOT, b"\n", "more than 10,000,000 bytes of XML"),
    "references": (ROOT, b"&lt;", "more than 10,000,000 bytes of XML"),
    "a field": (TITLE, b"x", "series_title is longer than 1,000"),
    "a field of references": (TITLE, b"&#65;", "series_title is longer than 1,000"),
    "CDATA": (TITLE + b"<![CDATA[", b"]", "series_title is longer than 1,000"),
    "an attribute": (ROOT + b'<a b="', b"x", "a tag or comment of more than 1,000,000 bytes"),
    "attributes": (ROOT + b"<a", b' b=""', "a tag or comment of more than 1,000,000 bytes"),
    "a name": (ROOT + b"<", b"x", "a tag or comment of more than 1,000,000 bytes"),
    "a comment": (b"<!--", b"x", "a tag or comment of more than 1,000,000 bytes"),
    "comments": (ROOT, b"<!-- -->", "a tag or comment of more than 1,000,000 bytes"),
    "an instruction": (b"<?a ", b"x", "a tag or comment of more than 1,000,000 bytes"),
    "space before": (b"", b" ", "a tag or comment of more than 1,000,000 bytes"),
    "depth": (ROOT, b"<a>", "more than 20 deep"),
    "elements": (ROOT, b"<a/>", "more elements than 5,000 titles have"),
    "elements of an entry": (ROOT + b"<anime>", b"<a/>", "more elements than 5,000 titles have"),
    "entries": (ROOT, b"<anime><my_status>2</my_status></anime>", "more than 5,000 titles"),
    "empty entries": (ROOT, b"<anime/>", "more than 5,000 titles"),
    "elements with attributes": (
        ROOT,
        b"<a " + b" ".join(b'a%d=""' % i for i in range(5_000)) + b"/>",
        "<a> has more than 10 attributes",
    ),
    "a gzip bomb": (
        gzip.compress(ROOT),
        gzip.compress(b" " * 10_000_000),
        "more than 10,000,000 bytes of XML",
    ),
    "a gzip bomb in an attribute": (
        gzip.compress(ROOT + b'<a b="'),
        gzip.compress(b" " * 10_000_000),
        "a tag or comment of more than 1,000,000 bytes",
    ),
}


@pytest.mark.parametrize(("start", "again", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_gigabyte_is_refused_in_bounded_memory(start: bytes, again: bytes, reason: str) -> None:
    message, growth = run_python(READ, repr(start), repr(again)).splitlines()
    assert reason in message
    assert float(growth) < MAX_GROWTH_MB


def test_external_entity_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password", "utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    error = error_of(entity + ONE.replace("Cowboy Bebop]]>", "]]>&e;"))
    assert "password" not in str(error)
