"""The ways from the measured map to what people make of it."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.designs import folder
from dashboard.pages.view import View

MAPS, WALK = "/maps", "/walk"


def ways_on(view: View, *, has_map: bool = True) -> Component:
    """The ways to the designed maps, with how many the stream has, and to the walk where there is a map to walk."""
    found, _ = folder.kept_maps(view.home)
    count = sum(kept.design.stream == view.scope.stream for kept in found)
    maps = html.A(f"Sketches and future states{f' ({count:,})' if count else ''}", href=view.address(MAPS))
    walk: list[Component | str] = (
        [" · ", dcc.Link("Walk the process with a group", href=view.address(WALK))] if has_map else []
    )
    return html.P([maps, *walk], className="no-print")
