"""Where the lead time goes: the partition into buckets, by stage, and over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import pandas as pd

from dashboard.figures import periods
from dashboard.figures.frame import HEIGHT, Figure, Trace, axis, broken, empty, figure, key, numbers
from dashboard.theme import BUCKETS, GREY, Bucket, Fill, escaped, formatted, hatched

NO_TIME = "No items finished or withdrawn in this scope."
NO_STAGE = "No stage"
VALUE = "value-adding"
# From the page's background to strong: the theme's ink is readable on every step, in light and in dark.
HEAT = [[0, "rgba(213,94,0,.06)"], [1, "rgba(213,94,0,.62)"]]


def partition(table: pd.DataFrame, currency: str | None = None) -> Figure:
    """A bar for each bucket, the largest on top, from the table of `charts.waste`.

    `currency` names the unit of its cost. `customdata` of a bar is its bucket.
    """
    if table.empty:
        return empty(NO_TIME)
    sums = _sums(table)
    bar: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": [_bucket(bucket).words for bucket in sums.index],
        "x": numbers(sums["days"]),
        "customdata": sums.index.tolist(),
        "marker": _filled([_bucket(bucket).fill for bucket in sums.index]),
        "text": [f"<b>{formatted(r.share_ratio, 'ratio')}</b>  {_days(r.days)}" for r in sums.itertuples()],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [_told(str(row.Index), row, currency) for row in sums.itertuples()],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return figure(
        [bar],
        70 + 34 * len(sums),
        xaxis=axis("Time of all items, item-days", range=[0, 1.45 * float(sums["days"].max())], nticks=5),
        yaxis={"autorange": "reversed", "type": "category", "showgrid": False},
        bargap=0.28,
    )


def stage_heat(table: pd.DataFrame) -> Figure:
    """Item-days of each waste in each stage, from the table of `charts.waste`; what adds value is left out.

    A cell without time stays empty. `customdata` of a cell is (stage, bucket).
    """
    wasted = table[table["bucket"] != VALUE]
    if wasted.empty:
        return empty("No waste in this scope." if len(table) else NO_TIME)
    stages = _stages(wasted)
    buckets = [bucket for bucket in BUCKETS if bucket in set(wasted["bucket"])]
    days = _cells(wasted, "days", "sum")
    items = _cells(wasted, "items", "max")
    grid = [[days.get((stage, bucket)) for bucket in buckets] for stage in stages]
    columns, rows = [broken(BUCKETS[b].words, 9) for b in buckets], [broken(stage, 16) for stage in stages]
    heat: Trace = {
        "type": "heatmap",
        "x": columns,
        "y": rows,
        "z": grid,
        "customdata": [[(stage, bucket) for bucket in buckets] for stage in stages],
        "colorscale": HEAT,
        "zmin": 0,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertext": [[_cell_told(s, b, days.get((s, b)), items.get((s, b))) for b in buckets] for s in stages],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    filled = [(x, y, value) for y, row in zip(rows, grid, strict=True) for x, value in zip(columns, row, strict=True)]
    side = {"type": "category", "showgrid": False, "showline": False, "ticks": ""}
    return figure(
        [heat, _labels([cell for cell in filled if cell[2] is not None])],
        100 + 36 * len(stages),
        xaxis={**axis("Waste, item-days"), **side, "side": "top", "tickangle": 0},
        yaxis={**side, "autorange": "reversed"},
    )


def waste_trend(table: pd.DataFrame, *, partial: Collection[dt.date] = (), is_share: bool = True) -> Figure:
    """Stacked bars per period from period_start, bucket, days: shares of the period, or item-days.

    A period without any item is a gap. `customdata` of a bar is (period_start, bucket).
    """
    if not table["days"].notna().any():
        return empty(NO_TIME)
    days = periods.starts(table["period_start"])
    totals = table.groupby("period_start")["days"].sum(min_count=1)
    found = set(table.loc[table["days"].notna(), "bucket"])
    traces = [
        _stack(bucket, table[table["bucket"] == bucket], totals, days, is_share) for bucket in BUCKETS if bucket in found
    ]
    without = [pd.Timestamp(day).date() for day in totals.index[totals.isna()]]
    unit = "%" if is_share else "item-days"
    return figure(
        [*periods.bands(days, partial), *traces, *periods.gaps(days, without)],
        HEIGHT + 60,
        xaxis=axis("Date", type="date"),
        yaxis=axis(f"{'Share of the' if is_share else 'The'} lead time, {unit}", rangemode="tozero"),
        yaxis2=periods.WHOLE_HEIGHT,
        barmode="stack",
        bargap=0.25,
        showlegend=True,
        hovermode="x unified",
    )
