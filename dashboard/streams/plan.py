"""plan.toml: objectives, targets and initiatives, checked key by key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

from dashboard.errors import DefinitionError
from dashboard.streams.definition import Checked, complaint, parse_toml
from dashboard.streams.files import text_of

# What stands in a plan, in the order in which it is read.
KINDS = ("objective", "target", "initiative", "review")
# How many names are offered for one that is not known, and how like it they are at least.
NEAREST, LIKE = 3, 0.5
Fault = tuple[tuple[str | int, ...], str]
Strategy = Literal["eliminate-waste", "reduce-batch-size", "establish-flow", "pull-system", "continuous-improvement"]


Text = Annotated[str, Field(min_length=1)]


def _or_mean(value: object) -> object:
    """TOML has no null: the mean is written as the word."""
    return None if value == "mean" else value


class Objective(Checked):
    """What an organisation wants of a stream."""

    id: Text
    stream: Text
    title: Text


class Target(Checked):
    """A metric that is to reach a value by a day, from a baseline: a value, or what was measured over a window.

    With `team` the metric is that team's. A baseline that is a value holds from `baseline_until` on, if it says so.
    """

    id: Text
    stream: Text
    objective: str | None = None
    metric: str
    team: str | None = None
    percentile: Annotated[float | None, BeforeValidator(_or_mean)] = Field(default=0.5, gt=0, lt=1)
    period: Literal["week", "month", "quarter"] = "month"
    baseline: float | None = None
    baseline_from: dt.date | None = None
    baseline_until: dt.date | None = None
    value: float
    due: dt.date
    path: Literal["linear", "step"] = "linear"

    @model_validator(mode="after")
    def _has_a_baseline(self) -> Target:
        if self.baseline is None and not (self.baseline_from and self.baseline_until):
            raise ValueError("should have 'baseline', a value, or both 'baseline_from' and 'baseline_until'")
        if self.baseline is not None and self.baseline_from:
            raise ValueError("should have 'baseline', a value, or 'baseline_from', the first day it is measured over")
        if self.baseline_from and self.baseline_until and self.baseline_from >= self.baseline_until:
            raise ValueError("should have 'baseline_until' later than 'baseline_from'")
        return self


class Milestone(Checked):
    """A day on an initiative's way."""

    on: dt.date
    name: Text


class Initiative(Checked):
    """Something done to move a metric."""

    id: Text
    stream: Text
    name: Text
    strategy: Strategy | None = None
    owner: str | None = None
    stage: str | None = None
    metric: str | None = None
    expected: str | None = None
    start: dt.date | None = None
    due: dt.date | None = None
    status: Literal["planned", "running", "done", "stopped"] = "planned"
    milestones: tuple[Milestone, ...] = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Initiative:
        if self.start and self.due and self.due < self.start:
            raise ValueError("should have 'due' no earlier than 'start'")
        return self


class Review(Checked):
    """A day on which those who lead looked at the plan of a stream, and what they decided."""

    stream: Text
    on: dt.date
    note: str | None = None

    @property
    def id(self) -> str:
        """A stream has one review a day."""
        return f"{self.stream} {self.on}"


class Plan(Checked):
    """A whole plan.toml."""

    objective: tuple[Objective, ...] = ()
    target: tuple[Target, ...] = ()
    initiative: tuple[Initiative, ...] = ()
    review: tuple[Review, ...] = ()

    def for_stream(self, stream: str) -> Plan:
        """The part of the plan that concerns one stream."""
        return Plan(
            objective=tuple(each for each in self.objective if each.stream == stream),
            target=tuple(each for each in self.target if each.stream == stream),
            initiative=tuple(each for each in self.initiative if each.stream == stream),
            review=tuple(each for each in self.review if each.stream == stream),
        )


def read_plan(path: Path, metrics: frozenset[str]) -> Plan:
    """The plan of a file. Raises DefinitionError for a key, value or metric that can't be."""
    return parse_plan(path, text_of(path), metrics)


def parse_plan(path: Path, text: str, metrics: frozenset[str]) -> Plan:
    """The same of a text that stands, or is to stand, in the file."""
    plan = parse_toml(path, text, Plan)
    faults = [*_unknown_metrics(plan, metrics), *_unknown_objectives(plan), *_doubles(plan)]
    if faults:
        raise DefinitionError("\n".join(complaint(path, text, place, words) for place, words in faults))
    return plan


def _unknown_metrics(plan: Plan, metrics: frozenset[str]) -> Iterator[Fault]:
    named: dict[str, list[str | None]] = {
        "target": [each.metric for each in plan.target],
        "initiative": [each.metric for each in plan.initiative],
    }
    for kind, found in named.items():
        for number, metric in enumerate(found):
            if metric is not None and metric not in metrics:
                yield (kind, number, "metric"), f"is {metric!r}; {nearest(metric, metrics)}"


def _unknown_objectives(plan: Plan) -> Iterator[Fault]:
    known = [each.id for each in plan.objective]
    for number, each in enumerate(plan.target):
        if each.objective is not None and each.objective not in known:
            yield (
                ("target", number, "objective"),
                f"is {each.objective!r}; {nearest(each.objective, known, 'objective')}",
            )


def nearest(name: str, names: Iterable[str], what: str = "metric") -> str:
    """What to say of a name that is not there: those most like it, all of them where none is."""
    plain = name.lower().replace(" ", "_").replace("-", "_")
    places = {each.lower().replace("-", "_"): each for each in sorted(names)}
    like = [places[each] for each in get_close_matches(plain, places, NEAREST, LIKE)]
    if like:
        return f"there is no such {what}. Nearest: {', '.join(like)}."
    return f"there is no such {what}. There are: {', '.join(sorted(names)) or 'none'}."


def _doubles(plan: Plan) -> Iterator[Fault]:
    """Entries whose id another one has: none of them could be told from the other."""
    for kind in KINDS:
        seen: set[str] = set()
        for number, each in enumerate(getattr(plan, kind)):
            if each.id in seen:
                key = "on" if kind == "review" else "id"
                yield (kind, number, key), f"is {getattr(each, key)!s}, as in another {kind}. Give each its own."
            seen.add(each.id)


def target_rows(plan: Plan, stream: str) -> pd.DataFrame:
    """Rows for canonical.targets."""
    return pd.DataFrame(
        [
            {
                "stream": stream,
                "target_id": target.id,
                "objective": target.objective,
                "metric": target.metric,
                "value": target.value,
                "due_on": target.due,
            }
            for target in plan.for_stream(stream).target
        ]
    )


def initiative_rows(plan: Plan, stream: str) -> pd.DataFrame:
    """Rows for canonical.initiatives."""
    return pd.DataFrame(
        [
            each.model_dump(include={"name", "owner", "stage", "metric", "status"})
            | {"stream": stream, "initiative_id": each.id, "start_on": each.start, "due_on": each.due}
            for each in plan.for_stream(stream).initiative
        ]
    )
