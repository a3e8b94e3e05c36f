"""What a page says of data, machine and command."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest

from evaluation.harness.arguments import add_arguments, files_of, parse
from evaluation.harness.data import Files
from evaluation.harness.setting import Setting
from evaluation.protocols.holdout import HoldoutConfig, hold_out
from tests.recommender.small import ratings

RNG = np.random.default_rng(1)
LISTS = {user: {int(a): 9 for a in RNG.permutation(50)[:25]} for user in range(30)}


def test_a_page_begins_with_what_was_measured_where_and_how() -> None:
    matrix = ratings(LISTS, 50)
    holdout = hold_out(matrix, HoldoutConfig(users=4))
    typed = ["--anime", "/somewhere/on disk/a.csv", "--ratings", "r.csv", "--users", "4"]
    setting = Setting.of(matrix, holdout, "evaluate_pages.py", typed)
    assert setting.data == "30 users, 50 titles, 750 ratings; 4 whole users are hidden from every model."
    assert setting.command == "python scripts/evaluate_pages.py --anime a.csv --ratings r.csv --users 4"
    assert "cores" in setting.machine
    begins = setting.markdown("A title")
    assert begins.startswith(f"# A title\n\n{setting.data}\n\n```sh\n{setting.command}\n```\n")


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    add_arguments(made, users=12, made="a.md")
    return made


def test_without_files_it_is_the_database(parser: argparse.ArgumentParser) -> None:
    arguments = parse(parser, [])
    assert files_of(arguments) is None
    assert (arguments.users, arguments.seed) == (12, HoldoutConfig.seed)


def test_files_are_taken_together(parser: argparse.ArgumentParser) -> None:
    typed = ["--anime", "a.csv", "--ratings", "r.csv", "--details", "d.csv"]
    assert files_of(parse(parser, typed)) == Files(Path("a.csv"), Path("r.csv"), Path("d.csv"))


@pytest.mark.parametrize("typed", [["--anime", "a"], ["--ratings", "r"], ["--details", "d"]])
def test_files_that_do_not_go_together_are_refused(
    typed: list[str], parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(parser, typed)
    assert "go together" in capsys.readouterr().err
