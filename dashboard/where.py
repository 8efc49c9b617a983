"""Which items of a scope: the ones behind a point of a chart, or those that a person filters by."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from dashboard.errors import ScopeError
from dashboard.parameters import DAY, TEXT, TRUTH, Parameter, among, day, one_of, truth, value_of, words

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
    for name, parameter in PARAMETERS.items():
        text = query.get(name)
        if text:
            try:
                where = replace(where, **{name: parameter.read(text)})
            except ValueError:
                continue
    return where if _is_whole(where) else replace(where, event=None, since=None, until=None)


def where_asked(query: Mapping[str, str]) -> Where:
    """The conditions that a program asks for. Raises ScopeError for a value that can't be, and for half an event."""
    given = {name: value_of(name, query[name], each) for name, each in PARAMETERS.items() if name in query}
    where = replace(ANY, **given)
    if (where.event or where.since or where.until) and not _is_whole(where):
        raise ScopeError(
            "event, since and until belong together: name all three, or event and until for what was "
            f"{' or '.join(AS_OF)} on the day before until."
        )
    return where


def _is_whole(where: Where) -> bool:
    """Whether the event is told with its days."""
    return bool(where.event and where.until and (where.event in AS_OF or where.since))


AS_OF = ("in progress", "in stage")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_DAYS: Mapping[str, Any] = {"type": "number"}
PARAMETERS: Mapping[str, Parameter] = {
    "event": Parameter(among(EVENTS), "what happened to the items in the days [since, until)", one_of(EVENTS)),
    "since": Parameter(day, "the first day of the event, as 2024-01-31", DAY),
    "until": Parameter(day, "the day after the last one of the event, as 2024-02-01", DAY),
    "stage": Parameter(words, "the stage that the event, or the question, is about", TEXT),
    "reason": Parameter(words, "why they were blocked, where the event is blocked", TEXT),
    "item": Parameter(words, "the key of one item", TEXT),
    "text": Parameter(words, "what stands in the key or the title", TEXT),
    "outcome": Parameter(among(OUTCOMES), "what became of them by the end of the scope", one_of(OUTCOMES)),
    "priority": Parameter(words, "priority as the source names it", TEXT),
    "label": Parameter(words, "one of their labels", TEXT),
    "now_in": Parameter(words, "the stage they are in, or ended in", TEXT),
    "passed": Parameter(words, "a stage they ever were in", TEXT),
    "move": Parameter(among(MOVES), "between what they once moved, or that they skipped a stage", one_of(MOVES)),
    "move_from": Parameter(words, "where the move began", TEXT),
    "move_to": Parameter(words, "where the move ended, or the stage that was skipped", TEXT),
    "variant": Parameter(words, "the name of their whole path", TEXT),
    "rework": Parameter(truth, "yes for items with rework, no for those without", TRUTH),
    "was_blocked": Parameter(truth, "yes for items that were blocked, no for those never", TRUTH),
    "waste": Parameter(among(WASTES), "a kind of waste that some of their time is in", one_of(WASTES)),
    "days_from": Parameter(_number, "the least cycle time or age, in days", _DAYS),
    "days_to": Parameter(_number, "the cycle time or age, in days, that they are below", _DAYS),
}
