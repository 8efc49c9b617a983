"""The wide value-stream map: steps from left to right, the ladder below."""

from __future__ import annotations

from typing import NamedTuple

from dashboard.figures import lean_frame as frame
from dashboard.figures import lean_map as model
from dashboard.figures import lean_symbols as draw
from dashboard.figures import lean_words as words
from dashboard.figures.lean_map import Cell, ValueStreamMap
from dashboard.theme import duration

# A box is as wide as its longest row of data, within bounds; a longer number is squeezed.
BOX, WIDEST, WAIT, GAP, SIDE = 150, 190, 110, 46, 56
FACTORY, FACTORY_HEIGHT, CONTROL = 132, 84, 240
ROW, LINE, BURST, LANE, INSET = 22, 16, 56, 24, 7
NARROWEST = 760


class Levels(NamedTuple):
    """The heights (y) at which the bands of the map stand."""

    outside: float
    trunk: float
    box: float
    data: float
    under: float
    arrow: float
    lanes: float
    ladder: float
    foot: float


class Sheet(NamedTuple):
    """What every part of the drawing needs to know."""

    map: ValueStreamMap
    cells: tuple[Cell, ...]
    levels: Levels
    width: float
    prefix: str
    selected: str | None


def draw_across(value_map: ValueStreamMap, prefix: str, selected: str | None) -> tuple[str, float, float]:
    """The drawing with its width and height."""
    cells, width = _columns(value_map)
    head, top = frame.heading(value_map, width)
    levels = _levels(value_map, top)
    sheet = Sheet(value_map, cells, levels, width, prefix, selected)
    foot, height = frame.footer(value_map, levels.foot, width)
    parts = [head, _information(sheet), _material(sheet), _back_flows(sheet)]
    parts += [_step(sheet, cell) for cell in cells]
    parts += [_marks(sheet, cell) for cell in cells]
    return "".join([*parts, _ladder(sheet), foot]), width, height


def _columns(value_map: ValueStreamMap) -> tuple[tuple[Cell, ...], float]:
    """The steps' columns, centred, and the width of the whole map."""
    x, cells, box = 0.0, [], _box_width(value_map)
    for i, step in enumerate(value_map.steps):
        if i and step.mode == value_map.steps[i - 1].mode == "active":
            x += GAP
        cells.append(Cell(step, x, box if step.mode == "active" else WAIT))
        x = cells[-1].end
    rest = WAIT if value_map.unattributed_seconds else 0
    sides = 2 * (frame.MARGIN + SIDE)
    width = max(NARROWEST, x + max(rest - SIDE, 0) + sides)
    shift = (width - x - max(rest - SIDE, 0)) / 2
    return tuple(cell._replace(start=cell.start + shift) for cell in cells), width


def _box_width(value_map: ValueStreamMap) -> float:
    rows = [fact for step in value_map.steps if step.mode == "active" for fact in words.facts(value_map, step)]
    needed = (draw.text_width(row.label, 12) + draw.text_width(row.value, 13.2) + 24 for row in rows)
    return min(max([BOX, *needed]), WIDEST)


def _levels(value_map: ValueStreamMap, top: float) -> Levels:
    bursts = max((len(model.bursts_of(value_map, step)) for step in value_map.steps), default=0)
    rows = len(words.rows_shown(value_map))
    lanes = max((arc.lane + 1 for arc in model.arcs(value_map)), default=0)
    trunk = top + 8 + FACTORY_HEIGHT + 14
    box = trunk + 40 + BURST * bursts
    data = box + (72 if any(step.team for step in value_map.steps) else 46)
    lines = [len(words.inventory(value_map, step)) for step in value_map.steps if step.mode == "wait"]
    # Below a triangle's lines; without one, between the boxes.
    arrow = box + 118 + LINE * max(lines) if lines else box + 80
    under = data + ROW * rows if rows else data - 6
    lane = max(under, arrow + 22 if lines else 0) + 14
    is_flat = all(piece.mode == "active" for piece in model.segments(value_map))
    ladder = lane + LANE * lanes + (8 if lanes else 0) + (-16 if is_flat else 34)
    return Levels(top + 8, trunk, box, data, under, arrow, lane, ladder, ladder + 96)


def _information(sheet: Sheet) -> str:
    """Outside parties, control box and the arrows of information."""
    value_map, y, width, prefix = sheet.map, sheet.levels.outside, sheet.width, sheet.prefix
    left, right = frame.MARGIN, width - frame.MARGIN - FACTORY
    desk = (width - CONTROL) / 2
    middle = y + FACTORY_HEIGHT / 2 + 6
    boxes = [cell for cell in sheet.cells if cell.step.mode == "active"]
    drops = [cell.start + 24 for cell in boxes]
    trunk = sheet.levels.trunk
    parts = [
        draw.factory(left, y, FACTORY, FACTORY_HEIGHT, value_map.supplier, "supplier"),
        draw.factory(right, y, FACTORY, FACTORY_HEIGHT, value_map.customer, "customer"),
        draw.control_box(desk, y + 10, CONTROL, value_map.tools),
        draw.information_arrow(right - 4, middle, desk + CONTROL + 4, middle, prefix),
        draw.information_arrow(desk - 4, middle, left + FACTORY + 4, middle, prefix),
    ]
    if drops:
        ends = (drops[0] + 4, drops[-1] + 4, width / 2)  # The zig-zag begins 4 px beside its axis.
        parts.append(draw.path(f"M{width / 2:g},{y + 78:g} V{trunk:g} M{min(ends):g},{trunk:g} H{max(ends):g}", "info"))
        parts += [draw.information_arrow(x, trunk, x, sheet.levels.box - 5, prefix) for x in drops]
    return f'<g class="information">{"".join(parts)}</g>'


