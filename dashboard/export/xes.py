"""The event log of a stream as XES (IEEE 1849-2016), written trace by trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from dashboard.engines.duckdb import DuckDB
from dashboard.export import event_log
from dashboard.streams.definition import Stream

# Valid by the schema of the standard, in which a version is a decimal and a classifier's name has no blank.
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
\t<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
\t<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
\t<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
\t<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
\t<global scope="trace">
\t\t<string key="concept:name" value="item"/>
\t</global>
\t<global scope="event">
\t\t<string key="concept:name" value="state"/>
\t\t<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>
\t\t<string key="lifecycle:transition" value="start"/>
\t</global>
\t<classifier name="State" scope="event" keys="concept:name"/>
"""
TAIL = "</log>\n"
INDENT = "\t"

# XML forbids most control characters, lone surrogates and two more; what it would take for markup or for a blank
# is written as a reference.
FORBIDDEN = dict.fromkeys([*range(0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
REFERENCES = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'\t\n\r"}
ESCAPES: dict[int, str | None] = {**FORBIDDEN, **REFERENCES}

COLUMNS = tuple(event_log.COLUMNS)
OF_TRACE = {place: name.removeprefix("case:") for place, name in enumerate(COLUMNS) if name.startswith("case:")}
OF_EVENT = {place: name for place, name in enumerate(COLUMNS) if not name.startswith("case:")}


def write(engine: DuckDB, stream: Stream, path: Path) -> bool:
    """Write a stream's log; false and no file without an event. Rows are fetched in batches: memory stays bounded."""
    rows = engine.rows(event_log.TABLE, tuple(event_log.COLUMNS.values()), where={"stream": stream.id})
    first = next(rows, None)
    if first is None:
        return False
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD)
        file.write(_attribute("concept:name", stream.name or stream.id, 1))
        file.write(_attribute("description", event_log.TOLD, 1))
        file.write(_attribute("lifecycle:model", "standard", 1))
        for _, events in groupby(_from(first, rows), key=itemgetter(0)):
            file.writelines(_trace(events))
        file.write(TAIL)
    return True


def _from(first: tuple[Any, ...], rest: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    yield first
    yield from rest


def _trace(events: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    for number, event in enumerate(events):
        if number == 0:
            yield "\t<trace>\n"
            yield from (_attribute(name, event[place], 2) for place, name in OF_TRACE.items())
        yield "\t\t<event>\n"
        yield from (_attribute(name, event[place], 3) for place, name in OF_EVENT.items())
        yield "\t\t</event>\n"
    yield "\t</trace>\n"


def _attribute(key: str, value: Any, depth: int) -> str:
    """An attribute as a line of its own; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        kind, text = "date", _instant(value)
    else:
        kind, text = "string", str(value).translate(ESCAPES)
    return INDENT * depth + f'<{kind} key="{key}" value="{text}"/>\n'


def _instant(value: dt.datetime) -> str:
    """A UTC instant; in milliseconds, as every tool reads them, unless it is finer."""
    return value.isoformat(timespec="microseconds" if value.microsecond % 1000 else "milliseconds") + "+00:00"
