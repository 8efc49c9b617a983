"""The store of snapshots: written aside, verified, published by one atomic rename of a pointer.

`<root>/snapshots/000007/` holds one database and its definition; `<root>/CURRENT` names the newest complete
one. Readers open by name, so a publish never touches a file that is being read.
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

from dashboard.errors import SnapshotError

DATABASE, MANIFEST, DEFINITION = "warehouse.duckdb", "MANIFEST.json", "streams.toml"
FORMAT = 1


def publish(root: Path, build: Callable[[Path, int], None], keep: int = 3) -> int:
    """Build a snapshot in a folder aside and make it the current one; returns its number.

    `build` is called with the folder and the number. If it raises, nothing changes. Keeps the newest `keep`.
    """
    snapshots = root / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    with _only_one_import(root):
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
        _point(root, f"{number:06d}")
        for old in _complete(snapshots)[:-keep]:
            shutil.rmtree(old, ignore_errors=True)
    return number


def current(root: Path) -> Path:
    """The folder of the newest complete snapshot. Raises SnapshotError where there is none."""
    try:
        name = (root / "CURRENT").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise SnapshotError(
            f"No snapshot in {root} yet. Run: vsm import FILE… (or vsm demo for made-up data)."
        ) from None
    folder = root / "snapshots" / name
    if not name.isdigit() or not (folder / DATABASE).is_file():
        raise SnapshotError(f"{root}/CURRENT names {name!r}, which is not there. Import again.")
    return folder


def verify(folder: Path) -> None:
    """Compare the files of a snapshot with its manifest. Raises SnapshotError for the first that differs."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{folder}: the manifest can't be read: {error}.") from None
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file() or _digest(path) != expected:
            raise SnapshotError(f"{path}: the file is not as it was published. Import again.")


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
def _only_one_import(root: Path) -> Iterator[None]:
    with (root / "LOCK").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _seal(folder: Path) -> None:
    files = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": files}, indent=1), encoding="utf-8")
    for path in folder.iterdir():
        _sync(path)
    _sync(folder)


def _point(root: Path, name: str) -> None:
    pointer = root / "CURRENT.new"
    pointer.write_text(name + "\n", encoding="ascii")
    _sync(pointer)
    pointer.replace(root / "CURRENT")
    _sync(root)


def _complete(snapshots: Path) -> list[Path]:
    return sorted(each for each in snapshots.iterdir() if each.name.isdigit())


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
