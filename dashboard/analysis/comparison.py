"""Two groups of durations side by side: how their medians differ, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 5
RESAMPLES = 2_000
# A sample of more says no more, and its resamples take long.
MOST = 5_000


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
    """The median of each resample of the values, drawn with replacement."""
    if len(values) > MOST:
        values = draws.choice(values, MOST, replace=False)
    return np.array([np.median(draws.choice(values, len(values))) for _ in range(RESAMPLES)])
