"""The mixed load of a soak: every algorithm, saves and erasures, imports, and hostile input."""

from __future__ import annotations

import gzip
import json
import random
from collections import deque
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, NamedTuple

from profiling.servers import Ratings, SampleRequests

USERS = range(2 * 10**9, 2 * 10**9 + 200)  # ids that are saved and erased again and again
MOST_PROFILES = 100  # at a time
JSON = {"Content-Type": "application/json"}
BINARY = {"Content-Type": "application/octet-stream"}


class Call(NamedTuple):
    """One request of a kind.

    Attributes:
        hostile: any answer but a 5xx will do, or none.
    """

    kind: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = {}
    hostile: bool = False


class MixedLoad:
    """Random requests. What they save stays about the same size, so that memory should, too."""

    def __init__(self, samples: SampleRequests, key: str, seed: int) -> None:
        self._samples, self._key = samples, {"X-API-Key": key}
        self._random = random.Random(seed)  # noqa: S311 - chooses requests, nothing secret
        self._lock = Lock()
        self._profiles = deque[tuple[int, str]]()
        self._hostile = _hostile_calls()
        self._kinds: tuple[tuple[Callable[[], Call], int], ...] = (
            (self._recommend, 30),
            (self._suggest, 10),
            (self._look_up, 10),
            (self._saved_user, 12),
            (self._save_user, 10),
            (self._erase_user, 4),
            (self._profile, 12),
            (self._import, 4),
            (lambda: self._random.choice(self._hostile), 8),
        )

    def next(self) -> Call:
        """The next request; threads may ask."""
        makers, weights = zip(*self._kinds, strict=True)
        with self._lock:
            make: Callable[[], Call] = self._random.choices(makers, weights)[0]
            return make()

    def answered(self, call: Call, status: int, body: bytes) -> None:
        """Keep the token of a profile that was created."""
        if call.kind == "new profile" and status == 201:
            created = json.loads(body)
            with self._lock:
                self._profiles.append((created["user_id"], created["token"]))

    def _recommend(self) -> Call:
        algorithm = self._random.choice(self._samples.algorithms)
        options: dict[str, Any] = {"algorithm": algorithm, "ratings": self._ratings()}
        if self._random.random() < 0.3:
            options["explain"] = True
        if self._random.random() < 0.2:
            options |= {"diversity": 0.5, "niche": 0.3}
        return _post(algorithm, "/api/v1/recommendations", options)

    def _suggest(self) -> Call:
        request = self._samples.suggestion()
        return Call("suggestions", request.method, request.path)

    def _look_up(self) -> Call:
        anime_id = self._random.choice(self._samples.titles).anime_id
        paths = (
            f"/api/v1/anime/{anime_id}",
            f"/api/v1/anime/{anime_id}/similar",
            f"/api/v1/popular?page={self._random.randint(1, 5)}",
            f"/api/v1/anime?page={self._random.randint(1, 50)}",
        )
        if self._random.random() < 0.2:
            return _post("taste", "/api/v1/taste", {"ratings": self._samples.history()})
        return Call("titles", "GET", self._random.choice(paths))

    def _saved_user(self) -> Call:
        user_id, what = self._random.choice(USERS), self._random.choice(("recommendations", "similar"))
        return Call("saved user", "GET", f"/api/v1/users/{user_id}/{what}", headers=self._key)

    def _save_user(self) -> Call:
        user_id = self._random.choice(USERS)
        if self._random.random() < 0.3:
            body = {"user_id": user_id, "anime_list": self._ratings()}
            return _post("save", "/users/recommendations", body, self._key)
        path = f"/api/v1/users/{user_id}/ratings"
        return Call("save", "PUT", path, _json({"ratings": self._ratings()}), {**JSON, **self._key})

    def _erase_user(self) -> Call:
        return Call("erase", "DELETE", f"/api/v1/users/{self._random.choice(USERS)}", headers=self._key)

    def _profile(self) -> Call:
        if (len(self._profiles) < MOST_PROFILES and self._random.random() < 0.4) or not self._profiles:
            return _post("new profile", "/api/v1/profiles", {"ratings": self._ratings()})
        if self._random.random() < 0.4:
            user_id, token = self._profiles.popleft()
            return Call("erase", "DELETE", f"/api/v1/profiles/{user_id}", headers=_bearer(token))
        user_id, token = self._random.choice(self._profiles)
        path = f"/api/v1/profiles/{user_id}"
        if self._random.random() < 0.5:
            return Call("profile", "GET", path, headers=_bearer(token))
        return Call("save", "PUT", path, _json({"ratings": self._ratings()}), {**JSON, **_bearer(token)})

    def _import(self) -> Call:
        entries = "".join(
            f"<anime><series_animedb_id>{entry['anime_id']}</series_animedb_id><my_score>{entry['rating']}"
            "</my_score><my_status>Completed</my_status></anime>"
            for entry in self._samples.history()
        )
        content = f"<myanimelist><myinfo></myinfo>{entries}</myanimelist>".encode()
        if self._random.random() < 0.5:
            content = gzip.compress(content)
        path = "/api/v1/imports/mal"
        if self._random.random() < 0.5:
            path += f"?dry_run=false&user_id={self._random.choice(USERS)}"
        return Call("import", "POST", path, content, {**BINARY, **self._key})

    def _ratings(self) -> Ratings:
        return self._samples.favorites() if self._random.random() < 0.5 else self._samples.history()


def _hostile_calls() -> list[Call]:
    recommend, load, taste = "/api/v1/recommendations", "/api/v1/imports/mal", "/api/v1/taste"
    bodies = (
        b"{",
        b"[" * 100_000,
        b'{"ratings": [' + b"{}," * 100_000 + b"{}]}",
        b"\x00" * 50_000,
        b'{"ratings": [{"anime_id": 1e400}]}',
        _json({"ratings": [{"name": "x" * 190 + str(number)} for number in range(200)]}),
        _json({"ratings": [{"anime_id": -1, "rating": 11}], "limit": 10**9}),
        _json({"ratings": [{"name": "\ud800'; DROP TABLE users; --"}]}),
        b"x" * 1_500_000,  # more than MAX_BODY_BYTES
    )
    uploads = (
        gzip.compress(b"<myanimelist>") + gzip.compress(b" " * 1_000_000) * 40,
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><myanimelist>&e;</myanimelist>',
        b"<myanimelist>" + b"<a>" * 50_000,
        b"\x1f\x8b\x08" + bytes(range(256)),
    )
    addresses = (
        f"/api/v1/anime/{10**30}",
        f"/api/v1/anime?query={'x' * 7_000}",
        "/api/anime-suggestions?query=%00%ff%fe",
        "/api//v1/../v1/anime/%2e%2e%2f%2e%2e%2fetc/passwd",
        "/api/v1/users/1/similar?limit=-1",
        "/" + "a/" * 3_000,
    )
    calls = [Call("hostile", "POST", path, body, JSON) for body in bodies for path in (recommend, taste)]
    calls += [Call("hostile", "POST", load, body, BINARY) for body in uploads]
    calls += [Call("hostile", "GET", path) for path in addresses]
    calls.append(Call("hostile", "PATCH", recommend, b"{}", JSON))
    calls.append(Call("hostile", "GET", "/api/v1/profiles/1", headers=_bearer("x" * 43)))
    return [call._replace(hostile=True) for call in calls]


def _post(kind: str, path: str, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Call:
    return Call(kind, "POST", path, _json(body), {**JSON, **(headers or {})})


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
