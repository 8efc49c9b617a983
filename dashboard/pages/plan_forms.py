"""What is typed on the Plan page: one objective, target, initiative or review, its fields with their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, State, html
from dash.development.base_component import Component

from dashboard.components.controls import dom_id
from dashboard.pages.view import View
from dashboard.streams.plan_csv import FIELDS, text_of_value
from dashboard.theme import axis_title

FIELD, BUTTON = "plan-field", "plan-do"
# A native select shows nothing for an empty value.
NOTHING = "–"
NOUNS = {"objective": "objective", "target": "target", "initiative": "initiative", "review": "review"}
LABELS = {
    "title": "Objective",
    "objective": "Objective it serves",
    "metric": "Metric",
    "team": "Team",
    "percentile": "Statistic",
    "period": "Measured by",
    "baseline": "Baseline value",
    "baseline_from": "or measured from",
    "baseline_until": "until, not including",
    "value": "Target value",
    "due": "Due",
    "path": "Path",
    "name": "Name",
    "strategy": "Strategy",
    "owner": "Owner (a role)",
    "stage": "Stage aimed at",
    "expected": "Expected effect",
    "start": "Start",
    "status": "Status",
    "milestones": "Milestones, one a line (2026-01-31 First team)",
    "on": "Day of the review",
    "note": "What was decided",
}
DAYS = ("baseline_from", "baseline_until", "due", "start", "on")
LONG = ("milestones", "note")
HINTS = {
    "target": "Values are in the unit of the metric; shares may be written in per cent (15 %). A baseline is a value, "
    "or what was measured between two days; a value may have the day from which it holds, too. On a step path nothing "
    "moves before the due day.",
    "initiative": "Without an owner, a start and a metric nobody can say whether it worked.",
    "objective": "What is wanted of the stream; its targets say when it is reached.",
    "review": "A change since the last review is told on the overview.",
}
ENTERED = {
    "values": State({"type": FIELD, "form": ALL, "field": ALL}, "value"),
    "ids": State({"type": FIELD, "form": ALL, "field": ALL}, "id"),
}
STRATEGIES = {
    "eliminate-waste": "eliminate waste",
    "reduce-batch-size": "reduce batch size",
    "establish-flow": "establish flow",
    "pull-system": "pull system",
    "continuous-improvement": "continuous improvement",
}
STATUSES = {each: each for each in ("planned", "running", "done", "stopped")}
PERIODS = {each: each for each in ("month", "week", "quarter")}
PATHS = {"linear": "linear: a bit each week", "step": "step: all on the due day"}
STATISTICS = {"0.5": "median", "0.85": "85 %", "0.95": "95 %", "mean": "mean"}
# What stands there before anything is chosen.
USUAL = {"percentile": "0.5", "period": "month", "path": "linear", "status": "planned"}


def entered(form: str, values: Sequence[Any], ids: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What stands in the fields of a form, by field."""
    texts = {each["field"]: str(value or "") for each, value in zip(ids, values, strict=True) if each["form"] == form}
    return {field: "" if text == NOTHING else text for field, text in texts.items()}


def button(words: str, action: str, look: str = "btn-outline-secondary") -> Component:
    """A button that changes the plan."""
    id_ = {"type": BUTTON, "do": action}
    return html.Button(words, id=id_, type="button", n_clicks=0, className=f"btn btn-sm {look}")


def form(view: View, kind: str, said: Mapping[str, Any], is_new: bool, away: str) -> Component:
    """The fields of one entry with what the plan says of it, or what a link says of a new one."""
    choices = choices_of(view, kind)
    fields = [
        _field(kind, key, text_of_value(said.get(key, "")), choices.get(key))
        for key in FIELDS[kind]
        if key not in ("id", "stream")
    ]
    noun = NOUNS[kind]
    buttons = [button(f"{'Add' if is_new else 'Save'} this {noun}", "save", "btn-primary")]
    if not is_new:
        buttons.append(button(f"Remove this {noun}", "remove", "btn-outline-secondary"))
    buttons.append(html.A("Leave it", href=away, className="btn btn-sm btn-outline-secondary"))
    title = f"{'A new' if is_new else 'Change this'} {noun}"
    return dbc.Card(
        [
            dbc.CardHeader(html.H2(title, className="card-question")),
            dbc.CardBody(
                [
                    html.Div(fields, className="map-fields plan-fields"),
                    html.P(HINTS[kind], className="rule mb-2"),
                    html.Div(buttons, className="d-flex gap-2 flex-wrap"),
                ]
            ),
        ],
        class_name="mb-3 no-print plan-form",
    )


def choices_of(view: View, kind: str) -> dict[str, dict[str, str]]:
    """Field → its choices, value → words."""
    metrics = {name: _metric(each.title, each.unit) for name, each in view.warehouse.catalogue.metrics.items()}
    metrics = dict(sorted(metrics.items(), key=lambda each: each[1]))
    found = view.ask("charts.choices")
    teams = found.loc[found["kind"] == "team", "choice"].tolist()
    none = {NOTHING: "none"}
    return {
        "objective": {**none, **{each.id: each.title for each in view.plan.objective}},
        "metric": metrics if kind == "target" else {NOTHING: "none yet", **metrics},
        "team": {NOTHING: "the whole stream", **{each: each for each in teams}},
        "percentile": STATISTICS,
        "period": PERIODS,
        "path": PATHS,
        "strategy": {NOTHING: "none of these", **STRATEGIES},
        "stage": {NOTHING: "none in particular", **{each: each for each in view.modes}},
        "status": STATUSES,
    }


def prefilled(view: View, kind: str) -> dict[str, str]:
    """What a link says of a new entry: fields by their names, choices only where they are known."""
    choices = choices_of(view, kind)
    given = {key: view.query[key] for key in FIELDS[kind] if key in view.query and key not in ("id", "stream")}
    if view.scope.teams and len(view.scope.teams) == 1:
        given["team"] = view.scope.teams[0]
    return {key: text for key, text in given.items() if key not in choices or text in choices[key]}


def _metric(title: str, unit: str) -> str:
    return f"{title} ({axis_title(unit)})"


def _field(kind: str, key: str, value: str, choices: Mapping[str, str] | None) -> Component:
    id_ = {"type": FIELD, "form": kind, "field": key}
    control: Component
    if choices is not None:
        chosen = value or USUAL.get(key) or next(iter(choices))
        every = choices if chosen in choices else {**choices, chosen: chosen}
        options = [{"label": words, "value": each} for each, words in every.items()]
        control = dbc.Select(id=id_, options=options, value=chosen, size="sm")
    elif key in LONG:
        control = dbc.Textarea(id=id_, value=value, size="sm", rows=3)
    else:
        kind_of = "date" if key in DAYS else "text"
        control = dbc.Input(id=id_, type=kind_of, value=value, size="sm", autocomplete="off")
    wide = " plan-wide" if key in (*LONG, "name", "title", "expected") else ""
    return html.Div([html.Label(LABELS[key], htmlFor=dom_id(id_)), control], className=f"scope-field{wide}")
