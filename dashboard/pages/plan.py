"""Plan: objectives, targets and initiatives as board, timeline and table, changed here, and each target's trend."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, dcc, html
from dash.development.base_component import Component

from dashboard import access, sight
from dashboard.components.aria import aria
from dashboard.components.cards import empty, findings
from dashboard.errors import DefinitionError, StoreError
from dashboard.pages import plan_import, plan_write
from dashboard.pages.plan_course import course_of, target_card
from dashboard.pages.plan_forms import form, prefilled
from dashboard.pages.plan_views import board, tables, timeline, together
from dashboard.pages.plan_write import DRAWN, GO, SAID, differences, drawn_from, name_of, seen_by
from dashboard.pages.view import View
from dashboard.roles import Role
from dashboard.store import Change
from dashboard.streams.plan import KINDS, nearest
from dashboard.streams.plan_edits import Seen, entry_of, said_of

PATH, TITLE = plan_write.PATH, "Plan"
VIEWS = {"board": "Board", "timeline": "Timeline", "table": "Table"}
NEW = {
    "initiative": "New initiative",
    "target": "New target",
    "objective": "New objective",
    "review": "Record a review",
}


def whole() -> str:
    """What the figures and verdicts of a plan are of, whatever the scope is."""
    seen = sight.seen()
    teams = "all teams" if seen is None else f"of its teams those that you see ({', '.join(seen) or 'none'}),"
    alone = "" if seen is None else " Who sees all teams may see other figures and other verdicts."
    return (
        f"The plan looks at the whole history of the stream, {teams} and all types, by the elapsed clock: what the "
        f"scope says of period, team, type and clock does not change it.{alone}"
    )


def body(view: View) -> Component:
    """The plan in the chosen view, and the form that is open."""
    why_not = refusal(view)
    return html.Div(
        [
            fault_told(view),
            strays_told(view),
            html.Div(_form(view, why_not)),
            html.Div(id=SAID, **aria(live="polite")),
            _ways(view, why_not),
            *_content(view, why_not),
            plan_import.card(why_not),
            _log(view),
            dcc.Store(id=GO),
        ],
        className="plan",
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """The forms and the import."""
    plan_write.register(app, view_for)
    plan_import.register(app)


def refusal(view: View) -> str | None:
    """Why the plan can't be changed here, in a sentence; None where it can."""
    if view.plan_in_use.fault:
        return "The plan can't be changed here while its file can't be read."
    return access.refusal(Role.LEADERSHIP)


def fault_told(view: View) -> Component | None:
    """That the file can't be read, why, and which plan is shown."""
    found = view.plan_in_use
    if not found.fault:
        return None
    if found.since:
        shown = f"The pages show the plan as it was when it could last be read, from {found.since:%d %b %Y %H:%M}."
    else:
        shown = "There is no earlier plan to show. Mend the file."
    return plan_write.alert([*found.fault.splitlines(), shown], "warning")


def strays_told(view: View) -> Component | None:
    """That the plan speaks of streams that there are none of: what it says of them stands on no page."""
    streams = set(view.warehouse.streams()["stream"])
    named = {each.stream for kind in KINDS for each in getattr(view.plan_in_use.plan, kind)}
    lines = [
        f"plan.toml: stream is {name!r}; {nearest(name, streams, 'value stream')}" for name in sorted(named - streams)
    ]
    return plan_write.alert([*lines, "What the plan says of it stands on no page."], "warning") if lines else None


def _content(view: View, why_not: str | None) -> list[Component]:
    plan = view.plan
    if not any(getattr(plan, kind) for kind in KINDS):
        return [empty("The plan names no target and no initiative for this value stream yet.")]
    shown = view.query.get("as", "board")
    if shown == "table":
        return [tables(view, lambda kind, id_: _way(view, kind, id_, why_not))]
    drawn = timeline(view) if shown == "timeline" else board(view, lambda kind, id_: _way(view, kind, id_, why_not))
    return [
        findings(together(view)) or html.Div(),
        html.H2("Initiatives", className="h5"),
        drawn,
        html.H2("Targets", className="h5 mt-4"),
        *_targets(view, why_not),
    ]


