"""Training examples: the features and labels that the blends are trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.artifacts.snapshot import Snapshot
from recommender.models.examples import ExamplesConfig, TrainingExamples, training_examples
from recommender.models.features import NAMES
from recommender.models.training_data import TrainingData
from recommender.training.queries import training_data

CONFIG = ExamplesConfig(candidates=20, others=5, pairs=6)


@pytest.fixture(scope="module")
def data(snapshot: Snapshot) -> TrainingData:
    return training_data(
        snapshot.catalog, snapshot.franchises, snapshot.ratings, replace(snapshot.config.training, users=10)
    )


@pytest.fixture(scope="module")
def examples(data: TrainingData, snapshot: Snapshot) -> TrainingExamples:
    return training_examples(data, snapshot.models, CONFIG)


def test_examples_have_one_row_of_features_a_candidate(
    data: TrainingData, examples: TrainingExamples
) -> None:
    queries, width, n_features = examples.features.shape
    assert 0 < queries <= len(list(data.queries))
    assert (width, n_features) == (25, len(NAMES))
    assert examples.relevant.shape == (queries, width)
    assert set(np.unique(examples.relevant)) == {0.0, 1.0}


def test_examples_pair_rated_titles_with_likes(data: TrainingData, examples: TrainingExamples) -> None:
    counts = [min(len(example.anime_rows), CONFIG.pairs) for example in data.queries]
    assert examples.pair_features.shape == (sum(counts), len(NAMES))
    assert examples.pair_liked.shape == (sum(counts),)
    likes = [example.liked.sum() for example in data.queries]
    assert 0 < examples.pair_liked.sum() <= sum(likes)


def test_examples_follow_from_the_seed(data: TrainingData, snapshot: Snapshot) -> None:
    def features(seed: int) -> bytes:
        fresh = replace(data, queries=list(data.queries)[:10])
        return training_examples(fresh, snapshot.models, replace(CONFIG, seed=seed)).features.tobytes()

    assert features(1) == features(1) != features(2)
