"""The designed maps of a home: one TOML document each under `maps/`, whose comments are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import tomlkit
from tomlkit.items import AoT

from dashboard.designs.document import Change, Design, MapStep, parse_design
from dashboard.designs.redesign import effects_of
from dashboard.errors import DefinitionError
from dashboard.streams.files import ChangedMeanwhileError, alone, mark_of, put_in_place, text_of

FOLDER = "maps"
HEAD = "# A designed map; see the Maps page, or edit by hand. Times have units: 30 min, 4 h, 2.5 d, 1 w.\n\n"
FIRST = ("name", "do", "step", "other")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Kept:
    """A design with its id (the name of its file), and a mark that differs as soon as the file does."""

    id: str
    design: Design
    mark: str


def kept_maps(home: Path) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """All designs by name, and what is wrong with the files that can't be read."""
    found, faults = [], []
    for path in sorted((home / FOLDER).glob("*.toml")):
        if not ID.fullmatch(path.stem):
            faults.append(
                f"{path.name} is not shown: the name of a map's file has small Latin letters, digits, dashes."
            )
            continue
        try:
            found.append(kept_map(home, path.stem))
        except DefinitionError as error:
            faults.append(str(error))
    return tuple(sorted(found, key=lambda kept: kept.design.name.casefold())), tuple(faults)


def kept_map(home: Path, id: str) -> Kept:
    """One design. Raises DefinitionError where there is none, and for one that can't be read."""
    path = _path(home, id)
    text = text_of(path)
    if not text:
        raise DefinitionError(f"There is no map {id!r}.")
    return _kept(path, text)


def keep_new(home: Path, design: Design) -> Kept:
    """The design in a file of its own. Raises DefinitionError where its name is taken."""
    path = _path(home, id_of(design.name))
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path.parent):
        if path.exists():
            raise DefinitionError(f"There is a map {design.name!r} already. Choose another name.")
        text = HEAD + tomlkit.dumps(_plain(design))
        kept = _kept(path, text)
        put_in_place(path, text)
    return kept


def remove_map(home: Path, id: str, mark: str) -> None:
    """Remove a design, if it is still the one that was seen."""
    path = _path(home, id)
    with alone(path.parent):
        _unchanged(path, mark)
        path.unlink()


def add_change(home: Path, id: str, mark: str, change: Change) -> Kept:
    """The design with one more change at its end. Raises DefinitionError for one that can't be made."""

    def edit(document: tomlkit.TOMLDocument) -> None:
        _tables(document, "change").append(_table(_plain(change)))

    return _edited(home, id, mark, edit)


def remove_change(home: Path, id: str, mark: str, place: int) -> Kept:
    """The design without one of its changes, 0 the first."""

    def edit(document: tomlkit.TOMLDocument) -> None:
        del _tables(document, "change")[place]
        if not document["change"]:
            del document["change"]

    return _edited(home, id, mark, edit)


def keep_steps(home: Path, id: str, mark: str, steps: tuple[MapStep, ...], **more: Any) -> Kept:
    """The design with these steps, and what else is said of it (null: nothing)."""

    def edit(document: tomlkit.TOMLDocument) -> None:
        tables = _tables(document, "step")
        for place, step in enumerate(steps):
            if place == len(tables):
                tables.append(tomlkit.table())
            _fill(tables[place], _plain(step))
        del tables[len(steps) :]
        for key, value in more.items():
            if value is None:
                document.pop(key, None)
            else:
                document[key] = value

    return _edited(home, id, mark, edit)


def said_of(design: Design, keys: Iterable[str]) -> dict[str, Any]:
    """What a design says under these keys, as it is written; null for nothing."""
    said = _plain(design)
    return {key: said.get(key) for key in keys}


def id_of(name: str) -> str:
    """'Weekly release' → 'weekly-release', the name of its file. Raises DefinitionError for a name without letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    if not (id_ := re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")):
        raise DefinitionError("The map has no name. Give it one with a Latin letter or a digit in it.")
    return id_


def _path(home: Path, id: str) -> Path:
    if not ID.fullmatch(id):
        raise DefinitionError(f"There is no map {id!r}.")
    return home / FOLDER / f"{id}.toml"


def _kept(path: Path, text: str) -> Kept:
    design = parse_design(path, text)
    try:
        effects_of(design)
    except DefinitionError as error:
        raise DefinitionError(f"{path.name}: {error}") from None
    return Kept(path.stem, design, mark_of(text))


def _unchanged(path: Path, mark: str) -> str:
    text = text_of(path)
    if mark_of(text) != mark:
        raise ChangedMeanwhileError(
            f"{path.name} was changed since this page was opened. Nothing was written: open the page anew and enter it "
            "there."
        )
    return text


def _edited(home: Path, id: str, mark: str, edit: Callable[[tomlkit.TOMLDocument], None]) -> Kept:
    path = _path(home, id)
    with alone(path.parent):
        document = tomlkit.parse(_unchanged(path, mark))
        edit(document)
        text = _written(document)
        kept = _kept(path, text)
        put_in_place(path, text)
    return kept


def _tables(document: tomlkit.TOMLDocument, key: str) -> AoT:
    if key not in document:
        document.append(key, tomlkit.aot())
    written = document[key]
    if not isinstance(written, AoT):  # an array in one line, as people may write it
        tables = tomlkit.aot()
        for each in written.unwrap():
            tables.append(_table(each))
        del document[key]
        document.append(key, tables)
    return cast("AoT", document[key])


def _table(values: dict[str, Any]) -> tomlkit.items.Table:
    table = tomlkit.table()
    _fill(table, values)
    return table


def _fill(table: Any, values: dict[str, Any]) -> None:
    for key in [key for key in table if key not in values]:
        del table[key]
    for key, value in values.items():
        if table.get(key) != value:
            table[key] = value


def _plain(model: Design | MapStep | Change) -> dict[str, Any]:
    """What is said, and no more: first what it is about, times as text."""
    return _ordered(model.model_dump(mode="json", exclude_none=True, exclude_defaults=True))


def _ordered(said: dict[str, Any]) -> dict[str, Any]:
    return {key: _each_ordered(said[key]) for key in sorted(said, key=lambda key: key not in FIRST)}


def _each_ordered(value: Any) -> Any:
    return [_ordered(each) if isinstance(each, dict) else each for each in value] if isinstance(value, list) else value


def _written(document: tomlkit.TOMLDocument) -> str:
    """The text, with a line between its tables."""
    lines: list[str] = []
    for line in tomlkit.dumps(document).splitlines():
        if line.startswith("[[") and lines and lines[-1].strip() and not lines[-1].startswith("#"):
            lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"
