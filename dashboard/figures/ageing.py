"""Ageing work in progress: every open item by its stage and age, before the pace of those that finished."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from dashboard.figures.frame import HEIGHT, Figure, Trace, axis, broken, empty, figure, item_keys, numbers, shortened
from dashboard.figures.sample import POINTS, sampled
from dashboard.theme import BAD, GREY, WORK, axis_scale, axis_title, escaped, formatted

NOTHING = "Nothing is in progress at the end of this scope."
# Column of charts.pace → what lies below it, from light to strong.
BANDS = {
    "half_days": ("up to 50 %", "rgba(134,142,150,.14)"),
    "most_days": ("to 85 %", "rgba(134,142,150,.28)"),
    "nearly_all_days": ("to 95 %", "rgba(134,142,150,.46)"),
}
NO_STAGE = "No stage"
SPREAD = 0.28
FEW_STAGES = 8
NO_LIMITS: Mapping[str, int] = {}


def ageing(items: pd.DataFrame, pace: pd.DataFrame, limits: Mapping[str, int] = NO_LIMITS) -> Figure:
    """A point for each item of charts.ageing; behind it a column for each stage of charts.pace.

    A column's steps are the ages that 50, 85 and 95 % of the finished items had not passed when they left the stage.
    Under each stage stands how many are in it, and its agreed limit of `limits`. Of many items the oldest are drawn,
    and a sample of the others. `customdata` of a point names its item, as in a URL.
    """
    known = items.dropna(subset=["age_days"])
    if known.empty:
        return empty(NOTHING if items.empty else "No source tells when the items in progress were started.")
    stages = _stages(known, pace)
    paced = pace.set_index("stage").reindex(stages)
    counts = items["stage"].fillna(NO_STAGE).value_counts()
    unit, factor = axis_scale("days", max(float(known["age_days"].max()), float(paced["nearly_all_days"].max() or 0)))
    return figure(
        [*_columns(paced, factor), _points(sampled(known, _are_oldest(known)), stages, factor)],
        HEIGHT + 80,
        barmode="stack",
        bargap=0.1,
        xaxis={
            "tickvals": list(range(len(stages))),
            "ticktext": [_label(stage, int(counts.get(stage, 0)), limits.get(stage), len(stages)) for stage in stages],
            "range": [-0.6, len(stages) - 0.4],
            "showgrid": False,
            "autotickangles": [0, -45, -90],
        },
        yaxis=axis(f"Age, {axis_title(unit)}", rangemode="tozero"),
        showlegend=True,
        legend={"traceorder": "normal"},
    )


def _are_oldest(items: pd.DataFrame) -> pd.Series:
    return items["age_days"].rank(method="first", ascending=False) <= POINTS // 2


def _label(stage: str, count: int, limit: int | None, stages: int) -> str:
    """The stage, and how many are in it: '3 of 6' where a limit is agreed."""
    name = broken(stage, 12) if stages <= FEW_STAGES else shortened(stage, 24)
    if limit is None:
        return f"{name}<br>{count}" if count else name
    return f"{name}<br><b>{count} of {limit}</b>" if count > limit else f"{name}<br>{count} of {limit}"


def _stages(items: pd.DataFrame, pace: pd.DataFrame) -> list[str]:
    """Stages in progress in the order of the path, then those that no stage collects."""
    told = pd.concat([pace[["stage", "position"]], items[["stage", "position"]].fillna({"stage": NO_STAGE})])
    return list(dict.fromkeys(told.sort_values("position", na_position="last")["stage"]))


def _columns(pace: pd.DataFrame, factor: float) -> list[Trace]:
    traces, below = [], pd.Series(0.0, index=pace.index)
    for column, (words, colour) in BANDS.items():
        level = pace[column].astype("float64").fillna(below)
        told = [
            f"{escaped(stage)}: {words} of {row['items']:,.0f} finished items, {formatted(row[column], 'days')}"
            for stage, row in pace.iterrows()
        ]
        traces.append(
            {
                "type": "bar",
                "name": f"Pace {words}",
                "x": list(range(len(pace))),
                "y": numbers((level - below).clip(lower=0), factor),
                "marker": {"color": colour},
                "hovertext": told,
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
        below = level.clip(lower=below)
    return traces


def _points(items: pd.DataFrame, stages: list[str], factor: float) -> Trace:
    """Side by side where several are in one stage, in the order given: a drawing is the same each time."""
    names = items["stage"].fillna(NO_STAGE)
    count, place = names.map(names.value_counts()), items.groupby(names).cumcount()
    shift = ((place + 0.5) / count - 0.5) * 2 * SPREAD
    blocked = items["is_blocked"].astype(bool)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Item in progress (✖ blocked)" if blocked.any() else "Item in progress",
        "x": [stages.index(name) + move for name, move in zip(names, shift, strict=True)],
        "y": numbers(items["age_days"], factor),
        "customdata": item_keys(items["item_id"]),
        "marker": {
            "size": 10,
            "color": [BAD if is_blocked else WORK for is_blocked in blocked],
            "symbol": ["x" if is_blocked else "circle" for is_blocked in blocked],
            "line": {"width": 1, "color": GREY},
        },
        "hovertext": [_told(row) for row in items.to_dict("records")],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(row: Mapping[Hashable, Any]) -> str:
    title = f"<br>{shortened(str(row['title']))}" if pd.notna(row["title"]) else ""
    stage = escaped(row["stage"]) if pd.notna(row["stage"]) else NO_STAGE
    blocked = ", blocked" if row["is_blocked"] else ""
    return (
        f"<b>{escaped(row['item_id'])}</b> {formatted(row['age_days'], 'days')} in progress{title}<br>{stage}{blocked}"
    )
