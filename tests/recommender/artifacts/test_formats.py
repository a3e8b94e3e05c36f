"""Releases with different model formats in one directory, and models of earlier releases."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.artifacts import snapshot, store
from recommender.artifacts.snapshot import FORMAT, OLDER_FORMATS, Snapshot
from recommender.artifacts.store import ModelStore, NoModelError
from recommender.models.registry import SPECS
from recommender.models.title_similarity import TitleSimilarity
from tests.recommender.artifacts.resealed import question
from tests.recommender.models.test_contract import output
from tests.recommender.small import likes, training_data

NEXT = FORMAT + 1
# of the small world, built by releases whose models are still served
STORED = {number: Path(__file__).with_name(f"model-format-{number}.zip") for number in (5, 6)}
EARLIER = STORED[5]


@contextmanager
def next_format(older: tuple[int, ...] = (FORMAT,)) -> Iterator[None]:
    """Inside, this program is a release with the next format that also reads these."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (snapshot, store):
            patch.setattr(module, "FORMAT", NEXT)
            patch.setattr(module, "OLDER_FORMATS", older)
        yield


@pytest.fixture
def directory(tmp_path: Path, small_model: Snapshot) -> Path:
    """The directory of models of a release, with v0001 in it."""
    ModelStore(tmp_path / "models").publish(small_model, {})
    return tmp_path / "models"


def served(directory: Path) -> tuple[str, int]:
    """The name and the format of the version that a release would start with."""
    version = ModelStore(directory).load()
    return version.name, version.manifest["format"]


@pytest.mark.parametrize("number", STORED)
def test_model_of_an_earlier_release_is_served(number: int, tmp_path: Path) -> None:
    """Where this fails, the files or the configuration have changed: raise FORMAT.

    Keep a file as long as FORMAT or OLDER_FORMATS has its format, and add one of the new format.
    """
    assert set(STORED) == {FORMAT, *OLDER_FORMATS}
    with zipfile.ZipFile(STORED[number]) as file:
        file.extractall(tmp_path)
    version = ModelStore(tmp_path).load()
    assert (version.name, version.manifest["format"]) == ("v0001", number)
    assert version.snapshot.origin.revision == 7
    question(version.snapshot)


def test_earlier_model_is_served_with_derived_models(tmp_path: Path) -> None:
    with zipfile.ZipFile(EARLIER) as file:
        file.extractall(tmp_path)
    version = ModelStore(tmp_path).load()
    derived = [spec for spec in SPECS if spec.derived]
    assert derived
    assert not {spec.name for spec in derived} & version.manifest["config"]["models"].keys()
    snapshot = version.snapshot
    data = replace(training_data(snapshot.ratings, snapshot.catalog), franchises=snapshot.franchises)
    context = snapshot.context(likes([2, 6, 11]))
    for spec in derived:
        built = spec.model.fit(data, snapshot.models, spec.config())
        assert output(snapshot.models[spec.model], context) == output(built, context), spec.name
    assert snapshot.models[TitleSimilarity].scores(context).any()


def test_next_release_serves_the_model_that_is_there(directory: Path, small_model: Snapshot) -> None:
    with next_format():
        assert served(directory) == ("v0001", FORMAT)
        assert ModelStore(directory).current_name() is None  # of its own
        ModelStore(directory).publish(small_model, {})
        assert served(directory) == ("v0002", NEXT)
    assert served(directory) == ("v0001", FORMAT)


def test_release_that_cannot_read_the_model_there_says_so(directory: Path) -> None:
    with next_format(older=()), pytest.raises(NoModelError, match="nothing was built yet"):
        ModelStore(directory).load()


def test_releases_that_build_in_turn_keep_their_own(directory: Path, small_model: Snapshot) -> None:
    for number in range(2, 8, 2):
        with next_format(older=()):
            ModelStore(directory).publish(small_model, {})
            assert served(directory) == (f"v{number:04d}", NEXT)
        ModelStore(directory).publish(small_model, {})
        assert served(directory) == (f"v{number + 1:04d}", FORMAT)
    assert ModelStore(directory).names() == ["v0007", "v0005", "v0003"]
    with next_format():
        assert ModelStore(directory).names() == ["v0006", "v0004"]
        assert ModelStore(directory).directory == directory / f"format-{NEXT}"


def test_builds_of_all_formats_take_turns(directory: Path) -> None:
    with (
        ModelStore(directory).lock(1),
        next_format(),
        pytest.raises(store.BuildInProgressError),
        ModelStore(directory).lock(0.05),
    ):
        pass


@pytest.mark.parametrize("back", [False, True], ids=["upgrade", "going back"])
def test_other_format_is_removed_after_three_builds(
    directory: Path, small_model: Snapshot, back: bool
) -> None:
    """People who were erased are gone from the disk after three builds, whichever release built."""
    with next_format():
        ModelStore(directory).publish(small_model, {})
    first = ModelStore(directory).directory / "v0001"
    second = directory / f"format-{NEXT}" / "v0002"
    stays, goes = (first, second) if back else (second, first)
    for age, version in ((200, goes), (100, stays)):
        seconds = (version / "manifest.json").stat().st_mtime - age
        os.utime(version / "manifest.json", (seconds, seconds))
    with next_format() if not back else pytest.MonkeyPatch.context():
        for _ in range(2):
            assert goes.is_dir()
            assert ModelStore(directory).oldest_revision() == 7
            ModelStore(directory).publish(small_model, {})
        assert not goes.exists()
        assert stays.is_dir()
        assert served(directory)[0] == "v0004"
