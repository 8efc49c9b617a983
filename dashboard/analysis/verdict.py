"""The verdict of an initiative: did its metric leave the limits it had before the start?"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, quantiles
from typing import Literal

from dashboard.analysis.control_chart import (
    BASELINE_PERIODS,
    FEWEST_POINTS,
    Limits,
    Signal,
    known,
    never_below_zero,
    signals,
    xmr_limits,
)

Name = Literal["signal (better)", "signal (worse)", "no signal yet", "too few points"]
Point = tuple[dt.date, float | None]
Interval = tuple[float, float]

RESAMPLES = 2000
# Below this a statistic is greyed, and an interval would promise too much.
FEWEST_FOR_INTERVAL = 5


@dataclass(frozen=True)
class Verdict:
    """What became of a metric, with the rule in words. Means are of the period values, as on the XmR chart.

    `difference` is after − before; `interval` its bootstrap 90 % interval, null below 5 values on a side.
    Indices of `signals` count in the values after the start. `limits` is null when points are too few.
    """

    name: Name
    rule: str
    before_mean: float | None
    before_count: int
    after_mean: float | None
    after_count: int
    difference: float | None = None
    interval: Interval | None = None
    limits: Limits | None = None
    signals: tuple[Signal, ...] = ()


def split(
    points: Sequence[Point], start: dt.date, until: dt.date | None = None
) -> tuple[list[float | None], list[float | None]]:
    """Values of the periods that ended by a start, and of those that began on it or later.

    `points` are (first day of the period, value) in time order, without gaps between periods. A period that
    the start cuts in two belongs to neither; so does the last one when it began before the start. What comes after
    `until`, the start of another initiative on the metric, is not this one's effect.
    """
    before = [value for (_, value), (following, _) in pairwise(points) if following <= start]
    if until is None:
        return before, [value for on, value in points if on >= start]
    # The last period has none behind it: it is taken to be as long as the one before.
    days = [on for on, _ in points]
    ends = [*days[1:], *(last + (last - one) for one, last in zip(days[-2:-1], days[-1:], strict=False))]
    return before, [value for (on, value), end in zip(points, ends, strict=False) if start <= on and end <= until]


def verdict(
    before: Sequence[float | None],
    after: Sequence[float | None],
    better: str,
    unit: str,
    *,
    target: float | None = None,
    seed: int = 0,
) -> Verdict:
    """The verdict from the values of the periods before and after the start, in time order; nulls are gaps.

    The baseline is frozen: the last 20 periods before the start, at least 6 with a value. `better` and `unit`
    are the metric's; for "neither", the nearer to `target` the better. When signals disagree,
    the latest counts.
    Source: Wheeler, Understanding Variation, 1993.
    """
    baseline, since = known(before[-BASELINE_PERIODS:]), known(after)
    if len(baseline) < FEWEST_POINTS or not since:
        return too_few(baseline, since, _why_too_few(baseline))
    limits = xmr_limits(baseline, clamped=never_below_zero(unit))
    found = signals(after, limits)
    name, rule = _judge(limits, found, after, better, target)
    return Verdict(
        name=name,
        rule=rule,
        before_mean=fmean(baseline),
        before_count=len(baseline),
        after_mean=fmean(since),
        after_count=len(since),
        difference=fmean(since) - fmean(baseline),
        interval=difference_interval(baseline, since, seed),
        limits=limits,
        signals=found,
    )


def difference_interval(before: Sequence[float], after: Sequence[float], seed: int) -> Interval | None:
    """The bootstrap 90 % interval of mean(after) − mean(before); null below 5 values on either side.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993 (percentile interval).
    """
    if min(len(before), len(after)) < FEWEST_FOR_INTERVAL:
        return None
    draw = random.Random(seed)
    differences = [
        fmean(draw.choices(after, k=len(after))) - fmean(draw.choices(before, k=len(before))) for _ in range(RESAMPLES)
    ]
    cuts = quantiles(differences, n=20, method="inclusive")
    return cuts[0], cuts[-1]


def too_few(before: Sequence[float], since: Sequence[float], rule: str) -> Verdict:
    """That there is no verdict, with the reason and what the known values are."""
    before_mean, after_mean = (fmean(values) if values else None for values in (before, since))
    return Verdict("too few points", rule, before_mean, len(before), after_mean, len(since))


def _why_too_few(before: Sequence[float]) -> str:
    if len(before) < FEWEST_POINTS:
        return (
            f"A verdict needs at least {FEWEST_POINTS} periods with a value among the {BASELINE_PERIODS} "
            f"before the start; there are {len(before)}."
        )
    return "No period with a value has followed the start."


def _judge(
    limits: Limits, found: Sequence[Signal], after: Sequence[float | None], better: str, target: float | None
) -> tuple[Name, str]:
    frozen = f"against limits frozen at the start ({limits.points} periods)"
    if not found:
        return "no signal yet", f"No XmR rule is broken {frozen}.{_caveat(limits)}"
    latest = max(found, key=lambda signal: signal.indices[-1])
    words = f"{latest.rule[0].upper()}{latest.rule[1:]}, {frozen}.{_caveat(limits)}"
    if better != "neither":
        is_better = (better == "higher") == (latest.side == "above")
    elif target is not None:
        level = fmean(known(after[index] for index in latest.indices))
        is_better = abs(level - target) < abs(limits.centre - target)
    else:
        return "no signal yet", f"{words} The metric has no better direction: give it a target to judge by."
    return ("signal (better)" if is_better else "signal (worse)"), words


def _caveat(limits: Limits) -> str:
    if limits.sigma == 0:
        return " All values before the start are equal, so that any other value breaks a rule."
    return " The lower limit is 0, so that no rule can show a fall." if limits.is_lower_clamped else ""
