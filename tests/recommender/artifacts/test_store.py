"""Versions on disk: published whole or not at all; a damaged one is passed over, never served."""

from __future__ import annotations

import errno
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
from typing import Any

import numpy as np
import pytest

import recommender.artifacts.store
from config import ROOT
from recommender.artifacts.snapshot import ModelFormatError, Snapshot
from recommender.artifacts.store import BuildInProgressError, ModelStore, NoModelError, seal
from recommender.kernels.vector_index import VectorIndex

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
    """What each of these stores serves, asked in a process of its own, so that a crash is one of ours."""
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


def test_what_was_published_is_what_is_loaded(small_model: Snapshot, tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "new" / "models")
    published = store.publish(small_model, {"built_at": "today"})
    loaded = store.load()
    assert published.name == loaded.name == store.current_name() == "v0001"
    assert loaded.manifest == published.manifest
    assert loaded.manifest["built_at"] == "today"
    assert loaded.snapshot.revision == 7


def test_the_newest_version_is_current_and_three_are_kept(store: ModelStore, small_model: Snapshot) -> None:
    for _ in range(3):
        store.publish(small_model, {})
    assert store.names() == ["v0005", "v0004", "v0003"]
    assert store.load().name == "v0005"


def test_the_current_version_is_kept_though_newer_ones_failed_to_become_it(
    store: ModelStore, small_model: Snapshot
) -> None:
    for name in ("v0007", "v0008", "v0009"):
        shutil.copytree(store.directory / "v0002", store.directory / name)
    assert store.publish(small_model, {}).name == "v0010"
    assert store.names() == ["v0010", "v0009", "v0008"]


def test_versions_are_ordered_by_number_beyond_four_digits(store: ModelStore, small_model: Snapshot) -> None:
    (store.directory / "v0002").rename(store.directory / "v9999")
    assert store.publish(small_model, {}).name == "v10000"
    assert store.names() == ["v10000", "v9999", "v0001"]


def test_what_an_interrupted_build_left_behind_is_swept_and_nothing_else(
    store: ModelStore, small_model: Snapshot
) -> None:
    left = store.directory / "tmp-v0003"
    left.mkdir()
    (left / "half.npy").write_bytes(b"half")
    (store.directory / "notes").mkdir()
    assert store.load().name == "v0002"  # it is never served
    store.publish(small_model, {})
    names = {entry.name for entry in store.directory.iterdir()}
    assert names == {"CURRENT", "notes", "v0001", "v0002", "v0003"}


def test_sweeping_where_there_is_no_directory_yet_does_nothing(tmp_path: Path) -> None:
    ModelStore(tmp_path / "nowhere").sweep()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", [0, 5, 20])
