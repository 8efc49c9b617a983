"""Flow: how fast items move, how many are on the way, and whether that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import dash_bootstrap_components as dbc
import pandas as pd
from dash import Dash, html
from dash.development.base_component import Component

from dashboard.analysis import findings as found
from dashboard.analysis.ageing import older_than_usual
from dashboard.components.cards import ROWS_SHOWN, empty, figure_card, findings, metric_card
from dashboard.figures.cumulative_flow import cumulative_flow, in_stage
from dashboard.figures.sparkline import sparkline
from dashboard.figures.trend import bars, trend
from dashboard.pages import flow_charts as charts
from dashboard.pages import flow_forecast, flow_stability
from dashboard.pages.changes import change, change_finding
from dashboard.pages.later import later
from dashboard.pages.summary import summary
from dashboard.pages.view import View, left_out, or_why
from dashboard.theme import formatted

PATH, TITLE = "/", "Flow"
CARDS = ("lead_time", "cycle_time", "throughput", "work_in_progress", "flow_efficiency")
SIGNALS = ("throughput", "cycle_time")
ROW_HEIGHT = 30  # rem
SHARES = {"50 %": 0.5, "85 %": 0.85, "95 %": 0.95}


def body(view: View) -> Component:
    """Cards, then one chart a question, section by section."""
    if not view.has_items:
        return empty("No items in this scope. Choose a longer period, or other teams and types.")
    return html.Div(
        [
            or_why(lambda: findings(_sentences(view))),
            dbc.Row([dbc.Col(_card(view, name), xs=6, lg=True) for name in CARDS], class_name="g-3 mb-3"),
            html.Details(
                [
                    html.Summary("In a few lines, for a chat"),
                    or_why(lambda: html.Pre(summary(view), tabIndex="0", className="summary-text")),
                    html.P("Markdown; vsm summary prints the same.", className="rule"),
                ],
                className="mb-2",
            ),
            *(
                part
                for title, cards in SECTIONS.items()
                for part in (html.H2(title, className="flow-section"), later(view, PARTS, title, _height(len(cards))))
            ),
        ]
    )


def _row(cards: Sequence[Callable[[View], Component]], view: View) -> Component:
    """Cards, two a row; what is left alone takes the whole row."""
    is_odd = len(cards) % 2
    columns = [dbc.Col(card(view), lg=12 if is_odd and place == 0 else 6) for place, card in enumerate(cards)]
    return dbc.Row(columns, class_name="g-3")


def _height(cards: int) -> int:
    return ROW_HEIGHT * ((cards + 1) // 2)


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """The parts of the page that answer by themselves."""
    flow_stability.register(app, view_for)
    flow_forecast.register(app, view_for)


def _sentences(view: View) -> list[str | tuple[str, str]]:
    """The weightiest findings, each with the way to its figure."""
    places = {name: f"#flow-{name}-title" for name in ("cycle_time", "throughput", "ageing")}
    places |= {"work_in_progress": "#flow-wip-title", "map": view.address("/value-stream")}
    places |= {f"signal {name}": _chart_of(view, name) for name in SIGNALS}
    changes = [change_finding(view, name) for name in ("cycle_time", "throughput")]
    signals = [flow_stability.signal_finding(view, name) for name in SIGNALS]
    ageing = None
    if view.stream["has_start_times"]:
        if view.compared:
            levels = [view.headline("work_in_progress", scope)["value"] for scope in (view.covered, view.compared)]
            changes.append(found.wip_finding(levels[0], levels[1], view.scope.compared_words))
        items = view.ask("charts.ageing")
        ageing = found.ageing_finding(older_than_usual(items, view.ask("charts.pace")), len(items))
    longest = found.longest_stage_finding(view.ask("charts.map_steps"))
    # One of each kind: the largest change, a signal, what grows old, where items stay.
    told = [*found.top(changes, 1), *found.top(signals, 1), ageing, longest]
    return [(each.text, places[each.href_fragment or "map"]) for each in found.top(told, 3)]


def _chart_of(view: View, name: str) -> str:
    """The address of a metric's control chart, with the other choices of the page."""
    return f"{view.address(PATH, **{**view.query, 'metric': name})}#flow-any-title"


