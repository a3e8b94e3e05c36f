"""`themes`: how improbable a list is, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.base import Models
from recommender.models.context import ScoringContext
from recommender.models.themes import Themes, ThemesConfig
from tests.recommender.small import catalog, context, likes, popularity, ratings, training_data

N = 60
RARE, COMMON = 0, 1
CONFIG = ThemesConfig(doubtful=2.2, certain=4.7, titles=2, half_length=10)
# titles 0 to 39 are rare, 20 to 59 common
TAGS = np.stack([np.arange(N) < 40, np.arange(N) >= 20], axis=1).astype(np.uint8)


def themes(rare: float = 0.1, common: float = 0.5) -> Themes:
    """A model of two tags that have these shares of all likes."""
    return Themes(CONFIG, TAGS, np.array([rare, common], np.float32))


def ask(query: Query) -> ScoringContext:
    return context(query, catalog(N))


@pytest.mark.parametrize(
    ("rare", "certainty"),
    [
        # 5 of 5 is a matter of .1^5 = 10^-5, more than the 10^-4.7 that is certain
        (5, 1.0),
        # 5 * (.8 ln(.8 / .1) + .2 ln(.2 / .9)) / ln 10 = 2.95914, of 2.2 to 4.7
        (4, (2.95914 - 2.2) / 2.5),
        # 5 * (.6 ln(.6 / .1) + .4 ln(.4 / .9)) / ln 10 = 1.63, below 2.2
        (3, 0.0),
        (0, 0.0),
    ],
)
def test_strength_is_how_improbable_the_list_is(rare: int, certainty: float) -> None:
    listed = [*range(rare), *range(45, 50 - rare)]  # the others have no rare tag
    trust = 1 / (1 + (5 / 10) ** 2)
    found = themes(common=1.0).strengths(ask(likes(listed)))
    assert found == pytest.approx([trust * certainty * np.log(10), 0], rel=1e-4)


def test_tag_of_fewer_titles_than_two_is_no_theme() -> None:
    model = themes(rare=1e-6)  # by chance, one title would be a matter of 10^-6
    assert model.strengths(ask(likes([0]))).tolist() == [0, 0]
    assert model.strengths(ask(likes([0, 1])))[RARE] > 0


def test_tag_that_the_list_has_less_often_is_no_theme() -> None:
    listed = likes([*range(40, 50), *range(5)])  # two thirds, of a tag of nine tenths of all likes
    assert themes(rare=0.9).strengths(ask(listed))[RARE] == 0


def test_longer_list_trusts_its_themes_less() -> None:
    found = [float(themes().strengths(ask(likes(range(n))))[RARE]) for n in (5, 10, 20)]
    assert found == pytest.approx([np.log(10) / (1 + (n / 10) ** 2) for n in (5, 10, 20)], rel=1e-5)


def test_scores_are_of_the_strongest_theme_of_a_title() -> None:
    model, request = themes(common=0.2), ask(likes(range(20, 27)))  # of both tags
    strengths = model.strengths(request)
    assert strengths[RARE] > strengths[COMMON] > 0
    scores = model.scores(request)
    assert scores.tolist() == [strengths[RARE]] * 40 + [strengths[COMMON]] * 20
    assert model.strongest(request, np.array([0, 30, 50])).tolist() == [RARE, RARE, COMMON]


def test_contributions_are_equal_parts_of_titles_with_the_tag() -> None:
    model, query = themes(), Query.of([(row, 9) for row in range(4)] + [(10, 2), (50, 9)])
    rows = np.array([5, 30, 55])
    parts = model.contributions(ask(query), rows)
    assert parts.sum(axis=0) == pytest.approx(model.scores(ask(query))[rows], rel=1e-5)
    assert parts[:4, 0] == pytest.approx(np.full(4, model.scores(ask(query))[5] / 4), rel=1e-5)
    assert not parts[[4, 5]].any()  # disliked, and without the tag
    assert not parts[:, 2].any()


@pytest.mark.parametrize("query", [Query.of([]), Query.of([(0, 1), (1, 1)])], ids=["empty", "hated"])
def test_list_without_liked_titles_has_no_themes(query: Query) -> None:
    model, rows = themes(), np.arange(N)
    assert model.counts(ask(query)).tolist() == [0, 0]
    assert not model.strengths(ask(query)).any()
    assert not model.scores(ask(query)).any()
    assert (model.strongest(ask(query), rows) == -1).all()
    assert not model.contributions(ask(query), rows).any()


# -- fitted --------------------------------------------------------------------------------------------


def fit(titles: Catalog, counts: list[int]) -> Themes:
    models = Models().with_model(popularity(np.ones(len(titles)), counts))
    return Themes.fit(training_data(ratings({}, len(titles)), titles), models, CONFIG)


def test_shares_are_of_all_likes() -> None:
    titles = Catalog(
        (
            Title(1, "a", genres=("Action", "Sports")),
            Title(2, "b", genres=("Action",)),
            Title(3, "c"),
            Title(4, "d", genres=("Music",)),  # that nobody likes
        )
    )
    model = fit(titles, [10, 70, 20, 0])
    assert model.shares.tolist() == pytest.approx([0.8, 0.0, 0.1])  # Action, Music, Sports
    assert model.tags.tolist() == [[1, 0, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0]]


def test_list_of_one_rare_genre_has_it_as_its_theme() -> None:
    """Each of its titles also has a genre that nearly everything has."""
    genres = [("Action", "Sports") if row < 8 else ("Action", "Magic") for row in range(90)]
    titles = Catalog(tuple(Title(row, str(row), genres=of) for row, of in enumerate([*genres, ("Drama",)])))
    model = fit(titles, [10] * len(titles))
    request = context(likes(range(5)), titles)
    assert np.argsort(-model.strengths(request))[0] == sorted(["Action", "Drama", "Magic", "Sports"]).index(
        "Sports"
    )
    scores = model.scores(request)
    assert scores[:8].min() > scores[8:].max()


def test_catalog_without_genres_has_no_themes() -> None:
    titles = Catalog((Title(1, "a"), Title(2, "b")))
    model = fit(titles, [3, 0])
    assert model.scores(context(likes([0, 1]), titles)).tolist() == [0, 0]
