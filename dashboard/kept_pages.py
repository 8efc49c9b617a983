"""Pages that were drawn are kept as they were sent: who opens the same view as somebody before waits for nothing.

A page, or a part of one, is a function of the snapshot, of what was asked, of what people wrote (the store's log, the
files of the home), of what the one who asks may see and do, and of the day. All of that is the key; what is not known
to depend on these alone is not kept.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import threading
from collections.abc import Callable, Hashable
from pathlib import Path

import flask
from cachetools import LRUCache

from dashboard import access, sight
from dashboard.errors import DashboardError
from dashboard.roles import Role
from dashboard.store import Store
from dashboard.warehouse import Warehouse
from dashboard.web import UPDATE, callback_of

BYTES = 64 << 20
LEVEL = 4  # of gzip: a tenth larger than with 6, in half of the time
GZIP = "gzip"


def register(server: flask.Flask, warehouse: Warehouse, store: Store, home: Path, draws: Callable[[str], bool]) -> None:
    """Keep what the callbacks answer whose output `draws`. After whoever asks was let in, and the body was read."""
    kept: LRUCache[Hashable, bytes] = LRUCache(BYTES, getsizeof=len)
    lock = threading.Lock()

    @server.before_request
    def known() -> flask.Response | None:
        request = flask.request
        flask.g.page = None
        if request.method != "POST" or request.path != UPDATE or not draws(callback_of(request) or ""):
            return None
        try:
            flask.g.page = _key(warehouse, store, home, request.get_data())
        except (DashboardError, OSError):
            return None  # the page says what can't be read
        with lock:
            body = kept.get(flask.g.page)
        if body is None:
            return None
        flask.g.page = None
        return _answer(body)

    @server.after_request
    def keep(response: flask.Response) -> flask.Response:
        page = flask.g.get("page")
        if page is None or response.status_code != 200 or response.is_streamed:
            return response
        body = gzip.compress(response.get_data(), LEVEL)
        if len(body) <= BYTES // 16:
            with lock:
                kept[page] = body
        return response


def _key(warehouse: Warehouse, store: Store, home: Path, asked: bytes) -> Hashable:
    """All that a page depends on."""
    snapshot, fault = warehouse.snapshot, warehouse.fault
    files = tuple(
        (path.name, path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_size) for path in _files(home)
    )
    may = tuple(access.refusal(role) for role in Role)
    written = (store.last_change(), files)
    return snapshot, fault, written, sight.seen(), may, dt.date.today(), hashlib.sha256(asked).digest()


def _files(home: Path) -> list[Path]:
    """What people write beside the store: the definitions, the plan, who may do what, and the maps."""
    return sorted(path for folder in (home, home / "maps") if folder.is_dir() for path in folder.glob("*.toml"))


def _answer(body: bytes) -> flask.Response:
    """The bytes as the browser takes them."""
    is_taken = bool(flask.request.accept_encodings[GZIP])
    response = flask.Response(body if is_taken else gzip.decompress(body), mimetype="application/json")
    if is_taken:
        response.content_encoding = GZIP
    return response
