"""A Kafka and a Redis of the run, a topic and an empty database of each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.redis_server import RedisServer

PARTITIONS = 3


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    """A Kafka that tests may kill, if they start it again."""
    broker = KafkaBroker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def topic(kafka: KafkaBroker) -> str:
    """The name of a new topic."""
    name = f"events-{uuid.uuid4().hex[:8]}"
    admin = AdminClient({"bootstrap.servers": kafka.address})
    created = admin.create_topics([NewTopic(name, num_partitions=PARTITIONS, replication_factor=1)])
    created[name].result(60)
    return name


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """An empty Redis, which starts within milliseconds."""
    folder = tmp_path / "redis"
    folder.mkdir()
    server = RedisServer(folder)
    server.start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def long_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take longer than a person is to wait."""
    monkeypatch.setattr("events.redis_recent.TIMEOUT_S", 2.0)
