"""Single items on their way: bars over time, coloured by stage, waiting hatched, rework outlined."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import pandas as pd

from dashboard.figures.frame import Figure, Trace, empty, figure, key, shortened, time_axis
from dashboard.theme import BAD, Fill, duration, escaped, hatched, stage_fills

ROW = 26
ENDS = {
    "finished": ("Finished", "circle"),
    "cancelled": ("Withdrawn", "diamond-open"),
    "open": ("Still open", "triangle-down-open"),
}


def timeline(table: pd.DataFrame, modes: Mapping[str, str] | None = None) -> Figure:
    """Items as rows in the order of `row_number`, their visits as bars, from the table of `charts.timeline`.

    `modes` says "active" or "wait" of each stage in the order of the path: with it a stage looks the same
    whatever the rows are. `customdata` of a bar names its item, as in a URL.
    """
    if table.empty:
        return empty("No items on their way in this scope.")
    rows = table.sort_values(["row_number", "visit_no"])
    items = rows["item_id"].drop_duplicates().tolist()
    stages = rows.drop_duplicates("stage").sort_values("position")
    fills = stage_fills({**(modes or {}), **dict(zip(stages["stage"], stages["mode"], strict=True))})
    bars = [_bars(str(stage), rows[rows["stage"] == stage], fills[str(stage)]) for stage in stages["stage"]]
    rework = [_outlines(rows[rows["is_rework"]])] if rows["is_rework"].any() else []
    return figure(
        [*bars, *rework, *_ends(rows)],
        90 + 8 * (len(stages) + len(ENDS)) + ROW * len(items),
        xaxis=time_axis("Date", showgrid=True),
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [escaped(item) for item in items],
            "range": [len(items) - 0.5, -0.5],
            "showgrid": False,
        },
        barmode="overlay",
        bargap=0.3,
        showlegend=True,
    )


def _bars(stage: str, visits: pd.DataFrame, fill: Fill) -> Trace:
    """All visits to one stage."""
    return {
        **_spans(visits),
        "name": escaped(stage),
        "customdata": [urlencode({"item": key}) for key in visits["item_id"]],
        "marker": {"color": fill.colour, "pattern": hatched(fill)},
        "hovertext": [_told(visit) for _, visit in visits.iterrows()],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(visit: pd.Series) -> str:
    """Item, stage, from when to when and how long; times in the stream's zone."""
    span = (visit["until_at"] - visit["entered_at"]).total_seconds()
    title = "" if pd.isna(visit["title"]) else shortened(visit["title"], 48)
    kind = ("waiting" if visit["mode"] == "wait" else "work") + (", rework" if visit["is_rework"] else "")
    since, until = (f"{at.day} {at:%b %Y %H:%M}" for at in (visit["entered_at"], visit["until_at"]))
    lead = duration(visit["lead_days"] * 86400)
    return (
        f"<b>{escaped(visit['item_id'])}</b> {title}<br>"
        f"{shortened(visit['stage'])} ({kind}): <b>{duration(span)}</b><br>{since} – {until}<br>"
        f"Visit {visit['visit_no']}; lead time {lead}, {visit['outcome']}"
    )


def _ends(rows: pd.DataFrame) -> list[Trace]:
    """How each item ended, as a mark behind its last bar."""
    last = rows.drop_duplicates("item_id", keep="last")
    by_outcome = {outcome: last[last["outcome"] == outcome] for outcome in ENDS}
    return [_end(items, *ENDS[outcome]) for outcome, items in by_outcome.items() if len(items)]


def _end(items: pd.DataFrame, name: str, symbol: str) -> Trace:
    # Pointing left, a mark with a standoff is moved to the right: behind the bar, not over its end.
    return key(name, {"symbol": symbol, "size": 7, "angle": -90, "standoff": 7}) | {
        "x": [_instant(at) for at in items["until_at"]],
        "y": [escaped(item) for item in items["item_id"]],
        "customdata": items["item_id"].tolist(),
        "cliponaxis": False,
    }


def _outlines(visits: pd.DataFrame) -> Trace:
    """Frames around the visits that are rework, above all bars."""
    return {
        **_spans(visits),
        "name": "Rework",
        "marker": {"color": "rgba(0,0,0,0)", "line": {"color": BAD, "width": 2.5}},
        "hoverinfo": "skip",
    }


def _spans(visits: pd.DataFrame) -> Trace:
    """Bars from entry to exit; a bar's length on a time axis is in milliseconds."""
    return {
        "type": "bar",
        "orientation": "h",
        "y": [escaped(item) for item in visits["item_id"]],
        "base": [_instant(at) for at in visits["entered_at"]],
        "x": [span.total_seconds() * 1000 for span in visits["until_at"] - visits["entered_at"]],
    }


def _instant(at: pd.Timestamp) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
