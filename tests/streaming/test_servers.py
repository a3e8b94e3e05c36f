"""The Kafka and the Redis of these tests keep what they have acknowledged when they are killed."""

from __future__ import annotations

from confluent_kafka import Producer

from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.redis_server import RedisServer
from tests.streaming.topics import records_in


def test_kafka_keeps_what_it_acknowledged(kafka: KafkaBroker, topic: str) -> None:
    producer, acknowledged = Producer({"bootstrap.servers": kafka.address, "acks": "all"}), []
    for number in range(100):
        producer.produce(
            topic,
            key="session:a",
            value=str(number).encode(),
            on_delivery=lambda _error, message: acknowledged.append(message.value()),
        )
    assert producer.flush(60) == 0
    with kafka.killed():
        pass
    assert [record.value for record in records_in(kafka, topic)] == acknowledged
    assert len(acknowledged) == 100


def test_redis_keeps_its_data_unless_they_are_to_go(redis_server: RedisServer) -> None:
    client = redis_server.client()
    client.set("key", "value")
    with redis_server.killed():
        pass
    assert client.get("key") == "value"
    with redis_server.killed(data_gone=True):
        pass
    assert client.get("key") is None
    client.close()
