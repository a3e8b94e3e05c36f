"""The anonymity floor: how many people must stand behind what others are told of their likes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnonymityFloor:
    """k-anonymity (Sweeney 2002, IJUFKS 10:5) for answers made from the likes of neighbors.

    Attributes:
        people: titles that fewer like neither find neighbors nor are recommended by them, nothing rests on
            fewer neighbors, and none counts more than the one of this rank. 47 of 50 people stand alone by
            their four rarest likes.
    """

    people: int = 10


NO_FLOOR = AnonymityFloor(people=0)