def _targets(view: View, why_not: str | None) -> list[Component]:
    if not view.plan.target:
        return [empty("The plan names no target for this value stream yet.")]
    cards = []
    for target in view.plan.target:
        way = _way(view, "target", target.id, why_not)
        more = [html.Span(" "), way] if way else []
        cards.append(dbc.Col(target_card(view, course_of(view, target), view.plan, more), lg=6))
    return [html.P(whole(), className="scope-note"), dbc.Row(cards, class_name="g-3")]


def _way(view: View, kind: str, id_: str, why_not: str | None) -> Component | None:
    entry = entry_of(view.plan, kind, id_)
    if why_not or entry is None:
        return None
    words = aria(label=f"Change {name_of(entry)}")
    return html.A("Change", href=_address(view, edit=f"{kind}:{id_}"), className="plan-change no-print", **words)


def _address(view: View, **more: str) -> str:
    """This page in the same view."""
    shown = {"as": view.query["as"]} if view.query.get("as") in VIEWS else {}
    return view.address(PATH, **shown, **more)


def _ways(view: View, why_not: str | None) -> Component:
    """The choice of the view, and the ways to something new."""
    chosen = view.query.get("as", "board")
    looks = [
        html.A(
            words,
            href=view.address(PATH, **({} if key == "board" else {"as": key})),
            className="chip active" if key == chosen else "chip",
            **(aria(current="true") if key == chosen else {}),
        )
        for key, words in VIEWS.items()
    ]
    news: list[Component] = [html.Span(f"For reading only. {why_not}", className="rule")]
    if not why_not:
        news = [html.A(words, href=_address(view, new=kind), className="chip") for kind, words in NEW.items()]
    csv = html.A("Download CSV", href=view.address("/api/plan", format="csv"), className="chip")
    return html.Nav(
        [html.Div(looks, className="chips"), html.Div([*news, csv], className="chips")],
        className="plan-ways no-print",
        **aria(label="Views of the plan"),
    )


def _form(view: View, why_not: str | None) -> list[Component]:
    """The open form, and what it was drawn from; something always stands for the latter."""
    if why_not:
        return [_store(None)]
    try:
        seen = seen_by(view)
    except DefinitionError as error:  # it broke just now
        return [plan_write.alert(str(error).splitlines()), _store(None)]
    kind, _, id_ = view.query.get("edit", "").partition(":")
    if kind in KINDS:
        return _edit_form(view, seen, kind, id_)
    if (kind := view.query.get("new", "")) in KINDS:
        return [form(view, kind, prefilled(view, kind), True, _address(view)), _store(drawn_from(seen, kind))]
    return [_store(drawn_from(seen))]


def _edit_form(view: View, seen: Seen, kind: str, id_: str) -> list[Component]:
    entry = entry_of(seen.plan, kind, id_)
    if entry is None or entry.stream != view.scope.stream:
        words = f"There is no {kind} {id_!r} in the plan of this value stream: somebody may have removed it."
        return [plan_write.alert([words], "warning"), _store(drawn_from(seen))]
    return [form(view, kind, said_of(entry), False, _address(view)), _store(drawn_from(seen, kind, id_))]


def _store(drawn: dict[str, Any] | None) -> Component:
    return dcc.Store(id={"type": DRAWN}, data=drawn)


def _log(view: View) -> Component:
    """What was changed in these pages, newest first."""
    try:
        changes = view.store.log(200, KINDS) if view.store else ()
    except StoreError as error:
        return html.P(str(error))
    mine = [words for each in changes if (words := _logged(view, each))]
    lines = [html.Li(words) for words in mine]
    shown = html.Ul(lines) if lines else html.P("Nothing was changed in these pages yet.", className="rule")
    return html.Details([html.Summary("What was changed here?"), shown], className="data-table mt-3 no-print")


def _logged(view: View, each: Change) -> str | None:
    """A change in words; None where it is of another stream."""
    before, after = (json.loads(text) if text else {} for text in (each.before, each.after))
    known = after or before
    if known.get("stream") != view.scope.stream:
        return None
    name = known.get("name") or known.get("title") or known.get("id") or known.get("on")
    did = {"add": "added", "remove": "removed"}.get(each.action) or "; ".join(differences(before, after))
    return f"{each.at:%d %b %Y %H:%M} UTC, {each.kind} {name}: {did}"
