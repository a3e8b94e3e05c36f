"""Snapshot: equal answers and configuration after saving and loading, formats, newer users."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.titles import Title
from recommender.artifacts.snapshot import FORMAT, ModelFormatError, Origin, Snapshot
from recommender.artifacts.store import ModelStore
from recommender.data.catalog import Catalog
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.fitting import fit_snapshot
from recommender.kernels.vector_index import VectorIndexConfig
from recommender.models.neighbors import NeighborsConfig
from recommender.models.popularity import Popularity
from recommender.models.registry import OPTIONAL, ModelConfig
from recommender.models.user_user import UserUser
from tests.recommender.small import Lists, catalog, newer, own_order, random_lists, ratings

POWERS = st.floats(0, 3)


@st.composite
def configs(draw: st.DrawFn) -> ModelConfig:
    """Any configuration of the models that are cheap to fit."""
    search = st.builds(
        NeighborsConfig,
        dims=st.integers(1, 12),
        projection_idf_power=POWERS,
        similarity_idf_power=POWERS,
        candidates=st.integers(1, 50),
        seed=st.integers(0, 2**32 - 1),
        index=st.builds(VectorIndexConfig, m=st.integers(2, 16), seed=st.integers(0, 1000)),
    )
    user_user = {
        "neighbors": draw(st.integers(1, 50)),
        "vote_power": draw(POWERS),
        "popularity_power": draw(POWERS),
        "search": draw(search),
    }
    config = ModelConfig.default().with_model("popular", prior_ratings=draw(st.floats(0, 1e6)))
    return config.with_model("content-based", prior_power=draw(POWERS)).with_model("user-user", **user_user)


QUERIES = [Query.of(enumerate(values)) for values in ([], [10], [0, 0, 0], [1, 2, 9, 0, 10], [3, 4, 5])]


def answers(snapshot: Snapshot, k: int = 20, overlay: Overlay | None = None) -> dict[str, list[bytes]]:
    """The rankings of every algorithm."""
    found = {}
    for name in snapshot.algorithms:
        contexts = [snapshot.context(query, overlay) for query in QUERIES]
        rankings = [own_order(snapshot.scorer(name), context, k) for context in contexts]
        found[name] = [part.tobytes() for r in rankings for part in (r.anime_rows, r.scores)]
    return found


def saved_and_loaded(snapshot: Snapshot, directory: Path) -> Snapshot:
    ModelStore(directory).publish(snapshot, {})
    return ModelStore(directory).load().snapshot


@settings(max_examples=10, deadline=None)
@given(configs())
def test_any_config_and_all_answers_survive_the_disk(config: ModelConfig) -> None:
    matrix = ratings(random_lists(15, 10), 10)
    origin = Origin(revision=3, database_id="here", generated_users=4)
    snapshot = fit_snapshot(catalog(10), matrix, config=config, origin=origin)
    with TemporaryDirectory() as directory:
        loaded = saved_and_loaded(snapshot, Path(directory))
        assert loaded.config == config
        assert answers(loaded) == answers(snapshot)
        assert loaded.origin == origin


def test_larger_model_survives_the_disk(snapshot: Snapshot, tmp_path: Path) -> None:
    loaded = saved_and_loaded(snapshot, tmp_path)
    assert loaded.config == snapshot.config
    assert list(loaded.catalog.titles) == list(snapshot.catalog.titles)
    assert answers(loaded, 300) == answers(snapshot, 300)
    for title in snapshot.catalog.titles[::10]:
        assert loaded.search.resolve(title.name) == snapshot.search.resolve(title.name)
        assert loaded.search.suggest(title.name[:3], 9) == snapshot.search.suggest(title.name[:3], 9)


@pytest.mark.parametrize(
    ("n_anime", "lists"),
    [(1, {}), (1, {1: {0: 10}}), (4, {}), (4, {1: {0: 0}}), (4, {1: {0: 3}, 2: {1: 2}})],
    ids=["one title", "one like", "nobody", "nothing rated", "nothing liked"],
)
def test_smallest_worlds_survive_the_disk(tmp_path: Path, n_anime: int, lists: Lists) -> None:
    snapshot = fit_snapshot(catalog(n_anime), ratings(lists, n_anime), config=ModelConfig.default(OPTIONAL))
    loaded = saved_and_loaded(snapshot, tmp_path)
    query = Query.of([(0, 10)])
    for name in snapshot.algorithms:
        ranking = own_order(snapshot.scorer(name), snapshot.context(query), 5)
        assert len(ranking) == n_anime - 1
        again = own_order(loaded.scorer(name), loaded.context(query), 5)
        assert again.anime_rows.tobytes() == ranking.anime_rows.tobytes()
        assert again.scores.tobytes() == ranking.scores.tobytes()


def test_names_in_any_script_survive_the_disk(tmp_path: Path) -> None:
    names = ("進撃の巨人", "Naïve ½ 🌸", "!!!", "line\rbreak\u2028here", "ﷺ")
    titles = Catalog(tuple(Title(number, name) for number, name in enumerate(names)))
    snapshot = fit_snapshot(titles, ratings({}, len(names)))
    loaded = saved_and_loaded(snapshot, tmp_path)
    assert [title.name for title in loaded.catalog.titles] == list(names)
    assert [loaded.search.resolve(name) for name in names] == list(range(len(names)))


def test_loaded_arrays_are_mapped_and_read_only(small_model: Snapshot, tmp_path: Path) -> None:
    loaded = saved_and_loaded(small_model, tmp_path)
    projection = loaded.models[UserUser].search.projection
    for array in (loaded.ratings.data, projection, loaded.models[Popularity].prior):
        assert isinstance(array.base, np.memmap)
        assert not array.flags.writeable


def test_newer_users_change_only_what_builds_on_neighbors(small_model: Snapshot) -> None:
    before = answers(small_model)
    after = answers(small_model, overlay=newer({5: {0: 10, 1: 10, 2: 10}}, len(small_model.catalog)))
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"user-user", "hybrid", "ranker", "blend"}
    assert answers(small_model) == before


def test_context_without_overlay_has_no_newer_users(small_model: Snapshot) -> None:
    context = small_model.context(QUERIES[3])
    assert (len(context.overlay), context.n_anime) == (0, len(small_model.catalog))


@pytest.mark.parametrize("name", ["nearest", "features"])
def test_scorer_refuses_names_of_no_algorithm(small_model: Snapshot, name: str) -> None:
    with pytest.raises(KeyError, match=name):
        small_model.scorer(name)


@pytest.mark.parametrize("value", [None, 0, 1, "2"])
def test_load_refuses_another_format_by_number(tmp_path: Path, value: object) -> None:
    with pytest.raises(ModelFormatError, match=f"its format is {value!r}, this program reads {FORMAT}"):
        Snapshot.load(tmp_path, {"format": value})


def test_models_of_the_same_data_are_the_same_files(small_model: Snapshot, tmp_path: Path) -> None:
    again = fit_snapshot(
        small_model.catalog, small_model.ratings, config=small_model.config, origin=small_model.origin
    )
    for name, snapshot in (("one", small_model), ("two", again)):
        (tmp_path / name).mkdir()
        snapshot.save(tmp_path / name)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name
