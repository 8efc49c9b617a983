"""A home as one file, and back: definitions, plan, maps, what people wrote, the key of pseudonyms, the newest snapshot.

What people wrote in PostgreSQL is not in it: pg_dump keeps that.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dashboard import elsewhere, snapshots
from dashboard.elsewhere import Elsewhere
from dashboard.errors import SettingsError, SnapshotError
from dashboard.settings import Settings

DOCUMENTS = ("*.toml", "maps/*.toml")
STORE, KEY = "store.sqlite", "warehouse/people.key"


def back_up(settings: Settings, target: Path) -> Elsewhere | None:
    """Write the file; no import publishes meanwhile. Returns what of the snapshot is not in it, for it lies elsewhere.

    Raises SettingsError where the file is there already, or can't be written: then nothing is left of it.
    """
    if target.exists():
        raise SettingsError(f"{target} is there already. Name another file.")
    with snapshots.only_one_import(settings.warehouse):
        snapshot, _ = snapshots.sound(settings.warehouse)
        try:
            _write(settings.home, snapshot, target)
        except (OSError, sqlite3.Error) as error:
            told = getattr(error, "strerror", None) or error
            raise SettingsError(f"{target} could not be written: {told}.") from None
        return elsewhere.of(snapshot)


def _write(home: Path, snapshot: Path, target: Path) -> None:
    """The file, beside its place until it is whole; its owner alone reads it, for it holds the key of pseudonyms."""
    # Closed before it is synced and gets its name, so its block ends before the other one.
    draft = tempfile.NamedTemporaryFile(dir=target.resolve().parent, prefix=f".{target.name}-", delete=False)  # noqa: SIM115
    try:
        with draft, tarfile.open(fileobj=draft, mode="w:gz", compresslevel=1) as archive:
            for path in _documents(home):
                archive.add(path, path.relative_to(home))
            if (home / STORE).is_file():
                with tempfile.TemporaryDirectory() as folder:
                    archive.add(_copy_of(home / STORE, Path(folder) / STORE), STORE)
            if (home / KEY).is_file():
                archive.add(home / KEY, KEY)
            archive.add(snapshot, f"warehouse/snapshots/{snapshot.name}")
        with Path(draft.name).open("rb") as whole:
            os.fsync(whole.fileno())
        Path(draft.name).replace(target)
    finally:
        Path(draft.name).unlink(missing_ok=True)


def restore(settings: Settings, source: Path) -> None:
    """Bring a home back from its file, all of it or nothing. Raises SettingsError for a home that has something."""
    home = settings.home
    full = f"{home} is not empty. Restore into another home: vsm --home FOLDER restore {source}"
    if not _is_empty(settings):
        raise SettingsError(full)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as name:
        folder = Path(name)
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(folder, filter="data")  # no path or link leads out of the folder
        except (tarfile.TarError, EOFError, OSError) as error:
            raise SettingsError(f"{source} is no backup, or not a whole one: {error}.") from None
        found = sorted((folder / "warehouse" / "snapshots").glob("[0-9]*"))
        if len(found) != 1:
            raise SnapshotError(f"{source} holds {len(found)} snapshots; expected one.")
        snapshots.verify(found[0])
        settings.warehouse.mkdir(exist_ok=True)
        with snapshots.only_one_import(settings.warehouse):
            if not _is_empty(settings):  # an import came in between
                raise SettingsError(full)
            _move(folder, home)
            snapshots.point(settings.warehouse, settings.warehouse / "snapshots" / found[0].name)


def _move(folder: Path, home: Path) -> None:
    """Every file to its place in the home; none where one can't be moved."""
    moved: list[Path] = []
    try:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            target = home / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
            moved.append(target)
    except OSError as error:
        for target in moved:
            target.unlink()
        raise SettingsError(f"{home} could not be written: {error.strerror or error}.") from None


def _is_empty(settings: Settings) -> bool:
    """Whether a home has nothing that a backup would bring back."""
    home = settings.home
    return snapshots.is_empty(settings.warehouse) and not (home / STORE).exists() and not any(_documents(home))


def _documents(home: Path) -> Iterator[Path]:
    for pattern in DOCUMENTS:
        yield from sorted(home.glob(pattern))


def _copy_of(store: Path, target: Path) -> Path:
    """What is in a store of SQLite at one moment, also while somebody writes."""
    with contextlib.closing(sqlite3.connect(store)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return target
