#!/usr/bin/env python3
"""Write `.env.example` and the README's table of settings from the declarations in config.py."""

from __future__ import annotations

import argparse
import re
import textwrap
from pathlib import Path

from pydantic.fields import FieldInfo

from config import ROOT, Config
from scripts.console import FAILED, OK, errors, run

EXAMPLE = ROOT / ".env.example"
README = ROOT / "README.md"
HEAD = "# Copy to .env (make run does it for you) and change what you need. (Made by `make settings`.)"
TABLE = re.compile(r"^\| setting \|.*\n(?:\|.*\n)+", re.MULTILINE)


def _shown(default: object) -> str:
    """A default as it is written in the environment."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Path):
        return f"./{default.relative_to(ROOT)}"
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _example_entry(name: str, field: FieldInfo) -> str:
    whole = re.sub(
        r"`.*?`", lambda code: code[0].replace(" ", "\0"), str(field.description)
    )  # no line ends in it
    comment = textwrap.fill(
        whole,
        110,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    ).replace("\0", " ")
    required = field.is_required()
    value = field.examples[0] if field.examples else "" if required else _shown(field.default)
    return f"{comment}\n{'' if required else '#'}{name.upper()}={value}\n"


def _table_row(name: str, field: FieldInfo) -> str:
    shown = "" if field.is_required() else _shown(field.default)
    default = f"`{shown}`" if shown else "required" if field.is_required() else "none"
    return f"| `{name.upper()}` | {default} | {field.description} |\n"


def example() -> str:
    """The text of `.env.example`: an optional setting is commented out, with its default or an example."""
    entries = [_example_entry(name, field) for name, field in Config.model_fields.items()]
    return "\n".join([HEAD + "\n", *entries])


def readme(text: str) -> str:
    """The README with the table of settings replaced by a current one."""
    rows = [_table_row(name, field) for name, field in Config.model_fields.items()]
    table = "".join(["| setting | default | what it does |\n", "|---|---|---|\n", *rows])
    return TABLE.sub(lambda _: table, text, count=1)


def main(argv: list[str] | None = None) -> int:
    """Write both files. Exit code 1 with --check where one is not what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    check = parser.parse_args(argv).check
    outdated = []
    for path, text in ((EXAMPLE, example()), (README, readme(README.read_text("utf-8")))):
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        if check:
            outdated.append(path.name)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"Wrote {path.name}.")
    if outdated:
        names = " and ".join(outdated)
        errors.print(f"error: {names} not as config.py says: run make settings")
    return FAILED if outdated else OK


if __name__ == "__main__":
    run(main)
