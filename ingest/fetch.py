"""Downloads of sources: https only, limited in size and time, conditional, retried with back-off."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from domain.hosts import is_loopback
from ingest.report import ImportFileError

USER_AGENT = "anime-recommendations (catalog refresh)"
MAX_REDIRECTS = 5
MAX_WAIT_S = 120.0  # that a server may ask for with Retry-After
_REDIRECTS = {301, 302, 303, 307, 308}
_NOT_MODIFIED = 304
_FOR_ANYBODY = {"User-Agent", "If-None-Match", "If-Modified-Since"}
_PASSING = {408, 425, 429, 500, 502, 503, 504}


class FetchError(ImportFileError):
    """A source could not be fetched; the message says why, and what to do."""


class _PassingError(FetchError):
    """A failure that may have passed a little later."""

    def __init__(self, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Validators(NamedTuple):
    """Headers that tell later whether a file has changed."""

    etag: str | None = None
    last_modified: str | None = None

    def conditions(self) -> dict[str, str]:
        """The headers of a request for the file if it is not this one."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


NO_VALIDATORS = Validators()


@dataclass(frozen=True)
class Fetcher:
    """Fetches files, each with several attempts.

    Attributes:
        attempts: for one file.
        longest_wait_s: between two of them, unless the server asks for more.
        read_timeout_s: for a server that sends nothing.
        deadline_s: for one attempt at a whole file.
        pause_s: between two requests for parts of a source.
    """

    attempts: int = 5
    longest_wait_s: float = 30.0
    read_timeout_s: float = 30.0
    deadline_s: float = 600.0
    pause_s: float = 1.0

    def fetch(
        self,
        address: str,
        target: Path,
        max_bytes: int,
        *,
        validators: Validators = NO_VALIDATORS,
        headers: Mapping[str, str] | None = None,
    ) -> Validators | None:
        """Write the file at an address to `target`; None if it has not changed since the validators.

        Raises:
            FetchError: it cannot be fetched, or is larger than `max_bytes`.
        """
        sent = {"User-Agent": USER_AGENT, **(headers or {}), **validators.conditions()}
        retrying = Retrying(
            retry=retry_if_exception_type(_PassingError),
            wait=self._wait_s,
            stop=stop_after_attempt(self.attempts),
            reraise=True,
        )
        with httpx.Client(timeout=httpx.Timeout(self.read_timeout_s, connect=10.0)) as client:
            return retrying(self._attempt, client, address, target, max_bytes, sent)

    def _wait_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        requested_s = error.retry_after_s if isinstance(error, _PassingError) else 0.0
        return max(requested_s, wait_random_exponential(max=self.longest_wait_s)(state))

    def _attempt(
        self, client: httpx.Client, address: str, target: Path, max_bytes: int, headers: dict[str, str]
    ) -> Validators | None:
        deadline = time.monotonic() + self.deadline_s
        with _as_fetch_errors(address), _opened(client, address, headers) as response:
            if response.status_code == _NOT_MODIFIED:
                return None
            _check_status(address, response)
            size = 0
            with target.open("wb") as file:
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > max_bytes:
                        raise FetchError(
                            f"{address}: larger than {max_bytes:,} bytes. Is it the right address?"
                        )
                    if time.monotonic() > deadline:
                        raise _PassingError(f"{address}: not complete after {self.deadline_s:.0f} s.")
                    file.write(chunk)
            return Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))


@contextmanager
def _opened(client: httpx.Client, address: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """The response to follow redirects to, each to an address that is as safe as the first."""
    url = origin = httpx.URL(address)
    local = is_loopback(url.host)
    for _ in range(MAX_REDIRECTS + 1):
        # a mirror on this machine needs no certificate; nobody else may name this machine
        if url.scheme != "https" and not (local and url.scheme == "http" and is_loopback(url.host)):
            raise FetchError(f"{address}: leads to {url}; only https is used.")
        if (url.host, url.port) != (origin.host, origin.port):  # a key is only for whom it was given to
            headers = {name: value for name, value in headers.items() if name in _FOR_ANYBODY}
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code not in _REDIRECTS:
                yield response
                return
            url = url.join(response.headers.get("Location", ""))
    raise FetchError(f"{address}: redirects more than {MAX_REDIRECTS} times.")


@contextmanager
def _as_fetch_errors(address: str) -> Iterator[None]:
    try:
        yield
    except (httpx.TransportError, httpx.DecodingError) as error:
        reason = str(error) or type(error).__name__
        raise _PassingError(f"{address}: cannot be fetched ({reason}).") from None


def _check_status(address: str, response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    said = f"{address}: the server answers {status} {response.reason_phrase}".rstrip()
    if status in _PASSING:
        raise _PassingError(f"{said}.", _retry_after_s(response))
    raise FetchError(f"{said}.")


def _retry_after_s(response: httpx.Response) -> float:
    """The seconds of Retry-After; 0 where it is missing, a date or too long."""
    text = response.headers.get("Retry-After", "")
    seconds = float(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0.0
    return min(seconds, MAX_WAIT_S)
