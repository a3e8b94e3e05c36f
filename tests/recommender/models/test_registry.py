"""The registry: order of fitting, algorithms by name, and the configuration of every model."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.kernels.vector_index import VectorIndexConfig
from recommender.models import registry
from recommender.models.base import AlgorithmInfo, ModelSpec, NoConfig
from recommender.models.hybrid import Hybrid
from recommender.models.neighbors import NeighborsConfig
from recommender.models.popularity import PopularityConfig
from recommender.models.registry import (
    ALGORITHMS,
    DEFAULT_ALGORITHM,
    DEFAULT_SIMILAR_ALGORITHM,
    MODULES,
    OPTIONAL,
    SPECS,
    ModelConfig,
    algorithm_model,
    fitting_order,
)

DEFAULT = ModelConfig.default()
CONFIGS = st.builds(
    DEFAULT.with_model,
    st.just("user-user"),
    neighbors=st.integers(1, 10**6),
    vote_power=st.floats(0, 3),
    search=st.builds(
        NeighborsConfig,
        dims=st.integers(1, 500),
        seed=st.integers(0, 2**32 - 1),
        index=st.builds(VectorIndexConfig, m=st.integers(2, 64)),
    ),
)


# -- the list ------------------------------------------------------------------------------------------


def test_fitting_order_puts_models_after_their_requirements() -> None:
    order = [spec.model for spec in fitting_order(OPTIONAL)]
    for spec in SPECS:
        assert all(order.index(required) < order.index(spec.model) for required in spec.requires), spec.name


def test_fitting_order_has_every_model_once() -> None:
    assert sorted(spec.name for spec in fitting_order(OPTIONAL)) == sorted(spec.name for spec in SPECS)
    assert len({spec.name for spec in SPECS}) == len({spec.model for spec in SPECS}) == len(MODULES)


def test_algorithms_are_the_specs_that_declare_one() -> None:
    assert list(DEFAULT.algorithms) == [
        *("hybrid", "user-user", "item-item", "ranker", "title-similarity", "content-based", "popular"),
        "blend",
    ]
    assert list(ALGORITHMS) == [spec.name for spec in SPECS if spec.algorithm is not None]
    assert DEFAULT_ALGORITHM == "hybrid"


def test_default_for_similar_titles_can_find_them() -> None:
    assert ALGORITHMS[DEFAULT_SIMILAR_ALGORITHM].similar


@pytest.mark.parametrize("name", ALGORITHMS)
def test_algorithm_describes_itself_in_plain_words(name: str) -> None:
    info = ALGORITHMS[name]
    assert info.label
    assert info.description.endswith(".")
    assert info.default_limit > 0
    assert hasattr(algorithm_model(name), "scores")


@pytest.mark.parametrize("name", ["nearest", "features", ""])
def test_algorithm_model_refuses_names_of_no_algorithm(name: str) -> None:
    with pytest.raises(KeyError, match=f"^'{name}'$"):
        algorithm_model(name)


def test_algorithm_model_is_the_class_of_the_name() -> None:
    assert algorithm_model("hybrid") == Hybrid


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_config_is_frozen_and_has_a_default_for_each_field(spec: ModelSpec) -> None:
    config = spec.config()
    assert is_dataclass(config)
    for field in fields(config):
        with pytest.raises(FrozenInstanceError):
            setattr(config, field.name, None)
    assert fields(config) or spec.config is NoConfig


# -- optional models ---------------------------------------------------------------------------------


class Walks:
    """A model for others, never fitted."""


class Embedding:
    """An algorithm over it, never fitted."""


INFO = AlgorithmInfo(label="Embedding", description="A description.")
WALKS = ModelSpec(name="walks", model=Walks, config=NoConfig, optional=True)
EMBEDDING = ModelSpec(
    name="embedding",
    model=Embedding,
    config=NoConfig,
    requires=(Walks, Hybrid),
    algorithm=INFO,
    optional=True,
)


@pytest.fixture
def optional(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry with an optional algorithm, and an optional model that this requires."""
    monkeypatch.setattr(registry, "SPECS", (*SPECS, EMBEDDING, WALKS))
    monkeypatch.setattr(registry, "OPTIONAL", (*OPTIONAL, "embedding"))
    monkeypatch.setattr(registry, "ALGORITHMS", {**ALGORITHMS, "embedding": INFO})


def test_obligatory_models_require_no_optional_one() -> None:
    by_model = {spec.model: spec for spec in SPECS}
    for spec in SPECS:
        assert spec.optional or not any(by_model[model].optional for model in spec.requires), spec.name


