"""What runs the SQL. An engine is one class with the verbs of `Engine`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd


class Engine(Protocol):
    """The verbs that build and serve need."""

    def run(self, sql: str) -> None:
        """Carry out one statement that returns nothing."""

    def create(self, name: str, sql: str) -> None:
        """Keep the rows of a select as the table `name`."""

    def drop(self, name: str) -> None:
        """Forget a table."""

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a select; `parameters` are exactly those that it names."""

    def relations(self, sql: str) -> frozenset[str]:
        """The tables that a select reads, as `schema.name`."""


class DeclaringEngine(Engine, Protocol):
    """An engine that keeps tables whose rows come from elsewhere."""

    def declare(self, name: str, sql: str) -> None:
        """A table with the columns of a select, and no rows."""
