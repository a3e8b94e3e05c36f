"""Lists as tables: CSV with columns by any of their usual names, and plain lines of titles."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping

from ingest.lists.entry import (
    ExternalId,
    ListEntry,
    ListTooLargeError,
    UnreadableListError,
    checked,
    clean_name,
    external_id,
    mal_id_of,
    rating_of,
    status_of,
)

MAX_LINE = 10_000  # characters
DELIMITERS = ",;\t|"
# what a column means: its names, in lower case with single spaces
_COLUMNS: Mapping[str, frozenset[str]] = {
    "mal": frozenset(
        {"mal id", "anime id", "myanimelist id", "series animedb id", "mal", "animedb id", "malid"}
    ),
    "anilist": frozenset({"anilist id", "anilist", "anilistid"}),
    "anidb": frozenset({"anidb id", "anidb", "aid"}),
    "kitsu": frozenset({"kitsu id", "kitsu"}),
    "name": frozenset(
        {"title", "name", "anime", "anime title", "series title", "anime name", "english title", "romaji"}
    ),
    "rating": frozenset(
        {"rating", "score", "my score", "user rating", "your rating", "my rating", "user score"}
    ),
    "status": frozenset({"status", "my status", "watch status", "watching status", "watchlist", "list"}),
}
_SITES = ("anilist", "anidb", "kitsu")
_ID_COLUMNS = frozenset({"mal", *_SITES})
_WHOLE = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.0*)?", re.ASCII)
_MARKS = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(?:/\s*(10|100))?\s*")
_BULLET = re.compile(r"\s*[-*•–]\s+")
_NUMBER = re.compile(r"\s*\d{1,5}\s*[.):]\s+")
# a rating at the end of a line: after a tab, or out of ten; a lone number belongs to the title
_RATED = re.compile(
    r"(?:\t|\s[-–:|]\s*|\s+\(?)(10|[1-9](?:[.,]\d)?)\s*/\s*10\)?\s*|\t\s*(10|[0-9](?:[.,]\d)?)\s*"
)


def header_of(text: str) -> tuple[str, dict[str, int]] | None:
    """The delimiter and the columns of the first line; None where it is no header of a list."""
    line = text.lstrip().partition("\n")[0].rstrip("\r")
    if len(line) > MAX_LINE:
        return None
    found = []
    for delimiter in DELIMITERS:
        columns: dict[str, int] = {}
        for place, name in enumerate(next(csv.reader([line], delimiter=delimiter), [])):
            words = " ".join(name.strip().lower().replace("_", " ").split())
            for meaning, names in _COLUMNS.items():
                if words in names:
                    columns.setdefault(meaning, place)
        if columns.keys() & {"name", *_ID_COLUMNS}:
            found.append((delimiter, columns))
    # `anime` alone may be a title of a list without a header
    delimiter, columns = max(found, key=lambda each: len(each[1]), default=("", {}))
    return (delimiter, columns) if len(columns) > 1 or columns.keys() & _ID_COLUMNS else None


def read_table(text: str, max_titles: int) -> list[ListEntry]:
    """The entries of CSV with a header; raises UnreadableListError with the line.

    Scores are of 10, or of 100 where most are above 10.
    """
    header = header_of(text)
    if header is None:
        raise UnreadableListError("line 1: no column is named title, name or mal_id.")
    delimiter, columns = header
    rows: list[tuple[int, list[str]]] = []
    for line, values in _rows(_lines(text.lstrip(), max_titles), delimiter):
        if len(rows) == max_titles:
            raise _too_long(line, max_titles)
        rows.append((line, values))
    scores = [_score(line, _cell(values, columns.get("rating"))) for line, values in rows]
    rated = [score for score in scores if score]
    # most, not one: a single wrong score must not make every 9 a 1
    full_marks = 100.0 if sum(score > 10 for score in rated) * 2 > len(rated) else 10.0
    entries = []
    for (line, values), score in zip(rows, scores, strict=True):
        cells = {meaning: _cell(values, place) for meaning, place in columns.items()}
        try:
            entries.append(
                ListEntry(
                    checked("the id of MyAnimeList", mal_id_of, _whole(cells.get("mal", ""))),
                    clean_name(cells.get("name", "")),
                    checked("the rating", rating_of, score, full_marks),
                    checked("the status", status_of, cells.get("status", "")),
                    _external_ids(cells),
                )
            )
        except ValueError as error:
            raise UnreadableListError(f"line {line}: {error}.") from None
    return [entry for entry in entries if entry.name or entry.anime_id or entry.external_ids]


def read_lines(text: str, max_titles: int) -> list[ListEntry]:
    """One title a line, with or without bullets, numbers and a rating out of ten; blank lines are skipped."""
    numbered = enumerate(_lines(text, max_titles), start=1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    if len(lines) > max_titles:
        raise _too_long(lines[max_titles][0], max_titles)
    if lines and all(_NUMBER.match(line) for _, line in lines):
        lines = [(number, _NUMBER.sub("", line, count=1)) for number, line in lines]
    entries = []
    for _, line in lines:
        rated = re.search(_RATED.pattern + r"$", line[-30:])
        score = float((rated[1] or rated[2]).replace(",", ".")) if rated else None
        title = line[: len(line) - len(rated[0])] if rated else line
        if name := clean_name(_BULLET.sub("", title, count=1) if _BULLET.match(title) else title):
            entries.append(ListEntry(None, name, rating_of(score)))
    return entries


def _lines(text: str, max_titles: int) -> list[str]:
    """The lines of a text; one with far more than there may be titles is refused before it takes memory."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if plain.count("\n") > 2 * max_titles + 1_000:
        raise ListTooLargeError(f"more lines than {max_titles:,} titles have.")
    lines = plain.removesuffix("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise ListTooLargeError(f"line {number}: more than {MAX_LINE:,} characters.")
    return lines


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header, each with its line; blank ones, and the header once more, are skipped."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    first, header = 1, None
    try:
        for values in reader:
            header = header or values
            if values != header and any(value.strip() for value in values):
                yield reader.line_num, values
            first = reader.line_num + 1
    except csv.Error as error:
        is_open = reader.line_num >= len(lines)  # read to the end in search of the other quote
        reason = "a quote that begins here is not closed" if is_open else str(error)
        raise UnreadableListError(f"line {first if is_open else reader.line_num}: {reason}.") from None


def _cell(values: list[str], place: int | None) -> str:
    return values[place].strip() if place is not None and place < len(values) else ""


def _score(line: int, text: str) -> float | None:
    """A score as it is written: 8, 8.5, 8/10, 85/100 as 8.5; None for a blank, a dash and the like."""
    if text in ("", "-", "–", "N/A", "n/a", "Unknown"):
        return None
    match = _MARKS.fullmatch(text)
    number = float(match[1].replace(",", ".")) if match else 0.0
    if match is None or (match[2] and number > int(match[2])):
        raise UnreadableListError(
            f"line {line}: the rating is {text[:50]!r}; expected a number from 0 to 10."
        )
    return number / 10 if match[2] == "100" else number


def _whole(text: str) -> str:
    """A whole number as programs for tables write it, 1,535 or 1535.0, as 1535; any other text as it is."""
    match = _WHOLE.fullmatch(text)
    return match[1].replace(",", "") if match else text


def _external_ids(cells: Mapping[str, str]) -> tuple[ExternalId, ...]:
    return tuple(found for site in _SITES for found in external_id(site, _whole(cells.get(site, ""))))


def _too_long(line: int, max_titles: int) -> ListTooLargeError:
    return ListTooLargeError(f"line {line}: more than {max_titles:,} titles.")
