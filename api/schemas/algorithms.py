"""What can be asked for by name."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel

from recommender.models.base import AlgorithmInfo


class Algorithm(BaseModel):
    name: str
    description: str
    needs_list: bool
    default_n: int
    similar: bool

    @classmethod
    def of(cls, name: str, info: AlgorithmInfo) -> Self:
        return cls(
            name=name,
            description=info.description,
            needs_list=info.needs_list,
            default_n=info.default_limit,
            similar=info.similar,
        )


class AlgorithmsAnswer(BaseModel):
    data: list[Algorithm]
