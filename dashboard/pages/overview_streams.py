"""The streams side by side by the measures of success: no stream, team or person is ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.aria import data
from dashboard.pages.overview_rows import Row, rows_of
from dashboard.pages.view import View, view_of
from dashboard.theme import formatted

# Success as the field measures it: faster, less waiting, smaller and more frequent releases, better, and happier.
SUCCESS = (
    "lead_time",
    "flow_efficiency",
    "deployment_frequency",
    "change_fail_rate",
    "first_pass_yield",
    "team_satisfaction",
)


def stream_table(view: View) -> Component:
    """A column a stream, a row a measure of success."""
    streams = view.warehouse.streams()
    views = [view_of(view.warehouse, view.home, {"stream": name}, view.store)[0] for name in streams["stream"]]
    heads = [html.Th("Measure", scope="col")]
    heads += [html.Th(html.A(each.stream["name"], href=each.address("/overview")), scope="col") for each in views]
    plans = [rows_of(each) for each in views]
    body = [
        _line(views, views[0].metric(name).title, [_success(*each, name) for each in zip(views, plans, strict=True)])
        for name in SUCCESS
    ]
    body.append(_line(views, "Targets", [_statuses(rows) for rows in plans]))
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="overview-table")
    note = (
        "Where the stream has a target: baseline → now → target. Else the first half of its history → the second; "
        "medians where the metric has percentiles."
    )
    return html.Div([html.Div(table, className="overview-wrap", tabIndex="0"), html.P(note, className="rule mb-0")])


def _line(views: Sequence[View], title: str, cells: Sequence[Any]) -> Component:
    named = zip(cells, (each.stream["name"] for each in views), strict=True)
    return html.Tr([html.Th(title, scope="row"), *(html.Td(cell, **data(head=name)) for cell, name in named)])


def _success(view: View, rows: Sequence[Row], name: str) -> list[Component | str] | str:
    """Where the stream set itself a target: from where to where; else how it changed."""
    row = next((each for each in rows if each.course.metric.name == name), None)
    if row is None:
        return _halves(view, name)
    unit, seen = row.course.metric.unit, row.course.progress
    before, after = formatted(row.course.baseline, unit), formatted(row.course.target.value, unit)
    return [f"{before} → ", html.Strong(formatted(seen.latest, unit)), f" → {after}"]


def _halves(view: View, name: str) -> list[Component | str] | str:
    scope, metric = view.covered, view.metric(name)
    middle = scope.since + (scope.until - scope.since) / 2
    if not scope.since < middle < scope.until:
        return "–"
    before = view.headline(name, replace(scope, until=middle))
    after = view.headline(name, replace(scope, since=middle))
    if pd.isna(before["value"]) and pd.isna(after["value"]):
        return "–"
    texts = [formatted(each["value"], metric.unit) for each in (before, after)]
    return [f"{texts[0]} → ", html.Strong(texts[1]), f" (n = {before['items']:,}, {after['items']:,})"]


def _statuses(rows: Sequence[Row]) -> str:
    counts = Counter(row.course.progress.status for row in rows)
    return ", ".join(f"{count} {status}" for status, count in counts.items()) or "none"
