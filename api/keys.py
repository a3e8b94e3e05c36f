"""API keys: who may read, write or administer. Tokens: whose a profile is."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from domain.keys import digest_of

_HASHED = "sha256="


class Scope(IntEnum):
    """The permission that a key grants; each scope includes those before it."""

    READ = 1  # what is saved of users
    WRITE = 2  # save and erase lists
    ADMIN = 3  # metrics, results of experiments


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The configured keys, as SHA-256 digests: the keys are random, so they need no slow hash.

    Attributes:
        keys: (digest in hexadecimal, scope).
    """

    keys: tuple[tuple[str, Scope], ...]

    @classmethod
    def parse(cls, entries: Iterable[str]) -> ApiKeys:
        """From `[scope:]key` or `[scope:]sha256=hash`; a key without a scope may write."""
        keys = []
        for entry in entries:
            before, colon, after = entry.rpartition(":")
            scope = Scope[before.upper()] if colon else Scope.WRITE
            is_hash = after.startswith(_HASHED)
            digest = after.removeprefix(_HASHED) if is_hash else digest_of(after)
            keys.append((digest, scope))
        return cls(tuple(keys))

    def __bool__(self) -> bool:
        return bool(self.keys)

    def offers(self, scope: Scope) -> bool:
        """True where some key grants this scope."""
        return any(of_key >= scope for _, of_key in self.keys)

    def scope_of(self, submitted: str) -> Scope | None:
        """The scope of a key that a caller sent, None for one that is not known.

        Every key is compared, and digests have one length, so that the time taken tells nothing.
        """
        digest = digest_of(submitted)
        return max((scope for key, scope in self.keys if hmac.compare_digest(digest, key)), default=None)


def profile_token(secret_key: bytes, user_id: int) -> str:
    """The token that opens one profile: 43 characters, derived from the secret key instead of stored.

    The text must differ from every text that `api.recommendations.answer` signs with the same key.
    """
    digest = hmac.new(secret_key, f"profile {user_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def gars_session(secret_key: bytes, user_id: int) -> UUID:
    """The session of everything that is done at `/gars` under a number; nobody else can work it out."""
    digest = hmac.new(secret_key, f"gars {user_id}".encode(), hashlib.sha256).digest()
    return UUID(bytes=digest[:16], version=4)
