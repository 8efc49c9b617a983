"""Every metric and chart of the catalogue, asked of a snapshot: how long it takes, how many rows come, what is read."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import pandas as pd

from dashboard import snapshots
from dashboard.bench.targets import EVERYTHING, ONE_TEAM
from dashboard.catalogue import Catalogue, Query
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import ScopeError
from dashboard.scope import Scope
from dashboard.warehouse import Warehouse
from dashboard.where import ANY, Where

# Beyond the scope: the first page of a list, one item, one stage.
MORE: dict[str, Any] = {
    "group_by": "team", "item": "SYN-1000", "on_stream": None, "outcome": None, "sort": "item_id",
    "is_descending": False, "row_limit": 50, "row_offset": 0,
}  # fmt: skip
OF_ONE_STAGE = ("charts.stays", "charts.step_examples")
SECONDS_A_QUERY = 30.0
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Timed:
    """One query in one scope: seconds when asked first, median seconds when asked again, rows, bytes read at first.

    Seconds are NaN where the memory is too small for the answer.
    """

    query: str
    scope: str
    threads: int
    cold_seconds: float
    warm_seconds: float
    times: int
    rows: int
    cold_bytes: int


def scopes(warehouse: Warehouse) -> dict[str, Scope]:
    """Everything there is; and one team in the last twelve months."""
    whole = replace(warehouse.default_scope(), period="week")
    team = str(warehouse.ask("charts.choices", whole, teams=None).query("kind == 'team'")["choice"].iloc[0])
    return {
        EVERYTHING: whole,
        ONE_TEAM: replace(whole, teams=(team,), since=whole.until - dt.timedelta(days=365)),
    }


def asked(query: Query, scope: Scope, named: frozenset[str]) -> dict[str, Any]:
    """The parameters of a query in a scope."""
    where = Where(stage="Development") if query.name in OF_ONE_STAGE else ANY
    offered = {**scope.parameters(), **MORE, "chosen": where.parameter()}
    return {name: offered[name] for name in named}


def ask_all(
    root: Path, catalogue: Catalogue, *, memory: str, threads: int, repeats: int, note: Callable[[str], None]
) -> Iterator[Timed]:
    """Each query cold, on a connection of its own, then again; answers are kept nowhere."""
    chosen = scopes(Warehouse(root, catalogue, memory=memory, threads=threads))
    queries = {**catalogue.layer("metrics"), **catalogue.layer("charts")}
    database = snapshots.current(root) / snapshots.DATABASE
    for query in queries.values():
        note(query.name)
        for name, scope in chosen.items():
            engine = DuckDB(database, read_only=True, memory=memory, threads=threads)
            parameters = asked(query, scope, engine.parameters(query.sql))
            ask = partial(engine.ask, query.sql, parameters)
            try:
                yield Timed(query.name, name, threads, *_asked_again(ask, repeats))
            except ScopeError as error:
                note(f"{query.name}, {name}: {error}")
                yield Timed(query.name, name, threads, math.nan, math.nan, 0, 0, 0)
            finally:
                engine.close()


def _asked_again(ask: Callable[[], pd.DataFrame], repeats: int) -> tuple[float, float, int, int, int]:
    """Seconds when asked first and in the median of the next times, how many those were; rows, and bytes read."""
    before = _bytes_read()
    answer, cold = timed(ask)
    read = _bytes_read() - before
    warm: list[float] = []
    while len(warm) < repeats and sum(warm) < SECONDS_A_QUERY:
        warm.append(timed(ask)[1])
    return cold, median(warm), len(warm), len(answer), read


def timed(call: Callable[[], Answer]) -> tuple[Answer, float]:
    """An answer, and the seconds that it took."""
    began = time.perf_counter()
    answer = call()
    return answer, time.perf_counter() - began


def _bytes_read() -> int:
    """Bytes that this process has read through system calls; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return int(next(line for line in lines if line.startswith("rchar")).split()[1])
