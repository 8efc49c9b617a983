"""Changes of a stream's stages as a new text of streams.toml: what was not changed stays as it was written.

Every stage is a block of the text, from its header (and the comments right above it) to the next header. A block is
changed by tomlkit, key by key; whole blocks move when the order changes. In the end the new text is read again and
compared with what was meant.
"""

from __future__ import annotations

import copy
import hashlib
import tomllib
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from dashboard.errors import DefinitionError
from dashboard.streams.blocks import Block, blocks_of, joined
from dashboard.streams.definition import Stage, Stream, parse_definition
from dashboard.streams.files import ChangedMeanwhileError, alone, put_in_place, text_of
from dashboard.streams.written import stage_text, stream_text

# Where a state may go besides a stage of the form.
OWN, NONE = "own", "none"

# What a person may change; confidence and reason are the proposal's and go when somebody decides.
CHANGEABLE = ("name", "states", "category", "mode", "activity", "waste", "team", "wip_limit")
GUESSED = ("confidence", "reason")
NEW_FILE = "# The definition of the value streams; see the Mapping page, or edit by hand and run: vsm import\n\n"


@dataclass(frozen=True)
class Drawn:
    """What a form shows: the stream, the text of the file, and a mark of both that the form gives back."""

    stream: Stream
    text: str
    is_in_file: bool

    @property
    def mark(self) -> str:
        """Differs as soon as the file, or the proposal that stands for it, differs."""
        return hashlib.sha256(f"{self.text}\0{self.stream.model_dump_json()}".encode()).hexdigest()


@dataclass(frozen=True)
class Edit:
    """A stage as somebody wants it; `origin` is its name in the definition, None for a new one."""

    origin: str | None
    stage: Stage


def drawn(path: Path, known: Stream) -> Drawn:
    """The stream as the file defines it, else as `known`. Raises DefinitionError for a file that can't be read."""
    text = text_of(path)
    defined = parse_definition(path, text).get(known.id) if text else None
    return Drawn(defined or known, text, defined is not None)


def read_form(
    stream: Stream,
    rows: Sequence[Mapping[str, Any]],
    places: Mapping[str, str],
    proposed: Mapping[str, Stage],
) -> tuple[Edit, ...]:
    """The stages that a form asks for, in their order. Raises DefinitionError with a sentence for each fault.

    A row has the fields of CHANGEABLE but for `states`, and `position`; the first rows are the stream's stages in
    their order, a further one is a new stage, left out while it has no name. `places` maps each state to the number
    of its row, to OWN (a stage of its own, as `proposed` by state) or NONE. A stage that loses its last state goes.
    """
    faults: list[str] = []
    kept: list[tuple[tuple[float, int], Edit]] = []
    origins = [stage.name for stage in stream.stage]
    for number, row in enumerate(rows):
        origin = origins[number] if number < len(origins) else None
        states = tuple(state for state, place in places.items() if place == str(number))
        name = str(row["name"] or "").strip()
        if not states:
            if origin is None and name:
                faults.append(f"The new stage {name!r} has no state. Choose it at one of the states.")
            continue
        if not name:
            faults.append(f"The stage that {_listed(states)} should go to has no name. Give it one.")
            continue
        stage = _read_stage({**row, "name": name}, states, stream.stage[number] if origin else None, faults)
        if stage:
            kept.append((_order(row, number, len(origins), faults), Edit(origin, stage)))
    edits = [edit for _, edit in sorted(kept, key=lambda each: each[0])]
    edits += [Edit(None, _own_stage(state, proposed)) for state, place in places.items() if place == OWN]
    faults += _doubles(edits)
    if not edits:
        faults.append("No stage is left. A value stream has one stage or more.")
    if faults:
        raise DefinitionError("\n".join(faults))
    return tuple(edits)


def rewritten(path: Path, before: Drawn, edits: Sequence[Edit]) -> str:
    """The file's text with these stages and no other change; `path` is only named in errors.

    A stream that the file does not hold is added to it, confirmed. Raises DefinitionError where the result would
    not be a valid definition.
    """
    confirmed = _confirmed(before.stream, edits)
    if not before.is_in_file:
        text = f"{before.text.rstrip()}\n\n" if before.text.strip() else NEW_FILE
        text += stream_text(confirmed)
    else:
        text = _edited_text(path, before, edits)
    parse_definition(path, text)
    return text