def _card(view: View, name: str) -> Component:
    metric, headline = view.metric(name), view.headline(name)
    table = view.measure(name)
    value = formatted(headline["value"], metric.unit)
    detail = f"n = {headline['items']:,}"
    if name == "flow_efficiency" and not view.stream["has_wait_stage"]:
        value, detail = "Not configured", "no stage of this stream is marked as waiting"
    return metric_card(
        metric,
        value,
        headline["items"],
        change(view, name),
        sparkline(table["value"].tolist()),
        detail,
        left_out(view),
    )


def _percentiles(view: View, name: str, question: str) -> Component:
    metric = view.metric(name)
    tables = {label: view.measure(name, percentile=share) for label, share in SHARES.items()}
    half = view.headline(name, replace(view.scope, percentile=0.5))
    finished = view.headline("throughput")["items"]
    answer = (
        f"No start is told for the {finished:,} items that finished" if finished else "No items finished in this scope"
    )
    if half["items"]:
        answer = f"Half of the {half['items']:,} items took {formatted(half['value'], metric.unit)} or less"
    figure = trend(tables, metric, partial=view.partial, keys=view.keys(name))
    table = pd.concat([rows.assign(percentile=SHARES[label]) for label, rows in tables.items()])
    behind = view.behind(name, table, percentiles="~".join(f"{share:g}" for share in SHARES.values()))
    return figure_card(f"flow-{name}", question, answer, figure, behind, view.how(name))


def _counts(view: View) -> Component:
    metric, table = view.metric("throughput"), view.measure("throughput")
    whole = table[~table["period_start"].map(lambda day: pd.Timestamp(day).date() in view.partial)]["value"]
    mean = f", {formatted(whole.mean(), 'items')} a whole {view.scope.period} on average" if len(whole) else ""
    answer = f"{int(table['value'].sum()):,} in all{mean}"
    figure = bars(table, metric, partial=view.partial, keys=view.keys("throughput"))
    return figure_card(
        "flow-throughput",
        "How many get done?",
        answer,
        figure,
        view.behind("throughput", table),
        view.how("throughput"),
    )


def _levels(view: View) -> Component:
    metric, table = view.metric("work_in_progress"), view.measure("work_in_progress")
    age = view.headline("work_item_age", replace(view.scope, percentile=0.5))
    now = table["value"].iloc[-1]
    known = age["value"] is not None
    started = f"; half of them started {formatted(age['value'], 'days')} before that or less" if known else ""
    answer = f"{now:,.0f} at the end of the period{started}" if pd.notna(now) else "Not known for a time in the past"
    if not view.stream["has_start_times"]:
        answer += ". No source tells when items started, so no earlier figure is known"
    figure = trend({"": table}, metric, partial=view.partial, keys=view.keys("work_in_progress"))
    behind, how = view.behind("work_in_progress", table), view.how("work_in_progress", "work_item_age")
    return figure_card("flow-wip", "How many are on the way?", answer, figure, behind, how)


def _cumulative(view: View) -> Component:
    table = view.ask("charts.cumulative_flow")
    keys = [in_stage(row.stage, row.day) for row in table.head(ROWS_SHOWN).itertuples()]
    behind, how = view.behind("charts.cumulative_flow", table, keys), view.how("charts.cumulative_flow")
    answer = "One band a stage; a band that widens is a queue that grows"
    figure = cumulative_flow(table, view.modes)
    return figure_card("flow-cumulative", "Do items flow, or pile up?", answer, figure, behind, how)


SECTIONS: Mapping[str, Sequence[Callable[[View], Component]]] = {
    "Now": (charts.ageing_card, _levels, charts.total_age_card),
    "How long": (
        charts.scatter_card,
        charts.histogram_card,
        partial(_percentiles, name="lead_time", question="How long from creation to done?"),
        partial(_percentiles, name="cycle_time", question="How long from start to done?"),
    ),
    "How many": (_counts, charts.in_and_out_card, charts.littles_law_card),
    "Where the time goes": (charts.time_split_card, charts.blocked_card, charts.stage_periods_card, _cumulative),
    "What kind of work": (
        partial(charts.types_card, column="finished"),
        partial(charts.types_card, column="in_progress"),
    ),
    "What can we promise?": (flow_forecast.card,),
    "Is it stable?": (flow_stability.card,),
}
PARTS: Mapping[str, Callable[[View], Component]] = {title: partial(_row, cards) for title, cards in SECTIONS.items()}
