"""What people keep of the pages: views by name, and notes pinned to a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import dash
import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import access
from dashboard.components import scope_bar
from dashboard.components.aria import aria
from dashboard.components.controls import dom_id
from dashboard.errors import ConflictError, StoreError
from dashboard.pages.view import QUERY, View
from dashboard.roles import Role
from dashboard.store import Note, SavedView, Store, Walk, WalkNote

KEPT, HEAD, TOLD, NAME, TEXT = "kept", "kept-head", "kept-told", "kept-name", "kept-text"
SAVE, PIN, PAGE = "kept-save", "kept-pin", "kept-page"
ROW, NEW_TEXT = "kept-row", "kept-new-text"
NEW = {"type": NEW_TEXT, "id": ALL}


def panel(view: View, path: str, store: Store) -> Component:
    """Closed at first: what is kept of the stream, and the forms that keep this view."""
    address = address_of(view, path)
    listed, words = _shown(view, address, store)
    return html.Details(
        [
            html.Summary(words, id=HEAD),
            html.Div(listed, id=KEPT),
            html.P(id=TOLD, **aria(live="polite")),
            _forms(),
            dcc.Store(id=PAGE, data=path),
        ],
        className="kept no-print",
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View], store: Store) -> None:
    """Keep, change, remove; and tell what is kept of another view when the scope changes."""

    @app.callback(
        Output(KEPT, "children"),
        Output(HEAD, "children"),
        Output(TOLD, "children"),
        Output(NAME, "value"),
        Output(TEXT, "value"),
        inputs={
            "_clicks": {
                "save": Input(SAVE, "n_clicks"),
                "pin": Input(PIN, "n_clicks"),
                "rows": Input({"type": ROW, "action": ALL, "id": ALL, "version": ALL}, "n_clicks"),
            },
            "chosen": scope_bar.INPUTS,
            "query": Input(QUERY, "data"),
        },
        state={
            "stream": State(scope_bar.STREAM, "value"),
            "page": State(PAGE, "data"),
            "entered": {"name": State(NAME, "value"), "text": State(TEXT, "value")},
            "new": {"values": State(NEW, "value"), "ids": State(NEW, "id")},
        },
        prevent_initial_call=True,
    )
    def keep(
        _clicks: Any,
        chosen: Mapping[str, str | None],
        query: Mapping[str, str],
        stream: str,
        page: str,
        entered: Mapping[str, str | None],
        new: Mapping[str, Sequence[Any]],
    ) -> tuple[Any, ...]:
        pressed, clicks = dash.ctx.triggered_id, (dash.ctx.triggered or [{}])[0].get("value")
        is_button = pressed in (SAVE, PIN) or isinstance(pressed, dict)
        if is_button and not clicks:  # a row that was just drawn
            return (dash.no_update,) * 5
        view = view_for({**query, **chosen, "stream": stream})
        address, told = address_of(view, page), ""
        name, text = entered["name"] or "", entered["text"] or ""
        if is_button:
            access.require(Role.VIEWER)
            texts = {each["id"]: value or "" for each, value in zip(new["ids"], new["values"], strict=True)}
            told = _done(store, pressed, stream, address, name, text, texts)
        kept = told.startswith("Kept")
        # What was typed meanwhile stays.
        left = ["" if kept and pressed == button else dash.no_update for button in (SAVE, PIN)]
        return *_shown(view, address, store), told, *left


def address_of(view: View, path: str) -> str:
    """A view as one text: the page and what its URL says, always in the same order."""
    address = view.address(path, **view.query)
    _, _, query = address.partition("?")
    return f"{path}?{urlencode(sorted(parse_qsl(query)))}"


def _shown(view: View, address: str, store: Store) -> tuple[Component, str]:
    """What is kept of the stream, and the words above it; or why that can't be read."""
    try:
        here = len(store.notes(view.scope.stream, address))
        words = f"Saved views and notes ({here:,} {'note' if here == 1 else 'notes'} on this view)"
        return _listed(view, address, store), words if here else "Saved views and notes"
    except StoreError as error:
        return html.P(str(error)), "Saved views and notes"


def _done(store: Store, pressed: Any, stream: str, address: str, name: str, text: str, texts: Mapping[Any, str]) -> str:
    """Do what a button says, and tell it."""
    try:
        if pressed == SAVE:
            return f"Kept as {store.save_view(stream, name, address).name}."
        if pressed == PIN:
            store.add_note(stream, address, text)
            return "Kept: the note is pinned to this view."
        return _changed(store, pressed, texts)
    except ConflictError as error:
        mine = texts.get(pressed["id"], "")
        return f"{error} Yours, which was not kept, said: {mine}" if mine else str(error)
    except StoreError as error:
        return str(error)


