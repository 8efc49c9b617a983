"""Timeline: single items on their way, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dash import Dash, html
from dash.development.base_component import Component

from dashboard.components import controls
from dashboard.components.cards import empty, figure_card, findings
from dashboard.components.controls import labelled, select
from dashboard.figures.timeline import timeline
from dashboard.pages.changes import change_finding
from dashboard.pages.story import story_of
from dashboard.pages.view import View, without_history

PATH, TITLE = "/timeline", "Timeline"
PART, DRAWN = "timeline", "timeline-drawn"
OUTCOMES = {"all": "All items", "finished": "Finished", "open": "Still open", "cancelled": "Cancelled"}
ROWS = 40


def body(view: View) -> Component:
    """One item's story, where the URL names one; else the choice of outcome, and the bars."""
    if silent := without_history(view):
        return silent
    if item := view.query.get("item"):
        return story_of(view, item, view.address(PATH))
    chooser = labelled("Show", select(PART, "shown", OUTCOMES, view.query.get("shown"), "all"))
    told = [change_finding(view, name) for name in ("lead_time", "wait_time")]
    sentences = findings([each.text for each in told if each])
    return html.Div([sentences, html.Div(chooser, className="card-controls"), html.Div(_drawn(view), id=DRAWN)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """The choice of outcome draws anew."""
    controls.redraw(app, PART, DRAWN, view_for, _drawn)


def _drawn(view: View) -> Component:
    shown = view.query.get("shown")
    outcome = shown if shown in OUTCOMES and shown != "all" else None
    table = view.ask("charts.timeline", row_limit=ROWS, outcome=outcome, item=None)
    if table.empty:
        return empty("No such items in this scope.")
    count = table["item_id"].nunique()
    total = len(view.ask("charts.items")) if outcome is None else None
    of = f" of {total:,}" if total and total > count else ""
    answer = f"{count}{of} items: those still open first, then those that ended last. Work is plain, waiting is hatched"
    how = view.how("charts.timeline")
    behind = view.behind("charts.timeline", table, outcome=outcome)
    return figure_card("timeline", "How did single items travel?", answer, timeline(table, view.modes), behind, how)
