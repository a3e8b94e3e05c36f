"""The contract of every algorithm and every model of the registry, whatever the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter
from recommender.artifacts.snapshot import Snapshot
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.franchises import Franchises
from recommender.kernels.towers import TwoTowerConfig
from recommender.models.base import Models, ModelSpec, Scorer
from recommender.models.co_likes import CoLikes
from recommender.models.cold_start import ColdStart
from recommender.models.context import ScoringContext
from recommender.models.descriptions import Descriptions
from recommender.models.features import NAMES, Features
from recommender.models.hybrid import Hybrid
from recommender.models.ranker import Ranker
from recommender.models.registry import ALGORITHMS, SPECS
from recommender.models.residuals import Residuals
from recommender.models.user_user import UserUser
from recommender.training.fit import fit_models
from recommender.training.queries import training_data
from tests.conftest import TITLES
from tests.recommender.conftest import N_ANIME, SMALL_CONFIG
from tests.recommender.small import catalog, context, newer, own_order, random_lists, ratings

RATINGS = st.integers(0, 10)
ROWS = st.integers(0, TITLES - 1)
KNOWN_LISTS = {
    "empty": {},
    "only unrated": dict.fromkeys(range(0, 40, 3), 0),
    "all 10": dict.fromkeys(range(0, 60, 4), 10),
    "all 1": dict.fromkeys(range(0, 60, 4), 1),
    "one title": {17: 10},
    "one unrated title": {17: 0},
    "one hated title": {17: 1},
    "all but one": dict.fromkeys(range(TITLES - 1), 9),
    "all titles": dict.fromkeys(range(TITLES), 9),
}
LISTS = st.dictionaries(ROWS, RATINGS, max_size=30) | st.dictionaries(
    ROWS, RATINGS, min_size=80, max_size=250
)
EXCLUDED = st.just(np.empty(0, np.int64)) | st.tuples(st.integers(0, 2**32 - 1), st.floats(0, 1)).map(
    lambda chosen: np.flatnonzero(np.random.default_rng(chosen[0]).random(TITLES) >= chosen[1])
)
NEWER = newer(random_lists(20, TITLES), TITLES)


# -- algorithms, on the pages of the world's model -----------------------------------------------------


@dataclass(frozen=True)
class Algorithm:
    """One algorithm of a model, with or without newer users."""

    name: str
    snapshot: Snapshot
    overlay: Overlay | None = None

    def context(self, entries: dict[int, int]) -> ScoringContext:
        return self.snapshot.context(Query.of(entries.items()), self.overlay)

    @property
    def scorer(self) -> Scorer:
        return self.snapshot.scorer(self.name)

    def rank(
        self, entries: dict[int, int], k: int, excluded: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """(rows, scores) in the algorithm's own order, without the excluded rows."""
        rows = np.empty(0, np.int64) if excluded is None else excluded
        ids = self.snapshot.catalog.vocabulary.ids[rows]
        ranking = own_order(self.scorer, self.context(entries), k, exclude_ids=ids.tolist())
        return ranking.anime_rows, ranking.scores


@pytest.fixture(scope="module", params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest, snapshot: Snapshot) -> Algorithm:
    """Each algorithm of the world's model."""
    return Algorithm(request.param, snapshot)


@pytest.fixture(scope="module", params=ALGORITHMS)
def overlaid(request: pytest.FixtureRequest, snapshot: Snapshot) -> Algorithm:
    """The same with users newer than the model."""
    return Algorithm(request.param, snapshot, NEWER)


def check_ranking(algorithm: Algorithm, entries: dict[int, int], k: int, excluded: NDArray[np.int64]) -> None:
    titles = len(algorithm.snapshot.catalog)
    allowed = np.ones(titles, bool)
    allowed[[*entries, *excluded.tolist()]] = False
    rows, values = algorithm.rank(entries, k, excluded)
    assert len(rows) == len(values) == min(k, int(allowed.sum()))
    assert len(np.unique(rows)) == len(rows)
    assert allowed[rows].all()
    assert not np.isin(rows, list(entries)).any()
    assert rows.dtype == np.dtype(np.int64)
    assert values.dtype == np.dtype(np.float32)
    assert np.isfinite(values).all()
    assert ((values >= 0) & (values <= 1)).all()
    assert (np.diff(values) <= 0).all()
    again = algorithm.rank(entries, k, excluded)
    assert again[0].tobytes() == rows.tobytes()
    assert again[1].tobytes() == values.tobytes()
    scores = algorithm.scorer.scores(algorithm.context(entries))
    assert scores.shape == (titles,)
    assert scores.dtype == np.dtype(np.float32)
    assert np.isfinite(scores).all()


