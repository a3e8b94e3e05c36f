"""ModelStore: versions are published whole or not at all; a damaged one is skipped, never served."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest

from config import ROOT
from recommender.artifacts.snapshot import ModelFormatError, Snapshot
from recommender.artifacts.store import BuildInProgressError, ModelStore, NoModelError, seal
from recommender.kernels.vector_index import VectorIndex
from recommender.models.user_user import UserUser

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
    file = target / "v0002" / name
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


def disk_full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


# -- publishing ----------------------------------------------------------------------------------------


def test_load_returns_what_was_published(small_model: Snapshot, tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "new" / "models")
    published = store.publish(small_model, {"built_at": "today"})
    loaded = store.load()
    assert published.name == loaded.name == store.current_name() == "v0001"
    assert loaded.manifest == published.manifest
    assert loaded.manifest["built_at"] == "today"
    assert loaded.snapshot.origin.revision == 7


def test_publish_keeps_the_three_newest_versions(store: ModelStore, small_model: Snapshot) -> None:
    for _ in range(3):
        store.publish(small_model, {})
    assert store.names() == ["v0005", "v0004", "v0003"]
    assert store.load().name == "v0005"


def test_publish_keeps_the_current_version_beside_failed_ones(
    store: ModelStore, small_model: Snapshot
) -> None:
    for name in ("v0007", "v0008", "v0009"):
        shutil.copytree(store.directory / "v0002", store.directory / name)
    assert store.publish(small_model, {}).name == "v0010"
    assert store.names() == ["v0010", "v0009", "v0008"]


def test_names_are_ordered_by_number_beyond_four_digits(store: ModelStore, small_model: Snapshot) -> None:
    (store.directory / "v0002").rename(store.directory / "v9999")
    assert store.publish(small_model, {}).name == "v10000"
    assert store.names() == ["v10000", "v9999", "v0001"]


def test_publish_sweeps_only_leftovers_of_builds(store: ModelStore, small_model: Snapshot) -> None:
    left = store.directory / "tmp-v0003"
    left.mkdir()
    (left / "half.npy").write_bytes(b"half")
    (store.directory / "notes").mkdir()
    assert store.load().name == "v0002"  # it is never served
    store.publish(small_model, {})
    names = {entry.name for entry in store.directory.iterdir()}
    assert names == {"CURRENT", "notes", "v0001", "v0002", "v0003"}


def test_sweep_without_a_directory_does_nothing(tmp_path: Path) -> None:
    ModelStore(tmp_path / "nowhere").sweep()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", [0, 5, 20])
def test_full_disk_leaves_the_old_version_and_no_files(
    store: ModelStore, small_model: Snapshot, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    save, calls = np.save, iter(range(1_000))

    def fails_at(*arguments: Any, **options: Any) -> None:
        if next(calls) == call:
            disk_full()
        save(*arguments, **options)

    monkeypatch.setattr(np, "save", fails_at)
    before = sorted(store.directory.iterdir())
    with pytest.raises(OSError, match="No space left"):
        store.publish(small_model, {})
    assert sorted(store.directory.iterdir()) == before
    assert store.load().name == "v0002"


@pytest.mark.parametrize("call", [0, 3])
def test_failing_sync_leaves_the_old_version_current(
    store: ModelStore, small_model: Snapshot, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    calls = iter(range(1_000))
    monkeypatch.setattr(os, "fsync", lambda _: disk_full() if next(calls) == call else None)
    with pytest.raises(OSError, match="No space left"):
        store.publish(small_model, {})
    assert store.names() == ["v0002", "v0001"]
    assert store.load().name == "v0002"


def test_version_that_cannot_become_current_is_not_served(
    store: ModelStore, small_model: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", disk_full)
        with pytest.raises(OSError, match="No space left"):
            store.publish(small_model, {})
    assert {path.name for path in store.directory.iterdir()} == {"CURRENT", "v0001", "v0002"}
    assert store.load().name == "v0002"
    assert store.publish(small_model, {}).name == "v0003"


def test_half_written_index_is_reported_as_a_full_disk(
    store: ModelStore, small_model: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = VectorIndex.save

    def writes_half(index: VectorIndex, path: Path) -> None:
        save(index, path)
        os.truncate(path, path.stat().st_size // 2)

    monkeypatch.setattr(VectorIndex, "save", writes_half)
    with pytest.raises(OSError, match="Is the disk full"):
        store.publish(small_model, {})
    assert store.names() == ["v0002", "v0001"]
    assert store.load().name == "v0002"


# -- damage --------------------------------------------------------------------------------------------


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
    files = sorted(path.name for path in (two_versions / "v0002").iterdir())
    stores = [damaged(two_versions, tmp_path / name, name, damage) for name in files]
    assert dict(zip(files, served(stores), strict=True)) == dict.fromkeys(files, "v0001")


def test_any_missing_file_serves_the_previous_version(two_versions: Path, tmp_path: Path) -> None:
    files = sorted(path.name for path in (two_versions / "v0002").iterdir())
    for name in files:
        shutil.copytree(two_versions, tmp_path / name, copy_function=os.link)
        (tmp_path / name / "v0002" / name).unlink()
    found = served(tmp_path / name for name in files)
    assert dict(zip(files, found, strict=True)) == dict.fromkeys(files, "v0001")


def test_any_changed_character_of_a_manifest_is_noticed(two_versions: Path, tmp_path: Path) -> None:
    text = (two_versions / "v0002" / "manifest.json").read_text("ascii")
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


@pytest.mark.parametrize("dims", [4, 7, 9, 16, 128])
def test_model_of_another_dimension_is_skipped(store: ModelStore, dims: int) -> None:
    change_manifest(
        store, lambda manifest: manifest["config"]["models"]["user-user"]["search"].update(dims=dims)
    )
    assert served([store.directory]) == ["v0001"]


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
    (store.directory / "v0002" / "idle.txt").touch()  # a file that the manifest does not name does no harm
    (store.directory / "v0001" / "manifest.json").unlink()
    change_manifest(store, lambda manifest: manifest.update(format=99))
    with pytest.raises(NoModelError) as refusal:
        store.load()
    assert "v0001: its manifest.json cannot be read" in str(refusal.value)
    assert "v0002: its format is 99, this program reads" in str(refusal.value)


def test_load_without_versions_says_how_to_build(tmp_path: Path) -> None:
    with pytest.raises(NoModelError, match="nothing was built yet"):
        ModelStore(tmp_path / "nowhere").load()


def test_model_without_finite_scores_is_not_published(store: ModelStore, small_model: Snapshot) -> None:
    user_user = small_model.models[UserUser]
    broken = replace(user_user, damping=np.full_like(user_user.damping, np.nan))
    with pytest.raises(ModelFormatError, match="user-user does not give one finite score"):
        replace(small_model, models=small_model.models.with_model(broken)).probe()
    with pytest.raises(OSError, match="does not give one finite score"):
        store.publish(replace(small_model, models=small_model.models.with_model(broken)), {})
    assert store.names() == ["v0002", "v0001"]


# -- one builder at a time -----------------------------------------------------------------------------


def test_lock_refuses_a_second_builder(store: ModelStore) -> None:
    with (
        store.lock(1),
        pytest.raises(BuildInProgressError, match="another process is building into"),
        store.lock(0.05),
    ):
        pass


def test_lock_refuses_a_builder_in_another_process(store: ModelStore) -> None:
    script = (
        "import sys; from pathlib import Path; from recommender.artifacts.store import ModelStore;"
        "ModelStore(Path(sys.argv[1])).lock(0.05).__enter__()"
    )
    with store.lock(1):
        done = subprocess.run(
            [sys.executable, "-c", script, str(store.directory)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "BuildInProgressError" in done.stderr


def test_lock_is_free_at_the_end_of_its_block(store: ModelStore) -> None:
    lock = store.lock(1)
    with lock:
        pass
    with store.lock(0.05):
        pass


def test_lock_creates_the_directory(tmp_path: Path) -> None:
    with ModelStore(tmp_path / "a" / "b").lock(1):
        assert (tmp_path / "a" / "b").is_dir()


def test_lock_without_write_access_says_where_to_build(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = ModelStore(tmp_path / "file" / "models")
    message = (
        f"no model can be written to {store.directory}: Not a directory. Run scripts/build_index.py where "
    )
    with pytest.raises(OSError, match=re.escape(message)), store.lock(0):
        pass
