"""`item2vec`: vectors of titles from random walks among titles that the same people like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from recommender.data.anonymity import AnonymityFloor
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.kernels.linear import gram, strongest
from recommender.kernels.random_walks import random_walks
from recommender.models.base import (
    INSTALL_EMBEDDINGS,
    AlgorithmInfo,
    MissingLibraryError,
    Models,
    ModelSpec,
    cached_on_context,
)
from recommender.models.context import ScoringContext
from recommender.models.training_data import TrainingData


@dataclass(frozen=True)
class Item2VecConfig:
    """Chosen on hidden users of the public data set; see docs/benchmarks."""

    titles: int = 5_000  # the model knows this many, by likes; memory of a build grows with its square
    people: int = AnonymityFloor().people  # titles that fewer like together are no neighbors
    popularity_power: float = 0.6  # a walk goes on to a title by likes in common / its likes^this, …
    neighbors: int = 10  # … to one of this many: the fewer, the more specific
    walks: int = 40  # from each title …
    length: int = 20  # … of so many titles
    window: int = 3  # titles of a walk that are this near to each other are learned to be alike, …
    negatives: int = 5  # … and this many random ones not to be
    learning_rate: float = 0.15  # at first; it falls to nearly 0
    dims: int = 96  # length of a vector
    prior_power: float = 0.15  # a cosine is multiplied by (likes / those of the most liked title)^this
    seed: int = 7


@dataclass(frozen=True, eq=False)
class Item2Vec:
    """DeepWalk (Perozzi et al. 2014, arXiv:1403.6652): skip-grams with negative samples over walks.

    Attributes:
        vectors: float32 (n_anime, dims), of length 1, or 0 for a title that is not known.
        prior: float32 (n_anime,), 0..1: how well liked a title is.
    """

    config: Item2VecConfig
    vectors: NDArray[np.float32]
    prior: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, _models: Models, config: Item2VecConfig) -> Item2Vec:
        graph = _graph(data.ratings.only_liked, config)
        vectors = _vectors(graph, config) if graph.nnz else np.zeros((graph.shape[0], config.dims))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        likes = data.ratings.likes
        prior = (likes / max(int(likes.max(initial=0)), 1)) ** config.prior_power
        return cls(config, (vectors / np.maximum(lengths, 1e-9)).astype(np.float32), prior.astype(np.float32))

    def save(self, writer: ArrayWriter) -> None:
        writer.array("vectors", self.vectors)
        writer.array("prior", self.prior)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: Item2VecConfig) -> Item2Vec:
        vectors = reader.array("vectors", np.float32, (reader.n_anime, config.dims), within=(-1.01, 1.01))
        return cls(config, vectors, reader.array("prior", np.float32, (reader.n_anime,), within=(0, 1)))

    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """Cosine with the mean of the liked titles' vectors, 0 or more, times the prior. See Scorer."""
        return np.maximum(self._cosines(context), 0) * self.prior

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor."""
        query = context.query
        parts: NDArray[np.float32] = self.vectors[query.anime_rows] @ self.vectors[anime_rows].T
        parts *= (query.is_liked * query.weights)[:, None]
        parts /= np.float32(max(float(np.linalg.norm(self._sum(query))), 1e-9))
        return parts * np.where(self._cosines(context)[anime_rows] > 0, self.prior[anime_rows], 0)

    @cached_on_context
    def _cosines(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), -1..1."""
        total = self._sum(context.query)
        cosines: NDArray[np.float32] = self.vectors @ (
            total / np.float32(max(float(np.linalg.norm(total)), 1e-9))
        )
        return cosines

    def _sum(self, query: Query) -> NDArray[np.float32]:
        """float32 (dims,): of the liked titles' vectors."""
        of_titles = self.vectors[query.liked_rows] * query.liked_weights[:, None]
        total: NDArray[np.float32] = of_titles.sum(axis=0)
        return total


def _graph(liked: RatingsMatrix, config: Item2VecConfig) -> csr_array:
    """csr float32 (n_anime, n_anime): from each title to its neighbors, how often a walk goes there."""
    known = min(config.titles, int((liked.likes >= max(config.people, 1)).sum()))
    titles = np.sort(np.argsort(-liked.likes, kind="stable")[:known])
    together = gram(csc_array(liked.to_binary())[:, titles])
    np.fill_diagonal(together, 0)
    together[together < config.people] = 0
    together /= liked.likes[titles].astype(np.float32) ** config.popularity_power
    graph = strongest(together, config.neighbors, titles, liked.n_anime)
    graph.eliminate_zeros()
    return graph


def _vectors(graph: csr_array, config: Item2VecConfig) -> NDArray[np.float32]:
    """float32 (n_anime, dims), 0 for titles without neighbors. Raises MissingLibraryError."""
    try:
        from gensim.models import Word2Vec
    except ImportError as error:
        raise MissingLibraryError("gensim", INSTALL_EMBEDDINGS) from error
    words = [str(row) for row in range(graph.shape[0])]  # one object each, not one for each step
    walks = random_walks(graph, config.walks, config.length, np.random.default_rng(config.seed))
    sentences = [[words[row] for row in walk] for part in walks for walk in part.tolist()]
    model = Word2Vec(
        sentences,
        vector_size=config.dims,
        window=config.window,
        sg=1,
        negative=config.negatives,
        alpha=config.learning_rate,
        min_count=1,
        epochs=1,
        sample=0,
        workers=1,  # more are not reproducible
        seed=config.seed,
    )
    vectors = np.zeros((graph.shape[0], config.dims), dtype=np.float32)
    vectors[np.array(model.wv.index_to_key, dtype=np.int64)] = model.wv.vectors
    return vectors


SPEC = ModelSpec(
    name="item2vec",
    model=Item2Vec,
    config=Item2VecConfig,
    optional=True,
    algorithm=AlgorithmInfo(
        label="Near in people's lists",
        description="Titles near the ones you like on walks from title to title that the same people like.",
        similar=True,
    ),
)
