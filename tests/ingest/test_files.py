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

from ingest.files import read_records
from ingest.report import ImportFileError

HEADER = ["id", "name"]
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12)


def records(content: bytes) -> list[tuple[int, dict[str, str] | None]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        return list(read_records(path, [HEADER, ["other"]]))


@given(st.lists(st.tuples(cells, cells), max_size=10), st.booleans(), st.booleans())
def test_csv_writer_output_is_read_back(rows: list[tuple[str, str]], zipped: bool, marked: bool) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([HEADER, *rows])
    content = text.getvalue().encode("utf-8-sig" if marked else "utf-8")
    expected = [(line, dict(zip(HEADER, row, strict=True))) for line, row in enumerate(rows, start=2)]
    assert records(gzip.compress(content) if zipped else content) == expected


def test_every_given_header_is_accepted() -> None:
    assert records(b"other\n5\n") == [(2, {"other": "5"})]


def test_row_of_another_length_has_no_record() -> None:
    assert records(b"id,name\n1\n2,b,c\n3,d\n") == [(2, None), (3, None), (4, {"id": "3", "name": "d"})]


def test_blank_lines_are_skipped_but_counted() -> None:
    assert records(b"id,name\r\n\r\n1,a\r\n") == [(3, {"id": "1", "name": "a"})]


def test_quoted_field_keeps_commas_quotes_and_newlines() -> None:
    assert records(b'id,name\n1,"a, ""b""\nc"\n')[0][1] == {"id": "1", "name": 'a, "b"\nc'}


def test_multiline_row_has_the_number_of_its_first_line() -> None:
    assert [line for line, _ in records(b'id,name\n1,a\n2,"b\nc\nd"\n3,e\n')] == [2, 3, 6]


def test_unclosed_quote_is_refused() -> None:
    """Otherwise all rows after it would count as one."""
    with pytest.raises(ImportFileError):
        records(b'id,name\n1,a\n2,"b\n' + b"3,c\n" * 100)


def test_invalid_utf8_is_refused_with_its_line() -> None:
    with pytest.raises(ImportFileError, match=r"not UTF-8 text \(after line \d+\)\. Save the file as UTF-8"):
        records(b"id,name\n1,Pok\xe9mon\n")


def test_oversized_field_is_refused_with_its_line() -> None:
    with pytest.raises(ImportFileError, match="line 3: field larger than field limit"):
        records(b"id,name\n1,a\n2," + b"x" * 200_000 + b"\n")


def test_wrong_header_error_names_the_expected_ones() -> None:
    with pytest.raises(ImportFileError, match="the header is 'a,b'; expected 'id,name' or 'other'"):
        records(b"a,b\n")
