"""Data files, plain, compressed or in a zip archive: streams and CSV records, one error for every defect."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import zstandard

from ingest.archives import ZIP_MAGIC, ZipMember, only_member, open_member
from ingest.columns import Kind
from ingest.report import ImportFileError

DataFile = Path | ZipMember
Progress = Callable[[int], None]  # called with the bytes of the file read so far, of `size_of` it
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
LONGEST_LINE = 1 << 20  # bytes
_ZSTD = "zstd"
_ZSTD_STEP = 1_024  # bytes read at once; a bomb makes 32 MB of them
_ZSTD_WINDOW = 1 << 27  # bytes of memory that a file may ask for; the most that zstd itself uses unasked


def ignore_progress(_done: int) -> None:
    """The progress callback of callers that show no progress."""


def size_of(source: DataFile) -> int:
    """Bytes of the file; 0 if there is none."""
    if isinstance(source, ZipMember):
        return source.size
    return source.stat().st_size if source.is_file() else 0


@contextmanager
def open_binary(source: DataFile, progress: Progress = ignore_progress) -> Iterator[IO[bytes]]:
    """Open a file, decompressed if it is gzip, zstd or a zip archive of one CSV file, whatever its name.

    Raises:
        ImportFileError: the file is missing, a folder, unreadable, or damaged or truncated where compressed.
    """
    try:
        with source.open("rb") if isinstance(source, Path) else open_member(source) as raw:
            magic = raw.read(4)
            raw.seek(0)
            if magic == ZIP_MAGIC and isinstance(source, Path):
                with open_member(only_member(source)) as member:
                    yield cast(IO[bytes], _Reporting(member, raw, progress))
                return
            stream: object = raw
            if magic.startswith(GZIP_MAGIC):
                stream = gzip.GzipFile(fileobj=raw)
            elif magic == ZSTD_MAGIC:
                stream = _Zstd(raw)
            yield cast(IO[bytes], _Reporting(cast(IO[bytes], stream), raw, progress))
    except EOFError as error:
        kind = _ZSTD if str(error) == _ZSTD else "gzip"
        raise ImportFileError(f"{source}: the {kind} file is truncated. Download it again.") from None
    except zstandard.ZstdError as error:
        raise ImportFileError(f"{source}: the zstd file is damaged ({error}). Download it again.") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ImportFileError(f"{source}: the gzip file is damaged ({error}). Download it again.") from None
    except OSError as error:
        raise ImportFileError(f"{source}: cannot be read ({error.strerror or error}).") from None


class _Zstd:
    """The decompressed bytes of a zstd file. Unlike the library's own stream, it notices a missing end."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._frame = self._new_frame()
        self._ready = b""

    def read(self, size: int = -1) -> bytes:
        parts, total = [self._ready], len(self._ready)
        while size < 0 or total < size:
            compressed = self._raw.read(_ZSTD_STEP)
            if not compressed:
                if not self._frame.eof:
                    raise EOFError(_ZSTD)
                break
            if self._frame.eof:  # another frame follows, as parallel compression writes them
                self._frame = self._new_frame()
            parts.append(self._frame.decompress(compressed))
            while self._frame.eof and (rest := self._frame.unused_data):
                self._frame = self._new_frame()
                parts.append(self._frame.decompress(rest))
            total = sum(map(len, parts))
        data = b"".join(parts)
        end = len(data) if size < 0 else size
        self._ready = data[end:]
        return data[:end]

    @staticmethod
    def _new_frame() -> Any:
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()


class _Reporting(io.RawIOBase):
    """A stream that reports the position in the underlying file after each read."""

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


class Record(dict[str, str]):
    """Meaning -> text of one row. `columns` are the headers by meaning, for messages."""

    def __init__(self, texts: dict[str, str], columns: dict[str, str]) -> None:
        super().__init__(texts)
        self.columns = columns


def read_header(source: DataFile) -> list[str]:
    """The columns that the first line names. Raises ImportFileError as `read_records`."""
    with open_binary(source) as binary:
        try:
            return next(csv.reader(_lines(source, binary)), [])
        except csv.Error as error:
            raise ImportFileError(f"{source}: line 1: {csv_error_message(error)}.") from None


def csv_error_message(error: csv.Error) -> str:
    """The defect of a row, and its remedy, in words for whoever has the file."""
    message = str(error)
    if message == "unexpected end of data":
        return "a quote is not closed"
    if message.startswith("field larger"):
        return f"a value is longer than {csv.field_size_limit():,} characters, perhaps for want of a quote"
    if message.startswith("new-line character"):
        return "a carriage return without a line feed. Save the file with the line ends of Windows or Unix"
    return f"not valid CSV ({message}); quotes within quotes are doubled"


def read_records(
    source: DataFile, kind: Kind, progress: Progress = ignore_progress
) -> Iterator[tuple[int, Record | str]]:
    """Yield (line number, record) for each row of a CSV file of a kind.

    Instead of the record of a row that is not like the header, the reason is yielded.

    Raises:
        ImportFileError: as `open_binary`; or another header, malformed CSV, bytes that are not UTF-8.
    """
    with open_binary(source, progress) as binary:
        reader = csv.reader(_lines(source, binary), strict=True)  # an unclosed quote is an error
        line = 1
        try:
            header = next(reader, [])
            positions = kind.positions(header)
            columns = {meaning: header[place] for meaning, place in positions.items()}
            while True:
                line = reader.line_num + 1
                values = next(reader, None)
                if values is None:
                    return
                if values == header:
                    yield line, "repeats the header"
                elif values and len(values) != len(header):
                    yield line, "number of columns differs from the header"
                elif values:
                    texts = {meaning: values[place] for meaning, place in positions.items()}
                    yield line, Record(texts, columns)
        except ValueError as error:
            raise ImportFileError(f"{source}: {error}") from None
        except csv.Error as error:
            if str(error) == "unexpected end of data":
                raise ImportFileError(
                    f"{source}: line {line}: the file ends within this row, in a quote that is not closed: "
                    "it is truncated. Download it again."
                ) from None
            raise ImportFileError(f"{source}: line {line}: {csv_error_message(error)}.") from None


def _lines(source: DataFile, binary: IO[bytes]) -> Iterator[str]:
    lines = io.BufferedReader(cast(io.RawIOBase, binary))
    number = 0
    while raw := lines.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise ImportFileError(f"{source}: line {number} is longer than 1 MB: this is not a data set.")
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise ImportFileError(
                f"{source}: line {number} is not UTF-8 text. Save the file as UTF-8 and import it again."
            ) from None
