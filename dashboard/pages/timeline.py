"""Timeline: single items on their way, stage by stage: as bars, as dots, and as lines from stage to stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import dash
from dash import Dash, Output, html
from dash.development.base_component import Component

from dashboard.components import controls, scope_bar
from dashboard.components.cards import findings
from dashboard.components.controls import checklist, grouped, labelled, select
from dashboard.pages import later, time_marks, timeline_bars, timeline_dots, timeline_spectrum
from dashboard.pages.changes import change_finding
from dashboard.pages.story import story_of
from dashboard.pages.view import View, without_history

PATH, TITLE = "/timeline", "Timeline"
PART = "timeline"
# Where a card stands → what draws it, and the keys of its own controls; the others concern every card.
CARDS = {"timeline-drawn": timeline_bars, "dotted-drawn": timeline_dots, "spectrum-drawn": timeline_spectrum}
PARTS = {place: card.card for place, card in CARDS.items()}
HEIGHT = 40  # rem
PAGE = timeline_bars.page_id(PART)


def body(view: View) -> Component:
    """One item's story, where the URL names one; else the choices, and the three pictures of all items."""
    if silent := without_history(view):
        return silent
    if item := view.query.get("item"):
        return story_of(view, item, view.address(PATH))
    told = [change_finding(view, name) for name in ("lead_time", "wait_time")]
    pictures = [
        html.Div([card.fields(view, PART), html.Div(_card(view, place), id=place)], className="mb-4")
        for place, card in CARDS.items()
    ]
    return html.Div([findings([each.text for each in told if each]), _fields(view), *pictures])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """A choice draws anew what it concerns; another one than the page begins on the first."""

    @app.callback(
        *(Output(place, "children") for place in CARDS),
        Output(PAGE, "value"),
        inputs={"entered": controls.inputs(PART)},
        state={"chosen": scope_bar.STATES, "parts": later.PARTS},
        prevent_initial_call=True,
    )
    def drawn(
        entered: Mapping[str, Any], chosen: Mapping[str, str | None], parts: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        key = dash.ctx.triggered_id["key"] if dash.ctx.triggered_id else ""
        asked = controls.said(**entered)
        if key not in ("page", "marks"):
            asked.pop("page", None)
        view = replace(view_for({**asked, **chosen}), seen=later.seen(**parts))
        pages = [_card(view, place) if _concerns(key, card.KEYS) else dash.no_update for place, card in CARDS.items()]
        return *pages, asked.get("page", "1") if _concerns(key, timeline_bars.KEYS) else dash.no_update


def _card(view: View, place: str) -> Component:
    return later.later(view, PARTS, place, HEIGHT)


def _concerns(key: str, own: tuple[str, ...]) -> bool:
    """Whether a control's choice changes a card: it is its own, or nobody's."""
    return key in own or not any(key in card.KEYS for card in CARDS.values())


def _fields(view: View) -> Component:
    """What concerns all pictures: which items, and what is marked beside them."""
    shown = select(PART, "shown", timeline_bars.OUTCOMES, view.query.get("shown"), "all")
    kinds = time_marks.chosen(view)
    marks = checklist(PART, "marks", time_marks.KINDS, kinds, time_marks.SHOWN)
    return html.Div([labelled("Show", shown), grouped("Marks beside the items", marks)], className="card-controls")
