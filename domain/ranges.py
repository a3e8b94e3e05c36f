"""The rating scale, statuses of entries, and the ranges of external ids.

Ids of anime are MyAnimeList's, ids of users those of the imported ratings or of whoever saves a list.
"""

from __future__ import annotations

from enum import IntEnum

RATINGS = range(1, 11)  # what a person can give
UNRATED = 0  # the title was watched but not rated
LIKED_FROM = 8  # a rating from here up means the person liked the title
FAVORITE = 10  # what a title counts that was named without a rating

MAX_USER_ID = 2**63 - 1
MAX_ANIME_ID = 2**31 - 1
# ids that only the server hands out, at random: too many to guess, and whole numbers in JavaScript too
PROFILE_IDS = range(2**52, 2**53)


class WatchStatus(IntEnum):
    """The progress of a person with a title; the numbers are MyAnimeList's."""

    WATCHING = 1
    COMPLETED = 2
    ON_HOLD = 3
    DROPPED = 4
    PLAN_TO_WATCH = 6

    @property
    def label(self) -> str:
        """The name in the API."""
        return "planned" if self is WatchStatus.PLAN_TO_WATCH else self.name.lower()


UNFINISHED = frozenset({WatchStatus.ON_HOLD, WatchStatus.DROPPED})


def is_profile(user_id: int) -> bool:
    """True for an id in the range that only the server hands out."""
    return PROFILE_IDS.start <= user_id < PROFILE_IDS.stop
