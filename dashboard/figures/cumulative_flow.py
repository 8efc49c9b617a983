"""Cumulative flow: how many items stood in each stage on each day, one band per stage."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode

import pandas as pd

from dashboard.figures.frame import Figure, Trace, axis, empty, figure, numbers, time_axis
from dashboard.figures.periods import iso
from dashboard.theme import Fill, escaped, hatched, stage_fills

# A phone's chart is 300 px wide and a desk's 1,200: more days can't be told apart and cost 40 bytes a band.
MOST_DAYS = 400
DAY = pd.Timedelta(days=1)


def cumulative_flow(table: pd.DataFrame, modes: Mapping[str, str]) -> Figure:
    """A stacked area from day, stage, position, category, items: done at the bottom, the first stage on top.

    `modes` says "active" or "wait" of each stage in the order of the path. Of more than 400 days every
    second, third, … is drawn, and the last. `customdata` of a point says which items were there, as in a URL. A click
    on a stage in the legend takes it out of the stack.
    """
    if table.empty or not table["items"].any():
        return empty("No items on their way in this scope.")
    stages = table.drop_duplicates("stage").sort_values("position")
    fills = stage_fills(_modes(stages, modes))
    shown = table[table["day"].isin(_thinned(sorted(table["day"].unique())))]
    ends = {day: (iso(day), iso(day + DAY)) for day in shown["day"].unique()}
    bands = [
        _band(str(stage), shown[shown["stage"] == stage].sort_values("day"), fills[str(stage)], ends)
        for stage in reversed(stages["stage"].tolist())
    ]
    return figure(
        bands,
        340 + 14 * len(bands),
        xaxis=time_axis("Day"),
        yaxis=axis("Items at the end of the day"),
        showlegend=True,
        legend={"traceorder": "reversed"},
        hovermode="x unified",
    )


def in_stage(stage: str, day: pd.Timestamp) -> str:
    """The items in a stage at the end of a day, as in a URL."""
    return f"{_in(stage)}&until={iso(day + DAY)}"


@lru_cache(maxsize=256)
def _in(stage: str) -> str:
    return urlencode({"event": "in stage", "stage": stage})


def _modes(stages: pd.DataFrame, modes: Mapping[str, str]) -> dict[str, str]:
    """Stage → mode in the order of the path, "done" for what has left it."""
    done = stages.loc[stages["category"] == "done", "stage"]
    return {**modes, **dict.fromkeys(done, "done")}


def _thinned(days: list[pd.Timestamp]) -> list[pd.Timestamp]:
    step = -(-len(days) // MOST_DAYS)
    return days[::-1][::step]


def _band(stage: str, rows: pd.DataFrame, fill: Fill, ends: Mapping[pd.Timestamp, tuple[str, str]]) -> Trace:
    """The band of a stage; `ends` gives of each day its first moment and its last."""
    name, days = escaped(stage), [ends[day] for day in rows["day"]]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [since for since, _ in days],
        "y": numbers(rows["items"]),
        "customdata": [f"{_in(stage)}&until={until}" for _, until in days],
        "stackgroup": "stages",
        "line": {"width": 0.8, "color": fill.colour},
        "fillcolor": fill.colour,
        "fillpattern": hatched(fill),
        "hovertemplate": f"{name}: %{{y:,}} items<extra></extra>",
    }
