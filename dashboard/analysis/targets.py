"""Progress of a metric against a target: where it should be today, and whether it will arrive."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression
from typing import Literal

Status = Literal["met", "on track", "at risk", "off track", "no data"]
Point = tuple[dt.date, float | None]
Line = tuple[float, float]

# Shares of the whole way from baseline to target.
NEAR, FAR = 0.1, 0.3
RECENT_POINTS, FEWEST_POINTS = 6, 3
# An interval of the arrival: enough points to vary, and between which of the resamples it lies (80 % of them).
FEWEST_FOR_INTERVAL, RESAMPLES, SEED = 5, 500, 20_240_501
EARLY, LATE = 0.1, 0.9
# Further off than this a line is as good as flat.
HORIZON_DAYS = 3653

RULES: Mapping[Status, str] = {
    "met": "The latest value is at the target or better.",
    "on track": "The latest value is on the path or better, or behind it by no more than 10 % of the way.",
    "at risk": "The latest value is behind the path by more than 10 % of the way, but by no more than 30 %, "
    "or the recent trend still arrives by the due day.",
    "off track": "The latest value is behind the path by more than 30 % of the way, "
    "and the recent trend does not arrive by the due day.",
    "no data": "No value has been measured since the baseline.",
}
MET_NEAR = "The latest value is within 10 % of the way from the target."
NO_BASELINE = "The metric has no value in the baseline's window, so that there is no path to compare with."
OVERDUE = "The due day has passed, and the target is not met."
NOT_HELD = "The baseline met the target, the latest value does not, and the recent trend {arrives}."


@dataclass(frozen=True)
class Aim:
    """A target as numbers: from `baseline`, measured until `begins`, to `value` on `due`.

    `better` is the metric's: higher, lower or neither; for neither, the nearer to the target the better. On a
    "step" path nothing is expected to move before the due day.
    """

    baseline: float | None
    value: float
    begins: dt.date
    due: dt.date
    better: str
    path: Literal["linear", "step"] = "linear"


@dataclass(frozen=True)
class Progress:
    """How far an aim is; null is "not known" or "no longer asked".

    `expected` is the path's value today. Paces are the change per week, required from today to the due day
    and seen on the line through the recent points. `share` is the part of the way done: below 0 when further
    off than the baseline, null when the baseline met the target. `arrives_on` is today where the line is
    already at the target and the latest value isn't; null when flat, moving away, ten years off, or met.
    `arrives_between` is its 80 % interval: the later day is null where that may be ten years off or never; null below
    five recent points.
    """

    status: Status
    rule: str
    latest: float | None = None
    latest_on: dt.date | None = None
    expected: float | None = None
    share: float | None = None
    required_per_week: float | None = None
    recent_per_week: float | None = None
    arrives_on: dt.date | None = None
    arrives_between: tuple[dt.date, dt.date | None] | None = None


def progress(aim: Aim, points: Sequence[Point], today: dt.date) -> Progress:
    """Progress as of a day. `points` are (day the value stands for, value) in time order; nulls are gaps.

    Only points from the aim's beginning until today count.
    """
    seen = [
        (on, float(value))
        for on, value in points
        if value is not None and not math.isnan(value) and aim.begins <= on <= today
    ]
    if not seen:
        return Progress("no data", RULES["no data"], expected=expected(aim, today))
    latest_on, latest = seen[-1]
    recent = seen[-RECENT_POINTS:]
    line = _line(recent)
    arrives = None if is_met(aim, latest) else _arrival(line, latest, aim.value, today)
    status, rule = _judge(aim, latest, today, arrives)
    return Progress(
        status=status,
        rule=rule,
        latest=latest,
        latest_on=latest_on,
        expected=expected(aim, today),
        share=share_of_way(aim, latest),
        required_per_week=required_per_week(aim, latest, today),
        recent_per_week=line[0] * 7 if line else None,
        arrives_on=arrives,
        arrives_between=_between(recent, line, aim.value, today) if line and arrives else None,
    )


def expected(aim: Aim, on: dt.date) -> float | None:
    """The path's value on a day: the baseline before it begins, the target from the due day on."""
    if aim.baseline is None or on >= aim.due:
        return None if aim.baseline is None else aim.value
    if aim.path == "step" or on <= aim.begins:
        return aim.baseline
    return aim.baseline + (aim.value - aim.baseline) * ((on - aim.begins) / (aim.due - aim.begins))


