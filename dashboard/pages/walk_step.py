"""A stop of the walk: what the data say there, what to ask, and which items to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.analysis.walk import Stop, Tables, facts, listed, stops
from dashboard.analysis.walk_questions import Question, questions
from dashboard.components.cards import content_card, empty
from dashboard.pages.value_stream import measured_map
from dashboard.pages.view import View
from dashboard.theme import formatted
from dashboard.where import Where

DAY = 86_400
QUERIES = ("map_steps", "accuracy", "map_back_flows", "step_batches", "step_blocks")
KINDS = {"typical": "typical", "slowest": "the slowest", "returned": "one that came back"}


@dataclass(frozen=True)
class Way:
    """The stops of the stream in a scope, and the items that they are about; no stops where none finished."""

    stops: tuple[Stop, ...]
    items: int
    lead_days: float

    @property
    def names(self) -> list[str]:
        """The stops by name."""
        return [stop.name for stop in self.stops]


def way_of(view: View) -> Way:
    """The walk in this scope, from the map of the same scope."""
    chart = measured_map(view)
    if not chart:
        return Way((), 0, 0.0)
    behind = {step.name for step in chart.steps if step.falls_behind}
    tables = Tables(*(view.ask(f"charts.{name}") for name in QUERIES))
    return Way(stops(tables, chart.constraint, behind), chart.items, (chart.lead_seconds or 0.0) / DAY)


def step_page(view: View, stop: Stop) -> Component:
    """What a group looks at while it stands at a step."""
    return dbc.Row(
        [
            dbc.Col(_facts_card(view, stop), lg=6),
            dbc.Col([_questions_card(stop), html.Div(_examples_card(view, stop), className="mt-3")], lg=6),
        ],
        class_name="g-3",
    )


def _facts_card(view: View, stop: Stop) -> Component:
    steps = view.ask("charts.map_steps")
    own = steps[steps["stage"].isin({place.name for place in (*stop.before, stop.place, *stop.after)})]
    said = html.Ul([html.Li(sentence) for sentence in facts(stop)], className="walk-list")
    how = view.how(*(f"charts.{name}" for name in QUERIES))
    answer = f"n = {stop.visited_items:,}, {view.in_words}"
    return content_card(
        "walk-facts", "What do the data say here?", answer, said, view.behind("charts.map_steps", own), how
    )


def _questions_card(stop: Stop) -> Component:
    return dbc.Card(
        [
            dbc.CardHeader(html.H2("What do we ask here?", className="card-question")),
            dbc.CardBody(html.Ul([_asked(each) for each in questions(stop)], className="walk-list walk-questions")),
        ]
    )


def _asked(question: Question) -> Component:
    ground = html.Small(question.ground, className="rule d-block") if question.ground else None
    return html.Li([html.Span(question.ask), ground])


def _examples_card(view: View, stop: Stop) -> Component:
    chosen = Where(stage=stop.name).parameter()
    table, how = view.ask("charts.step_examples", chosen=chosen), view.how("charts.step_examples")
    question = "Which items are worth a look?"
    if table.empty:
        nothing = empty("No item left this step in this period.")
        return content_card("walk-examples", question, "Not known", nothing, html.Div(), how)
    first = table.iloc[0]
    answer = f"Half of {first['stays']:,} stays here ended within {formatted(first['half_days'], 'days')}"
    rows = [_example(view, rows) for _, rows in table.groupby("item_id", sort=False)]
    behind = view.behind("charts.step_examples", table, stage=stop.name)
    return content_card("walk-examples", question, answer, html.Ul(rows, className="walk-list"), behind, how)


def _example(view: View, rows: pd.DataFrame) -> Component:
    """One item, under all the kinds of example that it is."""
    first: dict[str, Any] = rows.iloc[0].to_dict()
    key = str(first["item_id"])
    title = f": {first['title']}" if pd.notna(first["title"]) else ""
    only = first["stays"] == 1
    kind = "the only one" if only else listed(KINDS[name] for name in rows["kind"])
    left = pd.Timestamp(first["left_on"])
    told = f" ({kind}; {formatted(first['days'], 'days')} here, until {left.day} {left:%b %Y})"
    return html.Li([dcc.Link(f"{key}{title}", href=view.address("/timeline", item=key)), told])
