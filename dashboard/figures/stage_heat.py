"""Waste by stage and bucket, as a heat map with its item-days in the cells."""

from __future__ import annotations

import pandas as pd

from dashboard.figures.frame import Figure, Trace, axis, broken, empty, figure, shortened
from dashboard.theme import BUCKETS

NO_TIME = "No items finished or withdrawn in this scope."
NO_STAGE = "No stage"
VALUE = "value-adding"
# From the page's background to strong: the theme's ink is readable on every step, in light and in dark.
HEAT = [[0, "rgba(213,94,0,.05)"], [1, "rgba(213,94,0,.62)"]]

Cell = tuple[str, str]


def stage_heat(table: pd.DataFrame) -> Figure:
    """Item-days of each waste in each stage, from the table of `charts.waste`; what adds value is left out.

    A cell without time stays empty. `customdata` of a cell is (stage, bucket).
    """
    wasted = table[table["bucket"] != VALUE].fillna({"stage": NO_STAGE})
    if wasted.empty:
        return empty("No waste in this scope." if len(table) else NO_TIME)
    stages = list(dict.fromkeys(wasted.sort_values("position", na_position="last")["stage"]))
    buckets = [bucket for bucket in BUCKETS if bucket in set(wasted["bucket"])]
    side = {"type": "category", "showgrid": False, "showline": False, "ticks": "", "ticklabelstandoff": 4}
    return figure(
        [_heat(wasted, stages, buckets), _labels(wasted, stages, buckets)],
        100 + 36 * len(stages),
        xaxis={
            **axis("Waste, item-days"),
            **side,
            "side": "top",
            "autotickangles": [0, -90],
        },
        yaxis={**side, "autorange": "reversed"},
    )


def item_days(days: float | None) -> str:
    """'22,312 item-days'; one decimal below ten."""
    if days is None or pd.isna(days):
        return "no item-days"
    return f"{days:,.1f} item-days" if round(days, 1) < 10 else f"{days:,.0f} item-days"


def _heat(table: pd.DataFrame, stages: list[str], buckets: list[str]) -> Trace:
    days, items = _cells(table, "days", "sum"), _cells(table, "items", "max")
    return {
        "type": "heatmap",
        "x": [_column(bucket) for bucket in buckets],
        "y": [_row(stage) for stage in stages],
        "z": [[days.get((stage, bucket)) for bucket in buckets] for stage in stages],
        "customdata": [[(stage, bucket) for bucket in buckets] for stage in stages],
        "colorscale": HEAT,
        "zmin": 0,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertext": [[_told((stage, bucket), days, items) for bucket in buckets] for stage in stages],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _labels(table: pd.DataFrame, stages: list[str], buckets: list[str]) -> Trace:
    """The item-days as text of their own: a heat map's text doesn't follow the theme's ink."""
    days = _cells(table, "days", "sum")
    cells = [(stage, bucket) for stage in stages for bucket in buckets if (stage, bucket) in days]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [_column(bucket) for _, bucket in cells],
        "y": [_row(stage) for stage, _ in cells],
        "text": [_compact(days[cell]) for cell in cells],
        "textfont": {"size": 12},
        "hoverinfo": "skip",
    }


def _cells(table: pd.DataFrame, column: str, how: str) -> dict[Cell, float]:
    """(stage, bucket) → the sum or the most over its reasons."""
    found = table.groupby(["stage", "bucket"])[column].agg(how).reset_index()
    return {(row["stage"], row["bucket"]): float(row[column]) for _, row in found.iterrows()}


def _told(cell: Cell, days: dict[Cell, float], items: dict[Cell, float]) -> str:
    # An item may be blocked for several reasons: over those only a lower bound of their number is known.
    if cell not in days:
        return ""
    stage, bucket = cell
    head = f"<b>{BUCKETS[bucket].words}</b> in {shortened(stage)}"
    return f"{head}<br>{item_days(days[cell])}<br>n ≥ {items[cell]:,.0f} items"


def _compact(days: float) -> str:
    """Few characters for a narrow cell: '22k', '6.6k', '628', '3.4'."""
    if round(days) >= 10_000:
        return f"{days / 1000:.0f}k"
    if round(days) >= 1000:
        return f"{days / 1000:.1f}k"
    return f"{days:.0f}" if round(days, 1) >= 10 else f"{days:.1f}"


def _column(bucket: str) -> str:
    return broken(BUCKETS[bucket].words, 9)


def _row(stage: str) -> str:
    return broken(stage, 15)
