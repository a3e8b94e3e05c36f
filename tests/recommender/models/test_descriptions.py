"""`descriptions`: neighbors by genres, franchise, and synopsis, against similarities worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.titles import NO_DETAILS, Title, TitleDetails
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises
from recommender.models.base import Models
from recommender.models.content_based import ContentBased, ContentConfig
from recommender.models.descriptions import Descriptions, DescriptionsConfig
from recommender.models.item_item import ItemItem, ItemItemConfig
from tests.recommender.small import popularity, ratings, training_data

GENRES = (("Action",), ("Action", "Comedy"), ("Comedy",), ("Music",), ("Action", "Comedy"), ())
N_ANIME, NEW, BLANK = len(GENRES), 4, 5  # nobody rated the last two; nothing is known of one of them
CATALOG = Catalog(tuple(Title(row, f"Title {row}", genres=genres) for row, genres in enumerate(GENRES)))


def fit(
    catalog: Catalog = CATALOG, groups: tuple[int, ...] = tuple(range(N_ANIME)), **changes: Any
) -> NDArray[np.float32]:
    """The cold-start weights, dense."""
    matrix = ratings({user: dict.fromkeys(range(4), 9) for user in range(20)}, N_ANIME)
    franchises = Franchises.singletons(N_ANIME)
    data = replace(
        training_data(matrix, catalog), franchises=replace(franchises, groups=np.array(groups, np.int32))
    )
    models = Models().with_model(popularity(np.ones(N_ANIME)))
    for model, config in ((ContentBased, ContentConfig()), (ItemItem, ItemItemConfig())):
        models = models.with_model(model.fit(data, models, config))
    found = Descriptions.fit(data, models, replace(DescriptionsConfig(), **changes))
    return found.nearest.toarray()


def test_cold_start_weights_are_powers_of_cosines() -> None:
    cosines = np.array([1, np.sqrt(2), 1]) / np.sqrt(2)  # of Action, Action and Comedy, Comedy
    expected = cosines**2 / ((cosines**2).sum() + 1)
    # smooth inverse document frequencies differ: Action and Comedy have three titles each
    assert fit(power=2.0)[NEW, :3] == pytest.approx(expected, abs=1e-6)


def test_only_titles_with_ratings_are_near_and_none_to_itself() -> None:
    nearest = fit()
    assert not nearest[:, [NEW, BLANK]].any()
    assert not np.diagonal(nearest).any()
    assert (nearest.sum(axis=1) < 1).all()


def test_title_without_a_description_is_near_nothing() -> None:
    assert not fit()[BLANK].any()


def test_only_the_nearest_titles_are_kept() -> None:
    assert np.flatnonzero(fit(titles=1)[NEW]).tolist() == [1]


def test_title_of_the_same_franchise_is_nearest() -> None:
    nearest = fit(groups=(0, 1, 2, 3, 3, 5))
    assert np.argmax(nearest[NEW]) == 3
    assert np.argmax(fit()[NEW]) == 1


def test_titles_with_similar_synopses_are_near() -> None:
    synopses = {
        0: "Bounty hunters chase a pirate.",
        2: "A quiet school.",
        5: "Pirates! Two hunters of a bounty.",
    }
    details = (
        TitleDetails(synopsis=synopses[row]) if row in synopses else NO_DETAILS for row in range(N_ANIME)
    )
    nearest = fit(Catalog(CATALOG.titles, tuple(details)))
    assert np.flatnonzero(nearest[BLANK]).tolist() == [0]


def test_synopses_of_common_words_say_nothing() -> None:
    details = (TitleDetails(synopsis="And so it is.") for _ in range(N_ANIME))
    assert np.array_equal(fit(Catalog(CATALOG.titles, tuple(details))), fit())


def test_model_of_nothing_has_no_neighbors() -> None:
    data = training_data(ratings({}, N_ANIME), CATALOG)
    models = Models().with_model(popularity(np.ones(N_ANIME)))
    for model, config in ((ContentBased, ContentConfig()), (ItemItem, ItemItemConfig())):
        models = models.with_model(model.fit(data, models, config))
    assert Descriptions.fit(data, models, DescriptionsConfig()).nearest.nnz == 0
