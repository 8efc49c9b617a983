"""The questions that a process-mining program has, too, asked of pm4py in an environment of its own.

It reads the exports that the import read; an answer that is not the dashboard's own is an error, not a time.
"""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import snapshots
from dashboard.bench import with_pm4py
from dashboard.bench.rivals import OWN, Compared, median_of
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import ScopeError, SettingsError
from dashboard.scope import Scope

ASKED = {
    "directly_follows": "charts.map_back_flows",
    "process_map": "charts.process_map",
    "case_duration": "metrics.lead_time",
    "variants": "charts.variants",
}
CASES = ("item_id", "team", "finished_on", "ended_on")
ALL_ROWS = 1_000_000_000


def compare_mined(
    root: Path,
    catalogue: Catalogue,
    chosen: Mapping[str, Scope],
    folder: Path,
    python: Path,
    *,
    memory: str,
    threads: int,
    repeats: int,
) -> Iterator[Compared]:
    """Every question, of the product first and then of pm4py; `python` is that of an environment that has it.

    Raises SettingsError where it can't be run, or answers otherwise.
    """
    database = snapshots.current(root) / snapshots.DATABASE
    exporting = DuckDB()
    exporting.open_beside(database, "snapshot")
    exporting.export_columns("snapshot.marts.items", CASES, folder / "cases.parquet")
    exporting.close()
    engine = DuckDB(database, read_only=True, memory=memory, threads=threads)
    for name, scope in chosen.items():
        answers = answers_of(python, folder, scope, repeats)
        for question, query in ASKED.items():
            sql = catalogue.queries[query].sql
            offered: dict[str, Any] = scope.over_all().parameters() | {"row_limit": ALL_ROWS}
            given = {each: offered[each] for each in engine.parameters(sql)}
            try:
                own, seconds = median_of(partial(engine.ask, sql, given), repeats)
            except ScopeError:  # more than the memory holds: nothing to compare others with
                yield Compared(question, name, OWN, math.nan, math.nan)
                continue
            told = answers[question]
            check_same(question, own, told["answer"])
            yield Compared(question, name, OWN, seconds, 1.0)
            yield Compared(question, name, "pm4py", told["seconds"], told["seconds"] / seconds)
    engine.close()


def answers_of(python: Path, folder: Path, scope: Scope, repeats: int) -> Mapping[str, Mapping[str, Any]]:
    """pm4py's answers and seconds, by question. Raises SettingsError where it can't be run."""
    team = scope.teams[0] if scope.teams else ""
    command = [str(python), "-I", with_pm4py.__file__, str(folder), scope.since.isoformat(), team, str(repeats)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - what was asked for
    except (OSError, subprocess.CalledProcessError) as error:
        last = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        told = f"--pm4py: {python} can't answer ({last}). It is the Python of an environment with pm4py."
        raise SettingsError(told) from None
    found: Mapping[str, Mapping[str, Any]] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


def check_same(question: str, own: pd.DataFrame, answer: Any) -> None:
    """Raises SettingsError for another answer than the dashboard's."""
    if question == "case_duration":
        is_same = abs(float(own["value"].iloc[0]) - answer) <= 1e-6 * answer
    elif question == "variants":
        is_same = own["items"].tolist() == answer
    else:
        theirs = {(before.lower(), after.lower()): moves for before, after, moves in answer}
        rows = own.iloc[:, :3].dropna().itertuples(index=False)  # from, to, how often
        mine = {(str(before).lower(), str(after).lower()): moves for before, after, moves in rows}
        ways = theirs if question == "process_map" else mine  # the value-stream map tells those that lead back alone
        is_same = bool(mine) and mine == {way: theirs.get(way) for way in ways}
    if not is_same:
        raise SettingsError(f"pm4py answers {question} otherwise than the dashboard.")
