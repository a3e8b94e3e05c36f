#!/usr/bin/env python3
"""Write the events of every finished day to Parquet files, for Spark, DuckDB and others.

Run it daily. It reads the log that EVENT_LOG names. Days that are still in it as a whole are written again,
so that what was undone or erased since is no longer in them; older ones stay. Whoever did something is in
the files under a pseudonym.

Exit codes: 0 done; 1 the log or the folder cannot be used; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from config import Config
from db.engine import open_engine, read_transaction
from db.events import ReceivedEvent, stream_received_events
from db.schema import migrate
from events.archive import ParquetArchive, whole_days
from scripts.console import OK, console, fail, run
from serving.events import utc_now


def main(argv: list[str] | None = None) -> int:
    """Write the days, and print how many events each has."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    arguments = parser.parse_args(argv)
    config = Config.from_env()
    now, retention = utc_now(), timedelta(days=config.event_retention_days)
    archive = ParquetArchive(arguments.out, config.secret_key.encode())
    try:
        with _events(config, now - retention) as events:
            for day, count in archive.write(whole_days(now, retention), events):
                console.print(f"{day}: {count:,} events", highlight=False)
    except ModuleNotFoundError as error:
        return fail(
            f"{error.name} is not installed: pip install --require-hashes -r requirements-archive.txt"
        )
    return OK


@contextmanager
def _events(config: Config, since: datetime) -> Iterator[Iterator[ReceivedEvent]]:
    """Those of the log; Ctrl-C and errors leave it as it is."""
    if config.event_log == "sql":
        engine = open_engine(config.database_url)
        migrate(engine)
        with read_transaction(engine) as connection:
            yield stream_received_events(connection, since)
        return
    from confluent_kafka import KafkaException

    from events.topic import Topic
    from events.topic_reader import stored_events

    try:
        yield stored_events(Topic.at(config.event_log))
    except KafkaException as error:
        raise OSError(f"the topic cannot be read: {error}") from error


if __name__ == "__main__":
    run(main)
