"""Parsing of requests: strict JSON bodies, and query parameters."""

from __future__ import annotations

from functools import cache
from typing import Any, NoReturn

from flask import Request, json, request
from pydantic import BaseModel, ConfigDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

MAX_LISTS = 100_000  # of one body: lists in lists take 40 times the memory of their text
MAX_MEMBERS = 1_000  # of one JSON object; each that is not known would be an error of its own


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(members) > MAX_MEMBERS:
        raise ValueError(f"an object has {len(members):,} members, at most {MAX_MEMBERS:,} are read")
    return dict(members)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class JsonRequest(Request):
    """Reads the body as JSON whatever its Content-Type, and says what is wrong with an invalid one."""

    def get_json(self, force: bool = True, silent: bool = False, cache: bool = True) -> Any:
        """The parsed body; raises BadRequest (400) for anything that is not JSON."""
        try:
            data = self.get_data(cache=cache)
            if self.content_length is None and len(data) >= (self.max_content_length or len(data) + 1):
                raise RequestEntityTooLarge  # sent in chunks: werkzeug cuts it off without a word
            if (lists := data.count(b"[")) > MAX_LISTS:
                raise RequestEntityTooLarge(f"The body has {lists:,} lists, at most {MAX_LISTS:,} are read.")
            body = json.loads(
                data.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_object
            )
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"The body cannot be read as JSON: {error or type(error).__name__}") from None
        # flask-openapi3 would take a string for JSON once more
        return [body] if isinstance(body, str) else body


def asks_for_privacy() -> bool:
    """True for a browser that asks not to be followed (https://w3c.github.io/gpc/)."""
    return request.headers.get("Sec-GPC") == "1"


class QueryModel(BaseModel):
    """Base of query parameters; unknown ones are refused, so that a typo does not pass for an answer."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    @cache
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]
        """As pydantic's, but computed once: flask-openapi3 asks for it with every request."""
        return super().model_json_schema(*args, **kwargs)
