"""The newest snapshot, open for questions: `ask(name, scope)` → table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import snapshots
from dashboard.catalogue import Catalogue, Metric
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import ScopeError
from dashboard.scope import Scope


class Warehouse:
    """A snapshot, read-only. A new one is picked up at the next question."""

    def __init__(self, root: Path, catalogue: Catalogue, *, memory: str = "4GB", threads: int = 2) -> None:
        self.root = root
        self.catalogue = catalogue
        self._limits = {"memory": memory, "threads": threads}
        self._opened: tuple[Path, DuckDB] | None = None

    @property
    def snapshot(self) -> Path:
        """The folder of the snapshot that answers now."""
        return snapshots.current(self.root)

    def ask(self, name: str, scope: Scope | None = None, **more: Any) -> pd.DataFrame:
        """The table of one query, with exactly the parameters that it names.

        They come from the scope and from `more`. Raises ScopeError where one is missing.
        """
        query = self.catalogue.queries[name]
        engine = self._engine()
        offered = {**(scope.parameters() if scope else {}), **more}
        named = engine.parameters(query.sql)
        if not named <= offered.keys():
            raise ScopeError(f"{name} needs {', '.join(sorted(named - offered.keys()))}.")
        return engine.ask(query.sql, {key: offered[key] for key in named})

    def measure(self, metric: Metric, scope: Scope) -> pd.DataFrame:
        """period_start, value, items of one metric."""
        return self.ask(metric.query.name, scope)

    def headline(self, metric: Metric, scope: Scope) -> Mapping[str, Any]:
        """The metric over the whole scope: `value` (None where there is no data) and `items`."""
        row = self.measure(metric, scope.over_all()).iloc[0]
        return {"value": None if pd.isna(row["value"]) else float(row["value"]), "items": int(row["items"])}

    def table(self, name: str) -> pd.DataFrame:
        """A whole mart or canonical table, such as `marts.streams`."""
        return self._engine().table(name)

    def streams(self) -> pd.DataFrame:
        """The value streams, the one imported last first."""
        return self.table("marts.streams").sort_values(["last_import", "stream"], ascending=[False, True])

    def _engine(self) -> DuckDB:
        folder = self.snapshot
        if self._opened is None or self._opened[0] != folder:
            # The old connection is left to its readers; it goes when the last one lets it go.
            self._opened = folder, DuckDB(folder / snapshots.DATABASE, read_only=True, **self._limits)  # type: ignore[arg-type]
        return self._opened[1]
