"""How far an import is: a bar on the terminal; in a log, what took how long."""

from __future__ import annotations

import sys
import time

import click

SHOWN_AFTER_SECONDS = 1


class Progress:
    """For anything that takes longer than a second. Where nobody looks, a line for each step that did, as it ends."""

    def __init__(self, steps: int) -> None:
        self._began = self._step_began = time.monotonic()
        self._bar = click.progressbar(
            length=steps, label="Building", file=sys.stderr, item_show_func=lambda title: title
        )
        self._step = ""
        self._done = 0
        self._is_watched = sys.stderr.isatty()
        self._is_shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown:
            self._bar.__exit__(None, None, None)
        self._log()

    def note(self, title: str) -> None:
        """One more step begins."""
        self._log()
        self._step, self._step_began = title, time.monotonic()
        self._done += 1
        if self._is_watched:
            self._show()

    def _show(self) -> None:
        # A folder or an archive holds more files than were counted.
        self._bar.length = max(self._bar.length or 0, self._done)
        if self._is_shown:
            self._bar.update(1, self._step)
        elif time.monotonic() - self._began > SHOWN_AFTER_SECONDS:
            self._is_shown = True
            self._bar.__enter__()
            self._bar.update(self._done, self._step)

    def _log(self) -> None:
        seconds = time.monotonic() - self._step_began
        if self._step and not self._is_watched and seconds > SHOWN_AFTER_SECONDS:
            click.echo(f"{self._step}: {seconds:,.0f} s", err=True)
