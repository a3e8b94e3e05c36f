"""The topic of events in Kafka: its address, and how it is made."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from urllib.parse import parse_qsl

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from domain.setting_types import EVENT_LOG

log = logging.getLogger(__name__)
PARTITIONS = 6  # consumers that can share the work
CREATED_WITHIN_S = 5.0


@dataclass(frozen=True)
class Topic:
    """A topic, and the brokers that a client asks first.

    Attributes:
        brokers: `host:port`, separated by commas.
        options: further settings of librdkafka, such as `security.protocol`.
    """

    brokers: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def at(cls, address: str) -> Self:
        """The topic of an address that `config.Config` accepts: `kafka://host:port,…/topic?option=value`."""
        match = EVENT_LOG.fullmatch(address)
        if match is None or match["topic"] is None:
            raise ValueError("not the address of a topic")
        return cls(match["brokers"], match["topic"], dict(parse_qsl(match["options"] or "")))

    def client(self, **settings: Any) -> dict[str, Any]:
        """The settings of a client, given with `_` for each dot."""
        more = {name.replace("_", "."): value for name, value in settings.items()}
        return {"bootstrap.servers": self.brokers, "reconnect.backoff.max.ms": 1_000, **more, **self.options}

    def create(self, retention: timedelta) -> None:
        """Make it where it is missing; one that is there is left as it is.

        Raises:
            KafkaException: it cannot be made, or no broker answers.
        """
        admin = AdminClient(self.client(), logger=log)  # has to live until the answer is there
        kept_ms = str(round(retention.total_seconds() * 1_000))
        new = NewTopic(self.name, PARTITIONS, replication_factor=-1, config={"retention.ms": kept_ms})
        try:
            admin.create_topics([new], request_timeout=CREATED_WITHIN_S)[self.name].result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
