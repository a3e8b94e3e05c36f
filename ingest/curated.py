"""The data in `curated/`, maintained with this project: titles, more aliases, relations."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from ingest.catalog import import_aliases
from ingest.relations import import_relations
from ingest.report import ImportReport

FOLDER = Path(__file__).resolve().parent.parent / "curated"
TITLES = FOLDER / "titles.csv"  # a catalog of its own, the demo's
ALIASES = FOLDER / "aliases.csv"
RELATIONS = FOLDER / "relations.csv"
SOURCE = "curated"  # of the relations, so that no imported file replaces them


def import_curated(engine: Engine) -> list[ImportReport]:
    """Add the curated aliases and relations to the titles in the database; one report per file.

    Titles that are not in the database are skipped: they are imported by `import_anime(engine, TITLES)` only.
    """
    reports = [
        import_aliases(engine, TITLES),
        import_aliases(engine, ALIASES),
        import_relations(engine, RELATIONS, source=SOURCE),
    ]
    for report in reports:
        report.file = f"{FOLDER.name}/{report.file}"
    return reports