def is_met(aim: Aim, value: float) -> bool:
    """Whether a value is at the target or better; for "neither", within a tenth of the way from it."""
    if aim.better == "neither":
        way = 0.0 if aim.baseline is None else abs(aim.value - aim.baseline)
        return abs(value - aim.value) <= NEAR * (way or abs(aim.value))
    return _behind(aim.better, value, aim.value, aim.value) <= 0


def share_of_way(aim: Aim, value: float) -> float | None:
    """The part of the way from baseline to target that is done; null where there was no way to go."""
    way = _way(aim)
    if not way or aim.baseline is None:
        return None
    return 1 - _behind(aim.better, value, aim.value, aim.value) / way


def required_per_week(aim: Aim, latest: float, today: dt.date) -> float | None:
    """The change per week that leads from the latest value to the target by the due day."""
    if today >= aim.due or is_met(aim, latest):
        return None
    return (aim.value - latest) / ((aim.due - today).days / 7)


def _behind(better: str, value: float, reference: float, target: float) -> float:
    """By how much a value is worse than a reference; below 0 where it is better."""
    if better == "lower":
        return value - reference
    if better == "higher":
        return reference - value
    return abs(value - target) - abs(reference - target)


def _way(aim: Aim) -> float:
    """The distance to go from the baseline; 0 where the baseline met the target."""
    return 0.0 if aim.baseline is None else max(0.0, _behind(aim.better, aim.baseline, aim.value, aim.value))


def _judge(aim: Aim, latest: float, today: dt.date, arrives: dt.date | None) -> tuple[Status, str]:
    planned = expected(aim, today)
    if is_met(aim, latest):
        return "met", MET_NEAR if aim.better == "neither" else RULES["met"]
    if today > aim.due:
        return "off track", OVERDUE
    if planned is None:
        return "no data", NO_BASELINE
    way, in_time = _way(aim), arrives is not None and arrives <= aim.due
    if not way:
        words = "arrives by the due day" if in_time else "does not arrive by the due day"
        return ("at risk" if in_time else "off track"), NOT_HELD.format(arrives=words)
    behind = _behind(aim.better, latest, planned, aim.value) / way
    if behind <= NEAR:
        return "on track", RULES["on track"]
    status: Status = "at risk" if behind <= FAR or in_time else "off track"
    return status, RULES[status]


def _line(points: Sequence[tuple[dt.date, float]]) -> Line | None:
    """(slope per day, value on day 0 of the calendar) by least squares; null for fewer than 3 days."""
    if len({on for on, _ in points}) < FEWEST_POINTS:
        return None
    line = linear_regression([on.toordinal() for on, _ in points], [value for _, value in points])
    return line.slope, line.intercept


def _between(
    recent: Sequence[tuple[dt.date, float]], line: Line, target: float, today: dt.date
) -> tuple[dt.date, dt.date | None] | None:
    """Between which days the target is reached in 80 % of the resamples of the distances from the line.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 9 (bootstrapping residuals).
    """
    if len(recent) < FEWEST_FOR_INTERVAL:
        return None
    slope, intercept = line
    fitted = [slope * on.toordinal() + intercept for on, _ in recent]
    residuals = [value - fit for (_, value), fit in zip(recent, fitted, strict=True)]
    draw = random.Random(SEED)
    found = []
    for _ in range(RESAMPLES):
        again = [(on, fit + draw.choice(residuals)) for (on, _), fit in zip(recent, fitted, strict=True)]
        found.append(_arrival(_line(again), recent[-1][1], target, today) or dt.date.max)
    found.sort()
    early, late = (found[min(RESAMPLES - 1, int(share * RESAMPLES))] for share in (EARLY, LATE))
    return (early, None if late == dt.date.max else late) if early < dt.date.max else None


def _arrival(line: Line | None, latest: float, target: float, today: dt.date) -> dt.date | None:
    if line is None or line[0] * (target - latest) <= 0:
        return None
    slope, intercept = line
    days = (target - intercept) / slope - today.toordinal()
    return today + dt.timedelta(days=max(0, math.ceil(days))) if days <= HORIZON_DAYS else None
