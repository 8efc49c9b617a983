"""plan.toml: objectives, targets and initiatives, checked key by key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from dashboard.errors import DefinitionError
from dashboard.streams.definition import Checked, read_toml

Strategy = Literal["eliminate-waste", "reduce-batch-size", "establish-flow", "pull-system", "continuous-improvement"]


class Objective(Checked):
    """What an organisation wants of a stream."""

    id: str
    stream: str
    title: str


class Target(Checked):
    """A metric that is to reach a value by a day, from a baseline measured over a window."""

    id: str
    stream: str
    objective: str | None = None
    metric: str
    percentile: float | None = Field(default=0.5, gt=0, lt=1)
    period: Literal["week", "month", "quarter"] = "month"
    baseline_from: dt.date
    baseline_until: dt.date
    value: float
    due: dt.date
    path: Literal["linear", "step"] = "linear"


class Milestone(Checked):
    """A day on an initiative's way."""

    on: dt.date
    name: str


class Initiative(Checked):
    """Something done to move a metric."""

    id: str
    stream: str
    name: str
    strategy: Strategy | None = None
    owner: str | None = None
    stage: str | None = None
    metric: str | None = None
    expected: str | None = None
    start: dt.date | None = None
    due: dt.date | None = None
    status: Literal["planned", "running", "done", "stopped"] = "planned"
    milestones: tuple[Milestone, ...] = ()


class Review(Checked):
    """A day on which those who lead looked at the plan of a stream, and what they decided."""

    stream: str
    on: dt.date
    note: str | None = None


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
    plan = read_toml(path, Plan)
    named: list[tuple[str, str | None]] = [
        (f"target[{number}]", each.metric) for number, each in enumerate(plan.target)
    ]
    named += [(f"initiative[{number}]", each.metric) for number, each in enumerate(plan.initiative) if each.metric]
    for key, metric in named:
        if metric not in metrics:
            raise DefinitionError(
                f"{path}: {key}.metric is {metric!r}; there is no such metric. There are: {', '.join(sorted(metrics))}."
            )
    return plan


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
