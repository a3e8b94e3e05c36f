"""Checks of a history: what was acknowledged is visible, reads are monotonic, and the erased stay erased.

Each person has one writer, whose writes follow one another. So a person is a register, and a read may see any
write from the newest that was acknowledged before it began to the newest that began before it ended, but none
older than what an earlier read, of whichever session, saw for certain. A write without an answer counts in
full or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from math import inf

from tests.faults.histories.history import (
    History,
    Outcome,
    Ratings,
    Read,
    Supporters,
    View,
    Write,
    fits,
    shared_with_watcher,
)


class Register:
    """The versions of one person, oldest first; version 0 is that nobody is there."""

    def __init__(self, user_id: int, writes: Iterable[Write]) -> None:
        applied = [write for write in writes if write.outcome is not Outcome.REFUSED]
        nobody = Write(user_id, None, -inf, -inf)
        self._writes = [nobody, *sorted(applied, key=lambda write: write.started)]

    def possible(self, started: float, ended: float) -> range:
        """The versions that a read in this time may see, as far as the writes tell."""
        certain = [
            number
            for number, write in enumerate(self._writes)
            if write.outcome is Outcome.ACKNOWLEDGED and write.ended < started
        ]
        begun = [number for number, write in enumerate(self._writes) if write.started < ended]
        return range(certain[-1], begun[-1] + 1)

    def lists(self, versions: range) -> list[Ratings | None]:
        """The list of each version; None: nobody is there."""
        return [self._writes[version].ratings for version in versions]

    def problems(self, reads: Iterable[Read]) -> Iterator[str]:
        """A sentence for each read that saw what it must not."""
        earlier: list[tuple[float, int]] = []  # (end of a read, the oldest version that it may have seen)
        oldest = 0
        for read in sorted(reads, key=lambda read: read.started):
            while earlier and earlier[0][0] < read.started:
                oldest = max(oldest, heappop(earlier)[1])
            possible = self.possible(read.started, read.ended)
            allowed = range(max(possible.start, oldest), possible.stop)
            fitting = [n for n in allowed if fits(read.view, self._writes[n].ratings, read.seen)]
            if fitting:
                heappush(earlier, (read.ended, fitting[0]))
            else:
                yield self._sentence(read, allowed)

    def _sentence(self, read: Read, allowed: range) -> str:
        lists = self.lists(allowed)
        if all(ratings is None for ratings in lists):
            problem = "is shown, though erased or never saved"
        elif not read.seen:
            problem = "is lost"
        elif any(fits(read.view, ratings, read.seen) for ratings in self.lists(range(allowed.start))):
            problem = "is shown by an older list"
        else:
            problem = "is shown by a list that nobody saved"
        versions = "; ".join(f"{number}: {ratings}" for number, ratings in zip(allowed, lists, strict=True))
        return (
            f"{read.user_id} {problem}: {read.session} saw {read.view.value} {read.seen} "
            f"({read.started:.3f}-{read.ended:.3f} s); possible versions: {versions}"
        )


def problems(history: History) -> list[str]:
    """A sentence for each promise that was broken; empty where all were kept."""
    by_user: dict[int, list[Write]] = {}
    for write in history.writes:
        if write.user_id is not None:
            by_user.setdefault(write.user_id, []).append(write)
    registers = {user_id: Register(user_id, writes) for user_id, writes in by_user.items()}
    reads: dict[int, list[Read]] = {user_id: [] for user_id in registers}
    for read in [*history.reads, *_reads_of_many(history, registers)]:
        reads[read.user_id].append(read)
    found = list(history.unexpected)
    for user_id, register in registers.items():
        found += register.problems(reads[user_id])
    found += _strangers(history, registers)
    for answer in history.supporters:
        found += _miscounted(answer, history, registers)
    return found


def _reads_of_many(history: History, user_ids: Iterable[int]) -> Iterator[Read]:
    """A read of every person for each answer about all: whoever is not in it was not there."""
    for answer in history.neighbors:
        for user_id in user_ids:
            seen = answer.in_common.get(user_id)
            yield Read(answer.session, View.NEIGHBOR, user_id, seen, answer.started, answer.ended)
    if history.stored is not None:
        for user_id in user_ids:
            yield Read("the database", View.LIST, user_id, history.stored.get(user_id), inf, inf)


def _strangers(history: History, registers: Mapping[int, Register]) -> Iterator[str]:
    """People whose id no client was told: each must come from a write without an answer of its own."""
    unanswered = _unanswered(history, inf)
    shared = {shared_with_watcher(ratings) for ratings in unanswered}
    strangers: set[int] = set()
    for answer in history.neighbors:
        for user_id in answer.in_common.keys() - registers.keys():
            strangers.add(user_id)
            if answer.in_common[user_id] not in shared:
                yield f"{user_id} was never saved: {answer.session} saw {answer.in_common[user_id]} in common"
    left = list(unanswered)
    stored = history.stored or {}
    for user_id in stored.keys() - registers.keys():
        strangers.add(user_id)
        if stored[user_id] in left:
            left.remove(stored[user_id])
        else:
            yield f"{user_id} was never saved: the database has {stored[user_id]}"
    if len(strangers) > len(unanswered):
        yield f"{len(strangers)} strangers cannot come from {len(unanswered)} writes without an answer"


def _miscounted(answer: Supporters, history: History, registers: Mapping[int, Register]) -> Iterator[str]:
    """An explanation that counts somebody who must not count, or misses somebody who must.

    While the database is down, a worker that has missed something shows nobody, rather than the erased.
    """
    if answer.nobody and any(answer.started < end and answer.ended > start for start, end in history.outages):
        return
    least, most = 0, len(_unanswered(history, answer.ended))
    for register in registers.values():
        versions = register.possible(answer.started, answer.ended)
        there = [ratings is not None for ratings in register.lists(versions)]
        least, most = least + all(there), most + any(there)
    if not least <= answer.people <= most:
        yield (
            f"{answer.session} was told of {answer.people} people instead of {least} to {most} "
            f"({answer.started:.3f}-{answer.ended:.3f} s)"
        )


def _unanswered(history: History, before: float) -> list[Ratings]:
    """The lists that may have been saved under an id that no client was told."""
    writes = [write for write in history.writes if write.user_id is None and write.started < before]
    return [write.ratings for write in writes if write.ratings and write.outcome is Outcome.UNKNOWN]
