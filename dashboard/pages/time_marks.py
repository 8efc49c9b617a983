"""What is marked on the axis of time: deployments, failures, incidents, the plan, days off; and all of it in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.plain_table import plain_table
from dashboard.figures.time_marks import Happening, Lane, TimeMarks, runs, thinned, told_day
from dashboard.pages.view import View
from dashboard.theme import BAD, GREY, PINK, SKY

KINDS = {
    "deployments": "Deployments and releases",
    "failed": "Failed deployments",
    "incidents": "Incidents",
    "plan": "Initiatives of the plan",
    "days-off": "Weekends and holidays",
}
SHOWN = "deployments~plan~days-off"
# In a longer time a weekend is thinner than a line.
MOST_DAYS = 130
DEPLOYED = Lane("Deployments", "deployment", "deployments", "triangle-down", SKY, has_lines=True)
FAILED = Lane("Failed", "failed deployment", "failed deployments", "x", BAD)
INCIDENTS = Lane("Incidents", "incident", "incidents", "diamond", PINK)
PLAN = Lane("Initiatives", "initiative", "initiatives", "circle", GREY, has_lines=True)
# Lane → the column of marts.streams that says whether a source tells it.
TOLD = {DEPLOYED.name: "has_deployments", FAILED.name: "has_deployments", INCIDENTS.name: "has_incidents"}
QUERIES = {"deployments": "charts.deployment_days", "failed": "charts.deployment_days"}
QUERIES |= {"incidents": "charts.incident_days", "days-off": "charts.days_off"}


@dataclass(frozen=True)
class Marked:
    """Marks for a figure, and how they are told to those who cannot see them."""

    marks: TimeMarks
    words: Component | None
    table: Component | None
    queries: tuple[str, ...]


def chosen(view: View) -> list[str]:
    """The kinds of marks that the URL asks for."""
    asked = view.query.get("marks", SHOWN).split("~")
    return [kind for kind in KINDS if kind in asked]


def marks_of(view: View, since: dt.date, until: dt.date) -> Marked:
    """What happened in the days [since, until) that a figure shows, of the kinds that are chosen."""
    kinds = chosen(view)
    span = replace(view, scope=replace(view.scope, since=since, until=until))
    readers = {"deployments": _deployed, "failed": _failed, "incidents": _incidents, "plan": _plan}
    lanes = [readers[kind](span) for kind in kinds if kind in readers]
    told = tuple(lane for lane in lanes if lane.happenings)
    off = tuple(_days_off(span)) if "days-off" in kinds and (until - since).days <= MOST_DAYS else ()
    sentences = [
        *(_sentence(view, lane) for lane in lanes),
        *([_off_words(off, (until - since).days)] if "days-off" in kinds else []),
    ]
    words = html.P(" ".join(sentences), className="rule mb-2") if sentences else None
    queries = tuple(dict.fromkeys(QUERIES[kind] for kind in kinds if kind in QUERIES))
    return Marked(TimeMarks(told, off), words, _table(told, off), queries)


def _deployed(view: View) -> Lane:
    rows = view.ask("charts.deployment_days").itertuples()
    return replace(
        DEPLOYED, happenings=[Happening(_day(row.deployed_on), row.deployments, _text(row.services)) for row in rows]
    )


def _failed(view: View) -> Lane:
    table = view.ask("charts.deployment_days")
    rows = table[table["failed"] > 0].itertuples()
    return replace(
        FAILED, happenings=[Happening(_day(row.deployed_on), row.failed, _text(row.services)) for row in rows]
    )


def _incidents(view: View) -> Lane:
    rows = view.ask("charts.incident_days").itertuples()
    return replace(
        INCIDENTS, happenings=[Happening(_day(row.started_on), row.incidents, _text(row.services)) for row in rows]
    )


def _plan(view: View) -> Lane:
    """The start and the milestones of each initiative, numbered in the order of their starts."""
    scope = view.scope
    started = sorted((each for each in view.plan.initiative if each.start), key=lambda each: (each.start, each.id))
    days = [
        Happening(on, detail=f"{each.name}: {what}", sign=str(number), symbol=symbol)
        for number, each in enumerate(started, 1)
        for on, what, symbol in [
            (each.start, "started", "circle"),
            *((milestone.on, milestone.name, "square") for milestone in each.milestones),
        ]
        if on and scope.since <= on < scope.until
    ]
    return replace(PLAN, happenings=sorted(days, key=lambda each: (each.on, int(each.sign))))


def _days_off(view: View) -> list[dt.date]:
    return [_day(day) for day in view.ask("charts.days_off")["day"]]


def _sentence(view: View, lane: Lane) -> str:
    """'Failed deployments: 98, each mark those of a week.'"""
    name, told = lane.many.capitalize(), view.stream[TOLD[lane.name]] if lane.name in TOLD else True
    if not lane.happenings:
        return f"{name}: {'none in these days' if told else 'no source tells them'}."
    if lane.name == PLAN.name:
        return f"{name}: a disc where one started, a square for a milestone; the table names them."
    count, (unit, _) = sum(each.count for each in lane.happenings), thinned(lane.happenings)
    return f"{name}: {count:,}{'' if unit == 'day' else f', each mark those of a {unit}'}."


def _off_words(days: tuple[dt.date, ...], length: int) -> str:
    if length > MOST_DAYS:
        return f"Weekends and holidays are too narrow to be seen in {length:,} days; {MOST_DAYS} are few enough."
    return f"Grey bands are the {len(days):,} days off of the stream's calendar." if days else "There is no day off."


def _table(lanes: tuple[Lane, ...], off: tuple[dt.date, ...]) -> Component | None:
    """Every mark of every day, also where the figure draws those of a week as one."""
    rows: list[Mapping[str, object]] = [
        {"mark": lane.name, "day": told_day(each.on), "count": each.count, "what": _named(each)}
        for lane in lanes
        for each in lane.happenings
    ]
    rows += [
        {"mark": "Days off", "day": _days_in_words(since, until), "count": (until - since).days, "what": "–"}
        for since, until in runs(off)
    ]
    if not rows:
        return None
    content = html.Div(plain_table(pd.DataFrame(rows)), className="table-wrap", tabIndex="0")
    return html.Details([html.Summary("Table of the marks"), content], className="data-table")


def _named(each: Happening) -> str:
    return f"{each.sign} {each.detail}".strip() or "–"


def _days_in_words(since: dt.date, until: dt.date) -> str:
    last = until - dt.timedelta(days=1)
    return told_day(since) if since == last else f"{told_day(since)} to {told_day(last)}"


def _day(value: object) -> dt.date:
    return pd.Timestamp(str(value)).date()


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)
