"""Assignment: the variant of a unit, by a salted hash, the same in every process and at any time."""

from __future__ import annotations

from experiments.declaration import Experiment, Variant

_BUCKETS = 10_000
_OFFSET, _PRIME = 0x811C9DC5, 0x01000193


def variant_of(experiment: Experiment, unit_id: str) -> Variant | None:
    """The variant that a unit is assigned to; None outside the share that is in the experiment.

    Each variant has a range of 0..1 that is as wide as its weight, and takes as much of it, from its
    beginning, as the share: while the share grows, who is in stays in, with the same variant. When weights
    change, those stay who are in what the old and the new range of their variant have in common: of two
    variants, one grows and nobody leaves it.
    """
    point = position(experiment.salt or experiment.name, unit_id)
    total = sum(variant.weight for variant in experiment.variants)
    start = 0.0
    for variant in experiment.variants:
        width = variant.weight / total
        if start <= point < start + width * experiment.share:
            return variant
        start += width
    return None


def position(salt: str, unit_id: str) -> float:
    """A place in 0..1 for a unit: version 2 of the hash that GrowthBook documents
    (https://docs.growthbook.io/lib/build-your-own#hash), FNV-1a (Fowler, Noll & Vo) twice over."""
    return _fnv1a(str(_fnv1a(salt + unit_id))) % _BUCKETS / _BUCKETS


def _fnv1a(text: str) -> int:
    """32 bits."""
    value = _OFFSET
    for byte in text.encode():
        value = (value ^ byte) * _PRIME & 0xFFFFFFFF
    return value
