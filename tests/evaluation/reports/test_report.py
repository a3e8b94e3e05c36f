"""The report on accuracy, as a page and a plot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from config import ROOT
from evaluation.harness.harness import Cost, Result, compare_best
from evaluation.harness.queries import Queries
from evaluation.metrics.likes import LikeQuality
from evaluation.metrics.quality import Quality, Rankings, TitleFacts, measure
from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import Case
from evaluation.reports.plot import draw
from evaluation.reports.provenance import Provenance
from evaluation.reports.report import Report
from evaluation.reports.table import Table
from recommender.data.query import Query

N = 30
FACTS = TitleFacts(np.arange(N), N, np.zeros(N, bool))


def case(n_sent: int) -> Case:
    query = Query.of([(row, 10) for row in range(n_sent)])
    return Case(query, np.array([N - 1]), np.empty(0, np.int64), np.empty(0, np.uint8))


def small_queries() -> Queries:
    by_count = {count: (case(count), case(count)) for count in (1, 3)}
    return Queries((case(4), case(26)), (case(5), case(5)), by_count)


def quality(*hits: bool) -> Quality:
    rankings = Rankings(tuple(np.array([N - 1 if hit else N - 2]) for hit in hits), 1.0)
    return measure(rankings, tuple(case(5) for _ in hits), FACTS)


def result(name: str, *hits: bool, cost: Cost | None = None) -> Result:
    found = quality(*hits)
    by_length = {"1 sent": Mean(0.2, 0.1), "3 sent": Mean(0.3, 0.1), "≤ 25 rated": Mean.of([])}
    return Result(name, found, found, by_length, cost)


OURS = (result("ours", True, True, False, True), result("weaker", False, False, False, True))
THEIRS = (result("theirs", True, False, False, False, cost=Cost(12.5, 1_234.0)),)


@pytest.fixture
def report() -> Report:
    return Report(
        provenance=Provenance("9 users.", "2 cores.", "python scripts/evaluate.py --baselines all"),
        candidates=OURS,
        baselines=THEIRS,
        likes={"ranker": LikeQuality(Mean(0.75, 0.01), Mean(0.82, 0.01))},
        build=Cost(3.0, 456.0),
        findings=("A finding.",),
    )


def test_split_cuts_values_into_the_parts_of_the_cases() -> None:
    queries = small_queries()
    assert len(queries.cases) == 8
    assert queries.split("abcdefgh") == ["ab", "cd", "ef", "gh"]


def test_ndcg_by_length_is_by_favorites_and_by_history() -> None:
    queries = small_queries()
    hit, miss = np.array([N - 1]), np.array([N - 2])
    history = measure(Rankings((hit, miss), 1.0), queries.history, FACTS)
    rankings = [Rankings((miss, miss), 1.0), Rankings((hit, miss), 1.0)]
    by_length = queries.ndcg_by_length(history, rankings)
    assert by_length["1 sent"].value == 0.0
    assert by_length["3 sent"].value == 0.5
    assert by_length["≤ 25 rated"].value == 1.0
    assert by_length["26–50 rated"].value == 0.0
    assert np.isnan(by_length["> 200 rated"].value)


def test_compare_best_is_user_by_user() -> None:
    sentence = compare_best(OURS, THEIRS, "history")
    # better for two of four users, worse for none
    assert sentence.startswith("history: `ours` against the best baseline, `theirs`: NDCG@10 +0.500 ±0.490")
    assert sentence.endswith("better for 50% of the users, worse for 0%.")


def test_page_has_provenance_tables_and_findings(report: Report) -> None:
    page = report.markdown("quality.svg")
    assert "9 users.\n\n```sh\npython scripts/evaluate.py --baselines all\n```\n\n2 cores.\n" in page
    assert "](quality.svg)" in page
    assert "# Quality\n" in page
    assert "| ours | 0.750 ±0.424 | 0.750 ±0.424 | 0.750 | 6.7% |" in page
    assert "## History: 80 % of a list, with ratings" in page
    assert "## Favorites: five titles, no ratings" in page
    assert "Variety: 1 - cosine" in page
    assert "| theirs | 12.5 | 1,234 |" in page
    assert "| ranker | 0.750 ±0.010 | 0.820 ±0.010 |" in page
    assert "| theirs | 0.200 ±0.100 | 0.300 ±0.100 |" in page
    assert "| ours | – |" in page  # no history that short
    assert "- A finding." in page


def test_table_refuses_a_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="2 columns, but a row of 1 cells"):
        Table("", "", ("a", "b"), (("1",),))


def test_table_keeps_a_bar_within_its_cell() -> None:
    assert "| a\\|b | c |" in Table("", "", ("x", "y"), (("a|b", "c"),)).markdown()


def test_plot_is_reproducible_and_has_no_date(tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    draw(OURS, THEIRS, first)
    draw(OURS, THEIRS, second)
    assert first.read_bytes() == second.read_bytes()
    assert b"dc:date" not in first.read_bytes()
    assert first.read_text("utf-8").rstrip().endswith("</svg>")


def test_plot_without_baselines_is_drawn(tmp_path: Path) -> None:
    draw(OURS * 5, (), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").stat().st_size > 1_000


def test_missing_matplotlib_names_its_install_command() -> None:
    program = "import sys; sys.modules['matplotlib'] = None; import evaluation.reports.plot"
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert outcome.stderr.strip().endswith("matplotlib is not installed; install it with: make setup-dev")
