"""What people write in the app: saved views, notes, records of walks, corrected causes, and a log that loses nothing.

One small transactional store, an SQLite file in the home or the PostgreSQL database that DATABASE_URL names. Instants
are UTC and carry their zone. A write says which version it saw; where somebody was faster, it is refused and told.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from dashboard.errors import ConflictError, StoreError
from dashboard.settings import Settings
from dashboard.store import checked
from dashboard.store.database import Database
from dashboard.store.tables import CAUSES, CHANGES, NOTES, VIEWS, WALK_NOTES, WALKS

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
class Walk:
    """A walk along a value stream that a group held. `roles` tells who was there, by role and not by name;
    `address` is the page of the walk in its scope, so that its figures can be looked at again."""

    id: int
    stream: str
    title: str
    held_on: dt.date
    roles: str
    address: str
    written_at: dt.datetime
    changed_at: dt.datetime
    version: int


@dataclass(frozen=True)
class WalkNote:
    """What a group wrote down at a step of a walk: an "observation" or an "idea". `step` is "" for the whole stream."""

    id: int
    walk: int
    step: str
    kind: str
    text: str
    written_at: dt.datetime
    changed_at: dt.datetime
    version: int


@dataclass(frozen=True)
class Cause:
    """The deployment that somebody says caused an incident, whatever the sources say; "" for none."""

    id: int
    stream: str
    incident_id: str
    deployment_id: str
    written_at: dt.datetime
    changed_at: dt.datetime
    version: int


@dataclass(frozen=True)
class Change:
    """One write. `kind` is "view", "note", "walk", "note of a walk", "cause of an incident", or a kind of entry of the
    plan, whose `record_id` is 0, for its id is in the record; `action` is "add", "change" or "remove".

    `before` and `after` are the record as JSON; before is None for "add", after for "remove".
    """

    at: dt.datetime
    kind: str
    record_id: int
    action: str
    before: str | None
    after: str | None


Record = TypeVar("Record", SavedView, Note, Walk, WalkNote, Cause)
Changed = TypeVar("Changed", Note, Walk, WalkNote, Cause)


@dataclass(frozen=True)
class _Kind(Generic[Record]):
    """A kind of record: its word, its table, and its class, whose fields are the columns."""

    word: str
    table: sa.Table
    record: type[Record]


VIEW = _Kind("view", VIEWS, SavedView)
NOTE = _Kind("note", NOTES, Note)
WALK = _Kind("walk", WALKS, Walk)
WALK_NOTE = _Kind("note of a walk", WALK_NOTES, WalkNote)
CAUSE = _Kind("cause of an incident", CAUSES, Cause)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def store_of(settings: Settings) -> Store:
    """The store of these settings; nothing is opened yet. Raises SettingsError for an address that can't be used."""
    return Store(settings.database_url or settings.home / "store.sqlite")


