"""The gunicorn worker: clients send and take at their own pace while one response at a time is computed."""

from __future__ import annotations

import math
import os
import selectors
import time
from collections import deque
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from gunicorn import util
from gunicorn.workers.sync import SyncWorker

from gateway.client import RECEIVE_BYTES, Client, RefusedError, Steps
from gateway.waiting import Answering

HEAD_TIMEOUT_S = 10.0  # headers are short: however slow a connection is, they take no longer
STOP_S, SILENT_STOP_S = 5.0, 1.0  # for clients to finish, or to begin, when the worker stops
HELD_BYTES = 32_000_000  # of large requests and responses under way in one worker
SWEEP_S = 0.5  # between two looks for clients that take too long


class GatewayWorker(SyncWorker):
    """gunicorn's sync worker, but the app is called only with requests that have arrived in full, one after
    the other. Connections are closed after one response. A handler that waits for another server by
    `wait_for` lets others go first.

    Attributes:
        client_timeout_s: for a client to send its request, and again to take the response.
        max_body_bytes: of a request; a longer one reaches the app without its body, or is refused if it does
            not say its length.
    """

    client_timeout_s: ClassVar[float]
    max_body_bytes: ClassVar[int]

    @classmethod
    def check_config(cls, config: Any, _log: Any) -> None:
        """Refuse what the sync worker can do and this one cannot; gunicorn calls it at start."""
        if config.is_ssl:
            raise SystemExit("error: this server does not speak TLS: leave the certificate to a proxy")

    def run(self) -> None:
        """Serve until told to stop, or until the master is gone."""
        self._selector = selectors.DefaultSelector()
        self._clients: set[Client] = set()
        self._next_sweep_at = 0.0
        self._ready: deque[Client] = deque()  # what they have waited for is there
        self._selector.register(self.PIPE[0], selectors.EVENT_READ, self._wake)
        for listener in self.sockets:
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ, partial(self._accept, listener))
        while self.alive and self.is_parent_alive():
            self._turn()
        for listener in self.sockets:
            self._selector.unregister(listener)
            listener.close()
        stopped = time.monotonic()
        for client in self._clients:
            if client.silent:
                client.deadline = min(client.deadline, stopped + SILENT_STOP_S)
        while self._clients and time.monotonic() < stopped + STOP_S:
            self._turn()

    def _turn(self) -> None:
        """Go on with every client that can, accept one, refuse those who take too long."""
        self.notify()
        for key, _ in self._selector.select(SWEEP_S):
            key.data()
        now = time.monotonic()
        if now < self._next_sweep_at:
            return
        self._next_sweep_at = now + SWEEP_S
        for client in [client for client in self._clients if client.deadline <= now]:
            waited = f"The request has not arrived in full within {now - client.since:.0f} s"
            self._resume(client, RefusedError(HTTPStatus.REQUEST_TIMEOUT, waited))

    def _wake(self) -> None:
        """Go on with clients whose answers have waited for another server."""
        os.read(self.PIPE[0], 4_096)
        while self._ready:
            self._resume(self._ready.popleft())

    def _accept(self, listener: Any) -> None:
        try:
            connection, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another worker was faster, or the client is gone
        except OSError as error:  # too many open files
            self.log.warning("dropping the oldest connection: %s", error)
            self._drop_oldest(self._clients)
            return
        if len(self._clients) >= self.cfg.worker_connections:
            self._drop_oldest(self._clients)
        client = Client(connection, address)
        client.steps = self._serve(client)
        self._clients.add(client)
        self._resume(client)

    def _serve(self, client: Client) -> Steps[None]:
        """Receive a request, have it answered, send the response."""
        request = None
        received = False
        try:
            client.deadline = client.since + min(HEAD_TIMEOUT_S, self.client_timeout_s)
            request = yield from client.receive_head(self.cfg)
            client.deadline = client.since + self.client_timeout_s
            request.body = yield from client.receive_body(request, self.max_body_bytes)
            received = True
            self.notify()
            yield from self._answer(client, request)
        except RefusedError as error:
            if client.silent:
                return
            util.write_error(client.outbox, error.status.value, error.status.phrase, str(error))
        except (Exception, SystemExit) as error:
            if isinstance(error, OSError) and not received:
                raise  # the connection broke
            self.handle_error(request, client.outbox, client.address, error)
        client.deadline = time.monotonic() + self.client_timeout_s
        yield from client.send()
        if not received:
            yield from client.drain()

    def _answer(self, client: Client, request: Any) -> Steps[None]:
        """Have the app answer; whenever it waits for another server, so does this client, and nobody else."""
        answering = Answering(
            partial(self.handle_request, client.socket, request, client.outbox, client.address)
        )
        try:
            while waited := answering.proceed():
                client.deadline = math.inf  # `wait_for` is given work that ends by itself
                waited.add_done_callback(partial(self._make_ready, client))
                yield 0
        except StopIteration:
            pass  # the app failed in the middle of its response, which is cut off there
        finally:
            if not answering.dead:
                answering.abandon()

    def _make_ready(self, client: Client, _done: object) -> None:
        """Have a client gone on with; called by the thread that has done the work."""
        self._ready.append(client)
        os.write(self.PIPE[1], b"r")

    def _resume(self, client: Client, error: RefusedError | None = None) -> None:
        """Let a client go on until it has to be waited for, or is done."""
        try:
            event = client.steps.throw(error) if error else next(client.steps)
        except StopIteration:
            self._close(client)
        except (OSError, RefusedError) as reason:
            self.log.debug("closing a connection: %s", reason)
            self._close(client)
        else:
            self._wait_for(client, event)
            if client.held_bytes > RECEIVE_BYTES:
                large = {other for other in self._clients if other.held_bytes > RECEIVE_BYTES}
                if sum(other.held_bytes for other in large) > HELD_BYTES:
                    self._drop_oldest(large)

    def _wait_for(self, client: Client, event: int) -> None:
        if not event:
            if client.awaited:
                self._selector.unregister(client.socket)
        elif not client.awaited:
            self._selector.register(client.socket, event, partial(self._resume, client))
        elif client.awaited != event:
            self._selector.modify(client.socket, event, partial(self._resume, client))
        client.awaited = event

    def _drop_oldest(self, clients: set[Client]) -> None:
        if clients:
            oldest = min(clients, key=lambda client: client.since)
            oldest.steps.close()
            self._close(oldest)

    def _close(self, client: Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            if client.awaited:
                self._selector.unregister(client.socket)
            client.socket.close()
