"""The plan as a board, a timeline, and tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import health
from dashboard.components.aria import aria
from dashboard.components.cards import content_card, csv_of, empty, figure_card
from dashboard.components.plain_table import plain_table
from dashboard.figures.plan_timeline import Bar, plan_timeline
from dashboard.pages.plan_verdicts import judged_in, verdict_line, verdict_paragraph
from dashboard.pages.view import View, or_why
from dashboard.streams.plan import KINDS, Initiative
from dashboard.streams.plan_csv import FIELDS, plan_table
from dashboard.theme import counted
from dashboard.verdicts import Judged

COLUMNS = {"planned": "Planned", "running": "Running", "done": "Done", "stopped": "Stopped"}
NOUNS = {"objective": "Objectives", "target": "Targets", "initiative": "Initiatives", "review": "Reviews"}
# The way to change an entry, by its kind and id; None where nothing may be changed.
Way = Callable[[str, str], Component | None]


def board(view: View, way: Way) -> Component:
    """A column a status, a card an initiative."""
    columns = [
        dbc.Col([_column_head(words, len(mine)), *(or_why(_card, view, each, way) for each in mine)], md=6, xl=3)
        for status, words in COLUMNS.items()
        for mine in [_latest_first(view, status)]
    ]
    return dbc.Row(columns, class_name="g-3 plan-board")


def timeline(view: View) -> Component:
    """Initiatives as bars, and the table behind them."""
    today = _today(view)
    timed = sorted((each for each in view.plan.initiative if each.start), key=lambda each: (str(each.start), each.id))
    dues = [(each.due, view.metric(each.metric).title) for each in view.plan.target]
    without = [each.name for each in view.plan.initiative if not each.start]
    answer = f"{len(timed)} of {len(view.plan.initiative)} initiatives have a start"
    if without:
        answer += f"; without one: {', '.join(without)}"
    bars = [bar for each in timed if (bar := _bar(each, today))]
    rows = pd.DataFrame(
        [
            (each.name, each.status, each.start, each.due, "; ".join(f"{m.on} {m.name}" for m in each.milestones))
            for each in view.plan.initiative
        ],
        columns=["initiative", "status", "start", "due", "milestones"],
    )
    table = html.Details(
        [
            html.Summary("Table"),
            html.Div(plain_table(rows), className="table-wrap", tabIndex="0"),
            csv_of(rows, "initiatives"),
        ],
        className="data-table",
    )
    how = html.Details(
        [
            html.Summary("How was this computed?"),
            html.P(
                "A bar goes from the start of an initiative to its due day; to its last milestone or to the day of "
                "the data where it has no due day. Nothing is measured here: it is what the plan says."
            ),
        ],
        className="how",
    )
    drawn = plan_timeline(bars, dues, today)
    return figure_card("plan-timeline", "What happens when?", f"{answer}.", drawn, table, how)


def tables(view: View, way: Way) -> Component:
    """Every entry with all that the plan says of it."""
    whole = plan_table(view.plan)
    cards = [_table(view, whole[whole["kind"] == kind], kind, way) for kind in KINDS]
    return html.Div(cards, className="plan-tables")


def together(view: View) -> list[str]:
    """Initiatives whose effects can't be told apart, a sentence a pair."""
    return [
        f"{one.name} and {two.name} ran at one time on the same metric, {view.metric(str(one.metric)).title}: their "
        "effects can't be told apart."
        for one, two in health.simultaneous(view.plan, _today(view))
    ]


def _today(view: View) -> dt.date:
    return pd.Timestamp(view.stream["last_event_on"]).date()


def _latest_first(view: View, status: str) -> list[Initiative]:
    """Those of a status; of what has ended the last first."""
    mine = [each for each in view.plan.initiative if each.status == status]
    if status in health.GOING:
        return mine
    return sorted(mine, key=lambda each: str(each.due or each.start), reverse=True)


def _column_head(words: str, count: int) -> Component:
    return html.H3([words, html.Span(f" {count}", className="rule num")], className="h6 plan-column")


def _card(view: View, initiative: Initiative, way: Way) -> Component:
    found = judged_in(view, initiative)
    gaps = [
        name
        for name, value in (("owner", initiative.owner), ("start", initiative.start), ("measure", initiative.metric))
        if not value
    ]
    due = [f"due {_day(initiative.due)}"] if initiative.due else []
    short = " · ".join([*([initiative.owner] if initiative.owner else []), *due])
    return dbc.Card(
        dbc.CardBody(
            [
                html.H4(initiative.name, className="h6 mb-1", id=f"plan-{initiative.id}"),
                html.P(short, className="mb-1") if short else None,
                html.P(html.Strong(verdict_line(found)), className="mb-1") if found else None,
                html.P(f"Not healthy: it has no {' and no '.join(gaps)}.", className="bad mb-1") if gaps else None,
                html.Details(
                    [html.Summary("More", **aria(label=f"More of {initiative.name}")), *_more(view, initiative, found)]
                ),
                way("initiative", initiative.id),
            ],
            class_name="p-2",
        ),
        class_name="mb-2",
    )


def _more(view: View, initiative: Initiative, found: Judged | None) -> list[Component]:
    metric = view.metric(initiative.metric).title if initiative.metric else None
    facts = (
        ("Strategy", (initiative.strategy or "").replace("-", " ")),
        ("Stage", initiative.stage),
        ("Metric", metric),
        ("Start", _day(initiative.start) if initiative.start else None),
        ("Expected", initiative.expected),
    )
    stones = [html.Li(f"{_day(stone.on)}: {stone.name}") for stone in initiative.milestones]
    rows = [html.Li(f"{name}: {value}") for name, value in facts if value]
    verdict = [verdict_paragraph(found)] if found else []
    return [html.Ul([*rows, *stones], className="walk-list"), *verdict]


def _bar(each: Initiative, today: dt.date) -> Bar | None:
    if each.start is None:
        return None
    last = max((stone.on for stone in each.milestones), default=today)
    end = each.due or max(last, each.start)
    stones = tuple((stone.on, f"{each.name}: {stone.name}") for stone in each.milestones)
    return Bar(each.name, each.status, each.start, end, each.due is None, stones)


def _table(view: View, rows: pd.DataFrame, kind: str, way: Way) -> Component:
    if rows.empty:
        shown: Component = empty(f"The plan has no {NOUNS[kind].lower()} for this value stream.")
        return content_card(f"plan-table-{kind}", NOUNS[kind], "", shown, html.Div(), html.Div())
    kept = [column for column in FIELDS[kind] if column in rows and column != "stream" and rows[column].notna().any()]
    rows = rows.assign(metric=rows["metric"].map(lambda name: view.metric(name).title if isinstance(name, str) else ""))
    ids = [each.id for each in getattr(view.plan, kind)]
    ways: Sequence[Component | None] = [way(kind, id_) for id_ in ids]
    head = [html.Th(column.replace("_", " "), scope="col") for column in kept]
    body = [
        html.Tr([*(html.Td(_cell(row[column])) for column in kept), *([html.Td(each)] if each else [])])
        for (_, row), each in zip(rows.iterrows(), ways, strict=True)
    ]
    head += [html.Th(html.Span("Change", className="visually-hidden"), scope="col")] if any(ways) else []
    drawn = html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], className="table table-sm plan-table")
    count = counted(len(rows), "entry", "entries")
    shown = html.Div(drawn, className="table-wrap", tabIndex="0")
    return content_card(f"plan-table-{kind}", NOUNS[kind], count, shown, html.Div(), html.Div())


def _cell(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
