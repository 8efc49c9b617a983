"""What people write in the app: saved views, notes, and a log in which nothing is lost.

One small transactional store, an SQLite file in the home or the PostgreSQL database that DATABASE_URL names. Instants
are UTC and carry their zone. A write says which version it saw; where somebody was faster, it is refused and told.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dashboard.errors import ConflictError, StoreError
from dashboard.settings import Settings
from dashboard.store.database import Database
from dashboard.store.tables import CHANGES, NOTES, VIEWS

NAME_LENGTH = 200
ADDRESS_LENGTH = 2_000
TEXT_LENGTH = 4_000
GREATEST_ID = 2**63 - 1


@dataclass(frozen=True)
class SavedView:
    """A page as somebody arranged it; `address` is its path and query."""

    id: int
    stream: str
    name: str
    address: str
    written_at: dt.datetime
    version: int


@dataclass(frozen=True)
class Note:
    """What somebody noted on a view. `changed_at` equals `written_at` until somebody changes it."""

    id: int
    stream: str
    address: str
    text: str
    written_at: dt.datetime
    changed_at: dt.datetime
    version: int


@dataclass(frozen=True)
class Change:
    """One write. `kind` is "view" or "note", `action` "add", "change" or "remove".

    `before` and `after` are the record as JSON; before is None for "add", after for "remove".
    """

    at: dt.datetime
    kind: str
    record_id: int
    action: str
    before: str | None
    after: str | None


Record = TypeVar("Record", SavedView, Note)


@dataclass(frozen=True)
class _Kind(Generic[Record]):
    """A kind of record: its word, its table, and its class, whose fields are the columns."""

    word: str
    table: sa.Table
    record: type[Record]


VIEW = _Kind("view", VIEWS, SavedView)
NOTE = _Kind("note", NOTES, Note)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def store_of(settings: Settings) -> Store:
    """The store of these settings; nothing is opened yet. Raises SettingsError for an address that can't be used."""
    return Store(settings.database_url or settings.home / "store.sqlite")


class Store:
    """Saved views, notes and their log. Every method raises StoreError where the database can't be used."""

    def __init__(self, url: str | Path, now: Callable[[], dt.datetime] = _now) -> None:
        """`url` as in DATABASE_URL, or the path of an SQLite file. Opens nothing; raises SettingsError."""
        self._database = Database(url)
        self._now = now

    def __repr__(self) -> str:
        return f"Store({self._database.address.where})"

    def views(self, stream: str) -> tuple[SavedView, ...]:
        """The saved views of a stream, by name."""
        return tuple(sorted(self._found(VIEW, stream=stream), key=lambda view: (view.name.casefold(), view.name)))

    def save_view(self, stream: str, name: str, address: str) -> SavedView:
        """The view, saved. Raises StoreError for a name that is taken, and for what can't be kept."""
        written = {"stream": _stream(stream), "name": _name(name), "address": _address(address)}
        taken = f'There is a view named "{written["name"]}" already. Choose another name, or remove that view first.'
        return self._add(VIEW, taken, **written, written_at=self._now())

    def remove_view(self, id: int, version: int) -> None:
        """Remove the view; it stays in the log. Raises ConflictError, or StoreError where it is gone."""
        self._remove(VIEW, id, version)

    def notes(self, stream: str, address: str | None = None) -> tuple[Note, ...]:
        """The notes of a stream, of all its views or of one, newest first."""
        chosen = {"stream": stream} if address is None else {"stream": stream, "address": address}
        return tuple(sorted(self._found(NOTE, **chosen), key=lambda note: (note.written_at, note.id), reverse=True))

    def add_note(self, stream: str, address: str, text: str) -> Note:
        """The note, kept. Raises StoreError for what can't be kept."""
        written = {"stream": _stream(stream), "address": _address(address), "text": _text(text)}
        now = self._now()
        return self._add(NOTE, "There is such a note already.", **written, written_at=now, changed_at=now)

    def change_note(self, id: int, version: int, text: str) -> Note:
        """The note with its new text. Raises ConflictError, which has the note as it is now, or StoreError."""
        said, now = _text(text), self._now()
        with self._database.writing() as connection:
            before = _current(connection, NOTE, id, version)
            after = replace(before, text=said, changed_at=now, version=before.version + 1)
            connection.execute(sa.update(NOTES).where(NOTES.c.id == id).values(asdict(after)))
            _log(connection, NOTE, now, before, after)
        return after

    def remove_note(self, id: int, version: int) -> None:
        """Remove the note; it stays in the log. Raises ConflictError, or StoreError where it is gone."""
        self._remove(NOTE, id, version)

    def log(self, limit: int = 100) -> tuple[Change, ...]:
        """The last changes, newest first."""
        columns = [column for column in CHANGES.c if column.name != "id"]
        with self._database.reading() as connection:
            if connection is None:
                return ()
            newest = sa.select(*columns).order_by(CHANGES.c.id.desc()).limit(max(limit, 0))
            return tuple(Change(**row) for row in connection.execute(newest).mappings())

    def close(self) -> None:
        """Let go of this process's connections; the next call opens new ones."""
        self._database.close()

    def _found(self, kind: _Kind[Record], **wanted: str) -> list[Record]:
        if any(_unkept(text) for text in wanted.values()):
            return []
        with self._database.reading() as connection:
            if connection is None:
                return []
            chosen = sa.select(kind.table).filter_by(**wanted)
            return [kind.record(**row) for row in connection.execute(chosen).mappings()]

    def _add(self, kind: _Kind[Record], taken: str, *, written_at: dt.datetime, **written: Any) -> Record:
        values = {**written, "written_at": written_at, "version": 1}
        with self._database.writing() as connection:
            try:
                key = connection.execute(sa.insert(kind.table).values(values)).inserted_primary_key
            except IntegrityError:
                raise StoreError(taken) from None
            record = kind.record(id=key[0] if key else 0, **values)
            _log(connection, kind, written_at, None, record)
        return record

    def _remove(self, kind: _Kind[Record], id: int, version: int) -> None:
        with self._database.writing() as connection:
            before = _current(connection, kind, id, version)
            connection.execute(sa.delete(kind.table).where(kind.table.c.id == id))
            _log(connection, kind, self._now(), before, None)


