"""Reproducibility: one model gives one answer, byte for byte, in every process and each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from config import ROOT
from recommender.models.registry import ALGORITHMS
from tests.conftest import World

# Loads the model, requests every page twice, and prints the pages.
PROGRAM = """
import json, sys
from pathlib import Path
from recommender.artifacts.store import ModelStore
from recommender.data.query import Query
from recommender.models.ranker import Ranker
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.options import PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT

snapshot = ModelStore(Path(sys.argv[1])).load().snapshot
LISTS = [[(7, 10)], [(3, 10), (40, 9), (90, 3)], [(row, row % 11) for row in range(0, 250, 3)]]

def answers(name):
    for entries in LISTS:
        for options in (PageOptions(), PageOptions(diversity=0.5, niche=0.5)):
            context = snapshot.context(Query.of(entries))
            request = PageRequest(20, options=options, explain=True)
            page = DEFAULT.run(snapshot.scorer(name), context, request)
            forecast = snapshot.models[Ranker].like_probabilities(context)
            yield [page.ranking.anime_rows.tobytes().hex(), page.ranking.scores.tobytes().hex(),
                   forecast.tobytes().hex(), repr(page.explanations)]

print(json.dumps({name: [list(answers(name)), list(answers(name))] for name in ALGORITHMS}))
"""

Answers = dict[str, list[list[list[str]]]]  # algorithm -> twice the answers


@pytest.fixture(scope="module")
def answers(world: World) -> list[Answers]:
    """Those of two processes that hash differently."""
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
def test_answers_are_equal_in_every_process_each_time(answers: list[Answers], name: str) -> None:
    first, second = answers
    (once, again), (elsewhere, _) = first[name], second[name]
    assert len(once) == 6
    assert once == again == elsewhere
    assert len({json.dumps(answer) for answer in once}) > 1
