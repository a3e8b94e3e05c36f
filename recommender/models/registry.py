"""The only list of models, and so of the algorithms that clients choose by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from graphlib import TopologicalSorter
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast, get_args, get_origin, get_type_hints

from recommender.data.training_data import TrainingConfig
from recommender.models.base import AlgorithmInfo, ModelSpec

# Each is a module of this folder that declares SPEC. Algorithms are shown to people in this order.
MODULES = (
    "hybrid",
    "user_user",
    "item_item",
    "ranker",
    "content_based",
    "popularity",
    "residuals",
    "features",
)

SPECS: tuple[ModelSpec, ...] = tuple(import_module(f"{__package__}.{name}").SPEC for name in MODULES)


def fitting_order() -> tuple[ModelSpec, ...]:
    """Every spec after those it requires."""
    by_model = {spec.model: spec for spec in SPECS}
    order = TopologicalSorter({spec.model: spec.requires for spec in SPECS}).static_order()
    return tuple(by_model[model] for model in order)


ALGORITHMS: Mapping[str, AlgorithmInfo] = MappingProxyType(
    {spec.name: spec.algorithm for spec in SPECS if spec.algorithm is not None}
)
DEFAULT_ALGORITHM = SPECS[0].name


def algorithm_model(name: str) -> type[Any]:
    """The scorer behind an algorithm; raises KeyError for an unknown name."""
    return {spec.name: spec.model for spec in SPECS if spec.algorithm is not None}[name]


@dataclass(frozen=True)
class ModelConfig:
    """The configuration of everything that a build fits.

    Attributes:
        models: of every model, by name.
        training: of the queries that blends are trained on.
    """

    models: Mapping[str, Any]
    training: TrainingConfig = field(default_factory=TrainingConfig)

    @classmethod
    def default(cls) -> ModelConfig:
        return cls({spec.name: spec.config() for spec in SPECS})

    def with_model(self, name: str, **changes: Any) -> ModelConfig:
        """The same with other parameters of one model; raises KeyError for an unknown name."""
        return replace(self, models={**self.models, name: replace(self.models[name], **changes)})

    def to_dict(self) -> dict[str, Any]:
        """The form that the manifest stores."""
        models = {name: _to_dict(config) for name, config in self.models.items()}
        return {"training": _to_dict(self.training), "models": models}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelConfig:
        """The inverse of `to_dict`, also after JSON.

        Raises:
            ValueError: it has other models, other fields, or other kinds of values than this program.
        """
        models = values["models"]
        if differing := set(models) ^ {spec.name for spec in SPECS}:
            raise ValueError(f"its configuration has other models: {', '.join(sorted(differing))}")
        return cls(
            {spec.name: _from_dict(spec.config, models[spec.name]) for spec in SPECS},
            _from_dict(TrainingConfig, values["training"]),
        )


def _to_dict(value: Any) -> Any:
    if not is_dataclass(value):
        return value
    found = {f: getattr(value, f.name) for f in fields(value)}
    return {f.name: _to_dict(v) for f, v in found.items() if not (f.metadata.get("added") and v == f.default)}


def _from_dict(kind: Any, values: Any) -> Any:
    if get_origin(kind) is tuple:
        return tuple(_from_dict(get_args(kind)[0], value) for value in values)
    if not is_dataclass(kind):
        number = isinstance(values, int | float if kind is float else int) and not isinstance(values, bool)
        if not number or not 0 <= values <= 2**53:
            raise ValueError(f"its configuration has {values!r} in the place of a number, {kind.__name__}")
        return values
    hints = get_type_hints(kind)
    optional = {f.name for f in fields(kind) if f.metadata.get("added")}
    if differing := (set(values) ^ set(hints)) - (optional - set(values)):
        raise ValueError(f"its configuration has other fields: {', '.join(sorted(differing))}")
    return cast(Any, kind)(**{name: _from_dict(hints[name], value) for name, value in values.items()})
