"""Imports in a process of their own, with limits: what a file does to its reader, it does not do to the parent.

The child builds into a folder aside; the parent holds the lock, verifies and publishes. They talk in lines of JSON.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dashboard import elsewhere, errors, snapshots
from dashboard.account import Account, account_of
from dashboard.build import Build, Options, check_engine, check_options
from dashboard.catalogue import read_catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import DashboardError, SnapshotError, SourceError
from dashboard.settings import SECRETS, Settings, bundled, bytes_of, variable

# Of the child's memory this much is the engine's; the rest is Python's, and what the engine does not count.
ENGINE_SHARE = 0.6
# Address space that the engine has given back stays reserved: what is in use is watched from outside.
RESERVED = 4
LOOKS_EVERY_SECONDS = 0.25
FILE_BYTES = 512 * 1024**3
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
# What a traceback says of places and of the error.
PLACE = re.compile(r'^  File ".*?([^/"]+)", line (\d+)', re.MULTILINE)
KIND = re.compile(r"^(?:\w+\.)*(\w+(?:Error|Exception|Interrupt|Exit))\b", re.MULTILINE)


def import_files(
    files: Sequence[Path],
    settings: Settings,
    options: Options | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> Account:
    """Read the files into a new snapshot and publish it. Without files, the last one is built again.

    Raises SourceError for a file that can't be used or that brings its reader down; then nothing changes.
    """
    chosen = options or Options()
    check_options(chosen)
    check_engine(settings)

    def build(folder: Path, number: int) -> None:
        _run_child(_task(files, settings, chosen, folder, number), settings, note)

    number = elsewhere.publish(settings, build)
    return account_of(snapshots.current(settings.warehouse), number)


def _task(files: Sequence[Path], settings: Settings, options: Options, folder: Path, number: int) -> str:
    return json.dumps(
        {
            "files": [str(path) for path in files],
            "settings": dataclasses.asdict(settings.without_secrets()),
            "options": dataclasses.asdict(options),
            "folder": str(folder.resolve()),
            "number": number,
        },
        default=str,
    )


def _run_child(task: str, settings: Settings, note: Callable[[str], None]) -> None:
    is_late = threading.Event()
    steps = [""]  # as told so far: the last one is what a child was at that ends

    def noted(step: str) -> None:
        steps.append(step)
        note(step)

    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as complaints,
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            encoding="utf-8",
            env=_environment(),
        ) as process,
    ):
        is_over = threading.Event()
        watch = threading.Thread(target=_watch, args=(process, settings, is_over, is_late), name="watch")
        watch.start()
        try:
            _talk(process, task, noted)
        finally:
            is_over.set()
            process.kill()
            watch.join()
        complaints.seek(0)
        told = complaints.read()
    if process.returncode:
        raise SourceError(_why_it_ended(process.returncode, is_late.is_set(), told, steps[-1], settings))


def _environment() -> dict[str, str]:
    """The child's environment. What reads strangers' files is told no secret."""
    hidden = {variable(each) for each in dataclasses.fields(Settings) if each.name in SECRETS}
    known = {name: value for name, value in os.environ.items() if name not in hidden}
    return known | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _talk(process: subprocess.Popen[str], task: str, note: Callable[[str], None]) -> None:
    if process.stdin and process.stdout:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(task)
            process.stdin.close()
        for line in process.stdout:
            _heard(json.loads(line), note)
        process.wait()


def _watch(
    process: subprocess.Popen[str], settings: Settings, is_over: threading.Event, is_late: threading.Event
) -> None:
    """End the child when its time is up, or when it uses more memory than it may."""
    ends_at, most = time.monotonic() + settings.import_minutes * 60, bytes_of(settings.import_memory)
    while not is_over.wait(LOOKS_EVERY_SECONDS):
        if time.monotonic() > ends_at:
            is_late.set()
        if is_late.is_set() or _memory_of(process.pid) > most:
            process.kill()
            return


def _memory_of(process: int) -> int:
    """Bytes in use by a process; 0 where it has ended, or the system does not tell (only Linux does)."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _heard(message: Mapping[str, str], note: Callable[[str], None]) -> None:
    if "note" in message:
        note(message["note"])
    else:
        raise getattr(errors, message["error"])(message["told"])


def _why_it_ended(code: int, is_late: bool, told: str, step: str, settings: Settings) -> str:
    limits = f"{settings.import_memory} of memory and {settings.import_minutes} minutes"
    nothing = f"It ended at the step {step!r}. Nothing was changed." if step else "Nothing was changed."
    if is_late:
        return f"The import took longer than {settings.import_minutes} minutes (VSM_IMPORT_MINUTES). {nothing}"
    if "MemoryError" in told or "OutOfMemory" in told or code in (-signal.SIGKILL, -signal.SIGABRT):
        return f"The import needed more than {settings.import_memory} of memory (VSM_IMPORT_MEMORY). {nothing}"
    if code < 0:
        return f"A file brought its reader down ({signal.Signals(-code).name}), within {limits}. {nothing}"
    return f"The import failed inside the program ({_fault(told)}). {nothing} Please report it."


def _fault(traceback: str) -> str:
    """The kind of an error and where it was raised. Its words may hold data, and are left out."""
    places = PLACE.findall(traceback)
    kinds = KIND.findall(traceback)
    return " at ".join([*kinds[-1:], *(f"{file}:{line}" for file, line in places[-1:])]) or "without a word"


def _limit(settings: Settings) -> None:
    """Limits of this process; it ends with its parent."""
    memory = bytes_of(settings.import_memory)
    for kind, most in (
        (resource.RLIMIT_DATA, memory * RESERVED),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CPU, settings.import_minutes * 60 * (os.cpu_count() or 1)),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)  # whoever runs us may allow less
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (limit, limit))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


def _say(**message: str) -> None:
    # A line is written whole or not at all: the next one may tell that it was not.
    sys.stdout.write(f"{json.dumps(message)}\n")
    sys.stdout.flush()


def child() -> None:
    """What the child does: one build, from the task on its standard input."""
    task: dict[str, Any] = json.load(sys.stdin)
    settings = Settings(**task["settings"] | {"home": Path(task["settings"]["home"])})
    config = task["options"].pop("config")
    options = Options(**task["options"], config=Path(config) if config else None)
    _limit(settings)
    engine_memory = f"{int(bytes_of(settings.import_memory) * ENGINE_SHARE / 1e6)}MB"
    try:
        Build(
            Path(task["folder"]),
            task["number"],
            dataclasses.replace(settings, memory=engine_memory),
            read_catalogue(bundled("queries")),
            options,
            lambda title: _say(note=title),
        ).run([Path(each) for each in task["files"]])
    except DashboardError as error:
        _say(error=type(error).__name__, told=str(error))
    except Exception as error:  # the engine's errors have no root of ours; what is not the disk's is raised
        fault = DuckDB.fault_of_disk(error)
        if fault is None:
            raise
        told = f"The snapshot could not be written: {fault}. What was there before is unchanged."
        _say(error=SnapshotError.__name__, told=told)


if __name__ == "__main__":
    child()
