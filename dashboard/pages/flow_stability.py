"""Any metric of the catalogue: as a trend, or against its natural limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import Dash, Output, dcc, html
from dash.development.base_component import Component

from dashboard.analysis import control_chart as xmr
from dashboard.analysis import findings
from dashboard.catalogue import Metric
from dashboard.components import controls, scope_bar
from dashboard.components.cards import content_card, empty, figure_card
from dashboard.components.controls import entry, labelled, select
from dashboard.errors import ScopeError
from dashboard.figures.control_chart import control_chart, moving_ranges
from dashboard.figures.trend import trend
from dashboard.pages.view import View
from dashboard.theme import TEMPLATES, formatted

PART, PICKED = "stability", "flow-picked"
SHAPES = {"limits": "Control chart (XmR)", "ranges": "Control chart and moving ranges", "trend": "Trend"}
FIRST = "throughput"
MOST_SIGNALS = 6


def card(view: View) -> Component:
    """The controls as the URL has them, and the metric that stands there."""
    names = {key: each.title for key, each in view.warehouse.catalogue.metrics.items()}
    since, until = baseline_of(_days(view.measure(_metric(view))))
    asked = view.query
    fields = [
        labelled("Any metric of the catalogue", select(PART, "metric", names, asked.get("metric"), FIRST)),
        labelled("Shown as", select(PART, "shape", SHAPES, asked.get("shape"), "limits")),
        labelled("Baseline from", entry(PART, "base_from", "date", asked.get("base_from"), since.isoformat())),
        labelled("Baseline to", entry(PART, "base_to", "date", asked.get("base_to"), until.isoformat())),
    ]
    return html.Div([html.Div(fields, className="card-controls"), html.Div(picked(view), id=PICKED)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Another metric, another shape, another baseline."""

    @app.callback(
        Output(PICKED, "children"),
        inputs={"entered": controls.inputs(PART)},
        state={"chosen": scope_bar.STATES},
        prevent_initial_call=True,
    )
    def pick(entered: Mapping[str, Any], chosen: Mapping[str, str | None]) -> Component:
        return picked(view_for({**controls.said(**entered), **chosen}))


def picked(view: View) -> Component:
    """A metric in a shape; where it has no limits, its trend and why."""
    name, shape = _metric(view), view.query.get("shape", "limits")
    metric, table = view.metric(name), view.measure(name)
    first, last = baseline_of(_days(table))
    baseline = _given(view.query.get("base_from"), view.query.get("base_to"), first, last)
    headline = view.headline(name)
    behind, how = view.behind(name, table, card="flow-any"), view.how(name)
    if headline["value"] is None:
        return content_card(
            "flow-any",
            metric.title,
            metric.definition,
            empty(f"{metric.title}: the data of this scope can't answer it."),
            behind,
            how,
        )
    value = f"{formatted(headline['value'], metric.unit)} over the whole period (n = {headline['items']:,})."
    if shape == "trend":
        figure = trend({"": table}, metric, partial=view.partial, keys=view.keys(name))
        return figure_card("flow-any", metric.title, f"{value} {metric.definition}", figure, behind, how)
    whole = table[~table["period_start"].dt.date.isin(view.partial)].reset_index(drop=True)
    days = _days(whole)
    inside = [baseline[0] <= day <= baseline[1] for day in days]
    try:
        limits = xmr.xmr_limits(whole.loc[inside, "value"].tolist(), clamped=xmr.never_below_zero(metric.unit))
    except ScopeError as error:
        figure = trend({"": table}, metric, partial=view.partial, keys=view.keys(name))
        return figure_card("flow-any", metric.title, f"{value} No limits: {error}", figure, behind, how)
    signals = xmr.signals(whole["value"].tolist(), limits)
    chosen = [day for day, is_in in zip(days, inside, strict=True) if is_in]
    figure = control_chart(whole, metric, limits, signals, (chosen[0], chosen[-1]), keys=view.keys(name))
    answer: list[Component | str] = [
        f"{value} {_stability(signals)}",
        *_told(signals, days),
        html.Br(),
        _rule(limits, chosen),
    ]
    extra = _ranges(whole, metric, limits) if shape == "ranges" else None
    return html.Div([figure_card("flow-any", metric.title, answer, figure, behind, how), extra])


