"""The event log of a stream as a table, its columns named as process-mining tools know them.

An event is the entry of an item into a state; its time says when the state was entered, and the time until the next
event of the item was spent in it. People are not in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dashboard.engines.duckdb import DuckDB
from dashboard.streams.definition import Stream

TOLD = (
    "One event per entry of a work item into a state (lifecycle start): its time says when the state was entered; "
    "the time until the next event of the item was spent in that state. The first state begins with the item."
)
TABLE = "exported.event_log"

# Column of the file → column of the query.
COLUMNS = {
    "case:concept:name": "item_id",
    "concept:name": "state",
    "time:timestamp": "occurred_at",
    "lifecycle:transition": "lifecycle",
    "org:group": "team",
    "case:title": "title",
    "case:type": "type",
    "case:priority": "priority",
    "case:team": "item_team",
    "case:parent": "parent_id",
    "case:created": "created_at",
}


def write(engine: DuckDB, stream: Stream, path: Path) -> bool:
    """Write a stream's log as CSV or Parquet, by the path's ending; false and no file without an event."""
    return engine.write_columns(TABLE, COLUMNS, path, where={"stream": stream.id})


def ends(definitions: Sequence[Stream]) -> pd.DataFrame:
    """The states in which items are done: stream, state."""
    rows = [
        (stream.id, state)
        for stream in definitions
        for stage in stream.stage
        for state in stage.states or (stage.name,)
        if stage.category == "done"
    ]
    return pd.DataFrame(rows, columns=["stream", "state"], dtype="string")


def items_without_events(engine: DuckDB, stream: str) -> int:
    """Items of which no transition is known: they can't be in a log."""
    chosen = {"stream": stream}
    items = engine.count_distinct("exported.items", "item_id", where=chosen)
    return items - engine.count_distinct("exported.transitions", "item_id", where=chosen)


def file_names(streams: Sequence[str]) -> list[str]:
    """A name for each stream's file, in which only letters, digits and `_` stand; no two are equal."""
    names: list[str] = []
    for stream in streams:
        plain = re.sub(r"[^a-z0-9]+", "_", stream.lower()).strip("_")[:80] or "stream"
        names.append(next(name for name in _numbered(plain, len(streams)) if name not in names))
    return names


def _numbered(name: str, most: int) -> list[str]:
    return [name, *(f"{name}_{number}" for number in range(2, most + 2))]
