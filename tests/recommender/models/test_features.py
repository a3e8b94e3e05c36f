"""Features: the table of every title for a query."""

from __future__ import annotations

import numpy as np

from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.features import LIKE_FEATURES, NAMES, STANDARDIZED, Features
from recommender.models.item_item import ItemItem
from tests.conftest import TITLES

QUERY = Query.of([(3, 9), (40, 4), (77, 0), (120, 7)])


def test_table_is_the_same_whichever_features_are_chosen(snapshot: Snapshot) -> None:
    features = snapshot.models[Features]
    table = features.table(snapshot.context(QUERY), NAMES)
    assert table.shape == (len(NAMES), TITLES)
    assert np.isfinite(table).all()
    some = features.table(snapshot.context(QUERY), LIKE_FEATURES)
    assert some.tobytes() == table[[NAMES.index(name) for name in LIKE_FEATURES]].tobytes()


def test_standardized_features_have_mean_0_and_deviation_1(snapshot: Snapshot) -> None:
    table = snapshot.models[Features].table(snapshot.context(QUERY), STANDARDIZED)
    known = table[:, snapshot.models[ItemItem].titles]
    assert np.allclose(known.mean(axis=1), 0, atol=1e-4)
    assert np.allclose(known.std(axis=1), 1, atol=1e-4)
