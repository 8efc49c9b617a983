"""Lists of items: those behind a figure, each with the way to its story."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qsl

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.findings import BUCKETS as WASTE_WORDS
from dashboard.components.cards import empty
from dashboard.components.plain_table import plain_table
from dashboard.pages.view import View
from dashboard.theme import counted
from dashboard.where import AS_OF, Where, where_from

SHOWN = 100
COLUMNS = {
    "item_id": "item",
    "title": "title",
    "type": "type",
    "team": "team",
    "priority": "priority",
    "labels": "labels",
    "stage": "stage",
    "outcome": "outcome",
    "created_on": "created",
    "started_on": "started",
    "ended_on": "ended",
    "lead_days": "lead time, days",
    "cycle_days": "cycle time or age, days",
    "process_days": "worked on, days",
    "blocked_days": "blocked, days",
    "rework_days": "rework, days",
    "handoffs_count": "hand-offs",
}
IN_DRAWER = ("item_id", "title", "type", "stage", "outcome", "lead_days", "cycle_days", "blocked_days")


def listed(view: View, query: str) -> Component:
    """The items that a click asks for, the longest first."""
    asked = dict(parse_qsl(query))
    where = where_from(asked)
    if kind := asked.get("type"):
        view = replace(view, scope=replace(view.scope, types=(kind,)))
    if team := asked.get("team"):
        view = replace(view, scope=replace(view.scope, teams=(team,)))
    rows = view.found(where, "cycle_days", limit=SHOWN)
    if rows.empty:
        return empty("No items are behind this.")
    count = int(rows["matches"].iloc[0])
    shown = f" The {SHOWN} longest are shown; the CSV holds all." if count > SHOWN else ""
    order = {"sort": "cycle_days", "columns": "~".join(IN_DRAWER)}
    address = view.address("/api/charts/found_items", **where.to_query(), **order, row_limit=1_000_000)
    return html.Div(
        [
            html.P(f"{in_words(where, count)}.{shown}", className="drawer-words"),
            html.P(
                [
                    html.A("Open in Explore", href=view.address("/explore", **where.to_query())),
                    " · ",
                    html.A("Download CSV", href=f"{address}&format=csv"),
                ]
            ),
            html.Div(table_of(view, rows), className="table-wrap", tabIndex="0"),
        ]
    )


def table_of(view: View, rows: pd.DataFrame, columns: tuple[str, ...] = IN_DRAWER) -> Component:
    """Items as a table; the key leads to the item's story."""
    shown = rows.assign(labels=rows["labels"].str.replace("|", ", "))[list(columns)].rename(columns=COLUMNS)
    return plain_table(shown, links=[view.address("/timeline", item=key) for key in rows["item_id"]])


def in_words(where: Where, count: int) -> str:
    """'23 items that finished from 1 to 7 Mar 2026, cycle time 5 days or more'."""
    said = counted(count)
    if where.event and where.until:
        last = _day(where.until - dt.timedelta(days=1))
        when = f"at the end of {last}" if where.event in AS_OF else f"from {_day(where.since)} to {last}"
        said += f" {_happened(where)} {when}"
    return ", ".join([said, *_conditions(where)])


def _happened(where: Where) -> str:
    events = {
        "in progress": "in progress",
        "in stage": f"in {where.stage}",
        "left stage": f"that left {where.stage}",
        "blocked": f"blocked{f' ({where.reason})' if where.reason else ''}",
        "departed": "that finished or were withdrawn",
        "ended": "that ended",
    }
    return events.get(where.event or "", f"{where.event}")


def _conditions(where: Where) -> list[str]:
    said = [
        f"the item {where.item}" if where.item else "",
        f"with {where.text!r} in key or title" if where.text else "",
        f"{where.outcome}" if where.outcome else "",
        f"of priority {where.priority}" if where.priority else "",
        f"labelled {where.label}" if where.label else "",
        f"now in {where.now_in}" if where.now_in else "",
        f"that passed {where.passed}" if where.passed else "",
        _moved(where),
        f"that went the way {where.variant}" if where.variant else "",
        {True: "with rework", False: "without rework", None: ""}[where.rework],
        {True: "that were blocked", False: "that were never blocked", None: ""}[where.was_blocked],
        f"with {WASTE_WORDS[where.waste]}" if where.waste else "",
        f"{where.days_from:g} days or more from the start" if where.days_from else "",
        f"less than {where.days_to:g} days from the start" if where.days_to is not None else "",
    ]
    return [each for each in said if each]


def _moved(where: Where) -> str:
    if not where.move:
        return ""
    if where.move == "skipped":
        return f"that were never in {where.move_to}"
    return f"that moved from {where.move_from or 'the beginning'} to {where.move_to or 'the end'}"


def _day(day: dt.date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "the beginning"
