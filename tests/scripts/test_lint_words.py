"""`lint_words.py`: each kind of file has its names and its prose held to the glossary."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import lint_words
from scripts.lint_words import Finding, Glossary, findings, main

GLOSSARY = """
docstring_openings = ["What", "Whether"]
test_name_length = 20
skip = ["skipped.md"]

[[term]]
prefer = "likers"
avoid = ["fan", "left out"]

[[term]]
prefer = "external"
avoid_in_names = ["outside"]

[[term]]
prefer = "Resolved"
avoid_names = ["Found"]

[[exception]]
word = "fan"
path = "papers.md"
reason = "the title of a paper"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a glossary and nothing else."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "glossary.toml").write_text(GLOSSARY, "utf-8")
    monkeypatch.setattr(lint_words, "ROOT", tmp_path)
    monkeypatch.setattr(lint_words, "_tracked", lambda _paths: [p.name for p in tmp_path.glob("*.md")])
    return tmp_path


@pytest.fixture
def glossary(root: Path) -> Glossary:
    return Glossary.read(root / "docs" / "glossary.toml")


@pytest.mark.parametrize(
    ("path", "source", "line", "word"),
    [
        ("a.py", "def fans_of(): ...", 1, "fans_of"),
        ("a.py", "def f(\n    outside_id: int\n): ...", 2, "outside_id"),
        ("a.py", "class A:\n    fan: int", 2, "fan"),
        ("a.py", "class A:\n    def f(self):\n        self.left_out = 1", 3, "left_out"),
        ("a.py", "import numpy as fan", 1, "fan"),
        ("a.py", "class Found: ...", 1, "Found"),
        ("a.py", "favourite_ids = 1", 1, "favourite_ids"),
        ("a.py", "x = 1\n# titles left\n", None, ""),
        ("a.py", "x = 1\n# the fans\n", 2, "fans"),
        ("a.py", '"""One.\n\nTwo fans.\n"""', 3, "fans"),
        ("a.py", 'raise E("a fan of it")', 1, "fan"),
        ("a.py", 'TITLES = {"Fan"}', None, ""),
        ("a.py", "from hypothesis import outside", None, ""),
        ("a.py", "# outside the range", None, ""),
        ("a.py", "class FoundTitle: ...", None, ""),
        ("tests/test_a.py", "def test_fans_count(): ...", 1, "fans"),
        ("tests/test_a.py", "def test_outside(): ...", None, ""),
        ("tests/test_a.py", 'say("a fan of it")', None, ""),
        ("fans.py", "", 1, "fans"),
        ("a.ts", "const x = 1\nconst leftOut = x", 2, "leftOut"),
        ("a.ts", "const x = 1 // a fan", 1, "fan"),
        ("a.ts", "const x = 'outside'", None, ""),
        ("Outside.vue", "<template></template>", 1, "Outside"),
        ("A.vue", "<script setup>\nconst outside = 1\n</script>", 2, "outside"),
        ("A.vue", "<script setup>\n</script>\n<template>\n<p>a fan</p></template>", 4, "fan"),
        ("A.vue", "<template><p>outside</p>\n<OutsideLink /></template>", 2, "OutsideLink"),
        ("a.md", "What is left\nout of it", 1, "left out"),
        ("a.md", "A fanatic leftover.", None, ""),
    ],
)
def test_words_are_found_where_they_stand(
    glossary: Glossary, path: str, source: str, line: int | None, word: str
) -> None:
    assert [(f.line, f.word) for f in findings(path, source, glossary)] == ([(line, word)] if line else [])


def test_finding_names_the_preferred_word(glossary: Glossary) -> None:
    assert findings("a.md", "a fan", glossary) == [Finding(1, "fan", "likers")]
    british = findings("a.py", "favourite = 1", glossary)  # codespell:ignore
    assert british == [Finding(1, "favourite", "favorite")]  # codespell:ignore


@pytest.mark.parametrize(
    ("docstring", "is_refused"), [("What a list says.", True), ("Whatever is left.", False)]
)
def test_docstring_opening_is_checked(glossary: Glossary, docstring: str, is_refused: bool) -> None:
    source = f'class A:\n    def f(self):\n        """{docstring}"""'
    assert [finding.line for finding in findings("a.py", source, glossary)] == [3] * is_refused


def test_test_name_is_limited_in_length(glossary: Glossary) -> None:
    assert findings("tests/test_a.py", f"def test_{'a' * 15}(): ...", glossary) == []
    (finding,) = findings("tests/test_a.py", f"def test_{'a' * 16}(): ...", glossary)
    assert finding.advice == "at most 20 characters"


def test_output_is_one_line_a_finding(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "a.md").write_text("Nothing.\nA fan.\n", "utf-8")
    (root / "skipped.md").write_text("A fan.\n", "utf-8")
    (root / "papers.md").write_text("Fans of a fan.\n", "utf-8")
    assert main([]) == 1
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "a.md:2: fan -> likers",
        "papers.md:1: Fans -> likers",
    ]


def test_unused_exception_is_an_error(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    assert capsys.readouterr().out == (
        "docs/glossary.toml: exception for 'fan' in papers.md lets nothing through -> delete it\n"
    )
    (root / "papers.md").write_text("A fan.\n", "utf-8")
    assert main([]) == 0


def test_exception_needs_a_reason(root: Path) -> None:
    path = root / "docs" / "glossary.toml"
    path.write_text(GLOSSARY.replace('reason = "the title of a paper"', ""), "utf-8")
    with pytest.raises(TypeError, match="reason"):
        Glossary.read(path)
