"""The start of a report: data, machine and command."""

from __future__ import annotations

import numpy as np

from evaluation.protocols.holdout import HoldoutConfig, hold_out
from evaluation.reports.provenance import Provenance
from tests.recommender.small import ratings

RNG = np.random.default_rng(1)
LISTS = {user: {int(a): 9 for a in RNG.permutation(50)[:25]} for user in range(30)}


def test_provenance_has_data_machine_and_command() -> None:
    matrix = ratings(LISTS, 50)
    holdout = hold_out(matrix, HoldoutConfig(users=4))
    typed = ["--anime", "/somewhere/on disk/a.csv", "--ratings", "r.csv", "--users", "4"]
    provenance = Provenance.of(matrix, holdout, "evaluate_pages.py", typed)
    assert provenance.data == "30 users, 50 titles, 750 ratings; 4 whole users are hidden from every model."
    assert provenance.command == "python scripts/evaluate_pages.py --anime a.csv --ratings r.csv --users 4"
    assert "cores" in provenance.machine
    start = provenance.markdown("A title")
    assert start.startswith(f"# A title\n\n{provenance.data}\n\n```sh\n{provenance.command}\n```\n")
