"""The files of a data set in a folder: which one is of which kind, by their headers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.archives import CSV_SUFFIXES, csv_members
from ingest.columns import KINDS, recognize
from ingest.files import DataFile, read_header, size_of
from ingest.report import ImportFileError


@dataclass
class FolderFiles:
    """One file of each kind, by the kind's name, and why each of the others is ignored."""

    taken: dict[str, DataFile] = field(default_factory=dict)
    ignored: list[tuple[str, str]] = field(default_factory=list)  # (file, reason)


def recognize_folder(folder: Path) -> FolderFiles:
    """Recognize the files directly in a folder, also those in its archives.

    Of several files of a kind, the one whose header has most of what we understand is taken, then the larger.

    Raises:
        ImportFileError: an archive is refused, there is no such folder, or nothing in it is recognized.
    """
    files, found = FolderFiles(), dict[str, list[tuple[int, int, DataFile]]]()
    for source in _files(folder, files):
        try:
            header = read_header(source)
        except ImportFileError as error:
            files.ignored.append((source.name, str(error).removeprefix(f"{source}: ")))
            continue
        if kind := recognize(header):
            found.setdefault(kind.name, []).append((len(kind.find(header)), size_of(source), source))
        else:
            files.ignored.append((source.name, f"unknown columns {','.join(header)[:100]!r}"))
    for kind in KINDS:
        sources = [source for *_, source in sorted(found.get(kind.name, []), key=_richest)]
        if sources:
            files.taken[kind.name] = sources[0]
            reason = f"{kind.name}, but {sources[0].name} has more"
            files.ignored += [(source.name, reason) for source in sources[1:]]
    if not files.taken:
        seen = "; ".join(f"{name}: {reason}" for name, reason in files.ignored[:10]) or "it is empty"
        raise ImportFileError(f"{folder}: no file of a data set directly in it ({seen}).")
    return files


def _richest(one: tuple[int, int, DataFile]) -> tuple[int, int, str]:
    columns, size, source = one
    return -columns, -size, source.name


def _files(folder: Path, files: FolderFiles) -> Iterator[DataFile]:
    """Yield the CSV files; the others are added to the ignored ones."""
    if not folder.is_dir():
        raise ImportFileError(f"{folder}: not a folder.")
    for path in sorted(folder.iterdir()):
        name = path.name.lower()
        if name.endswith(".zip"):
            members = csv_members(path)
            yield from members
            if not members:
                files.ignored.append((path.name, "no CSV file in it"))
        elif path.is_file() and name.endswith(CSV_SUFFIXES):
            yield path
        else:
            files.ignored.append((path.name, "not a CSV file"))
