"""Which step holds the others up: the one that most of the waiting is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.theme import formatted

FEWEST_ITEMS = 5
# Less waiting than this is no reason to call a step the constraint.
SMALLEST_SHARE = 0.15
LEAST_UTILISATION = 0.5


@dataclass(frozen=True)
class Constraint:
    """The step, the mean wait for it, that wait's share of the lead time, and why in words."""

    step: str
    wait_days: float
    share: float
    reason: str


def constraint_of(steps: pd.DataFrame, finished_per_day: float) -> Constraint | None:
    """The active step in progress with the longest mean wait in the queues just before it, from charts.map_steps.

    None where no queue is defined, under 5 items came by, or all waits are short. A step whose places (WIP limit) are
    mostly free, by Little's law, holds nobody up. Waiting in a backlog is a choice, no queue. Source: Goldratt, The
    Goal, 1984: work piles up in front of the constraint.
    """
    lead = float(steps["mean_days"].sum())
    found: list[Constraint] = []
    wait, held = 0.0, 0
    for row in steps[steps["category"] == "in-progress"].to_dict("records"):
        if row["mode"] == "wait":
            wait, held = wait + float(row["mean_days"]), held + int(row["work_in_progress"])
            continue
        used = _utilisation(row, finished_per_day)
        is_busy = used is None or used >= LEAST_UTILISATION
        if lead and wait / lead >= SMALLEST_SHARE and row["visited_items"] >= FEWEST_ITEMS and is_busy:
            found.append(Constraint(str(row["stage"]), wait, wait / lead, _reason(wait, wait / lead, held, used)))
        wait, held = 0.0, 0
    return max(found, key=lambda each: each.wait_days, default=None)


def _utilisation(row: Mapping[Any, Any], finished_per_day: float) -> float | None:
    """The share of a step's agreed places that are taken on average; None where none are agreed."""
    return row["mean_days"] * finished_per_day / row["wip_limit"] if pd.notna(row["wip_limit"]) else None


def _reason(wait: float, share: float, held: int, used: float | None) -> str:
    said = f"items wait {formatted(wait, 'days')} for it, {formatted(share, 'ratio')} of the lead time"
    said += f"; {held:,} {'waits' if held == 1 else 'wait'} now"
    return said if used is None else f"{said}; on average {formatted(used, 'ratio')} of its places are taken"
