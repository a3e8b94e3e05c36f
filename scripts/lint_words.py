#!/usr/bin/env python3
"""Check names and prose against the glossary (docs/glossary.toml), and print `file:line: word -> preferred`.

Exit codes: 0 every word is right; 1 some are not; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple, TypeGuard

import codespell_lib

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = Path("docs/glossary.toml")
SUFFIXES = {".py", ".ts", ".vue", ".md"}
BRITISH = Path(codespell_lib.__file__).parent / "data" / "dictionary_en-GB_to_en-US.txt"

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
IDENTIFIER = re.compile(r"(?<![\w$-])[A-Za-z_$][\w$]*")
COMPOUND = re.compile(r"_|[a-z][A-Z]")
SCRIPT = re.compile(r"(<script\b[^>]*>)(.*?)(?=</script>)", re.DOTALL)
# comments and literals; what is left of a script is names
NOT_CODE = re.compile(r"//[^\n]*|/\*.*?\*/|'[^'\n]*'|\"[^\"\n]*\"|`[^`]*`", re.DOTALL)


class Text(NamedTuple):
    """A name, or a piece of prose, and the line on which it starts."""

    line: int
    text: str


class Finding(NamedTuple):
    """A word of a file, and the one to use in its place."""

    line: int
    word: str
    advice: str


class Excuse(NamedTuple):
    """A finding that is let through: the word, a glob of paths, and why."""

    word: str
    path: str
    reason: str


@dataclass(frozen=True)
class Glossary:
    """The words to avoid, as patterns, each with the preferred one."""

    prose: dict[re.Pattern[str], str]
    names: dict[re.Pattern[str], str]
    whole_names: dict[str, str]
    british: dict[str, str]
    openings: tuple[str, ...]
    test_name_length: int
    skip: tuple[str, ...]
    exceptions: tuple[Excuse, ...]

    @classmethod
    def read(cls, path: Path) -> Glossary:
        """Read the TOML file, and codespell's list of British words."""
        content = tomllib.loads(path.read_text("utf-8"))
        prose: dict[re.Pattern[str], str] = {}
        names: dict[re.Pattern[str], str] = {}
        whole_names: dict[str, str] = {}
        for term in content["term"]:
            for phrase in term.get("avoid", []):
                prose[_pattern(phrase)] = names[_pattern(phrase)] = term["prefer"]
            names |= {_pattern(phrase): term["prefer"] for phrase in term.get("avoid_in_names", [])}
            whole_names |= dict.fromkeys(term.get("avoid_names", []), term["prefer"])
        return cls(
            prose=prose,
            names=names,
            whole_names=whole_names,
            british=dict(line.split("->") for line in BRITISH.read_text("utf-8").splitlines()),
            openings=tuple(content["docstring_openings"]),
            test_name_length=content["test_name_length"],
            skip=tuple(content["skip"]),
            exceptions=tuple(Excuse(**exception) for exception in content.get("exception", [])),
        )

    def in_name(self, name: str) -> Iterator[tuple[str, str]]:
        """The words of a name to avoid, each with the preferred one."""
        if name in self.whole_names:
            yield name, self.whole_names[name]
        words = " ".join(WORD.findall(name)).lower()
        for pattern, preferred in self.names.items():
            if pattern.search(words):
                yield name, preferred
        for word in words.split():
            if word in self.british:
                yield name, self.british[word]

    def in_prose(self, text: str) -> Iterator[Finding]:
        """The words of a text to avoid, with lines counted from 0."""
        for pattern, preferred in self.prose.items():
            for match in pattern.finditer(text):
                yield Finding(text.count("\n", 0, match.start()), " ".join(match[0].split()), preferred)


