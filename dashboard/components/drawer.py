"""The drawer: the items behind whatever was clicked, beside the page."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import ALL, Input, dcc, html
from dash.development.base_component import Component

from dashboard.components.plain_table import ROWS

DRAWER, DRAWN, OPENER, DRAWING = "drawer", "drawer-items", "items", "drawing"
# What was clicked last: [its items as in a URL, when].
ASKED = "drawer-asked"
CLICKS = (
    Input({"type": "graph", "id": ALL}, "clickData"),
    Input({"type": ROWS, "id": ALL}, "chosen"),
    Input({"type": DRAWING, "id": ALL}, "chosen"),
    Input({"type": OPENER, "where": ALL}, "n_clicks"),
)


def drawer() -> Component:
    """Closed, until something is clicked. assets/scope.js says of each click whether anything is behind it."""
    panel = dbc.Offcanvas(
        html.Div(id=DRAWN), id=DRAWER, title="Items", placement="end", scrollable=True, class_name="drawer"
    )
    return html.Div([dcc.Store(id=ASKED), panel])


def opener(words: str, where: str) -> Component:
    """A button that opens the items that `where` names, as in a URL."""
    return html.Button(words, id={"type": OPENER, "where": where}, type="button", className="row-open", n_clicks=0)
