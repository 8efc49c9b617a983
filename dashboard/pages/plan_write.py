"""What the buttons of the Plan page do: an entry is added, changed or removed, a CSV is looked at and taken in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import access
from dashboard.components import scope_bar
from dashboard.errors import ConflictError, DashboardError, DefinitionError
from dashboard.pages.plan_forms import BUTTON, ENTERED, LABELS, button, entered
from dashboard.pages.view import QUERY, View
from dashboard.roles import Role
from dashboard.store import Store
from dashboard.streams import plan_edits
from dashboard.streams.files import mark_of
from dashboard.streams.plan import KINDS
from dashboard.streams.plan_csv import NAMES, changes_of, edits_from, text_of_value, value_of_text
from dashboard.streams.plan_edits import Change, Edit, Entry, Seen, said_of

PATH = "/plan"
SAID, GO, DRAWN, CSV = "plan-said", "plan-go", "plan-drawn", "plan-csv"
AGAIN = "What you entered still stands in the fields; save it again to put it in the place of what is there now."


@dataclass(frozen=True)
class Told:
    """What a button brings: words, where to go, and what the form is now drawn from (None: as before)."""

    words: Component | None = None
    go: str | None = None
    drawn: dict[str, Any] | None = None


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """A button is pressed."""

    @app.callback(
        Output(SAID, "children"),
        Output(GO, "data"),
        Output({"type": DRAWN}, "data"),
        inputs={"_clicks": Input({"type": BUTTON, "do": dash.ALL}, "n_clicks")},
        state={
            "fields": ENTERED,
            "text": State(CSV, "value"),
            "chosen": scope_bar.STATES,
            "query": State(QUERY, "data"),
            "drawn": State({"type": DRAWN}, "data"),
        },
        prevent_initial_call=True,
    )
    def write(
        _clicks: Any,
        fields: Mapping[str, Sequence[Any]],
        text: str | None,
        chosen: Mapping[str, str | None],
        query: Mapping[str, str],
        drawn: Mapping[str, Any] | None,
    ) -> tuple[Any, Any, Any]:
        pressed, clicks = dash.ctx.triggered_id, (dash.ctx.triggered or [{}])[0].get("value")
        if not clicks or not isinstance(pressed, dict) or drawn is None:  # a button that was just drawn
            return (dash.no_update,) * 3
        access.require(Role.LEADERSHIP)
        view = view_for({**query, **chosen})
        try:
            told = _done(view, pressed["do"], fields, text or "", drawn)
        except ConflictError as error:
            told = _conflict(error, drawn, pressed["do"])
        except DashboardError as error:
            told = Told(alert(str(error).splitlines()))
        new = dash.no_update if told.drawn is None else told.drawn
        return told.words or "", told.go, new

    app.clientside_callback(
        ClientsideFunction("vsm", "goTo"), Output(GO, "data", allow_duplicate=True), Input(GO, "data"),
        prevent_initial_call=True,
    )  # fmt: skip


def drawn_from(seen: Seen, kind: str = "", id_: str | None = None) -> dict[str, Any]:
    """What a form was drawn from: the mark of the plan, and what it said of the entry."""
    entry = plan_edits.entry_of(seen.plan, kind, id_) if id_ else None
    said = json.loads(json.dumps(said_of(entry), default=str)) if entry else {}
    return {"mark": seen.mark, "kind": kind, "id": id_, "said": said}


def seen_by(view: View) -> Seen:
    """The plan as it is in the file. Raises DefinitionError for one that can't be read."""
    return plan_edits.seen(view.home / "plan.toml", metrics_of(view))


def metrics_of(view: View) -> frozenset[str]:
    """The names of all metrics."""
    return frozenset(view.warehouse.catalogue.metrics)


def streams_of(view: View) -> frozenset[str]:
    """The ids of all value streams."""
    return frozenset(view.warehouse.streams()["stream"])


def alert(sentences: Sequence[str | Component], color: str = "danger") -> Component:
    """Sentences that can't be overlooked."""
    return dbc.Alert([html.Div(each) for each in sentences], color=color, class_name="mt-2 mb-2")


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """'Due: 2026-01-31 → 2026-03-31' for each key that differs."""
    keys = dict.fromkeys([*before, *after])
    return [
        f"{_label(key)}: {_shown(before.get(key))} → {_shown(after.get(key))}"
        for key in keys
        if before.get(key) != after.get(key)
    ]


def change_told(change: Change) -> list[str]:
    """What a change does, first in a phrase, then key by key."""
    name = name_of(change.after or change.before)
    if change.before is None:
        return [f"New {change.kind}: {name}"]
    if change.after is None:
        return [f"The {change.kind} {name} goes"]
    before, after = (json.loads(json.dumps(said_of(each), default=str)) for each in (change.before, change.after))
    return [f"The {change.kind} {name}: {'; '.join(differences(before, after))}"]


def name_of(entry: Any) -> str:
    """What an entry is called."""
    for key in ("title", "name", "metric"):
        if hasattr(entry, key):
            return str(getattr(entry, key))
    return f"of {entry.on}"


