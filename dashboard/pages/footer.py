"""What stands under every page: how old the data are, and whether anybody has confirmed the stages."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.pages.view import View, left_out

FOOTER = "page-footer"


def footer(view: View) -> list[Component | str]:
    """The words of the footer."""
    stream = view.stream
    as_of = f"Data as of {stream['last_event_at']:%Y-%m-%d %H:%M} UTC, import {stream['last_import']:.0f}"
    proposal = " · stages are proposed from the data; nobody has confirmed them" if stream["is_proposal"] else ""
    without = left_out(view)
    words: list[Component | str] = [as_of + proposal]
    if view.waits:
        words.append(f" · {view.waits}")
    if view.warehouse.fault:
        words.append(html.Strong(f" · Attention, these data: {view.warehouse.fault}"))
    return [*words, " · ", without] if without else words
