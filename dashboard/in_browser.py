"""What the browser decides by itself, without a trip to the server; the functions stand in assets/."""

from __future__ import annotations

from dash import ALL, ClientsideFunction, Dash, Input, Output, State

from dashboard.components import controls, drawer, scope_bar
from dashboard.pages.view import QUERY
from dashboard.shell import THEME, THEME_BUTTON


def register(app: Dash) -> None:
    """Tie scope, controls, presets, drawer and theme to what assets/ does with them."""
    app.clientside_callback(
        ClientsideFunction("vsm", "clicked"),
        Output(drawer.ASKED, "data"),
        *drawer.CLICKS,
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("vsm", "scopeToUrl"),
        Output({"type": "nav", "path": ALL}, "href"),
        *scope_bar.INPUTS.values(),
        State(scope_bar.STREAM, "value"),
        State(scope_bar.DEFAULTS, "data"),
        State({"type": "nav", "path": ALL}, "id"),
    )
    presets = {"type": scope_bar.PRESET, "since": ALL, "until": ALL}
    app.clientside_callback(
        ClientsideFunction("vsm", "choosePreset"),
        Output(scope_bar.SINCE, "value"),
        Output(scope_bar.UNTIL, "value"),
        Input(presets, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("vsm", "markPreset"),
        Output(presets, "className"),
        Input(scope_bar.SINCE, "value"),
        Input(scope_bar.UNTIL, "value"),
        State(presets, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("vsm", "chooseDays"),
        Output(scope_bar.AGAINST_ID, "options"),
        Output(scope_bar.AGAINST_ID, "value"),
        Input(scope_bar.AGAINST_SINCE, "value"),
        Input(scope_bar.AGAINST_UNTIL, "value"),
        State(scope_bar.AGAINST_ID, "options"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("vsm", "controlsToUrl"),
        Output(QUERY, "data"),
        Input(controls.EVERY, "value"),
        State(controls.EVERY, "id"),
        State(QUERY, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("vsm", "chooseStream"),
        Output(scope_bar.CHANGED, "data"),
        Input(scope_bar.STREAM, "value"),
        State(scope_bar.DEFAULTS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("vsm", "theme"),
        Output(THEME, "data"),
        Output(THEME_BUTTON, "children"),
        Input(THEME_BUTTON, "n_clicks"),
    )
