"""Transactions on SQLite or PostgreSQL, and what goes wrong with them in words.

Nothing is opened before the first use, and each process opens its own: gunicorn forks after the app was made.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dashboard.errors import StoreError
from dashboard.store.address import TIMEOUT_SECONDS, address_of
from dashboard.store.tables import META, METADATA, VERSION

CREATING = 7_305_213_901  # the number of PostgreSQL's advisory lock; any that others are unlikely to take
WRITES = "vsm_writes"


class Database:
    """Where the tables are. `reading` and `writing` are one transaction each."""

    def __init__(self, place: str | Path) -> None:
        """Raises SettingsError for an address that can't be used."""
        self.address = address_of(place)
        self._engines: dict[int, sa.Engine] = {}

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection | None]:
        """A transaction that sees one state; None where nothing was written yet, and then nothing is created."""
        with self._in_words():
            file = self.address.file
            if file and not file.exists():
                yield None
                return
            with self._transaction(writes=False) as connection:
                yield connection if self._version(connection) else None

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is kept as a whole or, after an error, not at all; the tables are there."""
        with self._in_words():
            if self.address.file:
                self.address.file.parent.mkdir(parents=True, exist_ok=True)
            with self._transaction(writes=True) as connection:
                if self._version(connection) < VERSION:
                    self._create_tables(connection)
                yield connection

    def close(self) -> None:
        """Let go of this process's connections. The next use opens new ones."""
        engine = self._engines.pop(os.getpid(), None)
        if engine:
            engine.dispose()

    @contextlib.contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[sa.Connection]:
        engine = self._engine()
        try:
            connection = engine.connect()
        except Exception as error:  # what TLS and the passwords' library raise is not wrapped
            raise self._complaint(error) from error
        with connection, connection.execution_options(**{WRITES: writes}).begin():
            yield connection

    def _engine(self) -> sa.Engine:
        """This process's engine. A parent's stays in the dictionary, so that its sockets are left alone."""
        known = self._engines.get(os.getpid())
        return known or self._engines.setdefault(os.getpid(), self._new_engine())

    def _new_engine(self) -> sa.Engine:
        arguments = self.address.arguments()
        if self.address.file:
            url = sa.URL.create("sqlite", database=str(self.address.file))
            engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments, hide_parameters=True)
            sa.event.listen(engine, "begin", _begin)
            return engine
        return sa.create_engine(
            "postgresql+pg8000://",
            connect_args=arguments,
            hide_parameters=True,
            pool_size=2,
            max_overflow=6,
            pool_timeout=TIMEOUT_SECONDS,
            pool_pre_ping=True,
        )

    def _version(self, connection: sa.Connection) -> int:
        """The version of the store's tables, 0 without any. Raises StoreError for one that a newer program wrote."""
        if not sa.inspect(connection).has_table(META.name):
            return 0
        version = int(connection.scalar(sa.select(META.c.value).where(META.c.name == "version")) or 0)
        if version > VERSION:
            raise StoreError(
                f"{self.address.where} was written by a newer program (its tables are of version {version}, "
                f"this program knows {VERSION}). Update this program."
            )
        return version

    def _create_tables(self, connection: sa.Connection) -> None:
        """The tables that are missing, by one process only: SQLite's transaction has the file already, PostgreSQL
        needs a lock."""
        if not self.address.file:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CREATING)))
        version = self._version(connection)
        if version == VERSION:
            return
        METADATA.create_all(connection)
        if version:
            connection.execute(sa.update(META).where(META.c.name == "version").values(value=str(VERSION)))
        else:
            connection.execute(sa.insert(META).values(name="version", value=str(VERSION)))

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise self._complaint(error) from error

    def _complaint(self, error: Exception) -> StoreError:
        where, reason = self.address.where, _reason(error)
        if not self.address.file:
            return StoreError(f"{where} can't be used ({reason}). See that it runs and that DATABASE_URL is right.")
        if "locked" in reason:
            return StoreError(f"{where} has been busy for {TIMEOUT_SECONDS} seconds. Try again.")
        if "not a database" in reason or "malformed" in reason:
            return StoreError(f"{where} is damaged ({reason}). Put a copy in its place, or move it away to begin anew.")
        return StoreError(
            f"{where} can't be read or written ({reason}). See that the disk has room and that the user who runs "
            "the program may write there, or name a PostgreSQL server in DATABASE_URL."
        )


def _begin(connection: sa.Connection) -> None:
    """Writers queue up at the beginning, for two that read first would refuse each other; readers go on (WAL)."""
    if not connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("begin")
        return
    raw: Any = connection.connection.dbapi_connection
    # Locked means that another process is turning it on; the next writer tries again. The rest "begin" says, too.
    with contextlib.suppress(sqlite3.DatabaseError):
        raw.execute("pragma journal_mode = wal")
    connection.exec_driver_sql("begin immediate")


def _reason(error: Exception) -> str:
    """What the database said, in one line. The drivers name host and user, but never the password."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    said = cause.args[0] if cause.args else type(cause).__name__
    return " ".join(str(said["M"] if isinstance(said, dict) else said).split())[:300]
