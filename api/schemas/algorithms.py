"""The algorithms that a request can name."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from recommender.models.base import AlgorithmInfo


class Algorithm(BaseModel):
    """One algorithm."""

    name: str = Field(description="the name to request it with")
    label: str = Field(description="a few words for a menu")
    description: str = Field(description="one sentence")
    needs_list: bool = Field(description="whether a request without titles is refused")
    default_limit: int = Field(description="how many titles it returns unless `limit` is set")
    similar: bool = Field(description="whether it can find similar titles")
    weights: dict[str, float] | None = Field(
        description="of other algorithms, unless the request gives `weights`; null: it takes none"
    )

    @classmethod
    def of(cls, name: str, info: AlgorithmInfo) -> Self:
        return cls(
            name=name,
            label=info.label,
            description=info.description,
            needs_list=info.needs_list,
            default_limit=info.default_limit,
            similar=info.similar,
            weights=dict(info.weights) or None,
        )


class AlgorithmsAnswer(BaseModel):
    """Every algorithm of the model in service, the default first."""

    items: list[Algorithm]
