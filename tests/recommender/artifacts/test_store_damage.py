"""ModelStore: a damaged version is skipped and named, never served."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import IO, Any

import pytest

from config import ROOT
from recommender.artifacts.snapshot import ModelFormatError
from recommender.artifacts.store import ModelStore, NoModelError, seal

LOAD_EACH = """
import sys
from pathlib import Path
from recommender.artifacts.store import ModelStore, seal
for line in sys.stdin:
    try:
        print(ModelStore(Path(line.strip())).load().name, flush=True)
    except Exception as error:
        print(repr(error), flush=True)
"""


def served(directories: Iterable[Path]) -> list[str]:
    """The version that each of these stores serves, by a process of its own, so that a crash is noticed."""
    lines = "".join(f"{directory}\n" for directory in directories)
    done = subprocess.run(
        [sys.executable, "-c", LOAD_EACH], input=lines, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, f"crashed after {done.stdout.splitlines()}: {done.stderr[-500:]}"
    return done.stdout.splitlines()


def damaged(two_versions: Path, target: Path, name: str, damage: Callable[[bytes], bytes]) -> Path:
    """A copy of the store, made of links, in which one file of v0002 is another."""
    shutil.copytree(two_versions, target, copy_function=os.link)
    file = ModelStore(target).directory / "v0002" / name
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(damage(content))
    return target


def change_manifest(store: ModelStore, change: Callable[[dict[str, Any]], object]) -> None:
    path = store.directory / "v0002" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    path.write_text(json.dumps(seal(manifest)), "utf-8")


def flip(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: flip(content, len(content) // 2),
        lambda content: flip(content, len(content) - 1),
        lambda content: content[: len(content) // 2],
        lambda content: content + b"\0",
        lambda content: b"",
    ],
    ids=["a bit in the middle", "the last bit", "cut in half", "too long", "emptied"],
)
def test_any_damaged_file_serves_the_previous_version(
    two_versions: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    files = sorted(path.name for path in (ModelStore(two_versions).directory / "v0002").iterdir())
    stores = [damaged(two_versions, tmp_path / name, name, damage) for name in files]
    assert dict(zip(files, served(stores), strict=True)) == dict.fromkeys(files, "v0001")


def test_any_missing_file_serves_the_previous_version(two_versions: Path, tmp_path: Path) -> None:
    files = sorted(path.name for path in (ModelStore(two_versions).directory / "v0002").iterdir())
    for name in files:
        shutil.copytree(two_versions, tmp_path / name, copy_function=os.link)
        (ModelStore(tmp_path / name).directory / "v0002" / name).unlink()
    found = served(tmp_path / name for name in files)
    assert dict(zip(files, found, strict=True)) == dict.fromkeys(files, "v0001")


def test_any_changed_character_of_a_manifest_is_noticed(two_versions: Path, tmp_path: Path) -> None:
    text = (ModelStore(two_versions).directory / "v0002" / "manifest.json").read_text("ascii")
    positions, start = {}, 0
    for line in text.splitlines(keepends=True):
        letters = [number for number, character in enumerate(line) if character.isalnum()]
        if letters and '"sha256"' not in line:
            positions[start + letters[0]] = line.strip()
            positions[start + letters[-1]] = line.strip()
        start += len(line)
    stores = [
        damaged(two_versions, tmp_path / str(at), "manifest.json", partial(flip, position=at))
        for at in positions
    ]
    found = zip(positions.values(), served(stores), strict=True)
    assert [f"{line}: {answer}" for line, answer in found if answer != "v0001"] == []


@pytest.mark.parametrize(
    "key", ["format", "config", "revision", "database", "counts", "vocabularies", "files"]
)
def test_manifest_that_lacks_an_entry_is_skipped(store: ModelStore, key: str) -> None:
    change_manifest(store, lambda manifest: manifest.pop(key))
    assert store.load().name == "v0001"


@pytest.mark.parametrize(
    "path",
    [
        ("counts", "generated_users"),
        ("config", "training"),
        ("config", "models"),
        ("config", "models", "residuals"),
        ("config", "models", "user-user", "search", "dims"),
        ("vocabularies", "anime"),
    ],
    ids=".".join,
)
def test_manifest_that_lacks_a_part_is_skipped(store: ModelStore, path: tuple[str, ...]) -> None:
    def remove(manifest: dict[str, Any]) -> None:
        for key in path[:-1]:
            manifest = manifest[key]
        del manifest[path[-1]]

    change_manifest(store, remove)
    assert store.load().name == "v0001"


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(format=1),
        lambda manifest: manifest["config"]["models"]["popular"].update(unknown=1),
        lambda manifest: manifest["config"]["models"]["user-user"].update(vote_power="high"),
        lambda manifest: manifest["counts"].update(generated_users="many"),
        lambda manifest: manifest["vocabularies"].update(users="0"),
        lambda manifest: manifest.update(files={}),
        lambda manifest: manifest.update(files=[]),
        lambda manifest: manifest.update(revision=None),
    ],
    ids=[
        "format",
        "unknown setting",
        "setting",
        "count",
        "vocabulary",
        "no files",
        "list of files",
        "revision",
    ],
)
def test_manifest_with_foreign_values_is_skipped(
    store: ModelStore, change: Callable[[dict[str, Any]], object]
) -> None:
    change_manifest(store, change)
    assert store.load().name == "v0001"


@pytest.mark.parametrize("value", ["high", None, float("nan"), -1, 10**30, 1e300, [1], {}, True])
@pytest.mark.parametrize(
    ("model", "name"), [("user-user", "neighbors"), ("popular", "prior_ratings"), ("ranker", "person_prior")]
)
def test_configuration_of_no_usable_number_is_skipped(
    store: ModelStore, model: str, name: str, value: object
) -> None:
    change_manifest(store, lambda manifest: manifest["config"]["models"][model].update({name: value}))
    with pytest.raises(ModelFormatError, match=r"its configuration has .* in the place of a number"):
        store.load_version("v0002")


@pytest.mark.parametrize("dims", [4, 7, 9, 16, 128])
def test_model_of_another_dimension_is_skipped(store: ModelStore, dims: int) -> None:
    change_manifest(
        store, lambda manifest: manifest["config"]["models"]["user-user"]["search"].update(dims=dims)
    )
    assert served([store.root]) == ["v0001"]


@pytest.mark.parametrize("content", ["", "[]", "null", "{", "{}", "\x00\x01"])
def test_manifest_that_is_not_an_object_is_skipped(store: ModelStore, content: str) -> None:
    (store.directory / "v0002" / "manifest.json").write_text(content, "utf-8")
    assert store.load().name == "v0001"


def test_unreadable_file_costs_only_its_version(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.file_digest

    def cannot_read(file: IO[bytes], algorithm: str) -> Any:
        if Path(file.name).parent.name == "v0002":
            raise OSError(errno.EIO, "Input/output error")
        return digest(file, algorithm)

    monkeypatch.setattr(hashlib, "file_digest", cannot_read)
    assert store.load().name == "v0001"


@pytest.mark.parametrize("name", ["idle.txt", "hybrid.extra.npy", ".hidden"])
def test_file_that_no_manifest_lists_is_refused(store: ModelStore, name: str) -> None:
    (store.directory / "v0002" / name).touch()
    with pytest.raises(ModelFormatError, match=f"{name} is not listed in its manifest"):
        store.load_version("v0002")


@pytest.mark.parametrize("name", ["../v0001/titles.jsonl", "/etc/hostname", "nested/titles.jsonl"])
def test_manifest_that_lists_files_elsewhere_is_refused(store: ModelStore, name: str) -> None:
    change_manifest(
        store, lambda manifest: manifest["files"].update({name: manifest["files"]["titles.jsonl"]})
    )
    with pytest.raises(ModelFormatError, match=f"{name} is missing"):
        store.load_version("v0002")


def test_load_version_names_the_damaged_file(store: ModelStore) -> None:
    os.truncate(store.directory / "v0002" / "titles.jsonl", 10)
    with pytest.raises(ModelFormatError, match=r"titles.jsonl is damaged"):
        store.load_version("v0002")


@pytest.mark.parametrize(
    "content",
    [b"", b"v0002 or so", b"../v0002", b"v0009\n", b"\xff\xfe", b"v\xd9\xa1\xd9\xa1\xd9\xa1\xd9\xa1"],
)
def test_load_ignores_a_broken_pointer(store: ModelStore, content: bytes) -> None:
    (store.directory / "CURRENT").write_bytes(content)
    assert store.load().name == "v0002"


def test_load_without_a_pointer_takes_the_newest_version(store: ModelStore) -> None:
    (store.directory / "CURRENT").unlink()
    assert store.current_name() is None
    assert store.load().name == "v0002"


def test_load_follows_a_pointer_to_an_older_version(store: ModelStore) -> None:
    (store.directory / "CURRENT").write_text("v0001\n", "ascii")
    assert store.load().snapshot.origin.revision == 7


def test_load_gives_every_reason_where_nothing_is_usable(store: ModelStore) -> None:
    (store.directory / "v0001" / "manifest.json").unlink()
    change_manifest(store, lambda manifest: manifest.update(format=99))
    with pytest.raises(NoModelError) as refusal:
        store.load()
    assert "v0001: its manifest.json cannot be read" in str(refusal.value)
    assert "v0002: its format is 99, this program reads" in str(refusal.value)


def test_load_without_versions_says_how_to_build(tmp_path: Path) -> None:
    with pytest.raises(NoModelError, match="nothing was built yet"):
        ModelStore(tmp_path / "nowhere").load()
