"""The rows of the overview: a target with its course, its path, and the verdicts of the initiatives on its metric."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.targets import Progress, progress
from dashboard.components.aria import data
from dashboard.errors import ScopeError
from dashboard.figures.sparkline import sparkline
from dashboard.pages.plan_course import Course, course_of, pace_words, why
from dashboard.pages.plan_verdicts import judged_in, verdict_short
from dashboard.pages.view import View
from dashboard.streams.plan import Initiative
from dashboard.theme import formatted
from dashboard.verdicts import points_of

HEADS = ("Target", "Baseline → now → target", "Course", "Pace", "Status", "Initiatives")
POINTS = 18
UNKNOWN = "not known now: the plan says why"
LENGTHS = {"week": pd.DateOffset(days=7), "month": pd.DateOffset(months=1), "quarter": pd.DateOffset(months=3)}


@dataclass(frozen=True)
class Row:
    """A target on its course; `objective` is its title, empty where it has none."""

    objective: str
    course: Course
    address: str
    verdicts: tuple[tuple[Initiative, str], ...]
    why: Component

    @property
    def title(self) -> str:
        """The metric."""
        return self.course.metric.title

    def as_of(self, day: dt.date) -> Progress:
        """How far it was on an earlier day, by the periods that were whole by then."""
        points, length = points_of(self.course.table), LENGTHS[self.course.target.period]
        whole = [(on, value) for on, value in points if (pd.Timestamp(on) + length).date() <= day]
        return progress(self.course.aim, whole, day)


def rows_of(view: View) -> tuple[Row, ...]:
    """The targets of the stream in the order of its objectives, those without one last."""
    titles = {each.id: each.title for each in view.plan.objective}
    rows = []
    for target in view.plan.target:
        going = [each for each in view.plan.initiative if each.metric == target.metric and each.start]
        verdicts = tuple((each, words) for each in going if (words := _verdict(view, each)))
        address = f"{view.address('/plan')}#plan-{target.id}-title"
        rows.append(
            Row(
                titles.get(target.objective or "", ""),
                course_of(view, target),
                address,
                verdicts,
                why(view, target.metric),
            )
        )
    order = [*titles.values(), ""]
    return tuple(sorted(rows, key=lambda row: order.index(row.objective)))


def _verdict(view: View, initiative: Initiative) -> str | None:
    try:
        found = judged_in(view, initiative)
    except ScopeError:
        return UNKNOWN
    return verdict_short(found) if found else None


def objective_table(rows: Sequence[Row]) -> Component:
    """One row a target, under the objective it serves."""
    body: list[Component] = []
    for objective, group in groupby(rows, key=lambda row: row.objective):
        body.append(html.Tr(html.Th(objective or "Without an objective", colSpan=len(HEADS), scope="rowgroup")))
        body += [_row(row) for row in group]
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in HEADS]))
    table = html.Table([head, html.Tbody(body)], className="overview-table")
    return html.Div(table, className="overview-wrap", tabIndex="0")


def _row(row: Row) -> Component:
    course, seen = row.course, row.course.progress
    unit = course.metric.unit
    numbers = [
        f"{formatted(course.baseline, unit)} → ",
        html.Strong(formatted(seen.latest, unit)),
        f" → {formatted(course.target.value, unit)}",
        html.Br(),
        html.Small(f"{course.basis}; due {_day(course.target.due)}", className="rule"),
    ]
    cells: list[Any] = [
        [html.A(row.title, href=row.address, className="link-apart"), row.why],
        numbers,
        _spark(course),
        _pace(row),
        status(seen),
        _initiatives(row),
    ]
    return html.Tr([html.Td(cell, **data(head=head)) for cell, head in zip(cells, HEADS, strict=True)])


def status(seen: Progress) -> Component:
    """The status with its rule printed."""
    look = f"status status-{seen.status.replace(' ', '-')}"
    return html.Div([html.Span(seen.status, className=look), html.Br(), html.Small(seen.rule, className="rule")])


def _spark(course: Course) -> Component | str:
    values = [None if value != value else float(value) for value in course.table["value"].tail(POINTS)]
    drawn = sparkline(values, target=course.target.value, better=course.metric.better)
    if not drawn:
        return "no value"
    encoded = base64.b64encode(drawn.encode()).decode()
    return html.Img(src=f"data:image/svg+xml;base64,{encoded}", alt="", className="overview-spark")


def _pace(row: Row) -> Component:
    """What is needed each week, what is seen, and when that arrives."""
    lines = pace_words(row.course)
    return html.Small([part for line in lines or ["–"] for part in (line, html.Br())][:-1])


def _initiatives(row: Row) -> Component | str:
    if not row.verdicts:
        return "none on this metric"
    return html.Ul([html.Li([f"{each.name}: ", html.Strong(name)]) for each, name in row.verdicts], className="mb-0")


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
