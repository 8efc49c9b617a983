"""A Dash component that shows an SVG and tells which of its steps was chosen; see assets/inline_svg.js."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash.development.base_component import Component


class InlineSvg(Component):
    """An SVG string in the page, drawn as it is: escape what came from data before.

    Elements with `data-id` are the choices. `selected` is the `data-id` of the chosen one, or null; a click, Enter or
    the space bar chooses, and again lets go. A callback may set it, too. Where a choice `opens` something, nothing
    stays selected: `chosen` is its `data-id` and the time.
    """

    _namespace = "value_stream_components"
    _type = "InlineSvg"

    def __init__(
        self,
        svg: str = "",
        id: str | Mapping[str, str] | None = None,
        selected: str | None = None,
        className: str | None = None,
        opens: bool | None = None,
        chosen: Sequence[str] | None = None,
    ) -> None:
        self._prop_names = ["id", "svg", "selected", "className", "opens", "chosen"]
        self._valid_wildcard_attributes: list[str] = []
        self.available_properties = self._prop_names
        self.available_wildcard_properties: list[str] = []
        properties: dict[str, Any] = {"id": id, "svg": svg, "selected": selected, "className": className}
        properties |= {"opens": opens, "chosen": chosen}
        given = {name: value for name, value in properties.items() if value is not None}
        super().__init__(**given)  # type: ignore[no-untyped-call]  # Dash's base class has no types.
