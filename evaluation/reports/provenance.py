"""Provenance of a report: data, machine and command."""

from __future__ import annotations

import os
import platform
import shlex
from dataclasses import dataclass
from pathlib import Path

import psutil

from evaluation.protocols.holdout import Holdout
from recommender.data.ratings_matrix import RatingsMatrix


@dataclass(frozen=True)
class Provenance:
    """Sentences about data and machine, and the command."""

    data: str
    machine: str
    command: str

    @classmethod
    def of(cls, ratings: RatingsMatrix, holdout: Holdout, script: str, typed: list[str]) -> Provenance:
        """Of this machine.

        Args:
            ratings: of all users, hidden or not.
            script: its file name.
            typed: its arguments, as typed.
        """
        data = (
            f"{ratings.n_users:,} users, {ratings.n_anime:,} titles, {ratings.n_entries:,} ratings; "
            f"{len(holdout.history):,} whole users are hidden from every model."
        )
        memory = psutil.virtual_memory().total / 2**30
        python = platform.python_version()
        machine = f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {python}."
        return cls(data, machine, _command(script, typed))

    def markdown(self, title: str) -> str:
        """The start of a page."""
        return f"# {title}\n\n{self.data}\n\n```sh\n{self.command}\n```\n\n{self.machine}\n"


def _command(script: str, typed: list[str]) -> str:
    """The command as typed, but for the folders of files on this machine."""
    words = [Path(word).name if Path(word).is_absolute() else word for word in typed]
    return shlex.join(["python", f"scripts/{script}", *words])
