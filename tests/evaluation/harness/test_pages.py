"""What people see: the knobs of a real model's pages, its reasons, and what a run writes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recommender.pipeline.page import FranchiseMode, Wishes

from evaluation.harness import pages
from evaluation.harness.knobs import KNOBS, Curve, curves
from evaluation.harness.pages import NewTitles
from evaluation.harness.questions import Questions
from evaluation.harness.setting import Setting
from evaluation.metrics.dislikes import RatingEffect
from evaluation.metrics.ranking import Mean
from evaluation.metrics.reasons import ReasonQuality, Standing
from evaluation.protocols.holdout import Holdout, HoldoutConfig, hold_out
from evaluation.reports.pages_report import PagesReport
from evaluation.reports.plot import draw_curves
from recommender.artifacts.snapshot import Snapshot

SURE, UNKNOWN = Mean(1.0, 0.0), Mean.of(())


@pytest.fixture(scope="module")
def holdout(snapshot: Snapshot) -> Holdout:
    """Of the people that the model has learned from: enough to be asked about."""
    return hold_out(snapshot.ratings, HoldoutConfig(users=25))


@pytest.fixture(scope="module")
def measured(snapshot: Snapshot, holdout: Holdout) -> tuple[Curve, ...]:
    return curves(snapshot, Questions(holdout.history, holdout.favorites, {}))


def test_a_knob_turns_one_wish_and_leaves_the_page_as_it_is_served() -> None:
    for knob in KNOBS:
        assert knob.values[0] == 0.0
        assert knob.values[-1] == 1.0
        assert list(knob.values) == sorted(knob.values)
        assert knob.wishes(0.0) == Wishes()
        assert knob.wishes(0.5).franchise is FranchiseMode.ENTRY_POINT
    diversity, niche = KNOBS
    assert diversity.wishes(0.5) == Wishes(diversity=0.5)
    assert niche.wishes(0.5) == Wishes(niche=0.5)


def test_both_knobs_begin_with_the_page_as_it_is_served(measured: tuple[Curve, ...]) -> None:
    diversity, niche = measured
    assert diversity.rows[0.0] is niche.rows[0.0]
    assert diversity.rows[0.0].history.later_parts.value == 0.0
    assert diversity.rows[0.0].history.near_duplicates.value == 0.0


@pytest.mark.parametrize("protocol", ["history", "favorites"])
def test_a_knob_gains_what_it_is_turned_for(measured: tuple[Curve, ...], protocol: str) -> None:
    for curve in measured:
        assert tuple(curve.rows) == curve.knob.values
        least, most = (curve.rows[value].quality(protocol) for value in (0.0, 1.0))
        assert curve.knob.gain(most) > curve.knob.gain(least)


def test_reasons_are_truer_than_titles_taken_at_random(snapshot: Snapshot, holdout: Holdout) -> None:
    found = pages.reasons(snapshot, holdout, seed=1)
    assert list(found) == ["history", "favorites"]
    for quality in found.values():
        assert quality.given.value > 0.5
        assert quality.named.above_median.value > quality.chance.above_median.value


def report(measured: tuple[Curve, ...]) -> PagesReport:
    standing, none = Standing(SURE, Mean(0.5, 0.25), UNKNOWN), Standing(UNKNOWN, UNKNOWN, UNKNOWN)
    effects = {
        None: RatingEffect(Mean(np.log(100.0), 0.1), Mean(0.0, 0.0), Mean(0.0, 0.0), Mean(0.0, 0.0)),
        3: RatingEffect(Mean(np.log(2_000.0), 0.1), Mean(2.996, 0.2), Mean(0.9, 0.04), Mean(0.01, 0.02)),
    }
    return PagesReport(
        Setting("9 users.", "2 cores.", "python scripts/evaluate_pages.py"),
        measured,
        {"history": ReasonQuality(Mean(0.75, 0.1), standing, none)},
        effects,
        NewTitles(200, 1_234, {"hybrid": Mean(0.8, 0.01), "popular": UNKNOWN}),
    )


def test_the_page_says_everything(measured: tuple[Curve, ...]) -> None:
    page = report(measured).markdown("pages.svg")
    assert page.startswith("# What people see\n\n9 users.\n")
    assert "](pages.svg)" in page
    for title in ("Diversity, history", "Diversity, favorites", "Niche, history", "Niche, favorites"):
        assert f"## {title}: " in page
    assert "| niche | NDCG@10 | Recall@20 | coverage@10 | mean likes | novelty | variety |" in page
    served = measured[0].rows[0.0].history
    assert f"| 0 | {served.ndcg} | {served.recall} | " in page
    assert "named: history 75.0% ±10.0%." in page
    assert "| history | named first | 100.0% ±0.0% | 50.0% ±25.0% | – |" in page
    assert "| history | at random | – | – | – |" in page
    assert "| not added | 100 | – | – | – |" in page
    assert "| rated 3 | 2,000 | 2.996 ±0.200 | 90.0% ±4.0% | 0.010 ±0.020 |" in page
    assert "1,234 hidden people" in page
    assert "| hybrid | 0.800 ±0.010 |\n| popular | – |\n| a coin | 0.500 |" in page


def test_the_picture_is_the_same_every_time_and_names_every_place_of_a_knob(
    measured: tuple[Curve, ...], tmp_path: Path
) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    draw_curves(measured, first)
    draw_curves(measured, second)
    assert first.read_bytes() == second.read_bytes()
    drawn = first.read_text("utf-8")
    assert "dc:date" not in drawn
    for label in ("0.25", "0.6", "variety", "novelty", "history: 80 % of a list, with ratings"):
        assert f"<!-- {label} -->" in drawn
