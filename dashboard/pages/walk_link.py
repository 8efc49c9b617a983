"""The way to the walk, for other pages."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.pages.view import View

PATH = "/walk"


def walk_link(view: View) -> Component:
    """The way to the walk in this scope."""
    link = dcc.Link("Walk the process with a group, step by step", href=view.address(PATH))
    return html.P(["For a workshop: ", link, "."], className="mt-3 no-print")
