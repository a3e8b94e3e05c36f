"""The summary of a list."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Histogram
from api.schemas.items import AnimeItem
from api.schemas.lists import TransientList
from domain.ranges import UNRATED
from recommender.data.catalog import Catalog
from recommender.pipeline.taste import Apart
from serving.taste import TasteSummary


class TasteRequest(TransientList):
    """A list to summarize."""

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
        description="whether to name adult genres and titles; `resolved` always has the whole list",
    )


class GenreTaste(BaseModel):
    """A genre in this list, compared with everybody's."""

    name: str
    titles: int
    share: float = Field(description="of the titles of this list")
    others_share: float = Field(description="of everything people have watched")
    mean_rating: float | None
    others_mean_rating: float | None = Field(description="how people rate the same titles")


class DecadeTaste(BaseModel):
    """A decade in this list."""

    decade: int = Field(description="its first year, such as 1990")
    titles: int
    share: float
    mean_rating: float | None


class TypeTaste(BaseModel):
    """A type in this list."""

    name: str
    titles: int
    share: float


class RatedApart(BaseModel):
    """A title that this person rates unlike everybody else."""

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
    """Somebody with similar likes, without their id."""

    similarity: float = Field(description="cosine similarity of likes, 0-1")
    in_common: int | None = Field(description="how many liked titles the two share; null without a key")


class OwnItem(AnimeItem):
    """A title of the list."""

    rating: int | None = Field(description="null for a title without a rating")


class TasteAnswer(BaseModel):
    """A summary of the list. Means count titles with a rating; they are null if there are none."""

    model_version: str
    titles: int
    rated: int = Field(description="titles with a rating")
    mean_rating: float | None
    others_mean_rating: float | None = Field(description="how people rate the same titles")
    histogram: Histogram = Field(description="how many titles were rated 1, 2, … 10")
    genres: list[GenreTaste] = Field(description="most titles first")
    decades: list[DecadeTaste] = Field(description="by the year a title first aired, earliest first")
    types: list[TypeTaste] = Field(description="most titles first")
    higher: list[RatedApart] = Field(description="rated furthest above the mean of at least 20 other people")
    lower: list[RatedApart] = Field(description="rated furthest below that mean")
    neighbors: list[Nearby] = Field(description="the people with the most similar likes")
    resolved: list[OwnItem] = Field(description="every title of the list that was found")
    unresolved: list[str] = Field(description="submitted names and ids that were not found")

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
                    name=genre,
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
                TypeTaste(name=name, titles=part.titles, share=round(part.share, 4))
                for name, part in taste.types
            ],
            higher=[RatedApart.of(title, catalog) for title in taste.higher],
            lower=[RatedApart.of(title, catalog) for title in taste.lower],
            neighbors=[
                Nearby(similarity=round(similarity, 4), in_common=in_common)
                if summary.exact
                else Nearby(similarity=round(similarity, 2), in_common=None)
                for similarity, in_common in nearest
                if similarity > 0
            ],
            resolved=[
                OwnItem.of(catalog[row], rating=None if rating == UNRATED else rating)
                for row, rating in summary.submitted.opinions.items()
            ],
            unresolved=[*summary.submitted.unresolved_names, *map(str, summary.submitted.unknown_ids)],
        )


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 2)
