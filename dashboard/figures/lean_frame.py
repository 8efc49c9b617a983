"""What stands above and below a value-stream map in both its orientations."""

from __future__ import annotations

from dashboard.figures import lean_map as model
from dashboard.figures import lean_symbols as draw
from dashboard.figures import lean_words as words
from dashboard.figures.lean_map import ValueStreamMap

MARGIN = 16
WIDE = 600


def heading(value_map: ValueStreamMap, width: float) -> tuple[str, float]:
    """Title, basis, constraint and, for a proposal, a warning; with the y where they end."""
    room = width - 2 * MARGIN
    rows = draw.wrap(value_map.title, room, 18.7)
    parts = [draw.paragraph(MARGIN, 30, rows, "big", leading=22, full=value_map.title)]
    y = 28.0 + 22 * len(rows)
    lines = draw.wrap(words.basis(value_map), room, 12, lines=3)
    parts.append(draw.paragraph(MARGIN, y, lines, "mut"))
    y += 15 * len(lines) + 8
    if value_map.kind in words.KINDS:
        svg, y = _marked(words.KINDS[value_map.kind], y, room, "burst")
        parts.append(svg)
    if value_map.is_proposal:
        svg, y = _marked("Proposed from the data, not confirmed: check the stages and modes.", y, room, "burst")
        parts.append(svg)
    if value_map.constraint:
        svg, y = _marked("Constraint: {} – {}".format(*value_map.constraint), y, room, "tag")
        parts.append(svg)
    return "".join(parts), y


def _marked(content: str, y: float, room: float, kind: str) -> tuple[str, float]:
    rows = draw.wrap(content, room - 20, 13.2, lines=4)
    mark = draw.rectangle(MARGIN + 0.5, y - 10, 11, 11, kind, 2)
    return mark + draw.paragraph(MARGIN + 20, y, rows, "b", full=content), y + 15 * len(rows) + 5


def footer(value_map: ValueStreamMap, y: float, width: float) -> tuple[str, float]:
    """Totals, the lead time drawn to scale and the notes; with the y where they end."""
    room = width - 2 * MARGIN
    svg, height = _totals(value_map, y, room)
    parts = [draw.line(MARGIN, y, width - MARGIN, y), svg]
    y += height
    if value_map.lead_seconds:
        parts.append(draw.text(MARGIN, y + 12, "The lead time to scale", "small mut"))
        parts.append(_scale(value_map, y + 18, room))
        y += 46
    for note in words.notes(value_map):
        rows = draw.wrap(note, room, 12, lines=8)
        parts.append(draw.paragraph(MARGIN, y + 12, rows, "mut", full=note))
        y += 15 * len(rows) + 3
    return f'<g class="totals">{"".join(parts)}</g>', y + 12


def _totals(value_map: ValueStreamMap, y: float, room: float) -> tuple[str, float]:
    """The totals in a grid of equal columns, and its height."""
    found, size = words.totals(value_map), "big" if room >= WIDE else "b"
    gap, font = (44, 18.7) if size == "big" else (12, 13.2)
    widest = max(max(draw.text_width(each.label, 11), draw.text_width(each.value, font)) for each in found) + gap
    columns = max(1, min(len(found), int(room // widest)))
    pitch = min(room / columns, max(widest, 210))
    parts, rows = [], -(-len(found) // columns)
    for i, total in enumerate(found):
        x, top = MARGIN + pitch * (i % columns), y + 44 * (i // columns)
        parts.append(draw.text(x, top + 20, total.label, "small mut") + draw.text(x, top + 40, total.value, size))
    return "".join(parts), 44 * rows + 10


def _scale(value_map: ValueStreamMap, y: float, room: float) -> str:
    """A bar as long as the lead time, one piece per segment of the ladder."""
    pieces = [piece for piece in model.segments(value_map) if piece.seconds > 0]
    whole = sum(piece.seconds for piece in pieces) or 1
    x, drawn = float(MARGIN), []
    for piece in pieces:
        width = room * piece.seconds / whole
        share = words.percent(piece.seconds / whole)
        hint = f"<title>{draw.clean(piece.name)}: {piece.value}, {share}</title>"
        drawn.append(f"<g>{hint}{segment_bar(piece, x, y, width, 16)}</g>")
        x += width
    return "".join(drawn)


def segment_bar(piece: model.Segment, x: float, y: float, width: float, height: float) -> str:
    """A bar in the colour of a segment: blue for work, hatched orange for waiting, grey for the remainder."""
    shape = f"M{x:.1f},{y:g} h{width:.1f} v{height:g} h{-width:.1f} Z"
    if piece.mode == "wait":
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        stripes = draw.hatched([corners], "stripes", 6, 1.5)
        return draw.path(shape, "wait") + stripes + draw.path(shape, "edge thin bare")
    return draw.path(shape, "edge thin active" if piece.mode == "active" else "edge thin rest")
