"""What the interface for programs may be asked beside the scope, each parameter declared once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from dashboard import scope, where
from dashboard.errors import ScopeError
from dashboard.figures.lean_words import ROWS
from dashboard.parameters import ALL_ROWS, NAMES, TEXT, TRUTH, Parameter, among, one_of, truth, value_of, words

Parameters = Mapping[str, Parameter]

FORMATS = ("json", "csv")
AVERAGES = ("mean", "median")
SHARES = re.compile(r"0\.\d{0,5}[1-9](~0\.\d{0,5}[1-9]){0,9}")
FIRST_ROWS = 10_000


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or int(text) > ALL_ROWS:
        raise ValueError(text)
    return int(text)


def _shares(text: str) -> list[float]:
    if not SHARES.fullmatch(text):
        raise ValueError(text)
    return [float(share) for share in text.split("~")]


def _names(allowed: Collection[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        return [among(tuple(allowed))(name) for name in text.split("~")]

    return read


def _columns(text: str) -> list[str]:
    return text.split("~") if text else []


def _rows(default: int) -> Mapping[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": ALL_ROWS, "default": default}


# What a query may name beside the scope and the conditions on items: its value without one, and how it is read.
CHOICES: Mapping[str, tuple[Any, Parameter]] = {
    "outcome": (None, Parameter(words, "only items that are so: finished, cancelled or open; without it, all", TEXT)),
    "on_stream": (None, Parameter(words, "only waits for this value stream; without it, for any", TEXT)),
    "item": (None, Parameter(words, "the key of one item", TEXT)),
    "group_by": ("type", Parameter(str, "what rows are grouped by, such as type, team or stage", TEXT)),
    "sort": ("item_id", Parameter(str, "what rows are sorted by, such as one of the columns", TEXT)),
    "is_descending": (
        True,
        Parameter(truth, "yes for the largest first, no for the smallest", {**TRUTH, "default": "yes"}),
    ),
    "row_limit": (FIRST_ROWS, Parameter(_whole, f"a whole number of rows, 0 to {ALL_ROWS:,}", _rows(FIRST_ROWS))),
    "row_offset": (0, Parameter(_whole, f"how many rows to pass over first, 0 to {ALL_ROWS:,}", _rows(0))),
}
TABLE: Parameters = {
    "format": Parameter(among(FORMATS), "how the rows leave", one_of(FORMATS, default="json")),
    "columns": Parameter(_columns, "which columns are wanted, ~ between them; without it, all", TEXT),
}
PERCENTILES: Parameters = {
    "percentiles": Parameter(
        _shares,
        "up to ten numbers between 0 and 1, such as 0.5~0.85; each row then has its percentile",
        {"type": "string", "pattern": f"^{SHARES.pattern}$", "example": "0.5~0.85"},
    )
}
DRAWN: Parameters = {
    "average": Parameter(among(AVERAGES), "what the times in the boxes are", one_of(AVERAGES, default="mean")),
    "rows": Parameter(
        _names(ROWS),
        f"which rows the data boxes have, ~ between them, of {', '.join(ROWS)}; without it, all",
        {**NAMES, "pattern": "^({0})(~({0}))*$".format("|".join(ROWS)), "example": "lead~wip"},
    ),
    "map": Parameter(words, "the id of a designed map; without it, the measured one is drawn", TEXT),
}


def of_scope(named: Collection[str]) -> dict[str, Parameter]:
    """The choices of a scope that a query with these parameters depends on."""
    return {key: each for key, each in scope.PARAMETERS.items() if each.field in named}


def beside_scope(named: Collection[str]) -> dict[str, Parameter]:
    """What a query with these parameters may be asked beside the scope."""
    conditions = where.PARAMETERS if "chosen" in named else {}
    return {**conditions, **{key: each for key, (_, each) in CHOICES.items() if key in named}}


def of_metric(named: Collection[str]) -> Parameters:
    """What a metric may be asked beside the scope: several percentiles, where it is one."""
    return {**(PERCENTILES if "percentile" in named else {}), **TABLE}


def values(named: Collection[str], asked: Mapping[str, str]) -> dict[str, Any]:
    """The values of what a query names beside the scope. Raises ScopeError that tells what is expected."""
    given = {
        key: value_of(key, asked[key], each) if key in asked else default
        for key, (default, each) in CHOICES.items()
        if key in named
    }
    return given | ({"chosen": where.where_asked(asked).parameter()} if "chosen" in named else {})


def check(asked: Mapping[str, str], known: Parameters) -> None:
    """Raises ScopeError for a parameter that is not known, or says what it can't."""
    for key, text in asked.items():
        if key not in known and key not in scope.PARAMETERS:
            raise ScopeError(
                f"There is no parameter {key!r} here. There are: {', '.join((*scope.PARAMETERS, *known))}."
            )
        if key in known:
            value_of(key, text, known[key])
