"""Controls of a page whose values stand in the URL, beside the scope: native ones, with their labels.

Each has an id of four parts: it stands in the URL under its key unless it has its default, and it belongs to a part of
the page, which hears all its controls together (`inputs`) and reads what they say (`said`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard.components import scope_bar

IN_URL = "in-url"
# A native select shows nothing for an empty value.
ANY = "~any"
# Of a list of choices, none: an empty text is the default.
NONE = "~none"
EVERY = {"type": IN_URL, "part": ALL, "key": ALL, "default": ALL}


def control_id(part: str, key: str, default: str = "") -> dict[str, str]:
    """The id of a control; `default` is the value that does not stand in the URL."""
    return {"type": IN_URL, "part": part, "key": key, "default": default}


def inputs(part: str) -> dict[str, Input | State]:
    """What a callback of a part of the page is called with: `values` and `ids`."""
    pattern = {**EVERY, "part": part}
    return {"values": Input(pattern, "value"), "ids": State(pattern, "id")}


def redraw(app: Dash, part: str, place: str, view_for: Callable[..., Any], draw: Callable[[Any], Component]) -> None:
    """What stands at `place` is drawn anew from the view that the controls of a part and the scope say."""

    @app.callback(
        Output(place, "children"),
        inputs={"entered": inputs(part)},
        state={"chosen": scope_bar.STATES},
        prevent_initial_call=True,
    )
    def drawn(entered: Mapping[str, Any], chosen: Mapping[str, str | None]) -> Component:
        return draw(view_for({**said(**entered), **chosen}))


def said(values: Sequence[Any], ids: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What the controls say, by key, as in the URL: nothing of those left at their default."""
    texts = {each["key"]: (_text(value), each["default"]) for each, value in zip(ids, values, strict=True)}
    return {key: text for key, (text, default) in texts.items() if text not in ("", ANY, default)}


def select(part: str, key: str, options: Mapping[str, str], value: str | None, default: str = ANY) -> Component:
    """A choice among `options`, value → words; a value that is none of them is added."""
    chosen = value or default
    every = options if chosen in options else {**options, chosen: chosen}
    return dbc.Select(
        id=control_id(part, key, default),
        options=[{"label": words, "value": each} for each, words in every.items()],
        value=chosen,
        size="sm",
    )


def entry(part: str, key: str, kind: str, value: str | None, default: str = "", **more: Any) -> Component:
    """A field for a text, number or date."""
    chosen = default if value is None else value
    return dbc.Input(
        id=control_id(part, key, default), type=kind, value=chosen, size="sm", debounce=True, autocomplete="off", **more
    )


def checklist(part: str, key: str, options: Mapping[str, str], value: Sequence[str], default: str) -> Component:
    """Several of `options`, value → words; the text of none at all is NONE."""
    return dbc.Checklist(
        id=control_id(part, key, default),
        options=[{"label": words, "value": each} for each, words in options.items()],
        value=list(value),
        inline=True,
    )


def labelled(label: str, control: Any) -> Component:
    """A control under its label."""
    return html.Div([html.Label(label, htmlFor=dom_id(control.id)), control], className="scope-field")


def grouped(label: str, control: Any) -> Component:
    """A list of choices under what all of them are about."""
    return html.Fieldset([html.Legend(label), control], className="scope-field")


def any_of(values: Sequence[str]) -> dict[str, str]:
    """Options of a choice that may be left open."""
    return {ANY: "any", **{each: each for each in values}}


def dom_id(id_: str | Mapping[str, str]) -> str:
    """The id of the element; of an id with several parts as Dash writes it."""
    return id_ if isinstance(id_, str) else json.dumps(id_, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "~".join(map(str, value)) or NONE
    return "" if value is None else str(value)
