"""Cards: one number or one picture, with how it was computed and the table behind it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.catalogue import Metric, Query
from dashboard.components.aria import aria, data
from dashboard.components.legend import legend_of
from dashboard.components.plain_table import plain_table
from dashboard.spreadsheets import safe_csv
from dashboard.theme import TEMPLATES

Answer = str | Sequence[Component | str]

FEW = 5
ROWS_SHOWN = 200
GRAPH: Any = {
    "displaylogo": False,
    "showSendToCloud": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "toImage"],
}


def metric_card(
    metric: Metric,
    value: str,
    items: int,
    change: Component | str,
    spark: str,
    detail: str = "",
    without: Component | None = None,
) -> Component:
    """A number with its change in words, its n and a sparkline (an SVG string); `without` tells what n lacks."""
    count: list[Component | str] = [detail or f"n = {items:,}"]
    # A small count is a fact, not a shaky statistic.
    small = " n-small" if items < FEW and metric.unit != "items" else ""
    return dbc.Card(
        dbc.CardBody(
            [
                html.Div([html.Span(metric.title), help_mark(metric.definition)], className="kpi-label"),
                html.Div(value, className=f"kpi-value num{small}"),
                html.Div(change, className="kpi-change"),
                html.Img(src=_data_address(spark), alt="", className="kpi-spark") if spark else None,
                html.Div([*count, " · ", without] if without else count, className=f"kpi-n num{small}"),
            ]
        ),
        class_name="kpi h-100",
    )


def figure_card(
    id_: str,
    question: str,
    answer: Answer,
    figure: Mapping[str, Any],
    table: Component,
    how: Component,
    *,
    long_legend: bool = False,
) -> Component:
    """A picture under the question it answers, the answer in words, and the table behind it.

    A long legend stands above the picture, where it takes the lines it needs; a saved picture has it inside again.
    """
    # One template for both themes: style.css gives text and grid the page's colours.
    layout = {**figure["layout"], "template": TEMPLATES["light"]}
    if long_legend:
        layout |= {"showlegend": False, "meta": {"legend": True}}
    height = f"{figure['layout']['height']}px"
    drawn = {**figure, "layout": layout}
    # Its place is held until the code that draws it has come: what stands below neither jumps nor seems to be in view.
    graph = html.Div(
        dcc.Graph(id={"type": "graph", "id": id_}, figure=drawn, config=GRAPH, style={"height": height}),
        className="graph-place",
        style={"minHeight": height},
    )
    content = html.Div([legend_of(figure), graph]) if long_legend else graph
    return content_card(id_, question, answer, content, html.Div([table, _pictures(id_)], className="card-notes"), how)


def content_card(
    id_: str, question: str, answer: Answer, content: Component, table: Component, how: Component
) -> Component:
    """Like a figure card, around any content; `table` is made by `behind`."""
    return dbc.Card(
        [
            dbc.CardHeader(
                [
                    html.H2(question, className="card-question", id=f"{id_}-title"),
                    html.P(answer, className="card-answer"),
                ]
            ),
            dbc.CardBody(
                [
                    html.Figure(content, className="mb-0", **aria(labelledby=f"{id_}-title")),
                    html.Div([table, how], className="card-more"),
                ]
            ),
        ],
        class_name="h-100",
    )


def behind(table: pd.DataFrame, address: str, id_: str | None = None, keys: Sequence[str | None] = ()) -> Component:
    """The table behind a picture, and the address of a CSV with all its rows; `keys` say which items a row counts."""
    note = f"The first {ROWS_SHOWN} of {len(table):,} rows; the CSV holds all. " if len(table) > ROWS_SHOWN else None
    return html.Details(
        [
            html.Summary("Table"),
            html.Div(plain_table(table.head(ROWS_SHOWN), id_, keys[:ROWS_SHOWN]), className="table-wrap", tabIndex="0"),
            note,
            html.A("Download CSV", href=address, className="btn btn-sm btn-outline-secondary mt-2"),
        ],
        className="data-table",
    )


def csv_of(table: pd.DataFrame, name: str) -> Component:
    """A link that saves a small table just as it is shown; large ones have an address of their own."""
    address = f"data:text/csv;charset=utf-8,{quote(safe_csv(table))}"
    look = "btn btn-sm btn-outline-secondary mt-2 me-2"
    return html.A("Download CSV", href=address, download=f"{name}.csv", className=look)


def how_computed(queries: Sequence[Query | Metric], parameters: Mapping[str, Any]) -> Component:
    """Definition, formula, source, SQL and parameters of what stands on a card."""
    parts: list[Component] = []
    for each in queries:
        query = each.query if isinstance(each, Metric) else each
        parts += [html.H3(each.title), *_facts(each), html.Pre(query.sql, tabIndex="0")]
    named = ", ".join(f"{key} = {value}" for key, value in parameters.items() if value is not None)
    return html.Details(
        [html.Summary("How was this computed?"), *parts, html.P(f"Parameters: {named}")], className="how"
    )


def _facts(each: Query | Metric) -> list[Component]:
    if isinstance(each, Metric):
        return [
            html.P(each.definition),
            html.P(["Formula: ", each.formula]),
            html.P(["Source: ", each.source]),
        ]
    return [html.P(str(each.header.get("question", ""))), html.P(["Grain: ", str(each.header["grain"])])]


def help_mark(text: str) -> Component:
    """A question mark that says what a number means."""
    return html.Button("?", className="help", type="button", title=text, **aria(label=text))


def findings(sentences: Sequence[str | tuple[str, str]]) -> Component | None:
    """What the page has to say first, each a sentence or one with the address of its figure; nothing when there is
    nothing to say."""
    rows = [
        html.Li(each if isinstance(each, str) else html.A(each[0], href=each[1], className="finding"))
        for each in sentences
    ]
    return html.Ul(rows, className="findings") if rows else None


def empty(words: str) -> Component:
    """Said in place of a picture that would have nothing to show."""
    return html.P(words, className="empty")


def _pictures(id_: str) -> Component:
    """Buttons that save the picture as it is shown, under its question; assets/app.js hears them."""
    buttons = [
        html.Button(
            kind.upper(), type="button", className="picture", **data(format=kind, name=id_), **aria(label=words)
        )
        for kind, words in (("png", "PNG of this figure"), ("svg", "SVG of this figure"))
    ]
    return html.Div(buttons, className="pictures")


def _data_address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
