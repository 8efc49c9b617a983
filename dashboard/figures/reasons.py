"""What holds items up: days by reason, the longest on top."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.figures.frame import Figure, Trace, axis, broken, empty, figure, numbers, shortened
from dashboard.theme import WAIT, Fill, formatted, hatched

MOST = 10
UNTOLD = "No reason told"


def reasons(table: pd.DataFrame, keys: Sequence[str]) -> Figure:
    """A bar for each reason of charts.blocked_reasons, at most ten; `keys` say which items it counts."""
    if table.empty:
        return empty("Nothing was blocked in this scope.")
    rows = table.head(MOST).fillna({"reason": UNTOLD})
    bars: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": [broken(reason, 22) for reason in rows["reason"]],
        "x": numbers(rows["days"]),
        "customdata": list(keys[:MOST]),
        "marker": {"color": WAIT, "pattern": hatched(Fill(WAIT, "/"))},
        "hovertext": [
            f"<b>{shortened(row['reason'])}</b>: {formatted(row['days'], 'days')}, {row['times']:,} times, "
            f"{row['items']:,} items"
            for row in rows.to_dict("records")
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return figure(
        [bars],
        110 + 34 * len(rows),
        xaxis=axis("Item-days blocked", rangemode="tozero"),
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
    )
