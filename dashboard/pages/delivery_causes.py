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
from dashboard.store import Cause
from dashboard.theme import formatted

FIELD, BUTTON, SAID = "cause-field", "cause-do", "cause-said"
# A native select shows nothing for an empty value.
NONE = "~none"
SHOWN, CHOICES = 20, 300
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
            _correcting(view, incidents),
        ]
    )
    behind = view.behind("charts.incidents", incidents, card="delivery-incidents")
    return html.Div(
        content_card("delivery-causes", QUESTION, answer, content, behind, view.how("charts.incidents")),
        className="mt-3",
    )


def register(app: Dash, view_for: Callable[..., View], place: str, draw: Callable[[View], Component]) -> None:
    """A cause is corrected, or a correction is taken back: everything is drawn anew."""

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
        access.require()
        asked = {**controls.said(**controlled), **chosen}
        fields = {each["field"]: str(value or "") for each, value in zip(ids, values, strict=True)}
        try:
            _written(view_for(asked), pressed, fields)
        except DashboardError as error:
            return dash.no_update, dbc.Alert(str(error), color="danger")
        return draw(view_for(asked)), dash.no_update


def _written(view: View, pressed: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    if view.store is None:
        raise StoreError("There is no store to keep a correction in.")
    if pressed["do"] == "take-back":
        view.store.remove_cause(int(pressed["cause"]), int(pressed["version"]))
        return
    deployment = "" if fields["deployment"] == NONE else fields["deployment"]
    view.store.add_cause(view.scope.stream, fields["incident"], deployment)


def _correcting(view: View, incidents: pd.DataFrame) -> Component | None:
    """The form and the corrections so far; in words where nothing may be changed or kept."""
    if view.store is None:
        return None
    if why_not := access.refusal():
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
    deployments = view.ask("charts.deployments").head(CHOICES)
    known = {row.deployment_id: f"{row.deployment_id} ({row.deployed_on:%d %b %Y})" for row in deployments.itertuples()}
    said = html.Div(id={"type": SAID}, **aria(live="polite"))
    done = [html.Li([f"{each.incident_id}: {each.deployment_id or 'no deployment'} ", _back(each)]) for each in causes]
    parts: list[Component] = [html.Ul(done)] if done else []
    if left:
        fields = [
            _field("incident", "Incident", {name: name for name in left}),
            _field("deployment", "Caused by", {NONE: "no deployment", **known}),
            _button("Correct it", "correct"),
        ]
        parts.append(html.Div(fields, className="map-fields"))
    return [*parts, said]


def _field(name: str, label: str, choices: Mapping[str, str]) -> Component:
    id_ = {"type": FIELD, "field": name}
    options = [{"label": words, "value": key} for key, words in choices.items()]
    control = dbc.Select(id=id_, options=options, value=next(iter(choices)), size="sm")
    return html.Div([html.Label(label, htmlFor=dom_id(id_)), control], className="scope-field")


def _button(words: str, action: str, cause: int = 0, version: int = 0) -> Component:
    id_ = {"type": BUTTON, "do": action, "cause": cause, "version": version}
    return html.Button(words, id=id_, type="button", n_clicks=0, className="btn btn-sm btn-outline-secondary")


def _back(cause: Cause) -> Component:
    return _button("Take it back", "take-back", cause.id, cause.version)
