"""Unusable files: how to write each, and the text that its error must contain."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path

WriteBroken = Callable[[Path, bytes], None]  # (path, valid content)


def _missing(_path: Path, _content: bytes) -> None:
    pass


def _folder(path: Path, _content: bytes) -> None:
    path.mkdir()


def _truncated(path: Path, content: bytes) -> None:
    path.write_bytes(_long(content)[:-40])


def _damaged(path: Path, content: bytes) -> None:
    whole = bytearray(_long(content))
    middle = len(whole) // 2
    whole[middle : middle + 64] = random.Random(7).randbytes(64)  # noqa: S311 - not a secret
    path.write_bytes(bytes(whole))


def _wrong_checksum(path: Path, content: bytes) -> None:
    whole = bytearray(_long(content))
    whole[-8] ^= 0xFF
    path.write_bytes(bytes(whole))


def _utf16(path: Path, content: bytes) -> None:
    path.write_bytes(content.decode().encode("utf-16"))


def _wrong_header(path: Path, content: bytes) -> None:
    path.write_bytes(b"a,b,c\n" + content)


def _empty(path: Path, _content: bytes) -> None:
    path.write_bytes(b"")


def _long(content: bytes) -> bytes:
    return gzip.compress(content * 200)


BROKEN_FILES: dict[str, tuple[WriteBroken, str]] = {
    "missing": (_missing, "cannot be read (No such file or directory)"),
    "a folder": (_folder, "cannot be read (Is a directory)"),
    "a truncated gzip": (_truncated, "the gzip file is truncated. Download it again."),
    "a damaged gzip": (_damaged, "the gzip file is damaged"),
    "a gzip with a wrong checksum": (_wrong_checksum, "the gzip file is damaged"),
    "UTF-16": (_utf16, "UTF-8"),
    "of another header": (_wrong_header, "the header is 'a,b,c'"),
    "empty": (_empty, "the header is ''"),
}