def main(argv: list[str] | None = None) -> int:
    """Print a line for each word that is not the glossary's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="default: all tracked files")
    paths = parser.parse_args(argv).paths
    glossary = Glossary.read(ROOT / GLOSSARY)
    used: set[Excuse] = set()
    failed = False
    for path in _tracked(paths):
        if any(fnmatch(path, skipped) for skipped in glossary.skip):
            continue
        for finding in findings(path, (ROOT / path).read_text("utf-8"), glossary):
            excused = [e for e in glossary.exceptions if e.word == finding.word and fnmatch(path, e.path)]
            used.update(excused)
            if not excused:
                print(f"{path}:{finding.line}: {finding.word} -> {finding.advice}")
                failed = True
    for unused in () if paths else sorted(set(glossary.exceptions) - used):
        print(f"{GLOSSARY}: exception for {unused.word!r} in {unused.path} lets nothing through -> delete it")
        failed = True
    return int(failed)


def findings(path: str, source: str, glossary: Glossary) -> list[Finding]:
    """Everything in a file that the glossary refuses, by line, each word once a line."""
    suffix = Path(path).suffix
    names, prose = [Text(1, Path(path).stem)], [Text(1, source)]
    found: list[Finding] = []
    if suffix == ".py":
        tree = ast.parse(source)
        names += _python_names(tree)
        prose = list(_python_prose(tree, source, is_test=path.startswith("tests/")))
        found += _docstring_openings(tree, glossary)
        found += _long_tests(tree, glossary)
    elif suffix in {".ts", ".vue"}:
        names += _script_names(source, is_vue=suffix == ".vue")
    for line, name in dict.fromkeys(names):
        found += [Finding(line, word, preferred) for word, preferred in glossary.in_name(name)]
    for line, text in prose:
        found += [Finding(line + f.line, f.word, f.advice) for f in glossary.in_prose(text)]
    return sorted(set(found))


def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"[\s_-]+".join(map(re.escape, re.split(r"[ _-]", phrase)))
    return re.compile(rf"(?<!\w){words}(?:e?s)?(?!\w)", re.IGNORECASE)


def _tracked(paths: list[str]) -> list[str]:
    listed = subprocess.run(  # noqa: S603 - paths of our own
        ["git", "ls-files", "-z", "--", *paths],  # noqa: S607 - git, wherever it is installed
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [path for path in listed if Path(path).suffix in SUFFIXES and (ROOT / path).is_file()]


def _python_names(tree: ast.Module) -> Iterator[Text]:
    """Every name that the file defines: functions, classes, parameters, variables, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if not _is_test(node):
                yield Text(node.lineno, node.name)
            case ast.arg():
                yield Text(node.lineno, node.arg)
            case ast.Name(ctx=ast.Store()):
                yield Text(node.lineno, node.id)
            case ast.Attribute(ctx=ast.Store()):
                yield Text(node.lineno, node.attr)
            case ast.alias(asname=str(name)):
                yield Text(node.lineno, name)


def _python_prose(tree: ast.Module, source: str, *, is_test: bool) -> Iterator[Text]:
    """Docstrings, comments and names of tests; outside tests also every string of several words."""
    for docstring in _docstrings(tree):
        yield Text(docstring.lineno, docstring.value)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield Text(token.start[0], token.string)
    for node in ast.walk(tree):
        if _is_test(node):
            yield Text(node.lineno, " ".join(node.name.split("_")))
    if not is_test:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
                yield Text(node.lineno, node.value)


class _Docstring(NamedTuple):
    lineno: int
    value: str


def _docstrings(tree: ast.Module) -> Iterator[_Docstring]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body[:1]:
                case [ast.Expr(value=ast.Constant(value=str(text)))]:
                    yield _Docstring(node.body[0].lineno, text)


def _docstring_openings(tree: ast.Module, glossary: Glossary) -> Iterator[Finding]:
    for line, text in _docstrings(tree):
        opening = re.match(r"\W*(\w+)", text)
        if opening and opening[1] in glossary.openings:
            yield Finding(line, f'"""{opening[1]} …', "docstring: name the thing, or what is returned")


def _long_tests(tree: ast.Module, glossary: Glossary) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if _is_test(node) and len(node.name) > glossary.test_name_length:
            yield Finding(node.lineno, node.name, f"at most {glossary.test_name_length} characters")


def _is_test(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _script_names(source: str, *, is_vue: bool) -> Iterator[Text]:
    """Identifiers of TypeScript, each once; of a Vue template only those of more than one word."""
    scripts = [(m.start(2), m[2]) for m in SCRIPT.finditer(source)] if is_vue else [(0, source)]
    seen: set[str] = set()
    for start, script in scripts:
        code = NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), script)
        for match in IDENTIFIER.finditer(code):
            if match[0] not in seen:
                seen.add(match[0])
                yield Text(source.count("\n", 0, start + match.start()) + 1, match[0])
    template = SCRIPT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), source) if is_vue else ""
    for match in IDENTIFIER.finditer(template):
        if COMPOUND.search(match[0]) and match[0] not in seen:
            seen.add(match[0])
            yield Text(source.count("\n", 0, match.start()) + 1, match[0])


if __name__ == "__main__":
    sys.exit(main())
