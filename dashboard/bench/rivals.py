"""The same questions asked of pandas, polars and SQLite: on what the import has worked out, so they begin with a lead.

Each rival has the items and visits of the snapshot, exported to Parquet: pandas and polars in memory, polars from the
file as well, SQLite as tables. An answer that is not the program's own is an error, not a time.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from dashboard import snapshots
from dashboard.bench.questions import timed
from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import ScopeError, SettingsError
from dashboard.scope import Scope

OWN = "the dashboard"
QUESTIONS = ("lead_time", "throughput", "flow_efficiency", "cumulative_flow", "map_back_flows")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "items": ("team", "finished_on", "lead_seconds", "process_seconds"),
    "visits": ("team", "stage", "previous_stage", "entered_on", "left_on", "finished_on"),
}
DAYS = ("finished_on", "entered_on", "left_on")
Ask = Callable[[str, dt.date, str | None], pd.DataFrame]


@dataclass(frozen=True)
class Compared:
    """One question in one scope: median seconds of one program, and how many times the product's that is.

    Both are NaN where the memory is too small for the product's answer.
    """

    question: str
    scope: str
    program: str
    seconds: float
    ratio: float


def compare(
    root: Path,
    catalogue: Catalogue,
    chosen: Mapping[str, Scope],
    folder: Path,
    *,
    memory: str,
    threads: int,
    repeats: int,
) -> Iterator[Compared]:
    """Every question, of the product first; then of each rival that is installed, which lets go of its memory before
    the next one takes its own."""
    database = snapshots.current(root) / snapshots.DATABASE
    export_from(database, folder)
    engine = DuckDB(database, read_only=True, memory=memory, threads=threads)
    own: dict[tuple[str, str], tuple[pd.DataFrame, float]] = {}
    for question, name in product(QUESTIONS, chosen):
        try:
            answer, seconds = median_of(partial(_own, engine, catalogue, question, chosen[name]), repeats)
        except ScopeError:  # more than the memory holds: nothing to compare others with
            yield Compared(question, name, OWN, math.nan, math.nan)
            continue
        own[question, name] = answer, seconds
        yield Compared(question, name, OWN, seconds, 1.0)
    engine.close()
    for program, begin in _rivals(folder, catalogue).items():
        yield from _against(program, begin(), own, chosen, repeats)


def _against(
    program: str,
    ask: Ask,
    own: Mapping[tuple[str, str], tuple[pd.DataFrame, float]],
    chosen: Mapping[str, Scope],
    repeats: int,
) -> Iterator[Compared]:
    for (question, name), (answer, seconds) in own.items():
        scope = chosen[name]
        team = scope.teams[0] if scope.teams else None
        theirs, taken = median_of(partial(ask, question, scope.since, team), repeats)
        _check(question, program, answer, theirs)
        yield Compared(question, name, program, taken, taken / seconds)


def _rivals(folder: Path, catalogue: Catalogue) -> dict[str, Callable[[], Ask]]:
    """What makes each one ready to be asked."""
    rivals: dict[str, Callable[[], Ask]] = {"pandas, in memory": partial(pandas_of, folder)}
    if importlib.util.find_spec("polars"):
        rivals["polars, in memory"] = partial(polars_of, folder, is_kept=True)
        rivals["polars, from Parquet"] = partial(polars_of, folder)
    return rivals | {"SQLite": partial(sqlite_of, folder, catalogue)}


def export_from(database: Path, folder: Path) -> None:
    """The columns of a snapshot that the questions need, as Parquet with their types."""
    engine = DuckDB()
    engine.open_beside(database, "snapshot")
    for table, columns in COLUMNS.items():
        engine.export_columns(f"snapshot.marts.{table}", columns, folder / f"{table}.parquet")
    engine.close()


def pandas_of(folder: Path) -> Ask:
    """pandas with everything in memory, as somebody in a notebook has it."""
    tables = {table: pd.read_parquet(folder / f"{table}.parquet") for table in COLUMNS}
    for frame in tables.values():
        for day in set(DAYS) & set(frame.columns):
            frame[day] = pd.to_datetime(frame[day])

    def ask(question: str, since: dt.date, team: str | None) -> pd.DataFrame:
        items, visits = (frame if team is None else frame[frame["team"] == team] for frame in tables.values())
        begin = pd.Timestamp(since)
        if question == "cumulative_flow":
            entered = visits.groupby(["stage", "entered_on"]).size()
            left = visits.groupby(["stage", "left_on"]).size()
            entered.index.names = left.index.names = ["stage", "day"]
            net = entered.sub(left, fill_value=0).sort_index()
            return net.groupby(level="stage").cumsum().rename("value").reset_index()
        if question == "map_back_flows":
            finished = visits[visits["finished_on"] >= begin]
            return finished.groupby(["previous_stage", "stage"]).size().rename("value").reset_index()
        items = items[items["finished_on"] >= begin]
        weeks = items.groupby(items["finished_on"].dt.to_period("W-SUN").dt.start_time)
        if question == "lead_time":
            return (weeks["lead_seconds"].quantile(0.85) / 86400).rename("value").reset_index()
        if question == "throughput":
            return weeks.size().rename("value").reset_index()
        sums = weeks[["process_seconds", "lead_seconds"]].sum()
        return (sums["process_seconds"] / sums["lead_seconds"]).rename("value").reset_index()

    return ask


def polars_of(folder: Path, *, is_kept: bool = False) -> Ask:
    """polars, from the file at each question or with everything in memory."""
    import polars as pl  # an extra of the benchmark, not of the product

    scans = {table: pl.scan_parquet(folder / f"{table}.parquet") for table in COLUMNS}
    frames = {table: scan.collect().lazy() for table, scan in scans.items()} if is_kept else scans

    def ask(question: str, since: dt.date, team: str | None) -> pd.DataFrame:
        items, visits = (frame if team is None else frame.filter(pl.col("team") == team) for frame in frames.values())
        if question == "cumulative_flow":
            entered = visits.select("stage", day="entered_on", change=pl.lit(1))
            left = visits.filter(pl.col("left_on").is_not_null()).select("stage", day="left_on", change=pl.lit(-1))
            net = pl.concat([entered, left]).group_by("stage", "day").agg(pl.col("change").sum()).sort("stage", "day")
            answer = net.with_columns(value=pl.col("change").cum_sum().over("stage")).select("stage", "day", "value")
        elif question == "map_back_flows":
            finished = visits.filter(pl.col("finished_on") >= since, pl.col("previous_stage").is_not_null())
            answer = finished.group_by("previous_stage", "stage").agg(value=pl.len()).sort("previous_stage", "stage")
        else:
            what = {
                "lead_time": pl.col("lead_seconds").quantile(0.85, "linear") / 86400,
                "throughput": pl.len(),
                "flow_efficiency": pl.col("process_seconds").sum() / pl.col("lead_seconds").sum(),
            }
            weeks = items.filter(pl.col("finished_on") >= since).group_by(pl.col("finished_on").dt.truncate("1w"))
            answer = weeks.agg(value=what[question]).sort("finished_on")
        collected = answer.collect()
        return pd.DataFrame({name: collected[name].to_list() for name in collected.columns})

    return ask


def sqlite_of(folder: Path, catalogue: Catalogue) -> Ask:
    """SQLite, with the two as tables."""
    from pyarrow.parquet import ParquetFile  # an extra of the benchmark, not of the product

    path = folder / "rival.sqlite"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for table, columns in COLUMNS.items():
        for batch in ParquetFile(folder / f"{table}.parquet").iter_batches(100_000):
            frame = batch.to_pandas()
            for day in set(DAYS) & set(columns):
                frame[day] = pd.to_datetime(frame[day]).dt.strftime("%Y-%m-%d")
            frame.to_sql(table, connection, index=False, if_exists="append")
    connection.commit()

    def ask(question: str, since: dt.date, team: str | None) -> pd.DataFrame:
        sql = catalogue.queries[f"rivals.{question}"].sql
        named = {"since": since.isoformat(), "team": team}
        with closing(connection.cursor()) as cursor:
            rows = cursor.execute(sql, {name: named[name] for name in named if f":{name}" in sql}).fetchall()
            return pd.DataFrame(rows, columns=[each[0] for each in cursor.description])

    return ask


def _own(engine: DuckDB, catalogue: Catalogue, question: str, scope: Scope) -> pd.DataFrame:
    name = next(each for each in (f"metrics.{question}", f"charts.{question}") if each in catalogue.queries)
    sql = catalogue.queries[name].sql
    offered: dict[str, Any] = scope.parameters() | {"percentile": 0.85}
    return engine.ask(sql, {each: offered[each] for each in engine.parameters(sql)})


def _check(question: str, program: str, own: pd.DataFrame, answer: pd.DataFrame) -> None:
    """Raises SettingsError where a program's answer is another one; the day by day sums by their last day's."""
    if question == "cumulative_flow":
        last = own.loc[own["day"] == own["day"].max()].set_index("stage")["items"]
        theirs = answer.groupby("stage")["value"].last()
        # Stages for finished items count from the first day of the scope on: theirs since ever.
        pairs = [
            (float(last[stage]), float(theirs[stage])) for stage in last.index if stage not in ("Done", "Cancelled")
        ]
    elif question == "map_back_flows":
        theirs = answer.set_index(list(answer.columns[:2]))["value"]
        pairs = [(float(row.moves), float(theirs[(row.from_stage, row.to_stage)])) for row in own.itertuples()]
    else:
        kept = own[own["items"] > 0]
        pairs = list(zip(kept["value"].astype(float), answer["value"].astype(float), strict=True))
    if not pairs or any(abs(one - other) > 1e-6 * max(1.0, abs(one)) for one, other in pairs):
        raise SettingsError(f"{program} answers {question} otherwise than the dashboard: {pairs[:4]}.")


def median_of(call: Callable[[], pd.DataFrame], repeats: int) -> tuple[pd.DataFrame, float]:
    """An answer, and the median seconds of asking again."""
    answer, first = timed(call)
    times = [timed(call)[1] for _ in range(repeats)] if first < 30 else [first]
    return answer, median(times)
