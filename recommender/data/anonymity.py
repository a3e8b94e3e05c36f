"""The anonymity floor: how many people must stand behind what others are told of their likes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnonymityFloor:
    """k-anonymity (Sweeney 2002, IJUFKS 10:5) for answers made from the likes of neighbors.

    Attributes:
        likers: titles that fewer people like neither find neighbors nor are recommended by them: 47 of 50
            people stand alone by their four rarest likes.
        people: a neighbor counts no more than the one of this rank, and nothing rests on fewer of them.
    """

    likers: int = 10
    people: int = 5

    @classmethod
    def of_likers(cls, likers: int) -> AnonymityFloor:
        """The floor for a number of likers; none at all for 0."""
        return cls(likers) if likers else NO_FLOOR


NO_FLOOR = AnonymityFloor(likers=0, people=1)