def test_world_has_the_titles_that_these_tests_use(snapshot: Snapshot) -> None:
    assert len(snapshot.catalog) == TITLES


@settings(max_examples=40, deadline=None)
@given(entries=LISTS, excluded=EXCLUDED, k=st.integers(0, TITLES + 5))
def test_algorithm_ranks_titles_for_any_list(
    algorithm: Algorithm, entries: dict[int, int], excluded: NDArray[np.int64], k: int
) -> None:
    check_ranking(algorithm, entries, k, excluded)


@settings(max_examples=20, deadline=None)
@given(entries=LISTS, excluded=EXCLUDED, k=st.integers(1, 50))
def test_algorithm_ranks_titles_with_newer_users(
    overlaid: Algorithm, entries: dict[int, int], excluded: NDArray[np.int64], k: int
) -> None:
    check_ranking(overlaid, entries, k, excluded)


@pytest.mark.parametrize("k", [1, 20, TITLES])
@pytest.mark.parametrize("kind", KNOWN_LISTS)
def test_algorithm_ranks_titles_for_extreme_lists(algorithm: Algorithm, kind: str, k: int) -> None:
    check_ranking(algorithm, KNOWN_LISTS[kind], k, np.empty(0, np.int64))


@pytest.mark.parametrize("kind", KNOWN_LISTS)
def test_algorithm_returns_nothing_where_all_is_excluded(algorithm: Algorithm, kind: str) -> None:
    rows, _ = algorithm.rank(KNOWN_LISTS[kind], 20, np.arange(TITLES))
    assert len(rows) == 0


@settings(max_examples=15, deadline=None)
@given(entries=LISTS, excluded=EXCLUDED, k=st.integers(1, 30))
def test_short_ranking_is_the_start_of_a_long_one(
    algorithm: Algorithm, entries: dict[int, int], excluded: NDArray[np.int64], k: int
) -> None:
    few, many = algorithm.rank(entries, k, excluded), algorithm.rank(entries, TITLES, excluded)
    assert few[0].tolist() == many[0][:k].tolist()
    assert few[1].tolist() == many[1][:k].tolist()


@settings(max_examples=15, deadline=None)
@given(entries=LISTS, excluded=EXCLUDED)
def test_exclusions_leave_the_scores_of_other_titles(
    algorithm: Algorithm, entries: dict[int, int], excluded: NDArray[np.int64]
) -> None:
    rows, values = algorithm.rank(entries, TITLES)
    kept = ~np.isin(rows, excluded)
    found = algorithm.rank(entries, TITLES, excluded)
    assert found[0].tolist() == rows[kept].tolist()
    assert found[1].tolist() == values[kept].tolist()


# -- models, fitted on a small world whose arrays cannot be written -----------------------------------


# the floor leaves `neural` nothing to learn from so few people
CONFIG = SMALL_CONFIG.with_model("neural", people=1, towers=TwoTowerConfig(dims=8, epochs=1))
DATA = training_data(
    catalog(N_ANIME),
    Franchises.singletons(N_ANIME),
    ratings(random_lists(60, N_ANIME), N_ANIME),
    CONFIG.training,
)
SMALL_LISTS: list[dict[int, int]] = [{}, {3: 10}, {1: 9, 5: 2, 8: 0, 13: 7}, dict.fromkeys(range(N_ANIME), 8)]
SMALL_NEWER = newer({10**6 + user: dict.fromkeys((1, 2, 3, 7), 10) for user in range(30)}, N_ANIME)


def lock(*arrays: NDArray[Any]) -> None:
    """Make writing to these arrays an error."""
    for array in arrays:
        array.setflags(write=False)


