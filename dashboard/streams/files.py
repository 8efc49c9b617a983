"""Documents that people and pages both change: read whole, replaced at once, one writer at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.errors import DefinitionError


class ChangedMeanwhileError(DefinitionError):
    """The document is not the one that the form was drawn from."""


def text_of(path: Path) -> str:
    """The text of a document, empty where there is none. Raises DefinitionError for one that can't be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> DefinitionError:
    """What is told of a document that can't be read: not where it lies, which is nobody's business on a page."""
    if isinstance(error, UnicodeDecodeError):
        return DefinitionError(f"{path.name}: can't be read: it is not UTF-8 from byte {error.start + 1} on.")
    return DefinitionError(f"{path.name}: can't be read: {error.strerror or type(error).__name__}.")


def mark_of(text: str) -> str:
    """Differs as soon as the text does."""
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One writer at a time, of all processes; locking the folder leaves no file behind."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def put_in_place(path: Path, text: str) -> None:
    """Replace the document in one step: a reader finds the old text or the new one."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with aside.open("wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
