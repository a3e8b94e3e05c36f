"""Answers that come in pages."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from api.requests import QueryModel


class PageQuery(QueryModel):
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Pagination(BaseModel):
    page: int
    limit: int
    total: int
    has_next: bool
