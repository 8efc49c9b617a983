"""The verdict of an initiative in words, for the plan and the overview."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.analysis.verdict import Verdict
from dashboard.catalogue import Metric
from dashboard.pages.view import View
from dashboard.streams.plan import Initiative
from dashboard.theme import formatted
from dashboard.verdicts import found_verdict


def verdict_of(view: View, initiative: Initiative) -> str:
    """The verdict's name; empty where the initiative has no metric or no start."""
    found = found_verdict(view.warehouse, view.scope, view.plan, initiative)
    return found.name if found else ""


def verdict_paragraph(view: View, initiative: Initiative) -> Component | None:
    """The verdict with its numbers and its rule; nothing where the initiative has no metric or no start."""
    found = found_verdict(view.warehouse, view.scope, view.plan, initiative)
    if found is None or initiative.metric is None:
        return None
    metric = view.metric(initiative.metric)
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
