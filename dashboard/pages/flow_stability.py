"""Any metric of the catalogue: as a trend, or against its natural limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
from dash import Dash, html
from dash.development.base_component import Component

from dashboard.analysis import control_chart as xmr
from dashboard.analysis import findings
from dashboard.catalogue import Metric
from dashboard.components import controls
from dashboard.components.cards import content_card, empty, figure_card
from dashboard.components.controls import entry, labelled, select
from dashboard.errors import ScopeError
from dashboard.figures.control_chart import control_chart, moving_ranges
from dashboard.figures.trend import trend
from dashboard.pages.view import View
from dashboard.theme import formatted

PART, PICKED = "stability", "flow-picked"
SHAPES = {"limits": "Control chart (XmR)", "ranges": "Control chart and moving ranges", "trend": "Trend"}
FIRST = "throughput"
MOST_SIGNALS = 6


def card(view: View) -> Component:
    """The controls as the URL has them, and the metric that stands there."""
    names = {key: each.title for key, each in view.warehouse.catalogue.metrics.items()}
    usual = baseline_of(_whole(view, view.measure(_metric(view))))
    since, until = (day.isoformat() for day in usual) if usual else ("", "")
    asked = view.query
    fields = [
        labelled("Any metric of the catalogue", select(PART, "metric", names, asked.get("metric"), FIRST)),
        labelled("Shown as", select(PART, "shape", SHAPES, asked.get("shape"), "limits")),
        labelled("Baseline from", entry(PART, "base_from", "date", asked.get("base_from"), since)),
        labelled("Baseline to", entry(PART, "base_to", "date", asked.get("base_to"), until)),
    ]
    return html.Div([html.Div(fields, className="card-controls"), html.Div(picked(view), id=PICKED)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Another metric, another shape, another baseline."""
    controls.redraw(app, PART, PICKED, view_for, picked)


def picked(view: View) -> Component:
    """A metric in a shape; where it has no limits, its trend and why."""
    name, shape = _metric(view), view.query.get("shape", "limits")
    metric, table = view.metric(name), view.measure(name)
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
    whole = _whole(view, table)
    baseline, days = _baseline(view, whole), _days(whole)
    try:
        limits = _limits(metric, whole, baseline)
    except ScopeError as error:
        figure = trend({"": table}, metric, partial=view.partial, keys=view.keys(name))
        return figure_card("flow-any", metric.title, f"{value} No limits: {error}", figure, behind, how)
    signals = xmr.signals(whole["value"].tolist(), limits)
    chosen = [day for day in days if baseline and baseline[0] <= day <= baseline[1]]
    figure = control_chart(whole, metric, limits, signals, (chosen[0], chosen[-1]), keys=view.keys(name))
    answer: list[Component | str] = [
        f"{value} {_stability(signals)}",
        *_told(signals, days),
        html.Br(),
        _rule(limits, chosen),
    ]
    extra = _ranges(view, whole, metric, limits) if shape == "ranges" else None
    return html.Div([figure_card("flow-any", metric.title, answer, figure, behind, how), extra])


def signal_finding(view: View, name: str) -> findings.Finding | None:
    """A signal of the last periods as the chart of the metric tells it, as a sentence; nothing where there is none."""
    metric, whole = view.metric(name), _whole(view, view.measure(name))
    try:
        limits = _limits(metric, whole, _baseline(view, whole))
    except ScopeError:
        return None
    found = findings.signal_finding(metric, xmr.signals(whole["value"].tolist(), limits), _days(whole))
    return replace(found, href_fragment=f"signal {name}") if found else None


def baseline_of(whole: pd.DataFrame) -> tuple[dt.date, dt.date] | None:
    """The first twenty periods that have a value, which the limits are computed from unless somebody says otherwise."""
    days = _days(whole[whole["value"].notna()])
    return (days[0], days[min(xmr.BASELINE_PERIODS, len(days)) - 1]) if days else None


def _whole(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """Periods that nothing cuts short, from the first one on in which there is anything."""
    whole = table[~table["period_start"].dt.date.isin(view.partial)]
    there = whole["value"].fillna(0) != 0
    return whole[there.cummax()].reset_index(drop=True)


def _baseline(view: View, whole: pd.DataFrame) -> tuple[dt.date, dt.date] | None:
    """The viewer's baseline; the usual one where what is asked is none."""
    usual = baseline_of(whole)
    if usual is None:
        return None
    since, until = view.query.get("base_from"), view.query.get("base_to")
    try:
        asked = (
            dt.date.fromisoformat(since) if since else usual[0],
            dt.date.fromisoformat(until) if until else usual[1],
        )
    except ValueError:
        return usual
    return asked if asked[0] < asked[1] else usual


def _limits(metric: Metric, whole: pd.DataFrame, baseline: tuple[dt.date, dt.date] | None) -> xmr.Limits:
    """The limits from the periods of a baseline. Raises ScopeError for fewer than 6."""
    days = whole["period_start"].dt.date
    inside = whole.loc[days.between(*baseline), "value"].tolist() if baseline else []
    return xmr.xmr_limits(inside, clamped=xmr.never_below_zero(metric.unit))


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


def _ranges(view: View, table: pd.DataFrame, metric: Metric, limits: xmr.Limits) -> Component:
    moved = table[["period_start"]].assign(moving_range=table["value"].diff().abs())
    above = int((moved["moving_range"] > limits.moving_range_limit).sum())
    answer = (
        f"{formatted(limits.moving_range_mean, metric.unit)} on average; above "
        f"{formatted(limits.moving_range_limit, metric.unit)} it is more than noise, which it was {above:,} times"
    )
    behind, how = view.behind(metric.name, moved, [None] * len(moved), card="flow-ranges"), view.how(metric.name)
    question = "How much does it move from one period to the next?"
    card = figure_card("flow-ranges", question, answer, moving_ranges(table, metric, limits), behind, how)
    return html.Div(card, className="mt-3")


def _metric(view: View) -> str:
    name = view.query.get("metric", FIRST)
    return name if name in view.warehouse.catalogue.metrics else FIRST


def _days(table: pd.DataFrame) -> list[dt.date]:
    return [pd.Timestamp(day).date() for day in table["period_start"]]


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
