"""Folders that the workers of one server share, under the temporary one.

A server removes its own when it ends. What one leaves that was killed, the next one removes when it starts.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# A folder this young may be of a server that is just starting, and has not said yet that it is its own.
STARTING_SECONDS = 60


def new(prefix: str) -> tuple[Path, int]:
    """An empty folder, and the descriptor that says it is in use: as long as a process has it, it is left alone."""
    for left in left_over(prefix):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with contextlib.suppress(OSError):  # a file system without locks: then nobody can tell, and nobody removes it
        fcntl.flock(held, fcntl.LOCK_EX)
    return folder, held


def left_over(prefix: str) -> Iterator[Path]:
    """Folders of ours that no process has in use any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # of somebody else, no folder, in use, or gone by now
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                found = os.fstat(held)
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            finally:
                os.close(held)
            if found.st_uid == os.getuid() and found.st_ctime < time.time() - STARTING_SECONDS:
                yield folder
