"""The watch order of a franchise, by hand."""

from __future__ import annotations

from dataclasses import replace

from domain.relations import Relation
from domain.titles import Season, Title, TitleDetails
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises, watch_order
from tests.recommender.franchises.conftest import tv

HOUSE = (
    tv(1, "House", 2003),
    tv(2, "House Second Season", 2005),
    tv(3, "House Recap", 2003, type="Special"),
    replace(tv(4, "House Movie", 2005, type="Movie"), season=Season(2005, "winter")),
    tv(5, "House: Another Story", 2001),
    tv(6, "Fish", 2000),
)
ALTERNATIVE = Relation(1, 5, "alternative")


def order(
    titles: tuple[Title, ...], anime_id: int, days: dict[int, str], *more: Relation
) -> list[tuple[int, int, bool]]:
    """(id, story line, whether an extra) of the franchise of a title."""
    catalog = Catalog(titles, [TitleDetails(aired_from=days.get(title.anime_id)) for title in titles])
    row = catalog.vocabulary.row(anime_id)
    assert row is not None
    found = watch_order(Franchises.build(catalog, [ALTERNATIVE, *more]), catalog, row)
    return [(catalog[part.row].anime_id, part.story_line, part.extra) for part in found]


def test_watch_order_has_entry_first_extras_last() -> None:
    expected = [(5, 0, False), (1, 1, False), (4, 1, False), (2, 1, False), (3, 1, True)]
    for anime_id in (1, 2, 3, 4, 5):
        assert order(HOUSE, anime_id, {2: "2005-04-03"}) == expected


def test_watch_order_goes_by_day_then_by_id() -> None:
    lines = [[1, 2, 4], [1, 4, 2], [1, 2, 4]]
    for days, line in zip(
        ({2: "2005-01-01", 4: "2005-01-02"}, {2: "2005-01-02"}, {2: "2005-01"}), lines, strict=True
    ):
        assert [one for one, at, extra in order(HOUSE, 1, days) if at == 1 and not extra] == line


def test_side_story_and_ova_are_extras_unless_sequels() -> None:
    titles = (*HOUSE, tv(7, "House OVA", 2004, type="OVA"), tv(8, "Garden", 2004))
    side_story = Relation(1, 8, "side_story")
    assert order(titles, 1, {}, side_story)[-3:] == [(3, 1, True), (7, 1, True), (8, 1, True)]
    sequels = Relation(1, 7, "sequel"), Relation(7, 8, "sequel")
    extras = [one for one, _, extra in order(titles, 1, {}, side_story, *sequels) if extra]
    assert extras == [3]


def test_title_without_franchise_is_its_own_watch_order() -> None:
    assert order(HOUSE, 6, {}) == [(6, 0, False)]
