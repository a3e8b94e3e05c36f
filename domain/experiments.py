"""Exposures: somebody got a page that an experiment had a say in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

INTERLEAVED = "interleaved"  # the variant of everybody who gets two rankings in one


class Unit(StrEnum):
    """A kind of thing that is assigned to a variant as a whole."""

    SESSION = "session"  # of a browser
    PROFILE = "profile"
    USER = "user"  # saved under an id of the operator's


@dataclass(frozen=True)
class Exposure:
    """A page that was made for somebody in an experiment.

    Attributes:
        recommendation_id: of the page; events name it.
        session_id, user_id: whose page it is; one of them is None.
        exposed_at: UTC.
        teams: of an interleaved page: the ids of the titles that each of the two rankings put there.
    """

    experiment: str
    recommendation_id: str
    variant: str
    exposed_at: datetime
    session_id: UUID | None = None
    user_id: int | None = None
    teams: tuple[tuple[int, ...], tuple[int, ...]] | None = None
