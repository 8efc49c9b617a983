"""The verdicts of a plan's initiatives: what each is judged by, found in a warehouse."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from dashboard.analysis.verdict import Verdict, split, verdict
from dashboard.catalogue import Metric
from dashboard.health import succeeded_on
from dashboard.scope import Scope
from dashboard.streams.plan import Initiative, Plan
from dashboard.warehouse import Warehouse


def found_verdict(warehouse: Warehouse, scope: Scope, plan: Plan, initiative: Initiative) -> Verdict | None:
    """The verdict of an initiative over the stream's whole history; None where it has no metric or no start."""
    if initiative.metric is None or initiative.start is None:
        return None
    metric = warehouse.catalogue.metric(initiative.metric)
    table = whole_periods(warehouse, metric, whole(warehouse, scope, "month", 0.5))
    # What moves once the next initiative on the metric has started may be that one's effect.
    before, after = split(points_of(table), initiative.start, succeeded_on(plan, initiative))
    return verdict(before, after, metric.better, metric.unit)


def whole(warehouse: Warehouse, scope: Scope, period: str, percentile: float | None) -> Scope:
    """Everything the stream has, in these periods; teams, types and clock as the viewer chose."""
    everything = warehouse.default_scope(scope.stream)
    return replace(scope, since=everything.since, until=everything.until, period=period, percentile=percentile)


def whole_periods(warehouse: Warehouse, metric: Metric, scope: Scope) -> pd.DataFrame:
    """The metric by period, periods that the data cut short left out: a part is no period."""
    table = warehouse.measure(metric, scope)
    partial = warehouse.ask("charts.periods", scope)["is_partial"].to_numpy()
    return table[~partial].reset_index(drop=True)


def points_of(table: pd.DataFrame) -> list[tuple[dt.date, float | None]]:
    """(first day, value) of each period; None where it has no value."""
    return [
        (pd.Timestamp(row.period_start).date(), None if pd.isna(row.value) else float(row.value))
        for row in table.itertuples()
    ]
