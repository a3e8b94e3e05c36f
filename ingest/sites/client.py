"""The connection to a site: retries, limits of time, size and frequency, one error for each way to fail."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NamedTuple

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from ingest.sites.turns import Turns

USER_AGENT = "anime-recommendations (an open recommendation server; lists are read when their owner asks)"
MAX_BYTES = 10_000_000  # of one answer
TIMEOUT_S = 25.0  # for a whole list; well below what a person and a proxy wait for
READ_TIMEOUT_S = 10.0  # of a site that says nothing
CONNECT_TIMEOUT_S = 5.0
ATTEMPTS = 3
SHORT_WAIT_S = 5.0  # a site that wants a longer pause is left alone, and the person told
DEFAULT_PAUSE_S = 60.0  # where it does not say how long
LONGEST_PAUSE_S = 3_600.0


class SiteError(Exception):
    """A site has not given the list; the message says why, and what to do."""

    def __init__(self, message: str, site: str) -> None:
        super().__init__(message)
        self.site = site


class UnknownSiteUserError(SiteError):
    """The site has no user of this name."""


class PrivateListError(SiteError):
    """The list is not public."""


class BadSiteAnswerError(SiteError):
    """The answer is not what the site is known to answer."""


class SiteUnavailableError(SiteError):
    """The site does not answer, or has problems.

    Attributes:
        retry_after_s: when it is worth another try.
    """

    def __init__(self, message: str, site: str, retry_after_s: int) -> None:
        super().__init__(message, site)
        self.retry_after_s = retry_after_s


class SiteBusyError(SiteUnavailableError):
    """The site may not be asked now: it has been asked too often, or wants fewer requests."""


class SiteAnswer(NamedTuple):
    """A status, and the JSON that came with it; None where there is none."""

    status: int
    body: Any


class _TryAgainError(Exception):
    """A failure that may pass at once."""

    def __init__(self, error: SiteUnavailableError, wait_s: float = 0.0) -> None:
        super().__init__(str(error))
        self.error, self.wait_s = error, wait_s


@dataclass(frozen=True)
class SiteClient:
    """Asks one site. Threads share it.

    Attributes:
        name: of the site, as people know it.
        url: where its API is.
        hosts: it may redirect to these, and to no other.
        turns: to ask it, of all workers of this server.
        headers: of every request.
        timeout_s: for one list.
        pause_s: before the second attempt; doubled before each further one.
    """

    name: str
    url: str
    hosts: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = TIMEOUT_S
    pause_s: float = 0.5
    turns: Turns = field(default_factory=Turns)

    def session(self) -> SiteSession:
        """For the requests of one list, which share the time."""
        return SiteSession(self, time.monotonic() + self.timeout_s)

    def unavailable(
        self,
        reason: str,
        retry_after_s: float = 30.0,
        kind: type[SiteUnavailableError] = SiteUnavailableError,
    ) -> SiteUnavailableError:
        seconds = max(1, math.ceil(retry_after_s))
        return kind(f"{self.name} {reason}. Try again in {seconds} s, or import a file.", self.name, seconds)

    def bad_answer(self, reason: str) -> BadSiteAnswerError:
        return BadSiteAnswerError(
            f"{self.name} sent an answer that cannot be read: {reason}. Nothing was changed; import a file.",
            self.name,
        )


@dataclass(frozen=True)
class SiteSession:
    """The requests of one list.

    Attributes:
        deadline: by time.monotonic().
    """

    client: SiteClient
    deadline: float

    def ask(self, path: str, params: Mapping[str, str] | None = None, body: object = None) -> SiteAnswer:
        """GET, or POST where there is a body, of JSON.

        Returns:
            an answer with a status below 500 that is not 429.

        Raises:
            SiteUnavailableError, BadSiteAnswerError.
        """
        attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._wait,
            retry=retry_if_exception_type(_TryAgainError),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return attempts(self._once, path, params, body)
        except _TryAgainError as failure:
            raise failure.error from None

    def _wait(self, state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        backoff = wait_exponential(self.client.pause_s)(state)
        return max(backoff, failure.wait_s) if isinstance(failure, _TryAgainError) else backoff

    def _sleep(self, seconds: float) -> None:
        if time.monotonic() + seconds >= self.deadline:
            raise self._too_slow()
        time.sleep(seconds)

    def _once(self, path: str, params: Mapping[str, str] | None, body: object) -> SiteAnswer:
        client = self.client
        if (wait_s := client.turns.take(time.monotonic())) > 0:
            raise self._later("is asked too often from here at the moment", wait_s)
        try:
            response, content = self._send(client.url + path, params, body)
        except httpx.TimeoutException:
            raise _TryAgainError(client.unavailable("does not answer in time")) from None
        except httpx.ConnectError:
            raise _TryAgainError(client.unavailable("cannot be reached")) from None
        except httpx.TransportError:
            raise _TryAgainError(client.unavailable("breaks off in the middle of its answer")) from None
        except httpx.HTTPError as error:
            raise client.bad_answer(str(error)[:100] or type(error).__name__) from None
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            wait_s = _retry_after(response.headers.get("Retry-After", ""))
            client.turns.pause(time.monotonic() + wait_s)
            raise self._later("wants fewer requests", wait_s)
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _TryAgainError(client.unavailable(f"has problems ({response.status_code})"))
        return SiteAnswer(response.status_code, _parsed(content))

    def _later(self, reason: str, wait_s: float) -> Exception:
        """The error for a site that wants a pause, which is sat out where it is short."""
        error = self.client.unavailable(reason, wait_s, SiteBusyError)
        return error if wait_s > SHORT_WAIT_S else _TryAgainError(error, wait_s)

    def _send(
        self, url: str, params: Mapping[str, str] | None, body: object, redirects: int = 1
    ) -> tuple[httpx.Response, bytes]:
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise self._too_slow()
        timeout = httpx.Timeout(min(READ_TIMEOUT_S, remaining), connect=min(CONNECT_TIMEOUT_S, remaining))
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **self.client.headers}
        method = "GET" if body is None else "POST"
        with httpx.stream(
            method, url, params=params, json=body, headers=headers, timeout=timeout, follow_redirects=False
        ) as response:
            target = response.next_request.url if response.next_request else None
            if target is None:
                return response, self._content(response)
        if redirects and target.scheme == "https" and target.host in self.client.hosts:
            return self._send(str(target), None, body, redirects - 1)
        raise self.client.bad_answer("it leads to another address")

    def _content(self, response: httpx.Response) -> bytes:
        """The body; raises where it is too long, or takes too long however steadily it comes."""
        content = bytearray()
        for chunk in response.iter_bytes(65_536):
            content += chunk
            if len(content) > MAX_BYTES:
                raise self.client.bad_answer(f"it is longer than {MAX_BYTES:,} bytes")
            if time.monotonic() > self.deadline:
                raise self._too_slow()
        return bytes(content)

    def _too_slow(self) -> SiteUnavailableError:
        return self.client.unavailable(f"takes longer than {self.client.timeout_s:g} s for the list")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _retry_after(header: str) -> float:
    """Seconds to wait: the header has a number of them, or a date."""
    if header.strip().isdigit() and len(header) < 8:
        return min(LONGEST_PAUSE_S, float(header))
    try:
        seconds = parsedate_to_datetime(header).timestamp() - time.time()
        return min(LONGEST_PAUSE_S, max(1.0, seconds))
    except (ValueError, TypeError, OverflowError):
        return DEFAULT_PAUSE_S
