"""The first page of the walk: what it is about, who should be there, how it goes, and its record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash
import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard import access, snapshots
from dashboard.analysis.walk import listed
from dashboard.components import scope_bar
from dashboard.components.aria import aria
from dashboard.errors import ConflictError, StoreError
from dashboard.pages.map_links import WALK as PATH
from dashboard.pages.view import QUERY, View
from dashboard.pages.walk_step import Way
from dashboard.roles import Role
from dashboard.store import Store, Walk
from dashboard.store.checked import NAME_LENGTH, TEXT_LENGTH
from dashboard.streams.definition import Stream, read_definition
from dashboard.theme import counted, formatted

HEAD, TOLD, GO, BUTTONS, LIST = "walk-head", "walk-told", "walk-go", "walk-buttons", "walk-list"
NAME, DAY, ROLES, BUTTON = "walk-name", "walk-day", "walk-roles", "walk-do"
# Minutes: for the talk before the first step, for what was found, and for the steps together.
BEFORE, AFTER, STEPS = 10, 15, 50
LEAST, MOST = 4, 20

RULES = (
    "We look at the work and at what holds it up, never at a person.",
    "At each step those who do the work speak first; the others ask.",
    "Look at one or two real items: the figures say how often, an item says why.",
    "Write down what you see as an observation, and what could be tried as an idea. Ideas are weighed at the end.",
    "The right and left arrow keys go on and back.",
)
NO_OBJECTIVES = "The definition of the stream names none. Agree on one sentence: what should be better after this walk?"


def head(view: View, walk: Walk | None, is_other_scope: bool) -> Component:
    """Which record is open, and whether its figures are shown."""
    if walk is None:
        begin = dcc.Link("Begin a record", href=view.address(PATH))
        return html.P(["No record is open, so nothing can be written down. ", begin, "."], className="rule no-print")
    roles = f" In the room: {walk.roles}." if walk.roles else ""
    said = html.P(f"Record: {walk.title}, {_day(walk.held_on)}.{roles}", className="rule no-print")
    if not is_other_scope:
        return said
    step = {"step": view.query["step"]} if view.query.get("step") else {}
    back = dcc.Link("Show the figures of the walk", href="&".join([address_of(walk), urlencode(step)]).rstrip("&"))
    warning = html.P(["The figures shown are of another scope than those of the walk. ", back, "."], className="bad")
    return html.Div([said, warning])


def begin_page(view: View, way: Way, walk: Walk | None) -> Component:
    """What to say before the first step, and the record."""
    definition = _definition(view)
    about = [
        *_section("What do we walk along?", _about(view, way)),
        *_section("What do we want to learn?", definition.objectives or (NO_OBJECTIVES,)),
        *_section("Who should be in the room?", _people(view, definition)),
        *_section("How do we go about it?", [*_minutes(len(way.stops)), *RULES]),
    ]
    return dbc.Row([dbc.Col(about, lg=7), dbc.Col(_record_card(view, walk), lg=5)], class_name="g-3")


def address_of(walk: Walk) -> str:
    """The page of the walk, in the scope that it was held over."""
    return f"{walk.address}&walk={walk.id}"


def register(
    app: Dash, view_for: Callable[[Mapping[str, str | None]], View], first_place: Callable[[View], str]
) -> None:
    """A record is begun, changed or removed; `first_place` is where the walk goes on."""

    @app.callback(
        Output(TOLD, "children"),
        Output(HEAD, "children"),
        Output(BUTTONS, "children"),
        Output(LIST, "children"),
        Output(GO, "href"),
        inputs={
            "_clicks": Input({"type": BUTTON, "action": ALL, "id": ALL, "version": ALL}, "n_clicks"),
            "chosen": scope_bar.STATES,
            "query": State(QUERY, "data"),
            "entered": {
                "title": State(NAME, "value"),
                "held_on": State(DAY, "value"),
                "roles": State(ROLES, "value"),
            },
        },
        prevent_initial_call=True,
    )
    def do(
        _clicks: Any,
        chosen: Mapping[str, str | None],
        query: Mapping[str, str],
        entered: Mapping[str, str | None],
    ) -> tuple[Any, ...]:
        pressed, clicks = dash.ctx.triggered_id, (dash.ctx.triggered or [{}])[0].get("value")
        view = view_for({**query, **chosen})
        if not clicks or not pressed or view.store is None:  # a button that was just drawn
            return (dash.no_update,) * 5
        access.require(Role.VIEWER)
        try:
            told, walk, go = _done(view, view.store, pressed, entered, first_place)
        except ConflictError as error:
            mine = "What you entered still stands in the fields; save it again to put it in its place."
            told, walk, go = f"{error} {mine}", error.record, None
        except StoreError as error:
            return str(error), *(dash.no_update,) * 4
        if go:
            return told, *(dash.no_update,) * 3, go
        return told, head(view, walk, False), _buttons(walk), _listed(view, view.store), dash.no_update


def _done(
    view: View,
    store: Store,
    pressed: Mapping[str, Any],
    entered: Mapping[str, str | None],
    first_place: Callable[[View], str],
) -> tuple[str, Walk | None, str | None]:
    """What is told, the walk as it is now, and where to go."""
    id_, version = int(pressed["id"]), int(pressed["version"])
    if pressed["action"] == "remove":
        store.remove_walk(id_, version)
        return "The record is removed.", None, view.address(PATH)
    told = {"title": entered["title"] or "", "held_on": _held_on(entered["held_on"]), "roles": entered["roles"] or ""}
    if pressed["action"] == "change":
        return "The record is changed.", store.change_walk(id_, version, **told), None  # type: ignore[arg-type]
    walk = store.add_walk(view.scope.stream, address=_whole_address(view), **told)  # type: ignore[arg-type]
    return "The record is begun.", walk, view.address(PATH, step=first_place(view), walk=walk.id)


def _whole_address(view: View) -> str:
    """The walk in this scope, its days named, so that later data don't change what it says."""
    last = view.scope.until - dt.timedelta(days=1)
    return view.address(PATH, **{"from": view.scope.since.isoformat(), "to": last.isoformat()})


