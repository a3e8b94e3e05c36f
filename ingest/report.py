"""The result of an import: counts, and the reason and line number of rejected rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LINES_SHOWN = 5  # of each reason


class ImportFileError(Exception):
    """A file as a whole is unusable; the database is unchanged."""


@dataclass
class ImportReport:
    """Counts of one file's rows. read = loaded + updated + unchanged + rejected."""

    file: str
    read: int = 0
    loaded: int = 0
    updated: int = 0
    removed_users: int = 0  # generated users of the demo, deleted by an import of real ratings
    rejections: Counter[str] = field(default_factory=Counter)
    _lines: dict[str, list[int]] = field(default_factory=dict)

    def reject(self, reason: str, lines: Iterable[int], count: int | None = None) -> None:
        """Count the rows at `lines` (1 = the header) as rejected, or `count` rows that begin with those."""
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
        """Return a sentence for each reason, most frequent first, with the first line numbers."""
        sentences = []
        for reason, count in self.rejections.most_common():
            lines = ", ".join(str(line) for line in self._lines[reason])
            more = ", …" if count > len(self._lines[reason]) else ""
            sentences.append(f"{reason}: {count:,} ({'line' if count == 1 else 'lines'} {lines}{more})")
        return sentences
