"""The verbs of the embedded engine that bring rows of one snapshot into the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from duckdb import ColumnExpression, ConstantExpression


class Carrier:
    """What a database does with the rows of another one."""

    _connection: duckdb.DuckDBPyConnection

    def open_beside(self, path: Path, name: str) -> None:
        """Make another database file readable under a name."""
        self._connection.execute(f"attach '{quoted(path)}' as {name} (read_only)")

    def let_go(self, name: str) -> None:
        """Close a database that was opened beside."""
        self._connection.execute(f"detach {name}")

    def carry_over(
        self, known: str, keys: Mapping[str, Sequence[str]], fresh: Mapping[str, str], since: Mapping[str, str]
    ) -> None:
        """Append the tables of the schema `known` to the canonical ones, but for rows with keys of a fresh table.

        Of a table with a time in `since`, those before the first fresh row of their key stay.
        """
        for table, columns in keys.items():
            old = self._connection.table(f"{known}.{table}").set_alias("old")
            new = self._connection.table(fresh[table]).set_alias("new")
            key = ", ".join(columns)
            newer = new.select(*map(ColumnExpression, columns)).distinct().set_alias("new")
            self._append(f"canonical.{table}", old.join(newer, ",".join(columns), how="anti"))
            if table in since:
                first = new.aggregate(f"{key}, min({since[table]}) as first_new").set_alias("new")
                earlier = old.join(first, ",".join(columns)).filter(
                    ColumnExpression(since[table]) < ColumnExpression("first_new")
                )
                self._append(f"canonical.{table}", earlier)

    def own_name(self) -> str:
        """The name that this database has beside others."""
        return str(self._connection.execute("select current_database()").fetchall()[0][0])

    def digests(self, name: str, by: str) -> dict[str, tuple[int, int]]:
        """For each value of a column how many rows have it, and a sum that is another one as soon as a row is."""
        # By this name no table has a column: it stands for a row as a whole.
        rows = self._connection.table(name).set_alias("every_column")
        told = rows.aggregate(f"{by}, count(*) as n, sum(hash(every_column)) as digest", by).fetchall()
        return {value: (count, digest) for value, count, digest in told}

    def ranges(self, name: str, column: str, by: str) -> dict[str, tuple[int, int]]:
        """For each value of a column the least of another one, and how many rows there are."""
        told = self._connection.table(name).aggregate(f"{by}, min({column}) as least, count(*) as n", by).fetchall()
        return {value: (least, count) for value, least, count in told}

    def bring(self, name: str, place: str, *, among: str, number: str) -> None:
        """Append the rows of a table of the database `place` to the one of its name here.

        `among` names their streams, and by how much the column `number` is moved, where there is one.
        """
        rows = self._connection.table(f"{place}.{name}")
        columns = {column: ColumnExpression(column) for column in rows.columns}
        if number in columns:
            kind = rows.types[rows.columns.index(number)]
            columns[number] = (columns[number] + ColumnExpression("moved")).cast(kind).alias(number)
        found = rows.join(self._connection.table(among), "stream").select(*columns.values())
        found.insert_into(f"{self.own_name()}.{name}")

    def _append(self, name: str, rows: duckdb.DuckDBPyRelation) -> None:
        present = set(rows.columns)
        aligned = [
            ColumnExpression(column) if column in present else ConstantExpression(None).alias(column)
            for column in self._connection.table(name).columns
        ]
        rows.select(*aligned).insert_into(name)


def quoted(path: Path) -> str:
    return str(path).replace("'", "''")
