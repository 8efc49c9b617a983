"""The plan as one table, a row an entry, to and from CSV; a column that an entry has no use for is empty there."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pydantic import ValidationError

from dashboard.errors import DefinitionError
from dashboard.spreadsheets import GUARDED
from dashboard.streams.plan import KINDS, Milestone, Plan, nearest
from dashboard.streams.plan_edits import MODELS, Change, Edit, Entry, applied, change_of, entry_of, new_id, said_of

FIELDS = {kind: tuple(MODELS[kind].model_fields) for kind in KINDS}
COLUMNS = ("kind", *dict.fromkeys(field for kind in KINDS for field in FIELDS[kind]))
LONGEST = 1_000_000
# What a new entry is called by, of which its id is made.
NAMES = {"objective": "title", "target": "metric", "initiative": "name", "review": "on"}
NUMBERS = ("baseline", "value", "percentile")


@dataclass(frozen=True)
class Row:
    """An entry of a CSV; `line` is where it begins."""

    line: int
    kind: str
    cells: Mapping[str, str]


def plan_table(plan: Plan) -> pd.DataFrame:
    """A row an entry, in the order of the plan."""
    rows = [
        {"kind": kind, **{key: text_of_value(value) for key, value in said_of(each).items()}}
        for kind in KINDS
        for each in getattr(plan, kind)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def edits_from(
    text: str, plan: Plan, stream: str, metrics: frozenset[str], streams: frozenset[str]
) -> tuple[Edit, ...]:
    """What a CSV adds and changes; it removes nothing. A column that it lacks stays as it is.

    An entry without an id is new, a new one without a stream is of `stream`; `streams` are all there are. Raises
    DefinitionError with a line for each fault, naming line and column.
    """
    faults: list[str] = []
    edits: list[Edit] = []
    for row in _rows(text, faults):
        edit = _edit(row, plan, stream, metrics, streams, faults)
        if edit:
            edits.append(edit)
            plan = applied(plan, change_of(plan, edit))
    if faults:
        raise DefinitionError("\n".join(faults))
    return tuple(edits)


def changes_of(plan: Plan, edits: Sequence[Edit]) -> tuple[Change, ...]:
    """What edits change, in turn; nothing of those that change nothing."""
    changes = []
    for edit in edits:
        change = change_of(plan, edit)
        plan = applied(plan, change)
        changes.append(change)
    return tuple(each for each in changes if each.before != each.after)


def text_of_value(value: Any) -> str:
    """A value as it stands in a cell or a field; milestones a line each."""
    if isinstance(value, (list, tuple)):
        return "\n".join(f"{each['on']} {each['name']}" for each in value)
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 and float(f"{value:g}") == value else repr(value)
    return "" if value is None else str(value)


def value_of_text(key: str, text: str) -> Any:
    """A cell or a field as a value for a model; None where it is empty. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    if key == "milestones":
        return [_milestone(line) for line in text.splitlines() if line.strip()]
    if key in NUMBERS and text != "mean":
        return number_of(text)
    if key in ("on", "start", "due", "baseline_from", "baseline_until"):
        return _day(text)
    return text


def number_of(text: str) -> float:
    """'12.5' or '15 %' → 12.5, 0.15. Raises ValueError."""
    share = re.fullmatch(r"(.*?)\s*%", text)
    try:
        return float(share[1]) / 100 if share else float(text)
    except ValueError:
        raise ValueError(f"is {text!r}, which is no number; expected one such as 12.5 or 15 %") from None


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"is {text!r}, which is no day; expected year-month-day, such as 2026-01-31") from None


def _milestone(line: str) -> Milestone:
    day, _, name = line.strip().partition(" ")
    if not name.strip():
        raise ValueError(f"has {line.strip()!r}; expected a day and a name in each line, such as 2026-01-31 First team")
    return Milestone(on=_day(day), name=name.strip())


def _rows(text: str, faults: list[str]) -> Iterator[Row]:
    if len(text) > LONGEST:
        raise DefinitionError(f"The CSV has {len(text):,} characters; {LONGEST:,} are read at most. Cut it in two.")
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    names = [name.strip().lower() for name in next(reader, [])]
    _check_head(names)
    line = reader.line_num
    for cells in reader:
        begins, line = line + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            faults.append(f"line {begins}: it has {len(cells)} cells, and the first line names {len(names)} columns.")
            continue
        told = {name: re.sub(GUARDED, r"\1", cell) for name, cell in zip(names, cells, strict=False)}
        if (kind := told.pop("kind", "").strip()) not in KINDS:
            faults.append(f"line {begins}, column kind: is {kind!r}; expected one of {', '.join(KINDS)}.")
            continue
        yield Row(begins, kind, told)


def _check_head(names: Sequence[str]) -> None:
    if "kind" not in names:
        raise DefinitionError(
            f"line 1: there is no column kind. The first line names the columns: {', '.join(COLUMNS)}."
        )
    for name in names:
        if name not in COLUMNS:
            raise DefinitionError(f"line 1, column {name}: there is no such column. There are: {', '.join(COLUMNS)}.")
        if names.count(name) > 1:
            raise DefinitionError(f"line 1, column {name}: it stands there twice.")


def _edit(
    row: Row, plan: Plan, stream: str, metrics: frozenset[str], streams: frozenset[str], faults: list[str]
) -> Edit | None:
    """The edit that a row asks for; None with a fault for each cell that can't be."""
    told, found = {}, []
    for key, cell in row.cells.items():
        try:
            value = value_of_text(key, cell)
        except ValueError as error:
            found.append((key, f"{error}"))
            continue
        if key in FIELDS[row.kind]:
            told[key] = value
        elif value is not None:
            found.append((key, f"is {cell!r}, and an entry of the kind {row.kind} has no such value"))
    metric = told.get("metric")
    if metric and metric not in metrics:
        found.append(("metric", f"is {metric!r}; {nearest(metric, metrics)[:-1]}"))
    before = _known(plan, row.kind, told, stream)
    told["stream"] = told.get("stream") or (before.stream if before else stream)
    if told["stream"] not in streams:
        found.append(("stream", f"is {told['stream']!r}; {nearest(told['stream'], streams, 'value stream')[:-1]}"))
    values = {**(said_of(before) if before else {}), **told}
    if "id" in FIELDS[row.kind] and not values.get("id"):
        values["id"] = new_id(values["stream"], str(values.get(NAMES[row.kind], "")), _ids(plan, row.kind))
    found = found or [*_faults(row.kind, values)]
    faults.extend(f"line {row.line}, column {key}: {words}." for key, words in found)
    return None if found else Edit(row.kind, before.id if before else None, values)


def _known(plan: Plan, kind: str, told: Mapping[str, Any], stream: str) -> Entry | None:
    id_ = f"{told.get('stream') or stream} {told.get('on')}" if kind == "review" else told.get("id")
    return entry_of(plan, kind, id_) if id_ else None


def _ids(plan: Plan, kind: str) -> list[str]:
    return [each.id for each in getattr(plan, kind)]


def _faults(kind: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        MODELS[kind].model_validate({key: value for key, value in values.items() if value is not None})
    except ValidationError as error:
        for each in error.errors():
            words = each["msg"].removeprefix("Value error, ").removeprefix("Input ")
            key = str(each["loc"][0]) if each["loc"] else "kind"
            yield key, "is missing" if each["type"] == "missing" else words if key == "kind" else _found(each, words)


def _found(error: Any, words: str) -> str:
    return f"is {error['input']!r}; it {words}"
