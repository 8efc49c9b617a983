"""What caused each incident: as the sources say, as it was found, or as somebody corrected it here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash
import dash_bootstrap_components as dbc
import pandas as pd
from dash import ALL, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import access
from dashboard.components import controls, scope_bar
from dashboard.components.aria import aria
from dashboard.components.cards import content_card, empty
from dashboard.components.controls import dom_id
from dashboard.components.plain_table import plain_table
from dashboard.errors import DashboardError, StoreError
from dashboard.pages.view import View
from dashboard.roles import Role
from dashboard.store import Cause
from dashboard.theme import formatted

FIELD, BUTTON, SAID = "cause-field", "cause-do", "cause-said"
# A native select shows nothing for an empty value.
NONE = "~none"
SHOWN, CHOICES, CAUSES = 20, 300, 60
WAYS = {
    "id": "the source names it",
    "window": "last success before it",
    "corrected": "corrected here",
    "unattributed": "not known",
}
QUESTION = "What caused each incident?"
WHY = (
    "A correction counts at once in every figure of delivery, for everybody; the files stay as they are. It is kept "
    "with the notes and saved views, and stays when the data are imported again."
)


def card(view: View, incidents: pd.DataFrame) -> Component | None:
    """The incidents with their causes, and the form that corrects one."""
    if incidents.empty:
        return None
    ways = incidents["attribution"].map(WAYS).value_counts()
    answer = "; ".join(f"{count:,}: {way}" for way, count in ways.items())
    rows = incidents.head(SHOWN)
    shown = pd.DataFrame(
        {
            "incident": rows["incident_id"],
            "service": rows["service"],
            "began": rows["started_on"],
            "lasted": [formatted(hours, "hours") if pd.notna(hours) else "–" for hours in rows["restore_hours"]],
            "caused by": rows["deployment_id"],
            "how it is known": rows["attribution"].map(WAYS),
        }
    )
    content = html.Div(
        [
            html.Div(plain_table(shown), className="table-wrap", tabIndex="0"),
            html.P(f"The newest {SHOWN} of {len(incidents):,}.", className="rule") if len(incidents) > SHOWN else None,
            _correcting(view, incidents),
        ]
    )
    behind = view.behind("charts.incidents", incidents, card="delivery-incidents")
    return html.Div(
        content_card("delivery-causes", QUESTION, answer, content, behind, view.how("charts.incidents")),
        className="mt-3",
    )


def register(app: Dash, view_for: Callable[..., View], place: str, draw: Callable[[View], Component]) -> None:
    """A cause is corrected, or a correction is taken back: everything is drawn anew. An incident has its own causes."""
    _register_choices(app, view_for)

    @app.callback(
        Output(place, "children", allow_duplicate=True),
        Output({"type": SAID}, "children"),
        inputs={"_clicks": Input({"type": BUTTON, "do": ALL, "cause": ALL, "version": ALL}, "n_clicks")},
        state={
            "values": State({"type": FIELD, "field": ALL}, "value"),
            "ids": State({"type": FIELD, "field": ALL}, "id"),
            "chosen": scope_bar.STATES,
            "controlled": {"values": State(controls.EVERY, "value"), "ids": State(controls.EVERY, "id")},
        },
        prevent_initial_call=True,
    )
    def write(
        _clicks: Any,
        values: Sequence[Any],
        ids: Sequence[Mapping[str, str]],
        chosen: Mapping[str, str | None],
        controlled: Mapping[str, Sequence[Any]],
    ) -> tuple[Any, Any]:
        pressed, clicks = dash.ctx.triggered_id, (dash.ctx.triggered or [{}])[0].get("value")
        if not clicks or not isinstance(pressed, dict):
            return dash.no_update, dash.no_update
        access.require(Role.LEADERSHIP)
        asked = {**controls.said(**controlled), **chosen}
        fields = {each["field"]: str(value or "") for each, value in zip(ids, values, strict=True)}
        try:
            _written(view_for(asked), pressed, fields)
        except DashboardError as error:
            return dash.no_update, dbc.Alert(str(error), color="danger")
        return draw(view_for(asked)), dash.no_update


def _register_choices(app: Dash, view_for: Callable[..., View]) -> None:
    """Whoever chooses an incident is offered the deployments before it."""
    field = {"type": FIELD, "field": "deployment"}

    @app.callback(
        Output(field, "options"),
        Output(field, "value"),
        inputs={"incident": Input({"type": FIELD, "field": "incident"}, "value")},
        state={"chosen": scope_bar.STATES},
        prevent_initial_call=True,
    )
    def offer(incident: str | None, chosen: Mapping[str, str | None]) -> tuple[Any, Any]:
        access.require(Role.LEADERSHIP)
        if not incident:
            return dash.no_update, dash.no_update
        return _options(_offered(view_for(chosen), incident)), NONE


def _offered(view: View, incident: str) -> dict[str, str]:
    known = view.ask("charts.possible_causes", item=incident).head(CAUSES)
    rows = zip(known["deployment_id"], known["service"].fillna(""), known["deployed_on"], strict=True)
    words = {key: f"{key} ({', '.join(filter(None, (service, f'{day:%d %b %Y}')))})" for key, service, day in rows}
    return {NONE: "no deployment", **words}


def _written(view: View, pressed: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    if view.store is None:
        raise StoreError("There is no store to keep a correction in.")
    if pressed["do"] == "take-back":
        view.store.remove_cause(int(pressed["cause"]), int(pressed["version"]))
        return
    deployment = "" if fields["deployment"] == NONE else fields["deployment"]
    possible = view.ask("charts.possible_causes", item=fields["incident"])["deployment_id"]
    if deployment and deployment not in set(possible):
        raise StoreError(
            f"{deployment} was not finished when {fields['incident']} began, so it can't be the cause: choose a "
            "deployment from before it."
        )
    view.store.add_cause(view.scope.stream, fields["incident"], deployment)


def _correcting(view: View, incidents: pd.DataFrame) -> Component | None:
    """The form and the corrections so far; in words where nothing may be changed or kept."""
    if view.store is None:
        return None
    if why_not := access.refusal(Role.LEADERSHIP):
        return html.P(f"Causes can be corrected, but not from here: {why_not}", className="rule")
    try:
        causes = view.store.causes(view.scope.stream)
    except StoreError as error:
        return empty(str(error))
    return html.Details(
        [html.Summary("Correct a cause"), html.P(WHY, className="rule"), *_form(view, incidents, causes)]
    )


def _form(view: View, incidents: pd.DataFrame, causes: Sequence[Cause]) -> list[Component]:
    corrected = {cause.incident_id for cause in causes}
    left = [name for name in incidents["incident_id"] if name not in corrected][:CHOICES]
    said = html.Div(id={"type": SAID}, **aria(live="polite"))
    done = [html.Li([f"{each.incident_id}: {each.deployment_id or 'no deployment'} ", _back(each)]) for each in causes]
    parts: list[Component] = [html.Ul(done)] if done else []
    if left:
        fields = [
            _field("incident", "Incident", {name: name for name in left}),
            _field("deployment", "Caused by", _offered(view, str(left[0]))),
            _button("Correct it", "correct"),
        ]
        parts.append(html.Div(fields, className="map-fields"))
    return [*parts, said]


def _field(name: str, label: str, choices: Mapping[str, str]) -> Component:
    id_ = {"type": FIELD, "field": name}
    control = dbc.Select(id=id_, options=_options(choices), value=next(iter(choices)), size="sm")
    return html.Div([html.Label(label, htmlFor=dom_id(id_)), control], className="scope-field")


def _options(choices: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"label": words, "value": key} for key, words in choices.items()]


def _button(words: str, action: str, cause: int = 0, version: int = 0) -> Component:
    id_ = {"type": BUTTON, "do": action, "cause": cause, "version": version}
    return html.Button(words, id=id_, type="button", n_clicks=0, className="btn btn-sm btn-outline-secondary")


def _back(cause: Cause) -> Component:
    return _button("Take it back", "take-back", cause.id, cause.version)
