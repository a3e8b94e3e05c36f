"""What can be asked for by name, and what each algorithm needs to answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AlgorithmInfo:
    """One algorithm as users know it."""

    name: str
    description: str  # one sentence
    needs_list: bool  # cannot say anything without titles
    default_n: int  # how many titles it returns unless told
    similar: bool  # can also find titles like one title


ALGORITHMS = {
    info.name: info
    for info in (
        AlgorithmInfo(
            "hybrid",
            "All of the others, weighed by what worked for people with lists like yours.",
            needs_list=False,
            default_n=20,
            similar=True,
        ),
        AlgorithmInfo(
            "user-user",
            "What people with your taste liked that you have not seen.",
            needs_list=False,
            default_n=15,
            similar=False,
        ),
        AlgorithmInfo(
            "item-item",
            "Titles that go with the ones you like; ones you rated low push away what goes with them.",
            needs_list=False,
            default_n=20,
            similar=True,
        ),
        AlgorithmInfo(
            "ranker",
            "What hybrid finds, with the titles first that you are likely to rate highly.",
            needs_list=False,
            default_n=20,
            similar=False,
        ),
        AlgorithmInfo(
            "content-based",
            "Titles described like the ones you like: genres, type, length and era.",
            needs_list=True,
            default_n=20,
            similar=True,
        ),
        AlgorithmInfo(
            "popular",
            "What most people liked, the same for everybody, without the titles you know.",
            needs_list=False,
            default_n=20,
            similar=False,
        ),
    )
}
