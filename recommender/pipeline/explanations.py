"""Reasons for a recommendation, in terms of the list: from the sums that its score is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.data.ranking import Ranking, top_k
from recommender.models.base import Contributor, Scorer
from recommender.models.cold_start import ColdStart
from recommender.models.context import ScoringContext
from recommender.models.themes import Themes
from recommender.models.user_user import UserUser


class SharedTheme(NamedTuple):
    """A tag that the list has far more often than chance would have it."""

    name: str
    titles: int  # liked titles that have it
    liked: int  # all liked titles


class Description(NamedTuple):
    """Why a title that too few people rated is recommended nevertheless: by what it is.

    Attributes:
        franchise: row of the liked title of its franchise, None where there is none: the one that aired last.
        studio: of the title, and of the liked title in row `of_studio`; None where they share none.
    """

    franchise: int | None = None
    studio: str | None = None
    of_studio: int | None = None


@dataclass(frozen=True)
class Explanation:
    """The reasons for one title.

    Attributes:
        because: (anime row of a liked title, its part of the score), most first; all parts of the list
            together are at most the score.
        users: how many of the users with the most similar likes liked it.
        genres: its genres that at least half of the liked titles have.
        theme: the strongest theme of the list that the title is of.
        description: of a title that too few people rated.
    """

    because: tuple[tuple[int, float], ...]
    users: int
    genres: tuple[str, ...]
    theme: SharedTheme | None = None
    description: Description | None = None


class Explainer(Protocol):
    """Gives the reasons for the titles of a page."""

    def explain(
        self, scorer: Scorer, context: ScoringContext, ranking: Ranking, hidden: NDArray[np.bool_]
    ) -> Sequence[Explanation]:
        """One explanation for each title of the ranking.

        Args:
            scorer: that scored them; one without contributions names no titles.
            hidden: bool (n_anime,): titles that must not be named.
        """
        ...


@dataclass(frozen=True)
class SharedListExplainer:
    """Names the liked titles that contribute most, the users who agree, and the genres in common."""

    max_titles: int = 3  # named for one recommendation

    def explain(
        self, scorer: Scorer, context: ScoringContext, ranking: Ranking, hidden: NDArray[np.bool_]
    ) -> Sequence[Explanation]:
        """See Explainer."""
        query, rows = context.query, ranking.anime_rows
        parts = np.zeros((len(query.anime_rows), len(rows)), dtype=np.float32)
        if isinstance(scorer, Contributor) and len(query.anime_rows) and len(rows):
            parts = scorer.contributions(context, rows) * _scale(scorer, context, ranking)
        named = query.is_liked & ~hidden[query.anime_rows]
        parts = np.where(named[:, None], np.maximum(parts, 0), 0)
        users = np.zeros(len(rows), np.int64)
        if len(query.anime_rows):
            users = context.models[UserUser].supporters(context, rows)
        common, shown = _common_genres(context.catalog, query), query.anime_rows[named]
        is_cold = np.isin(rows, context.models[ColdStart].rows).tolist()
        explanations = []
        columns = zip(parts.T, rows.tolist(), users.tolist(), _themes(context, rows), is_cold, strict=True)
        for of_title, row, supporters, theme, cold in columns:
            best = top_k(of_title, of_title > 0, self.max_titles)
            because = list(zip(query.anime_rows[best].tolist(), of_title[best].tolist(), strict=True))
            description = _description(context, row, shown, because) if because and cold else None
            genres = tuple(genre for genre in context.catalog[row].genres if genre.lower() in common)
            explanations.append(Explanation(tuple(because), supporters, genres, theme, description))
        return explanations


def _scale(scorer: Scorer, context: ScoringContext, ranking: Ranking) -> NDArray[np.float32]:
    """float32 (len(ranking),): from the scorer's own scores to those that are shown."""
    scores = scorer.scores(context)[ranking.anime_rows]
    scale: NDArray[np.float32] = np.where(scores > 0, ranking.scores / np.maximum(scores, 1e-30), 0)
    return scale


def _themes(context: ScoringContext, rows: NDArray[np.int64]) -> list[SharedTheme | None]:
    """The strongest theme of the list that each title is of."""
    themes, catalog = context.models[Themes], context.catalog
    counts, liked = themes.counts(context), len(context.query.liked_rows)
    names = [catalog.known_genres[genre] for genre in sorted(catalog.genre_masks)]
    strongest = themes.strongest(context, rows).tolist()
    return [SharedTheme(names[tag], int(counts[tag]), liked) if tag >= 0 else None for tag in strongest]


def _description(
    context: ScoringContext, row: int, liked: NDArray[np.int64], because: Iterable[tuple[int, float]]
) -> Description:
    """Of one title.

    Args:
        liked: rows of the liked titles that may be named.
        because: those of them that contribute most, with their parts.
    """
    catalog, groups = context.catalog, context.franchises.groups
    related = liked[groups[liked] == groups[row]]
    franchise = int(related[np.argmax(catalog.years[related])]) if len(related) else None
    for other, _ in because:
        if studios := [studio for studio in catalog[row].studios if studio in catalog[other].studios]:
            return Description(franchise, studios[0], other)
    return Description(franchise)


def _common_genres(catalog: Catalog, query: Query) -> set[str]:
    """The genres, in lower case, that at least half of the liked titles have."""
    liked = query.liked_rows
    counts = {genre: np.count_nonzero(mask[liked]) for genre, mask in catalog.genre_masks.items()}
    return {genre for genre, count in counts.items() if count * 2 >= len(liked) > 0}
