"""`content-based`: TF-IDF over what describes a title. Needs no ratings of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from domain.titles import Title
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.query import Query
from recommender.data.ratings_matrix import ranges
from recommender.models.base import AlgorithmInfo, Models, ModelSpec, added, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from recommender.models.training_data import TrainingData


@dataclass(frozen=True)
class ContentConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    prior_power: float = 2.0  # a title's cosine is multiplied by (log of its members)^this
    # what a term of these kinds counts against one genre as rare, 0 or more
    studio: float = added(0.4)
    source: float = added(0.5)
    tag: float = added(0.5)


@dataclass(frozen=True, eq=False)
class ContentBased:
    """TF-IDF over genres and what else describes a title, cosine to the mean liked title.

    Attributes:
        terms: csr float32 (n_anime, n_terms), rows of length 1, or 0 for a title nothing is known of.
        prior: float32 (n_anime,), 0..1: how well known a title is.
    """

    config: ContentConfig
    terms: csr_array
    prior: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: ContentConfig) -> ContentBased:
        # imported here: a server that only loads a finished model does without scikit-learn's 60 MB
        from sklearn.feature_extraction.text import TfidfVectorizer

        catalog = data.catalog
        documents = [_terms(title, catalog.details_of(row).tags) for row, title in enumerate(catalog.titles)]
        nothing: Any = (len(catalog), 1)
        terms = csr_array(nothing, dtype=np.float32)
        if any(documents):
            vectorizer = TfidfVectorizer(analyzer=list, norm=None, dtype=np.float32)
            terms = csr_array(vectorizer.fit_transform(documents), dtype=np.float32)
            kinds = (term.partition(":")[0] for term in vectorizer.get_feature_names_out())
            weights = {field.name: getattr(config, field.name) for field in fields(config)}
            terms.data *= np.array([weights.get(kind, 1.0) for kind in kinds], np.float32)[terms.indices]
            squares = csr_array((terms.data**2, terms.indices, terms.indptr), shape=terms.shape)
            lengths = np.sqrt(squares @ np.ones(terms.shape[1], np.float32))
            terms.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(terms.indptr)).astype(np.float32)
        # members know all of MyAnimeList; users of our own stand in where the file has none
        watchers = models[Popularity].watchers
        known = np.log1p(np.maximum(catalog.members, watchers).astype(np.float64))
        known = np.where(known > 0, known, catalog.log_members)
        prior = (known / max(known.max(initial=0.0), 1e-9)) ** config.prior_power
        return cls(config, terms, prior.astype(np.float32))

    def save(self, writer: ArrayWriter) -> None:
        writer.csr("terms", self.terms)
        writer.array("prior", self.prior)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: ContentConfig) -> ContentBased:
        terms = reader.csr("terms", (reader.n_anime, None), within=(0, 1.01))
        if terms.shape[1] > max(1, terms.nnz):
            raise ValueError(f"content-based.terms has {terms.shape[1]} terms for {terms.nnz} entries")
        return cls(config, terms, reader.array("prior", np.float32, (reader.n_anime,), within=(0, 1)))

    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """See Scorer."""
        return self.similarities(context) * self.prior

    @cached_on_context
    def similarities(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), 0..1: cosine of each title with the mean of the liked ones."""
        profile = self._profile(context.query)
        length = float(np.linalg.norm(profile))
        if length == 0:
            return np.zeros(self.terms.shape[0], dtype=np.float32)
        cosines: NDArray[np.float32] = self.terms @ (profile / length).astype(np.float32)
        return np.clip(cosines, 0.0, 1.0)

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor."""
        query = context.query
        cosines = (self.terms[query.anime_rows] @ self.terms[anime_rows].T).toarray()
        weights = (query.is_liked * query.weights)[:, None]
        parts: NDArray[np.float32] = cosines * weights * self.prior[anime_rows]
        return parts / np.float32(max(float(np.linalg.norm(self._profile(query))), 1e-9))

    def _profile(self, query: Query) -> NDArray[np.float32]:
        """float32 (n_terms,): the sum of the liked titles' terms."""
        entries, lengths = ranges(self.terms.indptr, query.liked_rows)
        values = self.terms.data[entries] * np.repeat(query.liked_weights, lengths)
        profile = np.zeros(self.terms.shape[1], dtype=np.float32)
        np.add.at(profile, self.terms.indices[entries], values)
        return profile


def _terms(title: Title, tags: Iterable[str]) -> list[str]:
    """The terms that describe a title, each once, prefixed by its kind."""
    terms = [f"genre:{genre}" for genre in title.genres]
    terms += [f"studio:{studio}" for studio in title.studios]
    terms += [f"tag:{tag}" for tag in tags]
    if title.source:
        terms.append(f"source:{title.source}")
    if title.type:
        terms.append(f"type:{title.type}")
    if title.year:
        terms.append(f"era:{title.year // 5 * 5}")
    if title.episodes:
        terms.append(f"length:{int(np.log2(title.episodes))}")
    return list(dict.fromkeys(terms))


SPEC = ModelSpec(
    name="content-based",
    model=ContentBased,
    config=ContentConfig,
    requires=(Popularity,),
    algorithm=AlgorithmInfo(
        label="Similar titles",
        description="Titles described like the ones you like: genres, type, length, era, studio, and source.",
        needs_list=True,
        similar=True,
    ),
)