@pytest.mark.usefixtures("optional")
def test_default_config_holds_no_optional_model() -> None:
    assert ModelConfig.default() == DEFAULT
    assert not {"embedding", "walks"} & set(DEFAULT.models)
    assert "embedding" not in DEFAULT.algorithms


@pytest.mark.usefixtures("optional")
def test_asked_algorithm_brings_the_models_that_it_requires() -> None:
    config = ModelConfig.default(["embedding"])
    assert set(config.models) == {*DEFAULT.models, "embedding", "walks"}
    assert list(config.algorithms) == [*DEFAULT.algorithms, "embedding"]
    names = [spec.name for spec in config.specs]
    assert sorted(names) == sorted(config.models)
    assert names.index("walks") < names.index("embedding")
    assert [name for name in names if name in DEFAULT.models] == [spec.name for spec in DEFAULT.specs]


@pytest.mark.parametrize("name", ["nearest", "hybrid", "walks"])
@pytest.mark.usefixtures("optional")
def test_default_config_refuses_names_of_no_optional_algorithm(name: str) -> None:
    with pytest.raises(ValueError, match=rf"^'{name}' is no optional algorithm; known are: .*embedding$"):
        ModelConfig.default([name])


@pytest.mark.usefixtures("optional")
def test_config_with_and_without_optional_models_survives_json() -> None:
    for config in (DEFAULT, ModelConfig.default(["embedding"])):
        assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.usefixtures("optional")
def test_from_dict_names_what_an_optional_model_lacks() -> None:
    values = ModelConfig.default(["embedding"]).to_dict()
    del values["models"]["walks"]
    with pytest.raises(ValueError, match=r"other models: walks$"):
        ModelConfig.from_dict(values)


# -- configuration -------------------------------------------------------------------------------------


@given(CONFIGS)
def test_config_survives_json(config: ModelConfig) -> None:
    assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_default_config_survives_json_with_its_tuples() -> None:
    read = ModelConfig.from_dict(json.loads(json.dumps(DEFAULT.to_dict())))
    assert read == DEFAULT
    assert read.training.favorites == DEFAULT.training.favorites


def test_with_model_changes_one_model_only() -> None:
    changed = DEFAULT.with_model("popular", prior_ratings=3.0)
    assert changed.models["popular"] == PopularityConfig(3.0)
    assert {**changed.models, "popular": PopularityConfig()} == DEFAULT.models
    assert DEFAULT.models["popular"] == PopularityConfig()


def test_with_model_refuses_an_unknown_model() -> None:
    with pytest.raises(KeyError, match="nearest"):
        DEFAULT.with_model("nearest", k=3)


def test_with_model_refuses_an_unknown_field() -> None:
    with pytest.raises(TypeError, match="no_such_field"):
        DEFAULT.with_model("popular", no_such_field=3)


def change(*path: str, remove: bool = False) -> dict[str, Any]:
    """The default configuration with one field removed or added."""
    values: dict[str, Any] = json.loads(json.dumps(DEFAULT.to_dict()))
    inner = values
    for key in path[:-1]:
        inner = inner[key]
    if remove:
        del inner[path[-1]]
    else:
        inner[path[-1]] = 1
    return values


@pytest.mark.parametrize(
    ("path", "remove"),
    [
        (("models", "popular", "prior_ratings"), True),
        (("models", "popular", "surprise"), False),
        (("models", "user-user", "search", "index", "m"), True),
        (("models", "user-user", "search", "index", "surprise"), False),
        (("models", "item-item", "long", "dropout"), True),
        (("training", "seed"), True),
        (("training", "surprise"), False),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_from_dict_names_unknown_and_missing_fields(path: tuple[str, ...], remove: bool) -> None:
    with pytest.raises(ValueError, match=f"other fields: {path[-1]}$"):
        ModelConfig.from_dict(change(*path, remove=remove))


@pytest.mark.parametrize(
    ("name", "remove"), [("nearest", False), ("residuals", True)], ids=["unknown", "missing"]
)
def test_from_dict_names_unknown_and_missing_models(name: str, remove: bool) -> None:
    with pytest.raises(ValueError, match=rf"other models: {name}$"):
        ModelConfig.from_dict(change("models", name, remove=remove))


def test_from_dict_takes_the_defaults_of_derived_models() -> None:
    values = DEFAULT.to_dict()
    for name in ("title-similarity", "themes", "specificity"):
        del values["models"][name]
    assert ModelConfig.from_dict(values) == DEFAULT


def test_added_field_is_saved_only_where_it_is_not_its_default() -> None:
    assert "people" not in DEFAULT.to_dict()["models"]["item-item"]
    changed = DEFAULT.with_model("item-item", people=7)
    assert changed.to_dict()["models"]["item-item"]["people"] == 7
    for config in (DEFAULT, changed):
        assert ModelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
