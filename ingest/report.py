"""What an import did: counts, and for each rejected row a reason and a line number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LINES_SHOWN = 5


class ImportFileError(Exception):
    """A file as a whole cannot be used; the database was left as it was."""


@dataclass
class ImportReport:
    """Counts of one file's rows. read = loaded + updated + unchanged + rejected."""

    file: str
    read: int = 0
    loaded: int = 0
    updated: int = 0
    removed_people: int = 0  # generated ones of the demo, who made room for real ones
    rejections: Counter[str] = field(default_factory=Counter)
    _lines: dict[str, list[int]] = field(default_factory=dict)

    def reject(self, reason: str, lines: Iterable[int], count: int | None = None) -> None:
        """Count rejected rows under `reason`: one for each of `lines` (1 = the header), or `count` of them
        of which `lines` are the first."""
        lines = list(lines)
        if lines:
            self.rejections[reason] += len(lines) if count is None else count
            shown = self._lines.setdefault(reason, [])
            shown.extend(lines[: max(0, LINES_SHOWN - len(shown))])

    @property
    def rejected(self) -> int:
        return self.rejections.total()

    @property
    def unchanged(self) -> int:
        return self.read - self.loaded - self.updated - self.rejected

    def reasons(self) -> list[str]:
        """One sentence a reason, most frequent first, with the first line numbers."""
        sentences = []
        for reason, count in self.rejections.most_common():
            lines = ", ".join(str(line) for line in self._lines[reason])
            more = ", …" if count > len(self._lines[reason]) else ""
            sentences.append(f"{reason}: {count:,} ({'line' if count == 1 else 'lines'} {lines}{more})")
        return sentences
