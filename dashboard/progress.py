"""How far an import is, on the terminal."""

from __future__ import annotations

import sys
import time

import click


class Progress:
    """A bar on the terminal for anything that takes longer than a second."""

    def __init__(self, steps: int) -> None:
        self._began = time.monotonic()
        self._bar = click.progressbar(
            length=steps, label="Building", file=sys.stderr, item_show_func=lambda title: title
        )
        self._done = 0
        self._is_shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown:
            self._bar.__exit__(None, None, None)

    def note(self, title: str) -> None:
        """One more step begins."""
        self._done += 1
        # A folder or an archive holds more files than were counted.
        self._bar.length = max(self._bar.length or 0, self._done)
        if self._is_shown:
            self._bar.update(1, title)
        elif time.monotonic() - self._began > 1:
            self._is_shown = True
            self._bar.__enter__()
            self._bar.update(self._done, title)
