"""Effect of one rating on the titles that go with the rated one: a 3 should lower them, a 10 raise them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import rankdata

from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import Case
from recommender.data.query import Query

POPULAR = 100  # one of this many most liked titles is added to each list
COMPANIONS = 10  # titles that go most with it
RATINGS = (3, 10)  # of the added title

Scores = Callable[[Query], NDArray[np.floating]]  # query -> (n_anime,), the higher the better


@dataclass(frozen=True)
class RatingEffect:
    """Ranks of the companions of a title for one rating of it. The intervals are over users.

    Attributes:
        log_rank: mean natural logarithm of their ranks, 1 being the best, among the titles not in the list.
        change: of `log_rank`, against the list without the title.
        down: share of the users for whom it grows: the companions go down.
        others: the change for the companions of another popular title, which is not added.
    """

    log_rank: Mean
    change: Mean
    down: Mean
    others: Mean


def rating_effects(
    scores: Scores,
    goes_with: csr_array,
    likes: NDArray[np.int64],
    cases: Sequence[Case],
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> dict[int | None, RatingEffect]:
    """Add a popular title that the user does not like to each list, rated None (not added), then `RATINGS`.

    Args:
        goes_with: csr (n_anime, n_anime), how much each title (column) goes with another (row).
        likes: int64 (n_anime,).
        cases: with every liked title of a user in the list or relevant, as in `favorites`.
        progress: called after each case.
    """
    rng = np.random.default_rng(seed)
    popular = np.argsort(-likes, kind="stable")[:POPULAR]
    rated = (None, *RATINGS)
    log_ranks = []
    for case in cases:
        not_liked = np.setdiff1d(popular, np.concatenate([case.query.anime_rows, case.relevant]))
        if len(not_liked) > 1:
            added, other = rng.choice(not_liked, 2, replace=False).tolist()
            companions = _companions(goes_with, added, case.query)
            others = np.setdiff1d(_companions(goes_with, other, case.query), [*companions, added])
            if len(companions) and len(others):
                ranks = [_log_ranks(scores, case.query, added, rating) for rating in rated]
                log_ranks.append([(every[companions].mean(), every[others].mean()) for every in ranks])
        progress()
    table = np.reshape(log_ranks, (-1, len(rated), 2))
    changes = table - table[:, :1]
    return {
        rating: RatingEffect(
            log_rank=Mean.of(table[:, column, 0]),
            change=Mean.of(changes[:, column, 0]),
            down=Mean.of(changes[:, column, 0] > 0),
            others=Mean.of(changes[:, column, 1]),
        )
        for column, rating in enumerate(rated)
    }


def _companions(goes_with: csr_array, row: int, query: Query) -> NDArray[np.int64]:
    """Rows of the titles not in the list that go most with one."""
    strength: NDArray[np.float32] = goes_with[[row]].toarray()[0]
    strength[query.anime_rows] = strength[row] = 0
    best = np.argsort(-strength, kind="stable")[:COMPANIONS]
    return best[strength[best] > 0].astype(np.int64)


def _log_ranks(scores: Scores, query: Query, added: int, rating: int | None) -> NDArray[np.float64]:
    """float64 (n_anime,), of the titles that are neither in the list nor added; the others come last."""
    entries = dict(zip(query.anime_rows.tolist(), query.ratings.tolist(), strict=True))
    extended = Query.of({**entries, added: rating}.items()) if rating else query
    values = -np.asarray(scores(extended), dtype=np.float64)
    values[query.anime_rows] = values[added] = np.inf
    ranks: NDArray[np.float64] = np.log(rankdata(values))
    return ranks
