"""CSV records are read with their line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.columns import Kind
from ingest.files import LONGEST_LINE, read_records
from ingest.report import ImportFileError

HEADER = ["id", "name"]
KIND = Kind("a test file", {"id": ("id", "other"), "name": ("name",)}, (("id",),))
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12)


def records(content: bytes) -> list[tuple[int, dict[str, str] | str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        return list(read_records(path, KIND))


@given(st.lists(st.tuples(cells, cells), max_size=10), st.booleans(), st.booleans())
def test_csv_writer_output_is_read_back(rows: list[tuple[str, str]], zipped: bool, marked: bool) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([HEADER, *rows])
    content = text.getvalue().encode("utf-8-sig" if marked else "utf-8")
    expected = [(line, dict(zip(HEADER, row, strict=True))) for line, row in enumerate(rows, start=2)]
    assert records(gzip.compress(content) if zipped else content) == expected


def test_values_are_found_by_the_meaning_of_their_column() -> None:
    assert records(b"more,Other,\xef\xbb\xbf\nx,5,y\n") == [(2, {"id": "5"})]


def test_row_unlike_the_header_has_a_reason() -> None:
    reason = "number of columns differs from the header"
    assert records(b"id,name\n1\n2,b,c\n3,d\nid,name\n") == [
        *((2, reason), (3, reason)),
        (4, {"id": "3", "name": "d"}),
        (5, "repeats the header"),
    ]


def test_blank_lines_are_skipped_but_counted() -> None:
    assert records(b"id,name\r\n\r\n1,a\r\n") == [(3, {"id": "1", "name": "a"})]


def test_quoted_field_keeps_commas_quotes_and_newlines() -> None:
    assert records(b'id,name\n1,"a, ""b""\nc"\n')[0][1] == {"id": "1", "name": 'a, "b"\nc'}


def test_multiline_row_has_the_number_of_its_first_line() -> None:
    assert [line for line, _ in records(b'id,name\n1,a\n2,"b\nc\nd"\n3,e\n')] == [2, 3, 6]


def test_unclosed_quote_is_refused() -> None:
    """Otherwise all rows after it would count as one."""
    with pytest.raises(
        ImportFileError, match=r"line 3: the file ends within this row, in a quote that is not"
    ):
        records(b'id,name\n1,a\n2,"b\n' + b"3,c\n" * 100)


def test_invalid_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(ImportFileError, match=r"line 3 is not UTF-8 text\. Save the file as UTF-8"):
        records("id,name\n1,Pokémon\n".encode() + b"2,Pok\xe9mon\n")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (b"2," + b"x" * 200_000 + b"\n", "a value is longer than 131,072 characters"),
        (b'2,"b\n' + b"3,c\n" * 50_000, "a value is longer than 131,072 characters"),
        (b'2,"b"c\n', r"not valid CSV \(.*\); quotes within quotes are doubled"),
        (b"2,b\r3,c\n", "a carriage return without a line feed"),
    ],
)
def test_malformed_row_is_refused_with_its_first_line(row: bytes, message: str) -> None:
    with pytest.raises(ImportFileError, match=f"line 3: {message}"):
        records(b"id,name\n1,a\n" + row)


def test_endless_line_is_refused_before_it_is_read() -> None:
    """1 GB would not fit into the limit either."""
    with pytest.raises(ImportFileError, match="line 2 is longer than 1 MB"):
        records(gzip.compress(b"id,name\n" + b"7" * (2 * LONGEST_LINE)))


def test_wrong_header_error_names_what_is_missing() -> None:
    with pytest.raises(ImportFileError, match=r"'a,Name', not that of a test file.*missing: id"):
        records(b"a,Name\n")
