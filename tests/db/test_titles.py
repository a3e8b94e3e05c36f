"""Titles are loaded with every field, ordered by id."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Engine, insert, update

from db.aliases import Alias, insert_aliases
from db.engine import read_transaction, write_transaction
from db.models import Anime, AnimeOffer, ExternalId
from db.titles import load_details, load_titles
from domain.titles import NO_DETAILS, Offer, Season, Title, TitleDetails
from tests.db.helpers import put_titles

OFFER = {"anime_id": 1, "service": "netflix", "url": "https://example.org/watch/1", "regions": ["DE"]}


def test_load_titles_orders_by_id(engine: Engine) -> None:
    put_titles(engine, [30, 2, 11])
    with read_transaction(engine) as connection:
        assert [row.anime_id for row in load_titles(connection)] == [2, 11, 30]


def test_empty_catalog_has_no_titles(engine: Engine) -> None:
    with read_transaction(engine) as connection:
        assert load_titles(connection) == []


def test_load_titles_returns_every_field(engine: Engine) -> None:
    known: dict[str, Any] = {
        "anime_id": 1,
        "name": "Shingeki no Kyojin",
        "genres": ["Action", "Drama"],
        "type": "TV",
        "episodes": 25,
        "score": 8.5,
        "members": 900_000,
        "year": 2013,
        "image_url": "https://example.org/1.jpg",
        "studios": ["Bones"],
        "source": "Manga",
        "duration_minutes": 24,
        "airing_status": "finished",
        "age_rating": "R",
    }
    with write_transaction(engine) as connection:
        connection.execute(insert(Anime), known | {"season": "spring", "season_year": 2013})
        connection.execute(insert(AnimeOffer), [{**OFFER, "source": source} for source in ("a", "b")])
        insert_aliases(connection, [Alias(1, "SnK", "synonym"), Alias(1, "AoT", "english")])
    with read_transaction(engine) as connection:
        (title,) = load_titles(connection)
    aliases = (("AoT", "english"), ("SnK", "synonym"))
    expected = known | {
        "genres": ("Action", "Drama"),
        "aliases": aliases,
        "studios": ("Bones",),
        "season": Season(2013, "spring"),
        "services": ("netflix",),
    }
    assert title == Title(**expected)


def test_load_details_returns_every_field_in_the_order_of_titles(engine: Engine) -> None:
    put_titles(engine, [30, 2])
    known: dict[str, Any] = {
        "synopsis": "Walls.",
        "producers": ["Pony Canyon"],
        "tags": ["military"],
        "aired_from": date(2013, 4, 7),
        "aired_to": date(2013, 9, 28),
    }
    ids = [("kitsu", "7442"), ("anilist", "9"), ("anilist", "16498")]
    with write_transaction(engine) as connection:
        connection.execute(update(Anime).where(Anime.anime_id == 2).values(known))
        connection.execute(insert(AnimeOffer), {**OFFER, "anime_id": 2, "source": "a"})
        connection.execute(
            insert(ExternalId), [{"site": site, "external_id": value, "anime_id": 2} for site, value in ids]
        )
    with read_transaction(engine) as connection:
        details = load_details(connection)
    assert details == [
        TitleDetails(
            "Walls.",
            ("Pony Canyon",),
            ("military",),
            "2013-04-07",
            "2013-09-28",
            {"anilist": "16498", "kitsu": "7442"},
            (Offer("netflix", "https://example.org/watch/1", ("DE",)),),
        ),
        NO_DETAILS,
    ]


def test_unknown_fields_are_none_or_empty(engine: Engine) -> None:
    put_titles(engine, [1])
    with read_transaction(engine) as connection:
        (title,) = load_titles(connection)
    assert title == Title(1, "Title 1")
