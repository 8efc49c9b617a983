"""What the tests share: the catalogue, small worlds built in memory, and the folder of real exports."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import postgresql
import pytest
from dash._callback_context import context_value

from dashboard import build, layers
from dashboard.account import Account
from dashboard.build import import_files
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.streams.definition import (
    Stream,
    calendar_rows,
    cost_rows,
    need_rows,
    stage_rows,
    state_rows,
    stream_rows,
)
from dashboard.warehouse import Warehouse

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("VSM_SHARED", ROOT.parent / "shared"))

Rows = Sequence[Mapping[str, Any]]
Tables = Mapping[str, pd.DataFrame]
TABLES = sorted(path.stem for path in (ROOT / "queries" / "canonical").glob("*.sql"))

# Two queues and two work stages, a backlog before them and two ends: enough for every rule.
STAGES: tuple[dict[str, Any], ...] = (
    {"name": "To do", "states": ("To do", "Not started"), "category": "backlog", "mode": "wait"},
    {
        "name": "Doing",
        "states": ("Doing", "In progress"),
        "category": "in-progress",
        "mode": "active",
        "activity": "VA",
        "team": "Builders",
    },
    {"name": "Review queue", "category": "in-progress", "mode": "wait", "waste": "handoff"},
    {"name": "Review", "category": "in-progress", "mode": "active", "activity": "NNVA", "team": "Reviewers"},
    {"name": "Done", "states": ("Done", "Finished"), "category": "done", "mode": "wait"},
    {"name": "Dropped", "states": ("Dropped", "Withdrawn"), "category": "cancelled", "mode": "wait"},
)


def pytest_runtest_setup() -> None:
    """Out of any callback: Dash leaves the context of one behind that was called by a test client."""
    context_value.set({})


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Every query of the project."""
    return read_catalogue(ROOT / "queries")


class World:
    """A warehouse in memory: canonical rows in, answers out. All rows belong to the stream `s`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.engine = DuckDB(threads=1)
        for schema in ("macros", "canonical", "staging", "marts"):
            self.engine.create_schema(schema)
        layers.create_macros(catalogue, self.engine)

    def load(self, tables: Mapping[str, Rows], stages: Rows = STAGES, **stream: Any) -> World:
        """Replace everything by these canonical rows; `stream` overrides fields of the definition."""
        self.engine.drop_schema("canonical")
        self.engine.create_schema("canonical")
        layers.create_canonical(self.catalogue, self.engine)
        for table, rows in tables.items():
            self.engine.insert(f"canonical.{table}", _frame(table, rows))
        facts = self.engine.ask(self.catalogue.queries["proposals.stream_facts"].sql)
        defined = Stream.model_validate({"id": "s", "stage": list(stages), **stream})
        first, last = (facts[c].iloc[0] if len(facts) else dt.datetime(2024, 1, 1) for c in facts.columns[1:3])
        for table, rows_ in {
            "streams": stream_rows(defined),
            "costs_of_delay": cost_rows(defined),
            "needs": need_rows(defined),
            "stages": stage_rows(defined),
            "states": state_rows(defined),
            "calendar_days": calendar_rows(defined, pd.Timestamp(first), pd.Timestamp(last)),
        }.items():
            self.engine.insert(f"canonical.{table}", rows_)
        layers.create_marts(self.catalogue, self.engine, keeps_staging=True)
        return self

    def ask(self, name: str, scope: Scope, **more: Any) -> pd.DataFrame:
        """The table of a query."""
        sql = self.catalogue.queries[name].sql
        offered = {**scope.parameters(), **more}
        return self.engine.ask(sql, {key: offered[key] for key in self.engine.parameters(sql)})

    def measure(self, metric: str, scope: Scope) -> list[tuple[dt.date, float | None, int]]:
        """(period_start, value, items) of a metric, period by period."""
        rows = self.ask(f"metrics.{metric}", scope)
        return [
            (
                pd.Timestamp(row.period_start).date(),
                None if pd.isna(row.value) else float(row.value),
                int(row.items),
            )
            for row in rows.itertuples()
        ]


def _frame(table: str, rows: Rows) -> pd.DataFrame:
    """Rows with the columns that a test need not repeat filled in."""
    filled = [{"stream": "s", **row} for row in rows]
    for number, row in enumerate(filled):
        if table == "transitions":
            row.setdefault("seq", number)
        if table == "items":
            row |= {"file_name": row.get("file_name", "test"), "import_id": row.get("import_id", 1)}
    return pd.DataFrame(filled)


@pytest.fixture(scope="session")
def world(catalogue: Catalogue) -> World:
    """One world for all tests; each loads what it needs."""
    return World(catalogue)


def moves(*steps: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Transitions from (item, state, instant) in order; an instant is `2024-01-01` or `2024-01-01T09:00`."""
    return [
        {"item_id": item, "to_state": state, "occurred_at": dt.datetime.fromisoformat(at)} for item, state, at in steps
    ]


