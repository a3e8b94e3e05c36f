"""Models that somebody changed and sealed again, loaded and questioned in a process of its own.

`python -m tests.recommender.artifacts.resealed MODEL COPY` reads cases from stdin, each a file and a damage,
and answers each with a line: "refused: …", "answered", or what went wrong.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from config import ROOT
from recommender.artifacts.snapshot import ModelFormatError, Snapshot
from recommender.artifacts.store import MANIFEST_FILE, ModelStore, fingerprint, seal
from recommender.data.query import Query
from recommender.models.ranker import Ranker
from recommender.models.user_user import UserUser
from recommender.pipeline.explanations import SharedListExplainer
from tests.recommender.small import own_order

NAME = "v0001"
MEMORY = 3 << 30  # of the process, or an array of nonsense takes all there is
INDEX = "user-user.users.bin"
Damage = Callable[[bytes], bytes | None]  # None where it does not apply


def on_array(change: Callable[[np.ndarray[Any, Any]], Any]) -> Damage:
    """The damage that a change of an array does to its file."""

    def damage(content: bytes) -> bytes | None:
        if not content.startswith(b"\x93NUMPY"):
            return None
        changed = change(np.load(BytesIO(content)))
        if changed is None:
            return None
        file = BytesIO()
        np.save(file, changed)
        return file.getvalue()

    return damage


def at(place: float, value: float, kinds: str) -> Damage:
    """Another value at one place of an array of these kinds of numbers, 0 the first and 1 the last."""

    def change(array: np.ndarray[Any, Any]) -> Any:
        if array.dtype.kind not in kinds or not array.size:
            return None
        array.flat[round(place * (array.size - 1))] = np.array(value).astype(array.dtype)
        return array

    return on_array(change)


def bits(offset: int, step: int) -> Damage:
    """Every `step`th byte of the file flipped, from the `offset`th on."""

    def damage(content: bytes) -> bytes:
        flipped = bytearray(content)
        for place in range(offset, len(flipped), step):
            flipped[place] ^= 0x41
        return bytes(flipped)

    return damage


def of_text(content: bytes, change: Callable[[str], str]) -> bytes | None:
    try:
        return change(content.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return None


DAMAGES: Mapping[str, Damage] = {
    "empty": lambda _: b"",
    "cut short": lambda content: content[: len(content) * 3 // 4],
    "longer": lambda content: content + bytes(64),
    "bits of the header": lambda content: bits(6, 9)(content[:128]) + content[128:],
    "bits of the content": lambda content: content[:128] + bits(3, 37)(content[128:]),
    "other type": on_array(lambda a: a.astype(np.float64 if a.dtype != np.float64 else np.float32)),
    "one entry less": on_array(lambda a: a[:-1]),
    "one dimension more": on_array(lambda a: a[None]),
    "NaN": at(1, np.nan, "f"),
    "infinite": at(0.5, np.inf, "f"),
    "huge": on_array(lambda a: np.full_like(a, 3e38) if a.dtype.kind == "f" and a.size else None),
    "negative": on_array(lambda a: -1 - np.abs(a) if a.dtype.kind == "f" else None),
    "negative index": at(0, -1, "i"),
    "huge index": at(0.5, 2**31 - 1, "iu"),
    "index too large": at(0.5, 61, "iu"),
    "descending": on_array(lambda a: a[::-1] if a.ndim == 1 and a.dtype.kind in "iu" else None),
    "neither true nor false": on_array(
        lambda a: np.full(a.shape, 130, "u1").view("?") if a.dtype == "?" else None
    ),
    "lines without ends": lambda content: of_text(content, lambda text: text.replace("\n", " ")),
    "lines swapped": lambda content: of_text(content, lambda text: "\n".join(text.split("\n")[1::-1])),
    "numbers for names": lambda content: of_text(content, lambda text: re.sub('"([^"]*)"', "7", text)),
    "names for numbers": lambda content: of_text(content, lambda text: re.sub(r"\b\d+\b", '"7"', text)),
    "a number for a name": lambda content: of_text(
        content, lambda text: re.sub(r'(?m)^\[(\d+), "[^"]*"', r"[\1, 7", text)
    ),
    "nested": lambda content: of_text(content, lambda text: text.replace("[", "[" * 3_000)),
}

QUERIES = [
    Query.of(entries)
    for entries in (
        [],
        [(0, 10)],
        [(3, 0), (5, 1)],
        [(row, row % 11) for row in range(24)],
        [(23, 9), (2, 8)],
    )
]


def question(snapshot: Snapshot) -> None:
    """Ask a model everything that a server would; raises AssertionError for an answer that is no number."""
    for query in QUERIES:
        for name in snapshot.algorithms:
            context = snapshot.context(query)
            assert np.isfinite(snapshot.scorer(name).scores(context)).all(), f"{name} is not finite"
            page = own_order(snapshot.scorer(name), context, 30)
            hidden = np.zeros(len(snapshot.catalog), bool)
            SharedListExplainer().explain(snapshot.scorer(name), context, page, hidden)
            forecast = snapshot.models[Ranker].forecast(context, page.anime_rows)
            assert all(np.isfinite(part).all() for part in forecast), "the forecast is not finite"
        for through_index in (True, False):
            context = snapshot.context(query)
            found = snapshot.models[UserUser].neighbors(context, 20, through_index=through_index)
            assert np.isfinite(found.similarities).all(), "a similarity is not finite"
    for text in ("Title 1", "title", "tilte 12", "t", "1", "itl", "x" * 40):
        snapshot.search.resolve(text)
        snapshot.search.suggest(text, 30)
    for title in snapshot.catalog.titles:
        snapshot.search.matched_name(0, title.name)
    _ = snapshot.franchises.is_later_part, snapshot.models[UserUser]


def outcomes(model: Path, copy: Path) -> dict[tuple[str, str], str]:
    """The outcome of each damage that can be done to each file of a model, in a process of its own.

    Args:
        model: root of a store; not changed.
        copy: where its damaged copies are made.
    """
    found: dict[tuple[str, str], str] = {}
    waiting = [
        (file.name, name)
        for file, name in product(sorted((ModelStore(model).directory / NAME).iterdir()), DAMAGES)
        if file.name != MANIFEST_FILE and DAMAGES[name](file.read_bytes()) is not None
    ]
    while waiting:
        child = subprocess.run(
            [sys.executable, "-m", __name__, str(model), str(copy)],
            input=json.dumps(waiting),
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=300,
        )
        answers = child.stdout.splitlines()
        if child.returncode < 0:
            answers.append(f"killed by {signal.Signals(-child.returncode).name}")
        assert answers, child.stderr
        found |= zip(waiting, answers, strict=False)
        waiting = waiting[len(answers) :]
    return found


def outcome(store: ModelStore) -> str:
    """The outcome of loading the model of a store and asking it everything."""
    try:
        question(store.load_version(NAME).snapshot)
    except ModelFormatError as error:
        return f"refused: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "answered"


def main(model: Path, copy: Path) -> None:
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    shutil.copytree(model, copy, dirs_exist_ok=True)
    store, original = ModelStore(copy), ModelStore(model)
    manifest = original.manifest(NAME)
    for file, name in json.load(sys.stdin):
        path, whole = (each.directory / NAME / file for each in (store, original))
        path.unlink()  # never in place: arrays of the last model may be mapped still
        path.write_bytes(DAMAGES[name](whole.read_bytes()) or b"")
        sealed = seal({**manifest, "files": manifest["files"] | {file: fingerprint(path)}})
        (store.directory / NAME / MANIFEST_FILE).write_text(json.dumps(sealed), "utf-8")
        sys.stdout.write(outcome(store).replace("\n", " ") + "\n")
        sys.stdout.flush()
        path.unlink()
        shutil.copy(whole, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
