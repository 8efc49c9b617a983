"""What became of an initiative's metric: the verdict by the natural limits before its start, in words."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.analysis.verdict import Verdict, split, verdict
from dashboard.catalogue import Metric
from dashboard.health import succeeded_on
from dashboard.pages.plan_course import points_of, whole, whole_periods
from dashboard.pages.view import View
from dashboard.streams.plan import Initiative
from dashboard.theme import formatted


def verdict_of(view: View, initiative: Initiative) -> str:
    """The verdict's name; empty where the initiative has no metric or no start."""
    found = found_verdict(view, initiative)
    return found.name if found else ""


def found_verdict(view: View, initiative: Initiative) -> Verdict | None:
    """The verdict; null where the initiative has no metric or no start."""
    if initiative.metric is None or initiative.start is None:
        return None
    metric = view.metric(initiative.metric)
    table = whole_periods(view, metric, whole(view, "month", 0.5))
    # What moves once the next initiative on the metric has started may be that one's effect.
    before, after = split(points_of(table), initiative.start, succeeded_on(view.plan, initiative))
    return verdict(before, after, metric.better, metric.unit)


def verdict_told(view: View, initiative: Initiative, found: Verdict) -> Component:
    """The verdict with its numbers and its rule."""
    metric = view.metric(str(initiative.metric))
    return html.P(
        [
            html.Strong(f"{metric.title}: {found.name}. "),
            _words(found, metric),
            html.Br(),
            html.Small(found.rule, className="rule"),
        ]
    )


def _words(found: Verdict, metric: Metric) -> str:
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
