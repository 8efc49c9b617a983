"""The ways from the measured map to what people make of it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.designs import folder
from dashboard.pages.view import View

MAPS = "/maps"


def other_maps(view: View) -> Component:
    """The way to the designed maps, with how many the stream has."""
    found, _ = folder.kept_maps(view.home)
    count = sum(kept.design.stream == view.scope.stream for kept in found)
    kept = f" ({count:,})" if count else ""
    return html.P(html.A(f"Sketches and future states{kept}", href=view.address(MAPS)), className="no-print")