def test_a_full_disk_leaves_the_old_version_current_and_nothing_behind(
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
def test_a_disk_that_fails_to_sync_leaves_the_old_version_current(
    store: ModelStore, small_model: Snapshot, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    calls = iter(range(1_000))
    monkeypatch.setattr(os, "fsync", lambda _: disk_full() if next(calls) == call else None)
    with pytest.raises(OSError, match="No space left"):
        store.publish(small_model, {})
    assert store.names() == ["v0002", "v0001"]
    assert store.load().name == "v0002"


def test_a_version_that_could_not_be_made_current_is_not_served(
    store: ModelStore, small_model: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", disk_full)
        with pytest.raises(OSError, match="No space left"):
            store.publish(small_model, {})
    assert {path.name for path in store.directory.iterdir()} == {"CURRENT", "v0001", "v0002"}
    assert store.load().name == "v0002"
    assert store.publish(small_model, {}).name == "v0003"


def test_an_index_that_hnswlib_wrote_only_half_is_noticed_as_a_disk_that_is_full(
    store: ModelStore, small_model: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def writes_half(index: VectorIndex, path: Path) -> None:
        index._index.save_index(str(path))
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
def test_whichever_file_is_damaged_the_previous_version_is_served(
    two_versions: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    files = sorted(path.name for path in (two_versions / "v0002").iterdir())
    stores = [damaged(two_versions, tmp_path / name, name, damage) for name in files]
    assert dict(zip(files, served(stores), strict=True)) == dict.fromkeys(files, "v0001")


def test_whichever_file_is_missing_the_previous_version_is_served(two_versions: Path, tmp_path: Path) -> None:
    files = sorted(path.name for path in (two_versions / "v0002").iterdir())
    for name in files:
        shutil.copytree(two_versions, tmp_path / name, copy_function=os.link)
        (tmp_path / name / "v0002" / name).unlink()
    found = served(tmp_path / name for name in files)
    assert dict(zip(files, found, strict=True)) == dict.fromkeys(files, "v0001")


def test_a_changed_letter_or_digit_of_the_manifest_is_noticed(two_versions: Path, tmp_path: Path) -> None:
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
    "key", ["format", "config", "revision", "content_terms", "counts", "vocabularies", "files"]
)
def test_a_manifest_that_lacks_an_entry_is_passed_over(store: ModelStore, key: str) -> None:
    change_manifest(store, lambda manifest: manifest.pop(key))
    assert store.load().name == "v0001"


@pytest.mark.parametrize("key", ["indexed", "generated_people"])
def test_a_manifest_of_an_earlier_program_that_lacks_a_count_is_passed_over(
    store: ModelStore, key: str
) -> None:
    change_manifest(store, lambda manifest: manifest["counts"].pop(key))
    assert store.load().name == "v0001"


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(format=1),
        lambda manifest: manifest["config"]["popularity"].update(unknown=1),
        lambda manifest: manifest["config"]["user_user"].update(vote_power="high"),
        lambda manifest: manifest["counts"].update(indexed=3),
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
def test_a_manifest_that_this_program_did_not_write_is_passed_over(
    store: ModelStore, change: Callable[[dict[str, Any]], object]
) -> None:
    change_manifest(store, change)
    assert store.load().name == "v0001"


@pytest.mark.parametrize("dims", [4, 7, 9, 16, 128])
def test_a_model_of_another_dimension_is_passed_over_without_a_crash(store: ModelStore, dims: int) -> None:
    change_manifest(store, lambda manifest: manifest["config"]["user_user"].update(dims=dims))
    assert served([store.directory]) == ["v0001"]


@pytest.mark.parametrize("content", ["", "[]", "null", "{", "{}", "\x00\x01"])
def test_a_manifest_that_is_not_one_is_passed_over(store: ModelStore, content: str) -> None:
    (store.directory / "v0002" / "manifest.json").write_text(content, "utf-8")
    assert store.load().name == "v0001"


def test_a_disk_that_cannot_read_a_file_again_costs_that_version_only(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint = recommender.artifacts.store._fingerprint

    def cannot_read(path: Path) -> dict[str, Any]:
        if path.parent.name == "v0002":
            raise OSError(errno.EIO, "Input/output error")
        return fingerprint(path)

    monkeypatch.setattr(recommender.artifacts.store, "_fingerprint", cannot_read)
    assert store.load().name == "v0001"


def test_a_damaged_version_is_named_with_its_reason(store: ModelStore) -> None:
    os.truncate(store.directory / "v0002" / "titles.jsonl", 10)
    with pytest.raises(ModelFormatError, match=r"titles.jsonl is damaged"):
        store.load_version("v0002")


@pytest.mark.parametrize(
    "content",
    [b"", b"v0002 or so", b"../v0002", b"v0009\n", b"\xff\xfe", b"v\xd9\xa1\xd9\xa1\xd9\xa1\xd9\xa1"],
)
def test_a_broken_pointer_is_replaced_by_the_newest_version(store: ModelStore, content: bytes) -> None:
    (store.directory / "CURRENT").write_bytes(content)
    assert store.load().name == "v0002"


def test_a_missing_pointer_is_replaced_by_the_newest_version(store: ModelStore) -> None:
    (store.directory / "CURRENT").unlink()
    assert store.current_name() is None
    assert store.load().name == "v0002"


def test_the_pointer_may_name_an_older_version(store: ModelStore) -> None:
    (store.directory / "CURRENT").write_text("v0001\n", "ascii")
    assert store.load().snapshot.revision == 7


def test_where_nothing_can_be_used_every_reason_is_given(store: ModelStore) -> None:
    (store.directory / "v0002" / "idle.txt").touch()  # a file that the manifest does not name does no harm
    (store.directory / "v0001" / "manifest.json").unlink()
    change_manifest(store, lambda manifest: manifest.update(format=99))
    with pytest.raises(NoModelError) as refusal:
        store.load()
    assert "v0001: its manifest.json cannot be read" in str(refusal.value)
    assert "v0002: its format is 99, this program reads" in str(refusal.value)


def test_where_nothing_was_built_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoModelError, match="nothing was built yet"):
        ModelStore(tmp_path / "nowhere").load()


def test_a_model_that_does_not_answer_is_not_published(store: ModelStore, small_model: Snapshot) -> None:
    broken = replace(small_model.user_user, damping=np.full_like(small_model.user_user.damping, np.nan))
    with pytest.raises(ModelFormatError, match="not finite"):
        replace(small_model, user_user=broken).probe()


# -- one builder at a time -----------------------------------------------------------------------------


def test_a_second_builder_is_told_that_one_is_at_work(store: ModelStore) -> None:
    with (
        store.lock(1),
        pytest.raises(BuildInProgressError, match="another process is building into"),
        store.lock(0.05),
    ):
        pass


def test_a_builder_in_another_process_is_told_too(store: ModelStore) -> None:
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


def test_the_lock_is_free_when_its_block_ends_though_somebody_still_refers_to_it(store: ModelStore) -> None:
    lock = store.lock(1)
    with lock:
        pass
    with store.lock(0.05):
        pass


def test_the_lock_makes_the_directory(tmp_path: Path) -> None:
    with ModelStore(tmp_path / "a" / "b").lock(1):
        assert (tmp_path / "a" / "b").is_dir()


def test_who_cannot_lock_the_directory_is_told_where_to_build(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = ModelStore(tmp_path / "file" / "models")
    said = f"no model can be written to {store.directory}: Not a directory. Run scripts/build_index.py where "
    with pytest.raises(OSError, match=re.escape(said)), store.lock(0):
        pass
