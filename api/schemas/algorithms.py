"""What can be asked for by name."""

from __future__ import annotations

from pydantic import BaseModel


class Algorithm(BaseModel):
    name: str
    description: str
    needs_list: bool
    default_n: int
    similar: bool


class AlgorithmsAnswer(BaseModel):
    data: list[Algorithm]
