"""Reads `anime-relations.txt` (github.com/erengy/anime-relations): which episodes continue in which title.

    ::rules
    - 10001|10002|10003:14-26 -> 10004|10005|10006:1-13!

Ids are those of MyAnimeList, Kitsu and AniList; `?` is an unknown one, `~` repeats the one on the left. Where
numbering goes on in another title, that one is a sequel.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from db.relations import RelationRow
from domain.ids import MAX_ANIME_ID
from ingest.files import Progress, ignore_progress, open_binary
from ingest.report import ImportFileError

MAX_LINE = 1_000  # characters
_ID = r"(?:\d{1,10}|[?~])"
_IDS = rf"({_ID})(?:\|{_ID}){{1,2}}"
_EPISODES = r"\d{1,5}(?:-(?:\d{1,5}|\?))?"
_RULE = re.compile(rf"-\s*{_IDS}:{_EPISODES}\s*->\s*{_IDS}:{_EPISODES}!?", re.ASCII)
_SECTIONS = ("::meta", "::rules")


def read_anime_relations(path: Path, progress: Progress = ignore_progress) -> Iterator[RelationRow]:
    """Each rule that leads from one MyAnimeList title to another, as a sequel.

    Raises:
        ImportFileError: as `open_binary`; a line that is none of the format's, with its number.
    """
    section = None
    for line, text in _lines(path, progress):
        if text.startswith("::"):
            if text not in _SECTIONS:
                raise ImportFileError(f"{path}: line {line}: {text[:50]!r} is not {' or '.join(_SECTIONS)}.")
            section = text
        elif section is None:
            raise ImportFileError(f"{path}: line {line}: something before {' or '.join(_SECTIONS)}.")
        elif section == "::rules" and (relation := _relation(path, line, text)):
            yield relation
    if section != "::rules":
        raise ImportFileError(f"{path}: no ::rules in it; not a whole anime-relations.txt.")


def _relation(path: Path, line: int, text: str) -> RelationRow | None:
    rule = _RULE.fullmatch(text)
    if not rule:
        raise ImportFileError(f"{path}: line {line}: {text[:100]!r} is not a rule.")
    source, target = rule.groups()
    if source == "~":
        raise ImportFileError(f"{path}: line {line}: '~' repeats an id, and there is none before it.")
    if "?" in (source, target) or target in ("~", source):
        return None
    for number in (source, target):
        if not 0 < int(number) <= MAX_ANIME_ID:
            raise ImportFileError(f"{path}: line {line}: {number} is not a MyAnimeList id.")
    if int(source) == int(target):
        return None
    return RelationRow(int(source), int(target), "sequel")


def _lines(path: Path, progress: Progress) -> Iterator[tuple[int, str]]:
    """(line number, text) of each line that says something."""
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
                raise ImportFileError(f"{path}: line {number}: not UTF-8 text.") from None
            if text and not text.startswith("#"):
                yield number, text
