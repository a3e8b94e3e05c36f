"""Disjoint sets of titles, some of which must stay apart."""

from __future__ import annotations

from collections.abc import Iterable


class Partition:
    """Disjoint sets of 0..n - 1: each alone at first, then joined."""

    def __init__(self, n: int, apart: Iterable[Iterable[int]]) -> None:
        """`apart`: members of each of these groups never share a set, however they are joined."""
        self._parent = list(range(n))
        self._members = {row: [row] for row in range(n)}
        self._barred: dict[int, set[int]] = {}  # representative -> numbers of the groups it has members of
        for number, group in enumerate(apart):
            for row in group:
                self._barred.setdefault(row, set()).add(number)

    def find(self, row: int) -> int:
        """The representative of a title's set, the same for all its members."""
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def size(self, row: int) -> int:
        """How many share the set of `row`."""
        return len(self._members[self.find(row)])

    def join(self, a: int, b: int) -> bool:
        """Make one set of two; False, and nothing done, where members of them must stay apart."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        if not self._barred.get(a, set()).isdisjoint(self._barred.get(b, ())):
            return False
        if len(self._members[a]) < len(self._members[b]):
            a, b = b, a
        self._parent[b] = a
        self._members[a] += self._members.pop(b)
        if barred := self._barred.pop(b, None):
            self._barred.setdefault(a, set()).update(barred)
        return True

    def sets(self) -> list[list[int]]:
        """The members of each set, ascending; sets by their smallest member."""
        return sorted(sorted(members) for members in self._members.values())
