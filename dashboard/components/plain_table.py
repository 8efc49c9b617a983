"""A table of the page as one Dash component; its other half is assets/plain_table.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from dash.development.base_component import Component


class PlainTable(Component):
    """Texts in rows under a header; `numeric` tells which columns stand to the right."""

    _namespace = "value_stream_components"
    _type = "PlainTable"

    def __init__(
        self,
        columns: list[str] | None = None,
        rows: list[list[str]] | None = None,
        numeric: list[bool] | None = None,
        id: str | None = None,
    ) -> None:
        self._prop_names = ["id", "columns", "rows", "numeric"]
        self._valid_wildcard_attributes: list[str] = []
        self.available_properties = self._prop_names
        self.available_wildcard_properties: list[str] = []
        properties = {"id": id, "columns": columns, "rows": rows, "numeric": numeric}
        given = {name: value for name, value in properties.items() if value is not None}
        super().__init__(**given)  # type: ignore[no-untyped-call]  # Dash's base class has no types.


def plain_table(table: pd.DataFrame) -> Component:
    """A frame as a table of the page; numbers right, null as a dash."""
    return PlainTable(
        columns=[str(column).replace("_", " ") for column in table.columns],
        rows=[[cell_text(value) for value in row] for row in table.itertuples(index=False, name=None)],
        numeric=[bool(pd.api.types.is_numeric_dtype(table[column])) for column in table.columns],
    )


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
