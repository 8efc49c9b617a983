"""Deployments and incidents over time, a row for each service: what went out, and what broke after it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.figures import periods
from dashboard.figures.frame import Figure, Trace, axis, empty, figure, shortened, time_axis
from dashboard.figures.sample import sampled
from dashboard.theme import BAD, GREY, PINK, WORK, escaped

ROW, EDGES = 52, 110
UNNAMED = "(no service told)"
# Outcome → its words, its mark.
MARKS: dict[str, tuple[str, dict[str, Any]]] = {
    "went well": ("Deployment", {"symbol": "line-ns", "size": 12, "color": WORK, "line": {"width": 2, "color": WORK}}),
    "too young": ("Deployment too young to judge", {"symbol": "circle-open", "size": 9, "color": WORK}),
    "not known": ("Deployment; no source tells incidents", {"symbol": "circle", "size": 6, "color": GREY}),
    "caused an incident": ("Deployment that caused an incident", {"symbol": "x", "size": 9, "color": BAD}),
    "failed": ("Deployment that did not succeed", {"symbol": "square-open", "size": 9, "color": PINK}),
}
STANDING_OUT = ("failed", "caused an incident")
ABOVE, BELOW = 0.16, -0.2


def deployment_timeline(deployments: pd.DataFrame, incidents: pd.DataFrame) -> Figure:
    """From charts.deployments and charts.incidents: deployments above the line of their service, incidents below.

    Of many a sample is drawn; up to half of its points are of what went wrong.
    """
    if deployments.empty and incidents.empty:
        return empty("Nothing was deployed, and nothing failed, in this scope.")
    drawn = (
        sampled(deployments, deployments["outcome"].isin(STANDING_OUT)),
        sampled(incidents, incidents["deployment_id"].notna()),
    )
    named = [frame.assign(service=frame["service"].fillna(UNNAMED)) for frame in drawn]
    services = sorted(set(named[0]["service"]) | set(named[1]["service"]), reverse=True)
    rows = {service: place for place, service in enumerate(services)}
    traces = [_made(named[0][named[0]["outcome"] == outcome], rows, outcome) for outcome in MARKS]
    return figure(
        [*(trace for trace in traces if trace["x"]), *_broke(named[1], rows)],
        EDGES + ROW * len(rows),
        xaxis=time_axis(""),
        yaxis=axis(
            "",
            tickvals=list(rows.values()),
            ticktext=[shortened(name, 24) for name in rows],
            range=[-0.6, len(rows) - 0.4],
            automargin=True,
        ),
        showlegend=True,
        hovermode="closest",
    )


def _made(table: pd.DataFrame, rows: dict[str, int], outcome: str) -> Trace:
    name, marker = MARKS[outcome]
    hover = []
    for row in table.to_dict("records"):
        counts = [
            (row["items_count"], "items"),
            (row["changes_count"], "changes"),
            (row["incidents_count"], "incidents"),
        ]
        told = ", ".join(f"{int(count):,} {words}" for count, words in counts if pd.notna(count) and count)
        hover.append(f"<b>{escaped(row['deployment_id'])}</b><br>{outcome}{f'; {told}' if told else ''}")
    return _points(table["deployed_on"], [rows[each] + ABOVE for each in table["service"]], hover, name, marker)


def _broke(table: pd.DataFrame, rows: dict[str, int]) -> list[Trace]:
    """Incidents of a known cause are filled, the others hollow."""
    found = []
    for is_known, name in ((True, "Incident of a deployment"), (False, "Incident, cause not known")):
        part = table[table["deployment_id"].notna() == is_known]
        hover = [
            f"<b>{escaped(row['incident_id'])}</b><br>"
            + (f"caused by {escaped(row['deployment_id'])}" if is_known else "no deployment explains it")
            for row in part.to_dict("records")
        ]
        marker = {"symbol": "diamond" if is_known else "diamond-open", "size": 8, "color": BAD}
        found.append(_points(part["started_on"], [rows[each] + BELOW for each in part["service"]], hover, name, marker))
    return [trace for trace in found if trace["x"]]


def _points(days: pd.Series, heights: list[float], hover: list[str], name: str, marker: dict[str, Any]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [periods.iso(day) for day in days],
        "y": heights,
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<br>%{x|%-d %b %Y}<extra></extra>",
        "marker": marker,
    }
