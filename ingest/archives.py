"""CSV files in zip archives, read as streams; nothing is extracted."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from ingest.report import ImportFileError

ZIP_MAGIC = b"PK\x03\x04"
CSV_SUFFIXES = (".csv", ".csv.gz")
MAX_MEMBERS = 100_000
MAX_BYTES = 50 << 30  # of the CSV files of one archive, decompressed
MAX_RATIO = 100  # of decompressed to compressed size; real tables have 3 to 15
_SMALL = 1 << 20  # bytes; of a smaller file the ratio does not matter
_ENCRYPTED = 1  # flag


@dataclass(frozen=True)
class ZipMember:
    """A CSV file in an archive."""

    archive: Path
    member: str
    size: int  # bytes, decompressed

    @property
    def name(self) -> str:
        return f"{self.archive.name}/{self.member}"

    def __str__(self) -> str:
        return f"{self.archive}/{self.member}"


def csv_members(path: Path) -> list[ZipMember]:
    """The CSV files in an archive, ordered by name.

    Raises:
        ImportFileError: not a zip archive, encrypted, with paths out of it, or larger than any data set.
    """
    with _reading(path), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ImportFileError(f"{path}: {len(members):,} files in one archive; at most {MAX_MEMBERS:,}.")
    for member in members:
        if ".." in PurePosixPath(member.filename).parts or _absolute(member.filename):
            raise ImportFileError(
                f"{path}: the name {member.filename[:100]!r} leads out of the archive: it is not a data set."
            )
    tables = [member for member in members if member.filename.lower().endswith(CSV_SUFFIXES)]
    for member in tables:
        if member.flag_bits & _ENCRYPTED:
            raise ImportFileError(f"{path}: {member.filename} is encrypted. Unpack it with its password.")
        if member.file_size > max(_SMALL, MAX_RATIO * member.compress_size):
            raise ImportFileError(
                f"{path}: {member.filename} grows from {member.compress_size:,} bytes to "
                f"{member.file_size:,}, more than {MAX_RATIO} times: this is a zip bomb, not a data set."
            )
    total = sum(member.file_size for member in tables)
    if total > MAX_BYTES:
        raise ImportFileError(f"{path}: {total:,} bytes decompressed; at most {MAX_BYTES:,}.")
    found = (ZipMember(path, member.filename, member.file_size) for member in tables)
    return sorted(found, key=lambda member: member.member)


def only_member(path: Path) -> ZipMember:
    """The CSV file in an archive that has one. Raises ImportFileError, also if it has several or none."""
    members = csv_members(path)
    if len(members) != 1:
        files = ", ".join(member.member for member in members[:10]) or "none"
        raise ImportFileError(
            f"{path}: the archive must have one CSV file, and has: {files}. Import its folder with --folder."
        )
    return members[0]


@contextmanager
def open_member(member: ZipMember) -> Iterator[IO[bytes]]:
    """A stream of the decompressed file. Raises ImportFileError if the archive is damaged."""
    with _reading(member.archive), zipfile.ZipFile(member.archive) as archive:
        try:
            stream = archive.open(member.member)
        except (NotImplementedError, RuntimeError) as error:
            raise ImportFileError(f"{member}: cannot be decompressed ({error}).") from None
        with stream:
            yield stream


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ImportFileError(f"{path}: the zip archive is damaged ({error}). Download it again.") from None


def _absolute(name: str) -> bool:
    windows = PureWindowsPath(name)
    return bool(PurePosixPath(name).is_absolute() or windows.drive or ".." in windows.parts)
