"""Dotted chart: each entry of each item into a stage as a dot, so that thousands of items show their patterns.

Song & van der Aalst, Supporting process mining by showing events at a glance, 2007.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard.figures.frame import Figure, Trace, axis, empty, figure, instants, item_keys, time_axis
from dashboard.figures.time_marks import NO_MARKS, TimeMarks, with_marks
from dashboard.theme import GREY, axis_scale, axis_title, escaped, stage_fills

HEIGHT = 640
# A colour comes again after some stages; the symbol then is another.
SYMBOLS = {
    "active": ("circle", "square", "triangle-up", "cross"),
    "wait": ("diamond", "bowtie", "hourglass", "diamond-tall"),
    "done": ("square", "x"),
}


def dotted_chart(
    table: pd.DataFrame,
    modes: Mapping[str, str],
    rows: str = "Items",
    *,
    is_relative: bool = False,
    marks: TimeMarks = NO_MARKS,
) -> Figure:
    """A dot for each row of charts.dotted, items from top to bottom in the order of `row_number`.

    `modes` says "active", "wait" or "done" of each stage in the order of the path. With `is_relative` the dots stand
    at the time since the item's creation, else at their date. `customdata` of a dot names its item, as in a URL.
    """
    if table.empty:
        return empty("No items on their way in this scope.")
    stages = table.drop_duplicates("stage").sort_values("position")
    every = {**modes, **{row.stage: row.mode for row in stages.itertuples() if row.stage not in modes}}
    fills, symbols = stage_fills(every), _symbols(every)
    unit, factor = axis_scale("days", float(table["since_days"].max()))
    count = int(table["row_number"].max())
    dots = [
        {
            **_dots(table[table["stage"] == stage], factor if is_relative else None, axis_title(unit)),
            "name": escaped(stage),
            "marker": {
                "symbol": symbols[stage],
                "size": 6 if count > 150 else 8,
                "color": GREY if every[stage] == "done" else fills[stage].colour,
            },
        }
        for stage in stages["stage"]
    ]
    ends = [f"{at:%Y-%m-%d}" for at in (table["entered_at"].min(), table["entered_at"].max() + pd.Timedelta(days=1))]
    across = axis(f"Time since creation, {axis_title(unit)}", rangemode="tozero", showgrid=True)
    drawn = figure(
        dots,
        HEIGHT,
        xaxis=across if is_relative else time_axis("Date", showgrid=True, range=ends),
        yaxis=axis(rows, range=[count + 0.5, 0.5], showgrid=False, nticks=6, tickformat=",d"),
        showlegend=True,
    )
    return drawn if is_relative else with_marks(drawn, marks)


def _symbols(modes: Mapping[str, str]) -> dict[str, str]:
    """Stage → symbol: the next one of its kind each time the colours of the kind begin anew."""
    fills, used, found = stage_fills(modes), dict.fromkeys(SYMBOLS, 0), {}
    seen: set[tuple[str, str]] = set()
    for stage, mode in modes.items():
        if (mode, fills[stage].colour) in seen:
            used[mode] += 1
            seen = {each for each in seen if each[0] != mode}
        seen.add((mode, fills[stage].colour))
        found[stage] = SYMBOLS[mode][used[mode] % len(SYMBOLS[mode])]
    return found


def _dots(entries: pd.DataFrame, factor: float | None, unit: str) -> Trace:
    """The entries into one stage; at their date where there is no factor for the time since creation."""
    since = [round(days * (factor or 1), 3) for days in entries["since_days"].astype(float).tolist()]
    stage = escaped(entries["stage"].iloc[0])
    where = "%{x|%-d %b %Y %H:%M}" if factor is None else f"%{{x:,.1f}} {unit} after its creation"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": instants(entries["entered_at"], "s") if factor is None else since,
        "y": entries["row_number"].tolist(),
        "customdata": item_keys(entries["item_id"]),
        "text": [escaped(item) for item in entries["item_id"]],
        "hovertemplate": f"<b>%{{text}}</b> into {stage}<br>{where}<extra></extra>",
    }
