"""Bars: each item as a row, sorted and grouped as chosen, a page of them at a time."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import ROWS_SHOWN, empty, figure_card
from dashboard.components.controls import control_id, entry, labelled, select
from dashboard.figures.frame import item_keys
from dashboard.figures.timeline import timeline
from dashboard.pages.time_marks import marks_of
from dashboard.pages.view import View
from dashboard.theme import counted

ROWS = 40
SORTS = {
    "latest": "Still open first, then ended last",
    "created_on": "Oldest first, by creation",
    "lead_days": "Longest lead time first",
    "stage_days": "Longest in its present stage first",
    "item_id": "Key",
}
GROUPS = {
    "none": "No groups",
    "type": "Type",
    "team": "Team",
    "stage": "Stage it is in, or ended in",
    "outcome": "Outcome",
}
# Outcome → what its group is called.
OUTCOME_GROUPS = {"open": "Still open", "finished": "Finished", "cancelled": "Withdrawn"}
OUTCOMES = {"all": "All items", "finished": "Finished", "open": "Still open", "cancelled": "Cancelled"}
# Columns that are about more than the row.
COUNTS = ["group_row", "group_items", "items"]
KEYS = ("sort", "group", "page")
NO_SUCH = "No such items in this scope."


def page_id(part: str) -> dict[str, str]:
    """The id of the control that turns the pages."""
    return control_id(part, "page", "1")


def fields(view: View, part: str) -> Component:
    """How the bars are sorted and grouped, and which page of them is shown."""
    asked = view.query
    return html.Div(
        [
            labelled("Sorted by", select(part, "sort", SORTS, asked.get("sort"), "latest")),
            labelled("Grouped by", select(part, "group", GROUPS, asked.get("group"), "none")),
            labelled("Page", entry(part, "page", "number", asked.get("page"), "1", min=1)),
        ],
        className="card-controls",
    )


def card(view: View) -> Component:
    """How did single items travel?"""
    outcome, page, sort, group = outcome_of(view), page_of(view), sort_of(view), _group(view)
    choice = {"outcome": outcome, "sort": sort, "group_by": group}
    table = view.ask("charts.timeline", **choice, item=None, row_limit=ROWS, row_offset=ROWS * (page - 1))
    if table.empty:
        return empty(NO_SUCH if page == 1 else "There is no such page.")
    marked = marks_of(view, *days_of(table["entered_at"], table["until_at"]))
    told = table.drop(columns=[*COUNTS, *(["group_name"] if group == "none" else [])])
    behind = view.behind("charts.timeline", told, keys_of(table), **choice, row_limit=1_000_000)
    content = html.Div([marked.words, behind, marked.table], className="card-notes")
    how = view.how("charts.timeline", *marked.queries)
    named = table.replace({"group_name": OUTCOME_GROUPS}) if group == "outcome" else table
    drawn = timeline(named, view.modes, marked.marks)
    return figure_card(
        "timeline",
        "How did single items travel?",
        _answer(table, page, sort, group),
        drawn,
        content,
        how,
        long_legend=True,
    )


def outcome_of(view: View) -> str | None:
    """The outcome that items are chosen by; nothing for all."""
    shown = view.query.get("shown")
    return shown if shown in OUTCOMES and shown != "all" else None


def sort_of(view: View, key: str = "sort", default: str = "latest") -> str:
    """The order of items that the URL asks for."""
    chosen = view.query.get(key, default)
    return chosen if chosen in SORTS else default


def page_of(view: View) -> int:
    """The page that the URL asks for; the first where that is none."""
    text = view.query.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def keys_of(table: pd.DataFrame) -> list[str]:
    """The item of each row, for the list that a click opens."""
    return item_keys(table["item_id"].head(ROWS_SHOWN))


def days_of(entered: pd.Series, until: pd.Series) -> tuple[dt.date, dt.date]:
    """The days that instants lie in, the last excluded."""
    return entered.min().date(), until.max().date() + dt.timedelta(days=1)


def _group(view: View) -> str:
    chosen = view.query.get("group", "none")
    return chosen if chosen in GROUPS else "none"


def _answer(table: pd.DataFrame, page: int, sort: str, group: str) -> str:
    shown, count = table["item_id"].nunique(), int(table["items"].iloc[0])
    first = ROWS * (page - 1) + 1
    pages = -(-count // ROWS)
    span = f"{first:,} to {first + shown - 1:,} of {count:,} items, page {page:,} of {pages:,}"
    which = span if pages > 1 else counted(count)
    by = "" if group == "none" else f", grouped by {GROUPS[group][0].lower()}{GROUPS[group][1:]}"
    return f"{which}: {SORTS[sort][0].lower()}{SORTS[sort][1:]}{by}. Work is plain, waiting is hatched"
