"""Mapping: which states make up which stage, what kind of time is spent there; a change rebuilds the snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ALL, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import access, snapshots
from dashboard.components import scope_bar
from dashboard.components.cards import empty
from dashboard.components.plain_table import plain_table
from dashboard.errors import DashboardError, DefinitionError
from dashboard.importing import import_files
from dashboard.pages.footer import FOOTER, footer
from dashboard.pages.view import View
from dashboard.streams.definition import Stage, Stream, read_definition
from dashboard.streams.mapping import NONE, OWN, Drawn, drawn, read_form, save
from dashboard.streams.proposal import propose

PATH, TITLE = "/mapping", "Mapping"
IN_MENU, IS_SCOPED = False, False

FORM, DRAWN, SAVE, SAID, SAVED, PROGRESS = (
    "mapping-form",
    "mapping-drawn",
    "mapping-save",
    "mapping-said",
    "mapping-saved",
    "mapping-progress",
)
STAGE, STATE = "mapping-stage", "mapping-state"

# A native select shows nothing for an empty value.
NOTHING = "–"
CATEGORIES = {each: each for each in ("backlog", "in-progress", "done", "cancelled")}
MODES = {"active": "active", "wait": "wait"}
ACTIVITIES = {NOTHING: "by mode", "VA": "value-adding (VA)", "NNVA": "necessary (NNVA)", "NVA": "neither (NVA)"}
WASTES = {
    NOTHING: "none",
    **{
        each: each.replace("-", " ")
        for each in ("handoff", "batch", "partially-done", "extra-process", "task-switching", "waiting", "rework")
    },
}
WORDS = {
    "Category": "backlog is before the start, in-progress between start and end, done and cancelled are ends.",
    "Mode": "Is somebody working on the item here (active), or does it wait? Flow efficiency and the map depend on it.",
    "Activity": "Is work here worth something to the customer (VA), only needed (NNVA), or neither (NVA)?",
    "Waste": "What waiting here is booked to, where no rule decides.",
    "Position": "Place in the usual order; going back to a lower one is rework. Give a stage the number it should get.",
    "WIP limit": "How many items the team agreed to have here at most.",
}


@dataclass(frozen=True)
class Fact:
    """A state as the data know it, the number of its stage (None: unmapped), and what they alone would propose."""

    state: str
    visited: int
    ended: int
    row: int | None
    guess: Stage | None


@dataclass(frozen=True)
class Sheet:
    """All that the page shows of a stream."""

    drawn: Drawn
    facts: tuple[Fact, ...]
    is_newer: bool

    @property
    def stream(self) -> Stream:
        """The definition that is shown."""
        return self.drawn.stream

    def of(self, row: int | None) -> list[Fact]:
        """The states of one stage, the most visited first; None: those of no stage."""
        return sorted((fact for fact in self.facts if fact.row == row), key=lambda fact: -fact.visited)


def body(view: View) -> Component:
    """The form where it may be used, else tables."""
    why_not = access.refusal()
    return html.Div(
        [
            html.P([dcc.Link("← Data", href=view.address("/data")), _meaning()], className="mapping-head"),
            html.Div(_content(view, why_not), id=FORM),
            html.Div(
                [
                    html.Div(id=SAID, className="mapping-said", role="status"),
                    *(_save(view) if why_not is None else [html.Span(id=SAVE, hidden=True)]),
                    html.Span("Building the snapshot again …", id=PROGRESS, hidden=True),
                ],
                className="mapping-bar",
            ),
            dcc.Store(id=SAVED),
        ],
        className="mapping",
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Saving writes the file; what was saved is then built."""

    @app.callback(
        Output(SAID, "children"),
        Output(SAVED, "data"),
        Input(SAVE, "n_clicks"),
        State({"type": STAGE, "row": ALL, "field": ALL}, "value"),
        State({"type": STAGE, "row": ALL, "field": ALL}, "id"),
        State({"type": STATE, "number": ALL}, "value"),
        State(DRAWN, "data"),
        State(scope_bar.STREAM, "value"),
        prevent_initial_call=True,
    )
    def keep(
        clicks: int | None,
        values: Sequence[Any],
        ids: Sequence[Mapping[str, Any]],
        places: Sequence[str],
        form: Mapping[str, Any] | None,
        stream: str,
    ) -> tuple[Any, Any]:
        access.require()
        if not clicks or not form:
            raise PreventUpdate
        view = view_for({"stream": stream})
        if snapshots.is_building(view.warehouse.root):
            return _alert(["A snapshot is being built just now. Wait until it is done, then save again."]), no_update
        try:
            _keep(view, _rows(values, ids), dict(zip(form["states"], places, strict=True)), form["mark"])
        except DefinitionError as error:
            return _alert(str(error).splitlines()), no_update
        return "Saved.", clicks

    @app.callback(
        Output(FORM, "children"),
        Output(SAID, "children", allow_duplicate=True),
        Output(FOOTER, "children"),
        Input(SAVED, "data"),
        State(scope_bar.STREAM, "value"),
        prevent_initial_call=True,
        running=[(Output(SAVE, "disabled"), True, False), (Output(PROGRESS, "hidden"), False, True)],
    )
    def rebuild(saved: int | None, stream: str) -> tuple[Any, Any, Any]:
        access.require()
        if saved is None:
            raise PreventUpdate
        said = _rebuilt()
        view = view_for({"stream": stream})
        return _content(view, None), said, footer(view)


