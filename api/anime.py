"""The catalog: search and browse, one title, titles like it."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.anime import AnimeDetail, AnimePage, AnimePath, AnimeQuery, SimilarAnimeQuery, SimilarAnswer

blueprint = APIBlueprint(
    "anime", __name__, url_prefix="/api/v1/anime", abp_tags=[Tag(name="anime")], abp_responses={422: Problem}
)


@blueprint.get("", summary="Search and browse", responses={200: AnimePage})
def get_anime(query: AnimeQuery) -> AnimePage:
    """By any name a title has, and by what it is."""
    page = services().catalog.browse(query.to_options(), query.page, query.limit)
    return AnimePage.of(page, query.query)


@blueprint.get("/<int:anime_id>", summary="One title", responses={200: AnimeDetail, 404: Problem})
def get_one(path: AnimePath) -> AnimeDetail:
    """All that is known of it."""
    return AnimeDetail.detailed(services().catalog.title(path.anime_id))


@blueprint.get(
    "/<int:anime_id>/similar", summary="Titles like it", responses={200: SimilarAnswer, 404: Problem}
)
def get_similar(path: AnimePath, query: SimilarAnimeQuery) -> SimilarAnswer:
    """What the algorithm would recommend to somebody who likes this title and nothing else is known of."""
    found = services().recommendations.similar_titles(
        path.anime_id, query.algorithm, query.n, query.to_filters()
    )
    return SimilarAnswer.of(path.anime_id, found)
