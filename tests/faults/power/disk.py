"""A disk that loses, when the power fails, whatever was not synced.

It replays the record that `recorder.c` makes of the changes below a folder. At a power cut, each sector of a
file that was written since its last sync survives or is lost by chance, whichever was written first. Of the
changes to a directory since its own last sync, the first few survive: file systems with a journal keep their
order. That a file was synced does not save its entry.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SECTOR = 512
_HEAD = struct.Struct("<cQQQ")  # kind, inode, offset, length of what follows


class Change(NamedTuple):
    """One record.

    Attributes:
        position: where the record ends.
        kind: c: create a file, d: make a directory, u: unlink, r: rename, w: write, t: truncate, s: sync.
        offset: of a write; the size of a truncated file; the end of the record when a sync began.
        data: what was written, or paths.
    """

    position: int
    kind: str
    inode: int
    offset: int
    data: bytes


def read_record(record: Path) -> Iterator[Change]:
    """Every change, in order."""
    content, position = record.read_bytes(), 0
    while position < len(content):
        kind, inode, offset, length = _HEAD.unpack_from(content, position)
        start = position + _HEAD.size
        position = start + length
        yield Change(position, kind.decode(), inode, offset, content[start:position])


@dataclass(eq=False)
class File:
    """A file: as it is, as it is on the disk, and what has changed since its last sync."""

    content: bytearray = field(default_factory=bytearray)
    synced: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def change(self, change: Change) -> None:
        _apply(self.content, change)
        self.pending.append(change)

    def sync(self, until: int) -> None:
        """Everything that was recorded up to this position is on the disk."""
        for change in self.pending:
            if change.position <= until:
                _apply(self.synced, change)
        self.pending = [change for change in self.pending if change.position > until]

    def after_power_cut(self, chance: random.Random) -> bytes:
        """A content that may be left."""
        content, share = bytearray(self.synced), chance.choice((0.0, 0.5, 0.9, 1.0))
        for change in self.pending:
            for sector in _sectors(change):
                if chance.random() < share:
                    _apply(content, sector)
        return bytes(content)


@dataclass(eq=False)
class Directory:
    """A directory, as `File`: names and what they stand for, None in a change that takes one away."""

    entries: dict[str, File | Directory] = field(default_factory=dict)
    synced: dict[str, File | Directory] = field(default_factory=dict)
    pending: list[tuple[int, dict[str, File | Directory | None]]] = field(default_factory=list)

    def change(self, position: int, names: dict[str, File | Directory | None]) -> None:
        _update(self.entries, names)
        self.pending.append((position, names))

    def sync(self, until: int) -> None:
        """As of a file."""
        for position, names in self.pending:
            if position <= until:
                _update(self.synced, names)
        self.pending = [change for change in self.pending if change[0] > until]

    def after_power_cut(self, chance: random.Random) -> dict[str, File | Directory]:
        """Entries that may be left."""
        entries, changes = dict(self.synced), len(self.pending)
        for _, names in self.pending[: chance.choice((0, chance.randint(0, changes), changes))]:
            _update(entries, names)
        return entries


class Disk:
    """The folder at the beginning of a record, all of it synced; `replay` brings it forward."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_inode: dict[int, File | Directory] = {}
        self._root = self._load(folder)

    def replay(self, change: Change) -> None:
        """Make one change."""
        if change.kind in "wt":
            file = self._by_inode[change.inode]
            assert isinstance(file, File)
            file.change(change)
        elif change.kind == "s":
            self._by_inode[change.inode].sync(change.offset)
        else:
            self._change_entries(change)

    def cut_power(self, target: Path, chance: random.Random) -> None:
        """Write what may be left of the folder to another one."""
        _write(self._root.after_power_cut(chance), target, chance)

    def contents(self) -> dict[str, bytes]:
        """Every file as it is now, by its path."""
        return dict(_contents(self._root, ""))

    def _load(self, folder: Path) -> Directory:
        directory = Directory()
        self._by_inode[folder.stat().st_ino] = directory
        for path in folder.iterdir():
            if path.is_dir():
                node: File | Directory = self._load(path)
            else:
                content = path.read_bytes()
                node = self._by_inode[path.stat().st_ino] = File(bytearray(content), bytearray(content))
            directory.entries[path.name] = directory.synced[path.name] = node
        return directory

    def _change_entries(self, change: Change) -> None:
        paths = [Path(path) for path in change.data.decode().split("\0")]
        parent, name = self._directory(paths[0].parent), paths[0].name
        if change.kind == "r":
            to, new = self._directory(paths[1].parent), paths[1].name
            assert to is parent, "a file that moves to another directory may be in both, or in none"
            parent.change(change.position, {name: None, new: parent.entries[name]})
        elif change.kind == "u":
            parent.change(change.position, {name: None})
        else:
            made = self._by_inode[change.inode] = File() if change.kind == "c" else Directory()
            parent.change(change.position, {name: made})

    def _directory(self, path: Path) -> Directory:
        node: File | Directory = self._root
        for name in path.relative_to(self._folder).parts:
            assert isinstance(node, Directory)
            node = node.entries[name]
        assert isinstance(node, Directory)
        return node


def contents_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path, as `Disk.contents` has them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _apply(content: bytearray, change: Change) -> None:
    if change.kind == "t":
        del content[change.offset :]
    missing = change.offset - len(content)
    if missing > 0:
        content.extend(bytes(missing))
    if change.kind == "w":
        content[change.offset : change.offset + len(change.data)] = change.data


def _sectors(change: Change) -> Iterator[Change]:
    if change.kind == "t":
        yield change
        return
    start = change.offset
    end = start + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        data = change.data[start - change.offset : stop - change.offset]
        yield change._replace(offset=start, data=data)
        start = stop


def _update(entries: dict[str, File | Directory], names: dict[str, File | Directory | None]) -> None:
    for name, node in names.items():
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


def _write(entries: dict[str, File | Directory], target: Path, chance: random.Random) -> None:
    target.mkdir()
    for name, node in entries.items():
        if isinstance(node, Directory):
            _write(node.after_power_cut(chance), target / name, chance)
        else:
            (target / name).write_bytes(node.after_power_cut(chance))


def _contents(directory: Directory, prefix: str) -> Iterator[tuple[str, bytes]]:
    for name, node in directory.entries.items():
        if isinstance(node, Directory):
            yield from _contents(node, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", bytes(node.content)
