"""XmR charts: the natural limits of a measure, and the signals that leave them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import Literal, NamedTuple

from dashboard.errors import ScopeError

Side = Literal["above", "below"]
Method = Literal["mean", "median"]

FEWEST_POINTS = 6
BASELINE_PERIODS = 20
COUNTS_AND_DURATIONS = frozenset({"days", "hours", "items", "per item", "per week"})


class Scaling(NamedTuple):
    """What a moving range is multiplied by for the limits, and divided by for sigma."""

    limits: float
    moving_range_limit: float
    sigma: float


# Wheeler, Understanding Variation, 1993, for ranges of two values: E2, D4 and d2, and the same for medians.
SCALING: dict[Method, Scaling] = {"mean": Scaling(2.66, 3.27, 1.128), "median": Scaling(3.145, 3.865, 0.954)}


@dataclass(frozen=True)
class Limits:
    """Natural process limits in the measure's unit, never rounded.

    `moving_range_mean` is the median of the moving ranges where the method is "median". Where
    `is_lower_clamped`, the lower limit came out below 0, was set to 0, and no rule applies on that side.
    """

    centre: float
    upper: float
    lower: float
    moving_range_mean: float
    moving_range_limit: float
    sigma: float
    is_lower_clamped: bool
    method: Method
    points: int


@dataclass(frozen=True)
class Signal:
    """Points that break one rule on one side; `indices` count in the values given, nulls included."""

    indices: tuple[int, ...]
    side: Side
    rule: str


class Rule(NamedTuple):
    """`needed` of `window` points in a row that are further than `sigmas` from the centre, on one side."""

    needed: int
    window: int
    sigmas: float
    words: str


RULES = (
    Rule(2, 3, 2, "2 of 3 points in a row more than 2 sigma {side} the centre"),
    Rule(4, 5, 1, "4 of 5 points in a row more than 1 sigma {side} the centre"),
    Rule(8, 8, 0, "8 points in a row {side} the centre"),
)


def known(values: Iterable[float | None]) -> list[float]:
    """The values without nulls and NaN, in their order."""
    return [float(value) for value in values if value is not None and not math.isnan(value)]


def never_below_zero(unit: str) -> bool:
    """Whether a metric's unit is one of counts and durations, whose lower limit is clamped at 0."""
    return unit in COUNTS_AND_DURATIONS


def xmr_limits(values: Sequence[float | None], method: Method = "mean", *, clamped: bool = True) -> Limits:
    """Natural process limits of a baseline: centre ± 2.66 × mean moving range (median: 3.145 × median).

    `values` in time order, one per period; nulls are left out, and the moving range spans them. `clamped` is
    for counts and durations. Raises ScopeError for fewer than 6 values.
    Source: Wheeler, Understanding Variation, 1993.
    """
    points = known(values)
    if len(points) < FEWEST_POINTS:
        raise ScopeError(
            f"Control limits need at least {FEWEST_POINTS} periods with a value; there are {len(points)}. "
            "Choose a longer time or a shorter period."
        )
    middle: Callable[[Iterable[float]], float] = median if method == "median" else fmean
    centre = middle(points)
    moving_range = middle([abs(after - before) for before, after in pairwise(points)])
    scaling = SCALING[method]
    lower = centre - scaling.limits * moving_range
    is_lower_clamped = clamped and lower < 0
    return Limits(
        centre=centre,
        upper=centre + scaling.limits * moving_range,
        lower=0.0 if is_lower_clamped else lower,
        moving_range_mean=moving_range,
        moving_range_limit=scaling.moving_range_limit * moving_range,
        sigma=moving_range / scaling.sigma,
        is_lower_clamped=is_lower_clamped,
        method=method,
        points=len(points),
    )


def signals(values: Sequence[float | None], limits: Limits) -> tuple[Signal, ...]:
    """Every signal of the four rules, the earliest first; nulls are passed over.

    Overlapping windows that break the same rule on the same side are one signal. No signal lies on the side
    of a clamped limit. Source: Wheeler, Understanding Variation, 1993.
    """
    points = [(index, point) for index, value in enumerate(values) for point in known([value])]
    sides: tuple[Side, ...] = ("above",) if limits.is_lower_clamped else ("above", "below")
    found: list[Signal] = []
    for side in sides:
        found += _beyond_limit(points, limits, side)
        for rule in RULES:
            found += _in_windows(points, limits, side, rule)
    return tuple(sorted(found, key=lambda signal: signal.indices[0]))


def _beyond_limit(points: Sequence[tuple[int, float]], limits: Limits, side: Side) -> list[Signal]:
    limit, name = (limits.upper, "upper") if side == "above" else (limits.lower, "lower")
    words = f"1 point {side} the {name} limit"
    return [Signal((index,), side, words) for index, value in points if _is_beyond(value, limit, side)]


def _in_windows(points: Sequence[tuple[int, float]], limits: Limits, side: Side, rule: Rule) -> list[Signal]:
    distance = rule.sigmas * limits.sigma
    line = limits.centre + distance if side == "above" else limits.centre - distance
    is_out = [_is_beyond(value, line, side) for _, value in points]
    groups: list[list[int]] = []
    for start in range(len(points)):
        window = range(start, min(start + rule.window, len(points)))
        out = [place for place in window if is_out[place]]
        if len(out) < rule.needed:
            continue
        if groups and out[0] <= groups[-1][-1]:
            groups[-1] += [place for place in out if place > groups[-1][-1]]
        else:
            groups.append(out)
    words = rule.words.format(side=side)
    return [Signal(tuple(points[place][0] for place in group), side, words) for group in groups]


def _is_beyond(value: float, line: float, side: Side) -> bool:
    """Strictly beyond; a value that only the last binary digit sets apart from the line is on it."""
    if math.isclose(value, line, rel_tol=1e-9, abs_tol=1e-12):
        return False
    return value > line if side == "above" else value < line
