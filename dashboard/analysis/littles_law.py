"""Little's law: whether the averages of a period belong together, and which of its conditions fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

# Two averages that differ by more than a tenth are told apart; a level of few items may move by one.
TOLERANCE, FEW = 0.1, 1.0
AGE_TOLERANCE = 0.2


@dataclass(frozen=True)
class Condition:
    """A condition of the law: in words, with its two figures, and whether it holds; None where nothing is known."""

    words: str
    first: float | None
    last: float | None
    unit: str
    holds: bool | None


@dataclass(frozen=True)
class Law:
    """Mean work in progress beside throughput × cycle time (per day and in days), and the conditions."""

    mean_wip: float
    expected_wip: float
    ratio: float
    conditions: tuple[Condition, ...]


def judged(row: Mapping[str, Any]) -> Law | None:
    """The law for the row of charts.littles_law; None where nothing left, or no start is known.

    Source: Little, A Proof for the Queuing Formula L = λW, 1961.
    """
    rate, cycle, wip = (_number(row[name]) for name in ("departures_per_day", "mean_cycle_days", "mean_wip"))
    if not rate or not cycle or wip is None:
        return None
    arrivals = _number(row["arrivals_per_day"])
    ages = _number(row["first_age_days"]), _number(row["last_age_days"])
    levels = _number(row["first_wip"]), _number(row["last_wip"])
    conditions = (
        Condition("As much comes in as leaves", arrivals, rate, "per day", _near(arrivals, rate, TOLERANCE)),
        Condition("As much is in progress at the end as at the beginning", *levels, "items", _level(*levels)),
        Condition(
            "What is in progress is as old at the end as at the beginning", *ages, "days", _near(*ages, AGE_TOLERANCE)
        ),
    )
    return Law(wip, rate * cycle, wip / (rate * cycle), conditions)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _near(first: float | None, last: float | None, tolerance: float) -> bool | None:
    if first is None or last is None:
        return None
    return abs(first - last) <= tolerance * max(abs(first), abs(last))


def _level(first: float | None, last: float | None) -> bool | None:
    if first is None or last is None:
        return None
    return abs(first - last) <= max(FEW, TOLERANCE * max(first, last))
