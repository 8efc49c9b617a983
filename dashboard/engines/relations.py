"""The tables that a select reads, as DuckDB's own parser sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import duckdb

from dashboard.errors import CatalogueError


@lru_cache(maxsize=4096)
def relations(sql: str) -> frozenset[str]:
    """They are named as `schema.name`. Raises CatalogueError for what is not one select."""
    with _parser().cursor() as cursor:
        answer = cursor.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchall()[0][0]
    tree = json.loads(answer)
    if tree["error"]:
        raise CatalogueError(f"This is not one select: {tree['error_message']}.")
    return frozenset(_tables(tree))


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


def _tables(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for value in node.values():
            yield from _tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from _tables(value)
