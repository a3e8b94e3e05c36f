"""The catalog: search and browse, one title, titles like it."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, Tag

from api.context import services
from api.errors import Problem
from api.schemas.anime import AnimePage, AnimePath, AnimeQuery, SimilarAnimeQuery, SimilarAnswer
from api.schemas.details import AnimeDetail

blueprint = APIBlueprint(
    "anime", __name__, url_prefix="/api/v1/anime", abp_tags=[Tag(name="anime")], abp_responses={422: Problem}
)


@blueprint.get("", operation_id="searchAnime", summary="Search and browse titles", responses={200: AnimePage})
def get_anime(query: AnimeQuery) -> AnimePage:
    """Finds titles by their main name or any alias, in any language, despite small typos; `match` says how
    well the query fits, `matched` which alias it was. Without a query, lists the whole catalog. Combine it
    with filters, and sort it as you like."""
    page = services().catalog.browse(query.to_options(), query.page, query.limit)
    return AnimePage.of(page, query.query)


@blueprint.get(
    "/<int:anime_id>",
    operation_id="getAnime",
    summary="Get one title",
    responses={200: AnimeDetail, 404: Problem},
)
def get_one(path: AnimePath) -> AnimeDetail:
    """Everything known about a title: its names, what it is about, who made it, when it aired, where to watch
    it, the watch order of its franchise, how many people have watched and liked it, and how they rated it."""
    return AnimeDetail.detailed(services().catalog.title(path.anime_id))


@blueprint.get(
    "/<int:anime_id>/similar",
    operation_id="getSimilarAnime",
    summary="Find similar titles",
    responses={200: SimilarAnswer, 404: Problem, 409: Problem},
)
def get_similar(path: AnimePath, query: SimilarAnimeQuery) -> SimilarAnswer:
    """Titles like this one, best match first. Its own sequels and spin-offs are only included with
    `franchise=allow` or `franchise=entry_point`."""
    found = services().recommendations.similar_titles(
        path.anime_id, query.algorithm, query.limit, query.to_filters(), query.franchise, query.to_weights()
    )
    return SimilarAnswer.of(path.anime_id, found)
