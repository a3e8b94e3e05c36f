"""The titles of a season."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from api.schemas.anime import PopularItem
from api.schemas.fields import Year
from api.schemas.filters import QueryFilters
from api.schemas.items import SeasonItem
from api.schemas.pages import PageQuery, Pagination
from api.schemas.recommendations import RecommendationAnswer
from domain.titles import AiringStatus, Season, SeasonName
from serving.catalog import TitlePage


class SeasonPath(BaseModel):
    year: Year = Field(description="winter is of the year of its January")
    season: SeasonName = Field(description="winter is January to March")

    def to_season(self) -> Season:
        return Season(self.year, self.season)


class NearSeasonPath(BaseModel):
    when: Literal["current", "next"] = Field(description="the season of today (UTC), or the one after it")

    def of(self, current: Season) -> Season:
        return current if self.when == "current" else Season.numbered(current.number + 1)


class SeasonQuery(QueryFilters, PageQuery):
    pass


class SeasonTitle(PopularItem):
    """A title of a season."""

    airing_status: AiringStatus | None
    studios: list[str]


class SeasonPage(BaseModel):
    """One page of the titles of a season, most members on MyAnimeList first."""

    season: SeasonItem
    items: list[SeasonTitle]
    pagination: Pagination

    @classmethod
    def of(cls, season: Season, page: TitlePage) -> Self:
        snapshot, items = page.live.snapshot, []
        for row in page.rows:
            title = snapshot.catalog[row]
            more: dict[str, Any] = {"airing_status": title.airing_status, "studios": title.studios}
            items.append(SeasonTitle.counted(snapshot, row, **more))
        return cls(season=SeasonItem.of(season), items=items, pagination=Pagination.of(page))


class SeasonAnswer(RecommendationAnswer):
    """The titles of a season, ranked for a list."""

    season: SeasonItem
