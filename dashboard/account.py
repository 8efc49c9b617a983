"""What an import understood, for whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dashboard import snapshots
from dashboard.engines.duckdb import DuckDB
from dashboard.sources import FORMATS
from dashboard.sources.formats import Format


@dataclass(frozen=True)
class FileAccount:
    """What one file gave. `fates` is a table of fate, reason, records, examples; `notes` what was assumed.

    `columns` says which column of it was read as what.
    """

    file_name: str
    format: Format
    event_is: str | None
    fates: pd.DataFrame
    notes: tuple[str, ...] = ()
    columns: str | None = None
    is_known: bool = False

    def records(self, fate: str | None = None) -> int:
        """How many records had a fate; all of them without one."""
        chosen = self.fates if fate is None else self.fates[self.fates["fate"] == fate]
        return int(chosen["records"].sum())


@dataclass(frozen=True)
class Account:
    """What an import understood: one account per file, and one row per stream."""

    number: int
    files: tuple[FileAccount, ...]
    streams: pd.DataFrame


def account_of(snapshot: Path, number: int) -> Account:
    """What the import `number` understood, by its snapshot."""
    engine = DuckDB(snapshot / snapshots.DATABASE, read_only=True)
    try:
        imports, fates = engine.table("canonical.imports"), engine.table("canonical.fates")
        streams = engine.table("marts.streams")
    finally:
        engine.close()
    mine = imports[imports["import_id"] == number].drop_duplicates("file_name").sort_values("file_name")
    files = tuple(
        FileAccount(
            str(row.file_name),
            FORMATS[str(row.format)],
            str(row.event_is) if pd.notna(row.event_is) else None,
            fates[fates["file_name"] == row.file_name].drop(columns=["stream", "file_name"]).reset_index(drop=True),
            tuple(row.notes) if row.notes is not None else (),
            str(row.columns) if pd.notna(row.columns) else None,
            bool(row.is_known),
        )
        for row in mine.itertuples()
    )
    return Account(number, files, streams)
