"""What there is to choose from."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.requests import QueryModel
from api.schemas.fields import with_example


class CatalogQuery(QueryModel):
    nsfw: bool = Field(default=False, description="whether adult titles count")


class NamedCount(BaseModel):
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
