"""Explore: the questions that nobody foresaw. Filter, group, compare, and see the items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import dash
import dash_bootstrap_components as dbc
import pandas as pd
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard.analysis.comparison import Comparison, compared
from dashboard.components import scope_bar
from dashboard.components.cards import content_card, empty
from dashboard.components.plain_table import plain_table
from dashboard.pages.items import in_words, table_of
from dashboard.pages.view import QUERY, View
from dashboard.theme import formatted
from dashboard.where import OUTCOMES, Where, where_from

PATH, TITLE = "/explore", "Explore"
WHERE = "where"
GROUP, SORT, PAGE, FOUND = "explore-group", "explore-sort", "explore-page", "explore-found"
ROWS = 50
# A native select shows nothing for an empty value.
ANY = "~any"
TRUTH = {ANY: "any", "yes": "yes", "no": "no"}
GROUPS = {
    "type": "Type",
    "team": "Team",
    "priority": "Priority",
    "label": "Label",
    "stage": "Stage now",
    "outcome": "Outcome",
    "month": "Month it ended",
    "rework": "Rework",
    "blocked": "Blocked",
}
SORTS = {
    "lead_days": "Longest lead time",
    "cycle_days": "Longest cycle time or age",
    "blocked_days": "Longest blocked",
    "rework_days": "Most rework",
    "ended_on": "Ended last",
    "created_on": "Created last",
    "item_id": "Key",
    "title": "Title",
}
UPWARDS = ("item_id", "title")
# Group → the condition that its values are, where there is one.
CONDITIONS = {
    "type": "type",
    "team": "team",
    "priority": "priority",
    "label": "label",
    "stage": "now_in",
    "outcome": "outcome",
}
KEPT = ("event", "since", "until", "stage", "reason", "item")
COLUMNS = ("item_id", "title", "type", "stage", "outcome", "lead_days", "cycle_days", "blocked_days")


def body(view: View) -> Component:
    """The conditions as the URL has them, and what meets them."""
    where = where_from(view.query)
    return html.Div([_controls(view, where), html.Div(_found(view, where, "type", "lead_days", 1), id=FOUND)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Every choice finds anew, and stands in the URL."""

    @app.callback(
        Output(FOUND, "children"),
        Output(PAGE, "value"),
        inputs={
            "values": Input({"type": WHERE, "key": ALL}, "value"),
            "group": Input(GROUP, "value"),
            "sort": Input(SORT, "value"),
            "page": Input(PAGE, "value"),
        },
        state={
            "ids": State({"type": WHERE, "key": ALL}, "id"),
            "query": State(QUERY, "data"),
            "chosen": scope_bar.STATES,
        },
        prevent_initial_call=True,
    )
    def find(
        values: list[str | None],
        group: str,
        sort: str,
        page: int | None,
        ids: list[Mapping[str, str]],
        query: Mapping[str, str],
        chosen: Mapping[str, str | None],
    ) -> tuple[Component, int]:
        entered = {
            each["key"]: str(value) for each, value in zip(ids, values, strict=True) if value not in (None, "", ANY)
        }
        kept = {key: text for key, text in query.items() if key in KEPT}
        is_other = isinstance(dash.ctx.triggered_id, dict)  # other conditions begin on the first page
        wanted = 1 if is_other else page or 1
        return _found(view_for(chosen), where_from({**kept, **entered}), group, sort, wanted), wanted

    app.clientside_callback(
        ClientsideFunction("vsm", "whereToUrl"),
        Output(QUERY, "data"),
        Input({"type": WHERE, "key": ALL}, "value"),
        State({"type": WHERE, "key": ALL}, "id"),
        State(QUERY, "data"),
        prevent_initial_call=True,
    )


