"""Sentences for the top of a page: computed from tables, and silent when there is nothing to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.analysis.control_chart import Signal, known
from dashboard.catalogue import Metric
from dashboard.theme import formatted

FEWEST_ITEMS = 5
SMALLEST_CHANGE = 0.05
RECENT = 3

# Durations told of items: {most} is "or less" for a percentile and "on average" for the mean.
TAKES: Mapping[str, str] = {
    "lead_time": "took {value}{most} from creation to done",
    "cycle_time": "took {value}{most} from start to done",
    "process_time": "were worked on for {value}{most}",
    "wait_time": "waited for {value}{most}",
    "blocked_time": "were blocked for {value}{most}",
    "work_item_age": "in progress have been so for {value}{most}",
}
BUCKETS: Mapping[str, str] = {
    "partially-done": "work that was begun and withdrawn",
    "rework": "rework",
    "waiting": "waiting",
    "batch": "waiting for a release",
    "handoff": "hand-offs and approvals",
    "extra-process": "extra steps such as sign-offs and repeated tests",
    "task-switching": "task switching",
}
NO_WASTE = "value-adding"


@dataclass(frozen=True)
class Finding:
    """A sentence, the part of the page it is about (without `#`), and how much it matters (0…1)."""

    text: str
    href_fragment: str | None
    weight: float


def top(findings: Iterable[Finding | None], limit: int = 3) -> list[Finding]:
    """The weightiest findings first, one a figure; those of equal weight in the order given."""
    by_figure: dict[str, Finding] = {}
    for each in sorted((each for each in findings if each), key=lambda each: -each.weight):
        by_figure.setdefault(each.href_fragment or each.text, each)
    return list(by_figure.values())[:limit]


def change_finding(
    metric: Metric,
    now: float | None,
    before: float | None,
    n_now: int,
    n_before: int,
    *,
    percentile: float | None = 0.5,
    against: str = "the period before",
) -> Finding | None:
    """How a metric changed against the period before, or another one in words; nothing below 5 items or 5 %.

    `percentile` is the one the values were asked with, null for the mean.
    """
    change = _change(now, before)
    if now is None or before is None or change is None or min(n_now, n_before) < FEWEST_ITEMS:
        return None
    value = formatted(now, metric.unit)
    if metric.name in TAKES and before > 0:
        said = f"{_said_of_items(TAKES[metric.name], value, percentile)}, {_compared(now, before)}"
    else:
        direction = "up" if now > before else "down"
        said = f"{metric.title} was {value}, {direction} from {formatted(before, metric.unit)}"
    text = f"{said} in {against} (n = {n_now:,}, {n_before:,})."
    return Finding(text, metric.name, min(1.0, abs(change)))


def longest_stage_finding(steps: pd.DataFrame) -> Finding | None:
    """The stage with the most of the mean lead time, from the table of `charts.map_steps`."""
    taking = steps[steps["mean_days"] > 0]
    if len(taking) < 2:
        return None
    longest = taking.sort_values("mean_days", ascending=False).iloc[0]
    if longest["visited_items"] < FEWEST_ITEMS:
        return None
    days, share = float(longest["mean_days"]), float(longest["mean_days"] / taking["mean_days"].sum())
    verb = "wait" if longest["mode"] == "wait" else "stay"
    text = (
        f"Items {verb} longest in {longest['stage']}: {formatted(days, 'days')} on average, "
        f"{formatted(share, 'ratio')} of the lead time ({int(longest['visited_items']):,} items were there)."
    )
    return Finding(text, "map", share)


def waste_finding(waste: pd.DataFrame) -> Finding | None:
    """The bucket with the most item-days and its chief stage, from the table of `charts.waste`."""
    wasted = waste[(waste["bucket"] != NO_WASTE) & (waste["days"] > 0)]
    if wasted.empty:
        return None
    bucket = str(wasted.groupby("bucket")["days"].sum().idxmax())
    rows = wasted[wasted["bucket"] == bucket]
    if rows["items"].max() < FEWEST_ITEMS:
        return None
    days = float(rows["days"].sum())
    share = days / float(waste["days"].sum())
    said = f"{formatted(share, 'ratio')} of the time of all items went into {BUCKETS.get(bucket, bucket)}"
    return Finding(f"{said}{_chief_stage(rows, days)}.", "waste", share)


def wip_finding(now: float | None, before: float | None, against: str = "the period before") -> Finding | None:
    """How many items are in progress against the end of another period; nothing below 5 items or 5 %."""
    # None before is most often where the data begin, not a change.
    change = _change(now, before)
    if now is None or not before or change is None or max(now, before) < FEWEST_ITEMS:
        return None
    than = f"{abs(now - before):,.0f} {'more' if now > before else 'fewer'} than at the end of {against}"
    text = f"{_items(int(now))} {'is' if now == 1 else 'are'} in progress, {than}."
    return Finding(text, "work_in_progress", min(1.0, abs(change)))


def ageing_finding(late: pd.DataFrame | None, present: int) -> Finding | None:
    """How many of the items in progress are older than usual (`analysis.ageing`), and the oldest of them."""
    if late is None or late.empty:
        return None
    oldest = late.loc[late["age_days"].idxmax()]
    verb = "is" if len(late) == 1 else "are"
    text = (
        f"{len(late):,} of {_items(present)} in progress {verb} older than 85 % of the finished ones were on leaving "
        f"the same stage; the oldest is {oldest['item_id']}, {formatted(oldest['age_days'], 'days')} old, "
        f"in {oldest['stage']}."
    )
    return Finding(text, "ageing", len(late) / present)


def waste_change_finding(now: pd.DataFrame, before: pd.DataFrame, against: str) -> Finding | None:
    """The bucket whose share of the time changed most against another period, from two tables of `charts.waste`."""
    if min(len(now), len(before)) == 0 or min(now["items"].max(), before["items"].max()) < FEWEST_ITEMS:
        return None
    shares = [table.groupby("bucket")["days"].sum() / table["days"].sum() for table in (now, before)]
    change = shares[0].sub(shares[1], fill_value=0).drop(NO_WASTE, errors="ignore")
    if change.empty or change.abs().max() < SMALLEST_CHANGE:
        return None
    bucket = str(change.abs().idxmax())
    took = [formatted(float(each.get(bucket, 0)), "ratio") for each in shares]
    text = f"{_capital(BUCKETS.get(bucket, bucket))} took {took[0]} of the time, against {took[1]} in {against}."
    return Finding(text, "waste-trend", float(change.abs().max()))


def signal_finding(metric: Metric, signals: Sequence[Signal], periods: Sequence[dt.date] = ()) -> Finding | None:
    """The latest signal of a metric's XmR chart; `periods` are the first days of the values given to it.

    Nothing where it ended more than RECENT periods ago: that is history.
    """
    if not signals:
        return None
    latest = max(signals, key=lambda signal: signal.indices[-1])
    if latest.indices[-1] < len(periods) - RECENT:
        return None
    is_better = (metric.better == "higher") == (latest.side == "above")
    towards = "" if metric.better == "neither" else f" for the {'better' if is_better else 'worse'}"
    since = f", beginning {_day(periods[latest.indices[0]])}" if periods else ""
    return Finding(f"{metric.title} shows a signal{towards}{since}: {latest.rule}.", metric.name, 1.0)


def _change(now: float | None, before: float | None) -> float | None:
    """The relative change, 1 where something came from nothing; null where unknown or not worth saying."""
    if now is None or before is None or len(known([now, before])) < 2 or now == before:
        return None
    change = (now - before) / abs(before) if before else 1.0
    return change if abs(change) >= SMALLEST_CHANGE else None


def _compared(now: float, before: float) -> str:
    if now >= 2 * before:
        return f"{now / before:.1f} times as long as"
    return f"{formatted(abs(now - before) / before, 'ratio')} {'longer' if now > before else 'shorter'} than"


def _said_of_items(takes: str, value: str, percentile: float | None) -> str:
    if percentile is None:
        return "Items " + takes.format(value=value, most=" on average")
    who = "Half of the items" if percentile == 0.5 else f"{formatted(percentile, 'ratio')} of the items"
    return f"{who} {takes.format(value=value, most=' or less')}"


def _chief_stage(rows: pd.DataFrame, days: float) -> str:
    by_stage = rows.groupby("stage")["days"].sum()
    if by_stage.empty:
        return ""
    chief = by_stage.idxmax()
    items = rows.loc[rows["stage"] == chief, "items"]
    # An item blocked for two reasons stands in two rows, so that their counts don't add up.
    more = " or more" if len(items) > 1 else ""
    return f", {_part(float(by_stage.max()) / days)} in {chief} ({_items(int(items.max()))}{more})"


def _part(share: float) -> str:
    if share > 0.999:
        return "all of it"
    return "most of it" if share > 0.5 else "the largest part"


def _capital(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"


def _items(count: int) -> str:
    return f"{count:,} item" if count == 1 else f"{count:,} items"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
