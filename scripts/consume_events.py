#!/usr/bin/env python3
"""Publish in Redis what people did lately, from the topic that EVENT_LOG names, until told to stop.

Several may run at once: they share the partitions. See docs/events.md.

Exit codes: 0 told to stop; 1 wrong settings, or Kafka refuses this consumer; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from datetime import timedelta

from confluent_kafka import KafkaException

from config import Config
from events.consumer import consumer_of
from events.topic import Topic
from scripts.console import OK, fail, run


def main(argv: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--name",
        default="",
        help="of this one of several consumers: killed and started again under it, it goes on at once",
    )
    arguments = parser.parse_args(argv)
    config = Config.from_env()
    config.require_topic()
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(message)s")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    retention = timedelta(days=config.event_retention_days)
    topic = Topic.at(config.event_log)
    try:
        consumer_of(topic, config.recent_events, retention, arguments.name, stopping.is_set).run()
    except KafkaException as error:
        return fail(f"Kafka refuses this consumer: {error.args[0].str()}")
    return OK


if __name__ == "__main__":
    run(main)
