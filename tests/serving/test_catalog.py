"""The catalog as a service: browsing, one title, popular titles, suggestions, a summary."""

from __future__ import annotations

import numpy as np
import pytest

from domain.titles import Season, SeasonName, Title
from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import ModelStore
from recommender.data.catalog import Catalog
from recommender.models.popularity import Popularity
from recommender.pipeline.filters import Filters, UnknownFilterValueError
from serving.catalog import BrowseOptions, CatalogService, known_until
from serving.errors import UnknownTitleError
from serving.live import FixedModel, LiveVersion
from tests.conftest import PEOPLE, TITLES, World


@pytest.fixture(scope="module")
def service(world: World) -> CatalogService:
    return CatalogService(FixedModel(LiveVersion.of(ModelStore(world.model_dir).load())))


def test_browse_without_a_query_sorts_by_members(service: CatalogService) -> None:
    page = service.browse(BrowseOptions(), page=2, limit=30)
    every = service.browse(BrowseOptions(), page=1, limit=TITLES)
    members = [title.members or 0 for title in every.titles]
    assert members == sorted(members, reverse=True)
    assert page.titles == every.titles[30:60]
    assert (page.total, page.has_next, every.has_next) == (TITLES, True, False)


def test_browse_with_a_query_sorts_by_relevance(service: CatalogService) -> None:
    page = service.browse(BrowseOptions(query=" attack on titan "), page=1, limit=5)
    assert page.titles[0].anime_id == 16498


@pytest.mark.parametrize("sort", ["popularity", "mal_score", "year", "name"])
def test_browse_sorts_search_results(service: CatalogService, sort: str) -> None:
    found = service.browse(BrowseOptions(query="no"), page=1, limit=TITLES)
    page = service.browse(BrowseOptions(query="no", sort=sort), page=1, limit=TITLES)
    everything = service.browse(BrowseOptions(sort=sort), page=1, limit=TITLES)
    assert set(page.rows) == set(found.rows)
    assert list(page.rows) == [row for row in everything.rows if row in set(found.rows)]


def test_browse_combines_ids_year_and_filters(service: CatalogService) -> None:
    ids = [9253, 1535, 16498, 424_242]
    found = service.browse(BrowseOptions(ids=ids, sort="name"), page=1, limit=9)
    assert [title.anime_id for title in found.titles] == [1535, 16498, 9253]
    of_2011 = service.browse(BrowseOptions(ids=ids, year=2011), page=1, limit=9)
    assert [title.anime_id for title in of_2011.titles] == [9253]
    movies = BrowseOptions(ids=ids, filters=Filters(types=("Movie",)))
    assert service.browse(movies, page=1, limit=9).total == 0
    assert service.browse(BrowseOptions(ids=[]), page=1, limit=9).total == 0


def test_browse_with_an_unknown_type_raises(service: CatalogService) -> None:
    with pytest.raises(UnknownFilterValueError, match="types: 'Radio' is not known"):
        service.browse(BrowseOptions(filters=Filters(types=("Radio",))), page=1, limit=9)


def test_title_is_found_by_id(service: CatalogService) -> None:
    found = service.title(9253)
    assert found.snapshot.catalog[found.row].name == "Steins;Gate"
    with pytest.raises(UnknownTitleError, match="No title has the MyAnimeList id 424242"):
        service.title(424_242)


@pytest.mark.parametrize("sort", ["likes", "mean_rating"])
def test_popular_sorts_by_opinions(service: CatalogService, snapshot: Snapshot, sort: str) -> None:
    popularity = snapshot.models[Popularity]
    values = popularity.likes if sort == "likes" else popularity.mean_ratings
    page = service.popular(sort, Filters(year_from=2000), page=1, limit=50)
    found = [values[row] for row in page.rows]
    assert len(found) == 50
    assert found == sorted(found, reverse=True)
    assert all((title.year or 0) >= 2000 for title in page.titles)


def test_suggest_completes_to_main_names(service: CatalogService) -> None:
    assert service.suggest("attack on", 3)[0] == "Shingeki no Kyojin"
    assert len(service.suggest("s", 4)) == 4
    assert service.suggest(" ", 4) == []


def test_summary_counts_titles_users_and_ratings(service: CatalogService, snapshot: Snapshot) -> None:
    summary = service.summary(nsfw=True)
    titles = snapshot.catalog.titles
    assert (summary.titles, summary.users, summary.generated_users) == (TITLES, PEOPLE, PEOPLE)
    assert summary.ratings == (snapshot.ratings.data > 0).sum()
    assert {genre.name: genre.titles for genre in summary.genres}["Action"] == sum(
        "Action" in title.genres for title in titles
    )
    assert sum(kind.titles for kind in summary.types) == sum(title.type is not None for title in titles)
    years = [title.year for title in titles if title.year]
    assert summary.years == (min(years), max(years))


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ([(2014, None)] * 8 + [(2015, None)] * 3 + [(2019, None)], (2015, None)),  # one is announced
        ([(2014, "fall")] * 8 + [(2015, "winter")] * 2 + [(2015, "spring")], (2015, "winter")),
        ([(2014, "fall")] * 3 + [(2015, None)] * 3, (2015, None)),
        ([(None, None)], None),
        ([], None),
    ],
)
def test_known_until_is_the_newest_busy_season(
    titles: list[tuple[int | None, SeasonName | None]], expected: tuple[int, SeasonName | None] | None
) -> None:
    catalog = Catalog(
        tuple(
            Title(row, "x", year=year, season=Season(year, name) if year and name else None)
            for row, (year, name) in enumerate(titles)
        )
    )
    assert known_until(catalog, np.ones(len(catalog), bool)) == expected
