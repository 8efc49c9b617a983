"""Which items of a scope: the ones behind a point of a chart, or those that a person filters by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

EVENTS = (
    "created",
    "started",
    "finished",
    "cancelled",
    "ended",
    "departed",
    "in progress",
    "in stage",
    "left stage",
    "blocked",
)
WASTES = ("partially-done", "rework", "waiting", "batch", "handoff", "extra-process")
MOVES = ("state", "stage", "team", "skipped")
OUTCOMES = ("finished", "cancelled", "in progress", "not started")


@dataclass(frozen=True)
class Where:
    """Conditions on items beyond a scope; None means any.

    `event` is what happened to them in the days [since, until): without one, those that were there in the scope. "in
    progress" and "in stage" are meant as of the end of the day before `until`. `stage` and `reason` belong to the
    event; `now_in` and `passed` are stages they are in now, or ever were. `days_from` and `days_to` bound the cycle
    time or age, the upper bound excluded. `move` says between what items once moved, from `move_from` to `move_to`:
    states (no value is the beginning or the end), stages, teams; or that they skipped the stage `move_to`. `variant`
    names their whole path. `waste` is a bucket that some of their time is in; there is none of task switching, which
    of one item would be a figure of a person.
    """

    event: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    stage: str | None = None
    reason: str | None = None
    item: str | None = None
    text: str | None = None
    outcome: str | None = None
    priority: str | None = None
    label: str | None = None
    now_in: str | None = None
    passed: str | None = None
    move: str | None = None
    move_from: str | None = None
    move_to: str | None = None
    variant: str | None = None
    rework: bool | None = None
    was_blocked: bool | None = None
    waste: str | None = None
    days_from: float | None = None
    days_to: float | None = None

    def parameter(self) -> dict[str, Any]:
        """The value of the parameter `where` of a query."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def to_query(self) -> dict[str, str]:
        """What is asked for, as values of a URL."""
        return {name: _text(value) for name, value in self.parameter().items() if value is not None}


ANY = Where()


def where_from(query: Mapping[str, str | None]) -> Where:
    """The conditions that a URL asks for; a value that can't be is left out."""
    where = ANY
    for name, read in _READERS.items():
        text = query.get(name)
        if text:
            try:
                where = replace(where, **{name: read(text)})
            except ValueError:
                continue
    is_whole = where.event and where.until and (where.event in AS_OF or where.since)
    return where if is_whole else replace(where, event=None, since=None, until=None)


AS_OF = ("in progress", "in stage")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)


def _truth(text: str) -> bool:
    return {"yes": True, "no": False}[text] if text in ("yes", "no") else _refused(text)


def _refused(text: str) -> bool:
    raise ValueError(text)


def _among(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        return text if text in allowed else str(_refused(text))

    return read


_READERS: Mapping[str, Callable[[str], Any]] = {
    "event": _among(EVENTS),
    "since": dt.date.fromisoformat,
    "until": dt.date.fromisoformat,
    "stage": str,
    "reason": str,
    "item": str,
    "text": str,
    "outcome": _among(OUTCOMES),
    "priority": str,
    "label": str,
    "now_in": str,
    "passed": str,
    "move": _among(MOVES),
    "move_from": str,
    "move_to": str,
    "variant": str,
    "rework": _truth,
    "was_blocked": _truth,
    "waste": _among(WASTES),
    "days_from": float,
    "days_to": float,
}
