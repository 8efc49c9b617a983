"""Changes of the plan as a new text of plan.toml: what was not changed stays as it was written, comments too.

An entry is found by its id in the blocks of the text (blocks.py) and changed key by key. In the end the new text is
read again and compared with what was meant; a plan that is no longer the one that was seen is not written over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import AoT

from dashboard.errors import ConflictError, DefinitionError
from dashboard.streams.blocks import Block, blocks_of, joined
from dashboard.streams.files import alone, mark_of, put_in_place, text_of
from dashboard.streams.plan import Initiative, Objective, Plan, Review, Target, parse_plan

Entry = Objective | Target | Initiative | Review
MODELS: Mapping[str, type[Entry]] = {
    "objective": Objective,
    "target": Target,
    "initiative": Initiative,
    "review": Review,
}
BLOCKS = (
    "{file} is written in a way that can't be changed here. Write each entry as a table of its own, such as "
    "[[{kind}]], or change it in the file itself."
)
NEW_FILE = "# Targets and initiatives; see the Plan page, or edit by hand.\n"


@dataclass(frozen=True)
class Seen:
    """The plan of a file, its text, and a mark that a form gives back."""

    plan: Plan
    text: str

    @property
    def mark(self) -> str:
        """Differs as soon as the file does."""
        return mark_of(self.text)


@dataclass(frozen=True)
class Edit:
    """What is to become of an entry: `id` None is a new one, `values` None removes it; `values` replace all keys."""

    kind: str
    id: str | None
    values: Mapping[str, Any] | None


@dataclass(frozen=True)
class Change:
    """An edit as it was carried out: the entry before and after, None where it was not there."""

    kind: str
    before: Entry | None
    after: Entry | None


Log = Callable[[Sequence[Change]], AbstractContextManager[None]]


def seen(path: Path, metrics: frozenset[str]) -> Seen:
    """The plan as it is now. Raises DefinitionError for one that can't be read."""
    text = text_of(path)
    return Seen(parse_plan(path, text, metrics), text)


def write(path: Path, metrics: frozenset[str], mark: str, edits: Sequence[Edit], log: Log) -> Seen:
    """Carry out edits all at once or not at all, and give the plan that stands there now.

    `log` keeps the changes around the writing: neither is there without the other. Raises ConflictError, which has
    the plan as it is, unless `mark` is that of the file; DefinitionError for what can't be.
    """
    path = path.resolve()
    with alone(path.parent):
        now = seen(path, metrics)
        if now.mark != mark:
            raise ConflictError(f"{path.name} was changed since this form was opened. Nothing was written.", now)
        plan, text, changes = now.plan, now.text or NEW_FILE, []
        for edit in edits:
            change = change_of(plan, edit)
            text, plan = _edited(path, text, plan, change), applied(plan, change)
            changes.append(change)
        _refuse_if_needed(plan, changes)
        if parse_plan(path, text, metrics) != plan:
            raise DefinitionError(BLOCKS.format(file=path.name, kind=edits[0].kind))
        with log([each for each in changes if each.before != each.after]):
            _put(path, text)
    return Seen(plan, text)


def change_of(plan: Plan, edit: Edit) -> Change:
    """An edit with what it changes. Raises DefinitionError where there is no such entry, or for what can't be."""
    before = None if edit.id is None else entry_of(plan, edit.kind, edit.id)
    if edit.id is not None and before is None:
        raise DefinitionError(f"The {edit.kind} {edit.id!r} is not in the plan any more: somebody removed it.")
    return Change(edit.kind, before, None if edit.values is None else checked(edit.kind, edit.values))


def entry_of(plan: Plan, kind: str, id: str) -> Entry | None:
    """The entry with this id."""
    entries: tuple[Entry, ...] = getattr(plan, kind)
    return next((each for each in entries if each.id == id), None)


def checked(kind: str, values: Mapping[str, Any]) -> Entry:
    """The entry that these values make. Raises DefinitionError with a sentence for each that can't be."""
    try:
        return MODELS[kind].model_validate({key: value for key, value in values.items() if value is not None})
    except ValidationError as error:
        raise DefinitionError("\n".join(_told(each) for each in error.errors())) from None


def applied(plan: Plan, change: Change) -> Plan:
    """The plan after a change; a new entry stands behind the last one of its stream."""
    entries: tuple[Entry, ...] = getattr(plan, change.kind)
    if change.after is None:
        kept = tuple(each for each in entries if each is not change.before)
    elif change.before is None:
        place = _place_for(entries, change.after)
        kept = (*entries[:place], change.after, *entries[place:])
    else:
        kept = tuple(change.after if each is change.before else each for each in entries)
    return plan.model_copy(update={change.kind: kept})


