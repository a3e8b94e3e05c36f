"""Aliases from a `bangumi-data` file (npm package, CC BY 4.0), matched by MyAnimeList id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from db.aliases import Alias, insert_aliases
from db.engine import write_transaction
from db.models import Anime
from db.revisions import take_revision
from ingest.report import ImportFileError, ImportReport

_BATCH = 500


def import_bangumi_data(engine: Engine, path: Path) -> ImportReport:
    """Add Japanese, English and Chinese names to the titles in the database, in one transaction.

    Items without a MyAnimeList id and titles that are not in the database are skipped.

    Args:
        engine: the database, with a catalog.
        path: `dist/data.json` of the package; the operator downloads it, it is not part of this project.

    Raises:
        ImportFileError: not a bangumi-data file; nothing was changed.
    """
    try:
        items = json.loads(path.read_text("utf-8"))["items"]
        aliases = [alias for item in items for alias in _aliases(item)]
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ImportFileError(
            f"{path}: not a bangumi-data file; expected dist/data.json of the npm package bangumi-data."
        ) from None
    report = ImportReport(path.name, read=len(items))
    with write_transaction(engine) as connection:
        known = set(connection.execute(select(Anime.anime_id)).scalars())
        aliases = [alias for alias in aliases if alias.anime_id in known]
        gained: set[int] = set()
        for start in range(0, len(aliases), _BATCH):
            gained |= insert_aliases(connection, aliases[start : start + _BATCH])
        report.updated = len(gained)
        if report.updated:
            take_revision(connection)
    return report


def _aliases(item: dict[str, Any]) -> list[Alias]:
    ids = [int(site["id"]) for site in item["sites"] if site["site"] == "mal" and site["id"].isdigit()]
    titles = [(item["title"], "japanese" if item["lang"] == "ja" else "synonym")]
    for language, translations in item["titleTranslate"].items():
        titles += [(title, "english" if language == "en" else "synonym") for title in translations]
    return [
        Alias(anime_id, name, kind)  # type: ignore[arg-type]  # one of the three above
        for anime_id in ids
        for title, kind in titles
        if (name := _clean(title))
    ]


def _clean(title: str) -> str:
    """Replace each run of white space and unprintable characters with one space."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in title).split())
