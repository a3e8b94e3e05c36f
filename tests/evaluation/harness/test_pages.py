"""Pages of a real model: curves of the options, truth of reasons, the report on both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.harness import pages
from evaluation.harness.option_curves import VARIED_OPTIONS, OptionCurve, option_curves
from evaluation.harness.pages import NewTitles
from evaluation.harness.queries import Queries
from evaluation.metrics.ranking import Mean
from evaluation.metrics.rating_effects import RatingEffect
from evaluation.metrics.reasons import ReasonQuality, Standing
from evaluation.protocols.holdout import Holdout, HoldoutConfig, hold_out
from evaluation.reports.pages_report import PagesReport
from evaluation.reports.plot import draw_curves
from evaluation.reports.provenance import Provenance
from recommender.artifacts.snapshot import Snapshot
from recommender.pipeline.options import FranchiseMode, PageOptions

SURE, UNKNOWN = Mean(1.0, 0.0), Mean.of(())


@pytest.fixture(scope="module")
def holdout(snapshot: Snapshot) -> Holdout:
    """Of users that the model was fitted on, which is enough for these checks."""
    return hold_out(snapshot.ratings, HoldoutConfig(users=25))


@pytest.fixture(scope="module")
def measured(snapshot: Snapshot, holdout: Holdout) -> tuple[OptionCurve, ...]:
    return option_curves(snapshot, Queries(holdout.history, holdout.favorites, {}))


def test_varied_option_changes_one_option_of_served_pages() -> None:
    for option in VARIED_OPTIONS:
        assert option.values[0] == 0.0
        assert option.values[-1] == 1.0
        assert list(option.values) == sorted(option.values)
        assert option.options(0.0) == PageOptions()
        assert option.options(0.5).franchise is FranchiseMode.ENTRY_POINT
    diversity, niche = VARIED_OPTIONS
    assert diversity.options(0.5) == PageOptions(diversity=0.5)
    assert niche.options(0.5) == PageOptions(niche=0.5)


def test_both_curves_start_with_the_default_page(measured: tuple[OptionCurve, ...]) -> None:
    diversity, niche = measured
    assert diversity.results[0.0] is niche.results[0.0]
    assert diversity.results[0.0].history.later_parts.value == 0.0
    assert diversity.results[0.0].history.near_duplicates.value == 0.0


@pytest.mark.parametrize("protocol", ["history", "favorites"])
def test_option_raises_its_gain(measured: tuple[OptionCurve, ...], protocol: str) -> None:
    for curve in measured:
        assert tuple(curve.results) == curve.option.values
        least, most = (curve.results[value].quality(protocol) for value in (0.0, 1.0))
        assert curve.option.gain(most) > curve.option.gain(least)


def test_named_reasons_are_truer_than_random_titles(snapshot: Snapshot, holdout: Holdout) -> None:
    found = pages.reasons(snapshot, holdout, seed=1)
    assert list(found) == ["history", "favorites"]
    for quality in found.values():
        assert quality.named_share.value > 0.5
        assert quality.named.above_median.value > quality.chance.above_median.value


def report(measured: tuple[OptionCurve, ...]) -> PagesReport:
    standing, none = Standing(SURE, Mean(0.5, 0.25), UNKNOWN), Standing(UNKNOWN, UNKNOWN, UNKNOWN)
    effects = {
        None: RatingEffect(Mean(np.log(100.0), 0.1), Mean(0.0, 0.0), Mean(0.0, 0.0), Mean(0.0, 0.0)),
        3: RatingEffect(Mean(np.log(2_000.0), 0.1), Mean(2.996, 0.2), Mean(0.9, 0.04), Mean(0.01, 0.02)),
    }
    return PagesReport(
        Provenance("9 users.", "2 cores.", "python scripts/evaluate_pages.py"),
        measured,
        {"history": ReasonQuality(Mean(0.75, 0.1), standing, none)},
        effects,
        NewTitles(200, 1_234, {"hybrid": Mean(0.8, 0.01), "popular": UNKNOWN}),
    )


def test_page_has_every_table(measured: tuple[OptionCurve, ...]) -> None:
    page = report(measured).markdown("pages.svg")
    assert page.startswith("# Pages\n\n9 users.\n")
    assert "](pages.svg)" in page
    for title in ("Diversity, history", "Diversity, favorites", "Niche, history", "Niche, favorites"):
        assert f"## {title}: " in page
    assert "| niche | NDCG@10 | Recall@20 | coverage@10 | mean likes | novelty | variety |" in page
    served = measured[0].results[0.0].history
    assert f"| 0 | {served.ndcg} | {served.recall} | " in page
    assert "named: history 75.0% ±10.0%." in page
    assert "| history | named first | 100.0% ±0.0% | 50.0% ±25.0% | – |" in page
    assert "| history | at random | – | – | – |" in page
    assert "| not added | 100 | – | – | – |" in page
    assert "| rated 3 | 2,000 | 2.996 ±0.200 | 90.0% ±4.0% | 0.010 ±0.020 |" in page
    assert "1,234 hidden users" in page
    assert "| hybrid | 0.800 ±0.010 |\n| popular | – |\n| at random | 0.500 |" in page


def test_plot_is_reproducible_and_labels_every_value(
    measured: tuple[OptionCurve, ...], tmp_path: Path
) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    draw_curves(measured, first)
    draw_curves(measured, second)
    assert first.read_bytes() == second.read_bytes()
    drawn = first.read_text("utf-8")
    assert "dc:date" not in drawn
    for label in ("0.25", "0.6", "variety", "novelty", "history: 80 % of a list, with ratings"):
        assert f"<!-- {label} -->" in drawn
