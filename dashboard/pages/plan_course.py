"""A target on its course: its metric by period, the path from its baseline, what was done about it, when it arrives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.targets import Aim, Progress, progress
from dashboard.catalogue import Metric
from dashboard.components.cards import figure_card
from dashboard.figures.trend import Goal, Mark, trend
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.streams.plan import Initiative, Plan, Target
from dashboard.theme import FEW, change, formatted
from dashboard.verdicts import COUNTS, points_of, whole, whole_periods

# Where it is seen why a metric is what it is; of all others on the flow page.
REASONS = {
    ("/delivery", "Delivery"): "deployment_frequency change_lead_time change_fail_rate failed_deployment_recovery_time "
    "deployment_rework_rate mean_time_to_recovery batch_size incidents team_satisfaction",
    ("/waste", "Waste"): "lead_time wait_time flow_efficiency value_added_ratio handoffs blocked_time rework_ratio "
    "withdrawn_ratio reopened_ratio",
    ("/value-stream", "Value stream"): "complete_and_accurate rolled_complete_and_accurate first_pass_yield takt_time",
}


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
        """Which statistic of which team, by which period."""
        words = [f"by {self.target.period}"]
        if "$percentile" in self.metric.query.sql:
            share = self.target.percentile
            words.insert(0, "mean" if share is None else formatted(share, "ratio"))
        if self.target.team:
            knows_teams = "$teams" in self.metric.query.sql
            words.append(f"team {self.target.team}" if knows_teams else "all teams: it is not known by team")
        return ", ".join(words)

    @property
    def basis(self) -> str:
        """The same with how many items the latest value rests on; a small count is a fact, not a shaky statistic."""
        if self.progress.latest_on is None:
            return self.scope_note
        days = self.table["period_start"].map(lambda day: pd.Timestamp(day).date())
        count = int(self.table.loc[days == self.progress.latest_on, "items"].iloc[0])
        few = " (few)" if count < FEW and self.metric.unit not in COUNTS else ""
        return f"{self.scope_note}, n = {count:,}{few}"

    @property
    def aim(self) -> Aim:
        """The target as numbers."""
        target = self.target
        return Aim(self.baseline, target.value, self.begins, target.due, self.metric.better, target.path)

    @property
    def begins(self) -> dt.date:
        """From when the path goes: the end of the baseline, the beginning of the data where it names no day."""
        return self.target.baseline_until or self.scope.since


def course_of(view: View, target: Target) -> Course:
    """A target as far as it has come."""
    metric = view.metric(target.metric)
    scope = whole(view.warehouse, view.scope, target.period, target.percentile)
    if target.team:
        scope = replace(scope, teams=(target.team,))
    table = whole_periods(view.warehouse, metric, scope)
    baseline = _baseline(view, target, metric, scope)
    course = Course(target, metric, scope, table, baseline, Progress("no data", ""))
    today = pd.Timestamp(view.stream["last_event_on"]).date()
    return replace(course, progress=progress(course.aim, points_of(table), today))


def target_card(view: View, course: Course, plan: Plan, more: Sequence[Component] = ()) -> Component:
    """The trend against the path, with the initiatives on its metric and their milestones."""
    target, metric = course.target, course.metric
    objective = next((each.title for each in plan.objective if each.id == target.objective), "")
    on_it = sorted(_on(plan, target.metric), key=lambda each: (str(each.start), each.id))
    figure = trend(
        {"": course.table}, metric, goal=_goal(course), marks=[*_marks(on_it)], words="No value has been measured."
    )
    status = html.Span(course.progress.status, className=f"status status-{course.progress.status.replace(' ', '-')}")
    facts: list[Any] = [
        status,
        f" {_target_words(course)}",
        html.Br(),
        html.Small(course.progress.rule, className="rule"),
        " ",
        why(view, target.metric),
        html.Br() if on_it else None,
        html.Small(_marks_in_words(on_it), className="rule") if on_it else None,
        *more,
    ]
    return figure_card(
        f"plan-{target.id}",
        f"{metric.title}: {objective}" if objective else metric.title,
        [each for each in facts if each is not None],
        figure,
        replace(view, scope=course.scope).behind(target.metric, course.table, card=f"plan-{target.id}"),
        replace(view, scope=course.scope).how(target.metric),
    )


def why(view: View, metric: str) -> Component:
    """The way to the page on which it is seen why a metric is what it is."""
    path, name = next((page for page, metrics in REASONS.items() if metric in metrics.split()), ("/", "Flow"))
    return html.A(f"Why? {name} →", href=view.address(path), className="link-apart no-print")


def pace_words(course: Course) -> list[str]:
    """What is needed each week, what is seen, and when that arrives."""
    seen, unit = course.progress, course.metric.unit
    paces = (("needed", seen.required_per_week), ("seen", seen.recent_per_week))
    lines = [f"{word} {_each_week(value, unit)}" for word, value in paces if value is not None]
    return [*lines, arrival(seen)] if seen.arrives_on else lines


def arrival(seen: Progress) -> str:
    """'arrives about Mar 2027 (80 %: Jan 2027 to Aug 2027)'."""
    said = f"arrives about {seen.arrives_on:%b %Y}"
    if seen.arrives_between:
        early, late = seen.arrives_between
        said += f" (80 %: {early:%b %Y} to {late:%b %Y})" if late else f" (80 %: {early:%b %Y} or later, perhaps never)"
    return said


def _each_week(value: float, unit: str) -> str:
    words = change(value, unit)
    return words if words == "no change" else f"{words}{',' if 'per' in unit else ''} each week"


def _baseline(view: View, target: Target, metric: Metric, scope: Scope) -> float | None:
    """As the plan says it, else as it was measured over the window."""
    if target.baseline is not None or not (target.baseline_from and target.baseline_until):
        return target.baseline
    window = replace(scope, since=target.baseline_from, until=target.baseline_until)
    found: float | None = view.warehouse.headline(metric, window)["value"]
    return found


def _on(plan: Plan, metric: str) -> list[Initiative]:
    return [each for each in plan.initiative if each.metric == metric and each.start]


def _marks(initiatives: Sequence[Initiative]) -> Iterator[Mark]:
    for number, each in enumerate(initiatives, 1):
        if each.start:
            yield Mark(each.start, each.name, number)
        yield from (Mark(stone.on, f"{each.name}: {stone.name}", number, "milestone") for stone in each.milestones)


def _marks_in_words(initiatives: Sequence[Initiative]) -> str:
    """'Marked: 1 Pair on reviews, 2 Release weekly; a disc where it started, a square for a milestone.'"""
    named = ", ".join(f"{number} {each.name}" for number, each in enumerate(initiatives, 1))
    squares = ", a square for a milestone" if any(each.milestones for each in initiatives) else ""
    return f"Marked: {named}; a disc where it started{squares}."


def _goal(course: Course) -> Goal:
    target = course.target
    return Goal(
        value=target.value,
        due=target.due,
        baseline=course.baseline,
        baseline_from=target.baseline_from,
        baseline_until=course.begins,
        path=target.path,
    )


def _target_words(course: Course) -> str:
    unit, seen, target = course.metric.unit, course.progress, course.target
    words = [
        f"from {formatted(course.baseline, unit)} to {formatted(target.value, unit)} by {target.due:%d %b %Y}",
        f"now {formatted(seen.latest, unit)} ({course.basis})",
        *pace_words(course),
    ]
    return "; ".join(words)
