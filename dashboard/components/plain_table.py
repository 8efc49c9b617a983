"""A table of the page as one Dash component; its other half is assets/plain_table.js."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from dash.development.base_component import Component

ROWS = "rows"
NUMBER = re.compile(r"–( \(few\))?|[-−]?[\d.,]+( (%|d|h|min))?( \(few\))?")


class PlainTable(Component):
    """Texts in rows under a header; `numeric` tells which columns stand to the right.

    Where `keys` gives a row a text, its first cell is a button; `chosen` is [text, when] of the one pressed last.
    `links` are addresses that the first cells lead to.
    """

    _namespace = "value_stream_components"
    _type = "PlainTable"

    def __init__(
        self,
        columns: list[str] | None = None,
        rows: list[list[str]] | None = None,
        numeric: list[bool] | None = None,
        id: str | dict[str, str] | None = None,
        keys: list[str | None] | None = None,
        chosen: list[str] | None = None,
        links: list[str] | None = None,
    ) -> None:
        self._prop_names = ["id", "columns", "rows", "numeric", "keys", "chosen", "links"]
        self._valid_wildcard_attributes: list[str] = []
        self.available_properties = self._prop_names
        self.available_wildcard_properties: list[str] = []
        properties: dict[str, Any] = {"id": id, "columns": columns, "rows": rows, "numeric": numeric}
        properties |= {"keys": keys, "chosen": chosen, "links": links}
        given = {name: value for name, value in properties.items() if value is not None}
        super().__init__(**given)  # type: ignore[no-untyped-call]  # Dash's base class has no types.


def plain_table(
    table: pd.DataFrame, id_: str | None = None, keys: Sequence[str | None] = (), links: Sequence[str] = ()
) -> Component:
    """A frame as a table of the page; numbers right, null as a dash.

    `keys` say which items are behind each row; its first cell then opens them. `links` are where first cells lead.
    """
    opens: dict[str, Any] = {"links": list(links)} if links else {}
    if id_ and any(keys):
        opens |= {"id": {"type": ROWS, "id": id_}, "keys": list(keys)}
    return PlainTable(
        **opens,
        columns=[str(column).replace("_", " ") for column in table.columns],
        rows=[[cell_text(value) for value in row] for row in table.itertuples(index=False, name=None)],
        numeric=[_is_numeric(table.iloc[:, number]) for number in range(len(table.columns))],
    )


def _is_numeric(column: pd.Series) -> bool:
    """Numbers, with or without a unit, stand to the right."""
    if pd.api.types.is_numeric_dtype(column):
        return True
    return bool(len(column)) and all(isinstance(cell, str) and NUMBER.fullmatch(cell) for cell in column)


def cell_text(value: Any) -> str:
    """One value of a table in words."""
    if isinstance(value, list | tuple | np.ndarray):
        return ", ".join(map(str, value))
    if value is None or value is pd.NaT or pd.isna(value):
        return "–"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)
