#!/usr/bin/env python3
"""Measure what an attacker who knows a few titles of a person recovers of their other titles.

Adds people with random titles to the data set, fits every algorithm with and without the anonymity floor, and
asks for recommendations from the titles that the attacker knows. Chance is what the same questions recover of
people who are in no model. Takes the time of two builds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from evaluation.harness.candidates import ranked_pages
from evaluation.protocols.anonymity import AnonymityConfig, Profile, plant, recovered
from profiling.decorators import measured
from recommender.artifacts.snapshot import Snapshot
from recommender.data.anonymity import NO_FLOOR, AnonymityFloor
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.fitting import fit_snapshot
from recommender.models.registry import ModelConfig
from scripts.console import OK, console, run
from scripts.evaluation_command import files_of, make_parser, parse, read_data

ATTACKS = ({"known": 4, "queries": 1}, {"known": 10, "queries": 50})


def main(argv: list[str] | None = None) -> int:
    """Print the share of unknown titles that is recovered by each attack from each algorithm."""
    parser = make_parser(__doc__, AnonymityConfig.profiles, outputs=None)
    arguments = parse(parser, sys.argv[1:] if argv is None else argv)
    config = AnonymityConfig(profiles=arguments.users, seed=arguments.seed)
    data = read_data(files_of(arguments))
    planted = plant(data.ratings, config)

    def fitted(people: int) -> Snapshot:
        models = ModelConfig.default(arguments.extra).with_model("item-item", people=people)
        return fit_snapshot(data.catalog, planted.ratings, data.relations, config=models, run=measured)

    floor = AnonymityFloor()
    served = {"floor": (fitted(floor.people), floor), "no floor": (fitted(NO_FLOOR.people), NO_FLOOR)}
    table = Table("algorithm", "known", "questions", "floor", "recovered", "by chance")
    for attack in ATTACKS:
        attacker = replace(config, **attack)
        for algorithm in attacked(served["floor"][0]):
            for name, (snapshot, of_people) in served.items():
                ask = ranked_pages(snapshot, algorithm, of_people)
                shares = [_share(ask, people, snapshot, attacker) for people in planted[1:]]
                table.add_row(algorithm, *map(str, attack.values()), name, *shares)
    console.print(table)
    return OK


def attacked(snapshot: Snapshot) -> list[str]:
    """The algorithms that may give somebody away: all but the one that answers everybody alike."""
    return [name for name in snapshot.algorithms if name != "popular"]


def _share(
    ask: Callable[[Query, int], Ranking],
    people: Sequence[Profile],
    snapshot: Snapshot,
    config: AnonymityConfig,
) -> str:
    shares: NDArray[np.float64] = recovered(ask, people, len(snapshot.catalog), config)
    return f"{shares.mean():.3f} ±{1.96 * shares.std() / np.sqrt(len(shares)):.3f}"


if __name__ == "__main__":
    run(main)
