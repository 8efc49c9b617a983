"""One item's way in sentences: each stay, hand-off, wait, return and block, from charts.story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.theme import formatted

FEWEST_ITEMS = 5
ENDS = {"done": "done", "cancelled": "withdrawn"}


def told(stays: pd.DataFrame) -> list[str]:
    """A sentence for each stay, in order; the last one says how it ended, or where it is now."""
    rows = stays.to_dict("records")
    return [_stay(row, rows[place + 1] if place + 1 < len(rows) else None, not place) for place, row in enumerate(rows)]


def beside_others(days: float, others: Sequence[float], kind: str) -> str:
    """How its time compares with that of finished items of its type; nothing where fewer than 5 are known."""
    if len(others) < FEWEST_ITEMS:
        return ""
    known = pd.Series(others)
    half, faster = formatted(float(known.median()), "days"), formatted(float((known < days).mean()), "ratio")
    return (
        f"Half of the {len(known):,} {kind} items that finished took {half} or less from creation to done; "
        f"{faster} of them were faster than this one."
    )


def _stay(row: Mapping[str, Any], after: Mapping[str, Any] | None, is_first: bool) -> str:
    when = f"{row['entered_at'].day} {row['entered_at']:%b %Y}"
    begin = f"{when}: created in {row['stage']}" if is_first else f"{when}: {_arrived(row)}"
    if after is None and row["category"] in ENDS:
        return f"{when}: {ENDS[row['category']]}, in {row['stage']}."
    return f"{begin}; {_spent(row, after)}{_blocked(row)}."


def _arrived(row: Mapping[str, Any]) -> str:
    back = "back in" if row["is_rework"] else "into"
    team = f" to {row['team']}" if pd.notna(row["team"]) else " to another team"
    return f"{back} {row['stage']}" + (f", handed over{team}" if row["is_handoff"] else "")


def _spent(row: Mapping[str, Any], after: Mapping[str, Any] | None) -> str:
    days = formatted(row["days"], "days")
    if after is None:
        return (
            f"there for {days}, and there still"
            if row["mode"] == "active"
            else f"waiting for {days}, and waiting still"
        )
    if row["mode"] == "wait":
        return f"waited {days} for {after['stage']}"
    return f"worked on for {days}"


def _blocked(row: Mapping[str, Any]) -> str:
    if not row["blocked_days"]:
        return ""
    reasons = f" ({', '.join(row['reasons'].split('|'))})" if isinstance(row["reasons"], str) and row["reasons"] else ""
    return f", {formatted(row['blocked_days'], 'days')} of it blocked{reasons}"
