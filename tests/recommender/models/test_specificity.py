"""`specificity`: its two parts worked out by hand, and what any list may expect of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.context import ScoringContext
from recommender.models.specificity import Specificity, SpecificityConfig
from recommender.models.themes import Themes, ThemesConfig
from tests.conftest import TITLES
from tests.recommender.small import catalog, context, likes, random_lists, specificity

N = 8
# 2 goes with 0 and 1, 3 half as much, 4 hardly; 0 and 1 go with each other; 5 goes with 6 alone
SIMILAR = np.zeros((N, N))
SIMILAR[[0, 1], [1, 0]] = 0.1
SIMILAR[:2, [2, 3, 4]] = 1, 0.5, 0.01
SIMILAR[5, 6] = 1
CONFIG = SpecificityConfig(theme=0.55, similarity=0.45, half_length=30, least=0.03)
LEAST = np.log(CONFIG.least)
# what similarity adds to 2, 3 and 4 for the coherent list of 0 and 1, before weighing
CLOSENESS = np.array([-LEAST, np.log(0.5) - LEAST, 0])
LISTS = [Query.of(entries.items()) for entries in random_lists(8, TITLES, seed=8).values()]
LISTS += [likes([3]), likes([3, 40, 77]), Query.of([(3, 1), (9, 8), (200, 0)])]


def ask(query: Query) -> ScoringContext:
    return context(query, catalog(N))


def of_similar() -> Specificity:
    return replace(specificity(SIMILAR), config=CONFIG)


def added(query: Query, config: SpecificityConfig = CONFIG) -> NDArray[np.float32]:
    """The logarithms for titles 2, 3 and 4."""
    return replace(of_similar(), config=config).scores(ask(query))[2:5]


def test_similar_titles_add_the_log_of_their_similarity() -> None:
    assert added(likes([0, 1])) == pytest.approx(0.45 / (1 + (2 / 30) ** 2) * CLOSENESS, rel=1e-4)


def test_long_list_adds_less() -> None:
    assert added(likes([0, 1]), replace(CONFIG, half_length=2)) == pytest.approx(
        0.45 / 2 * CLOSENESS, rel=1e-4
    )


def test_incoherent_list_adds_less() -> None:
    trust = 1 / (1 + (3 / 30) ** 2)
    # 0 and 1 are one of the three pairs of 0, 1 and 7
    assert added(likes([0, 1, 7])) == pytest.approx(0.45 * trust / 3 * CLOSENESS, rel=1e-4)
    assert added(likes([0, 7])).tolist() == [0, 0, 0]


def test_closeness_is_above_the_least_that_counts() -> None:
    found = of_similar().closeness(ask(likes([0, 1])))
    assert found[2:5] == pytest.approx(CLOSENESS, rel=1e-4)
    assert found[[0, 1]] == pytest.approx(np.log(0.1 / 2) - LEAST, rel=1e-4)  # of the list itself
    assert not found[5:].any()


def test_themes_add_their_strength() -> None:
    tags = (np.arange(N) < 4).astype(np.uint8)[:, None]
    themes = Themes(ThemesConfig(), tags, np.array([0.001], np.float32))
    model = replace(specificity(np.zeros((N, N))), config=CONFIG, themes=themes)
    request = ask(likes([0, 1, 2]))
    # 3 of 3 by chance are a matter of 10^-9
    strength = np.log(1000) / (1 + (3 / 10) ** 2)
    assert model.scores(request) == pytest.approx([0.55 * strength] * 4 + [0] * 4, rel=1e-5)


@pytest.mark.parametrize(
    "query", [Query.of([]), likes([7]), Query.of([(0, 1)])], ids=["empty", "unknown", "hated"]
)
def test_list_that_says_nothing_adds_nothing(query: Query) -> None:
    model = of_similar()
    assert not model.scores(ask(query)).any()
    assert not model.closeness(ask(query)).any()
    assert not model.contributions(ask(query), np.arange(N)).any()


@pytest.mark.parametrize("query", LISTS)
def test_scores_are_sums_of_contributions_and_never_negative(snapshot: Snapshot, query: Query) -> None:
    model, request, rows = snapshot.models[Specificity], snapshot.context(query), np.arange(TITLES)
    scores, parts = model.scores(request), model.contributions(request, rows)
    assert parts.shape == (len(query.anime_rows), TITLES)
    assert parts.sum(axis=0) == pytest.approx(scores, abs=1e-4)
    assert np.isfinite(scores).all()
    assert scores.min() >= 0 <= parts.min()


def test_short_lists_add_something(snapshot: Snapshot) -> None:
    assert snapshot.models[Specificity].scores(snapshot.context(likes([3]))).any()


@pytest.mark.parametrize("least", [0, 0.0, -0.1, float("nan")])
def test_least_similarity_must_be_above_0(least: float) -> None:
    with pytest.raises(ValueError, match="least must be above 0, not "):
        SpecificityConfig(least=least)
