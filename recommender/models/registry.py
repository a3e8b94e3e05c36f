"""The only list of models, and so of the algorithms that clients choose by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from graphlib import TopologicalSorter
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast, get_args, get_origin, get_type_hints

from recommender.models.base import AlgorithmInfo, ModelSpec
from recommender.models.training_data import TrainingConfig

# Each is a module of this folder that declares SPEC. Algorithms are shown to people in this order.
MODULES = (
    "hybrid",
    "user_user",
    "item_item",
    "ranker",
    "title_similarity",
    "content_based",
    "popularity",
    "neural",
    "blend",
    "matrix_factorization",
    "item2vec",
    "themes",
    "specificity",
    "co_likes",
    "residuals",
    "features",
    "descriptions",
    "cold_start",
)

SPECS: tuple[ModelSpec, ...] = tuple(import_module(f"{__package__}.{name}").SPEC for name in MODULES)


def fitting_order(extra: Collection[str] = ()) -> tuple[ModelSpec, ...]:
    """The obligatory models, the named ones, and what these require: every spec after those it requires."""
    by_model = {spec.model: spec for spec in SPECS}
    order = TopologicalSorter({spec.model: spec.requires for spec in SPECS}).static_order()
    fitted: list[ModelSpec] = []
    required: set[type[Any]] = set()
    for spec in (by_model[model] for model in reversed(tuple(order))):
        if not spec.optional or spec.name in extra or spec.model in required:
            fitted.append(spec)
            required.update(spec.requires)
    return tuple(reversed(fitted))


ALGORITHMS: Mapping[str, AlgorithmInfo] = MappingProxyType(
    {spec.name: spec.algorithm for spec in SPECS if spec.algorithm is not None}
)
# those that a build fits only when asked
OPTIONAL = tuple(spec.name for spec in SPECS if spec.algorithm is not None and spec.optional)
BLENDS = tuple(name for name, info in ALGORITHMS.items() if info.weights)
BLENDED = tuple(name for name in ALGORITHMS if name not in BLENDS)  # what a blend may be made of
NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})  # those of the blend itself
DEFAULT_ALGORITHM = SPECS[0].name
DEFAULT_SIMILAR_ALGORITHM = "title-similarity"


def check_weights(algorithm: str, weights: Mapping[str, float]) -> None:
    """Check that a request may set these weights; none leave the algorithm its own.

    Raises:
        ValueError: it may not; the message says why.
    """
    if not weights:
        return
    if not ALGORITHMS[algorithm].weights:
        raise ValueError(f"weights go with {' or '.join(BLENDS)}, not with {algorithm}")
    if unknown := [name for name in weights if name not in BLENDED]:
        raise ValueError(f"{unknown[0][:50]!r} cannot have a weight; known are {', '.join(BLENDED)}")
    if wrong := [weight for weight in weights.values() if not 0 <= weight <= 1]:
        raise ValueError(f"a weight is from 0 to 1, not {wrong[0]}")
    require_some_weight(weights)


def require_some_weight(weights: Mapping[str, float]) -> None:
    """Raise ValueError if all weights are 0."""
    if not any(weights.values()):
        raise ValueError("at least one of the weights must be above 0")


def algorithm_model(name: str) -> type[Any]:
    """The scorer behind an algorithm; raises KeyError for an unknown name."""
    return {spec.name: spec.model for spec in SPECS if spec.algorithm is not None}[name]


@dataclass(frozen=True)
class ModelConfig:
    """The configuration of everything that a build fits.

    Attributes:
        models: of every model that is fitted, by name.
        training: of the queries that blends are trained on.
    """

    models: Mapping[str, Any]
    training: TrainingConfig = field(default_factory=TrainingConfig)

    @classmethod
    def default(cls, extra: Iterable[str] = ()) -> ModelConfig:
        """The obligatory models, and the optional algorithms that are named.

        Raises:
            ValueError: a name is not that of an optional algorithm.
        """
        extra = set(extra)
        if unknown := sorted(extra - set(OPTIONAL)):
            known = ", ".join(OPTIONAL) or "none"
            raise ValueError(f"{unknown[0]!r} is no optional algorithm; known are: {known}")
        return cls({spec.name: spec.config() for spec in fitting_order(extra)})

    @property
    def specs(self) -> tuple[ModelSpec, ...]:
        """Of every model, each after those it requires."""
        return fitting_order(self.models)

    @property
    def algorithms(self) -> Mapping[str, AlgorithmInfo]:
        """Those that clients can choose, in the order in which they are shown."""
        return {name: info for name, info in ALGORITHMS.items() if name in self.models}

    def with_model(self, name: str, **changes: Any) -> ModelConfig:
        """The same with other parameters of one model; raises KeyError for an unknown name."""
        return replace(self, models={**self.models, name: replace(self.models[name], **changes)})

    def to_dict(self) -> dict[str, Any]:
        """The form that the manifest stores."""
        models = {spec.name: _to_dict(self.models[spec.name]) for spec in self.specs}
        return {"training": _to_dict(self.training), "models": models}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelConfig:
        """The inverse of `to_dict`, also after JSON. Derived models may be missing.

        Raises:
            ValueError: it has other models, other fields, or other kinds of values than this program.
        """
        models = {spec.name: _to_dict(spec.config()) for spec in SPECS if spec.derived} | values["models"]
        specs = fitting_order(models)
        if differing := set(models) ^ {spec.name for spec in specs}:
            raise ValueError(f"its configuration has other models: {', '.join(sorted(differing))}")
        return cls(
            {spec.name: _from_dict(spec.config, models[spec.name]) for spec in specs},
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
    values = {name: value for name, value in values.items() if name not in getattr(kind, "RETIRED", ())}
    if differing := (set(values) ^ {f.name for f in fields(kind)}) - (optional - set(values)):
        raise ValueError(f"its configuration has other fields: {', '.join(sorted(differing))}")
    return cast(Any, kind)(**{name: _from_dict(hints[name], value) for name, value in values.items()})
