"""Where the lead time goes: its partition into buckets, by stage, and over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from dashboard.figures import periods
from dashboard.figures.frame import HEIGHT, Figure, Trace, axis, broken, empty, figure, numbers
from dashboard.figures.stage_heat import NO_TIME, item_days, stage_heat
from dashboard.theme import BUCKETS, GREY, SKY, WAIT, WORK, Fill, escaped, formatted, hatched

__all__ = ["activities", "pareto", "partition", "stage_heat", "waste_trend"]

VALUE = "value-adding"
# What time is worth to the customer, in the order it is stacked.
WORTH: Mapping[str, tuple[str, Fill]] = {
    "VA": ("Value-adding", Fill(WORK)),
    "NNVA": ("Necessary, not value-adding", Fill(SKY)),
    "NVA": ("Not value-adding", Fill(WAIT, "/")),
}


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


def pareto(table: pd.DataFrame, keys: Mapping[str, str] | None = None) -> Figure:
    """Item-days of each waste, the most first, and the share of all waste that it makes up with those before it.

    From the table of `charts.waste`. `keys` say which items are behind a bar, by bucket.
    """
    wasted = table[table["bucket"] != VALUE]
    if wasted.empty:
        return empty("No waste in this scope." if len(table) else NO_TIME)
    sums = wasted.groupby("bucket")["days"].sum().sort_values(ascending=False)
    reached = numbers(sums.cumsum() / sums.sum())
    places = [broken(BUCKETS[str(bucket)].words, 9) for bucket in sums.index]
    bars = [
        _column(str(bucket), place, float(days), float(days / sums.sum()), (keys or {}).get(str(bucket), ""))
        for (bucket, days), place in zip(sums.items(), places, strict=True)
    ]
    line: Trace = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "name": "Share of all waste so far",
        "text": [formatted(share, "ratio") for share in reached],
        "textposition": "top center",
        "cliponaxis": False,
        "x": places,
        "y": [100 * (share or 0) for share in reached],
        "yaxis": "y2",
        "line": {"color": GREY, "width": 2},
        "hovertext": [f"<b>{formatted(share, 'ratio')}</b> of all waste up to here" for share in reached],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return figure(
        [*bars, line],
        HEIGHT,
        xaxis={"type": "category", "showgrid": False, "autotickangles": [0, -90]},
        # One scale: the line begins on top of the first bar.
        yaxis=axis("Waste, item-days", range=[0, 1.12 * float(sums.sum())]),
        yaxis2={"overlaying": "y", "visible": False, "range": [0, 112], "fixedrange": True},
        bargap=0.25,
    )


def activities(table: pd.DataFrame) -> Figure:
    """The time of `charts.waste` by what it is worth to the customer, as one bar of three parts."""
    if table.empty:
        return empty(NO_TIME)
    days = table.groupby("activity")["days"].sum()
    traces: list[Trace] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": words,
            "y": [""],
            "x": [float(days[worth])],
            "marker": {"color": fill.colour, "pattern": hatched(fill)},
            "hovertext": [
                f"<b>{words}</b><br>{item_days(days[worth])}, {formatted(days[worth] / days.sum(), 'ratio')}"
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        for worth, (words, fill) in WORTH.items()
        if worth in days
    ]
    return figure(
        traces,
        170,
        xaxis=axis("Time of all items, item-days", range=[0, float(days.sum())], nticks=4, tickangle=0),
        yaxis={"type": "category", "showgrid": False, "showticklabels": False},
        barmode="stack",
        showlegend=True,
    )


def waste_trend(
    table: pd.DataFrame, *, partial: Collection[dt.date] = (), is_share: bool = True, only: str | None = None
) -> Figure:
    """Stacked bars per period from period_start, bucket, days: shares of the period, or item-days.

    A period without any item is a gap. `customdata` of a bar is (period_start, bucket). `only` is the one bucket that
    is shown, as a share of all of them.
    """
    if not table["days"].notna().any():
        return empty(NO_TIME)
    found = set(table.loc[table["days"].notna(), "bucket"])
    if only and only not in found:
        return empty("No such time in this scope.")
    days = periods.starts(table["period_start"])
    totals = table.groupby("period_start")["days"].sum(min_count=1)
    traces = [
        _stack(bucket, table[table["bucket"] == bucket], totals, is_share) | periods.placed(days)
        for bucket in BUCKETS
        if bucket in found and bucket == (only or bucket)
    ]
    without = {pd.Timestamp(day).date() for day in totals.index[totals.isna()]}
    title = "Share of the lead time, %" if is_share else "Lead time of all items, item-days"
    return figure(
        [*periods.bands(days, partial), *traces, *periods.gaps(days, without)],
        HEIGHT + 60,
        xaxis=periods.axis_of(days),
        yaxis=axis(title, **({"range": [0, 100]} if is_share and not only else {"rangemode": "tozero"})),
        yaxis2=periods.WHOLE_HEIGHT,
        barmode="stack",
        bargap=0.25,
        showlegend=True,
        hovermode="x unified",
    )


def _column(bucket: str, place: str, days: float, share: float, key: str) -> Trace:
    """A bar of the Pareto chart: a trace of its own, as those of the partition."""
    words, fill = BUCKETS[bucket].words, BUCKETS[bucket].fill
    return {
        "type": "bar",
        "name": words,
        "x": [place],
        "y": [days],
        "customdata": [key],
        "marker": {"color": fill.colour, "pattern": hatched(fill)},
        "hovertext": [f"<b>{words}</b><br>{item_days(days)}, {formatted(share, 'ratio')} of all waste"],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


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
