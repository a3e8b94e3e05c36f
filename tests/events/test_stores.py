"""Where events are: the database needs neither Kafka nor Redis; what their addresses say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from config import ROOT, Config, ConfigError
from events.topic import Topic

BOTH = {"EVENT_LOG": "kafka://a:9092,b:9093/events", "RECENT_EVENTS": "redis://:secret@c:6379/0"}


def with_(**values: str) -> Config:
    return Config.from_env({"DATABASE_URL": "sqlite:///x.db", "SECRET_KEY": "x" * 40, **values})


def test_server_without_kafka_loads_neither_client() -> None:
    program = (
        "import sys, app, events.stores, sqlalchemy\n"
        "events.stores.open_stores(sqlalchemy.create_engine('sqlite://'))\n"
        "print(sorted({'confluent_kafka', 'redis'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_topic_is_read_from_its_address() -> None:
    config = with_(**BOTH)
    assert Topic.at(config.event_log) == Topic("a:9092,b:9093", "events")
    secured = Topic.at("kafka://a:9092/events?security.protocol=ssl&sasl.password=p%26w")
    assert secured.client(acks="all") == {
        **{"bootstrap.servers": "a:9092", "reconnect.backoff.max.ms": 1_000, "acks": "all"},
        **{"security.protocol": "ssl", "sasl.password": "p&w"},
    }
    assert "p&w" not in repr(secured)
    assert "secret" not in repr(config)


@pytest.mark.parametrize(
    "address",
    ["kafka://a:9092", "kafka://a/events", "kafka://a:9092/", "kafka://a:9092/a/b", "redis://a:1/0"],
)
def test_other_event_log_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(ConfigError, match=r"^EVENT_LOG is not .* kafka://host:9092") as caught:
        with_(EVENT_LOG=address)
    assert address not in str(caught.value)


@pytest.mark.parametrize("only", BOTH)
def test_kafka_and_redis_go_together(only: str) -> None:
    with pytest.raises(ConfigError, match=r"^RECENT_EVENTS and EVENT_LOG do not fit"):
        with_(**{only: BOTH[only]})


def test_consumer_needs_a_topic() -> None:
    with_(**BOTH).require_topic()
    with pytest.raises(ConfigError, match=r"^EVENT_LOG is sql"):
        with_().require_topic()
