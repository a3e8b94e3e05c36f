"""The same question to the same model has one answer, byte for byte, in every process and each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from config import ROOT
from recommender.models.registry import ALGORITHMS
from tests.conftest import World

# Loads the model, asks every question twice, and prints what came out.
PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from recommender.pipeline.explanations import explain
from recommender.pipeline.filters import Filters
from recommender.pipeline.page import Wishes
from recommender.data.query import Query
from recommender.artifacts.store import ModelStore

snapshot = ModelStore(Path(sys.argv[1])).load().snapshot
allowed, hidden = Filters().allowed(snapshot.catalog), snapshot.catalog.nsfw
LISTS = [[(7, 10)], [(3, 10), (40, 9), (90, 3)], [(row, row % 11) for row in range(0, 250, 3)]]

def answers(name):
    algorithm = snapshot.algorithms[name]
    for entries in LISTS:
        for wishes in (Wishes(), Wishes(diversity=0.5, niche=0.5)):
            query = Query.of(entries, allowed=allowed)
            page, _ = snapshot.pages.compose(algorithm, query, 20, wishes)
            reasons = explain(algorithm, snapshot.user_user, snapshot.catalog, query, page, hidden)
            forecast = snapshot.ranker.like_probabilities(query)
            yield [page.anime_rows.tobytes().hex(), page.scores.tobytes().hex(),
                   forecast.tobytes().hex(), repr(reasons)]

print(json.dumps({name: [list(answers(name)), list(answers(name))] for name in snapshot.algorithms}))
"""


@pytest.fixture(scope="module")
def told(world: World) -> list[dict[str, list[list[list[str]]]]]:
    """What two processes say that hash differently: algorithm -> twice the answers."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(world.model_dir)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    return [json.loads(process.communicate(timeout=120)[0]) for process in processes]


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_same_question_has_one_answer(told: list[dict[str, list[list[list[str]]]]], name: str) -> None:
    first, second = told
    (once, again), (elsewhere, _) = first[name], second[name]
    assert len(once) == 6
    assert once == again == elsewhere
    assert len({json.dumps(answer) for answer in once}) > 1
