"""Simulated sessions: the same people and titles whatever is measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from domain.ranges import FAVORITE
from evaluation.protocols.holdout import Case
from evaluation.protocols.sessions import SessionsConfig, liked_rows, sessions, turns
from recommender.data.query import Query

N_ANIME, CONFIG = 200, SessionsConfig()
LIKES = np.arange(N_ANIME, dtype=np.int64)[::-1] + 1
NOTHING = np.empty(0, np.int64), np.empty(0, np.uint8)


def case(listed: range, hidden: range) -> Case:
    query = Query.of((row, FAVORITE) for row in listed)
    return Case(query, np.array(hidden), np.array(hidden), np.full(len(hidden), 9, np.uint8))


CASES = [case(range(45), range(45, 60)), case(range(5), range(5, 10))]


def test_clicks_are_liked_titles_and_strangers_by_their_share() -> None:
    liked = liked_rows(CASES[0])
    for noise, strangers in ((0.0, 0), (0.2, 2), (0.5, 5)):
        (session,) = sessions(CASES, LIKES, 10, noise, CONFIG)  # the other person likes too few titles
        assert len(session.clicked) == len(set(session.clicked.tolist())) == 10
        assert int((~np.isin(session.clicked, liked)).sum()) == strangers
        assert set(session.relevant.tolist()) == set(liked.tolist()) - set(session.clicked.tolist())


def test_more_clicks_go_on_from_fewer() -> None:
    few, many = (set(next(sessions(CASES, LIKES, n, 0.0, CONFIG)).clicked.tolist()) for n in (3, 10))
    assert few < many


def test_list_turns_to_a_genre_that_it_lacks() -> None:
    genres = [np.arange(N_ANIME) < 100, np.arange(N_ANIME) >= 90]
    config = replace(CONFIG, genre_titles=(60, 150), best_known=4)
    (turn,) = turns(CASES, LIKES, genres, config)
    assert np.array_equal(turn.genre, genres[1])
    assert set(turn.clicked.tolist()) < {90, 91, 92, 93}
    assert not list(turns(CASES, LIKES, genres[:1], config))