def _material(sheet: Sheet) -> str:
    """Deliveries at both ends, and push or pull between the steps."""
    if not sheet.cells:
        return ""
    y, below = sheet.levels.arrow, sheet.levels.outside + FACTORY_HEIGHT
    first, last = sheet.cells[0].start, sheet.cells[-1].end
    left, right = frame.MARGIN + 20, sheet.width - frame.MARGIN - 20
    parts = [
        draw.shipment(((left, below + 2), (left, y), (first - 20, y))),
        draw.shipment(((last + 7, y), (right, y), (right, below + 16))),
    ]
    if sheet.map.delivery_seconds:
        parts.append(draw.text(right - 12, below + 30, words.delivery(sheet.map), "small halo", "end"))
    for way in model.stretches(sheet.cells):
        x, length = way.start + 7, way.end - way.start - 14
        pulled = draw.pull_arrow(x, y, length, sheet.prefix) if way.is_pull else ""
        parts.append(pulled or draw.push_arrow(x, y, length))
    return f'<g class="material">{"".join(parts)}</g>'


def _step(sheet: Sheet, cell: Cell) -> str:
    name, top, bottom = cell.step.name, sheet.levels.box, sheet.levels.under
    inside = _box(sheet, cell) if cell.step.mode == "active" else _triangle(sheet, cell)
    frame_kind = "frame" if model.is_constraint(sheet.map, cell.step) else ""
    reach = bottom if cell.step.mode == "active" else sheet.levels.arrow - 16
    inset = 0 if cell.step.mode == "active" else INSET
    x, width = cell.start + inset, cell.length - 2 * inset
    outline = draw.rectangle(x - 2, top - 2, width + 4, reach - top + 4, frame_kind, 2) if frame_kind else ""
    ring = draw.rectangle(x - 6, top - 6, width + 12, reach - top + 12, "ring", 5)
    return (
        f'<g class="step" role="button" tabindex="0" data-id="{draw.clean(name)}" '
        f'aria-label="{draw.clean(words.spoken(sheet.map, cell.step))}" '
        f'aria-pressed="{str(name == sheet.selected).lower()}">{inside}{outline}{ring}</g>'
    )


def _box(sheet: Sheet, cell: Cell) -> str:
    """A process box with its data box."""
    step, x, levels, box = cell.step, cell.start, sheet.levels, cell.length
    names = draw.wrap(step.name, box - 10, 14.3)
    rows = words.facts(sheet.map, step)
    muted = " mut" if 0 < step.visits < model.FEW_ITEMS else ""
    parts = [
        draw.rectangle(x, levels.box, box, levels.data - levels.box - 6, "outline"),
        draw.rectangle(x, levels.box, box, 40, "process"),
        draw.paragraph(
            cell.middle, levels.box + (25 if len(names) == 1 else 17), names, "head", "middle", 16, step.name
        ),
        draw.rectangle(x, levels.data, box, ROW * len(rows), "data") if rows else "",
    ]
    if step.team:
        parts.append(draw.worker(x + 8, levels.box + 60))
        parts.append(draw.paragraph(x + 28, levels.box + 58, draw.wrap(step.team, box - 34, 12, 1), full=step.team))
    for i, fact in enumerate(rows):
        y = levels.data + ROW * i
        room = box - 19 - draw.text_width(fact.label, 12)
        parts.append(draw.line(x, y, x + box, y) if i else "")
        parts.append(draw.rectangle(x, y, 5, ROW, "bad") if fact.is_bad else "")
        parts.append(draw.text(x + 9, y + 15, fact.label, "mut"))
        parts.append(draw.number(x + box - 8, y + 15, fact.value, room, "b" + muted, "end"))
    return "".join(parts)


