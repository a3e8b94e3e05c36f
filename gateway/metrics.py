"""Metrics of all workers together, in memory that the master shares with them.

prometheus_client would keep them in files: every worker leaves some behind, and a full disk kills the workers
that write to it.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, values
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

SLOT_BYTES = 1 << 20  # of a worker: some 6,000 values. Only what is used takes memory
_NUMBER, _VALUE = struct.Struct("q"), struct.Struct("d")
_HEADER_BYTES = 16


class Slot:
    """The values of one worker.

    A worker that takes the place of another goes on where that one was, so nothing that was counted is lost.
    In the memory: the process id, the bytes in use, then for each key its length, the key, the value.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, SLOT_BYTES)
        self._places: dict[str, int] = {}
        _NUMBER.pack_into(self._memory, 8, _HEADER_BYTES)

    @property
    def pid(self) -> int:
        """The worker that writes here; 0 for none."""
        return int(_NUMBER.unpack_from(self._memory, 0)[0])

    @pid.setter
    def pid(self, pid: int) -> None:
        _NUMBER.pack_into(self._memory, 0, pid)

    def enter(self, keys: Iterable[str]) -> None:
        """Become the one who writes here, with these keys from the start."""
        self._places = dict(self._entries())
        for key in filter(_is_gauge, self._places):
            self.set(key, 0.0)
        for key in keys:
            self._place(key)
        self.pid = os.getpid()

    def get(self, key: str) -> float:
        """The value of a key, 0 for a new one."""
        place = self._place(key)
        return float(_VALUE.unpack_from(self._memory, place)[0]) if place else 0.0

    def set(self, key: str, value: float) -> None:
        """Write the value of a key, or drop it where the memory is full."""
        if place := self._place(key):
            self._memory[place : place + 8] = _VALUE.pack(value)  # at once: pack_into writes zeros first

    def values(self) -> dict[str, float]:
        """Every key with its value, in the order in which they were added."""
        return {key: _VALUE.unpack_from(self._memory, place)[0] for key, place in self._entries()}

    def _entries(self) -> Iterator[tuple[str, int]]:
        start, end = _HEADER_BYTES, self._end()
        while start < end:
            place = start + 8 + _NUMBER.unpack_from(self._memory, start)[0]
            yield self._memory[start + 8 : place].decode().rstrip(), place
            start = place + 8

    def _place(self, key: str) -> int:
        if key not in self._places:
            encoded, start = key.encode(), self._end()
            encoded += b" " * (-len(encoded) % 8)
            place = start + 8 + len(encoded)
            if place + 8 > SLOT_BYTES:
                return 0
            self._memory[start:place] = _NUMBER.pack(len(encoded)) + encoded
            _NUMBER.pack_into(self._memory, 8, place + 8)  # last: others read up to there
            self._places[key] = place
        return self._places[key]

    def _end(self) -> int:
        return int(_NUMBER.unpack_from(self._memory, 8)[0])


_slots: list[Slot] = []
_current = Slot()  # of the master, which nobody reads
_known: list[str] = []  # keys of the metrics that are there before the first worker


def share(workers: int) -> None:
    """From now on metrics are made of shared values; called in the master, before there are any."""
    values.ValueClass = SharedValue
    while len(_slots) < 2 * workers:  # on a reload the new ones come before the old ones go
        _slots.append(Slot())


def free_slot(used: Collection[Slot]) -> Slot:
    """A slot for a new worker; called in the master."""
    for slot in _slots:
        if slot not in used:
            return slot
    _slots.append(Slot())  # workers that are there already do not see it
    return _slots[-1]


def enter(slot: Slot) -> None:
    """Write to this slot from now on; called in the worker."""
    global _current
    _current = slot
    slot.enter(_known)


def registry() -> CollectorRegistry:
    """The metrics of all workers, or of this process where none are shared."""
    if values.ValueClass is not SharedValue:
        return REGISTRY
    every = CollectorRegistry()
    every.register(_Workers())
    return every


class SharedValue:
    """The `ValueClass` of prometheus_client: one number of a metric."""

    _multiprocess = True

    def __init__(
        self,
        kind: str,
        metric: str,
        sample: str,
        label_names: Iterable[str],
        label_values: Iterable[str],
        help_text: str,
        **_options: Any,
    ) -> None:
        labels = dict(zip(label_names, label_values, strict=True))
        self._key = json.dumps([kind, metric, sample, labels, help_text])
        _known.append(self._key)
        self.set(self.get())

    def inc(self, amount: float) -> None:
        self.set(self.get() + amount)

    def set(self, value: float, timestamp: float | None = None) -> None:
        del timestamp
        _current.set(self._key, value)

    def get(self) -> float:
        return _current.get(self._key)

    def set_exemplar(self, _exemplar: object) -> None:
        """There are none."""

    def get_exemplar(self) -> None:
        """There are none."""


class _Workers(Collector):
    """Counters and histograms summed over the slots; gauges of each worker that lives, with its `pid`."""

    def collect(self) -> Iterable[Metric]:
        """Every metric; see prometheus_client."""
        totals: dict[tuple[str, int], float] = {}
        for slot in _slots:
            for key, value in slot.values().items():
                owner = slot.pid if _is_gauge(key) else 0
                totals[key, owner] = totals.get((key, owner), 0.0) + value
        families: dict[str, Metric] = {}
        below: dict[str, float] = {}  # of a histogram's labels, in the buckets so far
        for (key, pid), value in totals.items():
            kind, name, sample, labels, help_text = json.loads(key)
            if pid:
                labels["pid"] = str(pid)
            elif kind == "gauge":
                continue
            family = families.setdefault(name, Metric(name, help_text, kind))
            if "le" in labels:
                bound = labels.pop("le")
                series = f"{name} {labels}"
                value += below.get(series, 0.0)
                below[series] = value
                family.add_sample(sample, {**labels, "le": bound}, value)
                if bound == "+Inf":
                    family.add_sample(f"{name}_count", labels, value)
            else:
                family.add_sample(sample, labels, value)
        return families.values()


def _is_gauge(key: str) -> bool:
    return key.startswith('["gauge",')