def signal_finding(view: View, name: str) -> findings.Finding | None:
    """A signal of the last periods against the usual baseline, as a sentence; nothing where there is none."""
    metric, table = view.metric(name), view.measure(name)
    whole = table[~table["period_start"].dt.date.isin(view.partial)].reset_index(drop=True)
    days, values = _days(whole), whole["value"].tolist()
    try:
        limits = xmr.xmr_limits(values[: xmr.BASELINE_PERIODS], clamped=xmr.never_below_zero(metric.unit))
    except ScopeError:
        return None
    return findings.signal_finding(metric, xmr.signals(values, limits), days)


def baseline_of(days: Sequence[dt.date]) -> tuple[dt.date, dt.date]:
    """The first twenty periods, which the limits are computed from unless somebody says otherwise."""
    return days[0], days[min(xmr.BASELINE_PERIODS, len(days)) - 1]


def _stability(signals: Sequence[xmr.Signal]) -> str:
    if not signals:
        return "No signal: what moves is noise."
    return f"{len(signals)} {'signal' if len(signals) == 1 else 'signals'}: more than noise."


def _told(signals: Sequence[xmr.Signal], days: Sequence[dt.date]) -> list[Component]:
    """The newest signals, each with the time and the rule."""
    newest = sorted(signals, key=lambda signal: -signal.indices[-1])[:MOST_SIGNALS]
    rows = [html.Li(f"{_when(signal, days)}: {signal.rule}") for signal in newest]
    more = f"{len(signals) - MOST_SIGNALS} earlier ones are marked in the chart" if len(signals) > MOST_SIGNALS else ""
    return [html.Ul([*rows, *([html.Li(more)] if more else [])], className="mb-1")] if rows else []


def _when(signal: xmr.Signal, days: Sequence[dt.date]) -> str:
    first, last = days[signal.indices[0]], days[signal.indices[-1]]
    return _day(first) if first == last else f"{_day(first)} to {_day(last)}"


def _rule(limits: xmr.Limits, chosen: Sequence[dt.date]) -> str:
    clamped = " The lower limit is 0, so no fall can be a signal." if limits.is_lower_clamped else ""
    return (
        f"Limits: mean ± 2.66 × mean moving range of {limits.points} periods, "
        f"{_day(chosen[0])} to {_day(chosen[-1])} (Wheeler, Understanding Variation).{clamped}"
    )


def _ranges(table: pd.DataFrame, metric: Metric, limits: xmr.Limits) -> Component:
    figure = moving_ranges(table, metric, limits)
    drawn = {**figure, "layout": {**figure["layout"], "template": TEMPLATES["light"]}}
    return dbc.Card(
        [
            dbc.CardHeader(html.H2("How much does it move from one period to the next?", className="card-question")),
            dbc.CardBody(dcc.Graph(id={"type": "graph", "id": "flow-ranges"}, figure=drawn, style={"height": "220px"})),
        ],
        class_name="mt-3",
    )


def _metric(view: View) -> str:
    name = view.query.get("metric", FIRST)
    return name if name in view.warehouse.catalogue.metrics else FIRST


def _given(since: str | None, until: str | None, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The baseline that is asked for; the usual one where what is asked is none."""
    try:
        asked = dt.date.fromisoformat(since or first.isoformat()), dt.date.fromisoformat(until or last.isoformat())
    except ValueError:
        return first, last
    return asked if asked[0] < asked[1] else (first, last)


def _days(table: pd.DataFrame) -> list[dt.date]:
    return [pd.Timestamp(day).date() for day in table["period_start"]]


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