def new_id(stream: str, name: str, taken: Iterable[str]) -> str:
    """'Pair on reviews' of the bank → 'bank-pair-on-reviews', with a number where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    begun = f"{stream}-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')[:50].strip('-') or 'entry'}"
    known = set(taken)
    others = (f"{begun}-{number}" for number in range(2, len(known) + 3))
    return begun if begun not in known else next(each for each in others if each not in known)


def said_of(entry: Entry) -> dict[str, Any]:
    """What an entry says, as it is written in TOML: nothing of what is not known or as usual."""
    said = {
        key: "mean" if key == "percentile" and value is None else value
        for key, value in entry.model_dump(exclude_defaults=True).items()
    }
    return {key: value for key, value in said.items() if value is not None}


def _refuse_if_needed(plan: Plan, changes: Sequence[Change]) -> None:
    """An objective that targets still serve stays."""
    gone = {each.before.id for each in changes if each.kind == "objective" and each.before and not each.after}
    serving = [each.id for each in plan.target if each.objective in gone]
    if serving:
        raise DefinitionError(f"Targets serve this objective ({', '.join(serving)}). Change or remove them first.")


def _told(error: Any) -> str:
    key = " ".join(str(part) for part in error["loc"]).replace("_", " ")
    if error["type"] == "missing":
        return f"{key} is missing."
    expected = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"The entry {expected}." if isinstance(error["input"], dict) else f"{key} {expected}."


def _place_for(entries: Sequence[Entry], entry: Entry) -> int:
    mine = [place for place, each in enumerate(entries, 1) if each.stream == entry.stream]
    return mine[-1] if mine else len(entries)


def _edited(path: Path, text: str, plan: Plan, change: Change) -> str:
    """The text with one change of the plan that it holds. Raises DefinitionError for entries without blocks."""
    blocks = blocks_of(text)
    entries, spans = getattr(plan, change.kind), _spans(blocks, change.kind)
    if len(spans) != len(entries):
        raise DefinitionError(BLOCKS.format(file=path.name, kind=change.kind))
    if change.before is None:
        place = _place_for(entries, change.after) if change.after else 0
        return _with_new(blocks, spans[place - 1][1] - 1 if place else None, change)
    first, last = spans[next(place for place, each in enumerate(entries) if each is change.before)]
    if change.after is None:
        return _without(blocks, first, last)
    body = joined([*blocks[first : last - 1], replace(blocks[last - 1], tail="")])
    changed = Block(change.kind, _changed(body, change.before, change.after), blocks[last - 1].tail)
    return joined([*blocks[:first], changed, *blocks[last:]])


def _spans(blocks: Sequence[Block], kind: str) -> list[tuple[int, int]]:
    """Where the blocks of each entry of a kind begin and end, tables below it included."""
    spans = []
    for first, block in enumerate(blocks):
        if block.header == kind:
            beyond = (n for n in range(first + 1, len(blocks)) if not blocks[n].header.startswith(f"{kind}."))
            spans.append((first, next(beyond, len(blocks))))
    return spans


def _with_new(blocks: Sequence[Block], behind: int | None, change: Change) -> str:
    place = len(blocks) - 1 if behind is None else behind
    before, rest = blocks[place], blocks[place + 1 :]
    body = before.body if before.body.endswith("\n") or not before.body else f"{before.body}\n"
    if behind is None:  # what stands apart at the end stays where it is
        gap, end = (f"{before.tail.rstrip()}\n\n" if before.tail.strip() else "\n"), ""
    else:
        gap, end = "\n", before.tail or ("\n" if rest else "")
    new = Block(change.kind, _written(change), end)
    return joined([*blocks[:place], replace(before, body=body, tail=gap), new, *rest])


def _without(blocks: Sequence[Block], first: int, last: int) -> str:
    """Comments that stand apart behind an entry belong to what follows: they stay."""
    tail = blocks[last - 1].tail
    left = joined([*blocks[:first], Block("", "", tail.lstrip("\n") if "#" in tail else ""), *blocks[last:]])
    return left.rstrip("\n") + "\n" if last == len(blocks) else left


def _changed(body: str, before: Entry, after: Entry) -> str:
    """The text of an entry, key by key."""
    was, said = said_of(before), said_of(after)
    document = tomlkit.parse(body if body.endswith("\n") else f"{body}\n")
    table: Any = next(iter(document.values()))[0]
    for key in [key for key in was if key not in said]:
        table.pop(key, None)
    for key, value in said.items():
        if was.get(key) != value:
            if isinstance(table.get(key), AoT):
                del table[key]
            table[key] = _item(value)
    return tomlkit.dumps(document).rstrip("\n") + "\n"


def _written(change: Change) -> str:
    table = tomlkit.table()
    for key, value in (said_of(change.after) if change.after else {}).items():
        table.append(key, _item(value))
    return f"[[{change.kind}]]\n{table.as_string()}"


def _item(value: Any) -> Any:
    """A value as TOML; milestones in one line each."""
    if not isinstance(value, (tuple, list)):
        return tomlkit.item(value)
    array = tomlkit.array().multiline(len(value) > 2)
    for each in value:
        table = tomlkit.inline_table()
        table.update(each)
        array.append(table)
    return array


def _put(path: Path, text: str) -> None:
    try:
        put_in_place(path, text)
    except OSError as error:
        raise DefinitionError(
            f"{path.name}: can't be written: {error.strerror or error}. Nothing was changed."
        ) from None
