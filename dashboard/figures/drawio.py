"""A draw.io document from shapes and edges: plain data in, one XML string out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from dashboard.figures.lean_symbols import clean, legal

LAYER = "1"


@dataclass(frozen=True)
class Shape:
    """A shape with its place in px, counted from its parent's corner.

    It moves with `parent`; on an edge (`is_on_edge`) it rides in the middle. `label` and `tooltip` are HTML: put
    what comes from data through `escaped`, `bold` or `named`.
    """

    id: str
    label: str
    style: str
    x: float
    y: float
    width: float
    height: float
    parent: str = LAYER
    tooltip: str = ""
    is_on_edge: bool = False


@dataclass(frozen=True)
class Edge:
    """A line that stays attached to two shapes when they are moved; `points` are its bends."""

    id: str
    label: str
    style: str
    source: str
    target: str
    points: tuple[tuple[float, float], ...] = ()


def escaped(text: str) -> str:
    """Text for a label, where draw.io reads HTML."""
    return clean(" ".join(text.split()))


def bold(text: str) -> str:
    """Text for a label, in bold."""
    return f"<b>{escaped(text)}</b>"


def named(text: str, size: int = 12) -> str:
    """A name for a label, in bold; a word longer than the shape is wide is broken."""
    return f'<div style="font-size:{size}px;overflow-wrap:anywhere">{bold(text)}</div>'


def choices(**chosen: object) -> str:
    """Part of a style: each choice with its value."""
    return "".join(f"{key}={number(value) if isinstance(value, float) else value};" for key, value in chosen.items())


def styled(*names: str, **chosen: object) -> str:
    """A style of draw.io, from its named styles and choices; the label is HTML and wraps."""
    return "".join(f"{name};" for name in names) + "html=1;whiteSpace=wrap;" + choices(**chosen)


def line(**chosen: object) -> str:
    """The style of an edge; its label does not wrap."""
    return "html=1;" + choices(**chosen)


def lean(symbol: str, **chosen: object) -> str:
    """The style of a symbol of draw.io's own library for value-stream mapping."""
    return styled(shape=f"mxgraph.lean_mapping.{symbol}", **chosen)


def number(value: float) -> str:
    """A length or a share with at most four decimals."""
    return f"{round(value, 4):.12g}"


def document(title: str, cells: Iterable[Shape | Edge], width: float, height: float) -> str:
    """The file: one page as large as the drawing, not compressed, the same bytes for the same cells."""
    file = ElementTree.Element("mxfile", host="app.diagrams.net", compressed="false")
    diagram = ElementTree.SubElement(file, "diagram", id="map", name=legal(title))
    switches = dict.fromkeys(("guides", "tooltips", "connect", "arrows", "fold", "page", "pageScale"), "1")
    size = {"pageWidth": number(width), "pageHeight": number(height)}
    model = ElementTree.SubElement(diagram, "mxGraphModel", {"grid": "0", "math": "0", **switches, **size})
    root = ElementTree.SubElement(model, "root")
    ElementTree.SubElement(root, "mxCell", id="0")
    ElementTree.SubElement(root, "mxCell", {"id": LAYER, "parent": "0"})
    for cell in cells:
        _add(root, cell)
    ElementTree.indent(file)
    return ElementTree.tostring(file, encoding="unicode") + "\n"


def _add(root: ElementTree.Element, cell: Shape | Edge) -> None:
    """One cell; a tooltip needs an object around it, which then has the id and the label."""
    if isinstance(cell, Edge):
        ends = {"edge": "1", "parent": LAYER, "source": cell.source, "target": cell.target}
        attributes = {"id": cell.id, "value": cell.label, "style": cell.style, **ends}
        _bend(ElementTree.SubElement(root, "mxCell", attributes), cell)
        return
    attributes = {"style": cell.style, "vertex": "1", "parent": cell.parent}
    if cell.tooltip:
        told = {"id": cell.id, "label": cell.label, "tooltip": cell.tooltip}
        holder = ElementTree.SubElement(root, "UserObject", told)
    else:
        holder, attributes = root, {"id": cell.id, "value": cell.label, **attributes}
    _place(ElementTree.SubElement(holder, "mxCell", attributes), cell)


def _place(element: ElementTree.Element, shape: Shape) -> None:
    size = {"width": number(shape.width), "height": number(shape.height), "as": "geometry"}
    if not shape.is_on_edge:
        ElementTree.SubElement(element, "mxGeometry", {"x": number(shape.x), "y": number(shape.y), **size})
        return
    # On an edge the place runs from -1 at its source to 1 at its target.
    geometry = ElementTree.SubElement(element, "mxGeometry", {"x": "0", "y": "0", **size, "relative": "1"})
    ElementTree.SubElement(geometry, "mxPoint", {"x": number(shape.x), "y": number(shape.y), "as": "offset"})


def _bend(element: ElementTree.Element, edge: Edge) -> None:
    geometry = ElementTree.SubElement(element, "mxGeometry", {"relative": "1", "as": "geometry"})
    if edge.points:
        bends = ElementTree.SubElement(geometry, "Array", {"as": "points"})
        for x, y in edge.points:
            ElementTree.SubElement(bends, "mxPoint", x=number(x), y=number(y))
