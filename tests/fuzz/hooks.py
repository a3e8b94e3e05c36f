"""Hooks that make a valid request valid beyond its schema: years in order, names that exist, a list with a
title, weights of a blend, and the key or token of a personal route."""

from __future__ import annotations

import os
from itertools import cycle, islice
from typing import Any

import schemathesis
from schemathesis import AuthContext, Case, HookContext

from api.keys import profile_token

GENRES = ["Action", "romance", "School"]
KNOWN: dict[str, list[str]] = {  # of filters, names that are never refused
    **{"genres": GENRES, "genres_exclude": GENRES, "types": ["TV", "movie"]},
    **{
        "seasons": ["Spring 2013", "winter 1999"],
        "statuses": ["airing", "Finished"],
        "age_ratings": ["G", "pg"],
    },
    **{"sources": [], "studios": [], "services": []},  # not every catalog has any
}
SAVING = ("/ratings", "/profiles", "/profiles/{user_id}")


@schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/api/v1/(users|imports)/")
class Key:
    """Of the scope admin."""

    def get(self, _case: Case, _context: AuthContext) -> str:
        return os.environ["FUZZ_API_KEY"]

    def set(self, case: Case, key: str, _context: AuthContext) -> None:
        case.headers["X-API-Key"] = key


@schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/api/v1/profiles/")
class Token:
    """The right one for whichever profile is named."""

    def get(self, case: Case, _context: AuthContext) -> str | None:
        user_id = str(case.path_parameters.get("user_id"))
        if not user_id.isdecimal():
            return None
        return profile_token(os.environ["FUZZ_SECRET_KEY"].encode(), int(user_id))

    def set(self, case: Case, token: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Only of requests that are meant to be good; the others are sent as they were made up."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    _amend(case.query)
    if isinstance(case.query, dict) and case.query.get("weights"):
        case.query |= {"algorithm": "blend", "weights": [*case.query["weights"], "popular:1"]}
    if isinstance(case.body, dict):
        _amend(case.body.get("filters"))
        # both need a title, and this one is in the demo, too
        if case.body.get("algorithm") == "content-based" or case.path.endswith(SAVING):
            name = "anime_list" if "user_id" in case.body else "ratings"
            case.body[name] = [*(case.body.get(name) or []), {"anime_id": 121}]


def _amend(filters: Any) -> None:
    if not isinstance(filters, dict):
        return
    first, last = filters.get("year_from"), filters.get("year_to")
    if first is not None and last is not None and int(first) > int(last):
        filters["year_from"], filters["year_to"] = last, first
    for name, known in KNOWN.items():
        if isinstance(filters.get(name), list):
            filters[name] = list(islice(cycle(known), len(filters[name])))
