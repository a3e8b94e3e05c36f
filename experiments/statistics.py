"""Statistics of experiments that may be looked at every day. Pure functions of sums.

Every array may be of one experiment, shape (), or of many at once. An interval is one of a *confidence
sequence*: with probability 1 - alpha all of them, at all times, contain the true value, so that looking often
and stopping when one likes the result is no cheating.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

MIN_UNITS = 100  # of a sample; the theory is of large ones, so that smaller ones say nothing
POWER_QUANTILE = 0.8416  # of the normal distribution at 80 %


@dataclass(frozen=True, eq=False)
class Sample:
    """Independent units: how many, the mean of a number that each has, and its variance."""

    n: Floats
    mean: Floats
    variance: Floats

    @classmethod
    def of(cls, n: ArrayLike, total: ArrayLike, squares: ArrayLike, low: float = 0.0) -> Sample:
        """From the sums of the numbers and of their squares.

        The variance is that with two more units, of which one has `low` and the other 1 (as in Agresti &
        Coull 1998, The American Statistician 52:119): a sample in which nothing has happened yet does not
        say that nothing ever will.
        """
        count, total, squares = (np.asarray(value, np.float64) for value in (n, total, squares))
        more = count + 2.0
        mean = (total + low + 1.0) / more
        variance = np.maximum((squares + low**2 + 1.0) / more - mean**2, 0.0)
        return cls(count, total / np.maximum(count, 1.0), variance)

    @property
    def standard_error(self) -> Floats:
        return np.sqrt(self.variance / np.maximum(self.n, 1.0))


@dataclass(frozen=True, eq=False)
class Estimate:
    """A value, its standard error, and how far its interval reaches to both sides; infinite: too early."""

    value: Floats
    standard_error: Floats
    margin: Floats

    @property
    def low(self) -> Floats:
        return self.value - self.margin

    @property
    def high(self) -> Floats:
        return self.value + self.margin

    @property
    def excludes_zero(self) -> NDArray[np.bool_]:
        return np.abs(self.value) > self.margin

    @property
    def detectable(self) -> Floats:
        """The smallest effect that a look at so many units finds in 80 of 100 experiments."""
        return self.margin + POWER_QUANTILE * self.standard_error


def boundary(n: ArrayLike, alpha: float, planned: float) -> Floats:
    """The reach of an interval of n units, in standard errors.

    sqrt(2 (n r + 1) / (n r) log(sqrt(n r + 1) / alpha)) with r = (-2 log alpha + log(-2 log alpha) + 1) /
    planned: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024, Time-
    uniform central limit theory and asymptotic confidence sequences, Annals of Statistics
    (arXiv:2103.06476), with the r that makes it narrowest at `planned` units.
    """
    spread = (-2.0 * log(alpha) + log(-2.0 * log(alpha)) + 1.0) / planned
    scaled = np.maximum(np.asarray(n, np.float64), 1.0) * spread
    result: Floats = np.sqrt(2.0 * (scaled + 1.0) / scaled * (0.5 * np.log1p(scaled) - log(alpha)))
    return result


def mean_of(sample: Sample, alpha: float, planned: float) -> Estimate:
    """The mean of a sample."""
    reach = np.where(sample.n >= MIN_UNITS, boundary(sample.n, alpha, planned), np.inf)
    return Estimate(sample.mean, sample.standard_error, sample.standard_error * reach)


def difference(control: Sample, variant: Sample, alpha: float, planned: float) -> Estimate:
    """The mean of a variant less that of the control.

    The difference is asymptotically a mean over all n = n0 + n1 units, that of the influence function
    (A / p - (1 - A) / (1 - p)) (Y - mean of its variant), whose variance is n (s0² / n0 + s1² / n1); for such
    means the same paper has the same sequence.
    """
    n = control.n + variant.n
    error = np.sqrt(control.standard_error**2 + variant.standard_error**2)
    enough = np.minimum(control.n, variant.n) >= MIN_UNITS
    reach = np.where(enough, boundary(n, alpha, planned), np.inf)
    return Estimate(variant.mean - control.mean, error, error * reach)


def sample_ratio_p(counts: ArrayLike, weights: ArrayLike) -> float:
    """A p-value, valid at any time, of units being assigned with these weights.

    One over the Bayes factor of a Dirichlet prior around the weights against the weights themselves (Lindon &
    Malek 2022, NeurIPS, arXiv:2011.03567): if units are assigned with these, the factor is a martingale, so
    that by Ville's inequality it reaches 1 / p at any time with a probability of at most p.
    """
    observed = np.asarray(counts, np.float64)
    expected = np.asarray(weights, np.float64) / np.sum(weights)
    prior = 100.0 * expected
    evidence = lgamma(prior.sum()) - lgamma(prior.sum() + observed.sum())
    for before, seen, part in zip(prior.tolist(), observed.tolist(), expected.tolist(), strict=True):
        evidence += lgamma(before + seen) - lgamma(before) - seen * log(part)
    return float(np.exp(-max(evidence, 0.0)))
