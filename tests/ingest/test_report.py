"""Import reports count rows and summarize each reason in a sentence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.report import LINES_SHOWN, ImportReport


def test_reasons_are_ordered_by_frequency() -> None:
    report = ImportReport("x.csv", read=4)
    report.reject("rare", [9])
    report.reject("frequent", [2, 3])
    assert report.reasons() == ["frequent: 2 (lines 2, 3)", "rare: 1 (line 9)"]
    assert (report.rejected, report.unchanged) == (3, 1)


def test_rejection_without_lines_adds_no_reason() -> None:
    report = ImportReport("x.csv")
    report.reject("never", [])
    assert (report.reasons(), report.rejected) == ([], 0)


@given(st.lists(st.lists(st.integers(2, 10**9), max_size=9), max_size=9))
def test_rejections_in_parts_add_up(parts: list[list[int]]) -> None:
    by_part, at_once = ImportReport("x"), ImportReport("x")
    for part in parts:
        by_part.reject("bad", part)
    at_once.reject("bad", (line for part in parts for line in part))
    assert by_part.reasons() == at_once.reasons()
    assert by_part.rejected == sum(map(len, parts))
    assert all(sentence.count(",") <= LINES_SHOWN + 3 for sentence in by_part.reasons())
