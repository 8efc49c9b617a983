"""WSGI middleware: Dash's static files compressed once and served from memory, other text compressed lightly.

Dash reads and Flask-Compress compresses a static file again on every request, even to answer 304.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
SMALLEST = 1024  # bytes; below it compression saves no packet
# Dash's fingerprints: "async-graph.v4_4_1m1700000000.js" in its packages, "style.css?m=1700000000.0" in assets.
FINGERPRINT = re.compile(r"\.v[\w-]+m[0-9a-fA-F]+\.|\?m=[\w.]+$")
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
# Headers about one transfer or one viewer, not about the file.
NOT_KEPT = ("content-length", "cache-control", "accept-ranges", "last-modified", "etag", "set-cookie", "date")
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")

Encodings = dict[str, bytes]


@dataclass(frozen=True)
class Answer:
    """A static file as it is sent; `digest` names its content, `bodies` has it by encoding, the best first."""

    status: int
    headers: tuple[tuple[str, str], ...]
    digest: str
    bodies: Encodings


class StaticCache:
    """Serves `prefix`_dash-component-suites/* and `prefix`assets/* of `application` from memory.

    Keeps at most `most_answers` addresses and `most_bytes` of content, and starts over when there are more. Only
    answers with status 200 are kept. Threads may share it: at worst two of them compress the same file.
    """

    def __init__(
        self, application: WSGIApplication, prefix: str = "/", most_answers: int = 500, most_bytes: int = 64 << 20
    ) -> None:
        self.application = application
        self.static = (f"{prefix}_dash-component-suites/", f"{prefix}assets/")
        self.most_answers, self.most_bytes = most_answers, most_bytes
        self.answers: dict[str, Answer] = {}
        self.contents: dict[str, Encodings] = {}  # by digest: one file under many addresses is kept once
        self.lock = threading.Lock()
        self.brotli = brotli_compressor()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        is_static = request.method in ("GET", "HEAD") and request.path.startswith(self.static)
        response = self.static_response(request) if is_static else self.dynamic_response(request)
        return response(environ, start_response)

    def static_response(self, request: Request) -> Response:
        address = request.full_path.rstrip("?")
        answer = self.answers.get(address) or self.fetch(request, address)
        encoding = request.accept_encodings.best_match(answer.bodies) or "identity"
        response = Response(answer.bodies[encoding], answer.status, list(answer.headers))
        response.vary.add("Accept-Encoding")
        if encoding != "identity":
            response.content_encoding = encoding
        if answer.status == 200:
            response.headers["Cache-Control"] = FOR_EVER if FINGERPRINT.search(address) else ASK_AGAIN
            response.set_etag(f"{answer.digest}-{encoding}")
            response.make_conditional(request)
        return response

    def fetch(self, request: Request, address: str) -> Answer:
        """The application's own answer to a plain GET, compressed, and kept if it is a 200."""
        environ = {key: value for key, value in request.environ.items() if key not in CONDITIONS}
        environ |= {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "identity"}
        response = Response.from_app(self.application, environ, buffered=True)
        body = response.get_data()
        digest = hashlib.sha256(body).hexdigest()[:24]
        bodies = self.contents.get(digest) or self.encodings(body, response.mimetype or "")
        headers = tuple((name, value) for name, value in response.headers if name.lower() not in NOT_KEPT)
        answer = Answer(response.status_code, headers, digest, bodies)
        if answer.status == 200:
            self.keep(address, answer)
        return answer

    def encodings(self, body: bytes, mimetype: str) -> Encodings:
        """The body by encoding, the best first."""
        if len(body) <= SMALLEST or not mimetype.startswith(TEXT):
            return {"identity": body}
        brotli = {"br": self.brotli(body)} if self.brotli else {}
        return brotli | {"gzip": gzip.compress(body, 9, mtime=0), "identity": body}

    def keep(self, address: str, answer: Answer) -> None:
        added = {answer.digest: answer.bodies}
        if size(added) > self.most_bytes:
            return
        with self.lock:
            if len(self.answers) >= self.most_answers or size(self.contents | added) > self.most_bytes:
                self.answers, self.contents = {}, {}
            self.contents.update(added)
            self.answers[address] = answer

    def dynamic_response(self, request: Request) -> Response:
        """The application's answer, gzipped if it is finished text of some size; a stream stays a stream."""
        response = Response.from_app(self.application, request.environ)
        response.vary.add("Accept-Encoding")
        is_whole = request.method != "HEAD" and response.status_code == 200 and not response.content_encoding
        is_long = (response.content_length or 0) > SMALLEST and (response.mimetype or "").startswith(TEXT)
        if is_whole and is_long and request.accept_encodings["gzip"]:
            response.set_data(gzip.compress(response.get_data(), 1))
            response.content_encoding = "gzip"
            tag, _ = response.get_etag()
            if tag:  # a strong tag would claim the very bytes
                response.set_etag(tag, weak=True)
        return response


def size(contents: dict[str, Encodings]) -> int:
    return sum(len(body) for bodies in contents.values() for body in bodies.values())


def brotli_compressor() -> Callable[[bytes], bytes] | None:
    """Quality 9 takes 0.2 s for the plotly bundle, once; 11 takes 3.6 s and saves 8 %."""
    try:
        compress = importlib.import_module("brotli").compress
    except ImportError:
        return None
    return lambda body: bytes(compress(body, quality=9))
