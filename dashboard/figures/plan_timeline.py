"""The plan over time: a bar for each initiative from its start to its due day, its milestones, targets' due days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.figures.frame import Figure, Trace, broken, empty, figure, key, shortened, time_axis
from dashboard.figures.periods import iso
from dashboard.theme import GREEN, GREY, PINK, SKY, Fill, hatched

ROW, EDGES, LABEL = 38, 110, 50
# Not the colours of work and waiting: a status is neither.
STATUSES: Mapping[str, Fill] = {
    "planned": Fill(GREY, "/"),
    "running": Fill(SKY),
    "done": Fill(GREEN),
    "stopped": Fill(PINK, "x"),
}
DAY = 86_400_000  # in the milliseconds of an axis of days


@dataclass(frozen=True)
class Bar:
    """An initiative on [start, end); with `is_open` nobody has said when it ends."""

    name: str
    status: str
    start: dt.date
    end: dt.date
    is_open: bool
    milestones: tuple[tuple[dt.date, str], ...] = ()


def plan_timeline(bars: Sequence[Bar], dues: Sequence[tuple[dt.date, str]], today: dt.date) -> Figure:
    """Initiatives as rows in the order given; `dues` are the days by which targets are to be met."""
    if not bars and not dues:
        return empty("No initiative has a start yet.")
    rows = [str(number) for number, _ in enumerate(bars)]
    spans = [_bars(status, fill, bars) for status, fill in STATUSES.items() if any(b.status == status for b in bars)]
    below = [str(len(bars))] if dues else []
    return figure(
        [*spans, *_open(bars), *_milestones(bars), *_dues(dues, len(bars))],
        EDGES + ROW * len([*rows, *below]),
        xaxis=time_axis("Date", showgrid=True),
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [*rows, *below],
            "range": [len([*rows, *below]) - 0.5, -0.5],
            "tickvals": [*rows, *below],
            "ticktext": [*(broken(_cut(bar.name), 26) for bar in bars), *(["Targets"] if dues else [])],
            "showgrid": False,
        },
        shapes=[{"type": "line", "x0": iso(today), "x1": iso(today), "yref": "paper", "y0": 0, "y1": 1}],
        annotations=[{"text": "Data as of", "x": iso(today), "yref": "paper", "y": 1, "yanchor": "bottom"}],
        barmode="overlay",
        bargap=0.35,
        showlegend=True,
    )


def _bars(status: str, fill: Fill, bars: Sequence[Bar]) -> Trace:
    mine = [(str(row), bar) for row, bar in enumerate(bars) if bar.status == status]
    return {
        "type": "bar",
        "orientation": "h",
        "name": status.capitalize(),
        "y": [row for row, _ in mine],
        "base": [iso(bar.start) for _, bar in mine],
        "x": [max(1, (bar.end - bar.start).days) * DAY for _, bar in mine],
        "marker": {"color": fill.colour, "pattern": hatched(fill)},
        "hovertext": [_told(bar) for _, bar in mine],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(bar: Bar) -> str:
    end = "no due day" if bar.is_open else f"due {_day(bar.end)}"
    return f"<b>{shortened(bar.name)}</b><br>{bar.status}: {_day(bar.start)}, {end}"


def _open(bars: Sequence[Bar]) -> list[Trace]:
    found = [(bar.end, row, f"{shortened(bar.name)}: no due day") for row, bar in enumerate(bars) if bar.is_open]
    return _points("No due day", found, {"symbol": "triangle-right", "size": 14, "color": GREY})


def _milestones(bars: Sequence[Bar]) -> list[Trace]:
    found = [(on, row, f"{shortened(name)}, {_day(on)}") for row, bar in enumerate(bars) for on, name in bar.milestones]
    look = {"symbol": "square", "size": 10, "color": "#FFFFFF", "line": {"color": "#495057", "width": 2}}
    return _points("Milestone", found, look)


def _dues(dues: Sequence[tuple[dt.date, str]], row: int) -> list[Trace]:
    found = [(on, row, f"{shortened(name)}, due {_day(on)}") for on, name in dues]
    return _points("Target due", found, {"symbol": "star", "size": 13, "color": GREEN, "line": {"color": "#495057"}})


def _points(name: str, found: Sequence[tuple[dt.date, int, str]], look: Trace) -> list[Trace]:
    """Marks on rows, each (day, row, what it tells), and their entry in the legend."""
    if not found:
        return []
    marks = {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [iso(on) for on, _, _ in found],
        "y": [str(row) for _, row, _ in found],
        "marker": look,
        "hovertext": [words for _, _, words in found],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }
    return [marks, key(name, look)]


def _cut(name: str) -> str:
    return name if len(name) <= LABEL else f"{name[: LABEL - 1].rstrip()}…"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