def save(path: Path, known: Stream, mark: str, edits: Sequence[Edit]) -> Drawn:
    """Write the stages into the file at once or not at all, and give what stands there now.

    Raises ChangedMeanwhileError, with nothing written, unless `mark` is that of the definition as it is.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path.parent):
        before = drawn(path, known)
        if before.mark != mark:
            raise ChangedMeanwhileError(
                f"{path.name} was changed since this page was opened. Nothing was written, and what you entered is "
                "still here: open the page in another tab, compare, and enter it there."
            )
        put_in_place(path, rewritten(path, before, edits))
        return drawn(path, known)


def changes_of(before: Stage, after: Stage) -> dict[str, Any]:
    """Key → new value, for the keys of a stage that differ; None where the key should go."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changed = {key: new[key] for key in CHANGEABLE if key != "states" and old[key] != new[key]}
    states = [state for state in _states(before) if state in after.states]
    states += [state for state in after.states if state not in states]
    if states != list(_states(before)) or (not before.states and "name" in changed):
        changed["states"] = states
    decided = {key: None for key in GUESSED if changed and old[key] is not None}
    return changed | decided


def _read_stage(
    row: Mapping[str, Any], states: tuple[str, ...], before: Stage | None, faults: list[str]
) -> Stage | None:
    try:
        return Stage.model_validate(
            {
                **{key: row[key] or None for key in ("activity", "waste")},
                **{key: row[key] for key in ("name", "category", "mode")},
                "states": states,
                "team": str(row["team"] or "").strip() or None,
                "wip_limit": _limit(row["wip_limit"], row["name"], faults),
                "compliance": before.compliance if before else False,
                "automated": before.automated if before else False,
                "confidence": before.confidence if before else None,
                "reason": before.reason if before else None,
            }
        )
    except ValidationError as error:
        faults += [f"The stage {row['name']!r}: {_told(each)}" for each in error.errors()]
        return None


def _told(error: Any) -> str:
    return f"{error['loc'][0]} is {error['input']!r}; it {error['msg'].removeprefix('Input ')}."


def _limit(value: Any, name: str, faults: list[str]) -> int | None:
    if value in (None, ""):
        return None
    number = _number(value)
    if number is None or number < 1 or number != int(number):
        faults.append(f"The limit of the stage {name!r} is {value!r}. Expected a whole number from 1, or nothing.")
        return None
    return int(number)


def _order(row: Mapping[str, Any], number: int, stages: int, faults: list[str]) -> tuple[float, int]:
    """What to sort by: a stage that moves up stands before the one whose number it takes, one that moves down after."""
    before = number + 1
    if row["position"] in (None, "") and number >= stages:
        return before, 0
    wanted = _number(row["position"])
    if wanted is None:
        faults.append(f"The position of the stage {row['name']!r} is {row['position']!r}. Expected a number.")
        return before, 0
    return wanted, (wanted > before) - (wanted < before)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _own_stage(state: str, proposed: Mapping[str, Stage]) -> Stage:
    guess = proposed.get(state, Stage(name=state))
    return guess.model_copy(update={"name": state, "states": (state,), "confidence": None, "reason": None})


def _doubles(edits: Sequence[Edit]) -> list[str]:
    names = [edit.stage.name for edit in edits if edit.stage.name]
    return [
        f"Two stages are called {name!r}. Give each its own name, or move the states of one into the other."
        for name in sorted({name for name in names if names.count(name) > 1})
    ]


def _listed(states: Sequence[str]) -> str:
    return ", ".join(repr(state) for state in states)


def _states(stage: Stage) -> tuple[str, ...]:
    return stage.states or (stage.name,)


def _confirmed(stream: Stream, edits: Sequence[Edit]) -> Stream:
    stages = tuple(edit.stage.model_copy(update=dict.fromkeys(GUESSED)) for edit in edits)
    return stream.model_copy(update={"is_proposal": False, "stage": stages})


def _edited_text(path: Path, before: Drawn, edits: Sequence[Edit]) -> str:
    blocks = blocks_of(before.text)
    data = tomllib.loads(before.text)
    index = [stream["id"] for stream in data["stream"]].index(before.stream.id)
    first, last = _range_of(blocks, index)
    mine = [number for number in range(first, last) if blocks[number].header == "stream.stage"]
    can_edit = bool(mine) and len(mine) == len(before.stream.stage)
    new_data = _expected(data, index, before.stream, edits)
    if can_edit:
        stages = _edited_stages([blocks[number] for number in mine], before.stream, edits)
        others = [block for number, block in enumerate(blocks[first:last], first) if number not in mine]
        ahead = mine[0] - first
        others = [_without_proposal(others[0]), *others[1:]]
        text = joined([*blocks[:first], *others[:ahead], *stages, *others[ahead:], *blocks[last:]])
        if tomllib.loads(text) == new_data:
            return text
    raise DefinitionError(
        f"{path.name}: the stages of {before.stream.id!r} are written in a way that can't be changed here. Write each "
        "as a table of its own, [[stream.stage]], or change them in the file itself."
    )


