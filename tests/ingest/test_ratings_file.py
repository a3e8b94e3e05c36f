"""Equivalent ratings files are read the same, and rejected rows keep their line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ingest.ratings_file as ratings_file
from domain.ranges import is_profile
from ingest.files import LONGEST_LINE
from ingest.ratings_file import read_ratings
from ingest.ratings_rows import NAMED_USER_IDS
from ingest.report import ImportFileError, ImportReport

HEADER = b"user_id,anime_id,rating\n"
KNOWN = np.arange(1, 51, dtype=np.int64)
Rows = list[tuple[int, int, int, int]]  # user, anime, rating, line

user_ids = st.integers(0, 2**52 - 1) | st.integers(2**53, 2**62)  # between them are the ids of profiles
plain_rows = st.lists(st.tuples(user_ids, st.integers(1, 50), st.integers(-1, 10)), min_size=1, max_size=30)
fields = st.one_of(
    st.integers(-20, 60).map(str),
    st.sampled_from(
        ["", " ", "x", "7.0", "7.5", "1e1", "+5", "-1", "true", "NaN", "0x1", "1_0", '"4"', " 3 "]
    ),
    st.sampled_from(["9223372036854775807", "9223372036854775808", "-9223372036854775808", "9" * 30, "٣"]),
)
soup_rows = st.lists(st.lists(fields, min_size=0, max_size=4).map(",".join), min_size=1, max_size=12)


def read(content: bytes) -> tuple[Rows, ImportReport]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        path.write_bytes(content)
        report = ImportReport(path.name)
        rows: Rows = []
        for part in read_ratings(path, KNOWN, report):
            columns = (part.user_ids, part.anime_ids, part.ratings, part.lines)
            rows += zip(*(column.tolist() for column in columns), strict=True)
        return rows, report


def body(rows: list[tuple[int, int, int]], end: str = "\n") -> bytes:
    return "".join(f"{u},{a},{r}{end}" for u, a, r in rows).encode()


@given(plain_rows)
def test_rows_are_read_in_order_with_their_lines(rows: list[tuple[int, int, int]]) -> None:
    expected = [(u, a, max(r, 0), line) for line, (u, a, r) in enumerate(rows, start=2)]
    found, report = read(HEADER + body(rows))
    assert found == expected
    assert (report.read, report.rejected) == (len(rows), 0)


@given(soup_rows)
@example(["5,1,7.0"])
@example(["+5,1,7"])
@example(["true,1,7"])
@example(["5,1,1e1"])
@example(["0000000000000000000000001,1,2"])
def test_row_is_parsed_the_same_in_any_block(rows: list[str]) -> None:
    """A quoted row makes the reader parse its block line by line; nothing else may change."""
    content = HEADER + "".join(f"{row}\n" for row in rows).encode()
    alone, report = read(content)
    with_quotes, other = read(content + b'"1","1","1"\n')
    assert with_quotes == [*alone, (1, 1, 1, len(rows) + 2)]
    assert other.rejections == report.rejections
    assert other.read == report.read + 1


@given(plain_rows, st.integers(1, 40))
def test_block_size_does_not_matter(rows: list[tuple[int, int, int]], extra: int) -> None:
    content = HEADER + body(rows) + b"x,y,z\n" + body(rows)
    expected, report = read(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ratings_file, "BLOCK_BYTES", len(HEADER) + extra)
        found, other = read(content)
    assert found == expected
    assert other.reasons() == report.reasons()


@given(soup_rows)
def test_every_row_is_either_yielded_or_rejected(rows: list[str]) -> None:
    found, report = read(HEADER + "".join(f"{row}\n" for row in rows).encode())
    assert report.read == len(found) + report.rejected == sum(bool(row.strip()) for row in rows)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_after_the_header_are_accepted(garbage: bytes) -> None:
    found, report = read(HEADER + garbage + b"\n")
    assert report.read == len(found) + report.rejected


GOOD = [(5, 1, 7), (5, 2, -1), (6, 1, 10)]
READ = [(5, 1, 7, 2), (5, 2, 0, 3), (6, 1, 10, 4)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEADER + body(GOOD), id="plain"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + body(GOOD), id="byte order mark"),
        pytest.param((HEADER + body(GOOD)).replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(HEADER.replace(b"\n", b"\r\n") + body(GOOD), id="CRLF after the header only"),
        pytest.param((HEADER + body(GOOD)).removesuffix(b"\n"), id="no final newline"),
        pytest.param(
            (HEADER + body(GOOD)).replace(b"\n", b"\r\n") + b"\r\n \r\n", id="blank lines at the end"
        ),
        pytest.param(HEADER + b"5.0,1.0,7.0\n5,2,-1.0\n6.00,1,10\n", id="floats"),
        pytest.param(HEADER + b'"5","1","7"\n"5",2,-1\n6,1,"10"\n', id="quotes"),
        pytest.param(HEADER + b" 5, 1,7 \n5 ,2,\t-1\n6,1,10\n", id="spaces"),
        pytest.param(gzip.compress(HEADER + body(GOOD)), id="gzip whatever its name"),
        pytest.param(
            gzip.compress(HEADER + body(GOOD[:1])) + gzip.compress(body(GOOD[1:])), id="gzip of two members"
        ),
    ],
)
def test_equivalent_encodings_are_read_the_same(content: bytes) -> None:
    rows, report = read(content)
    assert rows == READ
    assert report.rejected == 0


def test_blank_lines_are_skipped_but_counted() -> None:
    rows, report = read(HEADER + b"5,1,7\n\n\n6,1,10\n\nx\n")
    assert rows == [(5, 1, 7, 2), (6, 1, 10, 5)]
    assert report.read == 3
    assert report.reasons() == ["number of columns differs from the header: 1 (line 7)"]


@pytest.mark.parametrize("content", [HEADER, HEADER.strip(), HEADER + b"\n\r\n"])
def test_file_with_only_a_header_has_no_rows(content: bytes) -> None:
    rows, report = read(content)
    assert (rows, report.read) == ([], 0)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"5,1,11", "rating is not -1, 0 or 1 to 10"),
        (b"5,1,-2", "rating is not -1, 0 or 1 to 10"),
        (b"5,1,99999999999999999999999", "rating is not -1, 0 or 1 to 10"),
        (b"5,51,7", "anime id is not in the catalog"),
        (b"5,0,7", "anime id is not in the catalog"),
        (b"5,-1,7", "anime id is not in the catalog"),
        (b"5,18446744073709551616,7", "anime id is not in the catalog"),
        (b"-1,1,7", "user id out of range"),
        (b"9223372036854775807,1,7", "user id out of range"),
        (b"4503599627370496,1,7", "user id is in the range of profiles, whose ids only the server hands out"),
        (b"9007199254740991,1,7", "user id is in the range of profiles, whose ids only the server hands out"),
        (b"9223372036854775808,1,7", "user id out of range"),
        (b"9" + b"9" * 5_000 + b",1,7", "user id out of range"),
        (b"5,1", "number of columns differs from the header"),
        (b"5,1,7,8", "number of columns differs from the header"),
        (b"5,,7", "not three whole numbers"),
        (b"five,1,7", "not three whole numbers"),
        (b"5,1,7.5", "not three whole numbers"),
        (b"user_id,anime_id,rating", "repeats the header"),
        (b"\xff\xfe,1,7", "not three whole numbers"),
        ("５,1,7".encode(), "not three whole numbers"),
        (b"5,1,7\x00", "contains a NUL byte"),
        (b"\x00\x00\x00", "contains a NUL byte"),
    ],
)
def test_invalid_row_is_rejected_with_reason_and_line(row: bytes, reason: str) -> None:
    rows, report = read(HEADER + b"5,1,7\n" + row + b"\n6,1,10\n")
    assert rows == [(5, 1, 7, 2), (6, 1, 10, 4)]
    assert report.reasons() == [f"{reason}: 1 (line 3)"]
    assert report.read == 3


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b'"5,1,7"', "number of columns differs from the header"),
        (b'"5,1,7', "a quote is not closed"),
        (b'5,1,7"', "not three whole numbers"),
        (b'5,"1"1,7', "not valid CSV (',' expected after '\"'); quotes within quotes are doubled"),
        (b"5" * 200_000, "a value is longer than 131,072 characters, perhaps for want of a quote"),
    ],
)
def test_misplaced_quotes_are_rejected(row: bytes, reason: str) -> None:
    rows, report = read(HEADER + row + b"\n6,1,10\n")
    assert rows == [(6, 1, 10, 3)]
    assert report.reasons() == [f"{reason}: 1 (line 2)"]


def test_row_with_two_errors_is_rejected_once() -> None:
    _, report = read(HEADER + b"-1,51,11\n")
    assert report.rejected == 1


def test_empty_catalog_rejects_every_row(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + body(GOOD))
    report = ImportReport(path.name)
    assert sum(map(len, read_ratings(path, KNOWN[:0], report))) == 0
    assert report.rejections == {"anime id is not in the catalog": 3}


@pytest.mark.parametrize(
    "header",
    [b"", b"\n", b"user,anime,rating\n", b"user_id,anime_id\n", b"user_id;anime_id;rating\n", b"5,1,7\n"],
)
def test_wrong_header_error_shows_both_headers(header: bytes) -> None:
    with pytest.raises(ImportFileError, match="the header is") as caught:
        read(header + body(GOOD))
    assert "'user_id,anime_id,rating'" in str(caught.value)


@pytest.mark.parametrize("separator", [b";", b"\t", b"|"])
def test_other_separators_are_refused_with_a_hint(separator: bytes) -> None:
    with pytest.raises(ImportFileError, match=r"Columns are separated by commas\."):
        read((HEADER + body(GOOD)).replace(b",", separator))


def test_carriage_returns_alone_are_refused() -> None:
    with pytest.raises(ImportFileError, match="line 1: a carriage return without a line feed"):
        read((HEADER + body(GOOD)).replace(b"\r", b"").replace(b"\n", b"\r"))


def test_file_cut_within_a_quote_is_refused() -> None:
    with pytest.raises(ImportFileError, match="line 4: the file ends in a quote that is not closed"):
        read(b'user_id,anime_id,Anime Title,rating\n5,1,One,7\n5,2,Two,7\n5,3,"Three, the')


def test_endless_line_after_valid_rows_is_refused() -> None:
    content = HEADER + body(GOOD) + b"7" * (2 * LONGEST_LINE + ratings_file.BLOCK_BYTES)
    with pytest.raises(ImportFileError, match="line 5 is longer than 1 MB"):
        read(gzip.compress(content))


class TestOtherColumns:
    """Ratings files of other data sets."""

    def test_columns_that_are_not_needed_are_skipped(self) -> None:
        header = b"user_id,anime_id,rating,watching_status,watched_episodes\n"
        rows, report = read(header + b"0,1,9,1,1\n0,2,0,4,\n1,3,10,6,0\n")
        assert rows == [(0, 1, 9, 2), (0, 2, 0, 3), (1, 3, 10, 4)]
        assert report.rejected == 0

    @pytest.mark.parametrize("damaged", [b"", b"x\n"], ids=["at once", "line by line"])
    def test_titles_may_have_commas_in_quotes(self, damaged: bytes) -> None:
        header = b"user_id,Username,anime_id,Anime Title,rating\n"
        content = b'1,Xinil,21,One Piece,9\n1,Xinil,48,".hack//Sign, ""the"" first",7\n4,Aoi,5,"X\xe9",8\n'
        rows, report = read(header + content + damaged)
        assert rows == [(1, 21, 9, 2), (1, 48, 7, 3), (4, 5, 8, 4)]
        assert report.rejected == bool(damaged)

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (b"5,a,1,t,true", "not three whole numbers"),
            (b"5,a,1,t,", "not three whole numbers"),
            (b"5,a,1,t", "number of columns differs from the header"),
            (b"5,a,1,t,7,8", "number of columns differs from the header"),
            (b'5,a,1,"t,7', "a quote is not closed"),
            (b"5,a,1,t\x00,7", "contains a NUL byte"),
            (b"user_id,Username,anime_id,Anime Title,rating", "repeats the header"),
        ],
    )
    def test_invalid_row_is_rejected(self, row: bytes, reason: str) -> None:
        header = b"user_id,Username,anime_id,Anime Title,rating\n"
        rows, report = read(header + b"5,a,1,t,7\n" + row + b'\n6,b,2,"u, v",1\n')
        assert rows == [(5, 1, 7, 2), (6, 2, 1, 4)]
        assert report.reasons() == [f"{reason}: 1 (line 3)"]

    @given(st.lists(st.tuples(st.text('ab ,"é', max_size=3), st.integers(1, 50)), min_size=1, max_size=9))
    @settings(max_examples=50)
    def test_named_rows_are_read_the_same_in_any_block(self, rows: list[tuple[str, int]]) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([("username", "anime_id", "my_score"), *((*row, 7) for row in rows)])
        alone, report = read(text.getvalue().encode())
        with_damage, other = read(text.getvalue().encode() + b"x\n")
        assert with_damage == alone
        assert other.rejected == report.rejected + 1

    def test_names_become_ids_of_their_own_range(self) -> None:
        header = b"username,anime_id,my_watched_episodes,my_score,my_status\n"
        rows, report = read(header + b"karthiga,21,586,9,1\nDamon,21,0,0,6\nkarthiga,5,26,7,2\n,1,2,3,1\n")
        assert [row[1:] for row in rows] == [(21, 9, 2), (21, 0, 3), (5, 7, 4)]
        first, second, third = (row[0] for row in rows)
        assert first == third != second
        assert all(user_id in NAMED_USER_IDS and not is_profile(user_id) for user_id in (first, second))
        assert report.reasons() == ["user id out of range: 1 (line 5)"]


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ratings"
    path.write_bytes(gzip.compress(HEADER + body(GOOD * 1_000)))
    reported: list[int] = []
    for _ in read_ratings(path, KNOWN, ImportReport("x"), reported.append):
        pass
    assert reported[-1] == path.stat().st_size
    assert reported == sorted(reported)
