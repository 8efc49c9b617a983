"""The legend of a figure as a list of the page: it wraps on a phone, and is read out."""

from __future__ import annotations

import base64
import html as text
from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

# A picture of 18 × 14 for each kind of mark, with places for its colour and its stroke.
BOX = '<rect x="2" y="1" width="14" height="12" fill="{fill}" stroke="{stroke}" stroke-width="2"/>'
LINE = '<path d="M1 7h16" fill="none" stroke="{fill}" stroke-width="3"/>'
SHAPES = {
    "circle": "M9 3a4 4 0 1 0 .01 0z",
    "square": "M5 3h8v8h-8z",
    "diamond": "M9 2l5 5-5 5-5-5z",
    "triangle-up": "M9 2l5 9h-10z",
    "triangle-down": "M9 12l5-9h-10z",
    "cross": "M7 2h4v3h3v4h-3v3h-4v-3h-3v-4h3z",
    "x": "M5.5 2l3.5 3.5 3.5-3.5 1.5 1.5-3.5 3.5 3.5 3.5-1.5 1.5-3.5-3.5-3.5 3.5-1.5-1.5 3.5-3.5-3.5-3.5z",
    "diamond-tall": "M9 1l3.5 6-3.5 6-3.5-6z",
    "bowtie": "M4 3v8l10-8v8z",
    "hourglass": "M4 2h10l-10 10h10z",
    "line-ns": "M8 1h2v12h-2z",
    "star": "M9 1l1.8 4 4.2.4-3.2 2.9 1 4.2-3.8-2.2-3.8 2.2 1-4.2-3.2-2.9 4.2-.4z",
}
# Lines over a box, by the hatch of its pattern.
HATCHES = {
    "/": "M2 7l6-6M2 13l12-12M10 13l6-6",
    "\\": "M2 7l6 6M4 1l12 12M10 1l6 6",
    "x": "M2 7l6-6M2 13l12-12M10 13l6-6M2 7l6 6M4 1l12 12M10 1l6 6",
    "-": "M2 4h14M2 7h14M2 10h14",
    ".": "M4 4h1M9 4h1M14 4h1M4 9h1M9 9h1M14 9h1",
}


def legend_of(figure: Mapping[str, Any]) -> Component:
    """What the traces of a figure are called, each with its mark."""
    named = {trace["name"]: trace for trace in figure["data"] if trace.get("name") and trace.get("showlegend", True)}
    rows = [
        html.Li([html.Img(src=_address(_picture(trace)), alt="", className="legend-mark"), text.unescape(name)])
        for name, trace in named.items()
    ]
    return html.Ul(rows, className="legend")


def _picture(trace: Mapping[str, Any]) -> str:
    """The mark of a trace: a box, a line, or a symbol, hollow where its name ends in "-open"."""
    marker = trace.get("marker", {})
    colour = marker.get("color")
    if trace["type"] == "bar":
        outline = marker.get("line", {}).get("color")
        lines = HATCHES.get(marker.get("pattern", {}).get("shape", ""))
        over = f'<path d="{lines}" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="1.5"/>' if lines else ""
        return BOX.format(fill="none" if outline else colour, stroke=outline or "none") + over
    if trace["mode"] == "lines":
        return LINE.format(fill=trace["line"]["color"])
    name = str(marker.get("symbol", "circle"))
    shape = SHAPES.get(name.removesuffix("-open"), SHAPES["circle"])
    turned = f' transform="rotate({marker["angle"]} 9 7)"' if "angle" in marker else ""
    look = f'fill="none" stroke="{colour}" stroke-width="1.5"' if name.endswith("-open") else f'fill="{colour}"'
    return f'<path d="{shape}" {look}{turned}/>'


def _address(shape: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="18" height="14">{shape}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
