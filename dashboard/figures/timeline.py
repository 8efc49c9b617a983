"""Single items on their way: bars over time, coloured by stage, waiting hatched, rework outlined."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.figures.frame import Figure, Trace, empty, figure, item_keys, key, shortened, time_axis
from dashboard.figures.time_marks import EDGES, NO_MARKS, PALE, TimeMarks, with_marks
from dashboard.theme import BAD, Fill, counted, duration, escaped, hatched, stage_fills

ROW = 26
ENDS = {
    "finished": ("Finished", "circle"),
    "cancelled": ("Withdrawn", "diamond-open"),
    "open": ("Still open", "triangle-down-open"),
}


def timeline(table: pd.DataFrame, modes: Mapping[str, str] | None = None, marks: TimeMarks = NO_MARKS) -> Figure:
    """Items as rows in the order of `row_number`, their visits as bars, from the table of `charts.timeline`.

    `modes` says "active" or "wait" of each stage in the order of the path: with it a stage looks the same
    whatever the rows are. A group has a row with its name above its items. `customdata` of a bar names its item, as
    in a URL.
    """
    if table.empty:
        return empty("No items on their way in this scope.")
    visits = table.sort_values(["row_number", "visit_no"])
    rows = _rows(visits)
    stages = visits.drop_duplicates("stage").sort_values("position")
    fills = stage_fills({**(modes or {}), **dict(zip(stages["stage"], stages["mode"], strict=True))})
    bars = [_bars(str(stage), visits[visits["stage"] == stage], fills[str(stage)]) for stage in stages["stage"]]
    rework = [_outlines(visits[visits["is_rework"]])] if visits["is_rework"].any() else []
    items = [row.key for row in rows if not row.heading]
    headings = [(place, row.heading) for place, row in enumerate(rows) if row.heading]
    drawn = figure(
        [*bars, *rework, *_ends(visits)],
        EDGES + ROW * len(rows),
        xaxis=time_axis("Date", showgrid=True),
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [row.key for row in rows],
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": items,
            "ticktext": [shortened(str(item), 24) for item in visits["item_id"].drop_duplicates()],
            "showgrid": False,
        },
        shapes=[_band(place) for place, _ in headings],
        annotations=[_heading(rows[place].key, words) for place, words in headings],
        barmode="overlay",
        bargap=0.3,
        showlegend=True,
    )
    return with_marks(drawn, marks)


@dataclass(frozen=True)
class _Row:
    """An item by its key, or the heading of a group."""

    key: str
    heading: str = ""


def _rows(visits: pd.DataFrame) -> list[_Row]:
    """Items in order, each group under its heading."""
    rows: list[_Row] = []
    for name, some in visits.drop_duplicates("item_id").groupby("group_name", sort=False):
        if name:
            # No key of an item ends with a blank.
            rows.append(_Row(f"{escaped(name)} ", _group_words(str(name), some)))
        rows += [_Row(escaped(item)) for item in some["item_id"]]
    return rows


def _group_words(name: str, items: pd.DataFrame) -> str:
    """'<b>defect</b> – 12 items', or which of them are shown."""
    first, count, shown = int(items["group_row"].iloc[0]), int(items["group_items"].iloc[0]), len(items)
    words = counted(count)
    if shown < count:
        words = f"{first:,} to {first + shown - 1:,} of {words}"
    return f"<b>{shortened(name, 40)}</b> – {words}"


def _heading(row: str, words: str) -> dict[str, Any]:
    left = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "y", "showarrow": False}
    return {**left, "y": row, "text": words, "font": {"size": 13}}


def _band(place: int) -> dict[str, Any]:
    whole = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "layer": "below"}
    return {**whole, "y0": place - 0.5, "y1": place + 0.5, "fillcolor": PALE, "line": {"width": 0}}


def _bars(stage: str, visits: pd.DataFrame, fill: Fill) -> Trace:
    """All visits to one stage."""
    return {
        **_spans(visits),
        "name": escaped(stage),
        "customdata": item_keys(visits["item_id"]),
        "marker": {"color": fill.colour, "pattern": hatched(fill)},
        "hovertext": [_told(visit) for visit in visits.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(visit: Mapping[Hashable, Any]) -> str:
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
        "customdata": item_keys(items["item_id"]),
        "hovertext": [
            f"<b>{escaped(item)}</b> {outcome}"
            for item, outcome in zip(items["item_id"], items["outcome"], strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverinfo": "text",
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
