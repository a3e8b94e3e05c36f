"""Quality after simulated sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.ranges import FAVORITE
from evaluation.harness.candidates import own_order
from evaluation.harness.harness import Progress, no_progress
from evaluation.metrics.ranking import Mean, ndcg_at
from evaluation.protocols.holdout import Case
from evaluation.protocols.sessions import Session, SessionsConfig, after_clicks, sessions, turns
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.co_likes import CoLikes
from recommender.models.popularity import Popularity
from recommender.session.lean import SessionConfig

SHOWN = 10


@dataclass(frozen=True, eq=False)
class TurnQuality:
    """Pages before and after clicks on something else.

    Attributes:
        genre: share of the page that is of the new genre, before and after.
        ndcg: NDCG@10 of further liked titles, before and after.
        kept: share of the page before that is on the page after.
    """

    genre: tuple[Mean, Mean]
    ndcg: tuple[Mean, Mean]
    kept: Mean


class SessionQuality:
    """Measures one model and one way to lean."""

    def __init__(
        self,
        snapshot: Snapshot,
        algorithm: str,
        config: SessionsConfig,
        leaning: SessionConfig | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self._snapshot, self._config, self._progress = snapshot, config, progress
        self._leaning = leaning or SessionConfig()
        self._recommend = own_order(snapshot, algorithm)
        self._likes = snapshot.models[Popularity].likes

    def after(self, cases: Sequence[Case], clicks: int, noise: float) -> NDArray[np.float64]:
        """float64: NDCG@10 of each person of whom only clicks are known."""
        found = list(sessions(cases, self._likes, clicks, noise, self._config))
        with self._progress(f"{clicks} clicks, {noise:.0%} by chance", len(found)) as step:
            return np.array([self._ndcg(session, step) for session in found])

    def named(self, cases: Sequence[Case]) -> NDArray[np.float64]:
        """The same for the first titles as named favorites."""
        ndcgs = []
        for session in sessions(cases, self._likes, self._config.named, 0.0, self._config):
            query = Query.of((row, FAVORITE) for row in session.clicked.tolist())
            ndcgs.append(ndcg_at(self._recommend(query, SHOWN), session.relevant, SHOWN))
        return np.array(ndcgs)

    def turned(self, cases: Sequence[Case]) -> TurnQuality:
        """After clicks on what a long list lacks."""
        genres = list(self._snapshot.catalog.genre_masks.values())
        rows = []
        for turn in turns(cases, self._likes, genres, self._config):
            pages = [self._page(turn.query, turn.clicked[:count]) for count in (0, self._config.turning)]
            shares = [float(turn.genre[page].mean()) for page in pages]
            ndcgs = [ndcg_at(page, turn.relevant, SHOWN) for page in pages]
            rows.append((*shares, *ndcgs, float(np.isin(pages[0], pages[1]).mean())))
        before, after, ndcg_before, ndcg_after, kept = map(Mean.of, np.array(rows).reshape(-1, 5).T)
        return TurnQuality((before, after), (ndcg_before, ndcg_after), kept)

    def _ndcg(self, session: Session, step: Callable[[], None]) -> float:
        page = self._page(Query.of([]), session.clicked)
        step()
        return ndcg_at(page, session.relevant, SHOWN)

    def _page(self, query: Query, clicked: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ten best titles that were not clicked: whoever clicked knows those."""
        leaning = after_clicks(query, clicked, self._snapshot.models[CoLikes], self._leaning)
        ranked = self._recommend(leaning, SHOWN + len(clicked))
        return ranked[~np.isin(ranked, clicked)][:SHOWN]
