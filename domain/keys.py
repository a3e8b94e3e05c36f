"""Keys that nobody can guess: how long they are, and what gives a made-up one away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

SHORTEST = 32  # characters
FEWEST_CHARACTERS = 8  # different ones
FEWEST_TRIPLES = 0.75  # different ones, of all runs of three characters; a random key has hardly any twice
# printed where everybody can read them
PUBLISHED = (
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",  # Flask's documentation
    "only-for-the-tests-of-this-project",
)
_MADE_UP = re.compile(
    r"change|secret|default|example|insecure|password|your|qwert|azert|asdfg|zxcvb", re.IGNORECASE
)


def weakness(key: str, exposure: str) -> str | None:
    """The reason why somebody else could find out a key, as the rest of a sentence; None for a good one.

    Args:
        key: the key itself, or what stands for it.
        exposure: what requires a good key, such as APP_ENV=production.
    """
    if len(key) < SHORTEST:
        return f"has only {len(key)} of the {SHORTEST} characters that {exposure} requires"
    steps = [ord(after) - ord(before) for before, after in pairwise(key)]
    few = len(set(key)) < FEWEST_CHARACTERS
    if few or _repeats(key) or _repeats(steps) or _MADE_UP.search(key) or key in PUBLISHED:
        return f"can be guessed, which {exposure} refuses"
    return None


def digest_of(key: str) -> str:
    """The SHA-256 of a key, as it may stand for the key in API_KEYS."""
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def refused_digests(secret_key: str) -> dict[str, str]:
    """The digests of what can be no API key -> the reason, as the rest of a sentence."""
    return {
        **{digest_of(key): "is printed where everybody can read it" for key in PUBLISHED},
        digest_of(secret_key): "is SECRET_KEY, which has to stay on the server",
        digest_of(""): "is the hash of an empty key, which everybody has",
    }


def _repeats(parts: Sequence[object]) -> bool:
    """True for a pattern that comes again and again; the steps of 0123456789 are one, too."""
    triples = [tuple(parts[start : start + 3]) for start in range(len(parts) - 2)]
    return len(set(triples)) < FEWEST_TRIPLES * len(triples)