@pytest.fixture(scope="module")
def fitted() -> Models:
    """Every model of the registry."""
    lock(DATA.ratings.indptr, DATA.ratings.indices, DATA.ratings.data, DATA.ratings.users.ids)
    lock(*(part for part in DATA.catalog.columns if isinstance(part, np.ndarray)))
    for example in DATA.queries:
        lock(example.query.anime_rows, example.query.ratings, example.anime_rows, example.liked)
    return fit_models(DATA, CONFIG)


def contexts(fitted: Models, model: Any, overlay: Overlay | None = None) -> Iterator[ScoringContext]:
    """A new request of each list to the models, with this one among them."""
    models = fitted.with_model(model)
    for entries in SMALL_LISTS:
        query = Query.of(entries.items())
        yield context(query, DATA.catalog, *(models[kind] for kind in models), overlay=overlay)


def output(model: Any, request: ScoringContext) -> bytes:
    """Everything that a model computes for a request."""
    if isinstance(model, Residuals):
        return b"".join(np.asarray(part).tobytes() for part in model.expect(request))
    if isinstance(model, Features):
        return model.table(request, NAMES).tobytes()
    if isinstance(model, CoLikes):
        return b"".join(part.tobytes() for part in model.of(request, np.arange(N_ANIME)))
    if isinstance(model, Descriptions):
        return b"".join(part.tobytes() for part in (model.nearest.data, model.nearest.indices))
    if isinstance(model, ColdStart):  # this world knows every title: as if it knew none
        of_all = replace(model, rows=np.arange(N_ANIME))
        return of_all.odds(request, np.arange(3), np.zeros(3, np.float32)).tobytes()
    return bytes(model.scores(request).tobytes())


def outputs(fitted: Models, model: Any, overlay: Overlay | None = None) -> list[bytes]:
    return [output(model, request) for request in contexts(fitted, model, overlay)]


EVERY_MODEL = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)


@EVERY_MODEL
def test_model_survives_saving_and_loading(fitted: Models, spec: ModelSpec, tmp_path: Path) -> None:
    model, config = fitted[spec.model], CONFIG.models[spec.name]
    model.save(DirectoryWriter(tmp_path, spec.name))
    loaded = spec.model.load(DirectoryReader(tmp_path, spec.name, N_ANIME), fitted, config)
    assert outputs(fitted, loaded) == outputs(fitted, model)
    assert outputs(fitted, loaded, SMALL_NEWER) == outputs(fitted, model, SMALL_NEWER)
    assert getattr(loaded, "config", config) == getattr(model, "config", config) == config


@EVERY_MODEL
def test_model_is_reproducible(fitted: Models, spec: ModelSpec) -> None:
    again = spec.model.fit(DATA, fitted, CONFIG.models[spec.name])
    once = outputs(fitted, fitted[spec.model])
    assert outputs(fitted, fitted[spec.model]) == once
    assert outputs(fitted, again) == once


@EVERY_MODEL
def test_model_sees_newer_users_only_in_the_context(fitted: Models, spec: ModelSpec) -> None:
    model = fitted[spec.model]
    before = outputs(fitted, model)
    outputs(fitted, model, SMALL_NEWER)
    assert outputs(fitted, model) == before
    assert outputs(fitted, model, Overlay.empty(N_ANIME)) == before


@pytest.mark.parametrize("kind", [UserUser, Features, Hybrid, Ranker])
def test_newer_users_change_what_builds_on_neighbors(fitted: Models, kind: type[Any]) -> None:
    assert outputs(fitted, fitted[kind], SMALL_NEWER) != outputs(fitted, fitted[kind])


@EVERY_MODEL
def test_model_leaves_its_inputs_unchanged(fitted: Models, spec: ModelSpec) -> None:
    overlay = newer({7: {1: 10, 3: 9}, 8: {2: 0}}, N_ANIME)
    lock(overlay.ratings.indptr, overlay.ratings.indices, overlay.ratings.data, overlay.user_ids)
    for request in contexts(fitted, fitted[spec.model], overlay):
        lock(request.query.anime_rows, request.query.ratings)
        first = output(fitted[spec.model], request)
        assert output(fitted[spec.model], request) == first  # from what it cached, too
