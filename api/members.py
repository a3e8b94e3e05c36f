"""Messages about unknown members and parameters: the allowed names, and the nearest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel
from rapidfuzz import process

LONGEST_NAME = 50  # letters of a member that an answer repeats
MIN_SIMILARITY = 60.0  # of a suggested name, 0-100
# names that other APIs, or earlier versions of this one, have for a member
FORMER: Mapping[str, str] = {
    **dict.fromkeys(("n", "k", "count", "size", "per_page", "max"), "limit"),
    **dict.fromkeys(("offset", "cursor"), "page"),
    **dict.fromkeys(("anime", "anime_list", "list", "titles"), "ratings"),
    **dict.fromkeys(("q", "search", "term"), "query"),
    **dict.fromkeys(("min_score", "score"), "min_mal_score"),
    "model": "algorithm",
    "reasons": "explain",
}


def shortened(part: int | str) -> int | str:
    """A part of the path to a field, cut where it is longer than any name of ours."""
    return part if isinstance(part, int) or len(part) <= LONGEST_NAME else f"{part[:LONGEST_NAME]}…"


def unknown_member(schema: str, loc: Sequence[int | str]) -> str:
    """The message for a member that a schema does not have.

    Args:
        schema: name of the model that the request was validated against.
        loc: the path to the member, its name last.
    """
    name = str(shortened(loc[-1]))
    allowed = _members(_model(schema), loc[:-1])
    former = FORMER.get(name)
    nearest = process.extractOne(name, allowed, score_cutoff=MIN_SIMILARITY) if allowed else None
    meant = former if former in allowed else nearest[0] if nearest else None
    hint = f" Did you mean {meant!r}?" if meant else ""
    return f"{name!r} is not known.{hint} Allowed: {', '.join(allowed)}"


def _members(model: type[BaseModel] | None, path: Sequence[int | str]) -> list[str]:
    """The names of the members at a path below a model."""
    for step in path:
        if model is None:
            return []
        if isinstance(step, str):
            field = model.model_fields.get(step)
            model = next(_models_in(field.annotation), None) if field else None
    return list(model.model_fields) if model is not None else []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


@cache
def _model(name: str) -> type[BaseModel] | None:
    """The model of this API that has a name."""
    pending: list[type[BaseModel]] = [BaseModel]
    while pending:
        model = pending.pop()
        if model.__name__ == name and model.__module__.startswith("api."):
            return model
        pending += model.__subclasses__()
    return None
