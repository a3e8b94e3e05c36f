"""What a list says of a person."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Histogram
from api.schemas.items import AnimeItem
from api.schemas.lists import TransientList
from domain.ratings import UNRATED
from recommender.data.catalog import Catalog
from recommender.pipeline.taste import Apart
from serving.taste import TasteSummary


class TasteRequest(TransientList):
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

    @classmethod
    def of(cls, title: Apart, catalog: Catalog) -> Self:
        return cls(
            anime_id=catalog[title.anime_row].anime_id,
            name=catalog[title.anime_row].name,
            rating=title.rating,
            others_mean_rating=round(title.others_mean_rating, 2),
        )


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

    @classmethod
    def of(cls, summary: TasteSummary) -> Self:
        taste, catalog = summary.taste, summary.live.snapshot.catalog
        nearest = zip(
            summary.neighbors.similarities.tolist(), summary.neighbors.in_common.tolist(), strict=True
        )
        return cls(
            model_version=summary.live.name,
            titles=taste.whole.titles,
            rated=taste.rated,
            mean_rating=_rounded(taste.whole.mean_rating),
            others_mean_rating=_rounded(taste.whole.others_mean_rating),
            histogram=list(taste.histogram),
            genres=[
                GenreTaste(
                    genre=genre,
                    titles=part.titles,
                    share=round(part.share, 4),
                    others_share=round(part.others_share, 4),
                    mean_rating=_rounded(part.mean_rating),
                    others_mean_rating=_rounded(part.others_mean_rating),
                )
                for genre, part in taste.genres
            ],
            decades=[
                DecadeTaste(
                    decade=decade,
                    titles=part.titles,
                    share=round(part.share, 4),
                    mean_rating=_rounded(part.mean_rating),
                )
                for decade, part in taste.decades
            ],
            types=[
                TypeTaste(type=name, titles=part.titles, share=round(part.share, 4))
                for name, part in taste.types
            ],
            higher=[RatedApart.of(title, catalog) for title in taste.higher],
            lower=[RatedApart.of(title, catalog) for title in taste.lower],
            neighbors=[
                Nearby(similarity=round(similarity, 4), in_common=in_common)
                for similarity, in_common in nearest
            ],
            resolved=[
                OwnItem.of(catalog[row], rating=None if rating == UNRATED else rating)
                for row, rating in summary.submitted.opinions.items()
            ],
            unresolved=[*summary.submitted.unresolved_names, *map(str, summary.submitted.unknown_ids)],
        )


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 2)
