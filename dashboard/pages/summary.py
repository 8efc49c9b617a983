"""The week in a few lines of Markdown, to be pasted into a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.analysis.ageing import older_than_usual
from dashboard.pages.changes import FIRST_HALF, compared
from dashboard.pages.view import View
from dashboard.theme import formatted

OLDEST = 3


def summary(view: View) -> str:
    """What a team tells others of the scope: done, how long, on the way, growing old, blocked."""
    lines = [f"**{view.stream['name']}, {view.in_words}**", _done(view), _took(view), *_present(view)]
    return "\n".join([lines[0], "", *(f"- {line}" for line in lines[1:] if line)])


def _done(view: View) -> str:
    now, before, words = view.headline("throughput"), *compared(view, "throughput")[1:]
    against = f", against {before['items']:,} in {words}" if before and words != FIRST_HALF else ""
    return f"Done: {now['items']:,} {_items(now['items'])}{against}"


def _took(view: View) -> str:
    median = replace(view, scope=replace(view.scope, percentile=0.5))
    now, before, words = median.headline("cycle_time"), *compared(median, "cycle_time")[1:]
    if now["value"] is None:
        return ""
    told = f"Cycle time: half took {formatted(now['value'], 'days')} or less (n = {now['items']:,})"
    if before is None or words == FIRST_HALF:
        return told
    return f"{told}; in {words} {formatted(before['value'], 'days')}"


def _present(view: View) -> list[str]:
    if not view.stream["has_start_times"]:
        return ["In progress: not known, for no source tells when items were started"]
    table = view.ask("charts.ageing")
    if table.empty:
        return ["In progress: nothing"]
    late = older_than_usual(table, view.ask("charts.pace"))
    older = "" if late is None else f", {len(late):,} of them older than 85 % were on leaving that stage"
    lines = [f"In progress: {len(table):,} {_items(len(table))}{older}"]
    oldest = table.dropna(subset=["age_days"]).head(OLDEST).to_dict("records")
    if oldest:
        lines.append(f"Oldest: {', '.join(map(_told, oldest))}")
    blocked = table[table["is_blocked"].astype(bool)]["item_id"].tolist()
    if blocked:
        more = " …" if len(blocked) > OLDEST else ""
        lines.append(f"Blocked: {', '.join(map(str, blocked[:OLDEST]))}{more}")
    return lines


def _told(row: Mapping[Any, Any]) -> str:
    stage = f", {row['stage']}" if pd.notna(row["stage"]) else ""
    return f"{row['item_id']} ({formatted(row['age_days'], 'days')}{stage})"


def _items(count: int) -> str:
    return "item" if count == 1 else "items"
