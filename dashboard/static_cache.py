"""WSGI middleware: Dash's static files compressed once and served from memory, other text gzipped lightly.

Dash reads and Flask-Compress compresses a static file again on every request, even to answer 304.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
SMALLEST = 1024  # bytes; up to here compression saves no packet
# Dash's fingerprints: "async-graph.v4_4_1m17000000.js" in its packages, "style.css?m=17000000.0" in assets.
FINGERPRINT = re.compile(r"\.v[\w-]+m[0-9a-fA-F]+\.|\?m=[\w.]+$")
ASK_AGAIN, FOR_EVER = "public, no-cache", "public, max-age=31536000, immutable"
# Headers about one transfer or one viewer, not about the file.
NOT_KEPT = ("content-length", "cache-control", "accept-ranges", "last-modified", "etag", "set-cookie", "date")
NOT_ASKED = re.compile(r"HTTP_(ACCEPT_ENCODING|IF_.*|RANGE)")
Encodings = dict[str, bytes]


@dataclass(frozen=True)
class Answer:
    """A static file as it is sent; `digest` names its content, `bodies` by encoding, the best first."""

    status: int
    headers: tuple[tuple[str, str], ...]
    digest: str
    bodies: Encodings


class StaticCache:
    """Serves `prefix`_dash-component-suites/* and `prefix`assets/* of the application `inner` from memory.

    Keeps answers with status 200, at most `most_answers` addresses and `most_bytes` of content, and starts
    over when there are more. Threads may share it: at worst two of them compress the same file.
    """

    def __init__(
        self, inner: WSGIApplication, prefix: str = "/", most_answers: int = 500, most_bytes: int = 1 << 26
    ) -> None:
        self.inner, self.brotli = inner, brotli_compressor()
        self.static = (f"{prefix}_dash-component-suites/", f"{prefix}assets/")
        self.most_answers, self.most_bytes = most_answers, most_bytes
        self.answers: dict[str, Answer] = {}
        self.contents: dict[str, Encodings] = {}  # by digest: one file under many addresses is kept once
        self.lock = threading.Lock()

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
        """The application's own answer to a plain GET, compressed, and kept."""
        environ = {key: value for key, value in request.environ.items() if not NOT_ASKED.fullmatch(key)}
        response = Response.from_app(self.inner, environ | {"REQUEST_METHOD": "GET"}, buffered=True)
        body = response.get_data()
        digest = hashlib.sha256(body).hexdigest()[:24]
        bodies = self.contents.get(digest) or self.encodings(body, response.mimetype or "")
        headers = tuple((name, value) for name, value in response.headers if name.lower() not in NOT_KEPT)
        self.keep(address, answer := Answer(response.status_code, headers, digest, bodies))
        return answer

    def encodings(self, body: bytes, mimetype: str) -> Encodings:
        if len(body) <= SMALLEST or not mimetype.startswith(TEXT):
            return {"identity": body}
        best = {"br": self.brotli(body)} if self.brotli else {}
        return best | {"gzip": gzip.compress(body, 9, mtime=0), "identity": body}

    def keep(self, address: str, answer: Answer) -> None:
        added = {answer.digest: answer.bodies}
        if answer.status != 200 or size(added) > self.most_bytes:
            return
        with self.lock:
            if len(self.answers) >= self.most_answers or size(self.contents | added) > self.most_bytes:
                self.answers, self.contents = {}, {}
            self.contents.update(added)
            self.answers[address] = answer

    def dynamic_response(self, request: Request) -> Response:
        """The application's answer, gzipped if it is finished text of some size; a stream stays a stream."""
        response = Response.from_app(self.inner, request.environ)
        response.vary.add("Accept-Encoding")
        is_whole = request.method != "HEAD" and response.status_code == 200 and not response.content_encoding
        is_text = (response.mimetype or "").startswith(TEXT)
        is_fit = is_text and SMALLEST < (response.content_length or 0) <= self.most_bytes
        if is_whole and is_fit and request.accept_encodings["gzip"]:
            response.set_data(gzip.compress(response.get_data(), 1))
            response.content_encoding = "gzip"
        return response


def size(contents: dict[str, Encodings]) -> int:
    return sum(len(body) for bodies in contents.values() for body in bodies.values())


def brotli_compressor() -> Callable[[bytes], bytes] | None:
    """Brotli, if installed. Quality 9 takes 0.2 s for the plotly bundle; 11 takes 3.6 s and saves 8 %."""
    if importlib.util.find_spec("brotli") is None:
        return None
    compress = importlib.import_module("brotli").compress
    return lambda body: bytes(compress(body, quality=9))
