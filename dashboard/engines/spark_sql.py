"""DuckDB's SQL as Spark's: sqlglot, and the few rules where its own translation is another number or none.

Each rule is a function from a node to what stands in its place, or None. `tests/test_spark.py` compares the answers of
both engines, row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from dashboard.engines.written_out import Macros, beside, filled, parsed

Rule = Callable[[exp.Expression], exp.Expression | None]


class Translator:
    """Translates selects; macros that it was told are written out."""

    def __init__(self) -> None:
        self._macros = Macros()
        self.learn = self._macros.learn

    def translate(
        self, sql: str, rename: Callable[[str], str], given: Mapping[str, Any] | None = None
    ) -> tuple[str, dict[str, str]]:
        """A select for Spark, and the texts that it names; `rename` gives the table `schema.name` its name there.

        `given` are the values of its parameters.
        """
        tree = self._macros.written_out(parsed(sql))
        if given:
            tree = filled(tree, given)
        for table in list(tree.find_all(exp.Table)):
            if table.db:
                alias = table.alias_or_name
                table.replace(exp.alias_(exp.table_(rename(f"{table.db}.{table.name}")), alias, table=True))
        translated = tree.transform(_by_rules)
        # Spark takes the minus after a window's name for a part of the name.
        for window in list(translated.find_all(exp.Window)):
            if isinstance(window.parent, exp.Sub):
                window.replace(exp.paren(window.copy()))
        texts = beside(translated)
        return translated.sql(dialect="spark"), texts


def relations(sql: str) -> frozenset[str]:
    """The tables that a select reads, as `schema.name`."""
    return frozenset(f"{table.db}.{table.name}" for table in parsed(sql).find_all(exp.Table) if table.db)


def _by_rules(node: exp.Expression) -> exp.Expression:
    for rule in RULES:
        found = rule(node)
        if found is not None:
            return found
    return node


def _argument(node: exp.Expression) -> exp.Expression:
    return node.transform(_by_rules)


def _epoch(node: exp.Expression) -> exp.Expression | None:
    """Seconds since 1970 with their fraction."""
    is_epoch = isinstance(node, exp.Anonymous) and node.name.lower() == "epoch"
    if not is_epoch and not isinstance(node, exp.TimeToUnix):
        return None
    moment = node.expressions[0] if is_epoch else node.this
    micros = exp.func("unix_micros", exp.cast(_argument(moment), "timestamp"), dialect="spark")
    return exp.paren(exp.Div(this=exp.cast(micros, "double"), expression=exp.Literal.number(1_000_000)))


def _row(node: exp.Expression) -> exp.Expression | None:
    """`row(a, b)`, which is compared part by part."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "row":
        return exp.Anonymous(this="struct", expressions=[_argument(each) for each in node.expressions])
    return None


def _to_microseconds(node: exp.Expression) -> exp.Expression | None:
    """A number of microseconds as a span of time."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "to_microseconds":
        micros = exp.cast(_argument(node.expressions[0]), "decimal(18, 0)", dialect="spark")
        seconds = exp.Div(this=micros, expression=exp.Literal.number(1_000_000))
        zeros = [exp.Literal.number(0)] * 3
        return exp.Anonymous(this="make_dt_interval", expressions=[*(each.copy() for each in zeros), seconds])
    return None


def _quantile(node: exp.Expression) -> exp.Expression | None:
    """Exact quantiles: Spark's `percentile` interpolates as quantile_cont does; sqlglot writes the approximate one."""
    if isinstance(node, exp.PercentileCont | exp.PercentileDisc) and node.expression:
        value, share = _argument(node.this), node.expression
        if isinstance(node, exp.PercentileCont):
            return exp.Anonymous(this="percentile", expressions=[value, share])
        ordered = exp.Order(expressions=[exp.Ordered(this=value)])
        return exp.WithinGroup(this=exp.Anonymous(this="percentile_disc", expressions=[share]), expression=ordered)
    return None


def _one_of_quantiles(node: exp.Expression) -> exp.Expression | None:
    """One place in a list of quantiles, which DuckDB works out together: Spark works that one out."""
    if not _is_call(node, "list_extract"):
        return None
    listed, place = node.expressions
    if not isinstance(listed, exp.PercentileCont | exp.PercentileDisc):
        return None
    share = listed.expression.expressions[int(place.name) - 1]
    return _quantile(type(listed)(this=listed.this, expression=share))


def _ordered_list(node: exp.Expression) -> exp.Expression | None:
    """A list in an order: Spark's own has none, so pairs are sorted and the second of each is taken."""
    listed = node.this if isinstance(node, exp.Filter) else node
    if not (isinstance(listed, exp.ArrayAgg) and isinstance(listed.this, exp.Order)):
        return None
    value, (ordered,) = _argument(listed.this.this), listed.this.expressions
    pair = exp.Anonymous(this="struct", expressions=[exp.alias_(_argument(ordered.this), "k"), exp.alias_(value, "v")])
    pairs: exp.Expression = exp.Anonymous(this="collect_list", expressions=[pair])
    if isinstance(node, exp.Filter):
        pairs = exp.Filter(this=pairs, expression=_argument(node.expression))
    second = exp.Lambda(this=exp.column("v", "pair"), expressions=[exp.to_identifier("pair")])
    return exp.Anonymous(this="transform", expressions=[exp.Anonymous(this="array_sort", expressions=[pairs]), second])


def _not_kept(node: exp.Expression) -> exp.Expression | None:
    """A part of a select that DuckDB keeps while it goes on: Spark decides for itself, and has no word for it."""
    if isinstance(node, exp.CTE) and node.args.get("materialized"):
        return exp.CTE(this=_argument(node.this), alias=node.args["alias"])
    return None


def _series(node: exp.Expression) -> exp.Expression | None:
    """Rows of a series that are read from."""
    series = node.this if isinstance(node, exp.Table) else None
    if not isinstance(series, exp.GenerateSeries):
        return None
    (column,) = node.args["alias"].args["columns"]
    arguments = [_argument(series.args[name]) for name in ("start", "end", "step")]
    rows = exp.Anonymous(this="explode", expressions=[exp.Anonymous(this="sequence", expressions=arguments)])
    return exp.select(exp.alias_(rows, column.name)).subquery(node.alias)


def _zone(node: exp.Expression) -> exp.Expression | None:
    """The clock of a zone at an instant in UTC, and the instant at which the clocks of a zone show a time."""
    if _is_call(node, "timezone") and _is_call(node.expressions[1], "timezone"):
        outer, (inner, moment) = node.expressions[0], node.expressions[1].expressions
        if inner.name == "UTC":
            return exp.Anonymous(this="from_utc_timestamp", expressions=[_argument(moment), _argument(outer)])
        return exp.Anonymous(this="to_utc_timestamp", expressions=[_argument(moment), _argument(inner)])
    return None


def _split(node: exp.Expression) -> exp.Expression | None:
    """Spark takes what stands between the parts for a pattern; its own way to quote it is unknown to others."""
    if isinstance(node, exp.Split) and isinstance(node.expression, exp.Literal):
        pattern = exp.Literal.string(re.escape(node.expression.name))
        return exp.Anonymous(this="split", expressions=[_argument(node.this), pattern])
    return None


def _is_call(node: exp.Expression, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == name


RULES: tuple[Rule, ...] = (
    _not_kept, _series, _zone, _split, _epoch, _row, _to_microseconds, _one_of_quantiles, _quantile, _ordered_list,
)  # fmt: skip
