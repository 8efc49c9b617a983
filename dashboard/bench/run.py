"""The whole benchmark: generate, import, ask, compare, and tell it in a table and a picture."""

from __future__ import annotations

import math
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import snapshots
from dashboard.bench import targets
from dashboard.bench.generate import generate
from dashboard.bench.mined import compare_mined
from dashboard.bench.pages import draw_all
from dashboard.bench.questions import ask_all, scopes
from dashboard.bench.rivals import compare
from dashboard.catalogue import Catalogue
from dashboard.errors import SettingsError
from dashboard.figures.bench import bench_page
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

UNITS = {"k": 1_000, "m": 1_000_000}
FEWEST = 1_000  # of fewer, some kind of record may be missing
DEFINITION = Path(__file__).parent / "streams.toml"
UNITS_SHOWN = {"seconds": ("ms", 1000), "bytes": ("kB", 0.001)}


@dataclass(frozen=True)
class Imported:
    """One import in a process of its own: what was generated, what it took."""

    generate_seconds: float
    import_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    snapshot_megabytes: float


def size_of(text: str) -> int:
    """`100k`, `1m` or a whole number as a number of items. Raises SettingsError for anything else."""
    number, unit = (text[:-1], UNITS[text[-1].lower()]) if text[-1:].lower() in UNITS else (text, 1)
    if not number.isdigit() or int(number) * unit < FEWEST:
        raise SettingsError(f"--size is {text!r}; expected {FEWEST:,} items or more, as 100k or 1m.")
    return int(number) * unit


