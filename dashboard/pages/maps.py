"""Maps: sketches of streams without data, and future states beside what is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash
import dash_bootstrap_components as dbc
import pandas as pd
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import access
from dashboard.components import controls, scope_bar
from dashboard.components.aria import aria
from dashboard.components.cards import content_card, csv_of, empty
from dashboard.components.controls import labelled, select
from dashboard.components.inline_svg import InlineSvg
from dashboard.components.plain_table import plain_table
from dashboard.designs import folder, sketch
from dashboard.designs.document import Design
from dashboard.designs.folder import Kept
from dashboard.designs.redesign import effects_of, redesigned, totals_of
from dashboard.designs.words import brought, differences, told
from dashboard.errors import DashboardError, DefinitionError
from dashboard.figures.designed_map import WAIT_FOR, map_of
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.value_stream_map import ValueStreamMap, render
from dashboard.pages import map_beside, map_forms, map_simulation
from dashboard.pages.map_beside import NONE, NOW
from dashboard.pages.map_forms import BUTTON, ENTERED, FIELD, FIRST, entered
from dashboard.pages.map_links import MAPS
from dashboard.pages.measured_design import design_from
from dashboard.pages.value_stream import map_files
from dashboard.pages.view import View
from dashboard.roles import Role
from dashboard.theme import duration

PATH, TITLE = MAPS, "Designed maps"
IN_MENU = False
PART, DRAWN, SAID, GO, MARK, CHOSEN = "maps", "maps-drawn", "maps-said", "maps-go", "maps-mark", "map-chosen"
WHY = (
    "A sketch is a map typed by the people who know the work, before there is data. A future state begins with a map "
    "and lists what is to change, with the effect of each change. Both are files in the folder maps, to be kept with "
    "the code."
)


def body(view: View) -> Component:
    """The choice of a map, and the map."""
    return html.Div(
        [
            html.Div(_head(view), className="card-controls"),
            html.Div(_drawn(view), id=DRAWN),
            html.Div(id=SAID, className="map-said", tabIndex="-1", **aria(live="polite")),
            dcc.Store(id=GO),
        ]
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Another map is chosen, or something is written."""
    controls.redraw(app, PART, DRAWN, view_for, _drawn)
    map_simulation.register(app, view_for)

    @app.callback(
        Output(DRAWN, "children", allow_duplicate=True),
        Output(SAID, "children"),
        Output(GO, "data"),
        inputs={"_clicks": Input({"type": BUTTON, "do": ALL, "place": ALL}, "n_clicks")},
        state={
            "fields": ENTERED,
            "chosen": scope_bar.STATES,
            "controlled": {"values": _every("value"), "ids": _every("id")},
            "mark": State({"type": MARK}, "data"),
        },
        prevent_initial_call=True,
    )
    def write(
        _clicks: Any,
        fields: Mapping[str, Sequence[Any]],
        chosen: Mapping[str, str | None],
        controlled: Mapping[str, Sequence[Any]],
        mark: str | None,
    ) -> tuple[Any, Any, Any]:
        pressed, clicks = dash.ctx.triggered_id, (dash.ctx.triggered or [{}])[0].get("value")
        if not clicks or not isinstance(pressed, dict):
            return (dash.no_update,) * 3
        access.require(Role.LEADERSHIP)
        view = view_for({**controls.said(**controlled), **chosen})
        try:
            to = _done(view, pressed["do"], pressed["place"], fields, mark or "")
        except DashboardError as error:
            return dash.no_update, dbc.Alert([html.Div(line) for line in str(error).splitlines()], color="danger"), None
        return (dash.no_update, "", to) if to else (_drawn(view), "Kept.", None)

    @app.callback(
        Output({"type": FIELD, "form": MATCH, "field": "step"}, "value"),
        Input({"type": CHOSEN, "form": MATCH, "way": ALL}, "selected"),
        State({"type": FIELD, "form": MATCH, "field": "step"}, "options"),
        prevent_initial_call=True,
    )
    def choose(_: Any, options: Sequence[Mapping[str, str]]) -> Any:
        """A step that is chosen in the drawing is the one to be changed; a wait in front of a box is the box's."""
        named = str((dash.ctx.triggered or [{}])[0].get("value") or "")
        known = {each["value"] for each in options}
        return next((name for name in (named, named.removeprefix(WAIT_FOR)) if name in known), dash.no_update)

    app.clientside_callback(
        ClientsideFunction("vsm", "goTo"), Output(GO, "data", allow_duplicate=True), Input(GO, "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("vsm", "keepFocus"), Input(SAID, "children"), State(SAID, "id"), prevent_initial_call=True
    )


def _every(prop: str) -> State:
    return State({**controls.EVERY, "part": PART}, prop)


def _head(view: View) -> list[Component]:
    found, _ = folder.kept_maps(view.home)
    here = {kept.id: kept.design.name for kept in found if kept.design.stream == view.scope.stream}
    elsewhere = {kept.id: f"{kept.design.name} ({kept.design.stream})" for kept in found if kept.id not in here}
    maps = {controls.ANY: "none yet" if not found else "choose …", **here, **elsewhere}
    beside = {controls.ANY: "what it began with", NOW: "the measured map of this scope", NONE: "nothing"}
    beside |= {**here, **elsewhere}
    return [
        html.A("← The measured map", href=view.address("/value-stream"), className="me-3 align-self-end"),
        labelled("Map", select(PART, "map", maps, view.query.get("map"))),
        labelled("Beside", select(PART, "beside", beside, view.query.get("beside"))),
    ]


def _drawn(view: View) -> Component:
    may = access.refusal(Role.LEADERSHIP)
    chosen = view.query.get("map")
    if not chosen:
        _, faults = folder.kept_maps(view.home)
        wrong = [dbc.Alert(fault, color="warning") for fault in faults]
        parts: list[Component | None] = [html.P(WHY), empty("No map is chosen.")]
        return html.Div([*wrong, *parts, _new_card(view, False) if may is None else _for_reading(may), _mark("")])
    try:
        kept = folder.kept_map(view.home, chosen)
    except DefinitionError as error:
        return html.Div([empty(str(error)), _mark("")])
    cards = [_map_card(view, kept), *_writing(view, kept, may), map_beside.card(view, kept)]
    simulation = map_simulation.place(kept) if kept.design.step else None
    rest = [] if may else [_new_card(view, True), _removal(kept)]
    return html.Div([*cards, simulation, *rest, _mark(kept.mark)], className="map-cards")


def _mark(mark: str) -> Component:
    return dcc.Store(id={"type": MARK}, data=mark)


def _for_reading(why: str) -> Component:
    return html.P(f"For reading only. {why}", className="rule")


def _map_card(view: View, kept: Kept) -> Component:
    design = kept.design
    if not design.step:
        return empty("The sketch has no step yet: type the first ones below.")
    chart = map_of(design, view.initiatives)
    drawn = html.Div(
        [
            html.P(design.note) if design.note else None,
            html.Div(_drawing(render(chart), "across"), className="map-across"),
            html.Div(_drawing(render(chart, is_vertical=True), "down"), className="map-down"),
            _downloads(view, kept),
        ],
        className="map",
    )
    question = "How does work flow, as far as we know?" if chart.kind == "sketch" else "How is work to flow?"
    return content_card("designed", question, _answer(design), drawn, _table(chart, kept.id), _how(design))


def _drawing(svg: str, way: str) -> Component:
    """A map whose steps can be chosen where they can be changed."""
    return InlineSvg(
        svg=svg, id=None if access.refusal(Role.LEADERSHIP) else {"type": CHOSEN, "form": "change", "way": way}
    )


def _answer(design: Design) -> str:
    begun = totals_of(design.step, design.unattributed or 0)
    after = totals_of(redesigned(design), design.unattributed or 0)
    if design.change:
        moved = differences(begun, after)
        count = f"{len(design.change)} change{'s' if len(design.change) > 1 else ''}"
        return f"{count}: {'; '.join(moved) if moved else 'no total moves'}"
    return f"Lead time {duration(after.lead_seconds)}, of it {duration(after.process_seconds)} of work"


def _downloads(view: View, kept: Kept) -> Component:
    address = {kind: view.address(f"/api/map/{kind}", map=kept.id) for kind in MAP_FILES}
    return html.Div(["Download the map:", *map_files(address)], className="pictures")


def _table(chart: ValueStreamMap, name: str) -> Component:
    rows = pd.DataFrame(
        {
            "step": [step.name for step in chart.steps],
            "kind": ["work" if step.mode == "active" else "wait" for step in chart.steps],
            "lead time": [duration(step.mean_seconds) for step in chart.steps],
            "process time": [duration(step.process_seconds) for step in chart.steps],
        }
    )
    return html.Details(
        [
            html.Summary("Table"),
            html.Div(plain_table(rows), className="table-wrap", tabIndex="0"),
            csv_of(rows, name),
        ],
        className="data-table",
    )


def _how(design: Design) -> Component:
    if design.is_sketch:
        begun = "The times are as somebody typed them."
    else:
        begun = (
            f"The map began with the mean times per item of {design.items or 0:,} finished items; a stage that an item "
            "skipped counts as 0, so that the ladder adds up to the mean lead time."
        )
    told = (
        "Each change is made to the steps that the changes before it left. The lead time is the sum of all waits, work "
        "and standing still; flow efficiency is process time ÷ lead time; rolled %C&A is the product over the steps. "
        "Collecting a batch of b at d items a day takes (b − 1) ÷ 2d on average: a changed batch moves the wait by the "
        "difference. Merging two steps adds up the work and drops the waits between; splitting keeps the work; "
        "automating drops the wait before a step and the people. Items that came back between two steps that are now "
        "one stay in it as they were measured."
    )
    return html.Details([html.Summary("How was this computed?"), html.P(begun), html.P(told)], className="how")


def _writing(view: View, kept: Kept, why_not: str | None) -> list[Component]:
    """The changes with their effects, and the forms where they may be used."""
    design = kept.design
    changes = _changes(view, design, why_not is None)
    if why_not:
        return [_card("What changes?", [_for_reading(why_not), changes])]
    table = [_card("Which steps are there?", [map_forms.sketch_form(design)])] if design.is_sketch else []
    if not design.step:
        return table
    form = html.Details(
        [html.Summary("Add a change"), map_forms.change_form(redesigned(design), view.plan)],
        open=not design.is_sketch,
    )
    return [*table, _card("What changes?", [changes, form])]


def _card(question: str, parts: Sequence[Component]) -> Component:
    return dbc.Card([dbc.CardHeader(html.H2(question, className="card-question")), dbc.CardBody(list(parts))])


def _changes(view: View, design: Design, may: bool) -> Component:
    effects = effects_of(design)
    if not effects:
        return html.P("Nothing is changed yet.", className="rule")
    names, targets = view.initiatives, {each.id: view.metric(each.metric).title for each in view.plan.target}
    rows, steps = [], design.step
    for place, effect in enumerate(effects):
        change = effect.change
        why = [f"Why: {change.why}."] if change.why else []
        why += [f"Initiative: {names.get(change.initiative, change.initiative)}."] if change.initiative else []
        why += [f"Target: {targets.get(change.target, change.target)}."] if change.target else []
        remove = [map_forms.button("Take it back", "take-back", str(place))] if may else []
        words = f"{told(effect, steps)}. {brought(effect)[0].upper()}{brought(effect)[1:]}"
        rows.append(html.Li([words, *([f" {' '.join(why)}"] if why else []), " ", *remove]))
        steps = effect.steps
    return html.Ol(rows, className="map-changes")


def _new_card(view: View, is_shown: bool) -> Component:
    return _card("A new map", [map_forms.new_form(view.scope.stream, is_shown)])


def _removal(kept: Kept) -> Component:
    words = "Begin anew with the measured figures of the scope above"
    lost = "This overwrites the figures that the map began with. Its changes stay, and are made to the new figures."
    button = map_forms.button("Yes, begin anew", "begin-anew")
    again = [] if kept.design.is_sketch else [_asked(words, lost, button)]
    gone = f"This deletes the file {folder.FOLDER}/{kept.id}.toml."
    remove = _asked("Remove this map", gone, map_forms.button("Yes, remove it", "remove"))
    return html.Div([*again, remove], className="mt-3 no-print")


def _asked(words: str, what: str, *buttons: Component) -> Component:
    """Something that can't be taken back: the button stands behind what it does."""
    return html.Details([html.Summary(words), html.P(what, className="rule"), *buttons], className="mb-2")


def _done(view: View, action: str, place: str, fields: Mapping[str, Sequence[Any]], mark: str) -> str | None:
    """Write what a button says; the address to go to, where that is another one."""
    id_ = view.query.get("map") or ""
    if action == "create":
        return view.address(PATH, map=_created(view, entered("new", **fields), id_).id)
    if action == "remove":
        folder.remove_map(view.home, id_, mark)
        return view.address(PATH)
    if action in ("change", "take-back"):
        mark = _kept_sketch(view, id_, mark, fields)
    if action == "change":
        folder.add_change(view.home, id_, mark, sketch.change_of(_change(entered("change", **fields))))
    elif action == "take-back":
        folder.remove_change(view.home, id_, mark, int(place))
    elif action == "sketch":
        _kept_sketch(view, id_, mark, fields)
    elif action == "begin-anew":
        now = design_from(view, "now")
        said = folder.said_of(now, ("measured", "items", "demand_per_day", "unattributed", "returns"))
        folder.keep_steps(view.home, id_, mark, now.step, **said)
    return None


def _kept_sketch(view: View, id_: str, mark: str, fields: Mapping[str, Sequence[Any]]) -> str:
    """Write what stands in the table of a sketch; the new mark of its file. Without a table nothing is written."""
    rows = map_forms.rows_entered(**fields)
    if not rows:
        return mark
    steps = sketch.steps_of(rows, folder.kept_map(view.home, id_).design.step)
    return folder.keep_steps(view.home, id_, mark, steps, **sketch.around(entered("around", **fields))).mark


def _created(view: View, said: Mapping[str, str], shown: str) -> Kept:
    if said["source"] == "this":
        design = folder.kept_map(view.home, shown).design.model_copy(update={"name": said["name"]})
    elif said["source"] == "empty":
        stream = said["stream"].strip() or view.scope.stream
        known = {key: str(view.stream[key]) for key in ("customer", "supplier")}
        around = known if stream == view.scope.stream else {}
        design = Design.model_validate({"name": said["name"].strip() or "…", "stream": stream, **around})
    else:
        design = design_from(view, said["name"].strip() or "…")
    return folder.keep_new(view.home, design)


def _change(said: Mapping[str, str]) -> dict[str, str]:
    """As the document says it: the new name of a split step is that of its second half."""
    change = {**said, "step": "" if said["step"] == FIRST else said["step"]}
    if change["do"] != "merge":
        change["other"] = ""
    if change["do"] == "split":
        change["other"], change["name"] = change["name"], ""
    return change
