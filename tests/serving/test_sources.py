"""The sources of the catalog, as of the last look at the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, update

from db.engine import write_transaction
from db.models import CatalogSource
from db.sources import record_import
from serving.sources import CatalogSources


def imported(engine: Engine, name: str, days_ago: float) -> None:
    at = (datetime.now(UTC) - timedelta(days=days_ago)).replace(tzinfo=None)
    with write_transaction(engine) as connection:
        record_import(connection, name, 7)
        of_name = update(CatalogSource).where(CatalogSource.name == name)
        connection.execute(of_name.values(imported_at=at))


def test_sources_come_in_the_order_of_belief(engine: Engine) -> None:
    for name, days in (("bangumi-data", 3.5), ("data-set", 0.5), ("of another release", 1)):
        imported(engine, name, days)
    found = CatalogSources(engine).imported()
    assert [(one.source.name, one.titles, one.age_days) for one in found] == [
        ("data-set", 7, 0),
        ("bangumi-data", 7, 3),
    ]


def test_database_is_looked_at_now_and_then(sqlite_engine: Engine) -> None:
    sources = CatalogSources(sqlite_engine)
    assert list(sources.imported()) == []
    imported(sqlite_engine, "bangumi-data", 1)
    assert list(sources.imported()) == []
    assert len(CatalogSources(sqlite_engine, look_every_s=0).imported()) == 1


def test_lost_database_leaves_what_is_known(sqlite_engine: Engine) -> None:
    imported(sqlite_engine, "bangumi-data", 1)
    sources = CatalogSources(sqlite_engine, look_every_s=0)
    before = sources.imported()
    with write_transaction(sqlite_engine) as connection:
        connection.exec_driver_sql("DROP TABLE catalog_sources")
    assert sources.imported() == before
