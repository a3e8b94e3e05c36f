"""Tests with a real Kafka and a real Redis."""
