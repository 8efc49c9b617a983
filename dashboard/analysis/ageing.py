"""Which items in progress are older than usual."""

from __future__ import annotations

import pandas as pd

FEWEST_ITEMS = 5


def older_than_usual(items: pd.DataFrame, pace: pd.DataFrame) -> pd.DataFrame | None:
    """Of charts.ageing those older than 85 % of the finished items of charts.pace were on leaving their stage.

    None where fewer than 5 finished items have passed each stage: then nothing is usual.
    """
    known = pace[pace["items"] >= FEWEST_ITEMS].set_index("stage")["most_days"]
    return None if known.empty else items[items["age_days"] > items["stage"].map(known)]
