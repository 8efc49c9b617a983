"""The plan in use: that of plan.toml, or the last one that could be read while the file is broken."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import DefinitionError
from dashboard.streams.files import alone, put_in_place, text_of
from dashboard.streams.plan import Plan, parse_plan

# Beside the snapshots, where every process of a server finds it after a restart.
LAST = "plan.last.toml"


@dataclass(frozen=True)
class InUse:
    """A plan. `fault` says what is wrong with the file where it can't be read; `since` is then when the plan in use
    was first read, None where there was none and nothing is planned."""

    plan: Plan
    fault: str | None = None
    since: dt.datetime | None = None


def plan_in_use(path: Path, beside: Path, metrics: frozenset[str]) -> InUse:
    """The plan of a file, remembered in the folder `beside`; what is remembered there while the file can't be read."""
    try:
        text = text_of(path)
        plan = parse_plan(path, text, metrics)
    except DefinitionError as error:
        return _last(beside / LAST, metrics, str(error))
    _remember(beside / LAST, text)
    return InUse(plan)


def _last(path: Path, metrics: frozenset[str], fault: str) -> InUse:
    try:
        text = text_of(path)
        if text:
            return InUse(parse_plan(path, text, metrics), fault, dt.datetime.fromtimestamp(path.stat().st_mtime))
    except (DefinitionError, OSError):
        pass  # it was written by another program, or is gone: there is nothing to fall back on
    return InUse(Plan(), fault)


def _remember(path: Path, text: str) -> None:
    """What can't be remembered is no reason not to show the plan: the disk may be for reading only."""
    with contextlib.suppress(OSError, DefinitionError):
        if text and text_of(path) != text:
            with alone(path.parent):
                put_in_place(path, text)
