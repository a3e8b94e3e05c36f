"""One client of a worker: what it sends and takes, in steps that never block.

Methods that are generators yield the event of `selectors` that they wait for, 0 for none of the socket.
Whoever runs them resumes them when it has happened, or throws a RefusedError into them.
"""

from __future__ import annotations

import io
import re
import socket
import time
from collections.abc import Generator
from http import HTTPStatus
from selectors import EVENT_READ, EVENT_WRITE
from typing import TypeVar

from gunicorn import http
from gunicorn.config import Config
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize, NoMoreData
from gunicorn.http.message import Request

T = TypeVar("T")
Steps = Generator[int, None, T]

RECEIVE_BYTES = 65_536  # at once; then it is another client's turn
MAX_HEAD_BYTES = 65_536  # of all headers together
MAX_CHUNK_LINE_BYTES = 1_024
MAX_CHUNKS = 20_000  # each costs processor time, however small it is
DRAIN_S = 2.0  # of a refused request: closing at once would reset the connection, and lose the response

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?")


class RefusedError(Exception):
    """A request is not answered by the app, but with this status."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Outbox:
    """Takes the response in place of the socket, so that a client which is slow to read holds nobody up."""

    def __init__(self) -> None:
        self.response = bytearray()

    def sendall(self, data: bytes) -> None:
        self.response += data

    def shutdown(self, _how: int) -> None:
        """Nothing to do: gunicorn calls it where an app fails in the middle of a response."""

    def close(self) -> None:
        """See `shutdown`."""


class Client:
    """A connection.

    Attributes:
        steps: what it does, from the first byte to the last.
        since: when it was accepted, by time.monotonic().
        deadline: when it is refused if it is still waited for.
        awaited: the event it is waited for; 0 before the first.
        silent: True until the first byte, as of connections that a browser opens in advance.
        outbox: the response.
    """

    steps: Steps[None]

    def __init__(self, connection: socket.socket, address: tuple[str, int]) -> None:
        connection.setblocking(False)
        self.socket, self.address = connection, address
        self.since = self.deadline = time.monotonic()
        self.awaited = 0
        self.silent = True
        self.outbox = Outbox()
        self._arrived = bytearray()
        self._body = io.BytesIO()
        self._body_bytes = 0
        self._flooding = False  # sends faster than one read takes

    @property
    def held_bytes(self) -> int:
        """The memory that it takes."""
        return len(self._arrived) + self._body_bytes + len(self.outbox.response)

    def receive_head(self, config: Config) -> Steps[Request]:
        """The request line and the headers; raises gunicorn's errors for those that cannot be understood."""
        searched = 0
        while not _END_OF_HEAD.search(self._arrived, searched) and len(self._arrived) < MAX_HEAD_BYTES:
            searched = max(0, len(self._arrived) - 3)
            yield from self._receive()
        try:
            request: Request = next(http.get_parser(config, [bytes(self._arrived)], self.address))
        except NoMoreData:
            raise RefusedError(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"The headers exceed {MAX_HEAD_BYTES} bytes"
            ) from None
        self._arrived[:] = request.unreader.take_buffered()
        return request

    def receive_body(self, request: Request, limit: int) -> Steps[io.BytesIO]:
        """The body, without the framing of chunks.

        One that says it is longer than `limit` is left unread: the app refuses it by its length.
        """
        reader = request.body.reader
        if isinstance(reader, LengthReader) and 0 < reader.length <= limit:
            yield from self._invite(request)
            yield from self._receive_bytes(reader.length)
        elif isinstance(reader, ChunkedReader):
            yield from self._invite(request)
            yield from self._receive_chunks(limit)
        request._expected_100_continue = False  # answered above, or not wanted
        self._body.seek(0)
        return self._body

    def send(self) -> Steps[None]:
        """Send what is in the outbox."""
        rest = memoryview(self.outbox.response)
        while rest:
            try:
                rest = rest[self.socket.send(rest) :]
            except BlockingIOError:
                yield EVENT_WRITE

    def drain(self) -> Steps[None]:
        """Read what still arrives until the client has closed."""
        self.socket.shutdown(socket.SHUT_WR)
        self.deadline = time.monotonic() + DRAIN_S
        while True:
            yield EVENT_READ
            try:
                if not self.socket.recv(RECEIVE_BYTES):
                    return
            except BlockingIOError:
                continue

    def _receive(self) -> Steps[None]:
        if self._flooding:
            yield EVENT_READ
        while True:
            try:
                data = self.socket.recv(RECEIVE_BYTES)
                break
            except BlockingIOError:
                yield EVENT_READ
        if not data:
            raise ConnectionResetError("closed before the request was complete")
        self._flooding = len(data) == RECEIVE_BYTES
        self._arrived += data
        self.silent = False

    def _receive_bytes(self, count: int) -> Steps[None]:
        while count:
            if not self._arrived:
                yield from self._receive()
            written = self._body.write(self._arrived[:count])
            del self._arrived[:written]
            self._body_bytes += written
            count -= written

    def _receive_line(self) -> Steps[bytes]:
        while (end := self._arrived.find(b"\r\n", 0, MAX_CHUNK_LINE_BYTES)) < 0:
            if len(self._arrived) >= MAX_CHUNK_LINE_BYTES:
                raise InvalidChunkSize(bytes(self._arrived[:20]))
            yield from self._receive()
        line = bytes(self._arrived[:end])
        del self._arrived[: end + 2]
        return line

    def _receive_chunks(self, limit: int) -> Steps[None]:
        for _ in range(MAX_CHUNKS):
            line = yield from self._receive_line()
            found = _CHUNK_SIZE.fullmatch(line)
            if not found:
                raise InvalidChunkSize(line[:20])
            size = int(found[1], 16)
            if not size:
                while (yield from self._receive_line()):
                    pass  # trailers
                return
            if self._body_bytes + size > limit:
                raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body exceeds {limit} bytes")
            yield from self._receive_bytes(size)
            if end := (yield from self._receive_line()):
                raise ChunkMissingTerminator(end[:20])
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body comes in more than {MAX_CHUNKS} chunks"
        )

    def _invite(self, request: Request) -> Steps[None]:
        if request._expected_100_continue:
            self.outbox.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            yield from self.send()
            self.outbox.response.clear()