class Store:
    """Saved views, notes, walks, causes, and their log. Each method raises StoreError where the database is no use."""

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
        written = {"stream": checked.stream(stream), "name": checked.name(name), "address": checked.address(address)}
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
        written = {"stream": checked.stream(stream), "address": checked.address(address), "text": checked.text(text)}
        now = self._now()
        return self._add(NOTE, "There is such a note already.", **written, written_at=now, changed_at=now)

    def change_note(self, id: int, version: int, text: str) -> Note:
        """The note with its new text. Raises ConflictError, which has the note as it is now, or StoreError."""
        return self._change(NOTE, id, version, text=checked.text(text))

    def remove_note(self, id: int, version: int) -> None:
        """Remove the note; it stays in the log. Raises ConflictError, or StoreError where it is gone."""
        self._remove(NOTE, id, version)

    def walks(self, stream: str) -> tuple[Walk, ...]:
        """The walks of a stream, the last one first."""
        return tuple(sorted(self._found(WALK, stream=stream), key=lambda walk: (walk.held_on, walk.id), reverse=True))

    def add_walk(self, stream: str, title: str, held_on: dt.date, roles: str, address: str) -> Walk:
        """The walk, kept. Raises StoreError for what can't be kept."""
        place = {"stream": checked.stream(stream), "address": checked.address(address)}
        now, taken = self._now(), "There is such a walk already."
        return self._add(WALK, taken, **place, **_walk(title, held_on, roles), written_at=now, changed_at=now)

    def change_walk(self, id: int, version: int, title: str, held_on: dt.date, roles: str) -> Walk:
        """The walk with another title, day and roles. Raises ConflictError, which has the walk, or StoreError."""
        return self._change(WALK, id, version, **_walk(title, held_on, roles))

    def remove_walk(self, id: int, version: int) -> None:
        """Remove a walk without notes. Raises ConflictError, or StoreError where it has notes or is gone."""
        self._remove(WALK, id, version)

    def walk_notes(self, walk: int) -> tuple[WalkNote, ...]:
        """What was written down on a walk, in the order of writing."""
        return tuple(sorted(self._found(WALK_NOTE, walk=_known(walk)), key=lambda note: (note.written_at, note.id)))

    def add_walk_note(self, walk: int, step: str, kind: str, text: str) -> WalkNote:
        """The observation or idea, kept with its walk. Raises StoreError for what can't be kept."""
        written = {"step": checked.step(step), "kind": checked.kind(kind), "text": checked.text(text)}
        now, taken = self._now(), "There is such a note already."
        return self._add(WALK_NOTE, taken, walk=walk, **written, written_at=now, changed_at=now)

    def change_walk_note(self, id: int, version: int, text: str) -> WalkNote:
        """The note with its new text. Raises ConflictError, which has the note as it is now, or StoreError."""
        return self._change(WALK_NOTE, id, version, text=checked.text(text))

    def remove_walk_note(self, id: int, version: int) -> None:
        """Remove the note; it stays in the log. Raises ConflictError, or StoreError where it is gone."""
        self._remove(WALK_NOTE, id, version)

    def causes(self, stream: str) -> tuple[Cause, ...]:
        """The corrected causes of incidents of a stream, by incident."""
        return tuple(sorted(self._found(CAUSE, stream=stream), key=lambda cause: cause.incident_id))

    def corrected(self, stream: str) -> tuple[tuple[str, str], ...]:
        """Each incident whose cause is corrected with its deployment, "" for none.

        Where the store can't be read, what the sources say holds: the page on which causes are corrected says why.
        """
        try:
            return tuple((cause.incident_id, cause.deployment_id) for cause in self.causes(stream))
        except StoreError:
            return ()

    def add_cause(self, stream: str, incident_id: str, deployment_id: str) -> Cause:
        """The cause, kept. Raises StoreError where the incident's cause is corrected already."""
        written = {"stream": checked.stream(stream), "incident_id": checked.key(incident_id)}
        written |= {"deployment_id": checked.key(deployment_id) if deployment_id else ""}
        now = self._now()
        taken = f"The cause of {incident_id} is corrected already. Take that back first, or look at the page anew."
        return self._add(CAUSE, taken, **written, written_at=now, changed_at=now)

    def remove_cause(self, id: int, version: int) -> None:
        """What the sources say holds again. Raises ConflictError, or StoreError where it is gone."""
        self._remove(CAUSE, id, version)

    @contextmanager
    def logging(
        self, changes: Sequence[tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]]
    ) -> Iterator[None]:
        """Log what is written to a document within the block, neither without the other.

        `changes` are (kind, before, after). Raises StoreError where the log can't be kept.
        """
        now = self._now()
        with self._database.writing() as connection:
            for kind, before, after in changes:
                _log_entry(connection, now, kind, 0, _dumped(before), _dumped(after))
            yield

    def log(self, limit: int = 100, kinds: Sequence[str] | None = None) -> tuple[Change, ...]:
        """The last changes, newest first, of all kinds or of some."""
        columns = [column for column in CHANGES.c if column.name != "id"]
        with self._database.reading() as connection:
            if connection is None:
                return ()
            newest = sa.select(*columns).order_by(CHANGES.c.id.desc()).limit(max(limit, 0))
            newest = newest if kinds is None else newest.where(CHANGES.c.kind.in_(kinds))
            return tuple(Change(**row) for row in connection.execute(newest).mappings())

    def last_change(self) -> int:
        """The number of the last write of all, 0 before the first: as long as it is the same, all records are."""
        with self._database.reading() as connection:
            if connection is None or not sa.inspect(connection).has_table(CHANGES.name):
                return 0
            return int(connection.scalar(sa.select(sa.func.max(CHANGES.c.id))) or 0)

    def close(self) -> None:
        """Let go of this process's connections; the next call opens new ones."""
        self._database.close()

    def _found(self, kind: _Kind[Record], **wanted: str | int) -> list[Record]:
        if any(isinstance(value, str) and checked.unkept(value) for value in wanted.values()):
            return []
        with self._database.reading() as connection:
            # A store that an older program wrote gets its missing tables with the next write.
            if connection is None or not sa.inspect(connection).has_table(kind.table.name):
                return []
            chosen = sa.select(kind.table).filter_by(**wanted)
            return [kind.record(**row) for row in connection.execute(chosen).mappings()]

    def _add(self, kind: _Kind[Record], taken: str, /, *, written_at: dt.datetime, **written: Any) -> Record:
        values = {**written, "written_at": written_at, "version": 1}
        with self._database.writing() as connection:
            if "walk" in written:
                _held(connection, WALK, written["walk"])
            try:
                key = connection.execute(sa.insert(kind.table).values(values)).inserted_primary_key
            except IntegrityError:
                raise StoreError(taken) from None
            record = kind.record(id=key[0] if key else 0, **values)
            _log(connection, kind, written_at, None, record)
        return record

    def _change(self, kind: _Kind[Changed], id: int, version: int, **changes: Any) -> Changed:
        now = self._now()
        with self._database.writing() as connection:
            before = _current(connection, kind, id, version)
            after = replace(before, changed_at=now, version=before.version + 1, **changes)
            connection.execute(sa.update(kind.table).where(kind.table.c.id == id).values(asdict(after)))
            _log(connection, kind, now, before, after)
        return after

    def _remove(self, kind: _Kind[Record], id: int, version: int) -> None:
        with self._database.writing() as connection:
            before = _current(connection, kind, id, version)
            if isinstance(before, Walk):
                _refuse_with_notes(connection, before)
            connection.execute(sa.delete(kind.table).where(kind.table.c.id == id))
            _log(connection, kind, self._now(), before, None)


