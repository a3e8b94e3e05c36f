"""Pagination of queries and answers."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, Field

from api.requests import QueryModel
from serving.catalog import TitlePage


class PageQuery(QueryModel):
    page: int = Field(default=1, ge=1, le=1_000_000, description="number of the page, from 1")
    limit: int = Field(default=20, ge=1, le=100, description="titles per page")


class Pagination(BaseModel):
    """The position of this page among all."""

    page: int
    limit: int
    total: int = Field(description="titles on all pages")
    has_next: bool

    @classmethod
    def of(cls, page: TitlePage) -> Self:
        return cls(page=page.page, limit=page.limit, total=page.total, has_next=page.has_next)
