"""Shared by the search tests: the demo catalog with its index, small indexes, the query bank."""

from __future__ import annotations

import csv

import pytest

from config import ROOT
from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.search import TitleIndex

DEMO = ROOT / "curated" / "titles.csv"


def _demo_catalog() -> Catalog:
    titles = []
    with DEMO.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            aliases = [(row["english"], "english")] if row["english"] else []
            aliases += [(alias, "synonym") for alias in row["aliases"].split("|") if alias]
            members = int(row["members"] or 0)
            titles.append(Title(int(row["anime_id"]), row["name"], tuple(aliases), members=members))
    return Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))


def query_bank() -> list[tuple[str, int | None]]:
    """(query, anime_id of the title that is meant, None if it is outside the catalog)."""
    with (ROOT / "evaluation" / "data" / "title_queries.csv").open(encoding="utf-8", newline="") as file:
        return [(row["query"], int(row["anime_id"] or 0) or None) for row in csv.DictReader(file)]


@pytest.fixture(scope="package")
def catalog() -> Catalog:
    return _demo_catalog()


@pytest.fixture(scope="package")
def index(catalog: Catalog) -> TitleIndex:
    return TitleIndex.build(catalog)


def index_of(*titles: Title) -> TitleIndex:
    return TitleIndex.build(Catalog(titles))


def index_of_names(*names: str) -> TitleIndex:
    """An index of titles with these names, most popular first."""
    return index_of(*(Title(row, name, members=100 - row) for row, name in enumerate(names)))