def _triangle(sheet: Sheet, cell: Cell) -> str:
    """An inventory triangle with its name above, its count and days of supply below."""
    step, y = cell.step, sheet.levels.box
    hit = draw.rectangle(cell.start + INSET, y, WAIT - 2 * INSET, sheet.levels.arrow - y - 16, "paper")
    names = draw.wrap(step.name, WAIT - 2 * INSET - 2, 12, 3)
    lines, room = words.inventory(sheet.map, step), WAIT - 2 * INSET
    mark = cell.middle - min(draw.text_width("".join(lines[:1]), 13.2), room - 14) / 2 - 8
    warning = draw.rectangle(mark, y + 97, 5, 14, "bad") if model.is_over_limit(step) else ""
    return (
        hit
        + draw.paragraph(cell.middle, y + 13 + 8 * (3 - len(names)), names, "", "middle", full=step.name)
        + draw.inventory(cell.middle, y + 50)
        + warning
        + "".join(
            draw.number(cell.middle, y + 108 + LINE * i, line, room - (0 if i else 14), "mut" if i else "b", "middle")
            for i, line in enumerate(lines)
        )
    )


def _marks(sheet: Sheet, cell: Cell) -> str:
    """Hand-off, constraint and kaizen bursts above a step; said in its accessible name."""
    y = sheet.levels.box
    parts = [draw.handoff(cell.start, y - 14)] if cell.step.is_handoff else []
    if model.is_constraint(sheet.map, cell.step):
        parts.append(draw.constraint_tag(cell.end - 94, y - 24))
    is_box = cell.step.mode == "active"
    width, middle = (122, cell.start + 93) if is_box else (WAIT - 4, cell.middle)
    for i, label in enumerate(model.bursts_of(sheet.map, cell.step)):
        parts.append(draw.burst(middle, y - 54 - BURST * i, width, 52, label))
    return f'<g aria-hidden="true">{"".join(parts)}</g>'


def _back_flows(sheet: Sheet) -> str:
    """Arcs from a later step back to an earlier one, each in a lane of its own, with its share."""
    lines, labels = [], []
    for arc in model.arcs(sheet.map):
        later, earlier = sheet.cells[arc.from_place], sheet.cells[arc.to_place]
        y = sheet.levels.lanes + 8 + LANE * arc.lane
        start, end = later.middle + 8 + 8 * arc.lane, earlier.middle - 8 - 8 * arc.lane
        shape = (
            f"M{start:g},{_underside(sheet, later):g} V{y - 6:g} q0,6 -6,6 H{end + 6:g} q-6,0 -6,-6 "
            f"V{_underside(sheet, earlier) + 2:g}"
        )
        lines.append(draw.path(shape, "back", sheet.prefix, "back"))
        labels.append(draw.text(later.start, y + 4, words.percent(arc.flow.share), "b halo", "middle"))
    return f'<g class="back-flows" aria-hidden="true">{"".join(lines + labels)}</g>'


def _underside(sheet: Sheet, cell: Cell) -> float:
    return sheet.levels.under + 1 if cell.step.mode == "active" else sheet.levels.arrow + 18


def _ladder(sheet: Sheet) -> str:
    """The timeline: waiting high, working low, what is left dashed; the segments add up to the lead time."""
    y, parts, shape = sheet.levels.ladder, [], ""
    pieces = model.segments(sheet.map)
    last = sheet.cells[-1].end if sheet.cells else sheet.width / 2
    edges = [cell.start for cell in sheet.cells] + [last] + ([last + WAIT] if len(pieces) > len(sheet.cells) else [])
    for i, piece in enumerate(pieces):
        # A gap without a triangle belongs to neither step: the ladder turns in its middle.
        start = edges[i] if not i else (sheet.cells[i - 1].end + edges[i]) / 2
        end = edges[i + 1] if i + 1 >= len(sheet.cells) else (sheet.cells[i].end + edges[i + 1]) / 2
        level = y + {"wait": 0, "active": 44, "unattributed": 22}[piece.mode]
        shape += f"{'L' if shape else 'M'}{start:g},{level:g} H{end:g} "
        bar = level + 1 if piece.mode == "wait" else level - 9
        parts.append(
            f'<g data-segment="{draw.clean(piece.name)}" data-mode="{piece.mode}" data-seconds="{piece.seconds!r}">'
            f"{frame.segment_bar(piece, start, bar, end - start, 8)}{_labels(sheet, i, piece, level)}</g>"
        )
    if sheet.map.average == "median" and sheet.cells:
        parts.append(draw.text(sheet.cells[0].start - 10, y + 26, "means", "small mut", "end"))
    return f'<g class="timeline" aria-hidden="true">{"".join(parts)}{draw.path(shape, "ladder") if shape else ""}</g>'


def _labels(sheet: Sheet, i: int, piece: model.Segment, level: float) -> str:
    if piece.mode == "unattributed":
        x = (sheet.cells[-1].end if sheet.cells else sheet.width / 2) + WAIT / 2
        return draw.text(x, level - 15, piece.value, "b", "middle") + draw.text(
            x, level + 16, "unattributed", "small mut", "middle"
        )
    cell = sheet.cells[i]
    if piece.mode == "wait":
        return draw.text(cell.middle, level - 8, piece.value, "b", "middle")
    is_empty = sheet.map.lead_seconds is None
    process = duration(None if is_empty else cell.step.process_seconds)
    return draw.text(cell.middle, level + 17, piece.value, "b", "middle") + draw.text(
        cell.middle, level + 32, f"process {process}", "small mut", "middle"
    )
