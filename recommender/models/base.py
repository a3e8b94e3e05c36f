"""Protocols and declarations of models: fitted, saved, loaded, and scoring titles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.config import NoConfig, added
from recommender.models.training_data import TrainingData

if TYPE_CHECKING:
    from recommender.models.context import ScoringContext

__all__ = [
    "AlgorithmInfo",
    "ArrayReader",
    "ArrayWriter",
    "Contributor",
    "Floats",
    "MissingLibraryError",
    "Model",
    "ModelSpec",
    "Models",
    "NoConfig",
    "Scorer",
    "added",
    "cached_on_context",
]

Floats = NDArray[np.float32]


# of the optional algorithms whose libraries a server of finished models does without
INSTALL_EMBEDDINGS = "pip install --require-hashes -r requirements-embeddings.txt"


class MissingLibraryError(Exception):
    """A library that only some work needs is not installed; the message says what installs it."""

    def __init__(self, library: str, command: str) -> None:
        super().__init__(f"{library} is not installed; install it with: {command}")


class Model(Protocol):
    """Finished and immutable once `fit` or `load` returns."""

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: Any) -> Self:
        """Learn from the data, and from the models that the spec requires.

        Raises:
            MissingLibraryError: it needs a library that is not installed.
        """
        ...

    def save(self, writer: ArrayWriter) -> None:
        """Write everything learned."""
        ...

    @classmethod
    def load(cls, reader: ArrayReader, models: Models, config: Any) -> Self:
        """The inverse of `save`."""
        ...


class Scorer(Protocol):
    """A model that scores every title for a query."""

    def scores(self, context: ScoringContext) -> Floats:
        """float32 (n_anime,): the higher the better; 0 where the model knows nothing in favor."""
        ...


@runtime_checkable
class Contributor(Scorer, Protocol):
    """A scorer whose scores are sums of parts, one for each title of the list."""

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> Floats:
        """float32 (titles of the list, len(anime_rows)): parts of these titles' scores."""
        ...


@dataclass(frozen=True, kw_only=True)
class AlgorithmInfo:
    """One algorithm as people know it."""

    label: str  # a few words, for a menu
    description: str  # one sentence
    needs_list: bool = False  # has no scores for an empty list
    default_limit: int = 20  # titles it returns by default
    similar: bool = False  # can also find titles like one title
    weights: Mapping[str, float] = field(default_factory=dict)  # of a blend, unless the request gives others


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """The declaration of one model for builds and snapshots.

    Attributes:
        name: in the API, in the manifest, and of its files.
        model: its class.
        config: a frozen dataclass; every field has a default.
        requires: the models that it is fitted on and loaded with.
        derived: it follows from these, the titles and the ratings within seconds: a version of an earlier
            release, which lacks it, is served with it nevertheless.
        algorithm: present where clients can choose the model by name.
        optional: whether a build fits it only when asked, or for another that requires it.
    """

    name: str
    model: type[Any]
    config: type[Any]
    requires: tuple[type[Any], ...] = ()
    derived: bool = False
    algorithm: AlgorithmInfo | None = None
    optional: bool = False


M = TypeVar("M")


class Models:
    """Fitted models by their class."""

    def __init__(self, fitted: Mapping[type[Any], Any] | None = None) -> None:
        self._fitted = dict(fitted or {})

    def __getitem__(self, kind: type[M]) -> M:
        return cast(M, self._fitted[kind])

    def __iter__(self) -> Iterator[type[Any]]:
        return iter(self._fitted)

    def __len__(self) -> int:
        return len(self._fitted)

    def with_model(self, model: Any) -> Models:
        """The same models and one more, or one in the place of another of its class."""
        return Models({**self._fitted, type(model): model})


Method = TypeVar("Method", bound=Callable[..., Any])


def cached_on_context(method: Method) -> Method:
    """Compute the value of a method once for each request.

    Scores, forecasts and explanations build on the same values; they live in `context.cache`.
    """

    @wraps(method)
    def cached(model: object, context: ScoringContext) -> Any:
        return context.cache.get((model, method), lambda: method(model, context))

    return cast(Method, cached)
