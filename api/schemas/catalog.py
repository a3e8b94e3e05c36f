"""The summary of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.context import settings
from api.requests import QueryModel
from domain.titles import SeasonName
from serving.catalog import CatalogSummary
from serving.sources import ImportedSource


class CatalogQuery(QueryModel):
    nsfw: bool = Field(default=False, description="whether to count adult titles, too")


class NamedCount(BaseModel):
    """A genre or a type, and how many titles have it."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    titles: int


class SourceAge(BaseModel):
    """A source of the catalog, and when it was last imported."""

    name: str
    imported_at: str = Field(
        description="ISO 8601, UTC; or when the source was last found to be unchanged, if that is later"
    )
    age_days: int = Field(description="whole days since then")

    @classmethod
    def of(cls, imported: ImportedSource) -> Self:
        return cls(
            name=imported.source.name,
            imported_at=imported.imported_at.isoformat(timespec="seconds"),
            age_days=imported.age_days,
        )


class CatalogSource(SourceAge):
    """A source of the catalog, as its license wants it to be named."""

    label: str = Field(description="its name for people")
    url: str = Field(description="its page")
    license: str
    license_url: str
    gives: str = Field(description="what comes from it")
    titles: int = Field(description="titles that it described then")

    @classmethod
    def of(cls, imported: ImportedSource) -> Self:
        source = imported.source
        return cls(
            **SourceAge.of(imported).model_dump(),
            label=source.label,
            url=source.homepage,
            license=source.license,
            license_url=source.license_url,
            gives=source.gives,
            titles=imported.titles,
        )


class KnownUntil(BaseModel):
    """The newest year of which the catalog has many titles, not only a few that were announced."""

    year: int
    season: SeasonName | None = Field(description="its newest such season; null: not known")


class CatalogAnswer(BaseModel):
    """Counts of the current model, choices for filters, and limits of this server."""

    model_version: str
    titles: int
    people: int = Field(description="people whose lists the model was built from")
    ratings: int = Field(description="ratings by these people, without titles they only watched")
    generated: int = Field(description="how many of the people were made up for the demo")
    genres: list[NamedCount] = Field(description="most titles first")
    types: list[NamedCount] = Field(description="most titles first")
    year_from: int | None = Field(description="year of the oldest title")
    year_to: int | None = Field(description="year of the newest title")
    known_until: KnownUntil | None = Field(description="how new the titles are; null: no year is known")
    max_list_titles: int = Field(description="longer lists are refused with 413")
    event_retention_days: int = Field(description="events are forgotten after so many days")
    covers: bool = Field(description="whether titles come with an image_url")
    sources: list[CatalogSource] = Field(
        description="where the catalog comes from; of two that differ, the one that is believed comes first"
    )

    @classmethod
    def of(cls, summary: CatalogSummary, sources: Sequence[ImportedSource]) -> Self:
        year_from, year_to = summary.years or (None, None)
        until = summary.known_until
        return cls(
            model_version=summary.live.name,
            titles=summary.titles,
            people=summary.users,
            ratings=summary.ratings,
            generated=summary.generated_users,
            genres=[NamedCount.model_validate(count) for count in summary.genres],
            types=[NamedCount.model_validate(count) for count in summary.types],
            year_from=year_from,
            year_to=year_to,
            known_until=until and KnownUntil(year=until[0], season=until[1]),
            max_list_titles=settings().max_list_titles,
            event_retention_days=settings().event_retention_days,
            covers=settings().remote_covers,
            sources=[CatalogSource.of(imported) for imported in sources],
        )
