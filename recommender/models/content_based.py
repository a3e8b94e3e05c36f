"""`content-based`: titles described like the ones you like. Needs nobody else's ratings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query, Ranking, rank


@dataclass(frozen=True)
class ContentConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    prior_power: float = 2.0  # a title's cosine is multiplied by (log of its members)^this


@dataclass(frozen=True, eq=False)
class ContentBased:
    """TF-IDF over genres and what else describes a title, cosine to the mean liked title.

    Attributes:
        terms: csr float32 (n_anime, n_terms), rows of length 1, or 0 for a title nothing is known of.
        prior: float32 (n_anime,), 0..1: how well-known a title is.
        popularity: float32 (n_anime,), 0..1, orders titles that resemble nothing in the list.
    """

    config: ContentConfig
    terms: csr_array
    prior: NDArray[np.float32]
    popularity: NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        catalog: Catalog,
        popularity: NDArray[np.float32],
        watchers: NDArray[np.int64],
        config: ContentConfig,
    ) -> ContentBased:
        # imported here: a server that only loads a finished model does without scikit-learn's 60 MB
        from sklearn.feature_extraction.text import TfidfVectorizer

        documents = [_terms(title) for title in catalog.titles]
        vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
        described = any(documents)
        terms = csr_array(vectorizer.fit_transform(documents) if described else (len(catalog), 1))
        # members know all of MyAnimeList; people of our own stand in where the file has none
        known = np.log1p(np.maximum(catalog.members, watchers).astype(np.float64))
        prior = (known / max(known.max(initial=0.0), 1e-9)) ** config.prior_power
        return cls(config, terms, prior.astype(np.float32), popularity)

    def similarities(self, query: Query) -> NDArray[np.float32]:
        """float32 (n_anime,), 0..1: cosine of each title with the mean of the liked ones."""
        profile = np.asarray(self.terms[query.liked_rows].sum(axis=0)).ravel()
        length = float(np.linalg.norm(profile))
        if length == 0:
            return np.zeros(self.terms.shape[0], dtype=np.float32)
        cosines: NDArray[np.float32] = self.terms @ (profile / length).astype(np.float32)
        return np.clip(cosines, 0.0, 1.0)

    def contributions(self, query: Query, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (titles of the list, len(anime_rows)): the parts that their scores are the sum of."""
        liked = query.is_liked
        profile = np.asarray(self.terms[query.liked_rows].sum(axis=0)).ravel()
        cosines = (self.terms[query.anime_rows] @ self.terms[anime_rows].T).toarray()
        parts: NDArray[np.float32] = cosines * liked[:, None] * self.prior[anime_rows]
        return parts / np.float32(max(float(np.linalg.norm(profile)), 1e-9))

    def scores(self, query: Query) -> NDArray[np.float32]:
        """See Recommender."""
        return self.similarities(query) * self.prior

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.scores(query), self.popularity, query, k)


def _terms(title: Title) -> list[str]:
    """What describes a title, each term prefixed by what kind of thing it says."""
    terms = [f"genre:{genre}" for genre in title.genres]
    if title.type:
        terms.append(f"type:{title.type}")
    if title.year:
        terms.append(f"era:{title.year // 5 * 5}")
    if title.episodes:
        terms.append(f"length:{int(np.log2(title.episodes))}")
    return terms
