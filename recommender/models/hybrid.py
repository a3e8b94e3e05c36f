"""`hybrid`: everything the other algorithms know of a title, weighed by what was learned from people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.query import Contributor, Query, Ranking, rank, remembered
from recommender.kernels.network import Network, NetworkConfig, listwise_softmax
from recommender.models.content_based import ContentBased
from recommender.models.features import AGAINST, NAMES, Features
from recommender.training.learning import Examples

# features that say what an algorithm says: item-item, user-user, content; the last are of the title itself
SOURCES = (
    ("item_item", "long_sum", "short_sum", "long_lukewarm", "short_lukewarm", "strongest"),
    ("user_user", "neighbors_share"),
    ("content", "content_cosine"),
    ("log_likes", "like_rate", "log_watchers"),
)


@dataclass(frozen=True)
class HybridConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    dislike: float = (
        1.0  # what the bad titles of a list say, in standard deviations of item-item, counts this
    )
    temperature: float = 2.0  # a title e^this times less likely than the best one has score 1/e
    similar_titles: int = 10  # that a title without enough ratings takes its score from
    similarity_prior: float = 1.0  # weight of no opinion among them
    newness: float = 20.0  # people who watched a title, at which half of such a score is left


@dataclass(frozen=True, eq=False)
class Hybrid:
    """A network that orders titles by features of list and title (`features.NAMES`).

    Attributes:
        network: learned on people whose lists the features do not know by heart.
        resembling: csr float32 (n_anime, n_anime): the score of a title that `item-item` does not know is
            a weighted mean of what described most like it is known (after Gantner et al. 2010, ICDM).
    """

    config: HybridConfig
    features: Features
    network: Network
    resembling: csr_array
    popularity: NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        features: Features,
        examples: Examples,
        popularity: NDArray[np.float32],
        watchers: NDArray[np.int64],
        config: HybridConfig,
    ) -> Hybrid:
        start = np.zeros(len(NAMES), dtype=np.float32)
        start[NAMES.index("item_item")], start[NAMES.index("user_user")] = 1.0, 0.3
        network = Network.fit(examples.features, examples.relevant, listwise_softmax, start, config.network)
        resembling = _resembling(features.content, features.item_item.titles, watchers, config)
        return cls(config, features, network, resembling, popularity)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, to be saved."""
        parts = {
            f"resembling_{part}": getattr(self.resembling, part) for part in ("data", "indices", "indptr")
        }
        return {**self.network.arrays(), **parts}

    @classmethod
    def assemble(
        cls,
        config: HybridConfig,
        features: Features,
        arrays: Mapping[str, NDArray[Any]],
        popularity: NDArray[np.float32],
    ) -> Hybrid:
        """The inverse of `arrays`."""
        parts = tuple(arrays[f"resembling_{part}"] for part in ("data", "indices", "indptr"))
        resembling = csr_array(parts, shape=(len(popularity), len(popularity)))
        return cls(config, features, Network.assemble(arrays), resembling, popularity)

    @remembered
    def scores(self, query: Query) -> NDArray[np.float32]:
        """How likely each title is the next that the person likes, against the likeliest. See Recommender."""
        known = self.features.item_item.titles
        if not len(query.anime_rows) or not len(known):
            return self.popularity
        table = self.features.table(query, (*NAMES, AGAINST))[:, known]
        odds = self.network.scores(table[:-1].T)
        # what goes with a bad title is always lowered: people are seen to watch on, but that is not liking
        odds += self.config.dislike * np.minimum(table[-1], 0)
        scores = np.zeros(len(self.popularity), dtype=np.float32)
        scores[known] = np.exp(np.maximum((odds - odds.max()) / self.config.temperature, -40.0))
        scores += self.resembling @ scores
        return scores

    def contributions(self, query: Query, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (titles of the list, len(anime_rows)): how much of their scores each title of the list
        accounts for; the rest is how well known a title is, and the like.

        A score is divided among the algorithms behind it by what the network says without each of them, and
        each one's share among the titles of the list by its own contributions.
        """
        parts = np.zeros((len(query.anime_rows), len(anime_rows)), dtype=np.float32)
        known = self.features.item_item.titles
        if not len(query.anime_rows) or not len(known):
            return parts
        table = self.features.table(query, NAMES)
        scores = self.scores(query)[anime_rows]
        shares = self._shares(table, anime_rows)
        sources: tuple[Contributor, ...] = (
            self.features.item_item,
            self.features.user_user,
            self.features.content,
        )
        for source, share in zip(sources, shares, strict=True):
            of_list = np.maximum(source.contributions(query, anime_rows), 0)
            parts += of_list / np.maximum(of_list.sum(axis=0), 1e-9) * share * scores
        return parts

    def _shares(self, table: NDArray[np.float32], anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (len(SOURCES) - 1, len(anime_rows)), 0..1: what each algorithm does for a title's odds."""
        known = self.features.item_item.titles
        typical = np.median(table[:, known], axis=1)
        features = table[:, anime_rows].T
        odds = self.network.scores(features)
        gains = []
        for names in SOURCES:
            without = features.copy()
            columns = [NAMES.index(name) for name in names]
            without[:, columns] = typical[columns]
            gains.append(np.maximum(odds - self.network.scores(without), 0))
        total = np.maximum(np.sum(gains, axis=0), 1e-9)
        shares: NDArray[np.float32] = (np.array(gains[:-1]) / total).astype(np.float32)
        return shares

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.scores(query), self.popularity, query, k)


def _resembling(
    content: ContentBased, known: NDArray[np.int64], watchers: NDArray[np.int64], config: HybridConfig
) -> csr_array:
    n_anime = content.terms.shape[0]
    unknown = np.setdiff1d(np.arange(n_anime), known)
    k = min(config.similar_titles, len(known))
    described = content.terms[known].T.tocsc()
    weights, titles = np.zeros((len(unknown), k), np.float32), np.zeros((len(unknown), k), np.int32)
    for low in range(0, len(unknown) if k else 0, 500):
        cosines = (content.terms[unknown[low : low + 500]] @ described).toarray()
        nearest = np.sort(np.argpartition(-cosines, k - 1, axis=1)[:, :k], axis=1)
        squares = np.take_along_axis(cosines, nearest, axis=1) ** 2
        weights[low : low + 500] = squares / (squares.sum(axis=1, keepdims=True) + config.similarity_prior)
        titles[low : low + 500] = known[nearest]
    weights *= (config.newness / (config.newness + watchers[unknown]))[:, None].astype(np.float32)
    lengths = np.zeros(n_anime + 1, dtype=np.int64)
    lengths[unknown + 1] = k
    return csr_array((weights.ravel(), titles.ravel(), np.cumsum(lengths)), shape=(n_anime, n_anime))
