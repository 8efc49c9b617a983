"""The scope bar: one row of native controls, seeded from the URL, the same on every page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import Input, State, dcc, html
from dash.development.base_component import Component

from dashboard.components.aria import aria
from dashboard.scope import AGAINST, ALL, Scope, names_in_url

STREAM, SINCE, UNTIL, TEAM, TYPE = "scope-stream", "scope-since", "scope-until", "scope-team", "scope-type"
PERIOD, CLOCK, START, PERCENTILE = "scope-period", "scope-clock", "scope-start", "scope-percentile"
PRESET = "scope-preset"
AGAINST_ID, AGAINST_SINCE, AGAINST_UNTIL = "scope-against", "scope-against-since", "scope-against-until"
CHANGED, DEFAULTS = "scope-changed", "scope-defaults"

# Control → its key in the URL, in the order that assets/scope.js takes them. The stream is not among them:
# choosing another one opens the page anew.
KEYS = {
    SINCE: "from",
    UNTIL: "to",
    PERIOD: "period",
    CLOCK: "clock",
    START: "start",
    PERCENTILE: "percentile",
    TEAM: "team",
    TYPE: "type",
    AGAINST_ID: "against",
}
INPUTS = {key: Input(control, "value") for control, key in KEYS.items()}
STATES = {key: State(control, "value") for control, key in KEYS.items()} | {"stream": State(STREAM, "value")}

PERIODS = {"day": "Days", "week": "Weeks", "month": "Months", "quarter": "Quarters", "all": "One period"}
CLOCKS = {"elapsed": "Elapsed time", "working": "Working time"}
STARTS = {"first": "First start", "last": "Last start"}
PERCENTILES = {"0.5": "Median (50 %)", "0.85": "85 %", "0.95": "95 %", "mean": "Mean"}


def scope_bar(
    scope: Scope, default: Scope, streams: Mapping[str, str], teams: Sequence[str], types: Sequence[str]
) -> Component:
    """The controls as the scope has them; `streams` maps ids to names."""
    texts = {"from": default.since.isoformat(), "to": _last_day(default).isoformat()}
    fixed = {
        "period": default.period,
        "clock": "elapsed",
        "start": "first",
        "percentile": "0.5",
        "team": ALL,
        "type": ALL,
        "against": "previous",
    }
    return html.Section(
        [
            _field("Value stream", _select(STREAM, streams, scope.stream)),
            _field("From", _date(SINCE, scope.since)),
            _field("To", _date(UNTIL, _last_day(scope))),
            _field("Team", _select(TEAM, _choices("All teams", teams, scope.teams), _joined(scope.teams))),
            _field("Type", _select(TYPE, _choices("All types", types, scope.types), _joined(scope.types))),
            html.Details(
                [
                    html.Summary("More"),
                    html.Div(
                        [
                            _field("By", _select(PERIOD, PERIODS, scope.period)),
                            _field("Statistic", _select(PERCENTILE, _percentiles(scope), _percentile(scope))),
                            _field("Clock", _select(CLOCK, CLOCKS, scope.clock)),
                            _field("Start", _select(START, STARTS, scope.start_rule)),
                            _field("Compared with", _select(AGAINST_ID, _against(scope), scope.against)),
                            _field("or with days from", _day(AGAINST_SINCE, _compared_days(scope)[0])),
                            _field("to", _day(AGAINST_UNTIL, _compared_days(scope)[1])),
                        ],
                        className="scope-more",
                    ),
                ]
            ),
            html.Nav(_presets(scope, default), className="scope-presets", **aria(label="Periods")),
            dcc.Store(id=DEFAULTS, data={"stream": scope.stream, **texts, **fixed}),
            dcc.Store(id=CHANGED),
        ],
        className="scope-bar",
        **aria(label="Scope"),
    )


def _presets(scope: Scope, default: Scope) -> list[Component]:
    until = default.until
    spans = {f"{days} days": until - dt.timedelta(days=days) for days in (30, 90, 180)}
    spans["This year"] = _last_day(default).replace(month=1, day=1)
    spans = {text: since for text, since in spans.items() if since > default.since} | {"All": default.since}
    last = _last_day(default).isoformat()
    # A whole page anew: the address was rewritten without Dash's knowledge.
    query = urlencode({"stream": scope.stream})
    reset = html.A("Reset", href=f"?{query}", className="chip", title="Reset the scope")
    return [*(_chip(text, since.isoformat(), last) for text, since in spans.items()), reset]


def _chip(text: str, since: str, last: str) -> Component:
    """A button that sets the days; everything else stays. assets/scope.js marks the one that holds."""
    id_ = {"type": PRESET, "since": since, "until": last}
    return html.Button(text, id=id_, type="button", n_clicks=0, className="chip")


def _field(label: str, control: Any) -> Component:
    return html.Div([html.Label(label, htmlFor=control.id), control], className="scope-field")


def _select(id_: str, options: Mapping[str, str], value: str) -> Component:
    return dbc.Select(
        id=id_,
        options=[{"label": label, "value": key} for key, label in options.items()],
        value=value,
        size="sm",
    )


def _date(id_: str, day: dt.date) -> Component:
    return _day(id_, day.isoformat())


def _day(id_: str, text: str) -> Component:
    return dbc.Input(id=id_, type="date", value=text, size="sm", debounce=True)


def _choices(everything: str, names: Sequence[str], chosen: Sequence[str] | None) -> dict[str, str]:
    options = {ALL: everything, **{names_in_url([name]): name for name in names}}
    # Several names, or one that the data don't have, come from the URL.
    return {**options, names_in_url(chosen): ", ".join(chosen)} if chosen else options


def _against(scope: Scope) -> dict[str, str]:
    words = {key: f"{text[0].upper()}{text[1:]}" for key, text in AGAINST.items()}
    return words if scope.against in words else {**words, scope.against: scope.compared_words}


def _compared_days(scope: Scope) -> tuple[str, str]:
    """First and last day of a comparison that the viewer chose; empty for the others."""
    first, _, last = scope.against.partition("~")
    return first if last else "", last


def _joined(chosen: Sequence[str] | None) -> str:
    return names_in_url(chosen) if chosen else ALL


def _percentiles(scope: Scope) -> dict[str, str]:
    chosen = _percentile(scope)
    return PERCENTILES if chosen in PERCENTILES else {**PERCENTILES, chosen: f"{float(chosen) * 100:g} %"}


def _percentile(scope: Scope) -> str:
    return "mean" if scope.percentile is None else f"{scope.percentile:g}"


def _last_day(scope: Scope) -> dt.date:
    return scope.until - dt.timedelta(days=1)
