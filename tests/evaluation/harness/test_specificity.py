"""Specificity of a real model, by every algorithm, and examples of its pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.harness.candidates import as_served, similar_titles
from evaluation.harness.specificity import FIND_SIMILAR, Specificity
from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import HoldoutConfig, favorites_by_count, hold_out
from evaluation.protocols.similar_titles import RecommendedPair, similar_page
from evaluation.protocols.themes import Themes
from evaluation.reports.examples import example_tables, find_examples
from evaluation.reports.plot import draw_panels
from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.options import PageOptions
from tests.recommender.small import likes


@pytest.fixture(scope="module")
def served(snapshot: Snapshot) -> Specificity:
    """Pairs and a theme made of what `content-based` finds, so that it must find all of it again."""
    ids, similar = snapshot.catalog.vocabulary.ids, similar_titles(snapshot, "content-based")
    pairs = []
    for source in (5, 50, 150):
        best = similar_page(similar, source, snapshot.franchises)
        pairs += [RecommendedPair(int(ids[source]), int(ids[row]), 20 - n) for n, row in enumerate(best)]
    page = as_served(snapshot, "hybrid")(likes([3, 10, 20]), 20)
    themes = {"kind": {"members": ids[page].tolist()}}
    lists = [{"theme": "kind", "ids": ids[[3, 10, 20]].tolist()}]
    return Specificity(snapshot, pairs, Themes.model_validate({"themes": themes, "hand_lists": lists}))


def test_similar_titles_of_an_ideal_algorithm_score_1(served: Specificity) -> None:
    quality = served.similar_titles("content-based")
    assert quality is not None
    assert len(quality.ndcgs) == 3
    assert quality.recall.value == 1.0
    assert quality.ndcg.value > 0.95  # votes from both ends of a pair may change an order
    for algorithm in FIND_SIMILAR:
        other = served.similar_titles(algorithm)
        assert other is not None
        assert other.ndcg.value <= quality.ndcg.value


def test_theme_lists_are_measured_on_the_served_page(served: Specificity) -> None:
    ideal, popular = served.theme_lists("hybrid"), served.theme_lists("popular")
    assert ideal is not None
    assert popular is not None
    assert ideal.theme.value == 1.0
    assert popular.theme.value < 1.0
    niche = served.theme_lists("hybrid", PageOptions(niche=1.0))
    assert niche is not None
    assert niche.likes.value < ideal.likes.value


def test_without_files_only_people_are_measured(snapshot: Snapshot) -> None:
    holdout = hold_out(snapshot.ratings, HoldoutConfig(users=10))
    bare = Specificity(snapshot)
    assert bare.similar_titles("popular") is None
    assert bare.theme_lists("popular") is None
    one = bare.one_title("popular", favorites_by_count(holdout, (1,), 5, seed=1)[1])
    assert len(one.recommended_shares) == 0
    assert len(one.ndcgs) == 5
    people = bare.people("popular", holdout.favorites)
    assert np.isnan(people.recommended_shares).all()
    assert people.coverage.value >= 20


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_measure_of_people_is_finite(served: Specificity, snapshot: Snapshot, algorithm: str) -> None:
    cases = hold_out(snapshot.ratings, HoldoutConfig(users=10)).history
    quality = served.people(algorithm, cases)
    for values in (quality.ndcgs, quality.debiased_ndcgs, quality.divergences):
        assert np.isfinite(Mean.of(values).value)
    assert 0.0 <= quality.jaccard.value <= 1.0
    assert quality.fewest <= quality.likes.value


def test_one_title_measures_sources_and_people(served: Specificity) -> None:
    quality = served.one_title("content-based", ())
    assert len(quality.recommended_shares) == len(quality.recommended_ndcgs) == 3
    assert Mean.of(quality.recommended_shares).value > 0.2
    assert np.isnan(Mean.of(quality.ndcgs).value)


def test_examples_show_pages_with_their_votes(served: Specificity, snapshot: Snapshot) -> None:
    title_id = str(snapshot.catalog.vocabulary.id(5))
    examples = find_examples(["kind", title_id], served.themes, snapshot.catalog)
    theme, similar, alone = example_tables(served, "content-based", examples)
    assert theme.title == "Example: kind"
    assert snapshot.catalog[10].name in theme.note
    groups = snapshot.franchises.groups
    own = {
        snapshot.catalog[row].name for row in np.flatnonzero(np.isin(groups, groups[[3, 10, 20]])).tolist()
    }
    for name, *_ in theme.rows:
        assert name.startswith("= ") == (name.removeprefix("= ") in own)
    assert similar.title == f"Example: titles similar to {snapshot.catalog[5].name}"
    assert len(similar.rows) == 10
    assert float(similar.rows[0][3]) >= 11
    assert alone.title.endswith(" alone")


def test_panels_are_drawn_the_same_each_time(tmp_path: Path) -> None:
    panels = {"first": {"a": Mean(0.25, 0.1), "b": Mean(0.5, 0.1)}, "second": {"a": Mean(0.125, 0.0)}}
    draw_panels(panels, tmp_path / "a.svg")
    draw_panels(panels, tmp_path / "b.svg")
    drawn = (tmp_path / "a.svg").read_text("utf-8")
    assert drawn == (tmp_path / "b.svg").read_text("utf-8")
    for label in ("first", "second", "0.250", "0.125"):
        assert f"{label} -->" in drawn
