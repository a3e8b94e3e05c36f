#!/usr/bin/env python3
"""Write what people do to Cassandra, from the topic that EVENT_LOG names, until told to stop.

Several may run at once: they share the partitions. See docs/events.md.

Exit codes: 0 told to stop; 1 wrong settings, or Kafka or Cassandra refuses; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from datetime import timedelta

from config import Config
from scripts.console import OK, fail, run


def main(argv: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", required=True, help="names or addresses, separated by commas")
    parser.add_argument("--port", type=int, default=9042)
    parser.add_argument("--keyspace", default="anime")
    parser.add_argument("--keep-days", type=int, help="default: EVENT_RETENTION_DAYS")
    arguments = parser.parse_args(argv)
    try:
        from cassandra.cluster import NoHostAvailable
        from confluent_kafka import KafkaException

        from events.cassandra_archive import ArchiveConsumer, CassandraArchive, KeyspaceError
        from events.topic import Topic
    except ModuleNotFoundError as error:
        return fail(
            f"{error.name} is not installed: pip install --require-hashes -r requirements-archive.txt"
        )
    config = Config.from_env()
    config.require_topic()
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(message)s")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    kept = timedelta(days=arguments.keep_days or config.event_retention_days)
    try:
        archive = CassandraArchive.at(arguments.hosts.split(","), arguments.port, arguments.keyspace, kept)
    except (KeyspaceError, NoHostAvailable) as error:
        return fail(str(error))
    try:
        ArchiveConsumer(Topic.at(config.event_log), archive).run(stopping.is_set)
    except KafkaException as error:
        return fail(f"Kafka refuses this consumer: {error.args[0].str()}")
    finally:
        archive.close()
    return OK


if __name__ == "__main__":
    run(main)
