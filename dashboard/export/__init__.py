"""`vsm export`: the data of a snapshot as files, for another warehouse or for other tools.

Shapes: `tables` (the canonical tables, which `vsm import` reads back into the same warehouse), `event-log` (a table of
state entries, one file per value stream) and `xes` (the same as XES). All can be anonymised.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dashboard import snapshots
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SettingsError
from dashboard.export import anonymised, event_log, xes
from dashboard.sources import FORMATS
from dashboard.streams.definition import Stream, read_definition
from dashboard.streams.written import write_definition

SHAPES = ("tables", "event-log", "xes")

# Table of the export → table of the snapshot.
TABLES = {
    "items": "marts.descriptions",
    "transitions": "canonical.transitions",
    "blocked": "canonical.blocked",
    "deployments": "canonical.deployments",
    "changes": "canonical.changes",
    "incidents": "canonical.incidents",
    "surveys": "canonical.surveys",
    "links": "canonical.links",
}
DEFINITIONS = {"streams": "canonical.streams", "stages": "canonical.stages"}

# Canonical table → the name of our own layout that holds it.
LAYOUTS = {name.removeprefix("own_"): each for name, each in FORMATS.items() if name.startswith("own_")}
RENAMED = {"surveys": "survey_sums"}


@dataclass(frozen=True)
class Wanted:
    """What the user asked for. `stream` is one stream's id; without it, all are exported."""

    shape: str = "tables"
    ending: str = "csv"
    stream: str | None = None
    is_anonymised: bool = False


def export(
    snapshot: Path,
    folder: Path,
    catalogue: Catalogue,
    wanted: Wanted = Wanted(),
    note: Callable[[str], None] = lambda _: None,
    *,
    memory: str = "4GB",
    threads: int = 2,
) -> list[Path]:
    """Write the files and the definition of their streams; returns them. `note` is told what a reader should know.

    Rows set aside and imports stay: they are about files, not about work. Raises SettingsError for what can't be.
    """
    _check(folder, wanted)
    definitions = _chosen(read_definition(snapshot / snapshots.DEFINITION), wanted.stream)
    if wanted.is_anonymised:
        # Their rules name what has stand-ins; their items are in the stream that they were chosen from.
        definitions = [each for each in definitions if each.chosen_from is None]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".exporting-") as aside:
        engine = DuckDB(memory=memory, threads=threads)
        try:
            engine.spill_to(Path(aside))
            engine.open_beside(snapshot / snapshots.DATABASE, "snapshot")
            definitions = _prepare(engine, catalogue, definitions, wanted)
            written = list(_written(engine, catalogue, folder, definitions, wanted, note))
        finally:
            engine.close()
    definition = folder / snapshots.DEFINITION
    write_definition(definition, definitions)
    if wanted.is_anonymised:
        note(anonymised.TOLD)
    return [*written, definition]


def _check(folder: Path, wanted: Wanted) -> None:
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file. Name a folder to export to.")
    if wanted.is_anonymised and folder.is_dir() and any(folder.iterdir()):
        raise SettingsError(
            f"{folder} holds files already. Anonymise into an empty folder, so that you can pass it on."
        )
    if wanted.shape == "xes" and wanted.ending != "csv":
        raise SettingsError("--as xes writes XES; leave --format away.")


def _chosen(known: dict[str, Stream], stream: str | None) -> list[Stream]:
    if stream is not None and stream not in known:
        raise SettingsError(f"There is no value stream {stream!r}. There are: {', '.join(sorted(known))}.")
    chosen = {name: each for name, each in known.items() if stream in (None, name)}
    # Without the stream that its items were chosen from, they are its own.
    return [
        each if each.chosen_from in chosen else each.model_copy(update={"chosen_from": None, "chosen": None})
        for each in chosen.values()
    ]


def _prepare(engine: DuckDB, catalogue: Catalogue, definitions: list[Stream], wanted: Wanted) -> list[Stream]:
    """The tables of the export as views in the schema `exported`; returns the definitions that go with them."""
    for schema in ("chosen", "exported"):
        engine.create_schema(schema)
    engine.keep("chosen.names", pd.DataFrame({"stream": [stream.id for stream in definitions]}, dtype="string"))
    schema = "chosen" if wanted.is_anonymised else "exported"
    for table, source in (TABLES | DEFINITIONS).items():
        engine.narrow(f"{schema}.{table}", f"snapshot.{source}", by="stream", among="chosen.names")
    return anonymised.anonymise(engine, catalogue, definitions, tuple(TABLES)) if wanted.is_anonymised else definitions


def _written(
    engine: DuckDB,
    catalogue: Catalogue,
    folder: Path,
    definitions: Sequence[Stream],
    wanted: Wanted,
    note: Callable[[str], None],
) -> Iterator[Path]:
    if wanted.shape == "tables":
        yield from _write_tables(engine, folder, wanted.ending)
        return
    engine.keep("exported.ends", event_log.ends(definitions))
    engine.create_view("exported.event_log", catalogue.queries["exports.event_log"].sql)
    for stream, stem in zip(definitions, event_log.file_names([each.id for each in definitions]), strict=True):
        if silent := event_log.items_without_events(engine, stream.id):
            note(f"{stream.name or stream.id}: {silent:,} items have no history and are not in the log.")
        ending = "xes" if wanted.shape == "xes" else wanted.ending
        path = folder / f"{stem}.{ending}"
        write = xes.write if wanted.shape == "xes" else event_log.write
        if write(engine, stream, path):
            yield path


def _write_tables(engine: DuckDB, folder: Path, ending: str) -> Iterator[Path]:
    for table in TABLES:
        # What the anonymised tables do not have is not decided upon yet: it stays.
        present = engine.columns(f"exported.{table}")
        columns = [role.name for role in LAYOUTS[RENAMED.get(table, table)].roles if role.name in present]
        path = folder / f"{table}.{ending}"
        if engine.write_columns(f"exported.{table}", {column: column for column in columns}, path):
            yield path
