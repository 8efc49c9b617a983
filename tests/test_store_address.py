"""Where the store is: addresses that can't be used, files and servers that fail, TLS; the password is in no message."""

from __future__ import annotations

import os
import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import postgresql
import pytest

from dashboard import importing
from dashboard.build import Options
from dashboard.errors import SettingsError, StoreError
from dashboard.settings import Settings, from_environment
from dashboard.store import Store, store_of


def test_home_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    store = Store(tmp_path / "file" / "store.sqlite")
    with pytest.raises(StoreError, match=r"store\.sqlite can't be read or written .* DATABASE_URL"):
        store.add_note("bank", "/", "x")
    (tmp_path / "store.sqlite").mkdir()
    with pytest.raises(StoreError, match=r"unable to open database file.* the user who runs the program may write"):
        Store(tmp_path / "store.sqlite").views("bank")


def test_file_of_something_else_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("no database" * 1000, encoding="utf-8")
    for use in (Store(path).log, lambda: Store(path).add_note("bank", "/", "x")):
        with pytest.raises(StoreError, match=r"is damaged \(file is not a database\). Put a copy in its place"):
            use()
    assert path.read_text(encoding="utf-8") == "no database" * 1000


def test_file_is_in_wal_mode(tmp_path: Path) -> None:
    Store(tmp_path / "store.sqlite").add_note("bank", "/", "x")
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as connection:
        assert connection.execute("pragma journal_mode").fetchall() == [("wal",)]


def test_file_that_stays_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.store.address.TIMEOUT_SECONDS", 0)
    with closing(Store(tmp_path / "store.sqlite")) as store:
        store.add_note("bank", "/", "x")
        with store._database.writing(), pytest.raises(StoreError, match=r"has been busy .* Try again"):
            store.add_note("bank", "/", "y")
        assert [note.text for note in store.notes("bank")] == ["x"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://keeper:s3cret@127.0.0.1:1/x", "PostgreSQL can't be used .* See that it runs"),
        ("postgresql://keeper:s3cret@no-host.invalid/x", "PostgreSQL can't be used"),
        ("postgres://keeper:s3cret@/x?host=/no/folder", "PostgreSQL can't be used"),
        ("postgres://keeper:s3cret@127.0.0.1/x?sslmode=verify-full&sslrootcert=/no/file", "No such file"),
        ("postgresql://keeper:s3cret@127.0.0.1:{port}/postgres", "password authentication failed"),
        ("postgresql://keeper@127.0.0.1:{port}/postgres", "password authentication failed|no password|empty password"),
        ("postgresql://keeper:correct@127.0.0.1:{port}/s3cret", "does not exist"),
    ],
)
def test_server_that_can_not_be_used_is_told(postgres: postgresql.Server, address: str, said: str) -> None:
    store = Store(address.format(port=postgres.port))
    for use in (lambda: store.views("bank"), lambda: store.add_note("bank", "/", "x")):
        with pytest.raises(StoreError, match=said) as told:
            use()
        hidden = "correct" if "correct" in address else "s3cret"
        assert hidden not in "".join(traceback.format_exception(told.value)) + repr(store)


@pytest.mark.parametrize(
    "address",
    [
        "s3cret",
        "mysql://me:s3cret@host/x",
        "postgresql+psycopg://me:s3cret@host/x",
        "postgres://me:80s3cret/x",
        "postgres://me:pass@s3cret@host/x",
        "postgres://me:a@s3cret#/x",
        "postgres://me:a/b@s3cret/c@host/x",
        "postgres://me@host:s3cret/x",
        "postgres://:s3cret@host/x",
        "postgres://me:x@host/x?sslmode=s3cret",
        "postgres://me:x@host/x?password=s3cret",
        "postgres://me:x@host/x?connect_timeout=s3cret",
        "postgres://me:x@host/x?host=s3cret",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_address_that_can_not_be_used_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^DATABASE_URL ") as told:
        store_of(Settings(database_url=address))
    assert "s3cret" not in "".join(traceback.format_exception(told.value))


def test_password_is_in_no_repr(tmp_path: Path) -> None:
    settings = from_environment({"DATABASE_URL": "postgres://keeper:s3cret@host/x?sslmode=require"})
    assert settings.database_url.startswith("postgres://")
    assert from_environment({"VSM_DATABASE_URL": "postgres://keeper:s3cret@host/x"}).database_url == ""
    store = store_of(settings)
    assert repr(store) == "Store(PostgreSQL)"
    assert "s3cret" not in f"{settings!r} {store._database.address!r} {store._database._engine()!r}"
    task = importing._task([], settings, Options(), tmp_path, 1)
    assert "s3cret" not in task


def test_import_is_not_told_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://keeper:s3cret@host/x")
    assert "DATABASE_URL" in os.environ
    assert "DATABASE_URL" not in importing._environment()


@pytest.mark.parametrize(
    "options",
    ["", "?sslmode=disable", "?sslmode=require&channel_binding=require", "?sslmode=verify-full&sslrootcert={root}"],
)
def test_password_and_tls_open_the_server(postgres: postgresql.Server, options: str) -> None:
    address = postgres.url("postgres", options.format(root=postgres.folder / "server.crt"), "keeper:correct")
    with closing(Store(address.replace("postgresql:", "postgres:"))) as store:
        assert store.log() == ()
        with store._database._transaction(writes=False) as connection:
            asked = "select count(*) from pg_stat_ssl where ssl and pid = pg_backend_pid()"
            assert connection.exec_driver_sql(asked).scalar() == ("disable" not in options)


def test_certificate_that_nobody_vouches_for_is_refused(postgres: postgresql.Server) -> None:
    with pytest.raises(StoreError, match=r"(?i)certificate"):
        Store(postgres.url("postgres", "?sslmode=verify-full")).log()


def test_server_is_reached_through_its_socket(postgres: postgresql.Server) -> None:
    name = postgres.new_database()
    with closing(Store(f"postgresql://postgres@:{postgres.port}/{name}?host={postgres.folder}")) as store:
        store.add_note("bank", "/", "x")
        assert [note.text for note in store.notes("bank")] == ["x"]


def test_connection_that_the_server_closed_is_opened_again(postgres: postgresql.Server) -> None:
    name = postgres.new_database()
    with closing(Store(postgres.url(name))) as store:
        store.add_note("bank", "/", "x")
        others = "from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
        postgres.run("select pg_terminate_backend(pid) " + others, name)
        assert [note.text for note in store.notes("bank")] == ["x"]


def test_user_who_may_create_no_tables_is_told(postgres: postgresql.Server) -> None:
    name = postgres.new_database()
    with closing(Store(postgres.url(name, user="keeper:correct"))) as store:
        assert store.notes("bank") == ()
        with pytest.raises(StoreError, match="permission denied for schema public"):
            store.add_note("bank", "/", "x")
