"""Violations that axe-core finds on a page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from playwright.sync_api import Page

from config import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Violation:
    """A rule that is broken, how badly (minor, moderate, serious, critical), and by which elements."""

    impact: str
    rule: str
    help: str
    elements: tuple[str, ...]


@cache
def _source() -> str:
    return AXE.read_text("utf-8")


def violations(page: Page) -> list[Violation]:
    """Of WCAG 2.2 A and AA, and of axe-core's good practice."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(
        "async (tags) => (await axe.run({ runOnly: tags, resultTypes: ['violations'] })).violations", tags
    )
    return [
        Violation(
            rule["impact"],
            rule["id"],
            rule["help"],
            tuple(f"{node['html'][:200]} {node['failureSummary']}" for node in rule["nodes"]),
        )
        for rule in found
    ]
