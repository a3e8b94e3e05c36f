"""A table as the terminal and as Markdown show it."""

from __future__ import annotations

from dataclasses import dataclass

import rich.box
import rich.table


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
        lines = [self.header, ("---",) * len(self.header), *self.rows]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        note = f"{self.note}\n\n" if self.note else ""
        return f"## {self.title}\n\n{note}{table}\n"

    def rich(self) -> rich.table.Table:
        """For a terminal."""
        table = rich.table.Table(*self.header, title=self.title, caption=self.note, box=rich.box.SIMPLE)
        for row in self.rows:
            table.add_row(*row)
        return table
