"""The dashboard and the alerts ask for metrics that exist, by labels that they have."""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser
import pytest
from prometheus_client.metrics import MetricWrapperBase
from promql_parser import AggregateExpr, Expr, VectorSelector

import api.metrics
from config import ROOT
from scripts.lint_deploy import ALERTS, DASHBOARD, alert_expressions, dashboard_expressions

SERIES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
OF_EVERY_SCRAPE = {"job", "instance"}
EXPRESSIONS = [*alert_expressions(ROOT / ALERTS), *dashboard_expressions(ROOT / DASHBOARD)]
each = pytest.mark.parametrize(
    "expression", [e for _, e in EXPRESSIONS], ids=[title for title, _ in EXPRESSIONS]
)


def metrics() -> Iterator[tuple[str, str, set[str]]]:
    """The name, the type and the labels of each of ours."""
    for metric in vars(api.metrics).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            labels = set(metric._labelnames) | ({"pid"} if family.type == "gauge" else set())
            yield family.name, family.type, labels


def series() -> dict[str, set[str]]:
    """The series of a scrape: each name, with its labels."""
    return {
        name + ending: labels | OF_EVERY_SCRAPE | ({"le"} if ending == "_bucket" else set())
        for name, type_, labels in metrics()
        for ending in SERIES[type_]
    }


def nodes(expression: str) -> list[Expr]:
    found: list[Expr] = []
    promql_parser.walk(promql_parser.parse(expression), found.append)
    return found


@each
def test_every_metric_and_label_that_is_asked_for_exists(expression: str) -> None:
    known = series()
    selectors = [node for node in nodes(expression) if isinstance(node, VectorSelector)]
    assert selectors
    for selector in selectors:
        assert selector.name in known
        assert {matcher.name for matcher in selector.matchers.matchers} <= known[selector.name]


@each
def test_what_is_summed_by_is_a_label_of_what_is_summed(expression: str) -> None:
    known = series()
    for node in nodes(expression):
        if isinstance(node, AggregateExpr) and node.modifier:
            (selector, *_) = [n for n in nodes(str(node.expr)) if isinstance(n, VectorSelector)]
            assert set(node.modifier.labels) <= known[selector.name]


def test_the_dashboard_shows_every_metric() -> None:
    shown = " ".join(expression for _, expression in dashboard_expressions(ROOT / DASHBOARD))
    names = [name for name, _, _ in metrics()]
    assert len(names) >= 9
    assert [name for name in names if name not in shown] == []


def test_panels_and_alerts_have_names_of_their_own() -> None:
    alerts = [title for title, _ in alert_expressions(ROOT / ALERTS)]
    assert len(set(alerts)) == len(alerts) >= 5
