"""A select with its macros written out and its parameters filled in, for an engine that knows neither.

What is filled in decides much of a select (`case $sort …`); what it decides is left out, for an engine plans all it is
told. No text of a viewer becomes SQL: what is left of texts goes beside it, by name.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.simplify import simplify

from dashboard.errors import CatalogueError

MACRO = re.compile(r"\bmacro macros\.(\w+)\((.*?)\) as (table\b)?\s*(.*?)\s*;?\s*$", re.DOTALL)
GIVEN = "given"


class Macros:
    """Macros over values and over tables, as their statements tell them."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[list[str], str]] = {}
        self._tables: dict[str, tuple[list[str], str]] = {}

    def learn(self, statement: str) -> bool:
        """Keep a macro; False for any other statement."""
        found = MACRO.search(statement)
        if not found:
            return False
        name, parameters, over_rows, body = found.groups()
        kept = self._tables if over_rows else self._values
        kept[name] = [each.strip() for each in parameters.split(",")], body
        return True

    def written_out(self, tree: exp.Expression) -> exp.Expression:
        """A tree with the bodies of the macros in place of their calls."""
        while calls := [table for table in tree.find_all(exp.Table) if table.db == "macros"]:
            for call in calls:
                body = self._body(self._tables, _called(call.this))
                call.replace(exp.Subquery(this=body, alias=exp.TableAlias(this=exp.to_identifier(call.alias_or_name))))
        return tree.transform(self._value)

    def _value(self, node: exp.Expression) -> exp.Expression:
        if not (isinstance(node, exp.Dot) and node.this.name == "macros" and isinstance(node.expression, exp.Func)):
            return node
        name, arguments = _called(node.expression)
        body = self._body(self._values, (name, [each.transform(self._value) for each in arguments]))
        return exp.paren(body.transform(self._value))

    def _body(
        self, kept: Mapping[str, tuple[list[str], str]], call: tuple[str, list[exp.Expression]]
    ) -> exp.Expression:
        name, arguments = call
        if name not in kept:
            raise CatalogueError(f"macros.{name} is not known: a cluster can't have it.")
        parameters, text = kept[name]
        body = parsed(text) if kept is self._tables else parsed(f"select {text}").expressions[0]
        given = dict(zip(parameters, arguments, strict=True))

        def rule(node: exp.Expression) -> exp.Expression:
            if isinstance(node, exp.Column) and not node.table and node.name in given:
                value = given[node.name].copy()
                is_simple = isinstance(value, exp.Column | exp.Literal | exp.Placeholder)
                return value if is_simple else exp.paren(value)
            return node

        return body.transform(rule)


def parsed(sql: str) -> exp.Expression:
    """One select of DuckDB's SQL. Raises CatalogueError for anything else."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    if not isinstance(tree, exp.Expression):
        raise CatalogueError(f"This is not one select: {sql[:80]}.")
    return tree


def filled(tree: exp.Expression, given: Mapping[str, Any]) -> exp.Expression:
    """A tree with values in place of its parameters, and without what they rule out."""

    for joined in tree.find_all(exp.Concat, exp.DPipe):
        if joined.find(exp.Placeholder):  # the two would become one text that is not known as a viewer's
            raise CatalogueError("A parameter that is joined to a text can't be asked of a cluster.")

    def rule(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Bracket) and isinstance(node.this.unnest(), exp.Placeholder):
            return _literal(given[node.this.unnest().name][node.expressions[0].name])
        return _literal(given[node.name]) if isinstance(node, exp.Placeholder) else node

    simplified: exp.Expression = simplify(tree.transform(rule), dialect="duckdb")
    return simplified


def beside(tree: exp.Expression) -> dict[str, str]:
    """Put names in the place of the texts that were given; the texts by these names."""
    texts: dict[str, str] = {}
    for literal in list(tree.find_all(exp.Literal)):
        if literal.meta.get(GIVEN):
            name = f"text{len(texts)}"
            texts[name] = literal.name
            literal.replace(exp.Placeholder(this=name))
    return texts


def _called(call: exp.Func) -> tuple[str, list[exp.Expression]]:
    """Name and arguments of a call."""
    name = call.name if isinstance(call, exp.Anonymous) else call.sql_name().lower()
    return name, list(call.expressions)


def _literal(value: Any) -> exp.Expression:
    match value:
        case None:
            return exp.null()
        case bool():
            return exp.Boolean(this=value)
        case int() | float() if math.isfinite(value):
            return exp.Literal.number(value)
        case dt.datetime():
            return exp.cast(exp.Literal.string(value.isoformat(" ")), "timestamp")
        case dt.date():
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
        case list() | tuple():
            return exp.Array(expressions=[_literal(each) for each in value])
    text = exp.Literal.string(str(value))
    text.meta[GIVEN] = True
    return text
