"""The web app: its pages by Flask, its files by WhiteNoise."""

from __future__ import annotations

from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse
from whitenoise import WhiteNoise  # type: ignore[import-untyped]  # it has no types

from api.errors import problem
from api.security import CONTENT_POLICY, HEADERS, web_policy
from domain.titles import SEASON_NAMES

WEB = "web"  # endpoint of the pages
# addresses that the web app shows something at
PAGES = (
    *("/", "/popular", "/taste", "/title/<int:anime_id>", "/list", "/seasons"),
    f"/seasons/<int(fixed_digits=4):year>/<any({', '.join(SEASON_NAMES)}):season>",
)
# where an address that leads nowhere is a problem, whoever asks
_NO_PAGES = {"api", "docs", "users", "metrics", "healthz", "readyz", "assets"}
_HASHED = r"^/assets/.+-[\w-]{8}\.\w+$"  # as Vite names what it builds


def serve_web(app: Flask, folder: Path, *, remote_covers: bool) -> None:
    """Serve a build of the web app; where there is none, `/` leads to the description of the API.

    A new build needs a restart: files are looked up once, each with its .br and .gz beside it.

    Args:
        app: with every other route registered.
        folder: index.html, and files in assets/ with a hash in their names.
        remote_covers: whether pages may load covers from `COVER_HOSTS`.
    """
    index = folder / "index.html"
    if not index.is_file():
        app.add_url_rule("/", WEB, lambda: redirect("/docs"))
        return
    html = index.read_bytes()
    policy = web_policy(remote_covers)
    of_page = {"Cache-Control": "no-cache", CONTENT_POLICY: policy}

    def page(**_address: object) -> BaseResponse:
        """The same for every address: the web app reads the address itself."""
        response = Response(html, mimetype="text/html", headers=of_page)
        response.add_etag()
        return response.make_conditional(request)

    for rule in PAGES:
        app.add_url_rule(rule, WEB, page)

    @app.errorhandler(NotFound)
    def nowhere(error: NotFound) -> Response:
        """In a browser, too, the web app says so."""
        if not _is_for_a_page():
            return problem(404, error.description or "")
        response = Response(html, 404, mimetype="text/html", headers=of_page)
        response.vary.add("Accept")
        return response

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        for name, value in (*HEADERS, (CONTENT_POLICY, policy)):
            headers[name] = value

    files = WhiteNoise(
        app.wsgi_app,
        allow_all_origins=False,
        add_headers_function=add_headers,
        immutable_file_test=_HASHED,
    )
    files.add_files(folder)
    del files.files["/index.html"]
    app.wsgi_app = files  # type: ignore[method-assign]


def _is_for_a_page() -> bool:
    """True for a browser that asks for what could be a page."""
    accepted = request.accept_mimetypes
    data = max(accepted["application/json"], accepted["application/problem+json"])
    first = request.path.split("/")[1]
    return request.method in ("GET", "HEAD") and accepted["text/html"] > data and first not in _NO_PAGES
