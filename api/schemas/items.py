"""One title in an answer, short or recommended."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class AnimeItem(BaseModel):
    """One title, short."""

    anime_id: int
    name: str
    english: str | None
    genres: list[str]
    type: str | None
    episodes: int | None
    year: int | None
    image_url: str | None


class Reason(BaseModel):
    """Why a title is recommended; which members it has depends on its kind."""

    kind: Literal["because_you_liked", "people_with_your_taste", "shared_genres"]
    anime_id: int | None = Field(default=None, description="because_you_liked: a title of the list")
    name: str | None = None
    weight: float | None = Field(default=None, description="the part of the score that it accounts for")
    people: int | None = Field(default=None, description="how many of the most similar people liked it")
    genres: list[str] | None = Field(default=None, description="that at least half of the liked titles have")


class RecommendedItem(AnimeItem):
    """One recommended title: a score of 1 is the best match there is for this list."""

    score: float
    stars: int = Field(description="half of predicted_rating")
    like_probability: float = Field(description="of a rating of 8 or more, should this person watch it")
    predicted_rating: float = Field(description="1-10")
    reasons: list[Reason] | None = Field(default=None, description="with explain")
