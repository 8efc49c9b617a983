"""The store of snapshots: written aside, verified, published by one atomic rename of a pointer.

`<root>/snapshots/000007/` holds one database, its definition, and a manifest with a digest of each; `<root>/CURRENT`
names the newest complete one with the digest of its manifest. Readers open by name, so a publish never touches a file
that is being read, and compare every byte when they do.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.errors import SnapshotError

DATABASE, MANIFEST, DEFINITION, RULES = "warehouse.duckdb", "MANIFEST.json", "streams.toml", "RULES"
# Since 2 the pointer holds the digest of the manifest.
FORMAT = 2


def publish(root: Path, build: Callable[[Path, int], None], keep: int = 3) -> int:
    """Build a snapshot in a folder aside and make it the current one; returns its number.

    `build` is called with the folder and the number. If it raises, nothing changes. Keeps the newest `keep`.
    """
    snapshots = root / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    with only_one_import(root):
        _sweep(snapshots)
        number = max((int(each.name) for each in _complete(snapshots)), default=0) + 1
        aside = snapshots / f".building-{number:06d}"
        aside.mkdir()
        try:
            build(aside, number)
            _seal(aside)
            verify(aside)
            aside.rename(snapshots / f"{number:06d}")
            _sync(snapshots)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        point(root, snapshots / f"{number:06d}")
        for old in _complete(snapshots)[:-keep]:
            shutil.rmtree(old, ignore_errors=True)
    return number


def current(root: Path) -> Path:
    """The folder of the newest complete snapshot. Raises SnapshotError where there is none."""
    return _named(root, pointed(root))


def _named(root: Path, told: str) -> Path:
    """The folder that the pointer tells."""
    if not told and not (root / "CURRENT").exists():
        raise SnapshotError(f"No snapshot in {root} yet. Run: vsm import FILE… (or vsm demo for made-up data).")
    name = told.partition(" ")[0].strip()
    folder = root / "snapshots" / name
    if not name.isdigit() or not (folder / DATABASE).is_file():
        raise SnapshotError(f"{root}/CURRENT names {name!r}, which is not there. Import again.")
    return folder


def sound(root: Path) -> tuple[Path, str | None]:
    """The newest snapshot that is as it was published, and what is wrong with the current one where that is another.

    Every byte is compared. Raises SnapshotError where there is none.
    """
    told: str | None = None
    # What is published while files are compared is looked at in their place.
    while (now := pointed(root)) != told:
        told = now
        try:
            return _as_published(root, told), None
        except SnapshotError as error:
            fault = str(error)
    # Pages show it: where the folder lies is nobody's business there.
    shown = fault.replace(f"{root}/", "")
    for folder in reversed(_complete(root / "snapshots")):
        try:
            verify(folder)
        except SnapshotError:
            continue
        return folder, f"{shown} Shown is the snapshot {folder.name}, which is whole."
    raise SnapshotError(fault)


def _as_published(root: Path, told: str) -> Path:
    """The snapshot that the pointer tells, where it is whole. Raises SnapshotError where it is not."""
    newest = _named(root, told)
    verify(newest)
    _, _, digest = told.strip().partition(" ")
    if (digest or _manifest(newest)["format"] >= 2) and _digest(newest / MANIFEST) != digest:
        raise SnapshotError(f"{root}/CURRENT and the manifest of {newest.name} differ. Import again.")
    return newest


def is_empty(root: Path) -> bool:
    """Whether nothing was ever published here."""
    return not (root / "CURRENT").exists() and not _complete(root / "snapshots")


def pointed(root: Path) -> str:
    """What the pointer says: it differs as soon as something was published. Empty where there is none."""
    try:
        return (root / "CURRENT").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return ""


def verify(folder: Path) -> None:
    """Compare the files of a snapshot with its manifest. Raises SnapshotError for the first that differs."""
    for name, expected in _manifest(folder)["files"].items():
        path = folder / name
        if not path.is_file() or _digest(path) != expected:
            raise SnapshotError(f"{path}: the file is not as it was published. Import again.")


def rules_of(folder: Path) -> str:
    """Which rules a snapshot was worked out by; empty for one of before they were written down."""
    path = folder / RULES
    return path.read_text(encoding="ascii") if path.is_file() else ""


def is_building(root: Path) -> bool:
    """Whether a snapshot is being built now, by this process or another."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "LOCK").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def only_one_import(root: Path) -> Iterator[None]:
    """Hold the lock that every import takes."""
    with (root / "LOCK").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {"format": int(manifest["format"]), "files": dict(manifest["files"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{folder}: the manifest can't be read: {error}.") from None


def _seal(folder: Path) -> None:
    files = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": files}, indent=1), encoding="utf-8")
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def point(root: Path, folder: Path) -> None:
    """Make a complete snapshot the current one."""
    pointer = root / "CURRENT.new"
    pointer.write_text(f"{folder.name} {_digest(folder / MANIFEST)}\n", encoding="ascii")
    _sync(pointer)
    pointer.replace(root / "CURRENT")
    _sync(root)


def _complete(snapshots: Path) -> list[Path]:
    return sorted(each for each in snapshots.iterdir() if each.name.isdigit()) if snapshots.is_dir() else []


def _sweep(snapshots: Path) -> None:
    for leftover in snapshots.glob(".building-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
