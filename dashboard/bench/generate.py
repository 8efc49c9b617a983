"""Made-up deliveries of any size, the same for the same seed: what `vsm bench` imports."""

from __future__ import annotations

import time
from pathlib import Path

from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB

TABLES = ("items", "transitions", "blocked", "deployments", "changes", "incidents", "surveys")
HELPERS = ("drawn", "normal", "all_items", "walks", "all_deployments")


def generate(folder: Path, items: int, catalogue: Catalogue, *, seed: int = 1) -> tuple[list[Path], float]:
    """Write the tables of our own layout as Parquet; returns the files and the seconds it took.

    About 8.4 transitions an item over three years; 15 % rework, 5 % cancelled, some 9 % open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    engine = DuckDB()
    engine.create_schema("synthetic")
    for helper in HELPERS:
        engine.run(catalogue.queries[f"synthetic.{helper}"].sql)
    files = [folder / f"{table}.parquet" for table in TABLES]
    for path in files:
        sql = catalogue.queries[f"synthetic.{path.stem}"].sql
        engine.write_parquet(sql, {"items": items, "seed": seed}, path)
    engine.close()
    return files, time.perf_counter() - began
