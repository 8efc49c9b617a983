"""gunicorn's worker with threads that slow clients can't hold: who has not sent the request in time is not heard."""

from __future__ import annotations

import contextlib
import socket
import time
from concurrent.futures import Future
from typing import Any

from gunicorn.workers import gthread

RECEIVE_SECONDS = 10


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A connection is received from for ten seconds a request, however many clients send a byte now and then.

    gunicorn's own time limit is for the worker as a whole, and a thread that waits for a body is not seen by it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._since: dict[gthread.TConn, float] = {}
        self._late: set[gthread.TConn] = set()

    def enqueue_req(self, conn: gthread.TConn) -> None:
        """The clock of a request begins with its first byte, not with the first free thread."""
        self._since.setdefault(conn, time.monotonic())
        super().enqueue_req(conn)

    def handle(self, conn: gthread.TConn) -> Any:
        """A new connection that says nothing yet is waited for by nobody."""
        if not conn.initialized and not conn.wait_for_data(0):
            return gthread._DEFER
        return super().handle(conn)

    def handle_request(self, req: Any, conn: gthread.TConn) -> Any:
        """Where nothing more is heard from, the answer says so: the next request would find the connection closed."""
        said = req.should_close
        req.should_close = lambda: conn in self._late or said()
        return super().handle_request(req, conn)

    def finish_request(self, conn: gthread.TConn, fs: Future[Any]) -> None:
        """The next request on a connection has a clock of its own."""
        self._since.pop(conn, None)
        self._late.discard(conn)
        super().finish_request(conn, fs)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Beside the events: stop hearing whoever is late. What was received is answered all the same."""
        super().wait_for_and_dispatch_events(timeout)
        now = time.monotonic()
        for conn in [conn for conn, since in self._since.items() if now - since > RECEIVE_SECONDS]:
            del self._since[conn]
            self._late.add(conn)
            with contextlib.suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)
