"""Disjoint sets of titles (union-find), some of which must stay apart."""

from __future__ import annotations

from collections.abc import Iterable


class Partition:
    """Disjoint sets of 0..n - 1, singletons at first."""

    def __init__(self, n: int, apart: Iterable[Iterable[int]]) -> None:
        """`apart`: groups whose members never end up in the same set."""
        self._parent = list(range(n))
        self._members = {row: [row] for row in range(n)}
        self._exclusive: dict[int, set[int]] = {}  # representative -> groups it has members of
        for number, group in enumerate(apart):
            for row in group:
                self._exclusive.setdefault(row, set()).add(number)

    def find(self, row: int) -> int:
        """Return the representative of a row's set."""
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def size(self, row: int) -> int:
        """Return the size of a row's set."""
        return len(self._members[self.find(row)])

    def join(self, a: int, b: int) -> bool:
        """Merge two sets; return False, and do nothing, if members of them must stay apart."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        if not self._exclusive.get(a, set()).isdisjoint(self._exclusive.get(b, ())):
            return False
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        self._parent[b] = a
        self._members[a] += self._members.pop(b)
        if exclusive := self._exclusive.pop(b, None):
            self._exclusive.setdefault(a, set()).update(exclusive)
        return True

    def sets(self) -> list[list[int]]:
        """Return the members of each set, ascending, sets ordered by their smallest member."""
        return sorted(sorted(members) for members in self._members.values())
