"""The tall value-stream map for narrow screens: steps from top to bottom, the ladder at the side."""

from __future__ import annotations

from typing import NamedTuple

from dashboard.figures import lean_frame as frame
from dashboard.figures import lean_map as model
from dashboard.figures import lean_symbols as draw
from dashboard.figures import lean_words as words
from dashboard.figures.lean_map import Cell, Step, ValueStreamMap

WIDTH, MARGIN = 360, frame.MARGIN
PAIR, TEAM, WAIT, GAP, MARKS, BURST = 34, 20, 98, 34, 26, 46
LADDER, LANE, LINE = 276, 12, 15
FACTORY, FACTORY_HEIGHT, CONTROL = 98, 78, 172


class Sheet(NamedTuple):
    """What every part of the drawing needs to know."""

    map: ValueStreamMap
    cells: tuple[Cell, ...]
    left: float
    outside: float
    prefix: str
    selected: str | None

    @property
    def right(self) -> float:
        """Where the boxes end and the line of information runs."""
        return LADDER - 24

    @property
    def room(self) -> float:
        """How wide a box is."""
        return self.right - self.left


def draw_down(value_map: ValueStreamMap, prefix: str, selected: str | None) -> tuple[str, float, float]:
    """The drawing with its width and height."""
    head, top = frame.heading(value_map, WIDTH)
    lanes = max((arc.lane + 1 for arc in model.arcs(value_map)), default=0)
    left = MARGIN + (LANE * lanes + 6 if lanes else 0)
    cells = _rows(value_map, top + 228, LADDER - 24 - left)
    sheet = Sheet(value_map, cells, left, top + 8, prefix, selected)
    bottom = cells[-1].end if cells else top + 228
    rest, after = _rest(sheet, bottom)
    foot, height = frame.footer(value_map, after + 16, WIDTH)
    parts = [head, _information(sheet), _material(sheet, after), _back_flows(sheet)]
    parts += [_step(sheet, cell) + _marks(sheet, cell) for cell in cells]
    return "".join([*parts, _ladder(sheet), rest, foot]), WIDTH, height


def _rows(value_map: ValueStreamMap, y: float, room: float) -> tuple[Cell, ...]:
    """The steps' rows, with room for the marks above each."""
    cells: list[Cell] = []
    for i, step in enumerate(value_map.steps):
        marks = _marks_height(value_map, step)
        if i and step.mode == value_map.steps[i - 1].mode == "active":
            marks = max(marks, GAP)
        cells.append(
            Cell(
                step,
                y + marks,
                _box_height(value_map, step, room) if step.mode == "active" else _wait_height(value_map, step),
            )
        )
        y = cells[-1].end
    return tuple(cells)


def _names(step: Step, room: float) -> tuple[str, ...]:
    return draw.wrap(step.name, room - 10, 14.3)


def _header(step: Step, room: float) -> float:
    return 10 + 16 * len(_names(step, room))


def _box_height(value_map: ValueStreamMap, step: Step, room: float) -> float:
    return _header(step, room) + (TEAM if step.team else 0) + _facts_height(value_map)


