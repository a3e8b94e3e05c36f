"""The end of every script: its exit code, or one clear sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from config import ConfigError
from ingest.report import ImportFileError
from scripts.console import run


def ends(main: Callable[[list[str] | None], int]) -> int:
    with pytest.raises(SystemExit) as exit_:
        run(main)
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


def raising(error: BaseException) -> Callable[[list[str] | None], int]:
    def main(_argv: list[str] | None) -> int:
        raise error

    return main


@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_scripts_own_code_is_its_exit_code(code: int) -> None:
    assert ends(lambda _argv: code) == code


@pytest.mark.parametrize(
    "error",
    [
        ConfigError("PORT", "is 'x'", "It must be a number."),
        ImportFileError("x.csv: cannot be read."),
        OSError(28, "No space left on device"),
    ],
)
def test_an_expected_error_is_one_sentence(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(raising(error)) == 1
    assert capsys.readouterr().err == f"error: {error}\n"


@pytest.mark.parametrize("text", ["[red]", "[/red]", "[link=x]y", "a [b] c", r"C:\[x]"])
def test_brackets_in_an_error_are_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(raising(ImportFileError(text))) == 1
    assert capsys.readouterr().err == f"error: {text}\n"


def test_ctrl_c_ends_with_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(raising(KeyboardInterrupt())) == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_error_that_nobody_expected_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run(raising(ZeroDivisionError()))