def _controls(view: View, where: Where) -> Component:
    stages = dict.fromkeys(view.warehouse.stages(view.scope.stream)["stage"])
    priorities, labels = (_values(view, attribute) for attribute in ("priority", "label"))
    asked = where.to_query()
    fields = [
        _field("Key or title", _entry("text", "search", asked)),
        _field("Outcome", _select("outcome", OUTCOMES, asked)),
        _field("Priority", _select("priority", priorities, asked)),
        _field("Label", _select("label", labels, asked)),
        _field("Now in", _select("now_in", list(stages), asked)),
        _field("Passed", _select("passed", list(stages), asked)),
        _field("Rework", _truth("rework", asked)),
        _field("Was blocked", _truth("was_blocked", asked)),
        _field("Days from start, at least", _entry("days_from", "number", asked)),
        _field("fewer than", _entry("days_to", "number", asked)),
    ]
    shown = [
        _labelled("Group by", _choice(GROUP, GROUPS, "type")),
        _labelled("Sorted by", _choice(SORT, SORTS, "lead_days")),
        _labelled("Page", dbc.Input(id=PAGE, type="number", min=1, value=1, size="sm", debounce=True)),
    ]
    clear = html.A("Show all items of the scope", href=view.address(PATH))
    kept = html.P(["Only what was clicked is listed. ", clear], className="rule") if where.event or where.item else None
    return html.Div([kept, html.Div([*fields, *shown], className="card-controls")])


def _values(view: View, attribute: str) -> list[str]:
    """What items of the scope have as an attribute, the most frequent first."""
    names = view.ask("charts.groups", chosen=Where().parameter(), group_by=attribute)["group_name"]
    return [str(name) for name in names if name != "(none)"]


def _found(view: View, where: Where, group: str, sort: str, page: int) -> Component:
    rows = view.found(where, sort, is_descending=sort not in UPWARDS, limit=ROWS, offset=ROWS * (page - 1))
    if rows.empty:
        return empty("No item meets these conditions.") if page == 1 else empty("There is no such page.")
    count = int(rows["matches"].iloc[0])
    return html.Div(
        [
            html.P(f"{in_words(where, count)}.", className="findings-line"),
            *_groups(view, where, group),
            _items(view, where, rows, sort, page, count),
        ]
    )


def _groups(view: View, where: Where, group: str) -> list[Component]:
    table = view.ask("charts.groups", chosen=where.parameter(), group_by=group)
    keys = [_key(where, group, str(name)) for name in table["group_name"]]
    address = view.address("/api/charts/groups", **where.to_query(), group_by=group, row_limit=1_000_000, format="csv")
    more = html.A("Download CSV", href=address, className="btn btn-sm btn-outline-secondary mt-2")
    shown = table.rename(columns={"group_name": GROUPS[group].lower()})
    shown[["rework_share", "blocked_share"]] = shown[["rework_share", "blocked_share"]].map(
        lambda share: formatted(share, "ratio")
    )
    rows = html.Div(plain_table(shown, "explore-group-rows", keys), className="table-wrap", tabIndex="0")
    content = html.Div([rows, more])
    said = _differences(view, where, group, table)
    return [
        content_card(
            "explore-groups",
            "How do groups differ?",
            said,
            content,
            html.Div(),
            view.how("charts.groups", "charts.durations"),
        )
    ]


def _differences(view: View, where: Where, group: str, table: pd.DataFrame) -> str:
    """The two largest groups against each other; and all of it against what the scope is compared with."""
    parts = []
    names = [str(name) for name in table.loc[table["finished"] > 0, "group_name"] if _key(where, group, str(name))]
    if len(names) >= 2:
        first, second = (_durations(*_narrowed(view, where, group, name)) for name in names[:2])
        parts.append(_said(compared(first, second), names[0], names[1]))
    if not where.event:
        earlier = replace(view, scope=view.scope.compared())
        parts.append(
            _said(
                compared(_durations(view, where), _durations(earlier, where)), "This period", view.scope.compared_words
            )
        )
    return " ".join(part for part in parts if part) or "Too few finished items to compare"


def _said(found: Comparison | None, first: str, second: str) -> str:
    if found is None:
        return ""
    direction = "shorter" if found.difference < 0 else "longer"
    low, high = sorted((abs(found.low), abs(found.high))) if found.is_more_than_chance else (found.low, found.high)
    said = (
        f"{first}: median cycle time {formatted(found.first, 'days')}, {second}: "
        f"{formatted(found.second, 'days')} (n = {found.first_count:,}, {found.second_count:,})."
    )
    if found.is_more_than_chance:
        return f"{said} That is {formatted(low, 'days')} to {formatted(high, 'days')} {direction}: more than chance."
    span = f"{formatted(low, 'days')} to {formatted(high, 'days')}"
    return f"{said} The difference could be chance (95 % of resamples: {span})."


