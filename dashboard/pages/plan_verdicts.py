"""The verdict of an initiative in words, for the plan and the overview."""

from __future__ import annotations

from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component

from dashboard.pages.view import View
from dashboard.streams.plan import Initiative
from dashboard.theme import formatted
from dashboard.verdicts import ADJECTIVES, Judged, judged


def judged_in(view: View, initiative: Initiative) -> Judged | None:
    """The verdict on the data of a view; None where the initiative has no metric or no start."""
    return judged(view.warehouse, view.scope, view.plan, initiative)


def verdict_short(found: Judged) -> str:
    """The verdict's name, with the stage where one was judged."""
    return f"{found.verdict.name} in the time in {found.stage}" if found.stage else found.verdict.name


def verdict_line(found: Judged) -> str:
    """'Time in Analysis: signal (better)'."""
    return f"{found.title}: {found.verdict.name}"


def verdict_paragraph(found: Judged) -> Component:
    """The verdict with its numbers and its rule."""
    return html.P(
        [
            html.Strong(f"{found.title}: {found.verdict.name}. "),
            _numbers(found),
            html.Br(),
            html.Small(" ".join([found.verdict.rule, *_conditions(found)]), className="rule"),
        ]
    )


def _numbers(found: Judged) -> str:
    seen, unit = found.verdict, found.metric.unit
    if seen.before_mean is None or seen.after_mean is None:
        return f"{seen.before_count} {found.period}s before its start, {seen.after_count} after."
    words = (
        f"{ADJECTIVES[found.period].capitalize()} mean {formatted(seen.before_mean, unit)} before "
        f"(n = {seen.before_count}), {formatted(seen.after_mean, unit)} after (n = {seen.after_count})"
    )
    if seen.interval:
        low, high = seen.interval
        words += f"; the difference lies between {_signed(low, unit)} and {_signed(high, unit)} (90 %)"
    return words + "."


def _conditions(found: Judged) -> Iterator[str]:
    """What was measured and until when, where it isn't plain."""
    if found.stage:
        yield (
            f"{found.metric.title} is judged where the initiative is aimed: by the mean of the stays in "
            f"{found.stage} that ended in each {found.period}."
        )
    if found.predecessor and found.verdict.limits:
        begins = "are those since" if found.is_since_predecessor else "reach back to before"
        yield f"The limits {begins} {found.predecessor.name} started, which may have moved the same."
    if found.successor:
        yield f"The time after ends where {found.successor.name} starts, which may move the same."


def _signed(value: float, unit: str) -> str:
    sign = "+" if value >= 0 else "−"
    return (
        f"{sign}{100 * abs(value):.0f} percentage points" if unit == "ratio" else f"{sign}{formatted(abs(value), unit)}"
    )
