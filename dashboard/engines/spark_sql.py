"""DuckDB's SQL as Spark's: sqlglot, and the few rules where its own translation is another number or none.

Each rule is a function from a node to what stands in its place, or None. `tests/test_spark.py` compares the answers of
both engines, row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import sqlglot
from sqlglot import exp

from dashboard.errors import CatalogueError

MACRO = re.compile(r"\bmacro macros\.(\w+)\((.*?)\) as \((.*)\)\s*;?\s*$", re.DOTALL)
Rule = Callable[[exp.Expression], exp.Expression | None]


class Translator:
    """Translates selects; macros that it was told are written out."""

    def __init__(self) -> None:
        self._macros: dict[str, tuple[list[str], str]] = {}

    def learn(self, statement: str) -> bool:
        """Keep a macro over values; False for any other statement."""
        found = MACRO.search(statement)
        if not found:
            return False
        name, parameters, body = found.groups()
        self._macros[name] = [each.strip() for each in parameters.split(",")], body
        return True

    def translate(self, sql: str, rename: Callable[[str], str]) -> str:
        """A select for Spark; `rename` gives the table `schema.name` its name there."""
        tree = self._written_out(_parsed(sql))
        for table in list(tree.find_all(exp.Table)):
            if table.db:
                alias = table.alias_or_name
                table.replace(exp.alias_(exp.table_(rename(f"{table.db}.{table.name}")), alias, table=True))
        translated = tree.transform(_by_rules)
        # Spark takes the minus after a window's name for a part of the name.
        for window in list(translated.find_all(exp.Window)):
            if isinstance(window.parent, exp.Sub):
                window.replace(exp.paren(window.copy()))
        return translated.sql(dialect="spark")

    def _written_out(self, tree: exp.Expression) -> exp.Expression:
        """A tree with the bodies of the macros in place of their calls."""

        def rule(node: exp.Expression) -> exp.Expression:
            called = _called(node)
            if called is None:
                return node
            name, arguments = called
            if name not in self._macros:
                raise CatalogueError(f"macros.{name} is no macro over values: a cluster can't have it.")
            parameters, text = self._macros[name]
            body = _parsed(f"select {text}").expressions[0]
            given = dict(zip(parameters, (each.transform(rule) for each in arguments), strict=True))
            return exp.paren(_filled(body.transform(rule), given))

        return tree.transform(rule)


def relations(sql: str) -> frozenset[str]:
    """The tables that a select reads, as `schema.name`."""
    return frozenset(f"{table.db}.{table.name}" for table in _parsed(sql).find_all(exp.Table) if table.db)


def _parsed(sql: str) -> exp.Expression:
    tree = sqlglot.parse_one(sql, read="duckdb")
    if not isinstance(tree, exp.Expression):
        raise CatalogueError(f"This is not one select: {sql[:80]}.")
    return tree


def _called(node: exp.Expression) -> tuple[str, list[exp.Expression]] | None:
    """Name and arguments of a call of a macro."""
    if not (isinstance(node, exp.Dot) and node.this.name == "macros" and isinstance(node.expression, exp.Func)):
        return None
    call = node.expression
    return (call.name if isinstance(call, exp.Anonymous) else call.sql_name().lower()), list(call.expressions)


def _filled(body: exp.Expression, given: Mapping[str, exp.Expression]) -> exp.Expression:
    def rule(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and not node.table and node.name in given:
            value = given[node.name].copy()
            return value if isinstance(value, exp.Column | exp.Literal) else exp.paren(value)
        return node

    return body.copy().transform(rule)


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


RULES: tuple[Rule, ...] = (_not_kept, _epoch, _row, _to_microseconds, _quantile, _ordered_list)
