"""What is typed on the Maps page: a sketch as a table, one change of a design, a new map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, State, html
from dash.development.base_component import Component

from dashboard.components.controls import dom_id
from dashboard.designs.document import Design, MapStep
from dashboard.designs.sketch import COLUMNS, row_of
from dashboard.streams.plan import Plan

BUTTON, FIELD = "map-do", "map-field"
# A native select shows nothing for an empty value.
NOTHING, FIRST = "–", "~first"
ACTIONS = {
    "set": "Change its figures",
    "automate": "Automate it",
    "remove": "Remove it",
    "merge": "Merge it with another step",
    "split": "Split it in two",
    "add": "Add a step behind it",
}
SOURCES = {"measured": "the measured map of this scope", "empty": "an empty sketch", "this": "the map shown here"}
FIGURES = {
    "wait": "Wait before it",
    "process": "Process time",
    "blocked": "Standing still in it",
    "accurate": "%C&A, per cent",
    "people": "People",
    "team": "Team",
    "batch": "Batch, items",
    "wip_limit": "WIP limit",
}
ENTERED = {"values": State({"type": FIELD, "form": ALL, "field": ALL}, "value")}
ENTERED |= {"ids": State({"type": FIELD, "form": ALL, "field": ALL}, "id")}
SPARE_ROWS = 2


def entered(form: str, values: Sequence[Any], ids: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What stands in the fields of a form, by field."""
    texts = {each["field"]: str(value or "") for each, value in zip(ids, values, strict=True) if each["form"] == form}
    return {field: "" if text == NOTHING else text for field, text in texts.items()}


def button(words: str, action: str, place: str = "", look: str = "btn-outline-secondary") -> Component:
    """A button that changes a map."""
    id_ = {"type": BUTTON, "do": action, "place": place}
    return html.Button(words, id=id_, type="button", n_clicks=0, className=f"btn btn-sm {look}")


def new_form(stream: str, is_shown: bool) -> Component:
    """A name and where to begin; a sketch may be of a stream that no file tells of."""
    sources = {key: words for key, words in SOURCES.items() if is_shown or key != "this"}
    fields = [
        _field("new", "name", "Name of the new map", ""),
        _field("new", "source", "Begin with", "measured", sources),
        _field("new", "stream", "Value stream of a sketch", stream),
        button("Create the map", "create"),
    ]
    return html.Div(fields, className="map-fields")


def change_form(steps: Sequence[MapStep], plan: Plan) -> Component:
    """One change: of which step, what, and why."""
    names = {step.name: step.name for step in steps}
    none = {NOTHING: "none"}
    what = [
        _field("change", "do", "What is done", "set", ACTIONS),
        _field("change", "step", "Step", steps[0].name, {**names, FIRST: "(the beginning of the map)"}),
        _field("change", "other", "Merge with", NOTHING, {NOTHING: "–", **names}),
        _field("change", "name", "New name", ""),
    ]
    figures = [_field("change", field, label, "") for field, label in FIGURES.items()]
    why = [
        _field("change", "why", "Why", ""),
        _field("change", "initiative", "Initiative", NOTHING, {**none, **{i.id: i.name for i in plan.initiative}}),
        _field("change", "target", "Target", NOTHING, {**none, **{each.id: each.id for each in plan.target}}),
    ]
    note = (
        "Leave empty what stays. Times have a unit: 30 min, 4 h, 2.5 d. The new name is that of the added step, of "
        "both merged ones, or of the second half. A batch without a wait: items wait until so many are together."
    )
    return html.Div(
        [
            html.Div(what, className="map-fields"),
            html.Div(figures, className="map-fields map-figures"),
            html.Div(why, className="map-fields"),
            html.P(note, className="rule mb-2"),
            button("Add this change", "change", look="btn-primary"),
        ]
    )


def sketch_form(design: Design) -> Component:
    """The steps as a table with rows to spare, and what is around them."""
    rows = [row_of(step, number) for number, step in enumerate(design.step, start=1)]
    spare = {"number": "", "name": "", "wait": "", "process": "", "accurate": "", "people": "", "team": ""}
    heads = [html.Th(words) for words in COLUMNS.values()]
    body = [_row(place, row) for place, row in enumerate([*rows, *[spare] * SPARE_ROWS])]
    around = [
        _field("around", "supplier", "Supplier", design.supplier),
        _field("around", "customer", "Customer", design.customer),
        _field("around", "tools", "Tools, with commas", ", ".join(design.tools)),
        _field("around", "demand_per_day", "Items a day", f"{design.demand_per_day or '':}"),
    ]
    note = (
        "Times have a unit: 30 min, 4 h, 2.5 d (a day has 24 hours). A step without a process time is a queue. A row "
        "loses its step with its name; the order is that of the numbers."
    )
    return html.Div(
        [
            html.Div(around, className="map-fields"),
            html.Div(
                html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="map-table"),
                className="table-wrap",
                tabIndex="0",
            ),
            html.P(note, className="rule mb-2"),
            button("Save the sketch", "sketch", look="btn-primary"),
        ]
    )


def rows_entered(values: Sequence[Any], ids: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The rows of the sketch's table."""
    rows: dict[int, dict[str, str]] = {}
    for field, text in entered("sketch", values, ids).items():
        place, _, column = field.partition(" ")
        rows.setdefault(int(place), {})[column] = text
    return [row for _, row in sorted(rows.items())]


def _row(place: int, row: Mapping[str, str]) -> Component:
    return html.Tr([html.Td(_cell(place, column, row[column])) for column in COLUMNS])


def _cell(place: int, column: str, value: str) -> list[Component]:
    entry: Any = _entry("sketch", f"{place} {column}", value)
    words = f"{COLUMNS[column]}, row {place + 1}"
    return [html.Label(words, htmlFor=dom_id(entry.id), className="visually-hidden"), entry]


def _entry(form: str, field: str, value: str) -> Component:
    id_ = {"type": FIELD, "form": form, "field": field}
    return dbc.Input(id=id_, type="text", value=value, size="sm", autocomplete="off")


def _field(form: str, field: str, label: str, value: str, choices: Mapping[str, str] | None = None) -> Component:
    id_ = {"type": FIELD, "form": form, "field": field}
    if choices is None:
        control = _entry(form, field, value)
    else:
        options = [{"label": words, "value": key} for key, words in choices.items()]
        control = dbc.Select(id=id_, options=options, value=value, size="sm")
    return html.Div([html.Label(label, htmlFor=dom_id(id_)), control], className="scope-field")
