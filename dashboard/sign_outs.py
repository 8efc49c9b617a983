"""Who has signed out: from then on a copied cookie is worth nothing. It is remembered as long as it would have lasted.

Empty files in the home, named by the sign-ins that ended: every server of this home sees them at once.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

FOLDER = "signed-out"


def note(home: Path, sign_in: str, lasts_seconds: int) -> None:
    """Remember that a sign-in has ended, and forget those that would be over by now. Raises OSError."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / sign_in).touch()
    for each in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # somebody else signs out, too
            if each.stat().st_mtime < time.time() - lasts_seconds:
                each.unlink()


def has_ended(home: Path, sign_in: str) -> bool:
    """Whether it was signed out of. Raises OSError where that can't be known."""
    try:
        (home / FOLDER / sign_in).stat()
    except FileNotFoundError:
        return False
    return True
