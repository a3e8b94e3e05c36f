"""The description of a site (a TOML file): where its pages are, and where on them each column is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.report import ImportFileError

# what `import_dataset.py --details` reads, the first three in any case
COLUMNS = (
    *("japanese_title", "aired", "image_url", "synopsis", "studios", "producers", "source", "duration"),
    *("premiered", "airing_status"),
)
ALWAYS = COLUMNS[:3]
_KEYS = {"contact": str, "start": list, "title_pages": str, "list_pages": str, "columns": dict}


@dataclass(frozen=True)
class Site:
    """A site.

    Attributes:
        contact: of whoever runs the spider, sent with every request.
        start: addresses of lists.
        title_pages, list_pages: patterns of addresses; the former has a group `anime_id`.
        selectors: column -> CSS.
    """

    contact: str
    start: tuple[str, ...]
    title_pages: re.Pattern[str]
    list_pages: re.Pattern[str]
    selectors: dict[str, str]

    @property
    def hosts(self) -> set[str]:
        """The only hosts that are asked for anything."""
        return {urlsplit(address).hostname or "" for address in self.start}

    @property
    def header(self) -> list[str]:
        """The columns of the output."""
        return ["anime_id", *ALWAYS, *(c for c in COLUMNS if c in self.selectors and c not in ALWAYS)]


def read_site(path: Path) -> Site:
    """Read a description.

    Raises:
        ImportFileError: it cannot be read, or is not complete; the message names the key.
    """
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise ImportFileError(f"{path}: not a TOML file: {error}.") from None
    for name, kind in _KEYS.items():
        if not isinstance(content.get(name), kind) or not content[name]:
            raise ImportFileError(f"{path}: {name} is missing; see ingest/spider/site.example.toml.")
    for address in content["start"]:
        if urlsplit(str(address)).scheme not in ("http", "https"):
            raise ImportFileError(f"{path}: start has {address!r}, which is no web address.")
    if others := set(content["columns"]) - set(COLUMNS):
        raise ImportFileError(f"{path}: columns has {min(others)!r}; expected some of {', '.join(COLUMNS)}.")
    try:
        title_pages, list_pages = re.compile(content["title_pages"]), re.compile(content["list_pages"])
    except re.error as error:
        raise ImportFileError(f"{path}: a pattern of addresses is wrong: {error}.") from None
    if "anime_id" not in title_pages.groupindex:
        raise ImportFileError(f"{path}: title_pages has no group (?P<anime_id>…).")
    return Site(content["contact"], tuple(content["start"]), title_pages, list_pages, content["columns"])
