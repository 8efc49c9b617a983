"""Dotted chart: thousands of items at once, each entry into a stage a dot."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty, figure_card
from dashboard.components.controls import labelled, select
from dashboard.figures.dotted_chart import dotted_chart
from dashboard.pages.time_marks import marks_of
from dashboard.pages.timeline_bars import NO_SUCH, SORTS, days_of, keys_of, outcome_of, sort_of
from dashboard.pages.view import View

# More dots can't be told apart, and a browser draws them slowly.
DOTS = 5_000
AXES = {"date": "Date", "creation": "Time since its creation"}
KEYS = ("dots", "across")
FIRST = "created_on"


def fields(view: View, part: str) -> Component:
    """In which order the items stand, and what the dots are placed by."""
    asked = view.query
    return html.Div(
        [
            labelled("Items in the order", select(part, "dots", SORTS, asked.get("dots"), FIRST)),
            labelled("Dots placed by", select(part, "across", AXES, asked.get("across"), "date")),
        ],
        className="card-controls",
    )


def card(view: View) -> Component:
    """Which patterns show?"""
    question, outcome, sort = (
        "Which patterns show when every step is a dot?",
        outcome_of(view),
        sort_of(view, "dots", FIRST),
    )
    table = view.ask("charts.dotted", outcome=outcome, sort=sort, row_limit=DOTS)
    if table.empty:
        return empty(NO_SUCH)
    is_relative = view.query.get("across") == "creation"
    marked = None if is_relative else marks_of(view, *days_of(table["entered_at"], table["entered_at"]))
    told = table.drop(columns=["items_shown", "items", "entries"])
    behind = view.behind("charts.dotted", told, keys_of(table), outcome=outcome, sort=sort, row_limit=1_000_000)
    notes = [behind] if marked is None else [marked.words, behind, marked.table]
    rows = f"Items, {SORTS[sort][0].lower()}{SORTS[sort][1:]}"
    drawn = dotted_chart(
        table, _modes(view), rows, is_relative=is_relative, **({"marks": marked.marks} if marked else {})
    )
    how = view.how("charts.dotted", *(marked.queries if marked else ()))
    content = html.Div(notes, className="card-notes")
    return figure_card("dotted", question, _answer(table), drawn, content, how, long_legend=True)


def _modes(view: View) -> dict[str, str]:
    """Stage → its mode; an end is neither work nor waiting."""
    stages = view.warehouse.stages(view.scope.stream)
    ends = {"done", "cancelled"}
    return {str(row.stage): "done" if row.category in ends else str(row.mode) for row in stages.itertuples()}


def _answer(table: pd.DataFrame) -> str:
    first = table.iloc[0]
    items, shown, entries = int(first["items"]), int(first["items_shown"]), int(first["entries"])
    answer = f"{entries:,} entries into stages by {items:,} items, {entries / items:,.1f} each on average"
    if shown < items:
        answer += f". Shown are {len(table):,}: all those of a sample of {shown:,} items"
    return answer