def _facts_height(value_map: ValueStreamMap) -> float:
    return PAIR * -(-len(words.rows_shown(value_map)) // 2)


def _wait_height(value_map: ValueStreamMap, step: Step) -> float:
    return WAIT + LINE * max(0, len(words.inventory(value_map, step)) - 2)


def _marks_height(value_map: ValueStreamMap, step: Step) -> float:
    is_marked = step.is_handoff or model.is_constraint(value_map, step)
    bursts = len(model.bursts_of(value_map, step))
    return (MARKS if is_marked else 0) + BURST * bursts + (6 if bursts else 0)


def _information(sheet: Sheet) -> str:
    """Outside parties, control box and the arrows of information."""
    y, prefix = sheet.outside, sheet.prefix
    right, desk, below = WIDTH - MARGIN - FACTORY, WIDTH - MARGIN - CONTROL - 36, y + 122
    middle, edge = y + 58, desk + CONTROL
    trunk = sheet.right + 11
    boxes = [cell.start + 20 for cell in sheet.cells if cell.step.mode == "active"]
    parts = [
        draw.factory(MARGIN, y, FACTORY, FACTORY_HEIGHT, sheet.map.supplier, "supplier"),
        draw.factory(right, y, FACTORY, FACTORY_HEIGHT, sheet.map.customer, "customer"),
        draw.information_arrow(right - 8, middle, desk + CONTROL / 2, below - 4, prefix),
        draw.information_arrow(desk + CONTROL / 2 - 34, below - 4, MARGIN + FACTORY + 4, middle, prefix),
        draw.control_box(desk, below, CONTROL, sheet.map.tools),
    ]
    if boxes:
        start = min(trunk, edge - 12)
        parts.append(draw.path(f"M{start:g},{below + 68:g} V{below + 80:g} H{trunk:g} V{boxes[-1]:g}", "info"))
        parts += [draw.path(f"M{trunk:g},{row:g} H{sheet.right + 2:g}", "info", prefix, "info") for row in boxes]
    return f'<g class="information">{"".join(parts)}</g>'


def _material(sheet: Sheet, bottom: float) -> str:
    """Deliveries at both ends, and push or pull between the steps."""
    if not sheet.cells:
        return ""
    x, first, last = sheet.left + 20, sheet.cells[0], sheet.cells[-1].end
    top = first.start - _marks_height(sheet.map, first.step)
    parts = [draw.shipment(((x, sheet.outside + FACTORY_HEIGHT + 2), (x, top - 18)))]
    parts.append(draw.shipment(((x, last + 6), (x, bottom - 14))))
    after = f"to {draw.shorten(sheet.map.customer, sheet.room - 60, 12)}"
    after = words.delivery(sheet.map) if sheet.map.delivery_seconds else after
    parts.append(draw.text(x + 20, last + 24, after, "mut"))
    for way in model.stretches(sheet.cells):
        x, y, length = sheet.right - 16, way.start + 5, way.end - way.start - 10
        pulled = draw.pull_arrow(x, y, length, sheet.prefix, is_down=True) if way.is_pull else ""
        parts.append(pulled or draw.push_arrow(x, y, length, is_down=True))
    return f'<g class="material">{"".join(parts)}</g>'


def _step(sheet: Sheet, cell: Cell) -> str:
    name, is_active = cell.step.name, cell.step.mode == "active"
    inside = _box(sheet, cell) if is_active else _triangle(sheet, cell)
    room = sheet.room if is_active else sheet.room - 32
    y, height = (cell.start, cell.length) if is_active else (cell.start + 4, cell.length - 8)
    is_marked = model.is_constraint(sheet.map, cell.step)
    outline = draw.rectangle(sheet.left - 2, y - 2, room + 4, height + 4, "frame") if is_marked else ""
    ring = draw.rectangle(sheet.left - 5, y - 5, room + 10, height + 10, "ring", 5)
    return (
        f'<g class="step" role="button" tabindex="0" data-id="{draw.clean(name)}" '
        f'aria-label="{draw.clean(words.spoken(sheet.map, cell.step))}" '
        f'aria-pressed="{str(name == sheet.selected).lower()}">{inside}{outline}{ring}</g>'
    )


def _box(sheet: Sheet, cell: Cell) -> str:
    """A process box with its data box: two facts a row."""
    step, x, y = cell.step, sheet.left, cell.start
    head = _header(step, sheet.room)
    muted = " mut" if 0 < step.visits < model.FEW_ITEMS else ""
    data = cell.end - _facts_height(sheet.map)
    parts = [
        draw.rectangle(x, y, sheet.room, data - y, "outline"),
        draw.rectangle(x, y, sheet.room, head, "process"),
        draw.paragraph(x + sheet.room / 2, y + 18, _names(step, sheet.room), "head", "middle", 16, step.name),
        draw.rectangle(x, data, sheet.room, cell.end - data, "data"),
    ]
    if step.team:
        parts.append(draw.worker(x + 8, data - 3))
        parts.append(draw.paragraph(x + 28, data - 6, draw.wrap(step.team, sheet.room - 34, 12, 1), full=step.team))
    for i, fact in enumerate(words.facts(sheet.map, step)):
        left, top = x + sheet.room * 0.58 * (i % 2), data + PAIR * (i // 2)
        room = sheet.room * (0.42 if i % 2 else 0.58) - 12
        parts.append(draw.line(x, top, x + sheet.room, top) if i and not i % 2 else "")
        parts.append(draw.rectangle(left, top, 5, PAIR, "bad") if fact.is_bad else "")
        parts.append(draw.text(left + 9, top + 14, fact.label, "small mut"))
        parts.append(draw.number(left + 9, top + 28, fact.value, room, "b" + muted))
    return "".join(parts)


def _triangle(sheet: Sheet, cell: Cell) -> str:
    """An inventory triangle with its words to the right."""
    step, x, y = cell.step, sheet.left + 58, cell.start
    names = draw.wrap(step.name, sheet.right - 29 - x, 12, 3)
    lines = words.inventory(sheet.map, step)
    top = y + 45 - 7.5 * len(names)
    under, room = top + LINE * len(names), sheet.right - 32 - x
    is_over = model.is_over_limit(step)
    return (
        draw.rectangle(sheet.left, y + 4, sheet.room - 32, cell.length - 8, "paper")
        + draw.inventory(sheet.left + 26, y + 26)
        + draw.paragraph(x, top, names, full=step.name)
        + (draw.rectangle(x - 6, under - 11, 4, 14, "bad") if is_over else "")
        + "".join(draw.number(x, under + LINE * i, line, room, "mut" if i else "b") for i, line in enumerate(lines))
    )


def _marks(sheet: Sheet, cell: Cell) -> str:
    """Hand-off, constraint and kaizen bursts above a step; said in its accessible name."""
    y, x = cell.start, sheet.left
    is_marked = _marks_height(sheet.map, cell.step) and (
        cell.step.is_handoff or model.is_constraint(sheet.map, cell.step)
    )
    parts = [draw.handoff(x + 9, y - 14)] if cell.step.is_handoff else []
    if model.is_constraint(sheet.map, cell.step):
        parts.append(draw.constraint_tag(x + (26 if cell.step.is_handoff else 0), y - 23))
    width = sheet.room - 44
    for i, label in enumerate(model.bursts_of(sheet.map, cell.step)):
        middle = y - (MARKS if is_marked else 0) - BURST * (i + 0.5) - 3
        parts.append(draw.burst(x + width / 2, middle, width, 42, label))
    return f'<g aria-hidden="true">{"".join(parts)}</g>'


def _back_flows(sheet: Sheet) -> str:
    """Arcs up the left side from a later step to an earlier one, each in a lane of its own, with its share."""
    lines, labels = [], []
    for arc in model.arcs(sheet.map):
        later, earlier = sheet.cells[arc.from_place], sheet.cells[arc.to_place]
        x = sheet.left - 12 - LANE * arc.lane
        start, end = later.middle + 6 + 6 * arc.lane, earlier.middle - 6 - 6 * arc.lane
        shape = f"M{sheet.left - 2:g},{start:g} H{x + 5:g} q-5,0 -5,-5 V{end + 5:g} q0,-5 5,-5 H{sheet.left - 1:g}"
        lines.append(draw.path(shape, "back", sheet.prefix, "back"))
        turn = f"translate({x + 4:g},{later.start - 6:g}) rotate(-90)"
        share = draw.text(0, 0, words.percent(arc.flow.share), "small b halo")
        labels.append(f'<g transform="{turn}">{share}</g>')
    return f'<g class="back-flows" aria-hidden="true">{"".join(lines + labels)}</g>'


def _ladder(sheet: Sheet) -> str:
    """The timeline: waiting to the right, working to the left; the segments add up to the lead time."""
    parts, shape = [], ""
    for i, (cell, piece) in enumerate(zip(sheet.cells, model.segments(sheet.map), strict=False)):
        start = cell.start if not i else (sheet.cells[i - 1].end + cell.start) / 2
        end = cell.end if i + 1 == len(sheet.cells) else (cell.end + sheet.cells[i + 1].start) / 2
        x = LADDER + (18 if piece.mode == "wait" else 0)
        shape += f"{'L' if shape else 'M'}{x:g},{start:g} V{end:g} "
        parts.append(_segment(piece, x, start, end, cell.middle))
    if sheet.map.average == "median" and sheet.cells:
        parts.append(draw.text(WIDTH - 6, sheet.cells[0].start - 8, "means", "small mut", "end"))
    return f'<g class="timeline" aria-hidden="true">{"".join(parts)}{draw.path(shape, "ladder") if shape else ""}</g>'


def _segment(piece: model.Segment, x: float, start: float, end: float, middle: float) -> str:
    bar = frame.segment_bar(piece, x - 9 if piece.mode == "wait" else x + 1, start, 8, end - start)
    left = x + (8 if piece.mode == "wait" else 15)
    label = draw.number(left, middle + 4, piece.value, WIDTH - 6 - left)
    return (
        f'<g data-segment="{draw.clean(piece.name)}" data-mode="{piece.mode}" data-seconds="{piece.seconds!r}">'
        f"{bar}{label}</g>"
    )


def _rest(sheet: Sheet, y: float) -> tuple[str, float]:
    """The remainder at the ladder's foot, with the y where the map ends."""
    pieces = model.segments(sheet.map)[len(sheet.cells) :]
    if not pieces:
        return "", y + 50
    words = draw.text(LADDER + 3, y + 54, "unattributed", "small mut", "end")
    x = LADDER + 9
    joint = draw.path(f"M{x:g},{y:g} V{y + 40:g}", "ladder")
    return f'<g class="timeline">{_segment(pieces[0], x, y, y + 40, y + 20)}{joint}{words}</g>', y + 62
