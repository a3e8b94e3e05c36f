"""Weights of the algorithms that a blend is made of, in a body or in a query."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    JsonValue,
    Strict,
    WithJsonSchema,
    model_validator,
)

from api.schemas.fields import one_of, split, without_blanks
from recommender.models.registry import BLENDED, BLENDS, check_weights, require_some_weight

_WEIGHT = r"0(\.[0-9]{1,4})?|1(\.0{1,4})?"
_PATTERN = re.compile(rf"({'|'.join(BLENDED)}):({_WEIGHT})")
_DESCRIPTION = f"with `algorithm` {' or '.join(BLENDS)}: how much each of the others counts, from 0 to 1"
# weights in a body go with a blend, as JSON Schema
ONLY_BLENDS: JsonValue = {
    "if": {"required": ["weights"], "properties": {"weights": {"type": "object"}}},
    "then": {"required": ["algorithm"], "properties": {"algorithm": {"enum": list(BLENDS)}}},
}


def _some(weights: Mapping[str, float]) -> Mapping[str, float]:
    require_some_weight(weights)
    return weights


def _readable(text: str) -> str:
    if not _PATTERN.fullmatch(text):
        raise ValueError(f"{text[:50]!r} is not a name and a weight from 0 to 1, like {BLENDED[0]}:0.5")
    return text


_OBJECT: dict[str, JsonValue] = {
    "type": "object",
    "properties": {name: {"type": "number", "minimum": 0, "maximum": 1} for name in BLENDED},
    "additionalProperties": False,
    "not": {"additionalProperties": {"const": 0}},
}
if TYPE_CHECKING:
    _BodyWeights = dict[str, float]
else:
    _BodyWeights = Annotated[
        dict[one_of(BLENDED, "an algorithm to blend"), Annotated[float, Strict(), Field(ge=0, le=1)]],
        AfterValidator(_some),
        WithJsonSchema(_OBJECT),
    ]
_QueryWeight = Annotated[
    str, AfterValidator(_readable), Field(json_schema_extra={"pattern": f"^{_PATTERN.pattern}$"})
]


class _Weights(BaseModel):
    """Weights beside the algorithm that they are for."""

    if TYPE_CHECKING:
        algorithm: str

    @model_validator(mode="after")
    def _suit_the_algorithm(self) -> Self:
        check_weights(self.algorithm, self.to_weights())
        return self

    @abstractmethod
    def to_weights(self) -> dict[str, float]:
        """Algorithm -> weight; empty where the request has none."""


class BodyWeights(_Weights):
    """Weights in a body."""

    weights: _BodyWeights | None = Field(
        default=None,
        description=f"{_DESCRIPTION}. Default: see `GET /api/v1/algorithms`",
        examples=[{"item-item": 0.5, "user-user": 0.3, "content-based": 0.2}],
    )

    def to_weights(self) -> dict[str, float]:
        return self.weights or {}


class QueryWeights(_Weights):
    """Weights in a query."""

    weights: Annotated[list[_QueryWeight], BeforeValidator(without_blanks), BeforeValidator(split)] = Field(
        default=[],
        max_length=50,
        description=f"{_DESCRIPTION}, such as `item-item:0.5,user-user:0.3`. Default: see "
        "`GET /api/v1/algorithms`",
    )

    def to_weights(self) -> dict[str, float]:
        return {name: float(weight) for name, _, weight in (text.partition(":") for text in self.weights)}
