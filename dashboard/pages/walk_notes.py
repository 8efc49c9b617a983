"""What a group writes down on its walk: observations and ideas at a step, or about the whole stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import access
from dashboard.components import scope_bar
from dashboard.components.aria import aria
from dashboard.components.controls import dom_id
from dashboard.errors import ConflictError, StoreError
from dashboard.pages.remembered import note_row
from dashboard.pages.view import QUERY, View
from dashboard.roles import Role
from dashboard.store import Store, Walk, WalkNote
from dashboard.store.checked import IDEA, OBSERVATION, TEXT_LENGTH

LISTS, TOLD, RECORD = "walk-notes", "walk-notes-told", "walk-record"
ADD, NEW, ROW, NEW_TEXT = "walk-add", "walk-new", "walk-row", "walk-new-text"
KINDS = {OBSERVATION: "Observations", IDEA: "Ideas"}
KEEP = {OBSERVATION: "Keep the observation", IDEA: "Keep the idea"}
LABELS = {OBSERVATION: "What do we see?", IDEA: "What could be tried?"}
OF = {"kind": ALL, "walk": ALL, "step": ALL}


def notes_panel(store: Store, walk: Walk, step: str) -> Component:
    """The notes of a walk at a step, "" for the whole stream, and the forms for new ones."""
    why_not = access.refusal(Role.VIEWER)
    forms = [_form(kind, walk, step) for kind in KINDS]
    about = "" if step else " about the whole stream"
    return html.Section(
        [
            html.H2(f"What do we write down{about}?", className="flow-section"),
            html.Div(_lists(store, walk.id, step), id=LISTS),
            html.P(id=TOLD, **aria(live="polite")),
            html.P(f"For reading only. {why_not}", className="rule")
            if why_not
            else html.Div(forms, className="kept-forms no-print"),
        ],
        className="walk-notes" if step else "walk-notes no-print",  # the record, which is printed, has them, too
    )


def register(
    app: Dash, view_for: Callable[[Mapping[str, str | None]], View], draw: Callable[[View], Component]
) -> None:
    """Keep, change and remove notes; what is typed meanwhile stays. `draw` is the record at the end of the walk."""

    @app.callback(
        Output(LISTS, "children"),
        Output(TOLD, "children"),
        Output({"type": NEW, **OF}, "value"),
        Output(RECORD, "children"),
        inputs={
            "_clicks": {
                "add": Input({"type": ADD, **OF}, "n_clicks"),
                "rows": Input({"type": ROW, "action": ALL, "id": ALL, "version": ALL}, "n_clicks"),
            },
            "chosen": scope_bar.STATES,
            "query": State(QUERY, "data"),
            "new": {"values": State({"type": NEW, **OF}, "value"), "ids": State({"type": NEW, **OF}, "id")},
            "texts": {
                "values": State({"type": NEW_TEXT, "id": ALL}, "value"),
                "ids": State({"type": NEW_TEXT, "id": ALL}, "id"),
            },
        },
        prevent_initial_call=True,
    )
    def keep(
        _clicks: Any,
        chosen: Mapping[str, str | None],
        query: Mapping[str, str],
        new: Mapping[str, Sequence[Any]],
        texts: Mapping[str, Sequence[Any]],
    ) -> tuple[Any, Any, Sequence[Any], Any]:
        pressed, clicks = dash.ctx.triggered_id, (dash.ctx.triggered or [{}])[0].get("value")
        left: list[Any] = [dash.no_update] * len(new["ids"])
        view = view_for({**query, **chosen})
        store = view.store
        if not clicks or not pressed or store is None:  # a button that was just drawn
            return dash.no_update, dash.no_update, left, dash.no_update
        access.require(Role.VIEWER)
        written = {each["kind"]: value or "" for each, value in zip(new["ids"], new["values"], strict=True)}
        changed = {each["id"]: value or "" for each, value in zip(texts["ids"], texts["values"], strict=True)}
        told, is_new = _done(store, pressed, written, changed)
        if is_new:
            left = ["" if each["kind"] == pressed["kind"] else dash.no_update for each in new["ids"]]
        place = new["ids"][0]
        record = dash.no_update if place["step"] else draw(view)
        return _lists(store, int(place["walk"]), place["step"]), told, left, record


def _lists(store: Store, walk: int, step: str) -> Component:
    """What was written down so far; or why that can't be read."""
    try:
        notes = [note for note in store.walk_notes(walk) if note.step == step]
    except StoreError as error:
        return html.P(str(error))
    may = access.refusal(Role.VIEWER) is None
    return html.Div([_list(kind, [n for n in notes if n.kind == kind], may) for kind in KINDS], className="kept-forms")


def _list(kind: str, notes: Sequence[WalkNote], may: bool) -> Component:
    rows = [note_row(note, may, ROW, NEW_TEXT) for note in notes]
    content = html.Ul(rows, className="kept-rows") if rows else html.P("None yet.", className="rule")
    return html.Div([html.H3(KINDS[kind]), content])


def _form(kind: str, walk: Walk, step: str) -> Component:
    of = {"kind": kind, "walk": str(walk.id), "step": step}
    id_ = {"type": NEW, **of}
    # What is typed and not yet kept is there again after a look at another step.
    text = dbc.Textarea(id=id_, maxlength=TEXT_LENGTH, value="", rows=3, persistence=True, persistence_type="session")
    look = "btn btn-outline-secondary mt-1"
    button = html.Button(KEEP[kind], id={"type": ADD, **of}, type="button", n_clicks=0, className=look)
    return html.Div([html.Label(LABELS[kind], htmlFor=dom_id(id_)), text, button])


def _done(
    store: Store, pressed: Mapping[str, Any], written: Mapping[str, str], changed: Mapping[str, str]
) -> tuple[str, bool]:
    """Do what a button says; what is told of it, and whether a new note was kept."""
    try:
        if pressed["type"] == ADD:
            kind = str(pressed["kind"])
            store.add_walk_note(int(pressed["walk"]), str(pressed["step"]), kind, written.get(kind, ""))
            return f"The {kind} is kept.", True
        id_, version = int(pressed["id"]), int(pressed["version"])
        if pressed["action"] == "remove-note":
            store.remove_walk_note(id_, version)
            return "The note is removed.", False
        store.change_walk_note(id_, version, changed.get(pressed["id"], ""))
        return "The note is changed.", False
    except ConflictError as error:
        mine = changed.get(pressed["id"], "")
        return f"{error} Yours, which was not kept, said: {mine}" if mine else str(error), False
    except StoreError as error:
        return str(error), False
