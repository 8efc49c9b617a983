"""The SQL files under queries/ and the documentation in their headers.

Path = name: `queries/marts/items.sql` is `marts.items`. The header is TOML in the leading `/* */`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dashboard.errors import CatalogueError

BETTER = ("higher", "lower", "neither")
METRIC_COLUMNS = ("period_start", "value", "items")

# What each layer's header must say; columns are required where the rows are a table of their own.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "macros": ("title", "grain"),
    "cluster": ("title", "grain"),
    "canonical": ("title", "grain", "replaced_by", "columns"),
    "sources": ("title", "grain"),
    "chosen": ("title", "grain"),
    "afresh": ("title", "grain", "columns"),
    "proposals": ("title", "grain", "columns"),
    "staging": ("title", "grain", "columns"),
    "marts": ("title", "grain", "columns"),
    "exports": ("title", "grain"),
    "synthetic": ("title", "grain"),
    "rivals": ("title", "question", "grain"),
    "metrics": ("title", "unit", "better", "definition", "formula", "source", "grain"),
    "charts": ("title", "question", "grain", "columns"),
    "checks": ("title", "severity", "why", "remedy"),
}


@dataclass(frozen=True)
class Query:
    """One SQL file: `name` is `<layer>.<stem>`, `sql` the text after the header."""

    layer: str
    name: str
    header: Mapping[str, Any]
    sql: str

    @property
    def stem(self) -> str:
        """The name without its layer."""
        return self.name.partition(".")[2]

    @property
    def title(self) -> str:
        """The header's title."""
        return str(self.header["title"])

    @property
    def columns(self) -> Mapping[str, str]:
        """Column name → what it means."""
        columns: Mapping[str, str] = self.header.get("columns", {})
        return columns


@dataclass(frozen=True)
class Metric:
    """A query whose header is the catalogue entry; it returns period_start, value, items.

    `behind` says which items a value counts, as in the URL of a list of items; null where it counts none.
    """

    name: str
    title: str
    unit: str
    better: str
    definition: str
    formula: str
    source: str
    grain: str
    query: Query
    behind: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """Every query of the project by its full name, and the metrics by theirs."""

    queries: Mapping[str, Query]

    def layer(self, layer: str) -> dict[str, Query]:
        """The queries of one layer, by full name, in alphabetical order."""
        return {name: query for name, query in self.queries.items() if query.layer == layer}

    def source(self, source: str) -> dict[str, Query]:
        """The queries that turn one format's raw rows into canonical rows, by target table."""
        prefix = f"sources.{source}."
        return {n.removeprefix(prefix): q for n, q in self.queries.items() if n.startswith(prefix)}

    @cached_property
    def metrics(self) -> dict[str, Metric]:
        """The metrics by name, in alphabetical order."""
        return {query.stem: _metric(query) for query in self.layer("metrics").values()}

    def metric(self, name: str) -> Metric:
        """One metric. Raises CatalogueError with the names there are."""
        known = self.metrics
        if name not in known:
            raise CatalogueError(f"There is no metric {name!r}. There are: {', '.join(known)}.")
        return known[name]


def read_catalogue(root: Path) -> Catalogue:
    """Every `.sql` file below `root`. Raises CatalogueError with file and reason."""
    files = sorted(path for path in root.rglob("*.sql"))
    if not files:
        raise CatalogueError(f"{root}: no SQL files here.")
    return Catalogue({query.name: query for query in (read_query(path, root) for path in files)})


def read_query(path: Path, root: Path) -> Query:
    """One SQL file, its header checked against what its layer needs."""
    text = path.read_text(encoding="utf-8")
    head, end, body = text.partition("*/")
    if not (head.startswith("/*") and end):
        raise CatalogueError(f"{path}: begin the file with a /* … */ header that says what it returns.")
    try:
        header = tomllib.loads(head.removeprefix("/*"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: the header is not valid TOML: {error}.") from None
    parts = path.relative_to(root).with_suffix("").parts
    _check_header(path, parts[0], header)
    return Query(parts[0], ".".join(parts), header, body.strip())


def _check_header(path: Path, layer: str, header: Mapping[str, Any]) -> None:
    if layer not in REQUIRED:
        raise CatalogueError(f"{path}: there is no layer {layer!r}. There are: {', '.join(REQUIRED)}.")
    for key in REQUIRED[layer]:
        if key not in header:
            hint = ' Write "higher", "lower" or "neither".' if key == "better" else ""
            raise CatalogueError(f"{path}: the header has no {key!r}.{hint}")
    if layer == "metrics" and header["better"] not in BETTER:
        raise CatalogueError(f'{path}: \'better\' is {header["better"]!r}. Write "higher", "lower" or "neither".')


def _metric(query: Query) -> Metric:
    told = {key: query.header[key] for key in REQUIRED["metrics"]}
    return Metric(query.stem, query=query, behind=query.header.get("behind"), **told)
