"""The items of a JSON document that are on certain paths, one at a time, in bounded memory and time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ijson
from ijson.common import ObjectBuilder

from ingest.lists.entry import ListTooLargeError, UnreadableListError

MAX_EVENTS = 600_000  # of one document: names, values, and where objects and lists begin and end
MAX_ITEM_EVENTS = 20_000  # of one item, which is built as a whole
MAX_ITEMS = 40_000  # on one path: more than a list has, though some come more than once
MAX_DEPTH = 30
NAME = "map_key"

Event = tuple[str, str, Any]  # path, kind, value
ReadItem = Callable[[Any], None]
Shape = Mapping[str, "Shape"]  # of an object: the members that are kept, and their shapes
PLAIN: Shape = {}  # of a value that is no object


def json_events(data: bytes) -> Iterator[Event]:
    """Every event of a document, as ijson has them: paths are `a.b.item`.

    Raises:
        ListTooLargeError, UnreadableListError: too many events, too deep, not JSON.
    """
    depth = 0
    with _json_errors():
        for number, event in enumerate(ijson.parse(io.BytesIO(data), use_float=True), start=1):
            kind = event[1]
            depth += (kind in ("start_map", "start_array")) - (kind in ("end_map", "end_array"))
            if number > MAX_EVENTS:
                raise ListTooLargeError(f"more than {MAX_EVENTS:,} values of JSON.")
            if depth > MAX_DEPTH:
                raise UnreadableListError(f"objects are nested more than {MAX_DEPTH} deep.")
            yield event


def read_items(data: bytes, readers: Mapping[str, ReadItem]) -> None:
    """Hand each item on one of the paths to the reader of its path, in their order.

    Args:
        data: a JSON document, UTF-8.
        readers: by path, such as `lists.item`. A ValueError that one raises names the item by its number.

    Raises:
        ListTooLargeError, UnreadableListError: as `json_events`; an item is too large, or its reader fails.
    """
    builder, path, size = None, "", 0
    counts = dict.fromkeys(readers, 0)
    for here, kind, value in json_events(data):
        if builder is None:
            if here not in readers or kind in (NAME, "end_map", "end_array"):
                continue
            builder, path, size = ObjectBuilder(), here, 0
            counts[path] += 1
            if counts[path] > MAX_ITEMS:
                raise ListTooLargeError(f"more than {MAX_ITEMS:,} of {path}.")
        builder.event(kind, value)
        size += 1
        if size > MAX_ITEM_EVENTS:
            raise ListTooLargeError(
                f"{path} number {counts[path]:,} has more than {MAX_ITEM_EVENTS:,} values."
            )
        if here == path and kind not in ("start_map", "start_array", NAME):
            try:
                readers[path](builder.value)
            except ValueError as error:
                raise UnreadableListError(f"{path} number {counts[path]:,}: {error}.") from None
            builder = None


def kept(value: Any, shape: Shape) -> Any:
    """An object, or the objects of a list, with the members of a shape only: the rest would take memory."""
    if isinstance(value, dict):
        return {name: kept(value[name], inner) for name, inner in shape.items() if name in value}
    if isinstance(value, list):
        return [kept(one, shape) for one in value if shape and isinstance(one, dict)]
    return value


@contextmanager
def _json_errors() -> Iterator[None]:
    try:
        yield
    except (ijson.JSONError, UnicodeDecodeError, OverflowError) as error:
        reason = " ".join(str(error).split())[:80]
        raise UnreadableListError(f"the JSON is cut off or damaged ({reason}). Export it again.") from None
