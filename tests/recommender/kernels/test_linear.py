"""Linear kernels: gram matrices, the closed-form autoencoder, pruning; against dense computations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csc_array

from recommender.kernels import linear
from recommender.kernels.linear import AutoencoderConfig, autoencoder, forget_rare_pairs, gram, strongest

N = 12
DENSE = np.random.default_rng(0).integers(0, 2, (30, N)).astype(np.float32)


@pytest.fixture(params=[5, 500], ids=["many blocks", "one block"])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks smaller and larger than the matrix."""
    monkeypatch.setattr(linear, "BLOCK", request.param)


@pytest.mark.usefixtures("block")
def test_gram_equals_the_dense_product() -> None:
    assert gram(csc_array(DENSE)).tolist() == (DENSE.T @ DENSE).tolist()


@pytest.mark.usefixtures("block")
def test_autoencoder_equals_the_dense_closed_form() -> None:
    config = AutoencoderConfig(dropout=0.5, l2=2.0)
    product = (DENSE.T @ DENSE).astype(float)
    inverse = np.linalg.inv(product + np.diag(2.0 + np.diag(product)))
    expected = np.eye(N) - inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0)
    assert autoencoder(gram(csc_array(DENSE)), config) == pytest.approx(expected, abs=1e-5)


@pytest.mark.usefixtures("block")
def test_rare_pairs_lose_their_weights_and_no_others() -> None:
    weights = np.ones((N, N), np.float32)
    together = DENSE.T @ DENSE
    least = int(np.median(together))
    forget_rare_pairs(weights, csc_array(DENSE * 0.5), least)
    assert weights.tolist() == (together >= least).astype(float).tolist()
    assert 0 < weights.mean() < 1


def test_autoencoder_refuses_a_gram_without_an_inverse() -> None:
    singular = np.zeros((3, 3), np.float32, order="F")
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        autoencoder(singular, AutoencoderConfig(dropout=0.5, l2=0.0))


@pytest.mark.usefixtures("block")
def test_strongest_keeps_the_largest_weights_by_size() -> None:
    weights = np.array([[0, 3, -5], [1, 0, 2], [-4, 1, 0]], np.float32)
    kept = strongest(weights, 1, np.array([1, 2, 4]), 6)
    assert kept.shape == (6, 6)
    assert {(int(r), int(c)): float(kept[r, c]) for r, c in zip(*kept.nonzero(), strict=True)} == {
        (1, 4): -5.0,
        (2, 4): 2.0,
        (4, 1): -4.0,
    }


def test_strongest_keeps_everything_where_there_is_less() -> None:
    weights = np.array([[0, 3], [1, 0]], np.float32)
    assert strongest(weights, 9, np.array([0, 1]), 2).toarray().tolist() == weights.tolist()
