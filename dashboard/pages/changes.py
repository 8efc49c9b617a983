"""How a metric changed against what the viewer compares with: in a sentence, and for its card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dash import html
from dash.development.base_component import Component

from dashboard.analysis import findings
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.theme import formatted

FEW = 5
FIRST_HALF = "the first half of the period"


def change(view: View, name: str) -> Component | str:
    """A metric's change with an arrow and in words, for its card."""
    now, before, words = compared(view, name)
    if before is None or not before["value"] or now["value"] is None:
        return "nothing earlier to compare with"
    subject = "second half: " if words == FIRST_HALF else ""
    share = now["value"] / before["value"] - 1
    if abs(share) < 0.005:
        return f"{subject}unchanged against {words}"
    better = view.metric(name).better
    tone = "" if better == "neither" else "good" if (share < 0) == (better == "lower") else "bad"
    judged = {"good": "better", "bad": "worse", "": ""}[tone]
    arrow = "▲" if share > 0 else "▼"
    return html.Span(
        [subject, html.Span(f"{arrow} {formatted(abs(share), 'ratio')} {judged}", className=tone), f" than {words}"]
    )


@dataclass(frozen=True)
class Gain:
    """How much better a metric became, as a share of what it was: negative is worse; with the n of both sides."""

    share: float
    before: int
    now: int
    against: str


def gain(view: View, name: str) -> Gain | None:
    """What a metric gained; None where that is not known."""
    now, before, words = compared(view, name)
    if before is None or not before["value"] or now["value"] is None:
        return None
    share = now["value"] / before["value"] - 1
    better = -share if view.metric(name).better == "lower" else share
    return Gain(better, int(before["items"]), int(now["items"]), words)


def change_finding(view: View, name: str) -> findings.Finding | None:
    """The sentence on a metric's change; nothing where there is nothing to say."""
    now, before, words = compared(view, name)
    if before is None:
        return None
    said = findings.change_finding(
        view.metric(name),
        now["value"],
        before["value"],
        int(now["items"]),
        int(before["items"]),
        percentile=view.scope.percentile,
        against=words,
    )
    if said is None or words != FIRST_HALF:
        return said
    return replace(said, text=f"In the second half of the period: {said.text[0].lower()}{said.text[1:]}")


def compared(view: View, name: str) -> tuple[Mapping[str, float], Mapping[str, float] | None, str]:
    """The headline, what to compare it with, and the words for that.

    The viewer chooses the comparison; where the data do not reach back that far, it is the scope's first half against
    its second.
    """
    scope, earlier = view.covered, view.compared
    if earlier is not None and (_lasts_as_long(scope, earlier) or view.metric(name).unit != "items"):
        before = view.headline(name, earlier)
        if before["items"] >= FEW:
            return view.headline(name), before, view.scope.compared_words
    if scope.until - scope.since >= dt.timedelta(days=2):
        first, second = _halves(scope)
        before = view.headline(name, first)
        if before["items"] >= FEW:
            return view.headline(name, second), before, FIRST_HALF
    return view.headline(name), None, ""


def _lasts_as_long(one: Scope, other: Scope) -> bool:
    """Counts of the two can be compared; a leap day makes no difference."""
    days = (one.until - one.since).days, (other.until - other.since).days
    return abs(days[0] - days[1]) <= 1


def _halves(scope: Scope) -> tuple[Scope, Scope]:
    middle = scope.since + (scope.until - scope.since) / 2
    return replace(scope, until=middle), replace(scope, since=middle)