def _known(id: int) -> int:
    """The id, or 0, which no record has: PostgreSQL refuses to compare with a number that it can't hold."""
    return id if 0 < id <= GREATEST_ID else 0


def _held(connection: sa.Connection, kind: _Kind[Record], id: int) -> Record:
    """The record, held until the transaction ends. Raises StoreError where it is gone."""
    held = sa.select(kind.table).where(kind.table.c.id == _known(id)).with_for_update()
    row = connection.execute(held).mappings().one_or_none()
    if row is None:
        raise StoreError(f"This {kind.word} is not there any more: somebody removed it. The log still has it.")
    return kind.record(**row)


def _current(connection: sa.Connection, kind: _Kind[Record], id: int, version: int) -> Record:
    """The record, held. Raises ConflictError where it has another version than was seen."""
    record = _held(connection, kind, id)
    if record.version != version:
        raise ConflictError(
            f"Somebody changed this {kind.word} after you opened it, so nothing was written over it. "
            "Look at it as it is now, and decide again.",
            record,
        )
    return record


def _refuse_with_notes(connection: sa.Connection, walk: Walk) -> None:
    count = connection.scalar(sa.select(sa.func.count()).where(WALK_NOTES.c.walk == walk.id)) or 0
    if count:
        raise StoreError(f"This walk has {count:,} {'note' if count == 1 else 'notes'}. Remove what it holds first.")


def _log(
    connection: sa.Connection, kind: _Kind[Record], at: dt.datetime, before: Record | None, after: Record | None
) -> None:
    known = before or after
    _log_entry(connection, at, kind.word, known.id if known else 0, _json(before), _json(after))


def _log_entry(
    connection: sa.Connection, at: dt.datetime, kind: str, id: int, before: str | None, after: str | None
) -> None:
    action = "add" if before is None else "remove" if after is None else "change"
    written = {"at": at, "kind": kind, "record_id": id, "action": action}
    connection.execute(sa.insert(CHANGES).values(**written, before=before, after=after))


def _json(record: SavedView | Note | Walk | WalkNote | Cause | None) -> str | None:
    return None if record is None else _dumped(asdict(record))


def _dumped(record: Mapping[str, Any] | None) -> str | None:
    return None if record is None else json.dumps(record, ensure_ascii=False, default=_iso)


def _iso(value: dt.date) -> str:
    return value.isoformat()


def _walk(title: str, held_on: dt.date, roles: str) -> dict[str, Any]:
    return {"title": checked.name(title, "The title"), "held_on": held_on, "roles": checked.roles(roles)}
