"""Titles are loaded with every field, ordered by id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, insert

from db.aliases import Alias, insert_aliases
from db.engine import read_transaction, write_transaction
from db.models import Anime
from db.titles import load_titles
from domain.titles import Title
from tests.db.helpers import put_titles


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
    }
    with write_transaction(engine) as connection:
        connection.execute(insert(Anime), known)
        insert_aliases(connection, [Alias(1, "SnK", "synonym"), Alias(1, "AoT", "english")])
    with read_transaction(engine) as connection:
        (title,) = load_titles(connection)
    aliases = (("AoT", "english"), ("SnK", "synonym"))
    assert title == Title(**{**known, "genres": ("Action", "Drama"), "aliases": aliases})


def test_unknown_fields_are_none_or_empty(engine: Engine) -> None:
    put_titles(engine, [1])
    with read_transaction(engine) as connection:
        (title,) = load_titles(connection)
    assert title == Title(1, "Title 1", (), (), None, None, None, None, None, None)
