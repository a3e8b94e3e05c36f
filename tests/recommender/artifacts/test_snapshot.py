"""A snapshot is the same after it was saved and loaded: answers byte for byte, and configuration."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.titles import Title
from recommender.artifacts.snapshot import FORMAT, ModelConfig, ModelFormatError, Snapshot
from recommender.artifacts.store import ModelStore
from recommender.data.catalog import Catalog
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.kernels.vector_index import VectorIndexConfig
from recommender.models.content_based import ContentConfig
from recommender.models.popularity import PopularityConfig
from recommender.models.user_user import UserUserConfig
from serving.builder import fit_snapshot
from tests.recommender.small import Lists, a_list, catalog, random_lists, ratings

POWERS = st.floats(0, 3)
CONFIGS = st.builds(
    ModelConfig,
    popularity=st.builds(PopularityConfig, st.floats(0, 1e6)),
    content=st.builds(ContentConfig, POWERS),
    user_user=st.builds(
        UserUserConfig,
        dims=st.integers(1, 12),
        projection_idf_power=POWERS,
        similarity_idf_power=POWERS,
        vote_power=POWERS,
        popularity_power=POWERS,
        candidates=st.integers(1, 50),
        neighbors=st.integers(1, 50),
        seed=st.integers(0, 2**32 - 1),
        index=st.builds(VectorIndexConfig, m=st.integers(2, 16), seed=st.integers(0, 1000)),
    ),
)
QUERIES = [Query.of(enumerate(given)) for given in ([], [10], [0, 0, 0], [1, 2, 9, 0, 10], [3, 4, 5])]


def answers(snapshot: Snapshot, k: int = 20) -> list[bytes]:
    """Everything that every algorithm says."""
    rankings = [a.recommend(query, k) for a in snapshot.algorithms.values() for query in QUERIES]
    return [part.tobytes() for ranking in rankings for part in (ranking.anime_rows, ranking.scores)]


def saved_and_loaded(snapshot: Snapshot, directory: Path) -> Snapshot:
    ModelStore(directory).publish(snapshot, {})
    return ModelStore(directory).load().snapshot


@settings(max_examples=10, deadline=None)
@given(CONFIGS)
def test_any_configuration_and_all_answers_survive_the_disk(config: ModelConfig) -> None:
    matrix = ratings(random_lists(15, 10), 10)
    snapshot = fit_snapshot(3, 4, catalog(10), matrix, config)
    with TemporaryDirectory() as directory:
        loaded = saved_and_loaded(snapshot, Path(directory))
        assert loaded.config == config
        assert answers(loaded) == answers(snapshot)
        assert (loaded.revision, loaded.generated_people) == (3, 4)


def test_a_larger_model_survives_the_disk(snapshot: Snapshot, tmp_path: Path) -> None:
    loaded = saved_and_loaded(snapshot, tmp_path)
    assert loaded.config == snapshot.config
    assert list(loaded.catalog.titles) == list(snapshot.catalog.titles)
    assert answers(loaded, 300) == answers(snapshot, 300)
    for title in snapshot.catalog.titles[::10]:
        assert loaded.titles.resolve(title.name) == snapshot.titles.resolve(title.name)
        assert loaded.titles.suggest(title.name[:3], 9) == snapshot.titles.suggest(title.name[:3], 9)


@pytest.mark.parametrize(
    ("n_anime", "lists"),
    [(1, {}), (1, {1: {0: 10}}), (4, {}), (4, {1: {0: 0}}), (4, {1: {0: 3}, 2: {1: 2}})],
    ids=["one title", "one like", "nobody", "nothing rated", "nothing liked"],
)
def test_the_smallest_worlds_survive_the_disk(tmp_path: Path, n_anime: int, lists: Lists) -> None:
    snapshot = fit_snapshot(1, 0, catalog(n_anime), ratings(lists, n_anime), ModelConfig())
    loaded = saved_and_loaded(snapshot, tmp_path)
    query = Query.of([(0, 10)])
    for name, algorithm in snapshot.algorithms.items():
        ranking = algorithm.recommend(query, 5)
        assert len(ranking) == n_anime - 1
        again = loaded.algorithms[name].recommend(query, 5)
        assert again.anime_rows.tobytes() == ranking.anime_rows.tobytes()
        assert again.scores.tobytes() == ranking.scores.tobytes()


def test_names_in_any_script_survive_the_disk(tmp_path: Path) -> None:
    names = ("進撃の巨人", "Naïve ½ 🌸", "!!!", "line\rbreak\u2028here", "ﷺ")
    titles = Catalog(tuple(Title(number, name) for number, name in enumerate(names)))
    snapshot = fit_snapshot(1, 0, titles, ratings({}, len(names)), ModelConfig())
    loaded = saved_and_loaded(snapshot, tmp_path)
    assert [title.name for title in loaded.catalog.titles] == list(names)
    assert [loaded.titles.resolve(name) for name in names] == list(range(len(names)))


def test_loaded_arrays_are_mapped_from_the_file_and_cannot_be_written(
    small_model: Snapshot, tmp_path: Path
) -> None:
    loaded = saved_and_loaded(small_model, tmp_path)
    for array in (loaded.ratings.data, loaded.user_user.projection, loaded.popularity.prior):
        assert isinstance(array.base, np.memmap)
        assert not array.flags.writeable


def test_newer_people_change_user_user_only_and_leave_the_snapshot_as_it_was(small_model: Snapshot) -> None:
    before = answers(small_model)
    overlay = Overlay.empty(len(small_model.catalog)).extended([(5, a_list({0: 10, 1: 10, 2: 10}))])
    newer = small_model.with_overlay(overlay)
    assert newer.overlay is overlay
    assert newer.titles is small_model.titles
    assert len(small_model.overlay) == 0
    assert answers(small_model) == before
    assert answers(newer) != before


@pytest.mark.parametrize("value", [None, 0, 1, "2"])
def test_another_format_is_refused_by_name(tmp_path: Path, value: object) -> None:
    with pytest.raises(ModelFormatError, match=f"its format is {value!r}, this program reads {FORMAT}"):
        Snapshot.load(tmp_path, {"format": value})


def test_two_models_of_the_same_data_are_the_same_files(small_model: Snapshot, tmp_path: Path) -> None:
    again = fit_snapshot(7, 0, small_model.catalog, small_model.ratings, small_model.config)
    for name, snapshot in (("one", small_model), ("two", again)):
        (tmp_path / name).mkdir()
        snapshot.save(tmp_path / name)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name
