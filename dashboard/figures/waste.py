"""Where the lead time goes: its partition into buckets, by stage, and over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import pandas as pd

from dashboard.figures import periods
from dashboard.figures.frame import HEIGHT, Figure, Trace, axis, empty, figure, numbers
from dashboard.figures.stage_heat import NO_TIME, item_days, stage_heat
from dashboard.theme import BUCKETS, escaped, formatted, hatched

__all__ = ["partition", "stage_heat", "waste_trend"]


def partition(table: pd.DataFrame, currency: str | None = None) -> Figure:
    """A bar for each bucket, the largest on top, from the table of `charts.waste`.

    `currency` names the unit of its cost. `customdata` of a bar is its bucket.
    """
    if table.empty:
        return empty(NO_TIME)
    sums = _sums(table)
    return figure(
        [_bar(str(bucket), row, currency) for bucket, row in sums.iterrows()],
        70 + 34 * len(sums),
        xaxis=axis("Time of all items, item-days", range=[0, float(sums["days"].max())], nticks=3, tickangle=0),
        yaxis={"autorange": "reversed", "type": "category", "showgrid": False, "ticklabelstandoff": 6},
        barmode="overlay",
        margin={"r": 105},  # for the longest label behind the longest bar
        bargap=0.28,
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
        _stack(bucket, table[table["bucket"] == bucket], totals, is_share) | periods.placed(days)
        for bucket in BUCKETS
        if bucket in found
    ]
    without = {pd.Timestamp(day).date() for day in totals.index[totals.isna()]}
    title = "Share of the lead time, %" if is_share else "Lead time of all items, item-days"
    return figure(
        [*periods.bands(days, partial), *traces, *periods.gaps(days, without)],
        HEIGHT + 60,
        xaxis=periods.axis_of(days),
        yaxis=axis(title, range=[0, 100]) if is_share else axis(title),
        yaxis2=periods.WHOLE_HEIGHT,
        barmode="stack",
        bargap=0.25,
        showlegend=True,
        hovermode="x unified",
    )


def _sums(table: pd.DataFrame) -> pd.DataFrame:
    """days, share_ratio, cost and the most items of any stage, by bucket; the most days first."""
    by_bucket = table.groupby("bucket")
    sums = by_bucket[["days", "share_ratio", "cost"]].sum(min_count=1)
    return sums.assign(items=by_bucket["items"].max()).sort_values("days", ascending=False)


def _told(bucket: str, row: Any, currency: str | None) -> str:
    # An item may have such time in several stages, so that only a lower bound of their number is known here.
    share = formatted(row["share_ratio"], "ratio")
    words = f"<b>{BUCKETS[bucket].words}</b><br>{item_days(row['days'])}, {share} of the lead time"
    cost = f"<br>Cost of delay {row['cost']:,.0f} {escaped(currency)}" if currency and pd.notna(row["cost"]) else ""
    return f"{words}{cost}<br>n ≥ {int(row['items']):,} items"


def _bar(bucket: str, row: Any, currency: str | None) -> Trace:
    """One bar: a trace of its own, for plotly hatches traces more reliably than single bars."""
    words, fill = BUCKETS[bucket].words, BUCKETS[bucket].fill
    return {
        "type": "bar",
        "orientation": "h",
        "name": words,
        "y": [words],
        "x": numbers([row["days"]]),
        "customdata": [bucket],
        "marker": {"color": fill.colour, "pattern": hatched(fill)},
        "text": [f"<b>{formatted(row['share_ratio'], 'ratio')}</b>  {row['days']:,.0f}"],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [_told(bucket, row, currency)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _stack(bucket: str, rows: pd.DataFrame, totals: pd.Series[float], is_share: bool) -> Trace:
    """The bars of one bucket, one per period."""
    words, fill = BUCKETS[bucket].words, BUCKETS[bucket].fill
    shares = numbers(rows["days"] / rows["period_start"].map(totals))
    keys = [periods.iso(day) for day in rows["period_start"]]
    return {
        "type": "bar",
        "name": words,
        "x": keys,
        "y": numbers(shares, 100) if is_share else numbers(rows["days"]),
        "customdata": [(day, bucket) for day in keys],
        "marker": {"color": fill.colour, "pattern": hatched(fill)},
        "hovertext": [
            f"{words} <b>{formatted(share, 'ratio')}</b>, {item_days(value)}"
            for share, value in zip(shares, rows["days"], strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
