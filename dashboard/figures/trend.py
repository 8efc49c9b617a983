"""A metric over its periods: lines for statistics, bars for counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.catalogue import Metric
from dashboard.figures import periods
from dashboard.figures.frame import HEIGHT, NO_ITEMS, Figure, Trace, axis, empty, figure, key, numbers
from dashboard.figures.goals import Goal, Mark, goal_label, goal_traces, mark_lines, mark_traces
from dashboard.theme import FEW, GREY, LINES, WORK, Fill, axis_scale, axis_title, escaped, formatted, hatched

__all__ = ["Goal", "Mark", "bars", "trend"]

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
) -> Figure:
    """A line for each table of period_start, value, items, by its label ("50 %", "85 %"; "" needs none).

    Null is a gap, a point of fewer than 5 items is grey and hollow. `partial` holds the first days of periods that are
    cut short. `customdata` of a point is its period_start. `words` is what stands there when no value is known.
    """
    if not any(table["value"].notna().any() for table in tables.values()):
        return empty(words)
    days = periods.starts(day for table in tables.values() for day in table["period_start"])
    unit, factor = axis_scale(metric.unit, _largest(tables.values(), goal))
    lines = [
        _line(label, table, metric.unit, factor, partial, days, number)
        for number, (label, table) in enumerate(tables.items())
    ]
    aims = goal_traces(goal, metric.unit, factor, *_ends(days)) if goal else []
    notes = _notes(tables.values(), days, partial)
    traces = [*notes, *aims, *lines, *mark_traces(marks)]
    return _framed(
        traces,
        f"{metric.title}, {axis_title(unit)}",
        annotations=[goal_label(goal, metric.unit, factor)] if goal else [],
        shapes=mark_lines(marks),
        showlegend=len(traces) - len(marks[:1]) > 1,
    )


def bars(
    table: pd.DataFrame,
    metric: Metric,
    *,
    partial: Collection[dt.date] = (),
    words: str = NO_ITEMS,
) -> Figure:
    """A bar for each period of a count, from period_start, value, items; a period cut short is hatched.

    A small count is a fact, not a shaky statistic, so none is greyed. `customdata` of a bar is its period_start.
    """
    if not table["value"].notna().any():
        return empty(words)
    days = periods.starts(table["period_start"])
    unit, factor = axis_scale(metric.unit, _largest([table], None))
    is_cut = table["period_start"].map(lambda day: periods.is_in(day, partial)).astype(bool)
    traces = [
        {
            **_points(rows, "", metric.unit, factor, days, partial),
            "type": "bar",
            "name": name,
            "marker": {"color": WORK, "pattern": pattern},
        }
        for rows, name, pattern in (
            (table[~is_cut], escaped(metric.title), {}),
            (table[is_cut], periods.PARTIAL, hatched(Fill(WORK, "/"))),
        )
        if len(rows)
    ]
    traces += periods.gaps(days, _without_value([table]))
    title = f"{metric.title}, {axis_title(unit)}"
    return _framed(traces, title, showlegend=len(traces) > 1, barmode="overlay", bargap=0.25)


def _framed(traces: list[Trace], title: str, **layout: Any) -> Figure:
    return figure(
        traces,
        HEIGHT,
        xaxis=axis("Date", type="date"),
        yaxis=axis(title, rangemode="tozero"),
        yaxis2=periods.WHOLE_HEIGHT,
        hovermode="x unified",
        **layout,
    )


def _line(
    label: str,
    table: pd.DataFrame,
    unit: str,
    factor: float,
    partial: Collection[dt.date],
    days: Sequence[pd.Timestamp],
    number: int,
) -> Trace:
    """A line with a point for each period; those of few items grey and hollow."""
    colour = LINES[number % len(LINES)]
    is_few = [items < FEW for items in table["items"]]
    return {
        **_points(table, label, unit, factor, days, partial),
        "type": "scatter",
        "mode": "lines+markers",
        "name": escaped(label),
        "connectgaps": False,
        "line": {"color": colour, "width": 2, "dash": DASHES[number % len(DASHES)]},
        "marker": {
            "size": 5 if len(days) > 60 else 7,
            "color": [GREY if few else colour for few in is_few],
            "symbol": ["circle-open" if few else "circle" for few in is_few],
            "line": {"width": 2 if any(is_few) else 0},
        },
        "showlegend": bool(label),
    }


def _points(
    table: pd.DataFrame,
    label: str,
    unit: str,
    factor: float,
    days: Sequence[pd.Timestamp],
    partial: Collection[dt.date],
) -> Trace:
    """Place, value, key and hover text of each period."""
    keys = [periods.iso(day) for day in table["period_start"]]
    kind = periods.kind(days)
    rows = zip(table["period_start"], table["value"], table["items"], strict=True)
    return {
        "x": keys,
        "y": numbers(table["value"], factor),
        "customdata": keys,
        "hovertext": [
            _told(periods.name(pd.Timestamp(day), kind), label, formatted(value, unit), n, periods.is_in(day, partial))
            for day, value, n in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        **periods.placed(days),
    }


def _told(period: str, label: str, value: str, items: int, is_partial: bool) -> str:
    """'May 2024: <b>162.3 d</b>, n = 69'."""
    few = ", too few to trust" if items < FEW else ""
    cut = ", incomplete" if is_partial else ""
    return f"{period}{cut}: {escaped(label)} <b>{value}</b>, n = {items:,}{few}"


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


def _notes(
    tables: Collection[pd.DataFrame], days: Sequence[pd.Timestamp], partial: Collection[dt.date]
) -> list[Trace]:
    """Marks and legend entries for what is incomplete, missing or rests on few items."""
    has_few = any(((table["items"] < FEW) & table["value"].notna()).any() for table in tables)
    few = [key(FEW_WORDS, {"symbol": "circle-open"})] if has_few else []
    return [*periods.bands(days, partial), *few, *periods.gaps(days, _without_value(tables))]
