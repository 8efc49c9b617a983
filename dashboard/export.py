"""`vsm export`: the canonical tables as files that `vsm import` reads back into the same warehouse."""

from __future__ import annotations

import shutil
from pathlib import Path

from dashboard import snapshots
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SettingsError
from dashboard.sources import FORMATS

# Canonical table → the name of our own layout that holds it.
LAYOUTS = {name.removeprefix("own_"): each for name, each in FORMATS.items() if name.startswith("own_")}
RENAMED = {"surveys": "survey_sums"}


def export(snapshot: Path, folder: Path, ending: str) -> list[Path]:
    """Write every canonical table that has rows, and the definition; returns the files.

    `ending` is csv or parquet. Rows set aside and imports stay: they are about files, not about work.
    """
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file. Name a folder to export to.")
    folder.mkdir(parents=True, exist_ok=True)
    engine = DuckDB()
    written: list[Path] = []
    engine.open_beside(snapshot / snapshots.DATABASE, "snapshot")
    for table in (
        "items",
        "transitions",
        "blocked",
        "deployments",
        "changes",
        "incidents",
        "surveys",
        "links",
    ):
        columns = [role.name for role in LAYOUTS[RENAMED.get(table, table)].roles]
        path = folder / f"{table}.{ending}"
        source = "marts.descriptions" if table == "items" else f"canonical.{table}"
        if engine.write_columns(f"snapshot.{source}", columns, path):
            written.append(path)
    engine.close()
    definition = folder / snapshots.DEFINITION
    shutil.copyfile(snapshot / snapshots.DEFINITION, definition)
    return [*written, definition]
