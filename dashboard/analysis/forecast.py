"""Forecasts by Monte Carlo over the observed weekly throughput, and how often such forecasts held in the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TRIALS = 10_000
SHARES = (0.5, 0.7, 0.85, 0.95)
FEWEST_WEEKS = 8
# The newest weeks say most of what is to come; more than half a year ago was another team.
MOST_WEEKS = 26
LONGEST_WEEKS = 520
HORIZON_WEEKS, TRIED_SHARE = 4, 0.85


@dataclass(frozen=True)
class BackTest:
    """Of `tried` past weeks in which the 85 % forecast was made anew, it `held` in so many."""

    held: int
    tried: int


@dataclass(frozen=True)
class Forecast:
    """Share → weeks or items that it is reached with; `weeks` is how many weeks of throughput were drawn from."""

    levels: dict[float, int]
    weeks: int


def recent(weekly: Sequence[int]) -> list[int]:
    """The weeks that a forecast draws from: the newest half year, without what came before the first finish."""
    first = next((place for place, count in enumerate(weekly) if count), len(weekly))
    return list(weekly[first:])[-MOST_WEEKS:]


def why_not(weekly: Sequence[int]) -> str | None:
    """Why nothing can be forecast from these whole weeks; None where it can."""
    drawn = recent(weekly)
    if len(drawn) < FEWEST_WEEKS:
        return f"A forecast needs {FEWEST_WEEKS} whole weeks of throughput; there are {len(drawn)}."
    if sum(drawn) < FEWEST_WEEKS:
        return f"Only {sum(drawn)} items finished in {len(drawn)} weeks: too few to forecast from."
    return None


def when_done(weekly: Sequence[int], count: int, seed: int) -> Forecast:
    """In how many weeks `count` items will be done, with a probability of each share at least.

    Each trial draws weeks from the past, with replacement, until the items are done; 10,000 trials, seeded.
    Source: Magennis, Forecasting and Simulating Software Development Projects, 2011.
    """
    drawn = np.array(recent(weekly))
    draws = np.random.default_rng(seed)
    left = np.full(TRIALS, count)
    weeks = np.zeros(TRIALS, dtype=int)
    while (open_ := left > 0).any() and weeks.max() < LONGEST_WEEKS:
        weeks[open_] += 1
        left[open_] -= draws.choice(drawn, open_.sum())
    return Forecast({share: int(np.quantile(weeks, share, method="inverted_cdf")) for share in SHARES}, len(drawn))


def how_many(weekly: Sequence[int], weeks: int, seed: int) -> Forecast:
    """How many items will be done in `weeks`, at least, with a probability of each share."""
    drawn = np.array(recent(weekly))
    totals = np.random.default_rng(seed).choice(drawn, (TRIALS, weeks)).sum(axis=1)
    levels = np.quantile(totals, [1 - share for share in SHARES], method="inverted_cdf")
    return Forecast(dict(zip(SHARES, levels.astype(int).tolist(), strict=True)), len(drawn))


def back_test(weekly: Sequence[int], seed: int) -> BackTest:
    """How often the forecast "with 85 % at least so many in the next four weeks" held, made anew in each past week.

    A forecast of none at all holds whatever comes: such weeks are no trial.
    """
    held = tried = 0
    for now in range(FEWEST_WEEKS, len(weekly) - HORIZON_WEEKS + 1):
        if why_not(weekly[:now]):
            continue
        promised = how_many(weekly[:now], HORIZON_WEEKS, seed).levels[TRIED_SHARE]
        if not promised:
            continue
        tried += 1
        held += sum(weekly[now : now + HORIZON_WEEKS]) >= promised
    return BackTest(held, tried)
