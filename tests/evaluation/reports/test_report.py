"""What one run measured, as a page and a picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from config import ROOT
from evaluation.harness.contest import Cost, Row, lead
from evaluation.harness.questions import Questions
from evaluation.harness.setting import Setting
from evaluation.metrics.likes import LikeQuality
from evaluation.metrics.quality import Answers, Facts, Quality, measure
from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import Case
from evaluation.reports.plot import draw
from evaluation.reports.report import Report
from evaluation.reports.table import Table
from recommender.data.query import Query

N = 30
FACTS = Facts(np.arange(N), N, np.zeros(N, bool))


def case(n_sent: int) -> Case:
    query = Query.of([(row, 10) for row in range(n_sent)])
    return Case(query, np.array([N - 1]), np.empty(0, np.int64), np.empty(0, np.uint8))


def questions() -> Questions:
    counted = {count: (case(count), case(count)) for count in (1, 3)}
    return Questions((case(4), case(26)), (case(5), case(5)), counted)


def quality(*hits: bool) -> Quality:
    answers = Answers(tuple(np.array([N - 1 if hit else N - 2]) for hit in hits), 1.0)
    return measure(answers, tuple(case(5) for _ in hits), FACTS)


def row(name: str, *hits: bool, cost: Cost | None = None) -> Row:
    found = quality(*hits)
    known = {"1 sent": Mean(0.2, 0.1), "3 sent": Mean(0.3, 0.1), "≤ 25 rated": Mean.of([])}
    return Row(name, found, found, known, cost)


OURS = (row("ours", True, True, False, True), row("weaker", False, False, False, True))
PEERS = (row("theirs", True, False, False, False, cost=Cost(12.5, 1_234.0)),)


@pytest.fixture
def report() -> Report:
    return Report(
        setting=Setting("9 users.", "2 cores.", "python scripts/evaluate.py --peers all"),
        ours=OURS,
        peers=PEERS,
        likes={"ranker": LikeQuality(Mean(0.75, 0.01), Mean(0.82, 0.01))},
        build=Cost(3.0, 456.0),
        findings=("A finding.",),
    )


def test_the_parts_are_cut_as_they_were_joined() -> None:
    asked = questions()
    assert len(asked.cases) == 8
    assert asked.split("abcdefgh") == ["ab", "cd", "ef", "gh"]


def test_known_is_by_favorites_sent_and_by_length_of_the_history() -> None:
    asked = questions()
    hit, miss = np.array([N - 1]), np.array([N - 2])
    history = measure(Answers((hit, miss), 1.0), asked.history, FACTS)
    counted = [Answers((miss, miss), 1.0), Answers((hit, miss), 1.0)]
    known = asked.known(history, counted)
    assert known["1 sent"].value == 0.0
    assert known["3 sent"].value == 0.5
    assert known["≤ 25 rated"].value == 1.0
    assert known["26–50 rated"].value == 0.0
    assert np.isnan(known["> 200 rated"].value)


def test_the_lead_is_person_by_person() -> None:
    sentence = lead(OURS, PEERS, "history")
    # better for two of four people, worse for none
    assert sentence.startswith(
        "history: `ours` against the best of the others, `theirs`: NDCG@10 +0.500 ±0.490"
    )
    assert sentence.endswith("better for 50% of the people, worse for 0%.")


def test_the_page_says_what_was_measured_how_and_where(report: Report) -> None:
    page = report.markdown("quality.svg")
    assert "9 users.\n\n```sh\npython scripts/evaluate.py --peers all\n```\n\n2 cores.\n" in page
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


def test_a_table_refuses_a_row_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="2 columns, but a row of 1 cells"):
        Table("", "", ("a", "b"), (("1",),))


def test_the_picture_is_the_same_every_time_and_names_no_day(tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    draw(OURS, PEERS, first)
    draw(OURS, PEERS, second)
    assert first.read_bytes() == second.read_bytes()
    assert b"dc:date" not in first.read_bytes()
    assert first.read_text("utf-8").rstrip().endswith("</svg>")


def test_the_picture_of_ours_alone_can_be_drawn(tmp_path: Path) -> None:
    draw(OURS * 5, (), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").stat().st_size > 1_000


def test_without_matplotlib_it_says_what_installs_it() -> None:
    program = "import sys; sys.modules['matplotlib'] = None; import evaluation.reports.plot"
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert outcome.stderr.strip().endswith("matplotlib is not installed; install it with: make setup-dev")
