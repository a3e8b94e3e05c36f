"""`GET /api/v1/anime/{anime_id}`: what else is known of a title."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.schemas.details import AnimeDetail, Link, WatchOn
from api.schemas.items import anime_members
from domain.relations import Relation
from domain.sites import SITES, page_of
from domain.titles import Offer, Season, Title, TitleDetails
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises
from recommender.models.popularity import Popularity
from serving.catalog import OneTitle
from tests.recommender.small import popularity

DETAILS = TitleDetails(
    synopsis="A house.",
    producers=("Builders",),
    aired_from="2003-04-06",
    aired_to="2003-09-28",
    external_ids={"anilist": "11", "tmdb": "tv/12", "kitsu": "no number", "elsewhere": "5"},
    offers=(
        Offer("Crunchyroll", "https://example.org/1", ("US", "CA")),
        Offer("Trap", "javascript:alert(1)"),
        Offer("Unencrypted", "http://example.org/1"),
    ),
)


def test_title_detail_has_what_the_catalog_knows(shared_client: FlaskClient) -> None:
    """As tests/conftest.py gives it to the world."""
    title = shared_client.get("/api/v1/anime/9253").get_json()
    assert title["studios"][0].startswith("Studio ")
    assert title["source"] in ("Manga", "Original")
    assert title["season"]["name"] in ("winter", "spring", "summer", "fall")
    assert 3 <= title["duration_minutes"] <= 32
    assert title["watch_on"] == [
        {"service": title["watch_on"][0]["service"], "url": "https://example.org/", "regions": []}
    ]
    assert title["links"] == [{"site": "MyAnimeList", "url": "https://myanimelist.net/anime/9253"}]
    assert title["synopsis"] is None


def test_watch_order_has_the_whole_franchise(shared_client: FlaskClient) -> None:
    naruto, shippuuden = 20, 1735
    orders = [
        shared_client.get(f"/api/v1/anime/{anime_id}").get_json()["watch_order"]
        for anime_id in (naruto, shippuuden)
    ]
    assert orders[0] == orders[1]
    ids = [item["anime_id"] for item in orders[0]]
    assert ids.index(naruto) < ids.index(shippuuden)
    assert shared_client.get("/api/v1/anime/1535").get_json()["watch_order"] == []


def test_links_lead_to_pages_of_known_sites_only() -> None:
    assert [(link.site, link.url) for link in Link.all_of(7, DETAILS)] == [
        ("MyAnimeList", "https://myanimelist.net/anime/7"),
        ("AniList", "https://anilist.co/anime/11"),
        ("TMDB", "https://www.themoviedb.org/tv/12"),
    ]


def test_offers_with_addresses_of_code_are_not_shown() -> None:
    offers = [offer.model_dump() for offer in WatchOn.all_of(DETAILS.offers)]
    assert offers == [{"service": "Crunchyroll", "url": "https://example.org/1", "regions": ["US", "CA"]}]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/1.jpg", True),
        ("http://example.org/1.jpg", False),
        ("javascript:alert(1)", False),
    ],
)
def test_cover_is_shown_from_an_encrypted_address_only(address: str, shown: bool) -> None:
    members = anime_members(Title(1, "One", image_url=address), covers=True)
    assert members["image_url"] == (address if shown else None)


@pytest.mark.parametrize("external_id", ["", "1/../../x", "1?x", "１", "1\n", "tv/1"])
def test_no_page_is_made_of_what_is_no_id(external_id: str) -> None:
    assert page_of("anidb", external_id) is None
    assert page_of("nowhere", "1") is None
    assert all(page_of(site, "1") or site == "tmdb" for site in SITES)


def details_of(client: FlaskClient, row: int) -> AnimeDetail:
    """Of one of three titles of a franchise, the last of them for adults."""
    titles = (
        Title(7, "House", season=Season(2003, "spring"), year=2003),
        Title(8, "House 2", year=2004),
        Title(9, "House 3", year=2005, genres=("Hentai",)),
    )
    relations = [Relation(7, 8, "sequel"), Relation(7, 9, "side_story")]
    catalog = Catalog(titles, (DETAILS, TitleDetails(), TitleDetails()))
    franchises = Franchises.build(catalog, relations)
    models = {Popularity: popularity([0.3, 0.2, 0.1])}
    snapshot: Any = SimpleNamespace(catalog=catalog, franchises=franchises, models=models)
    with client.application.app_context():
        return AnimeDetail.detailed(OneTitle(snapshot, row))


def test_details_and_relations_are_shown(shared_client: FlaskClient) -> None:
    found = details_of(shared_client, 0)
    assert (found.synopsis, found.producers) == ("A house.", ["Builders"])
    assert (found.aired_from, found.aired_to) == ("2003-04-06", "2003-09-28")
    assert found.external_ids == DETAILS.external_ids
    assert found.season is not None
    assert found.season.model_dump() == {"year": 2003, "name": "spring"}
    assert [(one.anime_id, one.name, one.kind) for one in found.relations] == [(8, "House 2", "sequel")]
    assert [one.kind for one in details_of(shared_client, 1).relations] == ["prequel"]


def test_adult_titles_of_a_franchise_are_shown_among_their_own(shared_client: FlaskClient) -> None:
    orders = [[item.anime_id for item in details_of(shared_client, row).watch_order] for row in range(3)]
    assert orders == [[7, 8], [7, 8], [7, 8, 9]]
    assert [one.kind for one in details_of(shared_client, 2).relations] == ["parent_story"]
