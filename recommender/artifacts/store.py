"""Versions of the model on disk: published whole or not at all, verified before they are loaded."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from recommender.artifacts.snapshot import FORMAT, OLDER_FORMATS, ModelFormatError, Snapshot

MANIFEST_FILE = "manifest.json"
CURRENT_FILE = "CURRENT"
LOCK_FILE = ".lock"
KEPT_VERSIONS = 3
_VERSION = re.compile(r"v\d{4,}")
_TEMPORARY = "tmp-"

log = logging.getLogger(__name__)


class NoModelError(Exception):
    """There is no version that can be loaded; the message says why each one failed."""


class BuildInProgressError(Exception):
    """Another process is building into the same directory."""


class Published(NamedTuple):
    """The version that `CURRENT` names.

    Attributes:
        seal: of its manifest, which tells it from others of the same name; None where it cannot be read.
    """

    name: str
    seal: str | None


@dataclass(frozen=True)
class Version:
    """A loaded version: its name, its manifest, its snapshot."""

    name: str
    manifest: Mapping[str, Any]
    snapshot: Snapshot

    @property
    def seal(self) -> str:
        """The hash of the manifest, and so of every file: no other version has it, whatever its name."""
        return str(self.manifest["seal"])


class ModelStore:
    """One directory with a folder for each version and a file `CURRENT` that names the one to serve.

    Releases with different formats can use one directory: format 5 is in the directory itself, any other in a
    folder of its own, `format-6`, which a release that does not know the format never looks into.

    Attributes:
        root: what all releases share, MODEL_DIR.
        directory: of the versions of this format.
    """

    def __init__(self, directory: Path, format_number: int | None = None) -> None:
        self.root, self._format = directory, FORMAT if format_number is None else format_number
        self.directory = directory if self._format == 5 else directory / f"format-{self._format}"
        self._current_file = self.directory / CURRENT_FILE
        self._current: tuple[tuple[int, int], Published | None] = ((0, 0), None)

    @contextmanager
    def lock(self, wait_s: float) -> Iterator[None]:
        """Hold the lock that one builder has at a time.

        Raises:
            BuildInProgressError: it was still taken after `wait_s` seconds.
            OSError: the directory is not writable.
        """
        # one for all formats: two builds at once would need twice the memory
        lock = FileLock(self.root / LOCK_FILE)
        try:
            _make_directory(self.directory)
            lock.acquire(timeout=wait_s)
        except Timeout:
            raise BuildInProgressError(
                f"another process is building into {self.directory}; waited {wait_s:.0f} s for it"
            ) from None
        except OSError as error:
            raise OSError(
                f"no model can be written to {self.directory}: {error.strerror or error}. "
                "Run scripts/build_index.py where MODEL_DIR can be written."
            ) from error
        try:
            yield
        finally:
            lock.release()

    def current(self) -> Published | None:
        """The version that `CURRENT` names, None where nothing was published."""
        try:
            # read with every request, and replaced, never written to: a stat tells whether it is another
            status = self._current_file.stat()
            file = status.st_ino, status.st_mtime_ns
            if file != self._current[0]:
                name = self._current_file.read_text("ascii").strip()
                found = Published(name, self._seal(name)) if _VERSION.fullmatch(name) else None
                if found is not None and found.seal is None:  # perhaps still being copied: look again
                    return found
                self._current = file, found
        except (OSError, UnicodeDecodeError):
            return None
        return self._current[1]

    def current_name(self) -> str | None:
        """The name of the version that `CURRENT` names."""
        found = self.current()
        return found and found.name

    def _seal(self, name: str) -> str | None:
        try:
            return str(self.manifest(name)["seal"])
        except ModelFormatError:
            return None

    def names(self) -> list[str]:
        """Every version on disk, newest first."""
        if not self.directory.is_dir():
            return []
        found = (entry.name for entry in self.directory.iterdir() if _VERSION.fullmatch(entry.name))
        return sorted(found, key=lambda name: int(name[1:]), reverse=True)

    def manifest(self, name: str) -> Mapping[str, Any]:
        """The manifest of one version: `version, built_at, revision, counts, …`.

        Raises:
            ModelFormatError: it cannot be read, or is damaged.
        """
        return _read_manifest(self.directory / name)

    def oldest_revision(self) -> int:
        """The lowest database revision that a version on disk was built at; 0 where none can be read."""
        revisions = []
        for version in (*self._versions(), *self._versions_of_other_formats()):
            try:
                revisions.append(int(_read_manifest(version)["revision"]))
            except (ModelFormatError, KeyError, TypeError, ValueError):
                continue
        return min(revisions, default=0)

    def publish(self, snapshot: Snapshot, facts: Mapping[str, Any]) -> Version:
        """Write a new version beside the others, verify it, then make it current. Holds no lock itself.

        Args:
            snapshot: what to publish.
            facts: further entries of the manifest, such as when it was built.

        Raises:
            OSError: the disk is full or not writable; what was current still is.
        """
        self.sweep()
        taken = [version.name for version in (*self._versions(), *self._versions_of_other_formats())]
        number = 1 + max((int(name[1:]) for name in taken), default=0)
        name = f"v{number:04d}"
        try:
            manifest = self._write(name, snapshot, facts)
            self._point_to(name)
        except (OSError, ModelFormatError) as error:
            if self.current_name() not in (name, None):
                shutil.rmtree(self.directory / name, ignore_errors=True)
            raise OSError(
                f"the new model cannot be written to {self.directory}: {error}. Is the disk full? "
                "What was published stays."
            ) from error
        finally:
            shutil.rmtree(self.directory / f"{_TEMPORARY}{name}", ignore_errors=True)
        self._remove_old(name)
        return Version(name, manifest, snapshot)

    def _write(self, name: str, snapshot: Snapshot, facts: Mapping[str, Any]) -> dict[str, Any]:
        temporary = self.directory / f"{_TEMPORARY}{name}"
        temporary.mkdir(parents=True)
        manifest = {"version": name, **facts, **snapshot.save(temporary)}
        manifest["files"] = {path.name: fingerprint(path) for path in sorted(temporary.iterdir())}
        manifest = seal(manifest)
        (temporary / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1), "utf-8")
        self._verified(temporary).probe(thoroughly=True)  # hnswlib does not say when the disk was full
        for path in temporary.iterdir():
            _sync(path)
        _sync(temporary)
        temporary.rename(self.directory / name)
        return manifest

    def load(self) -> Version:
        """The current version, or the newest of the others that can be used.

        Raises:
            NoModelError: there is none, or none passes verification.
        """
        current = self.current_name()
        names = ([current] if current else []) + [name for name in self.names() if name != current]
        problems = []
        for name in names:
            try:
                return self.load_version(name)
            except ModelFormatError as error:
                problems.append(f"{name}: {error}")
                log.warning("model %s in %s cannot be used: %s", name, self.directory, error)
        if self._format == FORMAT:
            for older in OLDER_FORMATS:
                with suppress(NoModelError):
                    return ModelStore(self.root, older).load()
        reasons = "; ".join(problems) or "nothing was built yet; run: python scripts/build_index.py"
        raise NoModelError(f"no usable model in {self.directory} ({reasons})")

    def load_version(self, name: str) -> Version:
        """One version, verified file by file and probed.

        Raises:
            ModelFormatError: something is missing, damaged, of another format, or does not answer.
        """
        directory = self.directory / name
        manifest = _read_manifest(directory)
        snapshot = self._verified(directory)
        snapshot.probe()
        return Version(name, manifest, snapshot)

    def use(self, name: str) -> Version:
        """Make a version that is on disk the current one, once it is verified. Call it with the lock held.

        Raises:
            NoModelError: it is not there or cannot be used; what was current still is.
        """
        names = self.names()
        if name not in names:
            there = ", ".join(names) or "none"
            raise NoModelError(f"there is no {name} in {self.directory}, only: {there}")
        try:
            version = self.load_version(name)
        except ModelFormatError as error:
            raise NoModelError(f"{name} cannot be used: {error}") from error
        self._point_to(name)
        return version

    def sweep(self) -> None:
        """Remove what an interrupted build left behind. Call it with the lock held."""
        if self.directory.is_dir():
            for entry in self.directory.iterdir():
                if entry.name.startswith(_TEMPORARY):
                    shutil.rmtree(entry, ignore_errors=True)

    def sweep_if_idle(self) -> None:
        """As `sweep`, unless a builder is at work or the directory is not ours to write to."""
        try:
            with self.lock(0):
                self.sweep()
        except (BuildInProgressError, OSError):
            log.info("leftovers in %s are not looked for now", self.directory)

    def _verified(self, directory: Path) -> Snapshot:
        manifest = _read_manifest(directory)
        files = manifest.get("files")
        if not isinstance(files, dict) or not files:
            raise ModelFormatError("its manifest lists no files")
        try:
            there = {path.name for path in directory.iterdir()} - {MANIFEST_FILE}
        except OSError as error:
            raise ModelFormatError(f"its folder cannot be read: {error}") from error
        if unlisted := sorted(there - files.keys()):
            raise ModelFormatError(f"{unlisted[0]} is not listed in its manifest")
        for name, expected in files.items():
            if name not in there:
                raise ModelFormatError(f"{name} is missing")
            try:
                found = fingerprint(directory / name)
            except OSError as error:
                raise ModelFormatError(f"{name} cannot be read: {error}") from error
            if found != expected:
                raise ModelFormatError(f"{name} is damaged: its size or hash is not what was written")
        return Snapshot.load(directory, manifest)

    def _point_to(self, name: str) -> None:
        fresh = self.directory / f"{CURRENT_FILE}.new"
        try:
            fresh.write_text(f"{name}\n", "ascii")
            _sync(fresh)
            fresh.replace(self._current_file)
        finally:
            fresh.unlink(missing_ok=True)
        _sync(self.directory)

    def _remove_old(self, current: str) -> None:
        others = [name for name in self.names() if name != current]
        for name in others[KEPT_VERSIONS - 1 :]:
            shutil.rmtree(self.directory / name, ignore_errors=True)
        kept = [self.directory / name for name in (current, *others[: KEPT_VERSIONS - 1])]
        if len(kept) == KEPT_VERSIONS:
            oldest = min(map(_published_at, kept))
            for version in self._versions_of_other_formats():
                if _published_at(version) < oldest:
                    shutil.rmtree(version, ignore_errors=True)

    def _versions(self) -> list[Path]:
        return [self.directory / name for name in self.names()]

    def _versions_of_other_formats(self) -> list[Path]:
        folders = {self.root, *self.root.glob("format-*")} - {self.directory}
        found = (version for folder in folders for version in folder.glob("v*"))
        return [version for version in found if _VERSION.fullmatch(version.name)]


def _make_directory(directory: Path) -> None:
    """Make a directory that a power cut does not take away, with its parents."""
    if directory.is_dir():
        return
    if not directory.parent.exists():
        _make_directory(directory.parent)
    directory.mkdir(exist_ok=True)
    _sync(directory.parent)


def _published_at(version: Path) -> float:
    """Seconds since 1970; a folder that is gone or has no manifest is taken for the oldest."""
    try:
        return (version / MANIFEST_FILE).stat().st_mtime
    except OSError:
        return 0.0


def _read_manifest(directory: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((directory / MANIFEST_FILE).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelFormatError(f"its {MANIFEST_FILE} cannot be read: {error}") from error
    if not isinstance(manifest, dict):
        raise ModelFormatError(f"its {MANIFEST_FILE} is not an object")
    if seal(manifest) != manifest:
        raise ModelFormatError(f"its {MANIFEST_FILE} is damaged: its hash is not what was written")
    return manifest


def seal(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with a hash of everything else in it."""
    contents = {key: value for key, value in manifest.items() if key != "seal"}
    text = json.dumps(contents, sort_keys=True)
    return contents | {"seal": hashlib.sha256(text.encode()).hexdigest()}


def fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
