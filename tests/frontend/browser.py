"""Errors and foreign requests of pages in a browser, and answers held back from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, WebError

API = "**/api/v1/**"
COVER = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><rect width="2" height="3"/></svg>'


class Held:
    """Keeps the answers of the API back from a page, until they are released."""

    def __init__(self, page: Page, path: str = API) -> None:
        self._routes: list[Route] | None = []
        page.route(path, self._hold)

    def release(self) -> None:
        """Those that wait, and all that come."""
        routes, self._routes = self._routes, None
        for route in routes or []:
            route.continue_()

    def _hold(self, route: Route) -> None:
        if self._routes is None:
            route.continue_()
        else:
            self._routes.append(route)


@dataclass
class Watch:
    """Notes every error in the console or of a script, and every request that leaves our server.

    Attributes:
        origin: of our server.
        cover_hosts: origins whose images are answered with a picture.
        errors: what was said and not expected.
        foreign: addresses elsewhere that were asked for; they are not reached.
        covers: addresses of covers that were asked for.
    """

    origin: str
    cover_hosts: tuple[str, ...]
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    covers: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect_error(self, pattern: str) -> None:
        """Do not note errors that match the pattern: the test provokes them."""
        self._expected.append(re.compile(pattern))

    def follow(self, context: BrowserContext) -> None:
        """Watch every page of it."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.route(self._is_foreign, self._answer)

    def _is_foreign(self, address: str) -> bool:
        return address.startswith("http") and not address.startswith(f"{self.origin}/")

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if f"{address.scheme}://{address.netloc}" in self.cover_hosts:
            self.covers.append(route.request.url)
            route.fulfill(body=COVER, content_type="image/svg+xml")
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._note(f"{message.type} {message.text} {message.location['url']}")

    def _on_error(self, error: WebError) -> None:
        self._note(f"uncaught {error.error}")

    def _note(self, text: str) -> None:
        if not any(pattern.search(text) for pattern in self._expected):
            self.errors.append(text)
