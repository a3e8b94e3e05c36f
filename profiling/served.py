"""A server that is asked the costliest requests: its limits, its model, and what is saved in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from api.keys import profile_token
from config import Config
from domain.ranges import PROFILE_IDS
from domain.titles import Season
from profiling.hostile_texts import fitting, hostile_names
from profiling.request_cost import CostlyRequest
from recommender.artifacts.snapshot import Snapshot
from recommender.models.popularity import Popularity
from recommender.models.registry import BLENDED
from recommender.models.user_user import UserUser

USER, NEW_USER, PROFILE = 900_000_001, 900_000_002, PROFILE_IDS[7]
ROOM = 2_000  # bytes of a body that are left for what is beside its list


@dataclass(frozen=True)
class Served:
    """A server: its limits, its model, and what is saved in it."""

    config: Config
    snapshot: Snapshot

    @cached_property
    def ids(self) -> list[int]:
        """Of as many titles as a list may have, most liked first."""
        order = np.argsort(-self.snapshot.models[Popularity].prior, kind="stable")
        ids: list[int] = self.snapshot.catalog.vocabulary.ids[order].tolist()
        return ids[: self.config.max_list_titles]

    @cached_property
    def ratings(self) -> dict[int, int]:
        """The longest list, with every rating."""
        return {anime_id: number % 10 + 1 for number, anime_id in enumerate(self.ids)}

    @cached_property
    def most_likers(self) -> list[int]:
        """A list of titles that has nearly as many likers as are compared one by one."""
        search, ids = self.snapshot.models[UserUser].search, self.snapshot.catalog.vocabulary.ids
        likers = np.diff(search.likers.starts)
        order = np.argsort(-likers)
        count = int(np.searchsorted(np.cumsum(likers[order]), search.config.likers_compared))
        liked: list[int] = ids[order][:count].tolist()
        return liked[: self.config.max_list_titles]

    @property
    def of_largest_franchise(self) -> int:
        """The id of its first title."""
        return self.snapshot.catalog.vocabulary.id(int(np.bincount(self.snapshot.franchises.groups).argmax()))

    @property
    def fullest_season(self) -> str:
        """The season of most titles, as in an address."""
        numbers = self.snapshot.catalog.seasons
        season = Season.numbered(int(np.bincount(numbers[numbers > 0], minlength=1).argmax()))
        return f"{max(season.year, 1900)}/{season.name}"

    @cached_property
    def names(self) -> dict[str, list[str]]:
        search, room = self.snapshot.search, self.config.max_body_bytes - ROOM
        kinds = hostile_names(self.snapshot.catalog.titles, search.text, self.config.max_list_titles)
        return {kind: fitting(names, room) for kind, names in kinds.items()}

    @property
    def blended(self) -> list[str]:
        """The algorithms that a blend may be made of."""
        return [name for name in self.snapshot.algorithms if name in BLENDED]

    @property
    def token(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {profile_token(self.config.secret_key.encode(), PROFILE)}"}


Requests = Iterable[CostlyRequest]


def get(path: str, what: str = "", **headers: str) -> CostlyRequest:
    return CostlyRequest(what, "GET", path, headers=headers)


def post(path: str, what: str, body: Any) -> CostlyRequest:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return CostlyRequest(what, "POST", path, text.encode())
