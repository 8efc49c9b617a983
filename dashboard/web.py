"""The web around the pages: what may come in, what goes out with every answer, what is said when something fails."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import flask
from dash import Dash
from dash.exceptions import DependencyException
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.errors import AccessError, DashboardError, ScopeError, UnreachedError
from dashboard.headers import HEADERS, NO_CONTENT, STRICT_TRANSPORT
from dashboard.logs import REQUEST
from dashboard.plain_page import page
from dashboard.settings import Settings
from dashboard.signs import count
from dashboard.static_cache import StaticCache

# A plan as CSV, or the state of a page with many forms, is far smaller.
MOST_BYTES = 4 * 1024**2
UPDATE = "/_dash-update-component"
CODES: Mapping[type[DashboardError], int] = {AccessError: 403, UnreachedError: 503, ScopeError: 400}
# What a user can do; who attacks learns nothing from it.
ADVICE: Mapping[int, str] = {
    400: "The request could not be read. Open the page anew.",
    401: "Sign in first.",
    403: "This is not open to you.",
    404: "There is no such page.",
    413: "What was sent is too large.",
    500: "Something went wrong here. Try again; if it happens again, tell whoever runs this server its number.",
    503: "The data can't be read at the moment. Try again in a minute.",
}
_log = logging.getLogger("dashboard.web")


def harden(app: Dash, policy: Mapping[str, str]) -> None:
    """Limits, headers, errors and logs of every request. Before the first one."""
    server: flask.Flask = app.server
    server.config["MAX_CONTENT_LENGTH"] = server.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    answer_errors(server)

    @server.before_request
    def begin() -> None:
        flask.g.began, flask.g.id = time.perf_counter(), secrets.token_hex(6)

    @server.after_request
    def finish(response: flask.Response) -> flask.Response:
        own = {"Content-Security-Policy": policy["value"]} if "value" in policy else NO_CONTENT
        for name, value in {**HEADERS, **own}.items():
            response.headers.setdefault(name, value)
        if flask.request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        if response.status_code in (400, 401, 403, 408, 413):
            response.headers["Connection"] = "close"  # what was not read of the request is not the next one
        _tell(response)
        return response


def refuse_malformed(app: Dash) -> None:
    """Answer what is no callback of ours in words. After whoever asks was let in: a body costs time to read."""
    server: flask.Flask = app.server

    @server.before_request
    def refuse() -> None:
        request = flask.request
        if request.method == "POST" and request.path == UPDATE and callback_of(request) not in app.callback_map:
            flask.abort(400)


def mount(server: flask.Flask, settings: Settings) -> None:
    """Put around the server what stands between it and a proxy in front."""
    inner: Any = StaticCache(server.wsgi_app)
    if settings.prefix != "/":
        # Both a proxy that strips the prefix and one that passes it on are understood.
        inner = DispatcherMiddleware(inner, {settings.prefix.rstrip("/"): inner})
    if settings.has_sign_in:
        inner = ProxyFix(inner, x_for=1, x_proto=1, x_host=1)
    server.wsgi_app = inner  # type: ignore[method-assign]


def content_policy(app: Dash, scripts: Sequence[str]) -> str:
    """The Content-Security-Policy: our own files, and the inline scripts by their digests."""
    hashes = " ".join([*app.csp_hashes(), *map(_hash, scripts)])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def answer_errors(server: flask.Flask) -> None:
    """Say of every error what the user can do, and no more; what it was stands in the log."""

    @server.errorhandler(DependencyException)
    def no_such_file(_: DependencyException) -> tuple[str, int]:
        return "not found", 404

    @server.errorhandler(DashboardError)
    def told(error: DashboardError) -> flask.Response:
        if code := next((code for kind, code in CODES.items() if isinstance(error, kind)), None):
            return _said(code, str(error))
        _log.error("the data can't be read", exc_info=error, extra={REQUEST: {"id": flask.g.get("id")}})
        return _said(503, ADVICE[503])

    @server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> flask.Response:
        code = error.code or 500
        answer = _said(code, error.description if _is_ours(error) else ADVICE.get(code, error.name))
        for name, value in error.get_headers():
            if name in ("Allow", "Location"):
                answer.headers[name] = value
        return answer

    @server.errorhandler(Exception)
    def failed(error: Exception) -> flask.Response:
        _log.error("a request failed", exc_info=error, extra={REQUEST: {"id": flask.g.get("id")}})
        return _said(500, ADVICE[500])


def _is_ours(error: HTTPException) -> bool:
    """Whether the words were given at `abort`: those of the library name what it saw."""
    return error.description != type(error).description and type(error).__module__ == "werkzeug.exceptions"


def _said(code: int, words: str | None) -> flask.Response:
    """The words for a program as JSON, for a person as a page with the way back."""
    words, number = words or ADVICE[500], flask.g.get("id", "")
    if flask.request.path.startswith("/api/"):
        told = {"error": words} | ({"id": number} if code == 500 else {})
        answer = flask.jsonify(told)
        answer.status_code = code
        return answer
    return page(code, words)


def callback_of(request: flask.Request) -> str | None:
    """The output of the callback that a request asks for; None where it can't be read."""
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        return None
    found = body.get("output") if isinstance(body, dict) else None
    return found if isinstance(found, str) else None


def _tell(response: flask.Response) -> None:
    """One line for each request, and its numbers: by its route, never by its address."""
    request = flask.request
    route = request.url_rule.rule if request.url_rule else "none"
    seconds = time.perf_counter() - flask.g.get("began", time.perf_counter())
    count(route, response.status_code, seconds)
    told = {"id": flask.g.get("id"), "method": request.method, "route": route, "status": response.status_code}
    _log.info("answered", extra={REQUEST: {**told, "ms": round(seconds * 1000, 1)}})


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