def span(since: str, until: str, **choices: Any) -> Scope:
    """A scope over the days [since, until), one period unless told otherwise."""
    return Scope("s", dt.date.fromisoformat(since), dt.date.fromisoformat(until), **{"period": "all", **choices})


Shared = Callable[[str], Path]


@pytest.fixture(scope="session")
def shared() -> Shared:
    """Path of a real export under `data/`; fails where it is not there, for no test passes by being skipped."""

    def find(name: str) -> Path:
        path = SHARED / "data" / name
        assert path.is_file(), f"{path} is missing. Set VSM_SHARED to the folder of the real exports."
        return path

    return find


class Imports:
    """A home of its own, and imports into it."""

    def __init__(self, home: Path, catalogue: Catalogue) -> None:
        self.settings, self.catalogue = Settings(home=home, threads=1), catalogue
        self.warehouse = Warehouse(self.settings.warehouse, catalogue)

    def file(self, name: str, text: str) -> Path:
        """A file in this home."""
        path = self.settings.home / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *files: Path, options: build.Options | None = None, **more: Any) -> Account:
        """Import the files."""
        return build.import_files(files, self.settings, self.catalogue, options or build.Options(**more))

    def tables(self) -> Tables:
        """The canonical tables."""
        return {table: self.warehouse.table(f"canonical.{table}") for table in TABLES}


@pytest.fixture(scope="session")
def only_canonical(catalogue: Catalogue) -> Catalogue:
    """The queries up to the canonical tables: a third faster where nothing above them is looked at."""
    below = ("sources", "canonical", "macros", "proposals", "afresh")
    over_marts = ("marts.", "items_in_scope", "macros.periods")
    kept = {
        name: query
        for name, query in catalogue.queries.items()
        if query.layer in below and not (query.layer == "macros" and any(read in query.sql for read in over_marts))
    }
    marts = {
        "marts.streams": "select streams.stream from canonical.streams",
        "marts.items": "select items.stream, 1 as item_no from canonical.items",
    }
    return Catalogue({**kept, **{name: replace(catalogue.queries[name], sql=sql) for name, sql in marts.items()}})


@pytest.fixture
def imports(tmp_path: Path, only_canonical: Catalogue) -> Imports:
    """An empty home; imports end with the canonical tables."""
    return Imports(tmp_path, only_canonical)


@pytest.fixture
def whole_imports(tmp_path: Path, catalogue: Catalogue) -> Imports:
    """An empty home; imports are whole."""
    return Imports(tmp_path, catalogue)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    """A home with the three made-up organisations imported."""
    home = tmp_path_factory.mktemp("demo")
    for name in ("streams.toml", "plan.toml"):
        shutil.copyfile(ROOT / "data" / name, home / name)
    settings = Settings(home=home)
    import_files(sorted((ROOT / "data" / "sample" / "demo").glob("*.csv")), settings, catalogue)
    return settings


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql.Server]:
    """PostgreSQL, as long as the tests run."""
    with postgresql.running() as server:
        yield server