def _current(connection: sa.Connection, kind: _Kind[Record], id: int, version: int) -> Record:
    """The record, held until the transaction ends. Raises ConflictError where it has another version than was seen."""
    # PostgreSQL refuses to compare with a number that it can't hold; no record has the number 0.
    known = id if 0 < id <= GREATEST_ID else 0
    held = sa.select(kind.table).where(kind.table.c.id == known).with_for_update()
    row = connection.execute(held).mappings().one_or_none()
    if row is None:
        raise StoreError(f"This {kind.word} is not there any more: somebody removed it. The log still has it.")
    record = kind.record(**row)
    if record.version != version:
        raise ConflictError(
            f"Somebody changed this {kind.word} after you opened it, so nothing was written over it. "
            "Look at it as it is now, and decide again.",
            record,
        )
    return record


def _log(
    connection: sa.Connection, kind: _Kind[Record], at: dt.datetime, before: Record | None, after: Record | None
) -> None:
    action = "add" if before is None else "remove" if after is None else "change"
    known = before or after
    written = {"at": at, "kind": kind.word, "record_id": known.id if known else 0, "action": action}
    connection.execute(sa.insert(CHANGES).values(**written, before=_json(before), after=_json(after)))


def _json(record: SavedView | Note | None) -> str | None:
    return None if record is None else json.dumps(asdict(record), ensure_ascii=False, default=dt.datetime.isoformat)


def _unkept(text: str, but: str = "") -> str | None:
    """The first character that a database or a page does not take: a control character or half a pair."""
    found = (sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs") and sign not in but)
    return next(found, None)


def _checked(what: str, text: str, longest: int, but: str = "") -> str:
    if not text:
        raise StoreError(f"{what} is empty. Write something.")
    if len(text) > longest:
        raise StoreError(f"{what} has {len(text):,} characters; {longest:,} are kept at most. Shorten it.")
    sign = _unkept(text, but)
    if sign:
        raise StoreError(f"{what} holds a character that can't be kept (U+{ord(sign):04X}). Remove it.")
    return text


def _stream(text: str) -> str:
    return _checked("The name of the value stream", text, NAME_LENGTH)


def _name(text: str) -> str:
    """A name in one line, composed, so that two names that look the same are the same."""
    return _checked("The name", " ".join(unicodedata.normalize("NFC", text).split()), NAME_LENGTH)


def _address(text: str) -> str:
    """The address of a page of this app. Browsers take a backslash for a slash, and `//` for another server."""
    if not re.match(r"/(?![/\\])", text):
        raise StoreError('The address of a view begins with one "/", as in "/explore?stream=bank".')
    return _checked("The address of the view", text, ADDRESS_LENGTH)


def _text(text: str) -> str:
    return _checked("The note", text.replace("\r\n", "\n").replace("\r", "\n").strip(), TEXT_LENGTH, but="\n\t")
