#!/usr/bin/env python3
"""Build every model from the database, and publish them as a new version.

Exit codes: 0 built or already up to date; 1 nothing to build from, or the build failed (the version in
service stays); 2 wrong arguments.
"""

from __future__ import annotations

import argparse

import psutil
from rich.table import Table

from config import Config
from db.engine import open_engine
from db.schema import migrate
from profiling.decorators import Recording, recording
from recommender.artifacts.store import ModelStore
from scripts.console import OK, console, count_progress, errors, run
from serving.builder import build_model, model_config


def main(argv: list[str] | None = None) -> int:
    """Build if the data or the configuration changed, or with --force; print time and memory by stage."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    parser.add_argument(
        "--wait",
        type=float,
        default=600,
        metavar="S",
        help="seconds to wait for another builder (default 600)",
    )
    parser.add_argument("--no-memory", action="store_true", help="do not sample memory by stage")
    arguments = parser.parse_args(argv)
    config = Config.from_env()
    engine = open_engine(config.database_url)
    migrate(engine)
    with (
        count_progress("reading ratings") as progress,
        recording(memory=not arguments.no_memory, on_start=_say) as record,
    ):
        version, built = build_model(
            engine,
            ModelStore(config.model_dir),
            config=model_config(config),
            force=arguments.force,
            wait_s=arguments.wait,
            progress=progress,
        )
    counts = version.manifest["counts"]
    summary = f"{counts['anime']:,} titles, {counts['users']:,} users, {counts['ratings']:,} ratings"
    if not built:
        console.print(f"{version.name} is up to date ({summary}). Use --force to build anyway.")
        return OK
    _print(record)
    console.print(f"Published {version.name} in {config.model_dir} ({summary}).")
    return OK


def _say(stage: str) -> None:
    errors.print(f"… {stage}", highlight=False)


def _print(record: Recording) -> None:
    table = Table("stage", "seconds", "peak MB", title="Build")
    table.columns[1].justify = table.columns[2].justify = "right"
    for stage in record.stages.values():
        peak = "" if stage.peak_mb is None else f"{stage.peak_mb:,.0f}"
        table.add_row(stage.name, f"{stage.seconds or 0:.1f}", peak)
    peaks = [stage.peak_mb for stage in record.stages.values() if stage.peak_mb is not None]
    peak = max(peaks, default=psutil.Process().memory_info().rss / 2**20)
    total = sum(stage.seconds or 0 for stage in record.stages.values())
    table.add_section()
    table.add_row("all", f"{total:.1f}", f"{peak:,.0f}")
    console.print(table)


if __name__ == "__main__":
    run(main)
