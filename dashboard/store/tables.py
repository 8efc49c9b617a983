"""The tables of the store. Their names begin with `vsm_`: a database may be shared with other programs."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

# Raised with every change of these tables; `database.py` refuses a store of a higher one.
VERSION = 3

METADATA = sa.MetaData()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only an INTEGER counts up in SQLite


class Instant(sa.TypeDecorator[dt.datetime]):
    """An instant in UTC with its zone. SQLite keeps no zone, so it is put back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _: sa.Dialect) -> dt.datetime | None:
        """The instant as it is kept."""
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, _: sa.Dialect) -> dt.datetime | None:
        """The instant as it was given."""
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)


def _id() -> sa.Column[int]:
    return sa.Column("id", NUMBER, primary_key=True, autoincrement=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _instant(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, Instant, nullable=False)


META = sa.Table("vsm_meta", METADATA, sa.Column("name", sa.Text, primary_key=True), _text("value"))

# An id is never given twice (AUTOINCREMENT): the log and open pages name records by it.
VIEWS = sa.Table(
    "vsm_views",
    METADATA,
    _id(),
    _text("stream"),
    _text("name"),
    _text("address"),
    _instant("written_at"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("stream", "name", name="vsm_views_stream_name"),
    sqlite_autoincrement=True,
)

# No index on the address: PostgreSQL indexes no text that is longer than 2,704 bytes.
NOTES = sa.Table(
    "vsm_notes",
    METADATA,
    _id(),
    _text("stream"),
    _text("address"),
    _text("text"),
    _instant("written_at"),
    _instant("changed_at"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("vsm_notes_stream", "stream"),
    sqlite_autoincrement=True,
)

WALKS = sa.Table(
    "vsm_walks",
    METADATA,
    _id(),
    _text("stream"),
    _text("title"),
    sa.Column("held_on", sa.Date, nullable=False),
    _text("roles"),
    _text("address"),
    _instant("written_at"),
    _instant("changed_at"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("vsm_walks_stream", "stream"),
    sqlite_autoincrement=True,
)

WALK_NOTES = sa.Table(
    "vsm_walk_notes",
    METADATA,
    _id(),
    sa.Column("walk", NUMBER, nullable=False),
    _text("step"),
    _text("kind"),
    _text("text"),
    _instant("written_at"),
    _instant("changed_at"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("vsm_walk_notes_walk", "walk"),
    sqlite_autoincrement=True,
)

CAUSES = sa.Table(
    "vsm_causes",
    METADATA,
    _id(),
    _text("stream"),
    _text("incident_id"),
    _text("deployment_id"),
    _instant("written_at"),
    _instant("changed_at"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("stream", "incident_id", name="vsm_causes_stream_incident"),
    sqlite_autoincrement=True,
)

CHANGES = sa.Table(
    "vsm_changes",
    METADATA,
    _id(),
    _instant("at"),
    _text("kind"),
    sa.Column("record_id", NUMBER, nullable=False),
    _text("action"),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
    sqlite_autoincrement=True,
)
