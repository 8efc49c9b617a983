"""Timeline: single items on their way, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.components import scope_bar
from dashboard.components.cards import empty, figure_card
from dashboard.figures.timeline import timeline
from dashboard.pages.view import View, without_history

PATH, TITLE = "/timeline", "Timeline"
OUTCOME, DRAWN = "timeline-outcome", "timeline-drawn"
OUTCOMES = {"all": "All items", "finished": "Finished", "open": "Still open", "cancelled": "Cancelled"}
ROWS = 40


def body(view: View) -> Component:
    """The choice of outcome, and the bars."""
    if silent := without_history(view):
        return silent
    select = dbc.Select(
        id=OUTCOME,
        value="all",
        size="sm",
        options=[{"label": label, "value": key} for key, label in OUTCOMES.items()],
    )
    chooser = html.Div([html.Label("Show", htmlFor=OUTCOME), select], className="scope-field")
    return html.Div([chooser, html.Div(_drawn(view, None), id=DRAWN)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """The choice of outcome draws anew."""

    @app.callback(
        Output(DRAWN, "children"),
        inputs={"outcome": Input(OUTCOME, "value")},
        state={"chosen": scope_bar.STATES},
        prevent_initial_call=True,
    )
    def choose(outcome: str, chosen: Mapping[str, str | None]) -> Component:
        return _drawn(view_for(chosen), None if outcome == "all" else outcome)


def _drawn(view: View, outcome: str | None) -> Component:
    table = view.ask("charts.timeline", row_limit=ROWS, outcome=outcome)
    if table.empty:
        return empty("No such items in this scope.")
    shown = table["item_id"].nunique()
    total = len(view.ask("charts.items")) if outcome is None else None
    of = f" of {total:,}" if total and total > shown else ""
    answer = f"{shown}{of} items: those still open first, then those that ended last. Work is plain, waiting is hatched"
    how = view.how("charts.timeline")
    behind = view.behind("charts.timeline", table, outcome=outcome)
    return figure_card("timeline", "How did single items travel?", answer, timeline(table, view.modes), behind, how)
