"""Plan: targets and initiatives, each metric's trend against the path from its baseline to its target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.targets import Aim, Progress, progress
from dashboard.catalogue import Metric
from dashboard.components.cards import empty, figure_card
from dashboard.figures.trend import Goal, Mark, trend
from dashboard.pages.plan_verdicts import verdict_paragraph
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.streams.plan import Initiative, Plan, Target
from dashboard.theme import formatted
from dashboard.verdicts import points_of, whole, whole_periods

PATH, TITLE = "/plan", "Plan"


@dataclass(frozen=True)
class Course:
    """A target with its metric's values: `points` are (first day of a whole period, value)."""

    target: Target
    metric: Metric
    scope: Scope
    table: pd.DataFrame
    baseline: float | None
    progress: Progress

    @property
    def scope_note(self) -> str:
        """Which statistic by which period."""
        period = f"by {self.target.period}"
        if "$percentile" not in self.metric.query.sql:
            return period
        return (
            f"mean, {period}"
            if self.target.percentile is None
            else f"{formatted(self.target.percentile, 'ratio')}, {period}"
        )


def body(view: View) -> Component:
    """Targets first, then the initiatives with their verdicts."""
    path = view.home / "plan.toml"
    if not path.is_file():
        return empty(f"There is no plan yet. Write targets and initiatives in {path.name} in the folder {view.home}.")
    plan = view.plan
    if not (plan.target or plan.initiative):
        return empty("The plan names no target and no initiative for this value stream.")
    courses = [_course(view, target) for target in plan.target]
    return html.Div(
        [
            html.P(
                "The plan looks at the whole history of the stream; the period of the scope does not narrow it.",
                className="scope-note",
            ),
            dbc.Row([dbc.Col(_target_card(view, course, plan), lg=6) for course in courses], class_name="g-3"),
            html.H2("Initiatives", className="h5 mt-4"),
            html.Div([_initiative(view, each) for each in plan.initiative], className="initiatives"),
        ]
    )


def _course(view: View, target: Target) -> Course:
    metric = view.metric(target.metric)
    scope = whole(view.warehouse, view.scope, target.period, target.percentile)
    table = whole_periods(view.warehouse, metric, scope)
    window = replace(scope, since=target.baseline_from, until=target.baseline_until)
    baseline = view.warehouse.headline(metric, window)["value"]
    aim = Aim(baseline, target.value, target.baseline_until, target.due, metric.better, target.path)
    today = pd.Timestamp(view.stream["last_event_on"]).date()
    return Course(target, metric, scope, table, baseline, progress(aim, points_of(table), today))


def _target_card(view: View, course: Course, plan: Plan) -> Component:
    target, metric = course.target, course.metric
    objective = next((each.title for each in plan.objective if each.id == target.objective), "")
    marks = [Mark(each.start, each.name) for each in plan.initiative if each.metric == target.metric and each.start]
    figure = trend({"": course.table}, metric, goal=_goal(course), marks=marks, words="No value has been measured.")
    status = html.Span(course.progress.status, className=f"status status-{course.progress.status.replace(' ', '-')}")
    facts: list[Any] = [
        status,
        f" {_target_words(course)}",
        html.Br(),
        html.Small(course.progress.rule, className="rule"),
    ]
    return figure_card(
        f"plan-{target.id}",
        f"{metric.title}: {objective}" if objective else metric.title,
        facts,
        figure,
        replace(view, scope=course.scope).behind(target.metric, course.table),
        view.how(target.metric),
    )


def _goal(course: Course) -> Goal:
    target = course.target
    return Goal(
        value=target.value,
        due=target.due,
        baseline=course.baseline,
        baseline_from=target.baseline_from,
        baseline_until=target.baseline_until,
        path=target.path,
    )


def _target_words(course: Course) -> str:
    unit, seen, target = course.metric.unit, course.progress, course.target
    words = [
        f"from {formatted(course.baseline, unit)} to {formatted(target.value, unit)} by {target.due:%d %b %Y}",
        f"now {formatted(seen.latest, unit)} ({course.scope_note})",
    ]
    if seen.arrives_on:
        words.append(f"arrives about {seen.arrives_on:%b %Y} at the recent pace")
    return "; ".join(words)


def _initiative(view: View, initiative: Initiative) -> Component:
    facts = [
        ("Strategy", (initiative.strategy or "").replace("-", " ")),
        ("Owner", initiative.owner),
        ("Stage", initiative.stage),
        ("Start", f"{initiative.start:%d %b %Y}" if initiative.start else None),
        ("Due", f"{initiative.due:%d %b %Y}" if initiative.due else None),
        ("Expected", initiative.expected),
    ]
    gaps = [
        name
        for name, value in (
            ("owner", initiative.owner),
            ("start", initiative.start),
            ("measure", initiative.metric),
        )
        if not value
    ]
    return dbc.Card(
        dbc.CardBody(
            [
                html.H3(
                    [initiative.name, html.Span(initiative.status, className="status status-no-data ms-2")],
                    className="h6",
                ),
                html.P(" · ".join(f"{name}: {value}" for name, value in facts if value)),
                html.P(f"Not healthy: it has no {' and no '.join(gaps)}.", className="bad") if gaps else None,
                verdict_paragraph(view, initiative),
            ]
        ),
        class_name="mb-2",
    )
