"""The embedded engine. The only module that talks to DuckDB.

The few statements that stand here are the engine's own commands (settings, schemas, attach): what a query
means stands under queries/.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from dashboard.engines.carrier import Carrier, quoted
from dashboard.engines.expressions import as_text, guarded
from dashboard.engines.opener import Opener
from dashboard.engines.relations import relations
from dashboard.errors import CatalogueError, ScopeError

NULLABLE = frozenset(f"{kind}{bits}" for kind in ("Int", "UInt") for bits in (8, 16, 32, 64))
SETTING = threading.Lock()
NOT_OF_DATA = (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException, duckdb.OutOfMemoryException)
LOST = (duckdb.FatalException, duckdb.InternalException, duckdb.IOException, duckdb.SerializationException)
DISK = (*LOST, duckdb.TransactionException)
LESS = "Choose fewer days, a team or a type."
PATHS = re.compile(r"""["']?/[^\s"',]+["']?""")
# Behind its own words the engine quotes what stands in the file.
QUOTED = re.compile(r"""[\s:]*["'{\[].*""")


class DuckDB(Opener, Carrier):
    """One database: in memory, or a file. Every question runs on a cursor of its own."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        read_only: bool = False,
        memory: str = "4GB",
        threads: int = 2,
        seconds: int | None = None,
        spills_to: Path | None = None,
    ) -> None:
        """`seconds`: how long one question to a file that is only read may take.

        `spills_to`: the folder for what does not fit into memory; without it, one beside the file.
        """
        self._connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only)
        self._is_read_only, self._spills_to = read_only, spills_to
        self._parameters: dict[str, frozenset[str]] = {}
        self._scratch: list[str] = []
        self._has_scratch = False
        self._kept: list[str] = []
        # Connections of one process to one file share its settings; the first sets and locks them, the others wait.
        with SETTING:
            if not self._connection.execute("select current_setting('lock_configuration')").fetchall()[0][0]:
                limits: dict[str, str | int] = {"memory_limit": memory, "threads": threads, "TimeZone": "UTC"}
                if read_only:
                    limits["max_temp_directory_size"] = memory
                else:
                    # What is half built is thrown away; who publishes it brings it to the disk as a whole.
                    limits["fsync_mode"] = "NONE"
                if spills_to:
                    limits["temp_directory"] = quoted(spills_to)
                self._configure(read_only, {**limits, "max_execution_time": (seconds or 0) * 1000})

    def _configure(self, read_only: bool, settings: Mapping[str, str | int]) -> None:
        for name, value in settings.items():
            self._connection.execute(f"set global {name} = '{value}'")  # else of this connection, not of its cursors
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

    def create_if_it_fits(self, name: str, sql: str) -> bool:
        """The same; false, and no table, where that takes more memory than there is."""
        try:
            self.create(name, sql)
        except duckdb.OutOfMemoryException:
            return False
        return True

    def declare(self, name: str, sql: str) -> None:
        """A table with the columns of a select, and no rows."""
        self._connection.execute(f"create or replace table {name} as {sql} with no data")

    def load(self, name: str, files: Sequence[Path]) -> None:
        """Append the rows of Parquet files, one file after the other, to a table."""
        if files:
            self._append(name, self._connection.read_parquet([str(path) for path in files]))

    def drop(self, name: str) -> None:
        """Forget a table."""
        self._connection.execute(f"drop table {name}")

    def create_empty(self, name: str, like: str) -> None:
        """A table with the columns of another one, and no rows."""
        self._connection.table(like).limit(0).create(name)

    def create_schema(self, name: str) -> None:
        """A namespace for tables."""
        self._connection.execute(f"create schema if not exists {name}")
        self._kept += [name] if name not in self._kept else []

    def create_scratch(self, names: Iterable[str]) -> None:
        """Namespaces for tables that nobody needs once this is closed: in memory, on disk where that is full.

        One that has the name of a namespace that lasts stands in its place until it is forgotten.
        """
        if not self._has_scratch:
            self._has_scratch = True
            self._connection.execute("attach ':memory:' as scratch (compress)")
        for name in names:
            self._connection.execute(f"create schema scratch.{name}")
            self._scratch += [name] if name not in self._scratch else []
        self._look_into_both(self._connection)

    def drop_schema(self, name: str) -> None:
        """Forget a namespace and all its tables."""
        if name not in self._scratch:
            self._connection.execute(f"drop schema if exists {name} cascade")
            return
        self._scratch.remove(name)
        self._look_into_both(self._connection)
        self._connection.execute(f"drop schema scratch.{name} cascade")

    def _look_into_both(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Tables are named by their schema alone, whether it lasts or not."""
        (owner,) = connection.execute("select current_database()").fetchall()[0]
        kept = [name for name in ("main", *self._kept) if name not in self._scratch]
        places = [f"{owner}.{name}" for name in kept] + [f"scratch.{name}" for name in self._scratch]
        connection.execute(f"set search_path = '{','.join(places)}'")

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a select. Raises CatalogueError where `parameters` are not exactly those it names, ScopeError
        where it takes too long, or more memory than there is."""
        with self._cursor() as cursor:
            (statement,) = cursor.extract_statements(sql)
            given = dict(parameters or {})
            if given.keys() != statement.named_parameters:
                raise CatalogueError(f"The query names {sorted(statement.named_parameters)}, given {sorted(given)}.")
            try:
                frame: pd.DataFrame = cursor.execute(statement, given).df()
            except duckdb.InterruptException:
                raise ScopeError(f"This took too long to work out. {LESS}") from None
            except duckdb.OutOfMemoryException:
                if not self._is_read_only:
                    raise  # an import says so in its own words
                raise ScopeError(f"This needs more memory than there is for it. {LESS}") from None
            except duckdb.IOException as error:
                # Not the file that is asked, but the folder for what does not fit into memory.
                if self._spills_to is None or str(self._spills_to) not in str(error):
                    raise
                raise ScopeError(f"This needs more room than there is in the temporary folder. {LESS}") from None
        # Whole numbers with gaps come with a null of their own, which counts and formats can't read.
        gaps = [name for name, kind in frame.dtypes.items() if kind.name in NULLABLE and frame[name].isna().any()]
        return frame.astype(dict.fromkeys(gaps, "float64")) if gaps else frame  # which copies every column

    def parameters(self, sql: str) -> frozenset[str]:
        """The parameters that a select names."""
        if sql not in self._parameters:
            with self._cursor() as cursor:
                (statement,) = cursor.extract_statements(sql)
            self._parameters[sql] = frozenset(statement.named_parameters)
        return self._parameters[sql]

    def relations(self, sql: str) -> frozenset[str]:
        """The tables that a select reads, as `schema.name`."""
        return relations(sql)

    def tables(self, schema: str, place: str = "") -> tuple[str, ...]:
        """The names of the tables in a namespace, of this database or one beside it."""
        named = self._connection.table_function("duckdb_tables").select(
            ColumnExpression("database_name"), ColumnExpression("schema_name"), ColumnExpression("table_name")
        )
        wanted = place or self.own_name(), schema
        return tuple(sorted(name for owner, within, name in named.fetchall() if (owner, within) == wanted))

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

    def count_differing(self, name: str, one: str, other: str) -> int:
        """How many rows hold a text in both columns, and not the same."""
        left, right = (FunctionExpression("trim", ColumnExpression(column)) for column in (one, other))
        rows = self._connection.table(name).filter(left != right)
        return len(rows.filter(left != ConstantExpression("")).filter(right != ConstantExpression("")))

    def insert(self, name: str, frame: pd.DataFrame) -> None:
        """Append the rows of a frame, its columns matched by name; missing ones are null."""
        if len(frame):
            self._append(name, self._connection.from_df(frame))

    def append(self, name: str, source: str, *, each_once: bool = False) -> None:
        """Append the rows of one table to another, columns matched by name; equal rows once if asked."""
        rows = self._connection.table(source)
        self._append(name, rows.distinct() if each_once else rows)

    def fault_of_data(self, error: Exception) -> str | None:
        """What the engine says of data that it can't read, without paths and data; None where the fault is another."""
        if isinstance(error, NOT_OF_DATA) or not isinstance(error, duckdb.Error):
            return None
        return QUOTED.sub("", PATHS.sub("the file", _first_line(error)))

    def is_lost(self, error: Exception) -> bool:
        """Whether the database behind an error can't be read any more: its file is damaged, or the engine gave up."""
        return isinstance(error, LOST)

    @staticmethod
    def fault_of_disk(error: Exception) -> str | None:
        """What is said of a disk that did not take or give what it should, without paths; None where it did."""
        if isinstance(error, OSError):
            return error.strerror or type(error).__name__
        return PATHS.sub("the file", _first_line(error)) if isinstance(error, DISK) else None

    def write_columns(
        self, name: str, columns: Mapping[str, str], path: Path, *, where: Mapping[str, str] | None = None
    ) -> bool:
        """Some columns of a table as a CSV or Parquet file, by the path's ending; false and no file without rows.

        `columns`: name in the file → name in the table. Every column is text, instants in ISO 8601 with their zone, so
        that both kinds of file read back alike. No cell of a CSV is a formula for a spreadsheet.
        """
        rows = self._where(name, where)
        if not rows.limit(1).fetchall():
            return False
        types = dict(zip(rows.columns, map(str, rows.types), strict=True))
        texts = {new: as_text(column, types[column]) for new, column in columns.items()}
        if path.suffix == ".parquet":
            rows.select(*(text.alias(new) for new, text in texts.items())).write_parquet(str(path))
        else:
            shown = {new: guarded(text) if types[columns[new]] == "VARCHAR" else text for new, text in texts.items()}
            rows.select(*(text.alias(new) for new, text in shown.items())).write_csv(str(path), header=True)
        return True

    def write_parquet(self, sql: str, parameters: Mapping[str, Any], path: Path) -> None:
        """The rows of a select as a Parquet file, its types kept; streamed, in any order."""
        (statement,) = self._connection.extract_statements(sql)
        named = {name: value for name, value in parameters.items() if name in statement.named_parameters}
        self._connection.sql(sql, params=named).write_parquet(str(path), compression="zstd")

    def export_columns(self, name: str, columns: Sequence[str], path: Path) -> None:
        """Some columns of a table as Parquet, with their types."""
        self._connection.table(name).select(*map(ColumnExpression, columns)).write_parquet(str(path))

    def checkpoint(self) -> None:
        """Bring everything into the one file."""
        self._connection.execute("checkpoint")

    def spill_to(self, folder: Path) -> None:
        """Let what does not fit into memory go to files in a folder."""
        self._connection.execute(f"set temp_directory = '{quoted(folder)}'")

    def create_view(self, name: str, sql: str) -> None:
        """Give a select a name; it runs whenever the name is read."""
        self._connection.execute(f"create or replace view {name} as {sql}")

    def point(self, name: str, source: str) -> None:
        """Another name for a table."""
        self.create_view(name, f"from {source}")

    def narrow(self, name: str, source: str, *, by: str, among: str) -> None:
        """A view of the rows of `source` whose column `by` stands in the table `among`."""
        self.create_view(name, f"from {source} semi join {among} using ({by})")

    def rows(
        self, name: str, columns: Sequence[str], *, where: Mapping[str, str] | None = None, batch: int = 10_000
    ) -> Iterator[tuple[Any, ...]]:
        """Rows of a table one by one, in its order; fetched in batches, so that memory stays bounded."""
        chosen = self._where(name, where).select(*map(ColumnExpression, columns))
        with self._cursor() as cursor:
            cursor.execute(chosen.sql_query())
            while fetched := cursor.fetchmany(batch):
                yield from fetched

    def count_distinct(self, name: str, column: str, *, where: Mapping[str, str] | None = None) -> int:
        """How many different values a column has."""
        return len(self._where(name, where).select(ColumnExpression(column)).distinct())

    def _where(self, name: str, where: Mapping[str, str] | None) -> duckdb.DuckDBPyRelation:
        """The rows of a table whose columns have the values given."""
        rows = self._connection.table(name)
        for column, value in (where or {}).items():
            rows = rows.filter(ColumnExpression(column) == ConstantExpression(value))
        return rows

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        if self._has_scratch:
            self._look_into_both(cursor)
        try:
            yield cursor
        finally:
            cursor.close()


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
