"""A designed map as a TOML document: the steps it begins with, and the changes that are to be made to them.

A sketch has typed steps; a future state begins with the measured ones, as they were on a day.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer

from dashboard.errors import DefinitionError
from dashboard.streams.definition import Checked, parse_toml

SECONDS = {"min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
SPAN = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(min|h|d|w)\w*\s*", re.IGNORECASE)
SPANS = "a time with its unit, such as '30 min', '4 h', '2.5 d' or '1 w' (a day has 24 hours)"
Action = Literal["set", "automate", "remove", "merge", "split", "add"]


def seconds_of(text: Any) -> Any:
    """The seconds of '30 min', '4 h', '2.5 d', '1 w'; a number is seconds already. Raises ValueError for others."""
    if isinstance(text, float | int) and not isinstance(text, bool) and text >= 0:
        return float(text)
    found = SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"should be {SPANS}")
    return float(found[1].replace(",", ".")) * SECONDS[found[2].lower()]


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
    it stands for.
    """

    name: str = Field(min_length=1)
    mode: Literal["active", "wait"] = "active"
    stages: tuple[str, ...] = ()
    is_automated: bool = False

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
            raise DefinitionError(f"{path}: two steps have the name {name!r}. Give each its own.")
    return design