def bench(
    sizes: Sequence[int],
    folder: Path,
    settings: Settings,
    catalogue: Catalogue,
    *,
    threads: Sequence[int] = (1, 2),
    repeats: int = 5,
    with_rivals: bool = True,
    pm4py: Path | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> str:
    """Run it for each size; returns the report, which stands in the folder with its tables and a picture.

    `pm4py` is the Python of an environment that has it: its licence keeps it out of ours.
    The tables are written after each step, so that a run that is ended leaves what it has measured.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, pd.DataFrame] = {}

    def keep(name: str, size: int, rows: Iterable[Any]) -> None:
        """The rows of one step below those of the steps before it."""
        added = pd.DataFrame([{"size": size, **asdict(each)} for each in rows])
        tables[name] = pd.concat([tables[name], added]) if name in tables else added
        tables[name].to_csv(folder / f"{name}.csv", index=False)

    most = max(threads)
    for size in sorted(sizes):
        home = folder / f"{size}"
        keep("imports", size, [generate_and_import(size, home, settings, catalogue, most, note)])
        mine = replace(settings, home=home)
        for number in threads:
            asked = ask_all(
                mine.warehouse,
                catalogue,
                memory=settings.memory,
                threads=number,
                repeats=repeats,
                note=partial(_tell, note, f"{size:,} items, threads: {number}"),
            )
            keep("times", size, asked)
        keep("pages", size, draw_all(mine, catalogue, partial(_tell, note, f"{size:,} items, page")))
        with_others = with_rivals or pm4py
        chosen = (
            scopes(Warehouse(mine.warehouse, catalogue, memory=settings.memory, threads=most)) if with_others else {}
        )
        how: dict[str, Any] = {"memory": settings.memory, "threads": most, "repeats": repeats}
        if with_rivals:
            note(f"{size:,} items: the same questions elsewhere")
            keep("rivals", size, compare(mine.warehouse, catalogue, chosen, home, **how))
        if pm4py:
            note(f"{size:,} items: the same questions of pm4py")
            keep("rivals", size, compare_mined(mine.warehouse, catalogue, chosen, home, pm4py, **how))
        keep("added", size, [generate_and_add(size, home, settings, catalogue, most, note)])
    told = report(tables)
    (folder / "report.md").write_text(told, encoding="utf-8")
    shown = tables["times"].query(f"threads == {most}")
    (folder / "times.html").write_text(bench_page(shown), encoding="utf-8")
    return told


def _tell(note: Callable[[str], None], where: str, query: str) -> None:
    note(f"{where}: {query}")


def generate_and_import(
    size: int, home: Path, settings: Settings, catalogue: Catalogue, threads: int, note: Callable[[str], None]
) -> Imported:
    """Write made-up exports and import them into a home."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    shutil.copyfile(DEFINITION, home / "streams.toml")
    note(f"{size:,} items: generating")
    files, generated = generate(home / "exports", size, catalogue)
    note(f"{size:,} items: importing")
    return _import(files, "synthetic", home, settings, threads, generated)


def generate_and_add(
    size: int, home: Path, settings: Settings, catalogue: Catalogue, threads: int, note: Callable[[str], None]
) -> Imported:
    """Import a second value stream, a twentieth of the first one, into the home that has that."""
    of_both = DEFINITION.read_text(encoding="utf-8")
    of_both += of_both.replace('id = "synthetic"', 'id = "added"').replace("Synthetic deliveries", "Added deliveries")
    (home / "streams.toml").write_text(of_both, encoding="utf-8")
    note(f"{size:,} items: importing a twentieth more, as another value stream")
    files, generated = generate(home / "more", max(size // 20, FEWEST), catalogue, seed=2)
    return _import(files, "added", home, settings, threads, generated)


def _import(
    files: Sequence[Path], stream: str, home: Path, settings: Settings, threads: int, generated: float
) -> Imported:
    """Import as a user would, in a process of its own: its peak is its own."""
    command = [sys.executable, "-m", "dashboard", "--home", str(home)]
    command += ["import", *map(str, files), "--stream", stream]
    began = time.perf_counter()
    environment = os.environ | {"VSM_MEMORY": settings.memory, "VSM_THREADS": str(threads)}
    with (home / "import.log").open("ab") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, env=environment)  # noqa: S603 - this very program
        _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SettingsError(f"The import of {stream} failed; {home / 'import.log'} tells why.")
    database = snapshots.current(home / "warehouse") / snapshots.DATABASE
    return Imported(
        generated, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000, database.stat().st_size / 1e6
    )


def exponent(times: pd.DataFrame, column: str) -> float | None:
    """By which power of the size a time grows: between the smallest and the largest; None of one size alone."""
    ordered = times.sort_values("size")
    first, last = ordered.iloc[0], ordered.iloc[-1]
    if first["size"] == last["size"] or not first[column] > 0 or math.isnan(last[column]):
        return None
    return math.log(last[column] / first[column]) / math.log(last["size"] / first["size"])


def report(tables: Mapping[str, pd.DataFrame]) -> str:
    """The report as Markdown, of the tables that `bench` keeps; `rivals` where others were asked."""
    imports, times = tables["imports"], tables["times"]
    parts = [_machine()]
    if len(reached := targets.compared(tables)):
        parts += ["## Targets", "Of two quiet cores: how many are within.", _table(reached)]
    parts += ["## Import", _table(imports.round(1))]
    if grown := exponent(imports, "import_seconds"):
        parts.append(targets.growth(grown, _grown(times)))
    parts += ["A twentieth more, as another value stream:", _table(tables["added"].round(1))]
    parts += [
        "## Queries",
        f"Milliseconds: median when asked again, threads: {times['threads'].max()} (cold: asked first).",
        _table(_per_query(times)),
    ]
    parts += ["## Pages", "Nothing known before (first), and once more (again)."]
    parts.append(_table(_in_units(tables["pages"])))
    if "rivals" in tables:
        rivals = tables["rivals"]
        shown = _in_units(rivals.assign(ratio=rivals["ratio"].round(2)))
        parts += [
            "## The same questions elsewhere",
            "Ratio: how many times the dashboard's own time. All answers were compared, and are the same.",
            _table(shown),
        ]
    return "\n\n".join(parts) + "\n"


def _grown(times: pd.DataFrame) -> pd.Series[float]:
    """By which power of the size each question of one team grows."""
    mine = times[(times["scope"] == targets.ONE_TEAM) & (times["threads"] == times["threads"].max())]
    grown = [exponent(each, "warm_seconds") for _, each in mine.groupby("query")]
    return pd.Series([each for each in grown if each is not None], dtype="float64")


def _per_query(times: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (query, scope), mine in times.groupby(["query", "scope"]):
        row: dict[str, object] = {"query": query, "scope": scope}
        most = mine[mine["threads"] == mine["threads"].max()]
        for each in most.sort_values("size").itertuples():
            row[f"{each.size:,}"] = _milliseconds(each.warm_seconds)
        largest = mine[mine["size"] == mine["size"].max()].sort_values("threads")
        last = largest.iloc[-1]
        row["cold"] = _milliseconds(last["cold_seconds"])
        for each in largest.iloc[:-1].itertuples():
            row[f"threads: {each.threads}"] = _milliseconds(each.warm_seconds)
        row["rows"] = int(last["rows"])
        row["MB read"] = round(last["cold_bytes"] / 1e6, 1)
        grown = exponent(most, "warm_seconds")
        row["exponent"] = "–" if grown is None else f"{grown:.2f}"
        rows.append(row)
    return pd.DataFrame(rows)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _in_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Seconds as milliseconds and bytes as kilobytes, as their columns say then."""
    shown = {}
    for name in frame.columns:
        unit = next((unit for unit in UNITS_SHOWN if str(name).endswith(unit)), None)
        other, factor = UNITS_SHOWN.get(str(unit), ("", 1))
        shown[str(name).removesuffix(str(unit)) + other] = (frame[name] * factor).round(1) if unit else frame[name]
    return pd.DataFrame(shown)


def _table(frame: pd.DataFrame) -> str:
    lines = [list(map(str, frame.columns)), ["---"] * len(frame.columns)]
    lines += [[_shown(value) for value in row] for row in frame.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(value: object) -> str:
    return "too large" if isinstance(value, float) and math.isnan(value) else str(value)


def _machine() -> str:
    programs = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pandas"))
    return (
        f"# Benchmark\n\n{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {programs}."
    )
