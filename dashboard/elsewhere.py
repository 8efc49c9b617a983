"""Tables of a snapshot that lie on the cluster that built them: too large for one machine, and asked of it there.

The snapshot's folder holds a file that names them, and the folder of the storage in which they lie.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dashboard import snapshots
from dashboard.errors import SettingsError, SnapshotError
from dashboard.settings import Settings

# What may lie there: the largest tables, of which questions read a part at a time.
LEAVABLE = frozenset(("visits", "moves"))
FILE, OWNER = "CLUSTER", "OWNER"
# What a build makes in the storage: nothing else is ever removed from there.
FOLDER = re.compile(r"vsm-[0-9a-f]{16}")


@dataclass(frozen=True)
class Elsewhere:
    """The tables, as `marts.visits`, that lie in a folder of the storage."""

    folder: Path
    tables: frozenset[str]


def check(settings: Settings) -> None:
    """Raises SettingsError for tables that can't be left, and where there is no cluster to keep them."""
    if strange := settings.left - LEAVABLE:
        raise SettingsError(f"--leave names {', '.join(sorted(strange))}; expected {' or '.join(sorted(LEAVABLE))}.")
    if settings.left and not settings.engine:
        raise SettingsError("--leave needs --engine: only a cluster can keep what it built.")


def new_folder(storage: Path) -> Path:
    """The name of a folder for one build, so that two builds do not meet."""
    return storage.resolve() / f"vsm-{secrets.token_hex(8)}"


def own(folder: Path, root: Path) -> None:
    """Say in a folder of the storage whose snapshots need it: a copy of a home must not remove what the home has."""
    (folder / OWNER).write_text(str(root.resolve()), encoding="utf-8")


def write(snapshot: Path, elsewhere: Elsewhere) -> None:
    """Say in a snapshot what lies elsewhere."""
    told = {"folder": str(elsewhere.folder), "tables": sorted(elsewhere.tables)}
    (snapshot / FILE).write_text(json.dumps(told, indent=1), encoding="utf-8")


def of(snapshot: Path) -> Elsewhere | None:
    """What of a snapshot lies elsewhere; None where all is in it."""
    path = snapshot / FILE
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Elsewhere(Path(told["folder"]), frozenset(told["tables"]))
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{path}: this can't be read: {error}. Import again.") from None


def publish(settings: Settings, build: Callable[[Path, int], None]) -> int:
    """Publish a snapshot, and remove from the storage what belonged to those that are gone with it."""
    known = _folders(settings.warehouse)

    def build_and_see(folder: Path, number: int) -> None:
        try:
            build(folder, number)
        finally:
            if mine := of(folder):
                known.add(mine.folder)

    try:
        return snapshots.publish(settings.warehouse, build_and_see, settings.keep)
    finally:
        for gone in known - _folders(settings.warehouse):
            if FOLDER.fullmatch(gone.name) and _is_own(gone, settings.warehouse):
                shutil.rmtree(gone, ignore_errors=True)


def _is_own(folder: Path, root: Path) -> bool:
    try:
        return (folder / OWNER).read_text(encoding="utf-8") == str(root.resolve())
    except OSError:
        return False


def _folders(root: Path) -> set[Path]:
    """Of the snapshots there are, and of a build that was ended."""
    found = (of(path.parent) for path in root.glob(f"snapshots/*/{FILE}"))
    return {each.folder for each in found if each}
