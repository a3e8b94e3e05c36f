"""The catalog: search and browse, one title, titles like it."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Response, jsonify
from flask_openapi3 import APIBlueprint, Tag

from api.context import latest_model
from api.errors import ApiError, Problem
from api.recommending import recommend
from api.schemas.anime import AnimeDetail, AnimePage, AnimePath, AnimeQuery, SimilarAnimeQuery, SimilarAnswer
from api.serialize import anime_detail, found_item, page_of, recommended_items
from domain.ratings import FAVORITE
from recommender.artifacts.snapshot import Snapshot
from recommender.pipeline.page import FranchiseMode, Wishes

MAX_FOUND = 1_000  # titles that a search looks through

blueprint = APIBlueprint(
    "anime", __name__, url_prefix="/api/v1/anime", abp_tags=[Tag(name="anime")], abp_responses={422: Problem}
)


@blueprint.get("", summary="Search and browse", responses={200: AnimePage})
def get_anime(query: AnimeQuery) -> Response:
    """By any name a title has, and by what it is."""
    snapshot = latest_model().snapshot
    allowed = query.to_filters().allowed(snapshot.catalog)
    if query.year is not None:
        allowed &= snapshot.catalog.years == query.year
    if "ids" in query.model_fields_set:  # an empty list, too, means only these
        allowed &= np.isin(snapshot.catalog.vocabulary.ids, query.ids)
    if query.query.strip():
        rows = snapshot.titles.suggest(query.query, MAX_FOUND, allowed)
    else:
        rows = np.flatnonzero(allowed).tolist()
    sort = query.sort or ("relevance" if query.query.strip() else "popularity")
    if sort != "relevance":
        rows = sorted(rows, key=_order(snapshot, sort))
    chosen, pagination = page_of(rows, query.page, query.limit)
    return jsonify(data=[found_item(snapshot, row, query.query) for row in chosen], pagination=pagination)


@blueprint.get("/<int:anime_id>", summary="One title", responses={200: AnimeDetail, 404: Problem})
def get_one(path: AnimePath) -> Response:
    """All that is known of it."""
    snapshot = latest_model().snapshot
    return jsonify(anime_detail(snapshot, _row(snapshot, path.anime_id)))


@blueprint.get(
    "/<int:anime_id>/similar", summary="Titles like it", responses={200: SimilarAnswer, 404: Problem}
)
def get_similar(path: AnimePath, query: SimilarAnimeQuery) -> Response:
    """What the algorithm would recommend to somebody who likes this title and nothing else is known of."""
    current = latest_model()
    row = _row(current.snapshot, path.anime_id)
    answer = recommend(
        current.snapshot,
        query.algorithm,
        [(row, FAVORITE)],
        query.n,
        filters=query.to_filters(),
        wishes=Wishes(FranchiseMode.ALLOW),  # what is most like a title is of its own franchise
    )
    return jsonify(
        anime_id=path.anime_id,
        algorithm=query.algorithm,
        model_version=current.name,
        items=recommended_items(current.snapshot, answer.query, answer.ranking),
    )


def _row(snapshot: Snapshot, anime_id: int) -> int:
    row = snapshot.catalog.vocabulary.row(anime_id)
    if row is None:
        raise ApiError(
            404, f"No title has the MyAnimeList id {anime_id}. Search with GET /api/v1/anime?query=…"
        )
    return row


def _order(snapshot: Snapshot, sort: str) -> Any:
    catalog = snapshot.catalog
    keys = {
        "popularity": lambda row: (-catalog.members[row], row),
        "score": lambda row: (-catalog.mean_scores[row], row),
        "year": lambda row: (-catalog.years[row], row),
        "name": lambda row: (catalog[row].name.casefold(), row),
    }
    return keys[sort]
