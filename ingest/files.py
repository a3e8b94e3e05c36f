"""Data files, plain or gzip: streams and CSV records, with one error for every way to be unreadable."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from ingest.report import ImportFileError

Progress = Callable[[int], None]  # called with the bytes of the file on disk read so far
GZIP_MAGIC = b"\x1f\x8b"


def ignore_progress(_done: int) -> None:
    """The progress callback of callers that show no progress."""


@contextmanager
def open_binary(path: Path, progress: Progress = ignore_progress) -> Iterator[IO[bytes]]:
    """Open a file, decompressed if it is gzip, whatever its name.

    Raises:
        ImportFileError: the file is missing, a folder, unreadable, or a damaged or truncated gzip file.
    """
    try:
        with path.open("rb") as raw:
            magic = raw.read(2)
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if magic == GZIP_MAGIC else raw
            yield cast(IO[bytes], _Reporting(cast(IO[bytes], stream), raw, progress))
    except EOFError:
        raise ImportFileError(f"{path}: the gzip file is truncated. Download it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ImportFileError(f"{path}: the gzip file is damaged ({error}). Download it again.") from None
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror or error}).") from None


class _Reporting(io.RawIOBase):
    """A stream that reports the position in the file on disk after each read."""

    def __init__(self, stream: IO[bytes], raw: IO[bytes], progress: Progress) -> None:
        self._stream, self._raw, self._progress = stream, raw, progress

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._progress(self._raw.tell())
        return data

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)


def read_records(
    path: Path, headers: list[list[str]], progress: Progress = ignore_progress
) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Yield (line number, record) for each row of a CSV file with one of `headers`.

    The record is None if the number of columns differs from the header.

    Raises:
        ImportFileError: as `open_binary`; or another header, malformed CSV, bytes that are not UTF-8.
    """
    with open_binary(path, progress) as binary:
        text = io.TextIOWrapper(io.BufferedReader(cast(io.RawIOBase, binary)), "utf-8-sig", newline="")
        reader = csv.reader(text, strict=True)  # an unclosed quote is an error, not one long row
        line = 1
        try:
            header = next(reader, [])
            if header not in headers:
                raise wrong_header(path, ",".join(header), [",".join(h) for h in headers])
            while True:
                line = reader.line_num + 1
                values = next(reader, None)
                if values is None:
                    return
                if values:
                    complete = len(values) == len(header)
                    yield line, dict(zip(header, values, strict=True)) if complete else None
        except UnicodeDecodeError:
            raise ImportFileError(
                f"{path}: not UTF-8 text (after line {line}). Save the file as UTF-8 and import it again."
            ) from None
        except csv.Error as error:
            raise ImportFileError(f"{path}: line {reader.line_num}: {error}.") from None


def wrong_header(path: Path, found: str, expected: list[str]) -> ImportFileError:
    """Return the error for a file with an unexpected header."""
    return ImportFileError(
        f"{path}: the header is {found[:200]!r}; expected {' or '.join(repr(e) for e in expected)}."
    )
