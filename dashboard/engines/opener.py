"""The verbs of the embedded engine that open exports as tables of text, and ready those for the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from dashboard.engines.expressions import VARCHAR, as_iso, joined, shape, swapped, unguarded

BIGINT = duckdb.sqltypes.BIGINT
# No file holds this character (Unicode keeps it free), so no cell is read as missing because of its text.
NO_TEXT = "\ufdd2"
ROW = "file_row_number"
RECORD_BYTES = 16 * 1024**2


class Opener:
    """What a database does with the files of an import."""

    _connection: duckdb.DuckDBPyConnection

    def open_csv(
        self,
        path: Path,
        name: str,
        *,
        width: int,
        widest: int,
        delimiter: str,
        skipped: int,
        in_parallel: bool,
        marks: Mapping[str, str],
    ) -> None:
        """A CSV's records as the view `name`: record = 1, 2, …, `shape`, and c0, c1, … as text.

        The dialect is given, never guessed: DuckDB's detection turns ragged files into one column. `shape` says
        what is wrong with a record as a whole, null where nothing is. `widest` is the longest record's cells,
        `marks` the characters that stand for what no text may hold, and what that is.
        """
        cells = [f"c{number}" for number in range(max(width, widest))]
        rows = self._connection.read_csv(
            str(path),
            header=False,
            skiprows=skipped,
            columns=dict.fromkeys(cells, "VARCHAR"),
            delimiter=delimiter,
            quotechar='"',
            escapechar='"',
            auto_detect=False,
            null_padding=True,  # a missing cell is null, an empty one is ''
            na_values=[NO_TEXT],
            max_line_size=RECORD_BYTES,
            parallel=in_parallel,  # the parallel reader can't pad where cells hold new lines
        )
        wrong = shape([ColumnExpression(c) for c in cells[:width]], [ColumnExpression(c) for c in cells[width:]], marks)
        self._open(rows.select(*map(ColumnExpression, cells[:width]), wrong.alias("shape")), name)

    def open_parquet(self, path: Path, name: str) -> None:
        """A Parquet's rows as the view `name`: record, shape (null), and c0, c1, … as text."""
        if any(column.lower() == ROW for column in self.parquet_columns(path)):
            # The engine can't number the rows of a file that has a column of that name.
            rows = self._connection.read_parquet(str(path))
            cells = [ColumnExpression(old).cast(VARCHAR).alias(f"c{number}") for number, old in enumerate(rows.columns)]
            self._open(rows.select(*cells, ConstantExpression(None).cast(VARCHAR).alias("shape")), name)
            return
        rows = self._connection.read_parquet(str(path), file_row_number=True)
        *columns, place = map(ColumnExpression, rows.columns)
        cells = [column.cast(VARCHAR).alias(f"c{number}") for number, column in enumerate(columns)]
        record = (place + ConstantExpression(1)).alias("record")
        for view in (name, f"{name}_rows"):
            self._view(view, rows.select(record, *cells, ConstantExpression(None).cast(VARCHAR).alias("shape")))

    def parquet_columns(self, path: Path) -> Mapping[str, str]:
        """Column → type of a Parquet file."""
        rows = self._connection.read_parquet(str(path))
        return dict(zip(rows.columns, map(str, rows.types), strict=True))

    def parquet_rows(self, path: Path) -> int:
        """How many rows a Parquet file says it has; its data are not read."""
        found = self._connection.table_function("parquet_file_metadata", [str(path)])
        return int(found.select(ColumnExpression("num_rows")).fetchall()[0][0])

    def parquet_chunks(self, path: Path) -> list[tuple[str, int, int]]:
        """Column, first byte and bytes of the pages of each column in each group of rows of a Parquet file."""
        found = self._connection.table_function("parquet_metadata", [str(path)])
        # Some writers state a place of 0 where there is no page of that kind.
        dictionary, data = (
            FunctionExpression("nullif", ColumnExpression(column), ConstantExpression(0))
            for column in ("dictionary_page_offset", "data_page_offset")
        )
        nothing = ConstantExpression(0)
        return found.select(
            ColumnExpression("path_in_schema"),
            duckdb.CoalesceOperator(FunctionExpression("least", dictionary, data), nothing),
            duckdb.CoalesceOperator(ColumnExpression("total_compressed_size"), nothing),
        ).fetchall()

    def open_lines(self, path: Path, name: str) -> None:
        """The lines of a text as the view `name`: record and line."""
        rows = self._connection.read_csv(
            str(path),
            header=False,
            columns={"line": "VARCHAR"},
            delimiter=NO_TEXT,
            quotechar="",
            escapechar="",
            auto_detect=False,
            na_values=["\ufdd3"],
            max_line_size=RECORD_BYTES,
        )
        self._open(rows, name)

    def read_documents(self, path: Path, name: str) -> None:
        """Load a JSON file's top-level values as rows of `record` and `document`."""
        rows = self._connection.read_json(
            str(path),
            columns={"document": "JSON"},
            format="auto",
            records="false",
            maximum_object_size=path.stat().st_size + 1024,
        )
        self._open(rows, f"{name}_file")
        self._connection.table(f"{name}_file").create(name)

    def open_documents(self, source: str, name: str, pointers: Sequence[str]) -> None:
        """The values at JSON pointers of a table's documents as the view `name`: record, shape (null), c0, c1, …."""
        document = ColumnExpression("document")
        cells = [
            FunctionExpression("json_extract_string", document, ConstantExpression(pointer)).alias(f"c{number}")
            for number, pointer in enumerate(pointers)
        ]
        rows = self._connection.table(source)
        self._view(f"{name}_rows", rows.select(ColumnExpression("record"), ColumnExpression("shape"), *cells))
        self._view(name, self._connection.table(f"{name}_rows"))

    def project(
        self,
        source: str,
        name: str,
        columns: Mapping[str, Sequence[str]],
        *,
        lists: Collection[str] = (),
        is_guarded: bool = False,
        is_kept: bool = True,
    ) -> None:
        """Keep what was opened as `source` under other column names: of no column a null, of several all with dashes.

        Those of `lists` stand on lines of their own. From texts that `write_columns` guarded the guard is taken off.
        What is not kept is read again each time: of a file of columns that is less than to write them.
        """
        texts = {new: joined(old, "\n" if new in lists else "-") for new, old in columns.items()}
        chosen = [(unguarded(text) if is_guarded else text).alias(new) for new, text in texts.items()]
        rows = self._connection.table(f"{source}_rows")
        if "record" in rows.columns:
            named = rows.select(ColumnExpression("record"), ColumnExpression("shape"), *chosen)
            if is_kept:
                named.create(name)
            else:
                self._view(name, named)
            return
        # The place in a table is a number that both cores can give; counting while reading is for one alone.
        rows.select(ColumnExpression("shape"), *chosen).create(f"{name}_rows")
        kept = self._connection.table(f"{name}_rows")
        record = (ColumnExpression("rowid") + ConstantExpression(1)).alias("record")
        self._view(name, kept.select(record, ColumnExpression("shape"), *map(ColumnExpression, texts)))

    def number_lines(self, source: str, name: str, column: str) -> None:
        """The view `name` that says, by a column of a table, on which line each of its records begins."""
        record, line = ColumnExpression("record"), ColumnExpression(column).cast(BIGINT)
        self._view(name, self._connection.table(source).select(record.alias("record_from"), line.alias("line_from")))

    def split(self, source: str, good: str, bad: str) -> None:
        """The records of a table that have the right shape as one view, the others as another."""
        rows = self._connection.table(source)
        self._view(good, rows.filter(ColumnExpression("shape").isnull()))
        self._view(bad, rows.filter(ColumnExpression("shape").isnotnull()))

    def normalise(
        self,
        source: str,
        name: str,
        times: Sequence[str],
        *,
        formats: Sequence[str],
        replaced: Sequence[tuple[str, str]],
        has_weekdays: bool,
        has_zones: bool,
        swaps_days: bool,
        gathered: Sequence[str],
    ) -> None:
        """The view `name` of a table, its `times` in ISO 8601 where one of strptime's `formats` reads them.

        What none reads stays as it is written. Columns `gathered` become the list `cells`. `swaps_days` swaps day and
        month wherever both are 12 or less.
        """
        rows = self._connection.table(source)
        read: dict[str, duckdb.Expression] = {column: ColumnExpression(column) for column in times}
        if formats:
            read = {column: as_iso(column, formats, replaced, has_weekdays, has_zones) for column in times}
        if swaps_days:
            read = {column: swapped(text) for column, text in read.items()}
        chosen = [read.get(column, ColumnExpression(column)).alias(column) for column in rows.columns]
        named = rows.select(*chosen)
        if gathered:
            kept = [ColumnExpression(column) for column in rows.columns if column not in gathered]
            cells = FunctionExpression("list_value", *map(ColumnExpression, gathered)).alias("cells")
            named = named.select(*kept, cells)
        self._view(name, named)

    def stack(self, source: str, name: str, columns: Sequence[str], *, beside: Sequence[str] = ()) -> None:
        """Some columns of a table under each other as the view `name`: column_name, written and the columns beside."""
        parts = [
            self._connection.table(source).select(
                ConstantExpression(column).alias("column_name"),
                ColumnExpression(column).alias("written"),
                *map(ColumnExpression, beside),
            )
            for column in columns
        ]
        stacked = parts[0]
        for part in parts[1:]:
            stacked = stacked.union(part)
        self._view(name, stacked)

    def _open(self, rows: duckdb.DuckDBPyRelation, name: str) -> None:
        """The rows of a file as the view `name`, numbered as `record`, and without the numbers as `<name>_rows`."""
        self._view(f"{name}_rows", rows)
        numbered = rows.row_number(window_spec="over ()", projected_columns="*")
        *kept, number = map(ColumnExpression, numbered.columns)
        self._view(name, numbered.select(number.alias("record"), *kept))

    def _view(self, name: str, rows: duckdb.DuckDBPyRelation) -> None:
        self._connection.execute(f"create or replace view {name} as {rows.sql_query()}")
