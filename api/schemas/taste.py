"""What a list says of a person."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Histogram
from api.schemas.items import AnimeItem
from api.schemas.lists import AskedList


class TasteRequest(AskedList):
    """A list in, what it says out, nothing stored."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad", "rating": 6}],
                    "watched_ids": [20],
                    "nsfw": False,
                }
            ]
        },
    )

    nsfw: bool = Field(
        default=False,
        description="whether adult genres and titles are named, but for resolved, which has the whole list",
    )


class GenreTaste(BaseModel):
    genre: str
    titles: int
    share: float = Field(description="of the titles of the list")
    others_share: float = Field(description="of all that people have watched")
    mean_rating: float | None
    others_mean_rating: float | None = Field(description="of people, for the same titles")


class DecadeTaste(BaseModel):
    decade: int = Field(description="its first year")
    titles: int
    share: float
    mean_rating: float | None


class TypeTaste(BaseModel):
    type: str
    titles: int
    share: float


class RatedApart(BaseModel):
    """A title that this person rates otherwise than people do."""

    anime_id: int
    name: str
    rating: int
    others_mean_rating: float


class Nearby(BaseModel):
    """Somebody with a similar taste: no id."""

    similarity: float
    in_common: int = Field(description="how many liked titles the two share")


class OwnItem(AnimeItem):
    rating: int | None = Field(description="null where none was given")


class TasteAnswer(BaseModel):
    """A list, summed up. Means are of ratings that were given: null where there are none."""

    model_version: str
    titles: int
    rated: int
    mean_rating: float | None
    others_mean_rating: float | None = Field(description="of people, for the same titles")
    histogram: Histogram = Field(description="how many titles were rated 1, 2, … 10")
    genres: list[GenreTaste] = Field(description="most titles first")
    decades: list[DecadeTaste] = Field(description="by the year first aired")
    types: list[TypeTaste] = Field(description="most titles first")
    higher: list[RatedApart] = Field(description="rated furthest above the mean of at least 20 people")
    lower: list[RatedApart] = Field(description="rated furthest below it")
    neighbors: list[Nearby] = Field(description="the people with the most similar taste")
    resolved: list[OwnItem] = Field(description="each title of the list that is known")
    unresolved: list[str]
