"""`neural`: neural collaborative filtering with two towers, trained by Keras, served by numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM
from recommender.data.anonymity import AnonymityFloor
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix, starts_of_kept
from recommender.data.vocabulary import Vocabulary
from recommender.kernels.list_sampling import Lists
from recommender.kernels.towers import Towers, TwoTowerConfig
from recommender.models.base import (
    INSTALL_EMBEDDINGS,
    AlgorithmInfo,
    Floats,
    MissingLibraryError,
    Models,
    ModelSpec,
    cached_on_context,
)
from recommender.models.context import ScoringContext
from recommender.models.item_item import EVIDENCE, evidence_weights
from recommender.models.training_data import TrainingData


@dataclass(frozen=True)
class NeuralConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    titles: int = 5_000  # the model knows this many, by likes, …
    people: int = AnonymityFloor().people  # … and none that fewer people like
    min_ratings: int = 5  # of those titles; people with fewer are not trained on
    min_likes: int = 2  # of them, one to show and one to find
    similar_power: float = 0.2  # similarity counts (likes / those of the most liked title)^this
    towers: TwoTowerConfig = field(default_factory=TwoTowerConfig)


@dataclass(frozen=True, eq=False)
class Neural:
    """Neural collaborative filtering (He et al. 2017, arXiv:1708.05031) for people it has never seen.

    The vector of a person is made of their list, as in an autoencoder (Liang et al. 2018, arXiv:1802.05814),
    so that no vector of anybody is stored. Training shows a part of a list and asks for the rest of what the
    person likes, against all other titles; a title without a rating is neither a zero nor an answer.

    Attributes:
        rows: int64 (titles,), the anime rows that the model knows, ascending.
        columns: int64 (n_anime,), the inverse: -1 for titles that it does not know.
        popularity: float32 (titles,), likes relative to the most liked title, 0..1.
    """

    config: NeuralConfig
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    popularity: Floats
    towers: Towers

    @classmethod
    def fit(cls, data: TrainingData, _models: Models, config: NeuralConfig) -> Neural:
        """See Model.

        Raises:
            MissingLibraryError: Keras or JAX is not installed.
        """
        ratings = data.ratings_without_training_users
        eligible = np.flatnonzero(ratings.likes >= max(config.people, 1))
        best_known = eligible[np.argsort(-ratings.likes[eligible], kind="stable")[: config.titles]]
        rows = np.sort(best_known).astype(np.int64)
        popularity = (ratings.likes[rows] / ratings.likes.max(initial=1)).astype(np.float32)
        bias = np.log(popularity)
        columns = Vocabulary(rows).rows(np.arange(ratings.n_anime))
        lists = training_lists(ratings, columns, config)
        if len(lists) < 2 or len(rows) < 2:
            return cls(config, rows, columns, popularity, Towers.untrained(bias, config.towers.dims))
        try:  # here: a server that only loads a finished model does without both libraries
            from recommender.kernels.two_tower import train
        except ModuleNotFoundError as error:
            raise MissingLibraryError(str(error.name), INSTALL_EMBEDDINGS) from error
        return cls(config, rows, columns, popularity, train(lists, bias, config.towers))

    def save(self, writer: ArrayWriter) -> None:
        writer.array("rows", self.rows)
        writer.array("popularity", self.popularity)
        writer.arrays(self.towers.arrays())

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: NeuralConfig) -> Neural:
        rows = reader.rows("rows", np.int64, (None,), reader.n_anime, ascending=True)
        towers = Towers.load(reader, len(rows), config.towers.dims)
        popularity = reader.array("popularity", np.float32, rows.shape, within=(0, 1))
        columns = Vocabulary(rows).rows(np.arange(reader.n_anime))
        return cls(config, rows, columns, popularity, towers)

    @cached_on_context
    def scores(self, context: ScoringContext) -> Floats:
        """0..1, the share of a title in what a person with this list likes next. See Scorer.

        One liked title says too little of a person for more than popular titles: similar ones answer it.
        """
        query = context.query
        if len(query.anime_rows) == 1 and query.is_liked[0] and self.columns[query.anime_rows[0]] >= 0:
            return self.similarities(int(query.anime_rows[0]))
        scores = np.zeros(context.n_anime, dtype=np.float32)
        if len(self.rows):
            logits = self.towers.logits(self.vector(query)).astype(np.float64)
            shares = np.exp(logits - logits.max())
            scores[self.rows] = shares / shares.sum()
        return scores

    def vector(self, query: Query) -> Floats:
        """float32 (dims,), of length 1: the person. Those of similar people have a high dot product."""
        columns = self.columns[query.anime_rows]
        known = columns >= 0
        return self.towers.list_vector(columns[known], evidence_weights(query)[known])

    def similarities(self, anime_row: int) -> Floats:
        """float32 (n_anime,), 0..1: the cosine of each title with this one, less for titles few people like.

        0 for titles that it does not know.
        """
        found = np.zeros(len(self.columns), dtype=np.float32)
        column = self.columns[anime_row]
        if column >= 0:
            cosines = np.clip(self.towers.titles @ self.towers.titles[column], 0, 1)
            found[self.rows] = cosines * self.popularity**self.config.similar_power
        return found

    def preferred_genres(self, context: ScoringContext) -> Mapping[str, float]:
        """Genre -> mean cosine of its titles with the person, relative to all titles; the highest first."""
        cosines = self.towers.titles @ self.vector(context.query)
        lifts = {
            genre: float(cosines[mask[self.rows]].mean() - cosines.mean())
            for genre, mask in context.catalog.of_genres().items()
            if mask[self.rows].any()
        }
        return dict(sorted(lifts.items(), key=lambda item: (-item[1], item[0])))


def training_lists(ratings: RatingsMatrix, columns: NDArray[np.int64], config: NeuralConfig) -> Lists:
    """The lists of everybody with enough ratings and likes among the known titles."""
    known = columns[ratings.indices] >= 0
    liked = known & (ratings.data >= LIKED_FROM)
    counts, likes = (np.diff(starts_of_kept(ratings.indptr, mask)) for mask in (known, liked))
    people = np.flatnonzero((counts >= config.min_ratings) & (likes >= config.min_likes))
    entries, lengths = ratings.gather(people)
    kept = known[entries]
    owner = np.repeat(np.arange(len(people)), lengths)[kept]
    entries = entries[kept]
    return Lists(
        n_titles=int((columns >= 0).sum()),
        indptr=np.searchsorted(owner, np.arange(len(people) + 1)),
        columns=columns[ratings.indices[entries]].astype(np.int32),
        evidence=EVIDENCE[ratings.data[entries]],
        liked=liked[entries],
    )


SPEC = ModelSpec(
    name="neural",
    model=Neural,
    config=NeuralConfig,
    optional=True,
    algorithm=AlgorithmInfo(
        label="Learned taste",
        description="Titles whose learned vectors are near that of your list.",
        similar=True,
    ),
)
