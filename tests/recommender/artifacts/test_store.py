"""ModelStore: versions are published whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.artifacts.snapshot import ModelFormatError, Snapshot
from recommender.artifacts.store import ModelStore
from recommender.kernels.vector_index import VectorIndex
from recommender.models.popularity import Popularity
from recommender.models.user_user import UserUser


def disk_full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


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


def test_model_without_finite_scores_is_not_published(store: ModelStore, small_model: Snapshot) -> None:
    popularity = small_model.models[Popularity]
    broken = replace(popularity, prior=np.full_like(popularity.prior, np.nan))
    with pytest.raises(OSError, match=r"popular\.prior\.npy has values from nan to nan"):
        store.publish(replace(small_model, models=small_model.models.with_model(broken)), {})
    assert store.names() == ["v0002", "v0001"]


def test_probe_names_the_algorithm_without_finite_scores(small_model: Snapshot) -> None:
    user_user = small_model.models[UserUser]
    broken = replace(user_user, damping=np.full_like(user_user.damping, np.nan))
    with pytest.raises(ModelFormatError, match="user-user does not give one finite score"):
        replace(small_model, models=small_model.models.with_model(broken)).probe()
