"""A version that was published whole and is damaged afterwards: no worker takes it, all say so, all go on."""

from __future__ import annotations

import json
import random
import shutil

import numpy as np

from recommender.artifacts.store import MANIFEST_FILE, ModelStore, fingerprint, seal
from tests.faults.conftest import Place
from tests.serving.servers import Server, serving
from tests.serving.worlds import rewrite


def publish_copy(store: ModelStore, number: int) -> str:
    """A copy of v0001 under another name; nobody is told of it yet."""
    name = f"v{number:04d}"
    shutil.copytree(store.directory / "v0001", store.directory / name)
    return name


def point_to(store: ModelStore, name: str) -> None:
    fresh = store.directory / "CURRENT.new"
    fresh.write_text(f"{name}\n", "ascii")
    fresh.replace(store.directory / "CURRENT")


def states(server: Server) -> set[tuple[str, str]]:
    """The version in service and the name of the refused one, of every worker."""
    answers = server.ask_each("/readyz", times=1)
    assert {answer.status for answer in answers} == {200}
    return {
        (answer.json["model_version"], str(answer.json["refused_model"]).partition(":")[0])
        for answer in answers
    }


def test_flipped_byte_is_noticed_by_every_running_worker(sqlite_place: Place, chance: random.Random) -> None:
    store = sqlite_place.store
    files = sorted(path.name for path in (store.directory / "v0001").iterdir())
    with serving(sqlite_place.environ, sqlite_place.log) as server:
        for number, file in enumerate(files, start=2):
            name = publish_copy(store, number)
            damaged = store.directory / name / file
            content = bytearray(damaged.read_bytes())
            position = chance.randrange(len(content))
            content[position] ^= 1
            rewrite(damaged, bytes(content))
            point_to(store, name)
            assert states(server) == {("v0001", name)}, f"byte {position} of {file}"
        whole = publish_copy(store, len(files) + 2)
        point_to(store, whole)
        assert states(server) == {(whole, "None")}


def test_resealed_damage_is_refused_and_kills_no_worker(sqlite_place: Place) -> None:
    store = sqlite_place.store
    with serving(sqlite_place.environ, sqlite_place.log) as server:
        pids = {worker.pid for worker in server.workers()}
        for number, file in enumerate(("user-user.users.bin", "content-based.terms_indices.npy"), start=2):
            name = publish_copy(store, number)
            damaged, manifest = store.directory / name / file, dict(store.manifest("v0001"))
            content = bytearray(damaged.read_bytes())
            content[128:] = np.full(len(content) // 4 - 32, 2**31 - 1, "<i4").tobytes()
            rewrite(damaged, bytes(content))
            manifest["files"] = manifest["files"] | {file: fingerprint(damaged)}
            rewrite(store.directory / name / MANIFEST_FILE, json.dumps(seal(manifest)).encode())
            point_to(store, name)
            assert states(server) == {("v0001", name)}
        assert {worker.pid for worker in server.workers()} == pids
