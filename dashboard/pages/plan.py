"""Plan: targets and initiatives, each metric's trend against the path from its baseline to its target."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.targets import Aim, Progress, progress
from dashboard.analysis.verdict import Verdict, split, verdict
from dashboard.catalogue import Metric
from dashboard.components.cards import empty, figure_card
from dashboard.figures.trend import Goal, Mark, trend
from dashboard.health import succeeded_on
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.streams.plan import Initiative, Plan, Target
from dashboard.theme import formatted

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


def _whole(view: View, period: str, percentile: float | None) -> Scope:
    """Everything the stream has, in periods of the target; teams, types and clock as the viewer chose."""
    everything = view.warehouse.default_scope(view.scope.stream)
    return replace(view.scope, since=everything.since, until=everything.until, period=period, percentile=percentile)


def _whole_periods(view: View, metric: Metric, scope: Scope) -> pd.DataFrame:
    """The metric by period, periods that the data cut short left out: a part is no period."""
    table = view.warehouse.measure(metric, scope)
    partial = view.warehouse.ask("charts.periods", scope)["is_partial"].to_numpy()
    return table[~partial].reset_index(drop=True)


def _course(view: View, target: Target) -> Course:
    metric = view.metric(target.metric)
    scope = _whole(view, target.period, target.percentile)
    if target.team:
        scope = replace(scope, teams=(target.team,))
    table = _whole_periods(view, metric, scope)
    baseline = _baseline(view, target, metric, scope)
    today = pd.Timestamp(view.stream["last_event_on"]).date()
    aim = Aim(baseline, target.value, _begins(target, scope), target.due, metric.better, target.path)
    return Course(target, metric, scope, table, baseline, progress(aim, _points(table), today))


def _baseline(view: View, target: Target, metric: Metric, scope: Scope) -> float | None:
    """As the plan says it, else as it was measured over the window."""
    if target.baseline is not None or not (target.baseline_from and target.baseline_until):
        return target.baseline
    window = replace(scope, since=target.baseline_from, until=target.baseline_until)
    found: float | None = view.warehouse.headline(metric, window)["value"]
    return found


def _begins(target: Target, scope: Scope) -> dt.date:
    """From when the path goes: the end of the baseline, the beginning of the data where it names no day."""
    return target.baseline_until or scope.since


def _points(table: pd.DataFrame) -> list[tuple[dt.date, float | None]]:
    return [
        (pd.Timestamp(row.period_start).date(), None if pd.isna(row.value) else float(row.value))
        for row in table.itertuples()
    ]


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
        baseline_until=_begins(target, course.scope),
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
                _verdict(view, initiative),
            ]
        ),
        class_name="mb-2",
    )


def verdict_of(view: View, initiative: Initiative) -> str:
    """The verdict's name; empty where the initiative has no metric or no start."""
    found = _found_verdict(view, initiative)
    return found.name if found else ""


def _found_verdict(view: View, initiative: Initiative) -> Verdict | None:
    if initiative.metric is None or initiative.start is None:
        return None
    metric = view.metric(initiative.metric)
    table = _whole_periods(view, metric, _whole(view, "month", 0.5))
    # What moves once the next initiative on the metric has started may be that one's effect.
    before, after = split(_points(table), initiative.start, succeeded_on(view.plan, initiative))
    return verdict(before, after, metric.better, metric.unit)


def _verdict(view: View, initiative: Initiative) -> Component | None:
    found = _found_verdict(view, initiative)
    if found is None or initiative.metric is None:
        return None
    metric = view.metric(initiative.metric)
    return html.P(
        [
            html.Strong(f"{metric.title}: {found.name}. "),
            _verdict_words(found, metric),
            html.Br(),
            html.Small(found.rule, className="rule"),
        ]
    )


def _verdict_words(found: Verdict, metric: Metric) -> str:
    if found.before_mean is None or found.after_mean is None:
        return f"{found.before_count} months before its start, {found.after_count} after."
    words = (
        f"Monthly mean {formatted(found.before_mean, metric.unit)} before (n = {found.before_count}), "
        f"{formatted(found.after_mean, metric.unit)} after (n = {found.after_count})"
    )
    if found.interval:
        low, high = found.interval
        words += f"; the difference lies between {_signed(low, metric.unit)} and {_signed(high, metric.unit)} (90 %)"
    return words + "."


def _signed(value: float, unit: str) -> str:
    return f"{'+' if value >= 0 else '−'}{formatted(abs(value), unit)}"
