"""Periods on a time axis: names, places, and marks for those that are cut short or without data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from dashboard.figures.frame import LAST, Trace, key, time_axis
from dashboard.theme import GREY

PARTIAL = "Incomplete period"
NO_DATA = "No data"
# Longest distance between two starts, in days → kind of period; the first start may be cut by the scope.
KINDS = {
    1: "day",
    7: "week",
    28: "month",
    29: "month",
    30: "month",
    31: "month",
    90: "quarter",
    91: "quarter",
    92: "quarter",
}
STEPS = {
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(days=7),
    "month": pd.DateOffset(months=1),
    "quarter": pd.DateOffset(months=3),
}
# In the notation of d3-time-format.
NAMES = {
    "day": "%-d %b %Y",
    "week": "Week of %-d %b %Y",
    "month": "%b %Y",
    "quarter": "Q%q %Y",
    None: "From %-d %b %Y",
}
WIDTHS: dict[str, int | str] = {"day": 86_400_000, "week": 604_800_000, "month": "M1", "quarter": "M3"}
# On a second axis from 0 to 1, over the whole height whatever the values are.
WHOLE_HEIGHT = {"overlaying": "y", "range": [0, 1], "fixedrange": True, "visible": False}


def starts(dates: Iterable[Any]) -> list[pd.Timestamp]:
    """The first days of the periods, each once, in order."""
    return sorted({pd.Timestamp(day) for day in dates})


def kind(days: Sequence[pd.Timestamp]) -> str | None:
    """day, week, month or quarter; None where the starts don't tell."""
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return KINDS.get(max(gaps)) if gaps else None


def axis_of(days: Sequence[pd.Timestamp]) -> dict[str, Any]:
    """The axis the periods stand on; on hover they are called 'May 2024', 'Q2 2024', 'Week of 6 May 2024'."""
    if len(days) == 1:
        # Alone it has no neighbour to scale the axis by, whose ticks would tell the time of day.
        names = [f"From {day.day} {day:%b %Y}" for day in days]
        return time_axis("Date", NAMES[None], tickmode="array", tickvals=[iso(day) for day in days], ticktext=names)
    return time_axis("Date", NAMES[kind(days)])


def placed(days: Sequence[pd.Timestamp]) -> dict[str, Any]:
    """What a trace needs to stand in the middle of its periods instead of at their starts."""
    of = kind(days)
    if of is None:
        return {}
    return {"xperiod": WIDTHS[of], "xperiod0": iso(days[-1]), "xperiodalignment": "middle"}


def iso(day: Any) -> str:
    """The day as plotly reads it."""
    return str(day)[:10]  # so of a day, an instant and a text alike; a Timestamp of each costs ten times that


def is_in(day: Any, days: Collection[dt.date]) -> bool:
    """Is this one of the days, whatever type either has?"""
    return pd.Timestamp(day) in {pd.Timestamp(other) for other in days}


def bands(days: Sequence[pd.Timestamp], partial: Collection[dt.date]) -> list[Trace]:
    """Hatched columns behind the periods that are cut short; none where their length is unknown."""
    of = kind(days)
    cut = [day for day in days if is_in(day, partial)]
    if of is None or not cut:
        return []
    ends = [*days[1:], days[-1] + STEPS[of]]
    traces = [_band(iso(day), iso(ends[days.index(day)])) for day in cut]
    traces[0]["showlegend"] = True
    return traces


def _band(since: str, until: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [since, until, until, since, since],
        "y": [0, 0, 1, 1, 0],
        "yaxis": "y2",
        "fill": "toself",
        "fillcolor": "rgba(134,142,150,.10)",
        "fillpattern": {"shape": "/", "fgcolor": GREY, "size": 8, "solidity": 0.12},
        "line": {"width": 0},
        "hoverinfo": "skip",
        "name": PARTIAL,
        "legendgroup": PARTIAL,
        "legendrank": LAST,
        "showlegend": False,
    }


def gaps(days: Sequence[pd.Timestamp], without: Collection[dt.date]) -> list[Trace]:
    """A small grey cross at the foot of every period without data, so that a gap is not taken for a zero."""
    missing = [day for day in days if is_in(day, without)]
    if not missing:
        return []
    return [
        key(NO_DATA, {"symbol": "x-thin", "size": 6, "line": {"color": GREY, "width": 1.5}})
        | {
            "x": [iso(day) for day in missing],
            "y": [0.02] * len(missing),
            "yaxis": "y2",
            "hoverinfo": "all",
            "hovertemplate": f"{NO_DATA}<extra></extra>",
            **placed(days),
        }
    ]
