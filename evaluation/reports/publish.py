"""Shows and keeps what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from evaluation.reports.table import Table
from scripts.console import console


def show(tables: Iterable[Table], findings: Iterable[str]) -> None:
    """On the terminal."""
    for table in tables:
        console.print(table.rich())
    for sentence in findings:
        console.print(f"- {sentence}", highlight=False)


def keep(page: Path, text: str, draw: Callable[[Path], None]) -> None:
    """Write a page, and the picture that belongs to it beside it: page.md, page.svg."""
    picture = page.with_suffix(".svg")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")
    draw(picture)
    console.print(f"Wrote {page.name} and {picture.name} to {page.parent}.", highlight=False)
