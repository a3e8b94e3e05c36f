"""Sequels from `anime-relations.txt` (github.com/erengy/anime-relations), a list of redirected episodes.

    ::rules
    - 10001|10002|10003:14-26 -> 10004|10005|10006:1-13!

The ids are those of MyAnimeList, Kitsu and AniList; `?` is an unknown id, `~` repeats the one on the left.
The title in which the numbering of episodes continues is a sequel.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from domain.ranges import MAX_ANIME_ID
from domain.relations import Relation
from ingest.files import Progress, ignore_progress, open_binary
from ingest.report import ImportFileError

MAX_LINE = 1_000  # characters
_ID = r"(?:\d{1,10}|[?~])"
_IDS = rf"({_ID})(?:\|{_ID}){{1,2}}"
_EPISODES = r"\d{1,5}(?:-(?:\d{1,5}|\?))?"
_RULE = re.compile(rf"-\s*{_IDS}:{_EPISODES}\s*->\s*{_IDS}:{_EPISODES}!?", re.ASCII)
_SECTIONS = ("::meta", "::rules")


def read_anime_relations(path: Path, progress: Progress = ignore_progress) -> Iterator[Relation]:
    """Yield a sequel for each rule between two different MyAnimeList titles.

    Raises:
        ImportFileError: as `open_binary`; or a line is malformed: the message has its number.
    """
    section = None
    for line, text in _lines(path, progress):
        if text.startswith("::"):
            if text not in _SECTIONS:
                raise ImportFileError(f"{path}: line {line}: {text[:50]!r} is not {' or '.join(_SECTIONS)}.")
            section = text
        elif section is None:
            raise ImportFileError(
                f"{path}: line {line}: {text[:50]!r} stands before {' or '.join(_SECTIONS)}."
            )
        elif section == "::rules" and (relation := _relation(path, line, text)):
            yield relation
    if section != "::rules":
        raise ImportFileError(f"{path}: no section ::rules; this is not a complete anime-relations.txt.")


def _relation(path: Path, line: int, text: str) -> Relation | None:
    rule = _RULE.fullmatch(text)
    if not rule:
        raise ImportFileError(f"{path}: line {line}: {text[:100]!r} is not a rule.")
    source, target = rule.groups()
    if source == "~":
        raise ImportFileError(f"{path}: line {line}: '~' repeats the id on its left, and there is none.")
    if "?" in (source, target) or target in ("~", source):
        return None
    for number in (source, target):
        if not 0 < int(number) <= MAX_ANIME_ID:
            raise ImportFileError(
                f"{path}: line {line}: {number} is not a MyAnimeList id; expected 1 to {MAX_ANIME_ID}."
            )
    if int(source) == int(target):
        return None
    return Relation(int(source), int(target), "sequel")


def _lines(path: Path, progress: Progress) -> Iterator[tuple[int, str]]:
    """Yield (line number, text) of each line, without blank lines and comments."""
    with open_binary(path, progress) as binary:
        lines = io.BufferedReader(cast(io.RawIOBase, binary))
        number = 0
        while raw := lines.readline(MAX_LINE):
            number += 1
            if len(raw) == MAX_LINE:
                raise ImportFileError(f"{path}: line {number}: longer than {MAX_LINE:,} characters.")
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError:
                raise ImportFileError(f"{path}: line {number}: not UTF-8 text. Save it as UTF-8.") from None
            if text and not text.startswith("#"):
                yield number, text
