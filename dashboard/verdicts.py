"""The verdicts of a plan's initiatives: what each is judged by, in which periods, and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.analysis.control_chart import BASELINE_PERIODS, FEWEST_POINTS, known
from dashboard.analysis.verdict import Verdict, split, too_few, verdict
from dashboard.catalogue import Metric
from dashboard.health import is_judged_at_its_stage, preceded_by, succeeded_by
from dashboard.scope import Scope
from dashboard.streams.plan import Initiative, Plan
from dashboard.warehouse import Warehouse

# From the finest: a change shows soonest in short periods, if enough is counted in them.
PERIODS = ("week", "month", "quarter")
ADJECTIVES = {"week": "weekly", "month": "monthly", "quarter": "quarterly"}
# Below this a statistic is greyed (metrics.md §5); a count below it is too far from normal for limits of 3 sigma.
FEWEST_ITEMS = 5
# A baseline has 10 to 20 periods (metrics.md §5): where so many lie behind the start of the initiative before, it
# begins there, so that the effect of that one is not taken for this one's.
ENOUGH_PERIODS = 10
COUNTS = frozenset({"items", "per week"})


@dataclass(frozen=True)
class Judged:
    """A verdict with what it is on: the time in `stage`, or the metric of the whole stream where `stage` is None.

    `successor` is the initiative whose start ended the time after; None where that goes on. `predecessor` is the one
    before it that may have moved the same; the limits are those since its start where `is_since_predecessor`.
    """

    verdict: Verdict
    metric: Metric
    stage: str | None
    period: str
    successor: Initiative | None
    predecessor: Initiative | None = None
    is_since_predecessor: bool = False

    @property
    def title(self) -> str:
        """What was measured."""
        return f"Time in {self.stage}" if self.stage else self.metric.title


@dataclass(frozen=True)
class Series:
    """A measure in periods of one length: `points` are (first day, value), `counts` what each value counts."""

    period: str
    points: tuple[tuple[dt.date, float | None], ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Window:
    """The time around a start: since the start of the initiative before, until that of the next one, where known."""

    start: dt.date
    since: dt.date | None
    until: dt.date | None


def judged(warehouse: Warehouse, scope: Scope, plan: Plan, initiative: Initiative) -> Judged | None:
    """The verdict of an initiative over the stream's whole history; None where it has no metric or no start.

    One that is aimed at a stage and has a metric of time is judged by the mean of the stays in that stage, dated by
    their end: of few values a mean varies less than a median, and its limits are less often cut off at 0. The
    periods are the finest of week, month and quarter with 5 items or more in most of those before the start, 6
    values before it, and limits that can show a change for the better.
    """
    if initiative.metric is None or initiative.start is None:
        return None
    metric = warehouse.catalogue.metric(initiative.metric)
    stage = initiative.stage if is_judged_at_its_stage(initiative) else None
    if stage not in set(warehouse.stages(scope.stream)["stage"]):
        stage = None
    earlier, later = preceded_by(plan, initiative), succeeded_by(plan, initiative)
    window = Window(initiative.start, earlier.start if earlier else None, later.start if later else None)
    everything = whole(warehouse, scope, "month", 0.5)
    found: list[tuple[Series, Verdict]] = []
    for length in PERIODS:
        series = _series(warehouse, replace(everything, period=length), metric, stage)
        found.append((series, _verdict(series, window, metric)))
        if _can_show(found[-1][1], metric):
            break
    series, chosen = _best(found, metric)
    return Judged(chosen, metric, stage, series.period, later, earlier, _is_cut(series, window))


def _best(found: Sequence[tuple[Series, Verdict]], metric: Metric) -> tuple[Series, Verdict]:
    """The first whose limits can show a change for the better; else the coarsest with limits; else the months."""
    able = [each for each in found if _can_show(each[1], metric)]
    limited = [each for each in found if each[1].limits]
    return (able or limited[-1:] or [found[PERIODS.index("month")]])[0]


def _can_show(one: Verdict, metric: Metric) -> bool:
    """Whether its limits can show a change for the better: none can show a fall where the lower one is cut off at 0."""
    return one.limits is not None and not (metric.better == "lower" and one.limits.is_lower_clamped)


def _verdict(series: Series, window: Window, metric: Metric) -> Verdict:
    before, after = split(series.points, window.start, window.until)
    length = _since(series, window, len(before)) if _is_cut(series, window) else BASELINE_PERIODS
    baseline, counts = before[-length:], series.counts[: len(before)][-length:]
    thin = sum(count < FEWEST_ITEMS for count in counts)
    if len(known(baseline)) < FEWEST_POINTS or 2 * thin < len(counts):
        return verdict(baseline, after, metric.better, metric.unit)
    rule = (
        f"A verdict needs {FEWEST_ITEMS} items or more in most of the {series.period}s before the start; there are "
        f"fewer in {thin} of {len(counts)}."
    )
    return too_few(known(baseline), known(after), rule)


def _is_cut(series: Series, window: Window) -> bool:
    """Whether the baseline begins with the initiative before: enough periods lie between its start and this one."""
    before, _ = split(series.points, window.start)
    return ENOUGH_PERIODS <= _since(series, window, len(before)) < min(BASELINE_PERIODS, len(before))


def _since(series: Series, window: Window, before: int) -> int:
    """How many of the periods before the start began after that of the initiative before."""
    return sum(on >= window.since for on, _ in series.points[:before]) if window.since else 0


def _series(warehouse: Warehouse, scope: Scope, metric: Metric, stage: str | None) -> Series:
    """The measure by whole period, from the first in which enough was counted: before it, the record only begins."""
    periods = warehouse.ask("charts.periods", scope)
    periods = periods[~periods["is_partial"]]
    table = _stays(warehouse, scope, stage) if stage else warehouse.measure(metric, scope)
    table = periods[["period_start"]].merge(table, on="period_start", how="left").fillna({"items": 0})
    counts = [int(count) for count in table["items"]]
    fewest = 1 if metric.unit in COUNTS else FEWEST_ITEMS
    first = next((place for place, count in enumerate(counts) if count >= fewest), len(counts))
    return Series(scope.period, tuple(points_of(table)[first:]), tuple(counts[first:]))


def _stays(warehouse: Warehouse, scope: Scope, stage: str) -> pd.DataFrame:
    """period_start, value, items of the stays in a stage. A stay is dated by its end: one that was under way at a
    start counts after it, which delays a change and feigns none. Leaving those out would let only the short ones in."""
    table = warehouse.ask("charts.stage_weeks", scope)
    return table[table["stage"] == stage].rename(columns={"mean_days": "value"})[["period_start", "value", "items"]]


def whole(warehouse: Warehouse, scope: Scope, period: str, percentile: float | None) -> Scope:
    """Everything the stream has, in these periods, by the elapsed clock: what a plan aims at is one figure for all who
    look at it, whatever they chose."""
    everything = warehouse.default_scope(scope.stream)
    return replace(everything, period=period, percentile=percentile, corrected=scope.corrected)


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
