"""`POST /api/v1/taste`: what a list says of a person, nothing stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import live
from api.errors import Problem
from api.lists import resolve_list
from api.schemas.taste import TasteAnswer, TasteRequest
from api.security import OWN_PROFILE, own_profile
from api.serialize import anime_item
from domain.ratings import UNRATED
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.user_user import Neighbors
from recommender.pipeline.taste import Apart, Part, taste_of

NEIGHBORS = 20

blueprint = APIBlueprint("taste", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="taste")])


@blueprint.post(
    "/taste",
    summary="What a list says of a person, without storing it",
    security=OWN_PROFILE,
    responses={200: TasteAnswer, 400: Problem, 404: Problem, 413: Problem, 422: Problem},
)
def post_taste(body: TasteRequest) -> Response:
    """Genres, decades and types of the list against what everybody watches, ratings against everybody's, and
    how near the nearest people are. Only ratings that were given count in means."""
    current = live()
    snapshot, catalog = current.snapshot, current.snapshot.catalog
    given = resolve_list(body.ratings, snapshot, body.watched_ids)
    given.require_a_title()
    taste = taste_of(Query.of(given.opinions.items()), catalog, snapshot.popularity, nsfw=body.nsfw)
    asked = Query.of(given.entries, user_id=own_profile(body.profile_id))
    nearest = snapshot.user_user.neighbors(asked, NEIGHBORS)
    return jsonify(
        model_version=current.name,
        titles=taste.whole.titles,
        rated=taste.rated,
        **_only(_part(taste.whole), "mean_rating", "others_mean_rating"),
        histogram=taste.histogram,
        genres=[{"genre": genre, **_part(part)} for genre, part in taste.genres],
        decades=[
            {"decade": decade, **_only(_part(part), "titles", "share", "mean_rating")}
            for decade, part in taste.decades
        ],
        types=[{"type": name, **_only(_part(part), "titles", "share")} for name, part in taste.types],
        higher=_apart(catalog, taste.higher),
        lower=_apart(catalog, taste.lower),
        neighbors=_nearby(nearest),
        resolved=[
            anime_item(catalog[row]) | {"rating": None if rating == UNRATED else rating}
            for row, rating in given.opinions.items()
        ],
        unresolved=given.not_known,
    )


def _part(part: Part) -> dict[str, Any]:
    """All of schemas.taste.GenreTaste but the genre."""
    return {
        "titles": part.titles,
        "share": round(part.share, 4),
        "others_share": round(part.others_share, 4),
        "mean_rating": _rounded(part.mean_rating),
        "others_mean_rating": _rounded(part.others_mean_rating),
    }


def _only(part: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: part[name] for name in names}


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 2)


def _apart(catalog: Catalog, titles: Iterable[Apart]) -> list[dict[str, Any]]:
    """See schemas.taste.RatedApart."""
    return [
        {
            "anime_id": catalog[title.anime_row].anime_id,
            "name": catalog[title.anime_row].name,
            "rating": title.rating,
            "others_mean_rating": _rounded(title.others_mean_rating),
        }
        for title in titles
    ]


def _nearby(nearest: Neighbors) -> list[dict[str, Any]]:
    """See schemas.taste.Nearby."""
    people = zip(nearest.similarities.tolist(), nearest.in_common.tolist(), strict=True)
    return [{"similarity": round(similarity, 4), "in_common": shared} for similarity, shared in people]
