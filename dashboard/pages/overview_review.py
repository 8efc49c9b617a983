"""The review: one objective at a time, large enough to be read from the back of the room."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty
from dashboard.pages.overview_rows import Row, status
from dashboard.pages.plan_course import arrival, target_card
from dashboard.pages.view import View
from dashboard.theme import formatted

PATH = "/overview"


def body(view: View, rows: Sequence[Row], asked: str) -> Component:
    """The objective of that number, 1 the first, with its targets and the ways to the others."""
    objectives = list(dict.fromkeys(row.objective for row in rows))
    if not objectives:
        return empty("There are no targets to step through.")
    place = min(max(int(asked) if asked.isdigit() else 1, 1), len(objectives))
    title = objectives[place - 1]
    mine = [row for row in rows if row.objective == title]
    return html.Div(
        [
            _ways(view, place, len(objectives)),
            html.H2(title or "Without an objective", className="review-title"),
            *(_target(view, row) for row in mine),
        ],
        className="review",
    )


def _ways(view: View, place: int, count: int) -> Component:
    back = html.A("← Before", href=view.address(PATH, review=str(place - 1)), className="chip") if place > 1 else None
    on = html.A("Next →", href=view.address(PATH, review=str(place + 1)), className="chip") if place < count else None
    end = html.A("End the review", href=view.address(PATH), className="chip")
    full = html.Button("Full screen", type="button", className="chip full-screen")
    return html.Nav([html.Span(f"Objective {place} of {count}"), back, on, full, end], className="review-ways no-print")


def _target(view: View, row: Row) -> Component:
    seen, unit = row.course.progress, row.course.metric.unit
    steps = (row.course.baseline, seen.latest, row.course.target.value)
    now = " → ".join(formatted(value, unit) for value in steps)
    facts = [
        html.P(row.title, className="review-metric"),
        html.P(now, className="review-now num"),
        html.P(row.course.basis, className="rule"),
        status(seen),
        html.P(arrival(seen)) if seen.arrives_on else None,
        html.Ul([html.Li(f"{each.name}: {name}") for each, name in row.verdicts]),
    ]
    return dbc.Row(
        [dbc.Col(facts, lg=4), dbc.Col(target_card(view, row.course, view.plan), lg=8)], class_name="g-3 mb-3"
    )
