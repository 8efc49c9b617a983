"""Pages that were drawn are kept as they were sent: who opens the same view as somebody before waits for nothing.

A page, or a part of one, is a function of the snapshot, of what was asked, of what people wrote (the store's log, the
files of the home), of what the one who asks may see and do, and of the day. All of that is the key; what is not known
to depend on these alone is not kept. All workers of a server share what they drew, in a folder that is theirs alone.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path

import flask

from dashboard import access, shared_folders, sight
from dashboard.errors import DashboardError, any_met, none_met_yet
from dashboard.roles import Role
from dashboard.shelf import FOLDER, PREFIX, Shelf
from dashboard.store import Store
from dashboard.warehouse import Warehouse
from dashboard.web import UPDATE, callback_of

LEVEL = 4  # of gzip: a tenth larger than with 6, in half of the time
GZIP = "gzip"


def register(server: flask.Flask, warehouse: Warehouse, store: Store, home: Path, draws: Callable[[str], bool]) -> None:
    """Keep what the callbacks answer whose output `draws`. After whoever asks was let in, and the body was read."""
    kept = Shelf(Path(os.environ.get(FOLDER) or _own_folder(server)))

    @server.before_request
    def known() -> flask.Response | None:
        request = flask.request
        flask.g.page = None
        if request.method != "POST" or request.path != UPDATE or not draws(callback_of(request) or ""):
            return None
        try:
            flask.g.page = _key(warehouse, store, home, request.get_data())
            none_met_yet()
        except (DashboardError, OSError):
            return None  # the page says what can't be read
        body = kept.get(flask.g.page)
        if body is None:
            return None
        flask.g.page = None
        return _answer(body)

    @server.after_request
    def keep(response: flask.Response) -> flask.Response:
        page = flask.g.get("page")
        # What a page says of something that went wrong may be over at the next look.
        if page is None or response.status_code != 200 or response.is_streamed or any_met():
            return response
        body = gzip.compress(response.get_data(), LEVEL)
        kept.put(page, body)
        return _answer(body)


def _own_folder(server: flask.Flask) -> str:
    """A folder that goes with the server."""
    folder, held = shared_folders.new(PREFIX)
    weakref.finalize(server, os.close, held)
    weakref.finalize(server, shutil.rmtree, folder, ignore_errors=True)
    return str(folder)


def _key(warehouse: Warehouse, store: Store, home: Path, asked: bytes) -> str:
    """A name for all that a page depends on."""
    snapshot, fault = warehouse.snapshot, warehouse.fault
    files = tuple((path.name, path.stat().st_ino, path.stat().st_ctime_ns) for path in _files(home))
    may = tuple(access.refusal(role) for role in Role)
    written = (store.last_change(), files)
    parts = (str(snapshot), fault, written, sight.seen(), may, str(dt.date.today()), asked)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


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