def _range_of(blocks: Sequence[Block], index: int) -> tuple[int, int]:
    """Where the blocks of the stream number `index` begin and end; an empty range where none has that number."""
    heads = [number for number, block in enumerate(blocks) if block.header == "stream"]
    if index >= len(heads):
        return 0, 0
    first = heads[index]
    beyond = (n for n in range(first + 1, len(blocks)) if not blocks[n].header.startswith("stream."))
    return first, next(beyond, len(blocks))


def _expected(data: Mapping[str, Any], index: int, stream: Stream, edits: Sequence[Edit]) -> dict[str, Any]:
    """What the new file must say: the old data with the changes of the form, and nothing else."""
    wanted: dict[str, Any] = copy.deepcopy(dict(data))
    table = wanted["stream"][index]
    written = {stage["name"]: stage for stage in table["stage"]}
    known = {stage.name: stage for stage in stream.stage}
    stages = []
    for edit in edits:
        stage = written[edit.origin] if edit.origin else tomllib.loads(stage_text(edit.stage))["stream"]["stage"][0]
        if edit.origin:
            _apply(stage, _changes(known[edit.origin], edit.stage, stream.is_proposal))
        stages.append(stage)
    table["stage"] = stages
    table.pop("is_proposal", None)
    return wanted


def _changes(before: Stage, after: Stage, is_proposal: bool) -> dict[str, Any]:
    guesses = {key: None for key in GUESSED if is_proposal and getattr(before, key) is not None}
    return changes_of(before, after) | guesses


def _edited_stages(blocks: Sequence[Block], stream: Stream, edits: Sequence[Edit]) -> list[Block]:
    """The blocks of the stages in their new order, each changed where it differs."""
    by_name = {stage.name: (stage, block) for stage, block in zip(stream.stage, blocks, strict=True)}
    new: list[Block] = []
    for edit in edits:
        if edit.origin is None:
            new.append(Block("stream.stage", stage_text(edit.stage), "\n"))
        else:
            stage, block = by_name[edit.origin]
            new.append(_changed(block, _changes(stage, edit.stage, stream.is_proposal)))
    if [edit.origin for edit in edits] == [stage.name for stage in stream.stage]:
        return new
    return _settled(blocks, stream, edits, new)


def _settled(blocks: Sequence[Block], stream: Stream, edits: Sequence[Edit], new: Sequence[Block]) -> list[Block]:
    """Blocks that moved: what followed the last one stays last, and comments of a stage that went are kept."""
    end = blocks[-1].tail
    left = {edit.origin for edit in edits}
    orphans = [
        block.tail
        for stage, block in zip(stream.stage[:-1], blocks[:-1], strict=True)
        if stage.name not in left and "#" in block.tail
    ]
    tails = [
        "\n" if edit.origin == stream.stage[-1].name else block.tail for edit, block in zip(edits, new, strict=True)
    ]
    last = tails[-1] if "#" in tails[-1] else ""
    tails[-1] = "".join([*orphans, last.rstrip(), "\n" if last.strip() else "", end])
    ended = [block.body if block.body.endswith("\n") else f"{block.body}\n" for block in new]
    return [
        replace(block, body=body, tail=tail if tail or place == len(new) - 1 else "\n")
        for place, (block, body, tail) in enumerate(zip(new, ended, tails, strict=True))
    ]


def _changed(block: Block, changes: Mapping[str, Any]) -> Block:
    if not changes:
        return block
    document = tomlkit.parse(block.body if block.body.endswith("\n") else f"{block.body}\n")
    _apply(document["stream"]["stage"][0], changes)
    return replace(block, body=tomlkit.dumps(document))


def _without_proposal(block: Block) -> Block:
    document = tomlkit.parse(block.body)
    table = document["stream"][0]
    if "is_proposal" not in table:
        return block
    del table["is_proposal"]
    return replace(block, body=tomlkit.dumps(document))


def _apply(table: MutableMapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Carry out changes on a table, plain or tomlkit's; a list is changed in place, so that its layout stays."""
    for key, value in changes.items():
        if value is None:
            table.pop(key, None)
        elif isinstance(value, list) and key in table:
            for gone in [each for each in table[key] if each not in value]:
                table[key].remove(gone)
            for added in [each for each in value if each not in table[key]]:
                table[key].append(added)
        else:
            table[key] = value
