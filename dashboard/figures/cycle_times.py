"""Cycle times: every item by the day it finished, and how many took how long."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.figures.frame import HEIGHT, Figure, Trace, axis, empty, figure, item_keys, numbers, shortened, time_axis
from dashboard.figures.periods import iso
from dashboard.theme import LINES, WORK, axis_scale, axis_title, escaped, formatted

NO_STARTS = "No item that finished in this scope has a known start."
# Column of charts.cycle_scatter → its words.
LEVELS = {"half_days": "50 %", "most_days": "85 %", "nearly_all_days": "95 %"}
FINISHED = ("Day finished", "Cycle time", "finished")
DASHES = ("solid", "dash", "dot")


def cycle_scatter(table: pd.DataFrame, words: tuple[str, str, str] = FINISHED) -> Figure:
    """A point for each item of charts.cycle_scatter, with the levels that 50, 85 and 95 % of all stay below.

    `customdata` of a point names its item, as in a URL. `words` name the day, the time, and what happened.
    """
    if table.empty:
        return empty(NO_STARTS)
    unit, factor = axis_scale("days", float(table["cycle_days"].max()))
    days = [iso(day) for day in table["finished_on"]]
    points: Trace = {
        "type": "scatter",
        "mode": "markers",
        "name": "Items",
        "x": days,
        "y": numbers(table["cycle_days"], factor),
        "customdata": item_keys(table["item_id"]),
        "marker": {"size": 7, "color": WORK, "opacity": 0.6},
        "hovertext": [_told(row, words[2]) for row in table.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }
    ends = [min(days), max(days)]
    lines = [_level(column, float(table[column].iloc[0]), factor, ends) for column in LEVELS]
    return figure(
        [points, *lines],
        HEIGHT + 40,
        xaxis=time_axis(words[0]),
        yaxis=axis(f"{words[1]}, {axis_title(unit)}", rangemode="tozero"),
        showlegend=True,
    )


def _level(column: str, value: float, factor: float, days: Sequence[str]) -> Trace:
    place = list(LEVELS).index(column)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{LEVELS[column]}: {formatted(value, 'days')}",
        "x": list(days),
        "y": [value * factor] * 2,
        "line": {"color": LINES[1], "width": 1.5 + 0.5 * (place == 1), "dash": DASHES[place]},
        "hoverinfo": "skip",
    }


def _told(row: Mapping[Hashable, Any], verb: str) -> str:
    title = f"<br>{shortened(str(row['title']))}" if pd.notna(row["title"]) else ""
    day = pd.Timestamp(row["finished_on"])
    return (
        f"<b>{escaped(row['item_id'])}</b> {formatted(row['cycle_days'], 'days')}{title}<br>"
        f"{verb} {day.day} {day:%b %Y}"
    )


def cycle_histogram(table: pd.DataFrame, keys: Sequence[str]) -> Figure:
    """A bar for each bin of charts.cycle_histogram; `keys` say which items it counts, as in a URL."""
    if table.empty or not table["items"].sum():
        return empty(NO_STARTS)
    unit, factor = axis_scale("days", float(table["days_from"].max()))
    width = float(table["days_from"].diff().max()) if len(table) > 1 else 1.0
    bars: Trace = {
        "type": "bar",
        "x": [(since + width / 2) * factor for since in table["days_from"]],
        "y": numbers(table["items"]),
        "width": [width * factor * 0.9] * len(table),
        "customdata": list(keys),
        "marker": {"color": WORK},
        "hovertext": [
            f"{_bin(row['days_from'], row['days_to'])}: <b>{row['items']:,}</b> items"
            for row in table.to_dict("records")
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return figure(
        [bars],
        HEIGHT + 40,
        xaxis=axis(f"Cycle time, {axis_title(unit)}", rangemode="tozero"),
        yaxis=axis("Items", rangemode="tozero"),
        hovermode="closest",
    )


def _bin(since: float, until: float | None) -> str:
    if until is None or pd.isna(until):
        return f"{formatted(since, 'days')} or more"
    return f"{formatted(since, 'days')} to {formatted(until, 'days')}"
