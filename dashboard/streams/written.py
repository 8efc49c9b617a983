"""Write a definition as TOML, each guess of a proposal with a comment that says why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from dashboard.streams.definition import Stage, Stream

HEADING = (
    "The definition of value streams. Correct what is not so, remove `is_proposal`, then:",
    "  vsm import --config <this file>",
    "category: backlog, in-progress, done, cancelled.  mode: active, wait.",
    "activity: VA (value-adding), NNVA (necessary, not value-adding), NVA (neither).",
)


def write_definition(path: Path, streams: Iterable[Stream]) -> None:
    """The streams as a TOML file that `read_definition` reads back as they are."""
    document = tomlkit.document()
    for line in HEADING:
        document.add(tomlkit.comment(line))
    tables = tomlkit.aot()
    for stream in streams:
        tables.append(_stream_table(stream))
    document.append("stream", tables)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def stream_text(stream: Stream) -> str:
    """One stream as the tables that stand for it in a definition."""
    tables = tomlkit.aot()
    tables.append(_stream_table(stream))
    return _dumped("stream", tables)


def stage_text(stage: Stage) -> str:
    """One stage as the table that stands for it in a definition."""
    table = _filled(stage.model_dump(mode="json"))
    return f"[[stream.stage]]\n{table.as_string()}"


def _dumped(key: str, value: AoT) -> str:
    document = tomlkit.document()
    document.append(key, value)
    return tomlkit.dumps(document)


def _stream_table(stream: Stream) -> Table:
    table = _filled(stream.model_dump(mode="json", exclude={"calendar", "chosen", "needs", "stage", "cost_of_delay"}))
    if stream.quiet_days and stream.is_proposal:
        table["quiet_days"].comment(
            "no state is an explicit end: an item in a last state counts as finished after this long; "
            "99 % of all gaps between two events were shorter"
        )
    if stream.cost_of_delay:
        table.append("cost_of_delay", _filled(dict(stream.cost_of_delay)))
    table.append("calendar", _filled(stream.calendar.model_dump(mode="json")))
    if stream.chosen:
        table.append("chosen", _filled(stream.chosen.model_dump(mode="json")))
    if stream.needs:
        needs = tomlkit.aot()
        for need in stream.needs:
            needs.append(_filled(need.model_dump(mode="json")))
        table.append("needs", needs)
    stages = tomlkit.aot()
    for stage in stream.stage:
        stages.append(_stage_table(stage, stream.is_proposal))
    table.append("stage", stages)
    return table


def _stage_table(stage: Stage, is_proposal: bool) -> Table:
    table = _filled(stage.model_dump(mode="json"))
    if is_proposal and stage.reason:
        category, _, mode = stage.reason.partition("; ")
        table["category"].comment(category.partition(": ")[2])
        table["mode"].comment(mode.partition(": ")[2])
    return table


def _filled(values: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        if value is not None and value is not False:
            table.append(key, value)
    return table
