"""Ranges of external ids."""

from __future__ import annotations

MAX_USER_ID = 2**63 - 1
MAX_ANIME_ID = 2**31 - 1
# ids that only the server hands out, at random: too many to guess, and whole numbers in JavaScript too
PROFILE_IDS = range(2**52, 2**53)


def is_profile(user_id: int) -> bool:
    """Whether an id is in the range that only the server hands out."""
    return PROFILE_IDS.start <= user_id < PROFILE_IDS.stop
