"""Two groups of durations side by side: how their medians differ, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 5
RESAMPLES = 2_000


@dataclass(frozen=True)
class Comparison:
    """Medians, their difference (first less second), where 95 % of the resampled differences lie, and the counts."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    first_count: int
    second_count: int

    @property
    def is_more_than_chance(self) -> bool:
        """Nearly all resamples say that the medians differ, and in which direction."""
        return self.low > 0 or self.high < 0


def compared(first: Sequence[float], second: Sequence[float], seed: int = 1) -> Comparison | None:
    """The difference of two medians with its bootstrap interval (percentiles of 2,000 resamples, seeded).

    None where either group has fewer than 5 values. Source: Efron, Bootstrap Methods, 1979.
    """
    if min(len(first), len(second)) < FEWEST:
        return None
    draws = np.random.default_rng(seed)
    medians = [_resampled(np.asarray(values, dtype=float), draws) for values in (first, second)]
    differences = medians[0] - medians[1]
    halves = float(np.median(first)), float(np.median(second))
    low, high = np.quantile(differences, (0.025, 0.975))
    return Comparison(*halves, halves[0] - halves[1], float(low), float(high), len(first), len(second))


def _resampled(values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """The median of each resample of the values, drawn with replacement.

    No resample is made: which places of the sorted values its middle ones come from is all that counts, and places are
    uniform draws, whose order statistics are known (the k-th smallest of n is Beta(k, n - k + 1); David & Nagaraja,
    Order Statistics, 2003).
    """
    ordered, count = np.sort(values), len(values)
    middle = (count + 1) // 2
    lower = draws.beta(middle, count - middle + 1, RESAMPLES)
    # The smallest of those above it; an odd count has one middle value.
    upper = lower if count % 2 else 1 - (1 - lower) * draws.beta(count - middle, 1, RESAMPLES)
    places = np.minimum((np.stack([lower, upper]) * count).astype(int), count - 1)
    halves: np.ndarray = ordered[places].mean(axis=0)
    return halves
