"""Time in stage over time, as a heat map: a row for each stage, a column for each period."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard.figures import periods
from dashboard.figures.frame import Figure, broken, empty, figure, shortened
from dashboard.theme import formatted

NO_STAYS = "No stay in a stage ended in this scope."
HEAT = [[0, "rgba(230,159,0,.08)"], [1, "rgba(230,159,0,1)"]]


def stage_periods(table: pd.DataFrame, keys: Mapping[tuple[str, str], str]) -> Figure:
    """Median days of the stays that ended in a period, from charts.stage_weeks.

    Each stage has its own scale: dark is long for it. `keys` by stage and period say which items a cell counts.
    """
    if table.empty:
        return empty(NO_STAYS)
    stages = list(dict.fromkeys(table.sort_values("position")["stage"]))
    days = [periods.iso(day) for day in periods.starts(table["period_start"])]
    cells = {(row["stage"], periods.iso(row["period_start"])): row for row in table.to_dict("records")}
    longest = table.groupby("stage")["median_days"].max()
    heat = {
        "type": "heatmap",
        "x": days,
        "y": [broken(shortened(stage, 36), 20) for stage in stages],
        "z": [[_share(cells.get((stage, day)), float(longest[stage])) for day in days] for stage in stages],
        "customdata": [[keys.get((stage, day), "") for day in days] for stage in stages],
        "colorscale": HEAT,
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "xgap": 1,
        "ygap": 2,
        "hoverongaps": False,
        "hovertext": [[_told(stage, cells.get((stage, day))) for day in days] for stage in stages],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    side = {"type": "category", "showgrid": False, "ticks": ""}
    return figure(
        [heat],
        110 + 34 * len(stages),
        xaxis=periods.axis_of(periods.starts(table["period_start"])),
        yaxis={**side, "autorange": "reversed"},
    )


def _share(cell: Mapping[str, float] | None, longest: float) -> float | None:
    return None if cell is None else float(cell["median_days"]) / longest if longest else 0.0


def _told(stage: str, cell: Mapping[str, float] | None) -> str:
    if cell is None:
        return ""
    day = pd.Timestamp(cell["period_start"])
    return (
        f"<b>{shortened(stage)}</b>, from {day.day} {day:%b %Y}<br>half of {cell['stays']:,.0f} stays took "
        f"{formatted(cell['median_days'], 'days')} or less"
    )
