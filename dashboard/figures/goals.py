"""Targets and initiatives on a trend: where a metric is to go, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.figures.frame import Trace, shortened
from dashboard.figures.periods import iso
from dashboard.theme import GREEN, GREY, formatted

# Pale, for the digits in it have the page's ink.
DISC = "rgba(134,142,150,.35)"


@dataclass(frozen=True)
class Goal:
    """A value to reach by a day, in the metric's unit; with a baseline also the path from it.

    The baseline was measured over [baseline_from, baseline_until); the path to the value is "linear", or a
    "step" on the due day.
    """

    value: float
    due: dt.date | None = None
    baseline: float | None = None
    baseline_from: dt.date | None = None
    baseline_until: dt.date | None = None
    path: str = "linear"


@dataclass(frozen=True)
class Mark:
    """The start of an initiative, or a milestone on its way, which has the initiative's number."""

    on: dt.date
    name: str
    number: int
    kind: Literal["start", "milestone"] = "start"


def goal_traces(goal: Goal, unit: str, factor: float, since: str, until: str) -> list[Trace]:
    """The target over the whole width and, where a baseline is known, that and the path between them."""
    words = f"Target {formatted(goal.value, unit)}" + (f" by {_day(goal.due)}" if goal.due else "")
    value = goal.value * factor
    until = max(until, iso(goal.due)) if goal.due else until
    lines = [_line("Target", [since, until], [value, value], words, GREEN, "dash")]
    if goal.baseline is not None and goal.baseline_until and goal.due:
        base, begin = goal.baseline * factor, goal.baseline_until
        shape = "hv" if goal.path == "step" else "linear"
        path = _line("Path to target", [iso(begin), iso(goal.due)], [base, value], words, GREEN, "dot")
        path["line"]["shape"] = shape
        words = f"Baseline {formatted(goal.baseline, unit)}"
        since = iso(goal.baseline_from or begin)
        lines += [_line("Baseline", [since, iso(begin)], [base, base], words, GREY, "solid"), path]
    return lines


def goal_label(goal: Goal, unit: str, factor: float, since: Any) -> dict[str, Any]:
    """The target's name at the left end of its line."""
    return {
        "text": f"Target {formatted(goal.value, unit)}",
        "x": iso(since),
        "xanchor": "left",
        "y": goal.value * factor,
        "yanchor": "bottom",
        "showarrow": False,
    }


def mark_traces(marks: Sequence[Mark]) -> list[Trace]:
    """At the top of the drawing a numbered disc for each start and a square for each milestone, its name to hover."""
    if not marks:
        return []
    ordered = sorted(marks, key=lambda mark: mark.kind == "start")  # where both are on a day, the disc covers
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [iso(mark.on) for mark in ordered],
            "y": [1] * len(ordered),
            "yaxis": "y2",
            "cliponaxis": False,
            "text": [str(mark.number) for mark in ordered],
            "textfont": {"size": 11},
            "marker": {
                "size": 17,
                "color": DISC,
                "symbol": ["circle" if mark.kind == "start" else "square" for mark in ordered],
                "line": {"color": GREY, "width": 1},
            },
            "hovertext": [f"{mark.number} {shortened(mark.name)}, {_day(mark.on)}" for mark in ordered],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "name": "Initiative",
            "showlegend": False,
        }
    ]


def mark_lines(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """A vertical line for each start, a fainter one for a milestone."""
    upright = {"type": "line", "y0": 0, "y1": 1, "yref": "paper", "line": {"dash": "dot", "width": 1}}
    return [
        {**upright, "x0": iso(mark.on), "x1": iso(mark.on), "opacity": 1 if mark.kind == "start" else 0.4}
        for mark in marks
    ]


def _line(name: str, x: list[str], y: list[float], words: str, colour: str, dash: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": 2, "dash": dash},
        "hovertext": [words, words],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
