"""What there is to choose from."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.context import context
from api.requests import QueryModel
from api.schemas.fields import with_example
from serving.catalog import CatalogSummary


class CatalogQuery(QueryModel):
    nsfw: bool = Field(default=False, description="whether adult titles count")


class NamedCount(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    titles: int


class CatalogAnswer(BaseModel):
    """What there is to choose from, and what stands behind it."""

    model_config = with_example(
        {
            "model_version": "v0001",
            "titles": 1350,
            "people": 3000,
            "ratings": 151000,
            "generated": 3000,
            "genres": [{"name": "Comedy", "titles": 600}],
            "types": [{"name": "TV", "titles": 820}],
            "year_from": 1968,
            "year_to": 2017,
            "max_list_titles": 5000,
            "covers": True,
        }
    )

    model_version: str
    titles: int
    people: int = Field(description="in the model")
    ratings: int = Field(description="that these people gave; titles watched without a rating do not count")
    generated: int = Field(description="how many of the people are of the demo and do not exist")
    genres: list[NamedCount] = Field(description="most titles first")
    types: list[NamedCount] = Field(description="most titles first")
    year_from: int | None = Field(description="of the title aired first")
    year_to: int | None = Field(description="of the newest one")
    max_list_titles: int = Field(description="longer lists are refused with 413")
    covers: bool = Field(description="whether titles come with an image_url")

    @classmethod
    def of(cls, summary: CatalogSummary) -> Self:
        year_from, year_to = summary.years or (None, None)
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
            max_list_titles=context().max_list_titles,
            covers=context().remote_covers,
        )
