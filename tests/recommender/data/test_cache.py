"""Cache: each value is computed once for its owner."""

from __future__ import annotations

from recommender.data.cache import Cache


def test_cache_computes_each_key_once() -> None:
    cache, computed = Cache(), []
    for _ in range(3):
        for key in ("a", "b"):
            assert cache.get(key, lambda: computed.append(key) or key.upper()) == key.upper()  # noqa: B023 - called at once
    assert computed == ["a", "b"]


def test_cache_keeps_a_value_of_none() -> None:
    cache = Cache()
    computed: list[int] = []
    for _ in range(3):
        assert cache.get("key", lambda: computed.append(1)) is None
    assert computed == [1]


def test_caches_share_nothing() -> None:
    one, two = Cache(), Cache()
    assert one.get("key", lambda: 1) == 1
    assert two.get("key", lambda: 2) == 2
