"""Titles in answers: short, or recommended with reasons."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, TypeAdapter

from api.context import settings
from domain.titles import Season, SeasonName, Title
from recommender.data.catalog import Catalog
from recommender.pipeline.explanations import Explanation
from serving.recommendations import Recommendations


def anime_members(title: Title, covers: bool) -> dict[str, Any]:
    """The members of AnimeItem."""
    # from files of others, which may name any address
    has_cover = covers and title.image_url is not None and title.image_url.startswith("https://")
    return {
        "anime_id": title.anime_id,
        "name": title.name,
        "english": title.alias("english"),
        "genres": title.genres,
        "type": title.type,
        "episodes": title.episodes,
        "year": title.year,
        "image_url": title.image_url if has_cover else None,
    }


class AnimeItem(BaseModel):
    """A title in short."""

    anime_id: int = Field(description="MyAnimeList id")
    name: str = Field(description="main name, usually romanized Japanese")
    english: str | None = Field(description="English name")
    genres: list[str]
    type: str | None = Field(description="such as TV, Movie or OVA")
    episodes: int | None
    year: int | None = Field(description="first aired")
    image_url: str | None = Field(description="address of its cover, https")

    @classmethod
    def of(cls, title: Title, *, covers: bool | None = None, **more: Any) -> Self:
        """With the further members of a subclass.

        Args:
            covers: whether the address of the cover is told; default: as the settings say.
        """
        if covers is None:
            covers = settings().remote_covers
        return cls.model_validate(anime_members(title, covers) | more)


class SeasonItem(BaseModel):
    """A quarter of a year."""

    year: int
    name: SeasonName = Field(description="winter is January to March")

    @classmethod
    def of(cls, season: Season) -> Self:
        return cls(year=season.year, name=season.name)


ReasonKind = Literal[
    "because_you_liked",
    "because_you_looked_at",
    "people_with_your_taste",
    "theme",
    "shared_genres",
    "same_franchise",
    "same_studio",
    "few_ratings",
]


class Reason(BaseModel):
    """A reason for a recommendation; its other members depend on its kind."""

    kind: ReasonKind = Field(
        description="few_ratings: too few people have rated it; it is recommended by what it is"
    )
    anime_id: int | None = Field(
        default=None,
        description="because_you_liked, same_franchise, same_studio: the title of the list; "
        "because_you_looked_at: the title that was clicked or viewed lately",
    )
    name: str | None = None
    weight: float | None = Field(
        default=None, description="because_you_liked, because_you_looked_at: its part of the score"
    )
    people: int | None = Field(
        default=None, description="people_with_your_taste: how many of the most similar people liked it"
    )
    genres: list[str] | None = Field(
        default=None,
        description="shared_genres: its genres that at least half of the liked titles have; theme: the genre "
        "that the list has far more often than chance would have it",
    )
    studio: str | None = Field(default=None, description="same_studio: the studio of both titles")
    titles: int | None = Field(default=None, description="theme: how many of the liked titles have it")
    liked: int | None = Field(default=None, description="theme: of how many")

    @classmethod
    def all_of(cls, explanation: Explanation, catalog: Catalog, recent: Container[int] = ()) -> list[Reason]:
        """Of one title.

        Args:
            recent: rows of titles that are not in the list, and were looked at lately.
        """
        reasons = [
            cls(
                kind="because_you_looked_at" if row in recent else "because_you_liked",
                anime_id=catalog[row].anime_id,
                name=catalog[row].name,
                weight=round(weight, 4),
            )
            for row, weight in explanation.because
        ]
        if explanation.users:
            reasons.append(cls(kind="people_with_your_taste", people=explanation.users))
        if theme := explanation.theme:
            reasons.append(cls(kind="theme", genres=[theme.name], titles=theme.titles, liked=theme.liked))
        if explanation.genres:
            reasons.append(cls(kind="shared_genres", genres=list(explanation.genres)))
        if description := explanation.description:
            if description.franchise is not None:
                title = catalog[description.franchise]
                reasons.append(cls(kind="same_franchise", anime_id=title.anime_id, name=title.name))
            if description.of_studio is not None:
                title, studio = catalog[description.of_studio], description.studio
                reasons.append(
                    cls(kind="same_studio", anime_id=title.anime_id, name=title.name, studio=studio)
                )
            reasons.append(cls(kind="few_ratings"))
        return reasons


class RecommendedItem(AnimeItem):
    """A recommended title."""

    score: float = Field(description="0-1; 1 is the best match there is for this list")
    stars: int = Field(description="1-5, half of `predicted_rating`, rounded")
    like_probability: float = Field(description="probability that this person would rate it 8 or higher")
    predicted_rating: float = Field(description="the rating that this person would give it, 1-10")
    reasons: list[Reason] | None = Field(default=None, description="only with `explain`")
    planned: bool | None = Field(
        default=None, description="whether the list has it as planned; only where the list has planned titles"
    )

    @classmethod
    def all_of(cls, found: Recommendations) -> list[RecommendedItem]:
        catalog, page, covers = found.context.catalog, found.page, settings().remote_covers
        members = [
            anime_members(catalog[row], covers)
            | {
                "score": round(score, 4),
                "stars": stars(rating),
                "like_probability": round(probability, 3),
                "predicted_rating": round(rating, 1),
            }
            for row, score, probability, rating in zip(
                page.ranking.anime_rows.tolist(),
                page.ranking.scores.tolist(),
                found.forecast.like_probabilities.tolist(),
                found.forecast.ratings.tolist(),
                strict=True,
            )
        ]
        if planned := set(found.submitted.planned_ids):
            for item in members:
                item["planned"] = item["anime_id"] in planned
        if page.explanations is not None:
            recent = set(found.context.query.recent_rows.tolist())
            for item, explanation in zip(members, page.explanations, strict=True):
                item["reasons"] = Reason.all_of(explanation, catalog, recent)
        return _RECOMMENDED_ITEMS.validate_python(members)


_RECOMMENDED_ITEMS = TypeAdapter(list[RecommendedItem])  # all in one call


def stars(rating: float) -> int:
    """1-5 from a rating of 1-10."""
    return min(5, max(1, round(rating / 2)))
