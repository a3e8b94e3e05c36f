"""A table of text cells, and its Markdown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Cells under a header, with a title and perhaps a sentence."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(f"{len(self.header)} columns, but a row of {len(row)} cells: {row}")

    def markdown(self) -> str:
        """A heading, the note, the table."""
        rows = (tuple(cell.replace("|", "\\|") for cell in row) for row in self.rows)
        lines = [self.header, ("---",) * len(self.header), *rows]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        note = f"{self.note}\n\n" if self.note else ""
        return f"## {self.title}\n\n{note}{table}\n"
