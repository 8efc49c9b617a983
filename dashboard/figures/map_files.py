"""The value-stream map as files for other programs, each declared once: its name, its type and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dashboard.figures.map_drawio import drawio
from dashboard.figures.map_mermaid import mermaid
from dashboard.figures.value_stream_map import ValueStreamMap, standalone


class MapFile(NamedTuple):
    """One format."""

    title: str
    ending: str
    mimetype: str
    write: Callable[[ValueStreamMap], str]


MAP_FILES: Mapping[str, MapFile] = {
    "svg": MapFile("SVG", "svg", "image/svg+xml", standalone),
    "drawio": MapFile("draw.io", "drawio", "application/vnd.jgraph.mxfile", drawio),
    "mermaid": MapFile("Mermaid", "mmd", "text/plain", mermaid),
}
