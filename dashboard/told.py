"""What an import understood, told in lines for people."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.account import Account
from dashboard.theme import duration, formatted
from dashboard.warehouse import Warehouse

EVENT_MEANINGS = {
    "entered": "an event says when a state was entered",
    "ended": "an event says when an activity ended; the time before belongs to it",
    "interval": "a record says when an activity began and ended; the gaps are waiting",
    "start-complete": "records say when an activity began and when it ended; the gaps are waiting",
}


def told(account: Account, warehouse: Warehouse) -> list[str]:
    """What an import understood, in lines for people."""
    lines: list[str] = []
    for file in account.files:
        again = " (the same as last time)" if file.is_known else ""
        lines.append(f"{file.file_name}: {file.format.title}{again}")
        if file.event_is:
            lines.append(f"  {EVENT_MEANINGS[file.event_is]} (change with --event-is)")
        lines.append(
            f"  {file.records():,} records read, {file.records('kept'):,} kept, "
            f"{file.records('set aside'):,} set aside, {file.records('ignored'):,} ignored"
        )
        lines += [f"    {_fate_told(row)}" for row in file.fates.itertuples() if pd.notna(row.reason)]
        lines += [printable(f"  {each[0].upper()}{each[1:]}.") for each in (*file.notes, *file.format.notes)]
        lines += [printable(f"  Read: {file.columns}.")] if file.columns else []
    for stream in warehouse.streams().itertuples():
        lines += _stream_told(stream, warehouse)
    return lines + _problems_told(warehouse)


def _fate_told(row: Any) -> str:
    where = ", ".join(row.examples) + (" …" if row.records > len(row.examples) else "")
    column = f"{row.column_name}: " if pd.notna(row.column_name) else ""
    return printable(f"{row.records:,} {row.fate}: {column}{row.reason} ({where})")


def _problems_told(warehouse: Warehouse) -> list[str]:
    """What the checks find, a line each; all of it is on the Data page and in `vsm check`."""
    problems = warehouse.problems()
    lines = []
    for check, found in problems[problems["severity"] != "broken"].groupby("check", sort=False):
        query = warehouse.catalogue.queries[f"checks.{check}"]
        first = ", ".join(str(subject) for subject in found["subject"].head(4)) + (" …" if len(found) > 4 else "")
        lines.append(printable(f"  {query.title} ({query.header['severity']}): {len(found):,}: {first}"))
    return ["\nChecks (vsm check tells more)", *lines] if lines else []


def printable(text: str) -> str:
    """Without characters that steer a terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _stream_told(stream: Any, warehouse: Warehouse) -> list[str]:
    (known,) = warehouse.ask("charts.case_durations", warehouse.default_scope(stream.stream)).itertuples()
    stages = warehouse.stages(stream.stream)
    lines = [
        f"\n{stream.name} [{stream.stream}]: {stream.items_count:,} items, {known.finished:,} finished, "
        f"{known.open:,} open; "
        f"{len(stages)} stages; {stream.first_event_on:%Y-%m-%d} to {stream.last_event_on:%Y-%m-%d}"
    ]
    if pd.notna(known.median_days):
        lines.append(
            f"  Case duration, first to last event of all items: half took {formatted(known.median_days, 'days')} or "
            f"less, 85 % {formatted(known.p85_days, 'days')}"
        )
    if stream.items_count and not stream.has_history:
        lines.append("  No source tells a history: where the time went is unknown (Data says what to export)")
    if not stream.has_start_times:
        lines.append("  No source tells starts: cycle times, ages and earlier work in progress are unknown")
    if stream.is_proposal and len(stages):
        path = " → ".join(stages.loc[stages["category"] != "cancelled", "stage"])
        lines.append(f"  Proposed path, from the data alone (correct it: vsm map): {path}")
    if pd.notna(stream.quiet_seconds):
        ends = ", ".join(stages.loc[stages["category"] == "done", "stage"])
        lines.append(
            f"  No state is an explicit end: an item counts as finished in {ends} after "
            f"{duration(stream.quiet_seconds)} without an event"
        )
    return lines
