"""Walk the process: a group looks at the steps of the stream, one after another, and writes down what it finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard.components.aria import aria
from dashboard.components.cards import empty
from dashboard.errors import StoreError
from dashboard.pages import walk_begin, walk_notes
from dashboard.pages.map_links import WALK
from dashboard.pages.value_stream import NOTHING
from dashboard.pages.view import View, without_history
from dashboard.pages.walk_notes import notes_panel
from dashboard.pages.walk_record import record_of, record_page
from dashboard.pages.walk_step import Way, step_page, way_of
from dashboard.scope import from_query
from dashboard.store import Walk, WalkNote

PATH, TITLE = WALK, "Walk the process"
IN_MENU, KEEPS_VIEWS = False, False
# Where the walk is, in the URL: nothing before it begins, the name of a step, or this at its end.
FOUND = "~found"
# The choices that a figure of the walk depends on.
MATTERS = ("since", "until", "teams", "types", "clock")


@dataclass(frozen=True)
class Kept:
    """The walk that the URL names and its notes; `told` is why they can't be read."""

    walk: Walk | None
    notes: Sequence[WalkNote] = ()
    told: str = ""


def body(view: View) -> Component:
    """One place of the walk, with the way on and back."""
    if silent := without_history(view):
        return silent
    way, kept = way_of(view), _kept(view)
    places = ["", *way.names, FOUND]
    asked = view.query.get("step", "")
    here = places.index(asked) if asked in places else 0
    return html.Div(
        [
            html.Div(walk_begin.head(view, kept.walk, _other_scope(view, kept.walk)), id=walk_begin.HEAD),
            html.P(kept.told) if kept.told else None,
            _map_of(view, places, here),
            html.Div(
                [html.H2(_heading(places, here), id="walk-heading", tabIndex="-1"), _ways(view, places, here)],
                className="walk-head",
            ),
            None if way.stops else empty(NOTHING),
            *_place(view, way, kept, places[here]),
            _ways(view, places, here),
        ],
        className="walk",
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """The record is begun and changed, notes are kept, and the record at the end follows them."""
    walk_begin.register(app, view_for, lambda view: (way_of(view).names or [FOUND])[0])
    walk_notes.register(app, view_for, lambda view: _record(view, way_of(view), _kept(view)))


def _kept(view: View) -> Kept:
    number = view.query.get("walk", "")
    if view.store is None or not number:
        return Kept(None)
    try:
        found = [walk for walk in view.store.walks(view.scope.stream) if str(walk.id) == number]
        if not found:
            return Kept(None, told="The walk that the address names is not kept for this stream.")
        return Kept(found[0], view.store.walk_notes(found[0].id))
    except StoreError as error:
        return Kept(None, told=str(error))


def _other_scope(view: View, walk: Walk | None) -> bool:
    """Whether the figures are of another scope than the one that the walk was held over."""
    if walk is None:
        return False
    query = dict(parse_qsl(walk.address.partition("?")[2]))
    held = from_query(query, view.warehouse.default_scope(walk.stream))
    return any(getattr(held, each) != getattr(view.scope, each) for each in MATTERS)


def _heading(places: Sequence[str], here: int) -> str:
    if here == 0:
        return "Before we begin"
    if places[here] == FOUND:
        return "What we found"
    return f"{places[here]}, step {here} of {len(places) - 2}"


def _place(view: View, way: Way, kept: Kept, place: str) -> list[Component | None]:
    store = view.store
    if place == FOUND:
        notes = notes_panel(store, kept.walk, "") if store and kept.walk else None
        return [notes, html.Div(_record(view, way, kept), id=walk_notes.RECORD)]
    for stop in way.stops:
        if stop.name == place:
            notes = notes_panel(store, kept.walk, place) if store and kept.walk else None
            return [step_page(view, stop), notes, html.Div(id=walk_notes.RECORD)]
    return [walk_begin.begin_page(view, way, kept.walk)]


def _record(view: View, way: Way, kept: Kept) -> Component:
    day = kept.walk.held_on if kept.walk else dt.date.today()
    return record_page(view, record_of(view, way, kept.walk, kept.notes), day.isoformat())


def _map_of(view: View, places: Sequence[str], here: int) -> Component:
    """All places of the walk, the present one marked."""
    return html.Nav(
        html.Ol([html.Li(_chip(view, places, number, number == here)) for number in range(len(places))]),
        className="walk-map no-print",
        **aria(label="Steps of the walk"),
    )


def _chip(view: View, places: Sequence[str], number: int, is_here: bool) -> Component:
    words = {0: "Before we begin", len(places) - 1: "What we found"}.get(number, places[number])
    if is_here:
        return html.Span(words, className="chip active", **aria(current="step"))
    return dcc.Link(words, href=_address(view, places[number]), className="chip")


def _ways(view: View, places: Sequence[str], here: int) -> Component:
    """The way back and on; assets/walk.js follows them at the arrow keys."""
    look = "btn btn-outline-secondary"
    back = here > 0 and dcc.Link("Back", href=_address(view, places[here - 1]), className=f"{look} walk-back")
    on = here < len(places) - 1 and dcc.Link("Next", href=_address(view, places[here + 1]), className=f"{look} walk-on")
    return html.Div([back or None, on or None], className="walk-ways no-print")


def _address(view: View, place: str) -> str:
    return view.address(PATH, step=place or None, walk=view.query.get("walk"))
