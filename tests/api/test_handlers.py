"""Handlers return what they document; mypy checks that they return what they are annotated with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from flask import Response
from pydantic import BaseModel

from api.openapi import ApiApp, describe
from app import make_api

APP = make_api()
DOCUMENT = describe(APP)


def documented_handlers(app: ApiApp) -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    """Operation id -> (the handler, its operation in the document)."""
    found = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = DOCUMENT["paths"].get(path, {}).get(method.lower())
            if operation is not None:
                handler = inspect.unwrap(app.view_functions[rule.endpoint])
                found[operation["operationId"]] = handler, operation
    return found


HANDLERS = documented_handlers(APP)


def test_every_documented_operation_has_a_handler() -> None:
    operations = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]
    assert set(HANDLERS) == {operation["operationId"] for operation in operations}


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_handler_returns_its_documented_schema(name: str) -> None:
    handler, operation = HANDLERS[name]
    returned = get_type_hints(handler)["return"]
    body = get_args(returned)[0] if get_origin(returned) is tuple else returned
    (success,) = (
        response.get("content", {})
        for status, response in operation["responses"].items()
        if int(status) < 400
    )
    if "application/json" in success:
        assert issubclass(body, BaseModel)
        reference = success["application/json"]["schema"]["$ref"]
        assert reference.rpartition("/")[2] == body.__name__
    else:
        assert body is (Response if success else str)


def test_handlers_answer_with_the_documented_status() -> None:
    created = {name for name, (_, operation) in HANDLERS.items() if "201" in operation["responses"]}
    returns = {name: get_args(get_type_hints(handler)["return"]) for name, (handler, _) in HANDLERS.items()}
    assert {name for name, parts in returns.items() if len(parts) == 3} == created