def _durations(view: View, where: Where) -> list[float]:
    """Cycle times of the finished items that meet the conditions; of the whole scope only those finished in it."""
    if where.event is None:
        where = replace(where, event="finished", since=view.scope.since, until=view.scope.until)
    return list(view.ask("charts.durations", chosen=where.parameter())["cycle_days"].dropna())


def _narrowed(view: View, where: Where, group: str, name: str) -> tuple[View, Where]:
    """The view and the conditions of one group."""
    if group == "type":
        return replace(view, scope=replace(view.scope, types=(name,))), where
    if group == "team":
        return replace(view, scope=replace(view.scope, teams=(name,))), where
    return view, where_from({**where.to_query(), **_condition(group, name)})


def _condition(group: str, name: str) -> dict[str, str]:
    """The condition that a group is; none for one without."""
    if name == "(none)":
        return {}
    if group in CONDITIONS:
        return {CONDITIONS[group]: name}
    words = {
        "with rework": {"rework": "yes"},
        "without rework": {"rework": "no"},
        "was blocked": {"was_blocked": "yes"},
        "never blocked": {"was_blocked": "no"},
    }
    return words.get(name, {})


def _key(where: Where, group: str, name: str) -> str | None:
    """Which items a group holds, as in a URL."""
    condition = _condition(group, name)
    return urlencode({**where.to_query(), **condition}) if condition else None


def _items(view: View, where: Where, rows: pd.DataFrame, sort: str, page: int, count: int) -> Component:
    pages = -(-count // ROWS)
    table = html.Div(table_of(view, rows, COLUMNS), className="table-wrap", tabIndex="0")
    address = view.address("/api/charts/found_items", **where.to_query(), sort=sort, row_limit=1_000_000, format="csv")
    more = html.A("Download CSV of all of them", href=address, className="btn btn-sm btn-outline-secondary mt-2")
    shown = f"{ROWS * (page - 1) + 1:,} to {ROWS * (page - 1) + len(rows):,} of {count:,}"
    answer = f"{shown}, page {page:,} of {pages:,}; a key leads to the item's story"
    content = html.Div([table, more])
    return html.Div(
        content_card(
            "explore-items", "Which items are these?", answer, content, html.Div(), view.how("charts.found_items")
        ),
        className="mt-3",
    )


def _labelled(label: str, control: Any) -> Component:
    return html.Div([html.Label(label, htmlFor=control.id), control], className="scope-field")


def _choice(id_: str, choices: Mapping[str, str], value: str) -> Component:
    options = [{"label": label, "value": key} for key, label in choices.items()]
    return dbc.Select(id=id_, options=options, value=value, size="sm")


def _field(label: str, control: Any) -> Component:
    return html.Div([html.Label(label, htmlFor=_dom_id(control.id)), control], className="scope-field")


def _dom_id(id_: Mapping[str, str]) -> str:
    """The id that Dash gives the element of a component with several parts in its id."""
    parts = ",".join(f'"{key}":"{id_[key]}"' for key in sorted(id_))
    return f"{{{parts}}}"


def _entry(key: str, kind: str, asked: Mapping[str, str]) -> Component:
    return dbc.Input(id={"type": WHERE, "key": key}, type=kind, value=asked.get(key, ""), size="sm", debounce=True)


def _select(key: str, choices: Sequence[str], asked: Mapping[str, str]) -> Component:
    options = [{"label": "any", "value": ANY}, *({"label": each, "value": each} for each in choices)]
    return dbc.Select(id={"type": WHERE, "key": key}, options=options, value=asked.get(key, ANY), size="sm")


def _truth(key: str, asked: Mapping[str, str]) -> Component:
    options = [{"label": label, "value": value} for value, label in TRUTH.items()]
    return dbc.Select(id={"type": WHERE, "key": key}, options=options, value=asked.get(key, ANY), size="sm")
