"""Answers that come in pages."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, Field

from api.requests import QueryModel
from serving.catalog import TitlePage


class PageQuery(QueryModel):
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Pagination(BaseModel):
    page: int
    limit: int
    total: int
    has_next: bool

    @classmethod
    def of(cls, page: TitlePage) -> Self:
        return cls(page=page.page, limit=page.limit, total=page.total, has_next=page.has_next)
