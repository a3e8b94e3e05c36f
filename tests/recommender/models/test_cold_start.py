"""`cold-start`: titles that nobody rated, by genre, franchise and members, on the scale of the others."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.relations import Relation
from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.fitting import fit_snapshot
from recommender.models.cold_start import ColdStart
from recommender.models.hybrid import Hybrid
from recommender.models.registry import fitting_order
from tests.recommender.conftest import SMALL_CONFIG
from tests.recommender.small import likes, ratings

N_ANIME, NEW = 40, np.arange(34, 40)
ODD, EVEN, SEQUEL, OF = 35, 34, 38, 3  # 38 is the sequel of 3, although it has the genre of the even ones
OBLIGATORY = replace(
    SMALL_CONFIG, models={spec.name: SMALL_CONFIG.models[spec.name] for spec in fitting_order()}
)
TRAINED = OBLIGATORY.with_model("cold-start", promising=8, others=8)
LISTS = [likes(range(1, 30, 4)), likes(range(0, 30, 4)), Query.of([(1, 9), (2, 3), (5, 10), (8, 2)])]
NO_ROWS, NO_ODDS = np.empty(0, np.int64), np.empty(0, np.float32)


def titles(members: int | None = None) -> Catalog:
    """Of two genres by turns; these members of the last one, 100 of all others."""
    names = ("Odd" if row % 2 else "Even" for row in range(N_ANIME))
    counts = [100] * (N_ANIME - 1) + [members]
    return Catalog(
        tuple(
            Title(row, f"Nakora{row}", genres=(name,), members=count)
            for row, (name, count) in enumerate(zip(names, counts, strict=True))
        )
    )


@cache
def fitted(
    members: int | None = 100, *, trained: bool = True, watched: tuple[int, ...] = (ODD, EVEN)
) -> Snapshot:
    """Half of 200 people like even titles, half odd ones; nobody liked `NEW`, and 20 `watched` some."""
    rng = np.random.default_rng(2)
    lists = {
        user: {a: 9 if a % 2 == user % 2 else 3 for a in range(34) if rng.random() < 0.6}
        | (dict.fromkeys(watched, 3) if user < 20 else {})
        for user in range(200)
    }
    config = TRAINED if trained else OBLIGATORY
    relations = [Relation(OF, SEQUEL, "sequel")]
    return fit_snapshot(titles(members), ratings(lists, N_ANIME), relations, config=config)


def odds(snapshot: Snapshot, query: Query) -> NDArray[np.float32]:
    """float32 (n_anime,), -inf for titles that people rated."""
    model, found = snapshot.models[ColdStart], np.full(N_ANIME, -np.inf, np.float32)
    found[model.rows] = model.odds(snapshot.context(query), NO_ROWS, NO_ODDS)
    return found


def test_only_titles_without_likes_are_scored() -> None:
    assert fitted().models[ColdStart].rows.tolist() == NEW.tolist()


@pytest.mark.parametrize("trained", [False, True])
def test_people_get_new_titles_of_the_genre_they_like(trained: bool) -> None:
    snapshot = fitted(trained=trained)
    of_odd, of_even = (odds(snapshot, query) for query in LISTS[:2])
    assert of_odd[37] > of_odd[36]
    assert of_even[37] < of_even[36]


def test_training_tells_genres_apart_more_than_the_start() -> None:
    before, after = (odds(fitted(trained=trained), LISTS[0]) for trained in (False, True))
    assert after[37] - after[36] > before[37] - before[36]


def test_sequel_of_a_liked_title_beats_others_of_its_genre() -> None:
    snapshot = fitted(trained=False)
    with_it, without = (odds(snapshot, likes(rows)) for rows in ([OF, 7, 11], [5, 7, 11]))
    assert with_it[SEQUEL] > with_it[36]
    assert with_it[SEQUEL] - with_it[36] > without[SEQUEL] - without[36]


def test_odds_are_on_the_scale_of_the_anchors() -> None:
    snapshot = fitted()
    model, context, anchors = snapshot.models[ColdStart], snapshot.context(LISTS[0]), np.array([9, 13, 20])
    of_anchors = np.array([2.0, 1.0, -1.0], np.float32)
    low, high = (model.odds(context, anchors, of_anchors + shift) for shift in (0, 5))
    assert high - low == pytest.approx(np.full(len(NEW), 5), abs=1e-4)
    # a title as good as the anchor, by the same features, has its odds
    of_title = model.odds(context, np.array([37]), of_anchors[:1])[model.rows == 37]
    assert of_title == pytest.approx([2.0], abs=1e-4)


def test_titles_that_many_people_have_are_promising() -> None:
    few, many = (odds(fitted(members, trained=False), LISTS[0])[39] for members in (100, 10**6))
    assert many > few


def test_unknown_members_are_estimated() -> None:
    unknown, typical = (fitted(members, trained=False) for members in (None, 100))
    assert np.array_equal(odds(unknown, LISTS[0]), odds(typical, LISTS[0]))


def test_only_titles_that_people_could_watch_are_lowered() -> None:
    """The newest title that people watched tells up to when the ratings go."""
    factors = [
        fitted(trained=False, watched=watched).models[ColdStart].trust[NEW == 37].item()
        for watched in ((ODD, EVEN), (ODD, EVEN, 39))
    ]
    assert factors == pytest.approx([1, 0.25])


def test_titles_people_watched_without_liking_them_are_lowered() -> None:
    snapshot = fitted()
    model = snapshot.models[ColdStart]
    of_old = model.config.trust / 2  # half of it, for 20 people watched each
    trust = dict(zip(NEW.tolist(), model.trust.tolist(), strict=True))
    assert trust == pytest.approx({34: of_old, 35: of_old, 36: 1, 37: 1, 38: 1, 39: 1})
    scores = snapshot.models[Hybrid].scores(snapshot.context(LISTS[0]))
    assert scores[ODD] < scores[37]


@pytest.mark.parametrize("query", LISTS)
def test_reasons_share_out_at_most_the_whole_odds(query: Query) -> None:
    snapshot = fitted()
    shares = snapshot.models[ColdStart].contributions(snapshot.context(query), NEW)
    assert (shares >= 0).all()
    assert (shares.sum(axis=0) < 1).all()
    assert not shares[~query.is_liked].any()


def test_liked_title_of_the_franchise_is_the_first_reason() -> None:
    snapshot = fitted()
    shares = snapshot.models[ColdStart].contributions(snapshot.context(likes([OF, 4, 8])), np.array([SEQUEL]))
    assert shares[:, 0].argmax() == 0


def test_list_of_everything_people_rated_still_orders_new_titles() -> None:
    snapshot = fitted()
    everything = Query.of([(row, 9 if row % 2 else 2) for row in range(34)])
    scores = snapshot.models[Hybrid].scores(snapshot.context(everything))
    assert scores[37] > scores[36]
