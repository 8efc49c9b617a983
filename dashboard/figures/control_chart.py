"""XmR charts: a measure with its natural limits and signals, and its moving ranges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from dashboard.analysis.control_chart import Limits, Signal
from dashboard.catalogue import Metric
from dashboard.figures import periods
from dashboard.figures.frame import HEIGHT, Figure, Trace, axis, empty, figure, numbers
from dashboard.figures.trend import Keys
from dashboard.theme import BAD, GREY, WORK, axis_scale, axis_title, escaped, formatted

NO_KEYS: Mapping[str, str] = {}


def control_chart(
    table: pd.DataFrame,
    metric: Metric,
    limits: Limits,
    signals: Sequence[Signal],
    baseline: tuple[dt.date, dt.date],
    partial: Collection[dt.date] = (),
    keys: Keys = NO_KEYS,
) -> Figure:
    """A point a period with the centre and the limits; points of a signal are marked, the rule in their hover text.

    `baseline` is the first day of its first and last period: there the lines are solid, elsewhere dashed.
    """
    if not table["value"].notna().any():
        return empty("No value in this scope.")
    unit, factor = axis_scale(metric.unit, max(float(table["value"].max()), limits.upper))
    days = periods.starts(table["period_start"])
    levels = {"Upper limit": limits.upper, "Centre": limits.centre, "Lower limit": limits.lower}
    lines = [
        _level(name, value * factor, formatted(value, metric.unit), days, baseline) for name, value in levels.items()
    ]
    return figure(
        [
            *(trace for pair in lines for trace in pair),
            _points(table, metric, signals, factor, keys),
            *periods.bands(days, partial),
        ],
        HEIGHT + 40,
        xaxis=periods.axis_of(days),
        yaxis=axis(f"{metric.title}, {axis_title(unit)}"),
        yaxis2=periods.WHOLE_HEIGHT,
        showlegend=True,
    )


def moving_ranges(table: pd.DataFrame, metric: Metric, limits: Limits) -> Figure:
    """How far each value is from the one before it, with the mean of the baseline and the limit."""
    known = table.dropna(subset=["value"])
    ranges = known["value"].diff().abs()
    if len(known) < 2:
        return empty("Fewer than two values in this scope.")
    unit, factor = axis_scale(metric.unit, max(float(ranges.max()), limits.moving_range_limit))
    days = periods.starts(known["period_start"])
    whole = days[0].date(), days[-1].date()
    levels = {"Limit": limits.moving_range_limit, "Mean": limits.moving_range_mean}
    lines = [_level(name, value * factor, formatted(value, metric.unit), days, whole) for name, value in levels.items()]
    points: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Moving range",
        "x": [periods.iso(day) for day in known["period_start"]],
        "y": numbers(ranges, factor),
        "line": {"color": WORK, "width": 1.5},
        "marker": {
            "size": 7,
            "color": [BAD if value > limits.moving_range_limit else WORK for value in ranges.fillna(0)],
        },
        **periods.placed(days),
    }
    return figure(
        [*(trace for pair in lines for trace in pair), points],
        220,
        xaxis=periods.axis_of(days),
        yaxis=axis(f"Moving range, {axis_title(unit)}", rangemode="tozero"),
        showlegend=True,
    )


def _level(
    name: str, value: float, words: str, days: Sequence[pd.Timestamp], baseline: tuple[dt.date, dt.date]
) -> list[Trace]:
    """A line over all periods, and a solid one over the baseline it was computed from."""
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "legendgroup": name}
    colour = GREY if name != "Centre" else WORK
    whole = {"name": f"{name}: {words}", "x": [periods.iso(days[0]), periods.iso(days[-1])], "y": [value, value]}
    solid = {"showlegend": False, "x": [periods.iso(day) for day in baseline], "y": [value, value]}
    return [
        {**line, **whole, "line": {"color": colour, "width": 1.2, "dash": "dash"}},
        {**line, **solid, "line": {"color": colour, "width": 2}},
    ]


def _points(table: pd.DataFrame, metric: Metric, signals: Sequence[Signal], factor: float, keys: Keys) -> Trace:
    rules: dict[int, list[str]] = {}
    for signal in signals:
        for place in signal.indices:
            rules.setdefault(place, []).append(signal.rule)
    days = [periods.iso(day) for day in table["period_start"]]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Value (diamond: part of a signal)",
        "x": days,
        "y": numbers(table["value"], factor),
        "customdata": [keys.get(day, day) for day in days],
        "connectgaps": False,
        "line": {"color": WORK, "width": 1.5},
        "marker": {
            "size": [11 if place in rules else 7 for place in range(len(table))],
            "color": [BAD if place in rules else WORK for place in range(len(table))],
            "symbol": ["diamond" if place in rules else "circle" for place in range(len(table))],
        },
        "hovertext": [
            "<br>".join([f"<b>{formatted(value, metric.unit)}</b>, n = {items:,}", *map(escaped, rules.get(place, []))])
            for place, (value, items) in enumerate(zip(table["value"], table["items"], strict=True))
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        **periods.placed(periods.starts(table["period_start"])),
    }
