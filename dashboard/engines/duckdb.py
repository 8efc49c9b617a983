"""The embedded engine. The only module that talks to DuckDB.

The few statements that stand here are the engine's own commands (settings, schemas, attach): what a query
means stands under queries/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from dashboard.errors import CatalogueError, SourceError

VARCHAR = duckdb.sqltypes.VARCHAR


class DuckDB:
    """One database: in memory, or a file. Every question runs on a cursor of its own."""

    def __init__(
        self, path: Path | None = None, *, read_only: bool = False, memory: str = "4GB", threads: int = 2
    ) -> None:
        self._connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
        self._parameters: dict[str, frozenset[str]] = {}
        # Connections of one process to one file share its settings; the first has set and locked them.
        if not self._connection.execute("select current_setting('lock_configuration')").fetchall()[0][0]:
            self._configure(read_only, {"memory_limit": memory, "threads": threads, "TimeZone": "UTC"})

    def _configure(self, read_only: bool, settings: Mapping[str, str | int]) -> None:
        for name, value in settings.items():
            self._connection.execute(f"set {name} = '{value}'")
        self._connection.execute("set autoinstall_known_extensions = false")
        if read_only:
            self._connection.execute("set enable_external_access = false")
            self._connection.execute("set lock_configuration = true")

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def run(self, sql: str) -> None:
        """Carry out one statement that returns nothing."""
        self._connection.execute(sql)

    def create(self, name: str, sql: str) -> None:
        """Keep the rows of a select as the table `name`, in the order of the select."""
        self._connection.execute(f"create or replace table {name} as {sql}")

    def create_empty(self, name: str, like: str) -> None:
        """A table with the columns of another one, and no rows."""
        self._connection.table(like).limit(0).create(name)

    def create_schema(self, name: str) -> None:
        """A namespace for tables."""
        self._connection.execute(f"create schema if not exists {name}")

    def drop_schema(self, name: str) -> None:
        """Forget a namespace and all its tables."""
        self._connection.execute(f"drop schema if exists {name} cascade")

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a select. Raises CatalogueError where `parameters` are not exactly those it names."""
        with self._cursor() as cursor:
            (statement,) = cursor.extract_statements(sql)
            given = dict(parameters or {})
            if given.keys() != statement.named_parameters:
                raise CatalogueError(f"The query names {sorted(statement.named_parameters)}, given {sorted(given)}.")
            frame: pd.DataFrame = cursor.execute(statement, given).df()
        return frame

    def parameters(self, sql: str) -> frozenset[str]:
        """The parameters that a select names."""
        if sql not in self._parameters:
            with self._cursor() as cursor:
                (statement,) = cursor.extract_statements(sql)
            self._parameters[sql] = frozenset(statement.named_parameters)
        return self._parameters[sql]

    def relations(self, sql: str) -> frozenset[str]:
        """The tables that a select reads, as `schema.name`."""
        with self._cursor() as cursor:
            answer = cursor.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchall()[0][0]
        tree = json.loads(answer)
        if tree["error"]:
            raise CatalogueError(f"This is not one select: {tree['error_message']}.")
        return frozenset(_tables(tree))

    def tables(self, schema: str) -> tuple[str, ...]:
        """The names of the tables in a namespace."""
        named = self._connection.table_function("duckdb_tables").select(
            ColumnExpression("schema_name"), ColumnExpression("table_name")
        )
        return tuple(sorted(name for owner, name in named.fetchall() if owner == schema))

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns of a table, in order."""
        return tuple(self._connection.table(name).columns)

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a table, in the order they were kept."""
        with self._cursor() as cursor:
            frame: pd.DataFrame = cursor.table(name).df()
        return frame

    def distinct(self, name: str, column: str) -> tuple[str, ...]:
        """The values of a column, each once."""
        rows = self._connection.table(name).select(ColumnExpression(column)).distinct().fetchall()
        return tuple(sorted(value for (value,) in rows if value is not None))

    def keep(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a frame as the table `name`."""
        self._connection.from_df(frame).create(name)

    def count(self, name: str) -> int:
        """How many rows a table has."""
        return len(self._connection.table(name))

    def insert(self, name: str, frame: pd.DataFrame) -> None:
        """Append the rows of a frame, its columns matched by name; missing ones are null."""
        if len(frame):
            self._append(name, self._connection.from_df(frame))

    def append(self, name: str, source: str, *, each_once: bool = False) -> None:
        """Append the rows of one table to another, columns matched by name; equal rows once if asked."""
        rows = self._connection.table(source)
        self._append(name, rows.distinct() if each_once else rows)

    def carry_over(self, path: Path, schema: str, keys: Mapping[str, Sequence[str]], fresh: Mapping[str, str]) -> None:
        """Copy a schema's tables from another file, but for the rows whose keys stand in their fresh table."""
        self._connection.execute(f"attach '{_quoted(path)}' as previous (read_only)")
        for table, columns in keys.items():
            rows = self._connection.table(f"previous.{schema}.{table}")
            newer = self._connection.table(fresh[table]).select(*map(ColumnExpression, columns)).distinct()
            rows = rows.set_alias("old").join(newer.set_alias("new"), ",".join(columns), how="anti")
            self._append(f"{schema}.{table}", rows)
        self._connection.execute("detach previous")

    def read_csv(self, path: Path, name: str, columns: Sequence[str], *, delimiter: str, quote: str = '"') -> None:
        """Load a CSV's records as text, named by position, with `record` = 1, 2, …; rejects go to `rejects` beside it.

        The dialect is given, never guessed: DuckDB's detection turns ragged files into one column.
        """
        rows = self._connection.read_csv(
            str(path),
            header=False,
            skiprows=1,
            columns=dict.fromkeys(columns, "VARCHAR"),
            delimiter=delimiter,
            quotechar=quote,
            escapechar=quote,
            auto_detect=False,
            store_rejects=True,
            null_padding=False,
            max_line_size=16_777_216,
        )
        self._number(rows, name)
        self._keep_rejects(f"{name.partition('.')[0]}.rejects")

    def read_parquet(self, path: Path, name: str, columns: Sequence[str]) -> None:
        """Load a Parquet's rows as text, named by position, with `record` = 1, 2, …."""
        rows = self._connection.read_parquet(str(path))
        as_text = [
            ColumnExpression(old).cast(VARCHAR).alias(new) for old, new in zip(rows.columns, columns, strict=True)
        ]
        self._number(rows.select(*as_text), name)

    def parquet_columns(self, path: Path) -> tuple[str, ...]:
        """The columns of a Parquet file. Raises SourceError where it is none."""
        try:
            return tuple(self._connection.read_parquet(str(path)).columns)
        except duckdb.Error as error:
            raise SourceError(
                f"{path.name}: this is not a Parquet file that can be read ({_first_line(error)})."
            ) from None

    def read_documents(self, path: Path, name: str) -> None:
        """Load a JSON file's top-level values as rows of one column `document`."""
        size = path.stat().st_size + 1024
        try:
            rows = self._connection.read_json(
                str(path),
                columns={"document": "JSON"},
                format="auto",
                records="false",
                maximum_object_size=size,
            )
            rows.create(name)
        except duckdb.Error as error:
            raise SourceError(f"{path.name}: this is not JSON that can be read ({_first_line(error)}).") from None

    def project(self, source: str, name: str, columns: Mapping[str, str | None], wide: Sequence[str] = ()) -> None:
        """Keep `source` under other column names; None gives a null column, `wide` columns become the list `cells`."""
        chosen = [
            (ColumnExpression(old) if old else ConstantExpression(None).cast(VARCHAR)).alias(new)
            for new, old in columns.items()
        ]
        if wide:
            chosen.append(FunctionExpression("list_value", *map(ColumnExpression, wide)).alias("cells"))
        self._connection.table(source).select(ColumnExpression("record"), *chosen).create(name)

    def open_beside(self, path: Path, name: str) -> None:
        """Make another database file readable under a name."""
        self._connection.execute(f"attach '{_quoted(path)}' as {name} (read_only)")

    def write_columns(self, name: str, columns: Sequence[str], path: Path) -> bool:
        """Some columns of a table as a CSV or Parquet file, by the path's ending; false and no file without rows.

        Every column is text, instants in ISO 8601 with their zone, so that both kinds of file read back alike.
        """
        rows = self._connection.table(name)
        if not len(rows):
            return False
        types = dict(zip(rows.columns, map(str, rows.types), strict=True))
        shown = rows.select(*(_as_text(column, types[column]).alias(column) for column in columns))
        if path.suffix == ".parquet":
            shown.write_parquet(str(path))
        else:
            shown.write_csv(str(path), header=True)
        return True

    def checkpoint(self) -> None:
        """Bring everything into the one file."""
        self._connection.execute("checkpoint")

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _append(self, name: str, rows: duckdb.DuckDBPyRelation) -> None:
        present = set(rows.columns)
        aligned = [
            ColumnExpression(column) if column in present else ConstantExpression(None).alias(column)
            for column in self.columns(name)
        ]
        rows.select(*aligned).insert_into(name)

    def _number(self, rows: duckdb.DuckDBPyRelation, name: str) -> None:
        try:
            numbered = rows.row_number(window_spec="over ()", projected_columns="*")
            *kept, number = map(ColumnExpression, numbered.columns)
            numbered.select(number.alias("record"), *kept).create(name)
        except duckdb.Error as error:
            raise SourceError(f"The file can't be read as a table ({_first_line(error)}).") from None

    def _keep_rejects(self, name: str) -> None:
        if "reject_errors" in self.tables("main"):
            self._connection.table("reject_errors").create(name)
            self._connection.execute("drop table reject_errors")
            self._connection.execute("drop table reject_scans")


def _tables(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for value in node.values():
            yield from _tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from _tables(value)


def _as_text(column: str, kind: str) -> duckdb.Expression:
    if kind == "TIMESTAMP":
        return FunctionExpression("strftime", ColumnExpression(column), ConstantExpression("%Y-%m-%dT%H:%M:%S.%fZ"))
    return ColumnExpression(column).cast(VARCHAR)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
