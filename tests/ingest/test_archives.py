"""Data sets are read from zip archives without extracting them; hostile archives are refused."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

import ingest.archives as archives
from ingest.archives import csv_members
from ingest.columns import RATINGS
from ingest.files import open_binary, read_records
from ingest.report import ImportFileError

CONTENT = "user_id,anime_id,rating\n" + "".join(f"{user},1,7\n" for user in range(200))


def zip_of(folder: Path, **files: str) -> Path:
    path = folder / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ImportFileError) as caught, open_binary(path) as stream:
        stream.read()
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_only_csv_file_of_an_archive_is_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path, **{"ratings.csv": CONTENT, "readme.txt": "hello"})
    assert len(list(read_records(path, RATINGS))) == 200
    assert [file.name for file in tmp_path.iterdir()] == ["data.zip"]


def test_members_are_named_after_their_archive(tmp_path: Path) -> None:
    path = zip_of(tmp_path, **{"b/Two.CSV": CONTENT, "a.csv": CONTENT, "c.csv.gz": "", "d.xlsx": ""})
    members = csv_members(path)
    assert [member.name for member in members] == [
        "data.zip/a.csv",
        "data.zip/b/Two.CSV",
        "data.zip/c.csv.gz",
    ]
    assert len(list(read_records(members[1], RATINGS))) == 200


@pytest.mark.parametrize("files", [{}, {"a.csv": "", "b.csv": ""}])
def test_archive_without_one_csv_file_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    path = zip_of(tmp_path, **{**files, "readme.txt": "hello"})
    assert f"has: {', '.join(files) or 'none'}. Import its folder with --folder" in refusal(path)


@pytest.mark.parametrize("name", ["../a.csv", "a/../../b.csv", "/etc/a.csv", "..\\a.csv", "C:\\a.csv"])
def test_path_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert "leads out of the archive" in refusal(zip_of(tmp_path, **{name: CONTENT}))


def test_zip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = zip_of(tmp_path, **{"a.csv": "0" * 5_000_000})
    assert "to 5,000,000, more than 100 times: this is a zip bomb" in refusal(path)


def test_archive_of_too_many_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1_000)
    assert "bytes decompressed; at most 1,000" in refusal(zip_of(tmp_path, **{"a.csv": CONTENT}))


def test_encrypted_file_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, **{"a.csv": CONTENT})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags in both headers
        struct.pack_into("<H", content, content.index(signature) + offset, 1)
    path.write_bytes(bytes(content))
    assert "a.csv is encrypted. Unpack it with its password" in refusal(path)


def test_smaller_size_in_the_header_hides_nothing(tmp_path: Path) -> None:
    """A bomb that claims to be small is cut off there, and its checksum fails."""
    path = zip_of(tmp_path, **{"a.csv": CONTENT})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 100)
    path.write_bytes(bytes(content))
    assert "the zip archive is damaged" in refusal(path)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_truncated_archive_is_refused(tmp_path: Path, kept: float) -> None:
    path = zip_of(tmp_path, **{"a.csv": CONTENT})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert "the zip archive is damaged" in refusal(path)


def test_damaged_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", CONTENT)
    path.write_bytes(buffer.getvalue().replace(b"7,1,7", b"7,1,8", 1))
    assert "the zip archive is damaged" in refusal(path)
