"""Local servers that behave like the APIs of MyAnimeList, AniList and Kitsu, by their documentation."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT_ID = "0123456789abcdef"
MEMBERS = ("somebody", "someone_else")


@dataclass(frozen=True)
class Reply:
    """A response; a body that is no bytes is JSON.

    Attributes:
        cut: bytes that are missing at the end of the body.
        delay_s: before the first byte.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    delay_s: float = 0.0


@dataclass(frozen=True)
class SentRequest:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class FakeSite:
    """A running server.

    Attributes:
        answer: what the site answers when nothing is wrong.
        troubles: replies that come first, one for each request.
        requests: all of them.
    """

    url: str
    answer: Callable[[SentRequest], Reply]
    troubles: list[Reply] = field(default_factory=list)
    requests: list[SentRequest] = field(default_factory=list)


@contextmanager
def fake_site(answer: Callable[[SentRequest], Reply]) -> Iterator[FakeSite]:
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            sent = SentRequest(self.command, parts.path, query, dict(self.headers), body)
            site.requests.append(sent)
            reply = site.troubles.pop(0) if site.troubles else answer(sent)
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            time.sleep(reply.delay_s)
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(content[: len(content) - reply.cut])
            except OSError:
                pass  # whoever asked has given up
            self.close_connection = True

        do_POST = do_GET  # noqa: N815 - named by http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        site = FakeSite(f"http://127.0.0.1:{server.server_port}", answer)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def mal_site(titles: int) -> Callable[[SentRequest], Reply]:
    """MyAnimeList: title n has the id n; even ones are completed with an 8, others planned."""

    def answer(sent: SentRequest) -> Reply:
        if sent.headers.get("X-MAL-CLIENT-ID") != CLIENT_ID:
            return Reply({"message": "Invalid client id", "error": "bad_request"}, 400)
        name = sent.path.split("/")[2]
        if name == "hidden":
            return Reply({"message": "", "error": "not_permitted"}, 403)
        if name not in MEMBERS:
            return Reply({"message": "", "error": "not_found"}, 404)
        offset, limit = int(sent.query["offset"]), min(1_000, int(sent.query["limit"]))
        ids = range(1, titles + 1)[offset : offset + limit]
        done, planned = {"status": "completed", "score": 8}, {"status": "plan_to_watch", "score": 0}
        data = [
            {"node": {"id": one, "title": f"Title {one}"}, "list_status": planned if one % 2 else done}
            for one in ids
        ]
        more = offset + limit < titles
        return Reply({"data": data, "paging": {"next": "http://127.0.0.1:1/never"} if more else {}})

    return answer


def anilist_site(titles: int) -> Callable[[SentRequest], Reply]:
    """AniList: title n is 1000000 + n there; every third has no id of MyAnimeList."""

    def answer(sent: SentRequest) -> Reply:
        variables = sent.body["variables"]
        if variables["name"] == "hidden":
            return Reply({"errors": [{"message": "Private User", "status": 404}], "data": None}, 404)
        if variables["name"] not in MEMBERS:
            return Reply({"errors": [{"message": "User not found", "status": 404}], "data": None}, 404)
        ids = range(1, titles + 1)[(variables["chunk"] - 1) * 500 : variables["chunk"] * 500]
        entries = [
            {
                "status": "COMPLETED",
                "score": 85,
                "media": {
                    "id": 1_000_000 + one,
                    "idMal": None if one % 3 == 0 else one,
                    "title": {"romaji": f"Title {one}", "english": None},
                },
            }
            for one in ids
        ]
        collection = {"hasNextChunk": variables["chunk"] * 500 < titles, "lists": [{"entries": entries}]}
        return Reply({"data": {"MediaListCollection": collection}})

    return answer


def kitsu_site(titles: int) -> Callable[[SentRequest], Reply]:
    """Kitsu: title n is 2000000 + n there, with a mapping."""

    def answer(sent: SentRequest) -> Reply:
        if sent.path == "/users":
            known = sent.query.get("filter[slug]") in MEMBERS or sent.query.get("filter[name]") == "Some-Name"
            return Reply({"data": [{"id": "42", "type": "users"}] if known else []})
        offset, limit = int(sent.query["page[offset]"]), int(sent.query["page[limit]"])
        ids = range(1, titles + 1)[offset : offset + limit]
        data = [
            {
                "id": str(one),
                "type": "libraryEntries",
                "attributes": {"status": "completed", "ratingTwenty": 17},
                "relationships": {"anime": {"data": {"type": "anime", "id": str(2_000_000 + one)}}},
            }
            for one in ids
        ]
        included: list[dict[str, Any]] = []
        for one in ids:
            anime, link = str(2_000_000 + one), {"type": "mappings", "id": f"m{one}"}
            included += [
                {
                    "id": anime,
                    "type": "anime",
                    "attributes": {"canonicalTitle": f"Title {one}"},
                    "relationships": {"mappings": {"data": [link]}},
                },
                {**link, "attributes": {"externalSite": "myanimelist/anime", "externalId": str(one)}},
            ]
        links = {"next": "http://127.0.0.1:1/never"} if offset + limit < titles else {}
        return Reply({"data": data, "included": included, "links": links})

    return answer