def _changed(store: Store, pressed: Mapping[str, Any], texts: Mapping[Any, str]) -> str:
    id_, version = pressed["id"], int(pressed["version"])
    if pressed["action"] == "remove-view":
        store.remove_view(int(id_), version)
        return "The view is removed from the list."
    if pressed["action"] == "remove-note":
        store.remove_note(int(id_), version)
        return "The note is removed."
    store.change_note(int(id_), version, texts.get(id_, ""))
    return "The note is changed."


def _listed(view: View, address: str, store: Store) -> Component:
    """The views of the stream, the notes on this one, and where others are."""
    stream, may = view.scope.stream, access.refusal(Role.VIEWER) is None
    notes = store.notes(stream)
    here = [note for note in notes if note.address == address]
    elsewhere = [note for note in notes if note.address != address]
    parts = [
        *_section("Saved views", [_view_row(each, may) for each in store.views(stream)]),
        *_section("Notes on this view", [note_row(each, may) for each in here]),
        *_section("Notes on other views", [_pointer(each) for each in elsewhere]),
    ]
    return html.Div(parts or [html.P("Nothing is kept of this stream yet.", className="rule")])


def _section(title: str, rows: Sequence[Component]) -> list[Component]:
    return [html.H2(title, className="card-question"), html.Ul(list(rows), className="kept-rows")] if rows else []


def _view_row(saved: SavedView, may: bool) -> Component:
    remove = row_button("Remove", "remove-view", saved, f"Remove the view {saved.name}")
    return html.Li([html.A(saved.name, href=access.under_prefix(saved.address)), *([remove] if may else [])])


def note_row(note: Note | WalkNote, may: bool, row: str = ROW, new_text: str = NEW_TEXT) -> Component:
    """A note; who may changes or removes it. `row` and `new_text` are the types of its buttons' and its text's ids."""
    told = html.P([html.Span(note.text, className="kept-text"), f" {_day(note)}"], className="mb-0")
    if not may:
        return html.Li(told)
    id_ = {"type": new_text, "id": str(note.id)}
    label = html.Label("New text of the note", htmlFor=dom_id(id_), className="visually-hidden")
    entry = dbc.Textarea(id=id_, value=note.text, size="sm", class_name="mb-1")
    buttons = [
        row_button("Save", "change-note", note, "Save the note", row),
        row_button("Remove", "remove-note", note, "Remove the note", row),
    ]
    return html.Li([told, html.Details([html.Summary("Change"), label, entry, *buttons])])


def _pointer(note: Note) -> Component:
    return html.Li(
        [
            html.Span(note.text, className="kept-text"),
            f" {_day(note)} ",
            html.A("its view", href=access.under_prefix(note.address)),
        ]
    )


def row_button(
    words: str, action: str, record: SavedView | Note | Walk | WalkNote, label: str, row: str = ROW
) -> Component:
    """A button that does something with a record, in the version that is shown."""
    id_ = {"type": row, "action": action, "id": str(record.id), "version": record.version}
    return html.Button(
        words, id=id_, type="button", n_clicks=0, className="btn btn-sm btn-outline-secondary ms-2", **aria(label=label)
    )


def _forms() -> Component:
    why_not = access.refusal(Role.VIEWER)
    name = dbc.Input(id=NAME, type="text", maxlength=100, size="sm", value="", autocomplete="off")
    text = dbc.Textarea(id=TEXT, maxlength=4_000, size="sm", value="")
    forms = html.Div(
        [
            html.Div([html.Label("Name of this view", htmlFor=NAME), name, _new("Save this view", SAVE)]),
            html.Div([html.Label("Note on this view", htmlFor=TEXT), text, _new("Pin the note", PIN)]),
        ],
        # Always there, for callbacks name them.
        className="d-none" if why_not else "kept-forms",
    )
    return html.Div([html.P(f"For reading only. {why_not}", className="rule") if why_not else None, forms])


def _new(words: str, id_: str) -> Component:
    return html.Button(words, id=id_, type="button", n_clicks=0, className="btn btn-sm btn-outline-secondary mt-1")


def _day(note: Note | WalkNote) -> str:
    at = note.changed_at or note.written_at
    return f"({at.day} {at:%b %Y})"
