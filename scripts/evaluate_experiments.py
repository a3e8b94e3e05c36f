#!/usr/bin/env python3
"""Print what came of the experiments that run: how much the titles of each variant are clicked, liked and
dismissed, and what it changes against the first one.

Look as often as you like: all intervals of an experiment hold together, at all times, with 95 %. An effect is
found where its interval leaves 0. Reads the database and the file of EXPERIMENTS, and changes nothing.

Exit codes: 0 done; 1 there is no such experiment, or the file or the database cannot be used; 2 wrong
arguments.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from rich.table import Table

from config import Config
from db.engine import open_engine
from db.schema import migrate
from domain.events import EventKind
from scripts.console import OK, console, fail, run
from serving.errors import UnknownExperimentError
from serving.experiments import ExperimentResults, Figure, Results, declared_experiments

MEASURES = {EventKind.CLICK: "clicks", EventKind.LIKE: "likes", EventKind.DISMISS: "dismissals"}
EARLY = "too early"


def main(argv: list[str] | None = None) -> int:
    """Print the tables of every experiment, or of one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--experiment", metavar="NAME", help="only this one")
    arguments = parser.parse_args(argv)
    config = Config.from_env()
    experiments = declared_experiments(config.experiments, config.event_retention_days)
    if not experiments:
        return fail("no experiment is declared: set EXPERIMENTS to a file of them, see docs/experiments.md")
    engine = open_engine(config.database_url)
    migrate(engine)
    results = ExperimentResults(experiments, engine)
    names = [arguments.experiment] if arguments.experiment else [one.name for one in experiments]
    try:
        for name in names:
            for part in _report(results.one(name)):
                console.print(part, highlight=False)
    except UnknownExperimentError as error:
        return fail(str(error))
    return OK


def _report(results: Results) -> Iterator[Table | str]:
    """The tables and sentences of one experiment."""
    experiment = results.experiment
    days = f"{experiment.from_} to {experiment.to}, by {experiment.unit}"
    rates = Table("variant", "exposed", "counted", *MEASURES.values(), title=f"{experiment.name}: {days}")
    for variant in results.variants:
        shown = [_figure(variant.rates[measure]) for measure in MEASURES]
        rates.add_row(variant.name, f"{variant.exposed:,}", f"{variant.counted:,}", *shown)
    yield rates
    if results.effects:
        effects = Table("change", "of", "", "found", "can find", title=f"against {results.variants[0].name}")
        for effect in results.effects:
            found = "yes" if effect.change.excludes_zero else "no"
            detectable = EARLY if effect.detectable is None else f"±{effect.detectable:.3f}"
            figure = _figure(effect.change, sign="+")
            effects.add_row(effect.variant, MEASURES[effect.measure], figure, found, detectable)
        yield effects
    if preference := results.preference:
        first, second = (variant.name for variant in experiment.variants)
        found = "" if preference.score.excludes_zero else "; neither is preferred for certain"
        clicks = f"{first} {preference.clicks[0]:,}, {second} {preference.clicks[1]:,}"
        score = _figure(preference.score, sign="+")
        yield f"{preference.units:,} clicked: {clicks}; score {score}, above 0 for {second}{found}"
    if results.is_suspicious:
        yield (
            f"[bold red]Units are not spread as the weights say[/] (p = {results.sample_ratio_p:.2g}): "
            "trust no figure before you know why."
        )
    if results.switched:
        yield f"{results.switched:,} units got several variants and count nowhere."


def _figure(figure: Figure, sign: str = "") -> str:
    """Such as `0.840 [0.760, 0.920]`."""
    if figure.low is None or figure.high is None:
        return f"{figure.value:{sign}.3f} \\[{EARLY}]"
    return f"{figure.value:{sign}.3f} \\[{figure.low:{sign}.3f}, {figure.high:{sign}.3f}]"


if __name__ == "__main__":
    run(main)
