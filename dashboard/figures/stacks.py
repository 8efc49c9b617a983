"""Bars over periods that stand on or beside each other: kinds of time, kinds of work, in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from dashboard.figures import periods
from dashboard.figures.frame import HEIGHT, NO_ITEMS, Figure, Trace, axis, empty, figure, numbers
from dashboard.theme import BAD, GREEN, GREY, PINK, SKY, WAIT, WORK, Fill, escaped, hatched

KINDS = {"process": Fill(WORK), "waiting": Fill(WAIT, "/"), "blocked": Fill(BAD, "x")}
OUTCOMES = {
    "went_well": ("Went well", Fill(WORK)),
    "too_young": ("Too young to judge", Fill(WORK, "/")),
    "caused_incident": ("Caused an incident", Fill(BAD, "x")),
    "failed": ("Did not succeed", Fill(PINK, "-")),
    "not_known": ("Went out; no source tells incidents", Fill(GREY)),
}
WAITS = {"review_days": ("Authored to merged", Fill(SKY)), "release_days": ("Merged to deployed", Fill(WAIT, "/"))}
KIND_WORDS = {"process": "Working", "waiting": "Waiting", "blocked": "Blocked"}
COLOURS = (WORK, GREEN, SKY, PINK, WAIT, "#7A5195", "#B97A00", GREY)

Keys = Mapping[tuple[str, str], str]


def time_split(table: pd.DataFrame, partial: Collection[dt.date] = ()) -> Figure:
    """Shares of the lead time of charts.time_split: working, waiting, blocked, in percent."""
    if table.empty or not table["items"].sum():
        return empty(NO_ITEMS)
    days = periods.starts(table["period_start"])
    bars = [
        _bars(
            table[table["kind"] == kind],
            KIND_WORDS[kind],
            fill,
            numbers(table.loc[table["kind"] == kind, "share"], 100),
            days,
            "%{y:.0f} %",
        )
        for kind, fill in KINDS.items()
    ]
    return _framed(bars, days, partial, "Share of lead time, %", barmode="stack")


def types(table: pd.DataFrame, column: str, title: str, partial: Collection[dt.date], keys: Keys) -> Figure:
    """Items of each type by period, from a count of charts.types; `keys` by period and type say which they are."""
    if table.empty or not table[column].sum():
        return empty("No items in this scope." if column == "finished" else "Nothing was in progress in this scope.")
    days = periods.starts(table["period_start"])
    names = list(table.groupby("type")[column].sum().sort_values(ascending=False).index)
    bars = []
    for place, name in enumerate(names):
        rows = table[(table["type"] == name) & (table[column] > 0)]
        fill = Fill(COLOURS[place % len(COLOURS)], "" if place < len(COLOURS) else "/")
        bar = _bars(rows, str(name), fill, numbers(rows[column]), days, "%{y:,}")
        bars.append(bar | {"customdata": [keys.get((periods.iso(day), str(name)), "") for day in rows["period_start"]]})
    return _framed(bars, days, partial, title, barmode="stack")


def in_and_out(table: pd.DataFrame, partial: Collection[dt.date], keys: Sequence[Mapping[str, str]]) -> Figure:
    """Arrivals beside departures, and the net as a line, from charts.in_and_out.

    `keys` are two mappings of periods to the items that arrived and that left, as in a URL.
    """
    if table.empty or not (table["arrivals"].sum() + table["departures"].sum()):
        return empty("Nothing was started or ended in this scope.")
    days = periods.starts(table["period_start"])
    words = {"arrivals": ("Arrivals", Fill(SKY)), "departures": ("Departures", Fill(WORK))}
    bars = []
    for (column, (name, fill)), known in zip(words.items(), keys, strict=True):
        bar = _bars(table, name, fill, numbers(table[column]), days, "%{y:,}")
        bars.append(bar | {"customdata": [known.get(periods.iso(day), "") for day in table["period_start"]]})
    net: Trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Net flow (below 0: more came than left)",
        "x": [periods.iso(day) for day in table["period_start"]],
        "y": numbers(table["net_flow"]),
        "line": {"color": PINK, "width": 2},
        "marker": {"size": 5},
        "hovertemplate": "Net <b>%{y:+,}</b><extra></extra>",
        **periods.placed(days),
    }
    return _framed([*bars, net], days, partial, "Items", barmode="group")


def outcomes(table: pd.DataFrame, partial: Collection[dt.date] = ()) -> Figure:
    """Deployments by what became of them, from charts.deployment_outcomes; a period without any is 0."""
    kinds = {kind: look for kind, look in OUTCOMES.items() if table[kind].any() or kind == "went_well"}
    return _columns(table, kinds, partial, "Deployments", "%{y:,}")


def change_waits(table: pd.DataFrame, partial: Collection[dt.date] = ()) -> Figure:
    """Mean days of changes from authored to merged and on to deployed, from charts.change_waits."""
    if not table["changes"].sum():
        return empty("Of no deployed change is a merge told.")
    return _columns(table, WAITS, partial, "Mean days", "%{y:.1f} d")


def _columns(
    table: pd.DataFrame, kinds: Mapping[str, tuple[str, Fill]], partial: Collection[dt.date], title: str, shown: str
) -> Figure:
    days = periods.starts(table["period_start"])
    bars = [_bars(table, name, fill, numbers(table[kind]), days, shown) for kind, (name, fill) in kinds.items()]
    return _framed(bars, days, partial, title, barmode="stack")


def _bars(
    rows: pd.DataFrame, name: str, fill: Fill, values: Sequence[float | None], days: Sequence[pd.Timestamp], shown: str
) -> Trace:
    return {
        "type": "bar",
        "name": escaped(name),
        "x": [periods.iso(day) for day in rows["period_start"]],
        "y": list(values),
        "marker": {"color": fill.colour, "pattern": hatched(fill)},
        "hovertemplate": f"{escaped(name)} <b>{shown}</b><extra></extra>",
        **periods.placed(days),
    }


def _framed(
    traces: Sequence[Trace], days: Sequence[pd.Timestamp], partial: Collection[dt.date], title: str, barmode: str
) -> Figure:
    return figure(
        [*traces, *periods.bands(days, partial)],
        HEIGHT,
        xaxis=periods.axis_of(days),
        yaxis=axis(title),
        yaxis2=periods.WHOLE_HEIGHT,
        barmode=barmode,
        bargap=0.25,
        hovermode="x unified",
        showlegend=True,
    )