def _keep(view: View, rows: Sequence[Mapping[str, Any]], places: Mapping[str, str], mark: str) -> None:
    known = _known(view)
    path = view.home / "streams.toml"
    stream = drawn(path, known).stream
    save(path, known, mark, read_form(stream, rows, places, _guesses(view)))


def _rebuilt() -> Component:
    try:
        account = import_files((), access.settings())
    except DashboardError as error:
        return _alert(
            [
                f"The definition is saved in streams.toml, but no snapshot could be built with it: {error}",
                "The pages still show the snapshot of before. Correct the definition here, and save again.",
            ]
        )
    words = f"Saved in streams.toml and rebuilt: every page now shows import {account.number}."
    return dbc.Alert(words, color="success", class_name="mb-0")


def _rows(values: Sequence[Any], ids: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The controls of the form as one row a stage."""
    rows: dict[int, dict[str, Any]] = {}
    for value, id_ in zip(values, ids, strict=True):
        rows.setdefault(int(id_["row"]), {})[str(id_["field"])] = None if value == NOTHING else value
    return [row for _, row in sorted(rows.items())]


def _known(view: View) -> Stream:
    """The stream as the snapshot has it."""
    return read_definition(view.warehouse.snapshot / snapshots.DEFINITION)[view.scope.stream]


def _facts(view: View) -> pd.DataFrame:
    rows = view.warehouse.ask("proposals.state_facts")
    return rows[rows["stream"] == view.scope.stream]


def _guesses(view: View) -> dict[str, Stage]:
    """State → the stage that the data alone would make of it."""
    proposal = propose(view.scope.stream, _facts(view), None, "UTC")
    return {state: stage for stage in proposal.stage for state in stage.states}


def _sheet(view: View) -> Sheet:
    known = _known(view)
    form = drawn(view.home / "streams.toml", known)
    places = {state: n for n, stage in enumerate(form.stream.stage) for state in stage.states or (stage.name,)}
    told, guesses = _facts(view).set_index("state"), _guesses(view)
    facts = tuple(
        Fact(
            state,
            int(told["visited_items"].get(state, 0)),
            int(told["ended_items"].get(state, 0)),
            places.get(state),
            guesses.get(state),
        )
        for state in dict.fromkeys([*told.index, *places])
    )
    return Sheet(form, facts, form.is_in_file and form.stream != known)


def _content(view: View, why_not: str | None) -> list[Component]:
    nothing_drawn = dcc.Store(id=DRAWN)
    try:
        sheet = _sheet(view)
    except DefinitionError as error:
        words = "The definition can't be read. Mend it, then open this page again."
        return [_alert([words, *str(error).splitlines()]), nothing_drawn]
    if not sheet.facts:
        words = "This stream has no states: its files tell deployments or incidents, and no work items."
        return [empty(words), nothing_drawn]
    if why_not:
        return [html.P(f"For reading only. {why_not}"), *_tables(sheet), nothing_drawn]
    return [*_notes(sheet), *_form(sheet)]


def _notes(sheet: Sheet) -> list[Component]:
    notes = []
    if sheet.stream.is_proposal:
        notes.append("These stages are proposed from the data alone. Saving confirms them, changed or not.")
    if sheet.is_newer:
        notes.append(
            "streams.toml was changed by hand since the last build: the form shows the file. Saving builds it."
        )
    if unmapped := sheet.of(None):
        count = f"{len(unmapped)} state belongs" if len(unmapped) == 1 else f"{len(unmapped)} states belong"
        notes.append(f"{count} to no stage: time there counts as waiting, and starts and ends there are not seen.")
    return [html.Ul([html.Li(note) for note in notes], className="findings")] if notes else []


def _form(sheet: Sheet) -> list[Component]:
    stages = sheet.stream.stage
    numbered = {fact.state: number for number, fact in enumerate(sheet.facts)}
    targets = {str(row): f"{row + 1}. {stage.name}" for row, stage in enumerate(stages)}
    targets |= {str(len(stages)): "the new stage below", OWN: "a stage of its own", NONE: "no stage"}

    def lines(row: int | None) -> Component:
        return html.Ul(
            [_state_line(fact, numbered[fact.state], targets, sheet.stream) for fact in sheet.of(row)],
            className="mapping-states",
        )

    unmapped = [_group([html.Legend("States of no stage"), lines(None)])] if sheet.of(None) else []
    return [
        *unmapped,
        *(_group([_legend(row, stage), _fields(row, stage), lines(row)]) for row, stage in enumerate(stages)),
        _group([html.Legend("A new stage"), _fields(len(stages), None)], "mapping-new"),
        dcc.Store(id=DRAWN, data={"mark": sheet.drawn.mark, "states": [fact.state for fact in sheet.facts]}),
    ]


def _group(parts: Sequence[Component], more: str = "") -> Component:
    return html.Fieldset(parts, className=f"mapping-stage {more}".strip())


def _legend(row: int, stage: Stage) -> Component:
    return html.Legend([html.Span(className=f"swatch swatch-{stage.mode}"), f"{row + 1}. {stage.name}"])


def _fields(row: int, stage: Stage | None) -> Component:
    """The controls of one stage; of a new one without a stage."""
    shown = stage or Stage(name="–")
    return html.Div(
        [
            _field(row, "position", "Position", _number(row + 1 if stage else None)),
            _field(row, "name", "Name", {"value": shown.name if stage else ""}),
            _field(row, "category", "Category", CATEGORIES, shown.category),
            _field(row, "mode", "Mode", MODES, shown.mode),
            _field(row, "activity", "Activity", ACTIVITIES, shown.activity or NOTHING),
            _field(row, "waste", "Waste", WASTES, shown.waste or NOTHING),
            _field(row, "team", "Team", {"value": shown.team or ""}),
            _field(row, "wip_limit", "WIP limit", _number(shown.wip_limit)),
        ],
        className="mapping-fields",
    )


def _number(value: int | None) -> dict[str, Any]:
    """A text that should be a number: an input of numbers would silently give nothing for one that can't be."""
    return {"value": "" if value is None else str(value), "inputmode": "decimal"}


def _field(row: int, field: str, label: str, given: Mapping[str, Any], chosen: str | None = None) -> Component:
    """A control in its label: a select of the given choices where one is chosen, else an input."""
    id_ = {"type": STAGE, "row": row, "field": field}
    if chosen is None:
        control = dbc.Input(id=id_, size="sm", **given)
    else:
        control = dbc.Select(id=id_, size="sm", value=chosen, options=_options(given))
    return html.Label([html.Span(label), control], className=f"mapping-field mapping-{field}")


def _options(choices: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for value, label in choices.items()]


def _state_line(fact: Fact, number: int, targets: Mapping[str, str], stream: Stream) -> Component:
    place = NONE if fact.row is None else str(fact.row)
    select = dbc.Select(id={"type": STATE, "number": number}, size="sm", value=place, options=_options(targets))
    return html.Li(
        [
            html.Span(fact.state, className="mapping-name"),
            html.Span(_count(fact), className="rule num"),
            html.Label([html.Span("belongs to"), select], className="mapping-field"),
            _guess(fact, stream),
        ]
    )


def _count(fact: Fact) -> str:
    if not fact.visited:
        return "no item was ever there"
    items = "1 item" if fact.visited == 1 else f"{fact.visited:,} items"
    return f"{items}, {fact.ended:,} ended there" if fact.ended else items


def _guess(fact: Fact, stream: Stream) -> Component | None:
    """What the data alone say: always of a proposal and an unmapped state, else where somebody decided otherwise."""
    guess = fact.guess
    if guess is None:
        return None
    stage = None if fact.row is None else stream.stage[fact.row]
    agrees = stage is not None and (stage.category, stage.mode) == (guess.category, guess.mode)
    if agrees and not stream.is_proposal:
        return None
    words = "Proposed" if agrees or stage is None else "From the data alone it would be"
    confidence = f"{guess.confidence or 0:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    return html.Small(f"{words} {guess.reason} ({confidence} sure)", className="mapping-guess rule")


def _save(view: View) -> list[Component]:
    words = "Confirm and rebuild" if view.stream["is_proposal"] else "Save and rebuild"
    return [
        html.Button(words, id=SAVE, type="button", className="btn btn-primary"),
        html.Span(
            "Writes streams.toml, its comments kept, then builds all figures anew. A stage that no state belongs to is "
            "removed.",
            className="rule mapping-consequence",
        ),
    ]


def _tables(sheet: Sheet) -> list[Component]:
    """The mapping for reading."""
    names = [stage.name for stage in sheet.stream.stage]
    states = pd.DataFrame(
        [
            (fact.state, None if fact.row is None else names[fact.row], fact.visited, fact.ended)
            for row in (None, *range(len(names)))
            for fact in sheet.of(row)
        ],
        columns=["state", "stage", "items", "ended there"],
    )
    fields = ("name", "category", "mode", "activity", "waste", "team", "wip_limit", "confidence", "reason")
    stages = pd.DataFrame([{field: getattr(stage, field) for field in fields} for stage in sheet.stream.stage])
    kept = [column for column in stages if stages[column].notna().any()]
    return [
        dbc.Card(html.Div(plain_table(table), className="table-wrap", tabIndex="0"), class_name="mb-3")
        for table in (states, stages[kept])
    ]


def _meaning() -> Component:
    return html.Details(
        [html.Summary("What do the words mean?"), html.Dl([part for each in WORDS.items() for part in _defined(*each)])]
    )


def _defined(word: str, meaning: str) -> tuple[Component, Component]:
    return html.Dt(word), html.Dd(meaning)


def _alert(sentences: Sequence[str]) -> Component:
    return dbc.Alert([html.Div(each) for each in sentences], color="danger", class_name="mb-0")
