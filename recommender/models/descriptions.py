"""Descriptions: for each title, the known ones that are described most like it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.catalog import Catalog
from recommender.data.ratings_matrix import blocks
from recommender.models.base import Models, ModelSpec
from recommender.models.content_based import ContentBased
from recommender.models.item_item import ItemItem
from recommender.models.training_data import TrainingData

WORD = re.compile(r"\w\w+")
TITLES_AT_ONCE = 500  # whose similarities to all known ones are held in memory


@dataclass(frozen=True)
class DescriptionsConfig:
    """Chosen on titles whose ratings were hidden; see docs/benchmarks."""

    titles: int = 30  # described most like one
    franchise: float = 1.5  # similarity of titles of one franchise, besides the cosine of their terms …
    synopsis: float = 1.0  # … and so much of that of their synopses
    power: float = 3.0  # a title weighs its similarity^this
    prior: float = 1.0  # weight of no similar title


@dataclass(frozen=True, eq=False)
class Descriptions:
    """The neighbors of a title by what it is, where likes do not tell them (Gantner et al. 2010, ICDM).

    Attributes:
        nearest: csr float32 (n_anime, n_anime), 0..1: entry (i, j) is the cold-start weight of j, which
            item-item knows, for i, which it may not know: i has what a mean by these weights has. A row adds
            up to less than 1. No title is near itself.
    """

    config: DescriptionsConfig
    nearest: csr_array

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: DescriptionsConfig) -> Descriptions:
        known, n_anime = models[ItemItem].titles, len(data.catalog)
        groups = np.ones(n_anime, np.float32), data.franchises.groups, np.arange(n_anime + 1)
        parts = [
            models[ContentBased].terms,
            csr_array(groups, shape=(n_anime, n_anime)) * np.float32(np.sqrt(config.franchise)),
            _synopses(data.catalog) * np.float32(np.sqrt(config.synopsis)),
        ]
        return cls(config, _nearest(csr_array(hstack(parts, format="csr")), known, config))

    def save(self, writer: ArrayWriter) -> None:
        writer.csr("nearest", self.nearest)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: DescriptionsConfig) -> Descriptions:
        return cls(config, reader.csr("nearest", (reader.n_anime, reader.n_anime), within=(0, 1)))


def _nearest(described: csr_array, known: NDArray[np.int64], config: DescriptionsConfig) -> csr_array:
    n_anime, k = described.shape[0], min(config.titles, len(known))
    weights = np.zeros((n_anime, k), dtype=np.float32)
    titles = np.zeros((n_anime, k), dtype=np.int32)
    candidates = described[known].T.tocsc()
    for block in blocks(n_anime if k else 0, TITLES_AT_ONCE):
        similarities = (described[block] @ candidates).toarray()
        own = np.searchsorted(known, (block.start, block.stop))
        inside = np.arange(*own)
        similarities[known[inside] - block.start, inside] = 0
        closest = np.sort(np.argpartition(-similarities, k - 1, axis=1)[:, :k], axis=1)
        strength = np.take_along_axis(similarities, closest, axis=1) ** config.power
        weights[block] = strength / (strength.sum(axis=1, keepdims=True) + config.prior)
        titles[block] = known[closest]
    indptr = np.arange(n_anime + 1, dtype=np.int64) * k
    nearest = csr_array((weights.ravel(), titles.ravel(), indptr), shape=(n_anime, n_anime))
    nearest.eliminate_zeros()
    return nearest


def _synopses(catalog: Catalog) -> csr_array:
    """csr float32 (n_anime, words), TF-IDF; rows of length 1, or 0 where there is no synopsis."""
    texts = [catalog.details_of(row).synopsis or "" for row in range(len(catalog))]
    nothing: Any = (len(catalog), 1)
    if not any(texts):
        return csr_array(nothing, dtype=np.float32)
    # imported here: a server that only loads a finished model does without scikit-learn's 60 MB
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    documents = [
        [word for word in WORD.findall(text.lower()) if word not in ENGLISH_STOP_WORDS] for text in texts
    ]
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
    found = vectorizer.fit_transform(documents) if any(documents) else nothing
    return csr_array(found, dtype=np.float32)


SPEC = ModelSpec(
    name="descriptions",
    model=Descriptions,
    config=DescriptionsConfig,
    requires=(ContentBased, ItemItem),
    derived=True,
)