def _done(view: View, action: str, fields: Mapping[str, Sequence[Any]], text: str, drawn: Mapping[str, Any]) -> Told:
    if action == "check":
        return _checked(view, text, drawn)
    mark = str(drawn["mark"])
    if action == "import":
        mark, edits = _looked_at(view, text, drawn)
    else:
        edits = (_edit(view, action, drawn, fields),)
    plan_edits.write(view.home / "plan.toml", metrics_of(view), mark, edits, _log(view.store))
    shown = {"as": view.query["as"]} if "as" in view.query else {}
    return Told(go=view.address(PATH, **shown))


def _log(store: Store | None) -> plan_edits.Log:
    def log(changes: Sequence[Change]) -> AbstractContextManager[None]:
        if store is None:
            raise DefinitionError("There is no store to log the change in. Nothing was written.")
        return store.logging([(each.kind, _said(each.before), _said(each.after)) for each in changes])

    return log


def _said(entry: Entry | None) -> dict[str, Any] | None:
    return said_of(entry) if entry else None


def _edit(view: View, action: str, drawn: Mapping[str, Any], fields: Mapping[str, Sequence[Any]]) -> Edit:
    kind, id_ = str(drawn["kind"]), drawn["id"]
    if kind not in KINDS:
        raise DefinitionError("Nothing is open that could be changed. Open the page anew.")
    if action == "remove":
        return Edit(kind, id_, None)
    values: dict[str, Any] = {"stream": view.scope.stream}
    faults = []
    for key, entry in entered(kind, **fields).items():
        try:
            values[key] = value_of_text(key, entry)
        except ValueError as error:
            faults.append(f"{_label(key)} {error}.")
    if faults:
        raise DefinitionError("\n".join(faults))
    if kind != "review":
        values["id"] = id_ or _new_id(view, kind, values)
    _refuse_what_is_not_measured(view, kind, values)
    return Edit(kind, id_, values)


def _new_id(view: View, kind: str, values: Mapping[str, Any]) -> str:
    named = " ".join(str(values[key]) for key in (NAMES[kind], "team") if values.get(key))
    taken = [each.id for each in getattr(seen_by(view).plan, kind)]
    return plan_edits.new_id(view.scope.stream, named, taken)


def _refuse_what_is_not_measured(view: View, kind: str, values: Mapping[str, Any]) -> None:
    if kind == "target" and values.get("team") and values.get("metric"):
        metric = view.metric(values["metric"])
        if "$teams" not in metric.query.sql:
            raise DefinitionError(f"{metric.title} is not known by team: choose the whole stream, or another metric.")


def _looked_at(view: View, text: str, drawn: Mapping[str, Any]) -> tuple[str, tuple[Edit, ...]]:
    """The mark of the plan that a CSV was looked at with, and what the CSV says. Raises DefinitionError for another."""
    csv = drawn.get("csv") or {}
    if csv.get("text") != mark_of(text):
        raise DefinitionError("The text was changed since it was looked at. See again what it would change.")
    return str(csv["mark"]), edits_from(text, seen_by(view).plan, view.scope.stream, metrics_of(view), streams_of(view))


def _checked(view: View, text: str, drawn: Mapping[str, Any]) -> Told:
    """What a CSV would do, and the button that does it."""
    seen = seen_by(view)
    edits = edits_from(text, seen.plan, view.scope.stream, metrics_of(view), streams_of(view))
    changes = changes_of(seen.plan, edits)
    if not changes:
        return Told(
            alert([f"The CSV says what the plan says already ({len(edits)} rows): nothing would change."], "info")
        )
    new = sum(each.before is None for each in changes)
    counts = f"It would add {new} and change {len(changes) - new}; {len(edits) - len(changes)} stay as they are."
    lines = html.Ul([html.Li(words) for each in changes for words in change_told(each)])
    words = alert([counts, lines, button("Write this into the plan", "import", "btn-primary")], "info")
    return Told(words, drawn={**drawn, "csv": {"mark": seen.mark, "text": mark_of(text)}})


def _conflict(error: ConflictError, drawn: Mapping[str, Any], action: str) -> Told:
    """What somebody else wrote meanwhile; the form is from now on drawn from that."""
    if action == "import":
        return Told(alert([str(error), "See again what the CSV would change, then write it."]))
    kind, id_ = str(drawn["kind"]), drawn["id"]
    now = drawn_from(error.record, kind, id_)
    if id_ and not now["said"]:
        return Told(alert([str(error), f"Somebody removed this {kind}: it can't be changed any more."]))
    found = differences(drawn["said"], now["said"])
    if found:
        theirs: list[str | Component] = [
            f"Somebody else changed this {kind}:",
            html.Ul([html.Li(each) for each in found]),
        ]
    else:
        theirs = [f"This {kind} is as you saw it; another entry was changed."]
    return Told(alert([str(error), *theirs, AGAIN]), drawn=now)


def _label(key: str) -> str:
    return LABELS.get(key, key).partition(",")[0].partition(" (")[0]


def _shown(value: Any) -> str:
    return text_of_value(value).replace("\n", "; ") or "nothing"
