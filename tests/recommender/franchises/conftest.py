"""Shared by the franchise tests: small catalogs and the demo catalog."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache

from config import ROOT
from domain.relations import Relation
from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises


def build(titles: Iterable[Title], *relations: tuple[int, int, str]) -> dict[str, tuple[str, str, bool]]:
    """Name -> (name of the group's first title, name of the entry, whether an extra)."""
    catalog = Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))
    built = Franchises.build(catalog, [Relation(*relation) for relation in relations])
    return {
        title.name: (
            catalog[built.groups[row]].name,
            catalog[built.entries[row]].name,
            bool(built.extras[row]),
        )
        for row, title in enumerate(catalog.titles)
    }


def tv(anime_id: int, name: str, year: int | None = None, *aliases: str, type: str = "TV") -> Title:
    names = tuple((alias, "synonym") for alias in aliases)
    return Title(anime_id, name, names, ("Action",), type, members=1_000, year=year)


HOUSE, TREE, FISH = tv(1, "House", 2001), tv(2, "Tree", 2003), tv(3, "Fish", 2005)


def records(name: str) -> list[dict[str, str]]:
    with (ROOT / "curated" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def demo() -> Catalog:
    """The demo catalog, with all names of the demo data."""
    names: dict[int, list[tuple[str, str]]] = {}
    for record in [*records("titles.csv"), *records("aliases.csv")]:
        aliases = names.setdefault(int(record["anime_id"]), [])
        aliases += [(record["english"], "english")] if record["english"] else []
        aliases += [(alias, "synonym") for alias in record["aliases"].split("|") if alias]
    titles = [
        Title(
            int(record["anime_id"]),
            record["name"],
            tuple(dict.fromkeys(names[int(record["anime_id"])])),
            tuple(record["genres"].split(", ")),
            record["type"],
            members=int(record["members"]),
            year=int(record["year"]),
        )
        for record in records("titles.csv")
    ]
    return Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))


def curated() -> list[Relation]:
    return [Relation(int(r["anime_id"]), int(r["related_id"]), r["kind"]) for r in records("relations.csv")]


def families() -> list[Title]:
    """Two franchises of four titles each, 10-13 and 20-23, and a title 30 named after neither."""
    titles = [
        tv(10 * family + number, f"{name} {number + 1}", 2000 + number)
        for family, name in ((1, "Hagane"), (2, "Midori"))
        for number in range(4)
    ]
    return [*titles, tv(30, "Festa", 2015, type="Special")]
