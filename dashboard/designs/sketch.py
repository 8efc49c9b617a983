"""A sketch as it is typed into a table: one row a step, in the order of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from dashboard.designs.document import Change, MapStep, span_text
from dashboard.errors import DefinitionError

# Field of a row → its column.
COLUMNS = {
    "number": "No.",
    "name": "Step",
    "wait": "Wait before",
    "process": "Process time",
    "accurate": "%C&A",
    "people": "People",
    "team": "Team",
}
WORDS = {**COLUMNS, "blocked": "Standing still", "batch": "Batch", "wip_limit": "WIP limit", "do": "What"}


def row_of(step: MapStep, number: int) -> dict[str, str]:
    """What stands in the table for a step."""
    return {
        "number": str(number),
        "name": step.name,
        "wait": "" if step.wait is None else span_text(step.wait),
        "process": "" if step.process is None else span_text(step.process),
        "accurate": "" if step.accurate is None else f"{100 * step.accurate:.4g}",
        "people": "" if step.people is None else f"{step.people:g}",
        "team": step.team or "",
    }


def steps_of(rows: Sequence[Mapping[str, str]], before: Sequence[MapStep] = ()) -> tuple[MapStep, ...]:
    """The steps that a table says; rows without a name are none. Raises DefinitionError, a line for each fault.

    `before` are the steps that the first rows were drawn from: what has no column stays. A step on which nobody works
    is a queue.
    """
    faults: list[str] = []
    found: list[tuple[float, MapStep]] = []
    for place, row in enumerate(rows):
        said = {field: text.strip() for field, text in row.items() if text and text.strip()}
        if "name" not in said:
            continue
        kept = before[place].model_dump(exclude=set(COLUMNS)) if place < len(before) else {}
        try:
            number = _number(said.pop("number", str(place + 1)))
            step = MapStep.model_validate({**kept, **_values(said), "mode": "active" if "process" in said else "wait"})
            found.append((number, step))
        except (ValidationError, ValueError) as error:
            faults += [f"Row {place + 1} ({said['name']}): {fault}" for fault in _faults(error)]
    names = [step.name for _, step in found]
    faults += [f"Two steps have the name {name!r}." for name in dict.fromkeys(names) if names.count(name) > 1]
    if not found and not faults:
        faults.append("There is no step. Give one a name.")
    if faults:
        raise DefinitionError("\n".join(faults))
    return tuple(step for _, step in sorted(found, key=lambda each: each[0]))


def change_of(entered: Mapping[str, str | None]) -> Change:
    """The change that a form says; what is empty is not said. Raises DefinitionError, a line for each fault."""
    said = {field: text.strip() for field, text in entered.items() if text and text.strip()}
    try:
        change = Change.model_validate(_values(said))
    except (ValidationError, ValueError) as error:
        raise DefinitionError("\n".join(_faults(error))) from None
    if change.do == "set" and not set(said) - {"do", "step", "why", "initiative", "target"}:
        raise DefinitionError("Nothing is changed. Say at least one new figure.")
    return change


def around(entered: Mapping[str, str]) -> dict[str, object]:
    """What is said around the steps; null for nothing. Raises DefinitionError for a demand that is no number."""
    said = {field: text.strip() or None for field, text in entered.items()}
    try:
        demand = None if said["demand_per_day"] is None else _number(said["demand_per_day"])
    except ValueError as error:
        raise DefinitionError(f"Items a day: {error}.") from None
    tools = [tool.strip() for tool in (said["tools"] or "").split(",") if tool.strip()]
    return {**said, "tools": tools or None, "demand_per_day": demand}


def _values(said: Mapping[str, str]) -> dict[str, object]:
    """Texts as the document has them: shares are typed in per cent, numbers with a point or a comma."""
    values: dict[str, object] = dict(said)
    if "accurate" in said:
        values["accurate"] = _share(said["accurate"])
    return values | {field: _number(said[field]) for field in ("people", "batch", "wip_limit") if field in said}


def _share(text: str) -> float:
    """'90' and '90 %' as 0.9. Raises ValueError for more than all, and for what may be a share or per cent."""
    percent = _number(text.removesuffix("%"))
    if not 0 <= percent <= 100:
        raise ValueError(f"%C&A is {text!r}; it should be 0 to 100 per cent")
    if 0 < percent <= 1 and not text.endswith("%"):
        raise ValueError(f"%C&A is {text!r}; write '{100 * percent:.4g}' or '{text} %', whichever is meant")
    return percent / 100


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None


def _faults(error: Exception) -> list[str]:
    if not isinstance(error, ValidationError):
        return [f"{error}."]
    return [
        f"{WORDS.get(str(each['loc'][0]), each['loc'][0])} is {each['input']!r}; "
        f"it {each['msg'].removeprefix('Value error, ').removeprefix('Input ')}."
        for each in error.errors()
    ]
