"""The arguments that `evaluate.py` and `evaluate_pages.py` share."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from evaluation.protocols.holdout import HoldoutConfig
from scripts.evaluation_command import Files, files_of, make_parser, parse


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    return make_parser("", users=12, outputs="a.md")


def test_no_files_mean_the_database(parser: argparse.ArgumentParser) -> None:
    arguments = parse(parser, [])
    assert files_of(arguments) is None
    assert (arguments.users, arguments.seed) == (12, HoldoutConfig.seed)


def test_files_are_taken_together(parser: argparse.ArgumentParser) -> None:
    typed = ["--anime", "a.csv", "--ratings", "r.csv", "--details", "d.csv"]
    assert files_of(parse(parser, typed)) == Files(Path("a.csv"), Path("r.csv"), Path("d.csv"))


@pytest.mark.parametrize("typed", [["--anime", "a"], ["--ratings", "r"], ["--details", "d"]])
def test_incomplete_files_are_refused(
    typed: list[str], parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(parser, typed)
    assert "go together" in capsys.readouterr().err
