"""Hints that titles are related: crossovers, specials, merged franchises."""

from __future__ import annotations

from tests.recommender.franchises.conftest import build, families, tv


def test_crossover_hints_chain_no_franchises() -> None:
    hints = [(30, other, "same_franchise") for other in (10, 11, 12, 20, 21)]
    built = build(families(), *hints, (13, 23, "same_franchise"))
    assert built["Festa"][0] == "Festa"
    assert {built[f"Hagane {number}"][0] for number in range(1, 5)} == {"Hagane 1"}
    assert {built[f"Midori {number}"][0] for number in range(1, 5)} == {"Midori 1"}


def test_special_joined_by_a_hint_alone_is_an_extra() -> None:
    built = build(families(), (11, 30, "same_franchise"))
    assert built["Festa"] == ("Hagane 1", "Hagane 1", True)


def test_two_distinctive_pairs_of_hints_merge_franchises() -> None:
    titles = [
        tv(10 * family + number, f"Toaru {name} no Hon{mark}", 2000 + family + number)
        for family, name in ((1, "Majutsu"), (2, "Kagaku"))
        for number, mark in enumerate(("", " II", " III"))
    ]
    apart = build(titles, (10, 20, "same_franchise"))
    assert len({first for first, _, _ in apart.values()}) == 2
    built = build(titles, (10, 20, "same_franchise"), (11, 21, "same_franchise"))
    assert {first for first, _, _ in built.values()} == {"Toaru Majutsu no Hon"}
    assert built["Toaru Kagaku no Hon II"][1] == "Toaru Kagaku no Hon"
