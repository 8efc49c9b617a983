"""Expressions of the engine over columns of raw text: its shape, its times, what a spreadsheet would make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from dashboard.spreadsheets import GUARDED, NUMBER, STARTS_FORMULA

VARCHAR = duckdb.sqltypes.VARCHAR
LETTERS = 1_000_000
# Not \pL: each time a view that uses it is looked at, the table of all letters is compiled once more, by its count.
LETTER = r"[^\s\d[:punct:]]"
ZONE = r"^(.*?:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?(?:\s?[AP]M)?)\s?(GMT|UTC)?([+-]\d{2}:?(?:\d{2})?|Z)?$"


def joined(columns: Sequence[str], by: str) -> duckdb.Expression:
    """Several columns as one text, with `by` between their values; of none a null."""
    if not columns:
        return ConstantExpression(None).cast(VARCHAR)
    if len(columns) == 1:
        return ColumnExpression(columns[0])
    return FunctionExpression("concat_ws", ConstantExpression(by), *map(ColumnExpression, columns))


def swapped(text: duckdb.Expression) -> duckdb.Expression:
    """A date of ISO 8601 with day and month the other way round, where that is a date too."""
    pattern, other = r"^(\d{4})-(\d{2})-(0\d|1[0-2])(.*)$", r"\1-\3-\2\4"
    return _replaced(text, pattern, other)


def as_iso(
    column: str,
    formats: Sequence[str],
    replaced: Sequence[tuple[str, str]],
    has_weekdays: bool,
    has_zones: bool,
) -> duckdb.Expression:
    """A time as ISO 8601 writes it, in the zone it is written in; the text itself where no format reads it."""
    text: duckdb.Expression = FunctionExpression("trim", ColumnExpression(column))
    if has_weekdays:
        day = rf"\d{{1,4}}[/.\-]|\d{{1,2}} {LETTER}|{LETTER}+\.? \d"  # not the 31 of May 31, 2024
        for pattern in (rf"^{LETTER}{{2,9}}\.?,? ({day})", r"^(.*?)\s*\([^)]*\)$"):
            text = _replaced(text, pattern, r"\1")
    for old, new in replaced:
        text = FunctionExpression("replace", text, ConstantExpression(old), ConstantExpression(new))
    # Not with %z: it takes 30 February for 1 March, and a GMT for the offset of another row (DuckDB 2.0.0).
    local = _replaced(text, ZONE, r"\1") if has_zones else text
    read = FunctionExpression("try_strptime", local, ConstantExpression(list(formats)))
    iso: duckdb.Expression = FunctionExpression("strftime", read, ConstantExpression("%Y-%m-%dT%H:%M:%S.%f"))
    if has_zones:
        iso = FunctionExpression("concat", iso, _zone(text))
        iso = duckdb.CaseExpression(read.isnotnull(), iso)
    return duckdb.CoalesceOperator(iso, ColumnExpression(column))


def _zone(text: duckdb.Expression) -> duckdb.Expression:
    """The offset at the end of a time, Z for a bare GMT or UTC, nothing where there is none."""
    name, offset = (
        FunctionExpression("regexp_extract", text, ConstantExpression(ZONE), ConstantExpression(n)) for n in (2, 3)
    )
    is_bare = (name != ConstantExpression("")) & (offset == ConstantExpression(""))
    return duckdb.CaseExpression(is_bare, ConstantExpression("Z")).otherwise(offset)


def _replaced(text: duckdb.Expression, pattern: str, new: str) -> duckdb.Expression:
    return FunctionExpression("regexp_replace", text, ConstantExpression(pattern), ConstantExpression(new))


def shape(
    cells: Sequence[duckdb.Expression], more: Sequence[duckdb.Expression], marks: Mapping[str, str]
) -> duckdb.Expression:
    """What is wrong with a record as a whole."""
    text = FunctionExpression("concat", *cells, *more)
    too_long = FunctionExpression("concat", *(FunctionExpression("trim", cell) for cell in more)) if more else None
    found = duckdb.CaseExpression(
        FunctionExpression("trim", text) == ConstantExpression(""), ConstantExpression("blank")
    )
    if too_long is not None:
        found = found.when(too_long != ConstantExpression(""), ConstantExpression("too many cells"))
    found = found.when(cells[-1].isnull(), ConstantExpression("too few cells"))
    for mark, what in marks.items():
        found = found.when(FunctionExpression("contains", text, ConstantExpression(mark)), ConstantExpression(what))
    found = found.when(FunctionExpression("length", text) > ConstantExpression(LETTERS), ConstantExpression("too long"))
    return found.otherwise(ConstantExpression(None).cast(VARCHAR))


def as_text(column: str, kind: str) -> duckdb.Expression:
    """A column as text, an instant in ISO 8601 with its zone."""
    if kind == "TIMESTAMP":
        return FunctionExpression("strftime", ColumnExpression(column), ConstantExpression("%Y-%m-%dT%H:%M:%S.%fZ"))
    return ColumnExpression(column).cast(VARCHAR)


def guarded(text: duckdb.Expression) -> duckdb.Expression:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula; see spreadsheets.py."""
    is_formula = FunctionExpression("regexp_matches", text, ConstantExpression(STARTS_FORMULA))
    is_number = FunctionExpression("regexp_full_match", text, ConstantExpression(NUMBER))
    return duckdb.CaseExpression(
        is_formula & ~is_number, FunctionExpression("concat", ConstantExpression("'"), text)
    ).otherwise(text)


def unguarded(text: duckdb.Expression) -> duckdb.Expression:
    """A text of a CSV as it was before `write_columns` guarded it."""
    return FunctionExpression("regexp_replace", text, ConstantExpression(GUARDED), ConstantExpression(r"\1"))