def _held_on(text: str | None) -> dt.date:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        raise StoreError("The day of the walk is missing, or is no day. Choose it.") from None


def _definition(view: View) -> Stream:
    """The stream as the snapshot has it."""
    return read_definition(view.warehouse.snapshot / snapshots.DEFINITION)[view.scope.stream]


def _section(title: str, sentences: Sequence[str]) -> list[Component]:
    rows = [html.Li(sentence) for sentence in sentences]
    return [html.H3(title, className="flow-section"), html.Ul(rows, className="walk-list")]


def _about(view: View, way: Way) -> list[str]:
    stream = view.stream
    said = [f"{stream['name']}: from {stream['supplier']} to {stream['customer']}."]
    if not way.stops:
        return said
    said.append(
        f"The figures are of {counted(way.items)} that finished: {view.choices_in_words}. "
        f"On average an item takes {formatted(way.lead_days, 'days')} from creation to done."
    )
    names = listed(way.names)
    said.append(f"We stop at {counted(len(way.stops), 'step')}: {names}.")
    if any(stop.before or stop.after for stop in way.stops):
        said.append("The queues between them are looked at from the step that takes its work out of them.")
    return said


def _people(view: View, definition: Stream) -> list[str]:
    """Who should be there, by role."""
    declared = {stage.team for stage in definition.stage if stage.team}
    choices = view.ask("charts.choices")
    teams = sorted(declared | set(choices.loc[choices["kind"] == "team", "choice"]))
    said = [f"{definition.owner}, who owns the stream."] if definition.owner else []
    if definition.stakeholders:
        said.append(f"Somebody of each of those who depend on it: {listed(definition.stakeholders)}.")
    if teams:
        said.append(f"Of each team somebody who does the work: {listed(teams)}.")
    return [*said, f"Somebody who can speak for the customers: {definition.customer}."]


def _minutes(count: int) -> list[str]:
    """How long it takes, in whole minutes; nothing where there are no steps."""
    if not count:
        return []
    each = min(MOST, max(LEAST, STEPS // count))
    total = BEFORE + AFTER + count * each
    said = f"Plan {total} minutes: {BEFORE} before the first step, {each} at each step, {AFTER} for what was found."
    return [said if total <= 90 else f"{said} Or choose the steps that matter most, and walk twice."]


def _record_card(view: View, walk: Walk | None) -> Component:
    why_not = access.refusal(Role.VIEWER)
    form = html.Div(
        [
            html.Label("Title", htmlFor=NAME),
            dbc.Input(
                id=NAME,
                type="text",
                maxlength=NAME_LENGTH,
                value=walk.title if walk else f"Walk along {view.stream['name']}"[:NAME_LENGTH],
                autocomplete="off",
            ),
            html.Label("Day", htmlFor=DAY),
            dbc.Input(id=DAY, type="date", value=(walk.held_on if walk else dt.date.today()).isoformat()),
            html.Label("In the room: roles, not names", htmlFor=ROLES),
            dbc.Input(
                id=ROLES,
                type="text",
                maxlength=TEXT_LENGTH,
                value=walk.roles if walk else "",
                placeholder="such as: two developers, a tester, the product owner",
                autocomplete="off",
            ),
            html.Div(_buttons(walk), id=BUTTONS, className="mt-2"),
        ],
        # Always there, for callbacks name them.
        className="d-none" if why_not or view.store is None else "walk-form",
    )
    title = "The record of this walk" if walk else "Begin a record"
    return dbc.Card(
        [
            dbc.CardHeader(html.H3(title, className="card-question")),
            dbc.CardBody(
                [
                    html.P(f"For reading only. {why_not}", className="rule") if why_not else None,
                    form,
                    html.P(id=TOLD, **aria(live="polite")),
                    html.Div(_listed(view, view.store), id=LIST),
                    dcc.Location(id=GO, refresh="callback-nav"),
                ]
            ),
        ],
        class_name="no-print",
    )


def _buttons(walk: Walk | None) -> list[Component]:
    if walk is None:
        return [_button("Begin the walk", "add", 0, 0, "btn btn-primary")]
    look = "btn btn-outline-secondary me-2"
    return [
        _button("Save the changes", "change", walk.id, walk.version, look),
        _button("Remove the record", "remove", walk.id, walk.version, look),
    ]


def _button(words: str, action: str, id_: int, version: int, look: str) -> Component:
    of = {"type": BUTTON, "action": action, "id": str(id_), "version": version}
    return html.Button(words, id=of, type="button", n_clicks=0, className=look)


def _listed(view: View, store: Store | None) -> Component:
    """The walks that were held along this stream."""
    if store is None:
        return html.Div()
    try:
        walks = [(walk, len(store.walk_notes(walk.id))) for walk in store.walks(view.scope.stream)]
    except StoreError as error:
        return html.P(str(error))
    if not walks:
        return html.P("No walk along this stream was recorded yet.", className="rule")
    rows = [
        html.Li([dcc.Link(walk.title, href=address_of(walk)), f", {_day(walk.held_on)}, {_notes(count)}"])
        for walk, count in walks
    ]
    return html.Div([html.H3("Walks so far", className="card-question mt-3"), html.Ul(rows, className="walk-list")])


def _notes(count: int) -> str:
    return counted(count, "note") if count else "no notes"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
