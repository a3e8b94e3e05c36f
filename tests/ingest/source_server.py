"""A local HTTP server that answers as sources do on good and on bad days, by a script of answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """One answer. `cut` sends that many bytes less than it has announced; `etag` makes it conditional."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    etag: str | None = None


@dataclass
class SourceServer:
    """Answers each path with its answers in turn, the last one again and again; keeps the requests."""

    address: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def at(self, path: str, *answers: Answer) -> str:
        """Set the answers of a path; return its address."""
        self.answers[path] = list(answers)
        return self.address + path

    def take(self, path: str, headers: dict[str, str]) -> Answer:
        self.requests.append((path, headers))
        left = self.answers.get(path.partition("?")[0], [Answer(status=404)])
        answer = left.pop(0) if len(left) > 1 else left[0]
        if answer.etag and headers.get("If-None-Match") == answer.etag:
            return Answer(status=304)
        return answer


@contextmanager
def source_server() -> Iterator[SourceServer]:
    """A server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = server.take(self.path, dict(self.headers))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) - answer.cut])
            if answer.cut:
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = SourceServer(f"http://127.0.0.1:{http.server_address[1]}")
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
