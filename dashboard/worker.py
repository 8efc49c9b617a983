"""gunicorn's worker with threads that slow clients can't hold: who does not send in time, or takes nothing, is not
waited for. Who takes a little of an answer at a time is: that a proxy in front keeps off.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http.errors import (
    ConfigurationProblem,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers import gthread

from dashboard.headers import HEADERS, NO_CONTENT

# A request is received for so long, and a new connection may say nothing for so long.
RECEIVE_SECONDS = 10
# Of an answer some bytes must go within so long.
SEND_SECONDS = 10
TIMEVAL = "ll"
FAULT = HTTPStatus.INTERNAL_SERVER_ERROR
NO_REQUEST = {
    # What the application says, and not the request, is at fault in the first three.
    **dict.fromkeys((ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName), FAULT),
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    ParseException: HTTPStatus.BAD_REQUEST,
}
UNREADABLE, FAILED = b"The request could not be read.", b"Something went wrong here."
# Connections that are closed at a time: a client that stays is listened to for two seconds more.
CLOSING = 4


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A connection is received from for ten seconds a request, however many clients send a byte now and then.

    gunicorn's own time limit is for the worker as a whole, and a thread that waits for a body is not seen by it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._since: dict[gthread.TConn, float] = {}
        self._here = threading.local()
        self._closing = ThreadPoolExecutor(CLOSING, "close")

    def load_wsgi(self) -> None:
        """The clock of a request ends where its answer begins. An answer says that its connection ends where it was
        not heard in time, for nothing more is, and where the application says so: gunicorn drops that word.
        """
        super().load_wsgi()
        application: Callable[..., Iterable[bytes]] = self.wsgi  # type: ignore[has-type]  # gunicorn has no types

        def heard(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                is_heard = self._since.pop(self._here.connection, None)
                if is_heard is None or ("Connection", "close") in headers:
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
        """Who takes nothing of an answer is left."""
        self._here.request, self._here.connection = req, conn
        try:
            return super().handle_request(req, conn)
        except BlockingIOError:
            with contextlib.suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RDWR)
            return False

    def handle_error(self, _req: Any, client: socket.socket, _addr: Any, exc: BaseException) -> None:
        """What is no request is answered like all others: with the headers, and without an echo, also in the log."""
        status = next((status for kind, status in NO_REQUEST.items() if isinstance(exc, kind)), FAULT)
        told = exc if status == FAULT else None
        self.log.warning("no answer of the application: %s", type(exc).__name__, exc_info=told)
        words = FAILED if status == FAULT else UNREADABLE
        own = {"Connection": "close", "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(words))}
        lines = [f"{name}: {value}" for name, value in {**own, **HEADERS, **NO_CONTENT}.items()]
        head = "\r\n".join([f"HTTP/1.1 {status.value} {status.phrase}", *lines, "", ""])
        with contextlib.suppress(OSError):
            util.write_nonblock(client, head.encode() + words)

    def finish_request(self, conn: gthread.TConn, fs: Future[Any]) -> None:
        """The next request on a connection has a clock of its own; one that never spoke is closed soon. Closing takes
        time where a client stays: here it would hold up all others.
        """
        self._since.pop(conn, None)
        result = not fs.cancelled() and not fs.exception() and fs.result()
        if not result:
            self.nr_conns -= 1
            self._closing.submit(conn.close, graceful=True)
            return
        super().finish_request(conn, fs)
        if result is gthread._DEFER:
            conn.timeout = time.monotonic() + RECEIVE_SECONDS

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Beside the events: stop hearing whoever is late. What was received is answered all the same."""
        super().wait_for_and_dispatch_events(timeout)
        now = time.monotonic()
        for conn in [conn for conn, since in list(self._since.items()) if now - since > RECEIVE_SECONDS]:
            if self._since.pop(conn, None) is not None:  # else its answer has just begun
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(conn.sock, socket.SHUT_RD)  # under TLS it would end the encryption
