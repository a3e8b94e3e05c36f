"""`evaluate_anonymity.py`: what an attacker recovers of every algorithm, with and without the floor."""

from __future__ import annotations

import re

from recommender.models.registry import ModelConfig
from scripts.evaluate_anonymity import ATTACKS
from tests.conftest import World
from tests.scripts.conftest import Run


def test_report_covers_every_attack_with_and_without_floor(run: Run, world: World) -> None:
    done = run(
        "evaluate_anonymity.py", "--anime", world.anime_csv, "--ratings", world.ratings_csv, "--users", 3
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if "±" in line]
    assert len(rows) == len(ATTACKS) * (len(ModelConfig.default().algorithms) - 1) * 2
    assert sum("no floor" in row for row in rows) == len(rows) / 2
    for row in rows:
        assert all(0 <= float(share) <= 1 for share in re.findall(r"(\S+) ±", row))
