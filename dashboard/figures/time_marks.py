"""What happened beside the items, on the axis of time: lanes of marks above a drawing, and bands through it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dashboard.figures.frame import Figure, Trace, shortened
from dashboard.theme import escaped

LANE = 24
# More marks run into each other.
MOST = 60
# Above and below the rows: margins, dates, and what they are called.
EDGES = 104
PALE = "rgba(134,142,150,.16)"
DISC = "rgba(134,142,150,.35)"
WEEK, MONTH = "week", "month"


@dataclass(frozen=True)
class Happening:
    """So many things on a day, or in the week or month that begins with it; `sign` stands in the mark."""

    on: dt.date
    count: int = 1
    detail: str = ""
    sign: str = ""
    symbol: str = ""


@dataclass(frozen=True)
class Lane:
    """One kind of thing: its name, what one and what several are called, its mark."""

    name: str
    one: str
    many: str
    symbol: str
    colour: str
    happenings: Sequence[Happening] = ()
    has_lines: bool = False


@dataclass(frozen=True)
class TimeMarks:
    """All that is shown beside the items; `days_off` are drawn as bands."""

    lanes: tuple[Lane, ...] = ()
    days_off: tuple[dt.date, ...] = ()


NO_MARKS = TimeMarks()


def with_marks(drawn: Figure, marks: TimeMarks) -> Figure:
    """A figure over dates with a lane of marks above it for each kind, and bands for days off."""
    layout, lanes = drawn["layout"], marks.lanes
    shapes = [*layout.get("shapes", []), *_bands(marks.days_off), *_lines(lanes)]
    if not lanes:
        return {**drawn, "layout": {**layout, "shapes": shapes}}
    strip = LANE * len(lanes)
    share = strip / (layout["height"] + strip - EDGES)
    axis = {
        "domain": [1 - share, 1],
        "anchor": "x",
        "range": [len(lanes) - 0.5, -0.5],
        "tickvals": list(range(len(lanes))),
        "ticktext": [escaped(lane.name) for lane in lanes],
        "showgrid": False,
        "fixedrange": True,
        "zeroline": False,
    }
    below = {**layout["yaxis"], "domain": [0, 1 - share]}
    changed = {"height": layout["height"] + strip, "yaxis": below, "yaxis2": axis, "shapes": shapes}
    traces = [_marks(lane, place) for place, lane in enumerate(lanes)]
    return {**drawn, "data": [*drawn["data"], *traces], "layout": {**layout, **changed}}


def thinned(happenings: Sequence[Happening], most: int = MOST) -> tuple[str, list[Happening]]:
    """Whether marks stand for a day, a week or a month, and the marks: the finest that are no more than `most`."""
    starts: dict[str, Callable[[dt.date], dt.date]] = {
        "day": lambda day: day,
        WEEK: lambda day: day - dt.timedelta(days=day.weekday()),
        MONTH: lambda day: day.replace(day=1),
    }
    for unit, start in starts.items():
        groups = [(on, list(some)) for on, some in groupby(happenings, key=lambda each: start(each.on))]
        if len(groups) <= most or unit == MONTH:
            break
    if unit == "day":
        return unit, list(happenings)
    return unit, [Happening(on, sum(each.count for each in some)) for on, some in groups]


def runs(days: Sequence[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """First day of each unbroken run of days, and the day after its last."""
    numbered = enumerate(sorted(days))
    found = [[day for _, day in some] for _, some in groupby(numbered, key=lambda each: each[1].toordinal() - each[0])]
    return [(some[0], some[-1] + dt.timedelta(days=1)) for some in found]


def told_day(day: dt.date) -> str:
    """'3 Mar 2026'."""
    return f"{day.day} {day:%b %Y}"


def _marks(lane: Lane, place: int) -> Trace:
    unit, shown = thinned(lane.happenings)
    has_signs = any(each.sign for each in shown)
    least = 8 if len(shown) <= MOST / 2 else 6
    size = [17.0 if has_signs else least + min(8, 1.5 * math.log2(each.count)) for each in shown]
    return {
        "type": "scatter",
        "mode": "markers+text" if has_signs else "markers",
        "name": escaped(lane.name),
        "showlegend": False,
        "x": [_middle(each.on, unit) for each in shown],
        "y": [place] * len(shown),
        "yaxis": "y2",
        "cliponaxis": False,
        "text": [each.sign for each in shown],
        "textfont": {"size": 11},
        "marker": {
            "symbol": [each.symbol or lane.symbol for each in shown],
            "size": size,
            "color": DISC if has_signs else lane.colour,
            "line": {"color": lane.colour, "width": 1},
        },
        "hovertext": [_told(lane, each, unit) for each in shown],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(lane: Lane, each: Happening, unit: str) -> str:
    count = f"<b>{each.count:,}</b> {lane.one if each.count == 1 else lane.many}"
    when = f"on {told_day(each.on)}" if unit == "day" else f"in the {unit} from {told_day(each.on)}"
    if each.sign:
        return f"{each.sign} {shortened(each.detail)}, {told_day(each.on)}"
    return f"{count} {when}" + (f"<br>{shortened(each.detail)}" if each.detail else "")


def _middle(day: dt.date, unit: str) -> str:
    """Where a mark stands: at noon of its day, or in the middle of its week or month."""
    days = {"day": 0, WEEK: 3, MONTH: 14}[unit]
    return f"{day + dt.timedelta(days=days)} 12:00"


def _bands(days: Sequence[dt.date]) -> list[dict[str, Any]]:
    whole = {
        "type": "rect",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "fillcolor": PALE,
        "line": {"width": 0},
    }
    return [{**whole, "x0": str(since), "x1": str(until)} for since, until in runs(days)]


def _lines(lanes: Sequence[Lane]) -> list[dict[str, Any]]:
    """A line through the drawing for each mark of a lane that has them, where each stands for a day."""
    upright = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    thin = [(lane, thinned(lane.happenings)) for lane in lanes if lane.has_lines]
    return [
        {**upright, "x0": _middle(each.on, unit), "x1": _middle(each.on, unit), "line": _stroke(lane)}
        for lane, (unit, shown) in thin
        if unit == "day"
        for each in shown
    ]


def _stroke(lane: Lane) -> dict[str, Any]:
    return {"color": lane.colour, "width": 1, "dash": "dot"}
