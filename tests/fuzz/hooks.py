"""What the schema cannot say of a good request: years in order, genres that exist, a list with a title."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import Case, HookContext

GENRES, TYPES = ["Action", "romance", "School"], ["TV", "movie"]


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Only of requests that are meant to be good; the others are sent as they were made up."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    _amend(case.query)
    if isinstance(case.body, dict):
        _amend(case.body.get("filters"))
        if case.body.get("algorithm") == "content-based":  # which needs a title
            name = "anime_list" if "user_id" in case.body else "ratings"
            case.body[name] = [*(case.body.get(name) or []), {"anime_id": 106}]


def _amend(filters: Any) -> None:
    if not isinstance(filters, dict):
        return
    first, last = filters.get("year_from"), filters.get("year_to")
    if first is not None and last is not None and int(first) > int(last):
        filters["year_from"], filters["year_to"] = last, first
    for name, known in (("genres", GENRES), ("genres_exclude", GENRES), ("types", TYPES)):
        if isinstance(filters.get(name), list):
            filters[name] = [known[i % len(known)] for i in range(len(filters[name]))]
