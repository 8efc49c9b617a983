"""Explore: the questions that nobody foresaw. Filter, group, compare, and see the items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dash
import pandas as pd
from dash import Dash, Output, State, html
from dash.development.base_component import Component

from dashboard.components import controls, scope_bar
from dashboard.components.cards import content_card, empty
from dashboard.components.controls import any_of, entry, labelled, select
from dashboard.pages import explore_groups as groups
from dashboard.pages.items import COLUMNS, in_words, table_of
from dashboard.pages.view import QUERY, View
from dashboard.where import OUTCOMES, Where, where_from

PATH, TITLE = "/explore", "Explore"
PART, FOUND = "explore", "explore-found"
PAGE = controls.control_id(PART, "page", "1")
ROWS = 50
TRUTH = {controls.ANY: "any", "yes": "yes", "no": "no"}
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
# What was clicked on another page, and no control here changes.
KEPT = ("event", "since", "until", "stage", "reason", "item", "move", "move_from", "move_to", "variant", "waste")
SHOWN = "title~type~stage~outcome~lead_days~cycle_days~blocked_days"


def body(view: View) -> Component:
    """The conditions as the URL has them, and what meets them."""
    return html.Div([_controls(view), html.Div(_found(view), id=FOUND)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Every choice finds anew; other conditions begin on the first page."""

    @app.callback(
        Output(FOUND, "children"),
        Output(PAGE, "value"),
        inputs={"entered": controls.inputs(PART)},
        state={"query": State(QUERY, "data"), "chosen": scope_bar.STATES},
        prevent_initial_call=True,
    )
    def find(
        entered: Mapping[str, Any], query: Mapping[str, str], chosen: Mapping[str, str | None]
    ) -> tuple[Component, str]:
        asked = controls.said(**entered)
        if dash.ctx.triggered_id != PAGE:
            asked.pop("page", None)
        kept = {key: text for key, text in query.items() if key in KEPT}
        return _found(view_for({**kept, **asked, **chosen})), asked.get("page", "1")


def _controls(view: View) -> Component:
    where, values = where_from(view.query), groups.values_of(view)
    asked, query = where.to_query(), view.query
    stages = any_of(list(dict.fromkeys(view.warehouse.stages(view.scope.stream)["stage"])))
    conditions = [
        ("Key or title", entry(PART, "text", "search", asked.get("text"))),
        ("Outcome", select(PART, "outcome", any_of(OUTCOMES), asked.get("outcome"))),
        *(
            (words, select(PART, key, any_of(values[key]), asked.get(key)))
            for key, words in (("priority", "Priority"), ("label", "Label"))
            if key in values or key in asked
        ),
        ("Now in", select(PART, "now_in", stages, asked.get("now_in"))),
        ("Passed", select(PART, "passed", stages, asked.get("passed"))),
        ("Rework", select(PART, "rework", TRUTH, asked.get("rework"))),
        ("Was blocked", select(PART, "was_blocked", TRUTH, asked.get("was_blocked"))),
        ("Days from start, at least", entry(PART, "days_from", "number", asked.get("days_from"))),
        ("fewer than", entry(PART, "days_to", "number", asked.get("days_to"))),
    ]
    shown = [
        ("Group by", select(PART, "group", groups.GROUPS, query.get("group"), "type")),
        *groups.sides_to_choose(view, PART, values),
        ("Sorted by", select(PART, "sort", SORTS, query.get("sort"), "lead_days")),
        ("Page", entry(PART, "page", "number", query.get("page"), "1", min=1)),
    ]
    clear = html.A("Show all items of the scope", href=view.address(PATH))
    kept = (
        html.P(["Only what was clicked is listed. ", clear], className="rule")
        if any(key in view.query for key in KEPT)
        else None
    )
    columns = {key: words.capitalize() for key, words in COLUMNS.items() if key != "item_id"}
    return html.Div(
        [
            kept,
            html.Div([labelled(*each) for each in conditions], className="card-controls"),
            html.Div([labelled(*each) for each in shown], className="card-controls"),
            html.Details(
                [
                    html.Summary("Columns of the list"),
                    controls.checklist(PART, "columns", columns, _columns(view)[1:], SHOWN),
                ],
                className="mb-3",
            ),
        ]
    )


def _columns(view: View) -> tuple[str, ...]:
    chosen = view.query.get("columns", SHOWN).split("~")
    return ("item_id", *(name for name in COLUMNS if name in chosen and name != "item_id"))


def _found(view: View) -> Component:
    where, sort, page = where_from(view.query), _sort(view), _page(view)
    rows = view.found(where, sort, is_descending=sort not in UPWARDS, limit=ROWS, offset=ROWS * (page - 1))
    if rows.empty:
        return empty("No item meets these conditions.") if page == 1 else empty("There is no such page.")
    count = int(rows["matches"].iloc[0])
    return html.Div(
        [
            html.P(f"{in_words(where, count)}.", className="findings-line"),
            groups.groups_card(view, where),
            groups.sides_card(view, where),
            _items(view, where, rows, count),
        ],
        className="vstack gap-3",
    )


def _items(view: View, where: Where, rows: pd.DataFrame, count: int) -> Component:
    sort, page = _sort(view), _page(view)
    pages = -(-count // ROWS)
    table = html.Div(table_of(view, rows, _columns(view)), className="table-wrap", tabIndex="0")
    order = {"sort": sort, "is_descending": "no" if sort in UPWARDS else "yes", "columns": "~".join(_columns(view))}
    address = view.address("/api/charts/found_items", **where.to_query(), **order, row_limit=1_000_000, format="csv")
    more = html.A("Download CSV of all of them", href=address, className="btn btn-sm btn-outline-secondary mt-2")
    first = ROWS * (page - 1) + 1
    answer = f"{first:,} to {first + len(rows) - 1:,} of {count:,}, page {page:,} of {pages:,}"
    return content_card(
        "explore-items",
        "Which items are these?",
        answer,
        html.Div([table, more]),
        html.Div(),
        view.how("charts.found_items"),
    )


def _sort(view: View) -> str:
    chosen = view.query.get("sort", "")
    return chosen if chosen in SORTS else "lead_days"


def _page(view: View) -> int:
    text = view.query.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1
