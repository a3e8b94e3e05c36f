"""From rows of the catalogue to the JSON of the API."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from recommender.catalog import Title
from recommender.query import Ranking
from recommender.snapshot import Snapshot


def stars(score: float) -> int:
    """1-5 from a score in 0..1."""
    return min(5, max(1, ceil(5 * score)))


def anime_item(title: Title) -> dict[str, Any]:
    """See schemas.AnimeItem."""
    return {
        "anime_id": title.anime_id,
        "name": title.name,
        "english": title.alias("english"),
        "genres": list(title.genres),
        "type": title.type,
        "episodes": title.episodes,
        "year": title.year,
        "image_url": title.image_url,
    }


def popular_item(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """See schemas.PopularItem."""
    popularity = snapshot.popularity
    return anime_item(snapshot.catalog[row]) | {
        "likes": int(popularity.likes[row]),
        "watchers": int(popularity.watchers[row]),
        "mean_rating": round(float(popularity.mean_ratings[row]), 2),
    }


def anime_detail(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """See schemas.AnimeDetail."""
    title = snapshot.catalog[row]
    return popular_item(snapshot, row) | {
        "aliases": [alias for alias, _ in title.aliases],
        "score": title.score,
        "members": title.members,
        "nsfw": title.nsfw,
    }


def recommended_items(snapshot: Snapshot, ranking: Ranking) -> list[dict[str, Any]]:
    """See schemas.RecommendedItem."""
    return [
        anime_item(snapshot.catalog[row]) | {"score": round(score, 4), "stars": stars(score)}
        for row, score in zip(ranking.anime_rows.tolist(), ranking.scores.tolist(), strict=True)
    ]


def page_of(rows: Sequence[int], page: int, limit: int) -> tuple[Sequence[int], dict[str, Any]]:
    """The rows of one page, and what the answer says about pages."""
    end = page * limit
    pagination = {"page": page, "limit": limit, "total": len(rows), "has_next": end < len(rows)}
    return rows[end - limit : end], pagination
