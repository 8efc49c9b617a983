"""A metric over its periods: lines for statistics, bars for counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.catalogue import Metric
from dashboard.figures import periods
from dashboard.figures.frame import HEIGHT, NO_ITEMS, Figure, Trace, axis, empty, figure, key, numbers
from dashboard.figures.goals import Goal, Mark, goal_label, goal_traces, mark_lines, mark_traces
from dashboard.theme import FEW, LINES, WORK, axis_scale, axis_title, escaped, formatted

__all__ = ["Goal", "Mark", "bars", "trend"]

# First day of a period → which items are behind its value, for the list that a click opens.
Keys = Mapping[str, str]
NO_KEYS: Keys = {}
FEW_WORDS = f"Fewer than {FEW} items"
DASHES = ("solid", "dash", "dashdot", "dot")


def trend(
    tables: Mapping[str, pd.DataFrame],
    metric: Metric,
    *,
    partial: Collection[dt.date] = (),
    goal: Goal | None = None,
    marks: Sequence[Mark] = (),
    words: str = NO_ITEMS,
    keys: Keys = NO_KEYS,
) -> Figure:
    """A line for each table of period_start, value, items, by its label ("50 %", "85 %"; "" needs none).

    Null is a gap, a point of fewer than 5 items is grey and hollow. `partial` holds the first days of periods
    that are cut short. `customdata` of a point is its period_start, or what `keys` has for it. `words` stand
    there where no value is.
    """
    if not any(table["value"].notna().any() for table in tables.values()):
        return empty(words)
    sheet = _sheet(list(tables.values()), metric, partial, goal, keys)
    lines = [_line(label or metric.title, table, sheet, number) for number, (label, table) in enumerate(tables.items())]
    aims = goal_traces(goal, sheet.unit, sheet.factor, *_ends(sheet.days)) if goal else []
    traces = [*sheet.behind, *aims, *lines, *_few(lines, list(tables.values())), *sheet.gaps]
    return _framed(
        [*traces, *mark_traces(marks)],
        sheet,
        annotations=[goal_label(goal, sheet.unit, sheet.factor, sheet.days[0])] if goal else [],
        shapes=mark_lines(marks),
        showlegend=len(traces) > 1,
    )


def bars(
    table: pd.DataFrame,
    metric: Metric,
    *,
    partial: Collection[dt.date] = (),
    words: str = NO_ITEMS,
    keys: Keys = NO_KEYS,
) -> Figure:
    """A bar for each period of a count, from period_start, value, items.

    A small count is a fact, not a shaky statistic: none is greyed. `customdata` of a bar is its period_start, or what
    `keys` has for it.
    """
    if not table["value"].notna().any():
        return empty(words)
    sheet = _sheet([table], metric, partial, None, keys)
    bar = {
        **_points(table, metric.title, sheet, few=0),
        "type": "bar",
        "name": escaped(metric.title),
        "marker": {"color": WORK},
    }
    traces = [bar, *sheet.behind, *sheet.gaps]
    return _framed(traces, sheet, showlegend=len(traces) > 1, bargap=0.25)


@dataclass(frozen=True)
class _Sheet:
    """What all points of a drawing share: the metric's unit, its axis, the periods and their marks."""

    unit: str
    factor: float
    title: str
    days: Sequence[pd.Timestamp]
    partial: Collection[dt.date]
    behind: Sequence[Trace]
    gaps: Sequence[Trace]
    keys: Keys


def _sheet(
    tables: Sequence[pd.DataFrame], metric: Metric, partial: Collection[dt.date], goal: Goal | None, keys: Keys
) -> _Sheet:
    days = periods.starts(day for table in tables for day in table["period_start"])
    unit, factor = axis_scale(metric.unit, _largest(tables, goal))
    title = f"{metric.title}, {axis_title(unit)}"
    gaps = periods.gaps(days, _without_value(tables))
    return _Sheet(metric.unit, factor, title, days, partial, periods.bands(days, partial), gaps, keys)


def _framed(traces: Sequence[Trace], sheet: _Sheet, **layout: Any) -> Figure:
    return figure(
        traces,
        HEIGHT,
        xaxis=periods.axis_of(sheet.days),
        yaxis=axis(sheet.title, rangemode="tozero"),
        yaxis2=periods.WHOLE_HEIGHT,
        hovermode="x unified",
        **layout,
    )


def _line(label: str, table: pd.DataFrame, sheet: _Sheet, number: int) -> Trace:
    """A line with a point for each period, transparent where a hollow one of `_few` stands instead."""
    colour = LINES[number % len(LINES)]
    seen = [0 if items < FEW else 1 for items in table["items"]]
    return {
        **_points(table, label, sheet, few=FEW),
        "type": "scatter",
        "mode": "lines+markers",
        "name": escaped(label),
        "connectgaps": False,
        "line": {"color": colour, "width": 2, "dash": DASHES[number % len(DASHES)]},
        "marker": {"size": 5 if len(sheet.days) > 60 else 7, "color": colour, "opacity": seen},
    }


def _points(table: pd.DataFrame, label: str, sheet: _Sheet, few: int) -> Trace:
    """Place, value, key and hover text of each period."""
    keys = [periods.iso(day) for day in table["period_start"]]
    cut = [periods.is_in(day, sheet.partial) for day in table["period_start"]]
    rows = zip(table["value"], table["items"], cut, strict=True)
    return {
        "x": keys,
        "y": numbers(table["value"], sheet.factor),
        "customdata": [sheet.keys.get(key, key) for key in keys],
        "hovertext": [
            _told(label, formatted(value, sheet.unit), items, items < few, is_cut) for value, items, is_cut in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        **periods.placed(sheet.days),
    }


def _told(label: str, value: str, items: int, is_few: bool, is_cut: bool) -> str:
    """'50 % <b>162.3 d</b>, n = 3 (fewer than 5), incomplete period'."""
    few = f" (fewer than {FEW})" if is_few else ""
    cut = f", {periods.PARTIAL.lower()}" if is_cut else ""
    return f"{escaped(label)} <b>{value}</b>, n = {items:,}{few}{cut}"


def _largest(tables: Collection[pd.DataFrame], goal: Goal | None) -> float:
    values = [float(table["value"].max()) for table in tables if table["value"].notna().any()]
    return max([*values, *([goal.value, goal.baseline or 0] if goal else [])])


def _ends(days: Sequence[pd.Timestamp]) -> tuple[str, str]:
    """The first day, and the last day of the last period as far as it is known."""
    kind = periods.kind(days)
    return periods.iso(days[0]), periods.iso(days[-1] + periods.STEPS[kind] if kind else days[-1])


def _without_value(tables: Collection[pd.DataFrame]) -> set[dt.date]:
    """Periods in which no table has a value."""
    every = {pd.Timestamp(day) for table in tables for day in table["period_start"]}
    known = {pd.Timestamp(d) for table in tables for d in table.loc[table["value"].notna(), "period_start"]}
    return {day.date() for day in every - known}


def _few(lines: Sequence[Trace], tables: Sequence[pd.DataFrame]) -> list[Trace]:
    """Grey and hollow marks over the points of the lines that rest on few items."""
    found = [
        (x, y)
        for line, table in zip(lines, tables, strict=True)
        for x, y, items in zip(line["x"], line["y"], table["items"], strict=True)
        if items < FEW and y is not None
    ]
    places = {name: value for name, value in lines[0].items() if name.startswith("xperiod")}
    mark = key(FEW_WORDS, {"symbol": "circle-open", "line": {"width": 2}})
    return [{**mark, **places, "x": [x for x, _ in found], "y": [y for _, y in found]}] if found else []
