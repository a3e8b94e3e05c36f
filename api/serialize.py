"""From rows of the catalog to the JSON of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.context import context
from domain.ratings import UNRATED
from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from recommender.data.query import Query, Ranking
from recommender.models.popularity import RATINGS
from recommender.pipeline.explanations import Explanation


def stars(rating: float) -> int:
    """1-5 from a rating of 1-10."""
    return min(5, max(1, round(rating / 2)))


def anime_item(title: Title) -> dict[str, Any]:
    """See schemas.items.AnimeItem."""
    return {
        "anime_id": title.anime_id,
        "name": title.name,
        "english": title.alias("english"),
        "genres": list(title.genres),
        "type": title.type,
        "episodes": title.episodes,
        "year": title.year,
        "image_url": title.image_url if context().remote_covers else None,
    }


def found_item(snapshot: Snapshot, row: int, query: str) -> dict[str, Any]:
    """See schemas.anime.FoundItem."""
    item = anime_item(snapshot.catalog[row])
    name = snapshot.titles.matched_name(row, query)
    return item | {"matched": None if name in (item["name"], item["english"]) else name}


def popular_item(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """See schemas.anime.PopularItem."""
    popularity = snapshot.popularity
    return anime_item(snapshot.catalog[row]) | {
        "likes": int(popularity.likes[row]),
        "watchers": int(popularity.watchers[row]),
        "mean_rating": round(float(popularity.mean_ratings[row]), 2),
    }


def anime_detail(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """See schemas.anime.AnimeDetail."""
    title = snapshot.catalog[row]
    return popular_item(snapshot, row) | {
        "aliases": [alias for alias, _ in title.aliases],
        "score": title.score,
        "members": title.members,
        "nsfw": title.nsfw,
        "rating_histogram": snapshot.popularity.histograms[row, RATINGS].tolist(),
        "unrated": int(snapshot.popularity.histograms[row, UNRATED]),
    }


def recommended_items(snapshot: Snapshot, query: Query, ranking: Ranking) -> list[dict[str, Any]]:
    """See schemas.items.RecommendedItem."""
    forecast = snapshot.ranker.forecast(query, ranking.anime_rows)
    columns = (ranking.anime_rows, ranking.scores, forecast.like_probabilities, forecast.ratings)
    return [
        anime_item(snapshot.catalog[row])
        | {
            "score": round(score, 4),
            "stars": stars(rating),
            "like_probability": round(probability, 3),
            "predicted_rating": round(rating, 1),
        }
        for row, score, probability, rating in zip(*(column.tolist() for column in columns), strict=True)
    ]


def reasons(catalog: Catalog, explanation: Explanation) -> list[dict[str, Any]]:
    """See schemas.items.Reason."""
    found: list[dict[str, Any]] = [
        {
            "kind": "because_you_liked",
            "anime_id": catalog[row].anime_id,
            "name": catalog[row].name,
            "weight": round(weight, 4),
        }
        for row, weight in explanation.because
    ]
    if explanation.people:
        found.append({"kind": "people_with_your_taste", "people": explanation.people})
    if explanation.genres:
        found.append({"kind": "shared_genres", "genres": list(explanation.genres)})
    return found


def page_of(rows: Sequence[int], page: int, limit: int) -> tuple[Sequence[int], dict[str, Any]]:
    """The rows of one page, and what the answer says about pages."""
    end = page * limit
    pagination = {"page": page, "limit": limit, "total": len(rows), "has_next": end < len(rows)}
    return rows[end - limit : end], pagination
