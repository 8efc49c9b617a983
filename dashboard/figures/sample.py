"""Which points are drawn where there are more than an eye tells apart, and a browser draws well."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

POINTS = 2_000


def sampled(rows: pd.DataFrame, stands_out: pd.Series, most: int = POINTS) -> pd.DataFrame:
    """At most `most` of the rows, in their order: up to half are rows that stand out, the others evenly spread.

    The same rows give the same sample.
    """
    if len(rows) <= most:
        return rows
    places, first = np.arange(len(rows)), stands_out.to_numpy(dtype=bool)
    drawn = _evenly(places[first], most // 2)
    return rows.iloc[np.sort(np.concatenate([drawn, _evenly(places[~first], most - len(drawn))]))]


def _evenly(places: np.ndarray, most: int) -> np.ndarray:
    return places[:: max(1, math.ceil(len(places) / most))]
