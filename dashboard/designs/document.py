"""A designed map as a TOML document: the steps it begins with, and the changes that are to be made to them.

A sketch has typed steps; a future state begins with the measured ones, as they were on a day.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from dashboard.errors import DefinitionError
from dashboard.scope import KEYS
from dashboard.streams.definition import Checked, parse_toml

UNITS = {
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604_800.0),
}
# A comma before three digits may be one of thousands: it is refused, not guessed at.
SPAN = re.compile(r"\s*(\d+(?:\.\d+|,\d{1,2})?)\s*([a-z]+)\s*", re.IGNORECASE)
LONGEST = 100 * 365 * 86_400.0
SPANS = "a time with its unit, such as '30 min', '4 h', '2.5 d' or '1 w' (a day has 24 hours)"
SCOPE_KEYS = dict.fromkeys((*KEYS, "stream"))
Action = Literal["set", "automate", "remove", "merge", "split", "add"]


def seconds_of(text: Any) -> Any:
    """The seconds of '30 min', '4 h', '2.5 d', '1 w'; a number is seconds already. Raises ValueError for others."""
    if isinstance(text, float | int) and not isinstance(text, bool):
        seconds = float(text)
    else:
        found = SPAN.fullmatch(text) if isinstance(text, str) else None
        if found is None or found[2].lower() not in UNITS:
            raise ValueError(f"should be {SPANS}")
        seconds = float(found[1].replace(",", ".")) * UNITS[found[2].lower()]
    if not 0 <= seconds <= LONGEST:
        raise ValueError("should be a time from 0 to 100 years")
    return seconds


def span_text(seconds: float) -> str:
    """As `seconds_of` reads it, in the largest readable unit, to six digits."""
    if seconds < 3600:
        return f"{seconds / 60:.6g} min"
    return f"{seconds / 3600:.6g} h" if seconds < 2 * 86_400 else f"{seconds / 86_400:.6g} d"


Span = Annotated[float, BeforeValidator(seconds_of), PlainSerializer(span_text)]
Ratio = Annotated[float, Field(ge=0, le=1)]


class Figures(Checked):
    """What may be said of a step. Times are means over all items, ratios 0…1; what is not said is null."""

    wait: Span | None = None
    process: Span | None = None
    blocked: Span | None = None
    accurate: Ratio | None = None
    people: float | None = Field(default=None, gt=0)
    team: str | None = None
    batch: int | None = Field(default=None, ge=1)
    wip_limit: int | None = Field(default=None, ge=1)


class MapStep(Figures):
    """A step: items wait before it, are worked on, and stand still in it; in a queue (mode wait) they only wait.

    `accurate` is the share of what it hands on that is complete and accurate. `stages` are the measured stages that
    it stands for, `aims` the initiatives of the changes that were made to it.
    """

    name: str = Field(min_length=1)
    mode: Literal["active", "wait"] = "active"
    stages: tuple[str, ...] = ()
    is_automated: bool = False
    is_handoff: bool = False
    aims: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_a_queue_or_is_worked_in(self) -> MapStep:
        if self.mode == "wait" and self.process:
            raise ValueError("is a queue (mode wait) and has a process time; leave one of them out")
        return self

    @property
    def seconds(self) -> float:
        """How long an item needs for it, with its waits."""
        return (self.wait or 0) + (self.process or 0) + (self.blocked or 0)


class Return(Checked):
    """The share (0…1) of items that come back from a later step to an earlier one."""

    from_step: str
    to_step: str
    share: Ratio


class Change(Figures):
    """One thing that is done to a step; only what is said changes.

    `name` is the new name (of the added step, of both merged ones); `other` the step to merge with, or the name of
    the second half of a split one. A step is added behind `step`, or first where that is empty.
    """

    do: Action
    step: str = ""
    name: str | None = None
    other: str | None = None
    why: str | None = None
    initiative: str | None = None
    target: str | None = None


class Design(Checked):
    """A whole document. `measured` is the scope that the steps were measured in, `items` how many; null when typed."""

    name: str = Field(min_length=1)
    stream: str = Field(min_length=1)
    customer: str = "Customer"
    supplier: str = "Demand"
    tools: tuple[str, ...] = ()
    demand_per_day: float | None = Field(default=None, gt=0)
    measured: str | None = None
    items: int | None = Field(default=None, ge=0)
    note: str | None = None
    unattributed: Span | None = None
    step: tuple[MapStep, ...] = ()
    returns: tuple[Return, ...] = ()
    change: tuple[Change, ...] = ()

    @field_validator("measured")
    @classmethod
    def _is_a_scope(cls, measured: str | None) -> str | None:
        for key, text in parse_qsl(measured or ""):
            try:
                _ = dt.date.fromisoformat(text) if key in ("from", "to") else SCOPE_KEYS[key]
            except (KeyError, ValueError):
                raise ValueError(f"should be a scope as it stands in an address; {key}={text} is none") from None
        return measured

    @property
    def counts_working_time(self) -> bool:
        """Whether its days are those of the working calendar."""
        return ("clock", "working") in parse_qsl(self.measured or "")

    @property
    def is_sketch(self) -> bool:
        """Whether its steps were typed, not measured."""
        return self.measured is None


def parse_design(path: Path, text: str) -> Design:
    """The design that a text says. Raises DefinitionError with file, key, found and expected."""
    design = parse_toml(path, text, Design)
    names = [step.name for step in design.step]
    for name in names:
        if names.count(name) > 1:
            raise DefinitionError(f"{path.name}: two steps have the name {name!r}. Give each its own.")
    return design
