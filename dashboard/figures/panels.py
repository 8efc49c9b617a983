"""Several metrics above each other on one time axis, each with its own scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.catalogue import Metric
from dashboard.figures import periods
from dashboard.figures.frame import Figure, Trace, axis, empty, figure, numbers
from dashboard.theme import FEW, GREY, LINES, axis_scale, axis_title, escaped, formatted

PANEL, BETWEEN = 150, 0.08
NO_VALUES = "None of these has a value in this scope."


def panels(tables: Sequence[tuple[Metric, pd.DataFrame]]) -> Figure:
    """A panel for each metric with its period_start, value, items; points of fewer than 5 items are hollow and grey."""
    shown = [(metric, table) for metric, table in tables if table["value"].notna().any()]
    if not shown:
        return empty(NO_VALUES)
    days = periods.starts(day for _, table in shown for day in table["period_start"])
    height = (1 - BETWEEN * (len(shown) - 1)) / len(shown)
    axes: dict[str, Mapping[str, object]] = {}
    lines: list[Trace] = []
    for number, (metric, table) in enumerate(shown):
        name = f"y{number + 1}" if number else "y"
        top = 1 - number * (height + BETWEEN)
        unit, factor = axis_scale(metric.unit, float(table["value"].max()))
        title = f"{metric.title},<br>{axis_title(unit)}"
        axes[f"yaxis{number + 1}" if number else "yaxis"] = axis(
            title, domain=[max(top - height, 0), top], rangemode="tozero", nticks=4
        )
        lines.append(_line(metric, table, name, factor, LINES[number % len(LINES)]))
    last = f"y{len(shown)}" if len(shown) > 1 else "y"
    across = {**periods.axis_of(days), "anchor": last}
    return figure(lines, 60 + PANEL * len(shown), xaxis=across, hovermode="x unified", **axes)


def _line(metric: Metric, table: pd.DataFrame, axis_name: str, factor: float, colour: str) -> Trace:
    is_few = [items < FEW for items in table["items"]]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": escaped(metric.title),
        "x": [periods.iso(day) for day in table["period_start"]],
        "y": numbers(table["value"], factor),
        "yaxis": axis_name,
        "connectgaps": False,
        "line": {"color": colour, "width": 2},
        "marker": {
            "size": 7,
            "color": [GREY if few else colour for few in is_few],
            "symbol": ["circle-open" if few else "circle" for few in is_few],
        },
        "hovertext": [
            f"{escaped(metric.title)} <b>{formatted(value, metric.unit)}</b>, n = {items:,}"
            for value, items in zip(table["value"], table["items"], strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
