"""gunicorn's worker with threads that slow clients can't hold: who does not send or take in time is not waited for."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers import gthread

from dashboard.headers import HEADERS, NO_CONTENT

# A request is received for so long, and a new connection may say nothing for so long.
RECEIVE_SECONDS = 10
# Of an answer some bytes must go within so long.
SEND_SECONDS = 10
TIMEVAL = "ll"
NO_REQUEST = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    ParseException: HTTPStatus.BAD_REQUEST,
}
FAULT = HTTPStatus.INTERNAL_SERVER_ERROR
UNREADABLE = b"The request could not be read."


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A connection is received from for ten seconds a request, however many clients send a byte now and then.

    gunicorn's own time limit is for the worker as a whole, and a thread that waits for a body is not seen by it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._since: dict[gthread.TConn, float] = {}
        self._late: set[gthread.TConn] = set()
        self._here = threading.local()

    def load_wsgi(self) -> None:
        """gunicorn drops the application's word that a connection ends: hear it."""
        super().load_wsgi()
        application: Callable[..., Iterable[bytes]] = self.wsgi  # type: ignore[has-type]

        def heard(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                if ("Connection", "close") in headers:
                    self._here.request.force_close()
                return start_response(status, headers, *more)

            return application(environ, started)

        self.wsgi = heard

    def enqueue_req(self, conn: gthread.TConn) -> None:
        """The clock of a request begins with its first byte, not with the first free thread."""
        self._since.setdefault(conn, time.monotonic())
        super().enqueue_req(conn)

    def handle(self, conn: gthread.TConn) -> Any:
        """A new connection that says nothing yet is waited for by nobody."""
        if not conn.initialized:
            if not conn.wait_for_data(0):
                return gthread._DEFER
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack(TIMEVAL, SEND_SECONDS, 0))
        return super().handle(conn)

    def handle_request(self, req: Any, conn: gthread.TConn) -> Any:
        """Where nothing more is heard from, the answer says so: the next request would find the connection closed."""
        said = req.should_close
        req.should_close = lambda: conn in self._late or said()
        self._here.request = req
        try:
            return super().handle_request(req, conn)
        except BlockingIOError:  # who asked takes nothing of the answer
            return False

    def handle_error(self, _req: Any, client: socket.socket, _addr: Any, exc: BaseException) -> None:
        """What is no request is answered like all others: with the headers, and without an echo, also in the log."""
        status = next((status for kind, status in NO_REQUEST.items() if isinstance(exc, kind)), FAULT)
        told = exc if status == FAULT else None
        self.log.warning("no answer of the application: %s", type(exc).__name__, exc_info=told)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", "Connection: close", "Content-Type: text/plain; charset=utf-8"]
        lines += [f"{name}: {value}" for name, value in (*HEADERS.items(), *NO_CONTENT.items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(UNREADABLE)}", "", ""])
        with contextlib.suppress(OSError):
            util.write_nonblock(client, head.encode() + UNREADABLE)

    def finish_request(self, conn: gthread.TConn, fs: Future[Any]) -> None:
        """The next request on a connection has a clock of its own; one that never spoke is closed soon."""
        self._since.pop(conn, None)
        self._late.discard(conn)
        super().finish_request(conn, fs)
        if not fs.cancelled() and not fs.exception() and fs.result() is gthread._DEFER:
            conn.timeout = time.monotonic() + RECEIVE_SECONDS

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Beside the events: stop hearing whoever is late. What was received is answered all the same."""
        super().wait_for_and_dispatch_events(timeout)
        now = time.monotonic()
        for conn in [conn for conn, since in self._since.items() if now - since > RECEIVE_SECONDS]:
            del self._since[conn]
            self._late.add(conn)
            with contextlib.suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)
