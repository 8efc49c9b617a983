"""The drawer: the items behind whatever was clicked, beside the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Input, html
from dash.development.base_component import Component

from dashboard.components.plain_table import ROWS

DRAWER, DRAWN, OPENER, DRAWING = "drawer", "drawer-items", "items", "drawing"
INPUTS = {
    "points": Input({"type": "graph", "id": ALL}, "clickData"),
    "rows": Input({"type": ROWS, "id": ALL}, "chosen"),
    "drawings": Input({"type": DRAWING, "id": ALL}, "chosen"),
    "buttons": Input({"type": OPENER, "where": ALL}, "n_clicks"),
}


def drawer() -> Component:
    """Closed, until something is clicked."""
    return dbc.Offcanvas(
        html.Div(id=DRAWN), id=DRAWER, title="Items", placement="end", scrollable=True, class_name="drawer"
    )


def opener(words: str, where: str) -> Component:
    """A button that opens the items that `where` names, as in a URL."""
    return html.Button(words, id={"type": OPENER, "where": where}, type="button", className="row-open", n_clicks=0)


def asked_for(triggered: Sequence[dict[str, Any]], id_: Any) -> str | None:
    """The items that a click asks for, as in a URL; None where nothing was clicked, or nothing is behind it."""
    value = triggered[0]["value"] if triggered else None
    if not value:
        return None
    if isinstance(value, dict):
        text = (value.get("points") or [{}])[0].get("customdata")
    else:
        text = value[0] if isinstance(value, list) else id_["where"]
    return text if isinstance(text, str) and "=" in text else None
