"""The value-stream map as a draw.io file, made of draw.io's own lean symbols, so that it can be edited there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dashboard.figures import drawio_steps as steps
from dashboard.figures import lean_map as model
from dashboard.figures import lean_words
from dashboard.figures.drawio import Edge, Shape, bold, choices, document, escaped, lean, line, named, styled
from dashboard.figures.drawio_steps import BOX, INK, MUTED, Place, rows_of
from dashboard.figures.lean_map import ValueStreamMap
from dashboard.figures.lean_symbols import ACTIVE, BAD, IMPROVEMENT, WAIT
from dashboard.theme import duration

MARGIN, FACTORY, CONTROL, ZIGZAG = 20, 132, 240, 500
# Room between two steps: for an arrow with its symbol, or for a plain line to a triangle.
ARROW, LINE, SIDE = 84, 44, 60
LANE, HIGH, LABELS, NARROWEST = 26, 44, 40, 820
COLOURS = {"wait": WAIT, "active": ACTIVE}
# How deep each piece of the ladder lies.
LEVEL = {"wait": 0, "active": 1, "unattributed": 0.5}


class Plan(NamedTuple):
    """The map, its steps' places, and the heights (y) of the bands around them."""

    map: ValueStreamMap
    places: tuple[Place, ...]
    width: float
    outside: float
    trunk: float
    lanes: float
    ladder: float
    foot: float


def drawio(value_map: ValueStreamMap) -> str:
    """An uncompressed .drawio file; the same map gives the same bytes.

    Boxes, triangles and outside parties are joined by edges that follow when one is moved. A step's data box and
    marks move with it, the symbols for push and pull with their edge.
    """
    plan = _plan(value_map)
    foot = tuple(_footer(plan))
    shapes = (*_heading(value_map, plan.width), *_outside(plan), *_steps(plan), *_ladder(plan), *foot)
    edges = (*_information(plan), *_material(plan), *_back_flows(plan))
    bottom = max(shape.y + shape.height for shape in foot) + MARGIN
    return document(value_map.title, (*shapes, *edges, *_symbols(plan)), plan.width, bottom)


def _plan(value_map: ValueStreamMap) -> Plan:
    last_line = _heading(value_map, NARROWEST)[-1]
    outside = last_line.y + last_line.height + 12
    parties = max(_party_height(name) for name in (value_map.supplier, value_map.customer))
    trunk = outside + max(parties, _desk_height(value_map)) + 24
    top = trunk + 44 + max((steps.marks_height(value_map, step) for step in value_map.steps), default=0)
    places, width = _columns(value_map, top)
    lanes = max((place.bottom for place in places), default=top) + 16
    ladder = lanes + LANE * max((arc.lane + 1 for arc in model.arcs(value_map)), default=0) + LABELS
    foot = ladder + HIGH + LABELS + 16
    return Plan(value_map, places, width, outside, trunk, lanes, ladder, foot)


def _columns(value_map: ValueStreamMap, top: float) -> tuple[tuple[Place, ...], float]:
    """The steps' places, centred between the outside parties, and the width of the whole map."""
    room = sum(steps.width_of(step) for step in value_map.steps)
    room += sum(ARROW if way else LINE for way in model.ways(value_map)[1:])
    sides = 2 * MARGIN + FACTORY + 2 * SIDE
    width = max(NARROWEST, room + sides + (2 * BOX if value_map.unattributed_seconds else 0))
    x, axis, places = (width - room) / 2, top + steps.half_height(value_map), []
    for number, way in enumerate(model.ways(value_map)):
        x += 0 if not number else ARROW if way else LINE
        places.append(steps.place(value_map, number, x, axis))
        x = places[-1].end
    return tuple(places), width


def _heading(value_map: ValueStreamMap, width: float) -> tuple[Shape, ...]:
    """Title, period and n, and marked what the reader must know first."""
    guessed = "Proposed from the data, not confirmed: check the stages and modes."
    lines = [
        ("title", value_map.title, styled("text", fontColor=INK, fontSize=18, fontStyle=1), 22),
        ("basis", lean_words.basis(value_map), styled("text", fontColor=MUTED), 16),
    ]
    if value_map.is_proposal:
        lines.append(("proposal", guessed, _marked(IMPROVEMENT), 18))
    if value_map.constraint:
        lines.append(("constraint", "Constraint: {} – {}".format(*value_map.constraint), _marked(BAD), 18))
    y, placed = float(MARGIN), []
    for name, words, look, leading in lines:
        height = leading * rows_of(words, NARROWEST - 2 * MARGIN - 20, 20 if name == "title" else 13.2) + 6
        placed.append(Shape(name, escaped(words), look, MARGIN, y, width - 2 * MARGIN, height))
        y += height + 2
    return tuple(placed)


def _marked(colour: str) -> str:
    return styled("text", verticalAlign="middle", spacingLeft=8, fontColor=INK, fontStyle=1, strokeColor=colour)


def _party_height(name: str) -> float:
    return max(84, (15 * (rows_of(name, FACTORY - 14, 13.2) + 1) + 10) / 0.7)


def _listed(value_map: ValueStreamMap) -> str:
    return " · ".join(value_map.tools) or "no tool named"


def _desk_height(value_map: ValueStreamMap) -> float:
    return 40 + 16 * rows_of(_listed(value_map), CONTROL - 16, 12)


def _outside(plan: Plan) -> Iterator[Shape]:
    """Supplier, customer, the desk that controls the stream, and the line along which its information runs."""
    parties = (("supplier", plan.map.supplier, MARGIN), ("customer", plan.map.customer, _right(plan)))
    for role, name, x in parties:
        look = lean("outside_sources", align="center", verticalAlign="bottom", spacingBottom=4, strokeWidth=2)
        yield Shape(role, f"{named(name)}{role}", look, x, plan.outside, FACTORY, _party_height(name))
    words = f"{bold('Planning and control')}<br>{escaped(_listed(plan.map))}"
    # The library's zig-zag grows with its length: on a wide map the desk is wide.
    desk = max(CONTROL, plan.width - 2 * (MARGIN + FACTORY + ZIGZAG))
    x, look = (plan.width - desk) / 2, lean("schedule", align="center", strokeWidth=2)
    yield Shape("control", words, look, x, plan.outside, desk, _desk_height(plan.map))
    if drops := _drops(plan):
        start, end = _trunk(plan, drops)
        look = styled("line", strokeColor=MUTED, strokeWidth=2)
        yield Shape("information", "", look, start, plan.trunk - 5, end - start, 10)


def _right(plan: Plan) -> float:
    return plan.width - MARGIN - FACTORY


def _drops(plan: Plan) -> dict[str, float]:
    """Where the information comes down to each process box."""
    return {place.id: place.x + steps.DROP for place in plan.places if place.step.mode == "active"}


def _trunk(plan: Plan, drops: dict[str, float]) -> tuple[float, float]:
    ends = (*drops.values(), plan.width / 2)
    return min(ends) - 5, max(ends) + 5


def _steps(plan: Plan) -> Iterator[Shape]:
    for place in plan.places:
        yield from steps.shapes(plan.map, place)


def _information(plan: Plan) -> Iterator[Edge]:
    """Zig-zag arrows: what customers want, what is asked of the supplier, and what each process is told."""
    look = line(shape="mxgraph.lean_mapping.electronic_info_flow_edge", strokeColor=MUTED)
    yield Edge("information-in", "", f"{look}{_ends(0, 0.6, 1, 0.6)}", "customer", "control")
    yield Edge("information-out", "", f"{look}{_ends(0, 0.6, 1, 0.6)}", "control", "supplier")
    if not (drops := _drops(plan)):
        return
    start, end = _trunk(plan, drops)
    down = line(endArrow="none", strokeColor=MUTED, strokeWidth=2)
    middle = (plan.width / 2 - start) / (end - start)
    yield Edge("information-down", "", f"{down}{_ends(0.5, 1, middle, 0.5)}", "control", "information")
    for target, x in drops.items():
        ends = _ends((x - start) / (end - start), 0.5, steps.DROP / BOX, 0)
        yield Edge(f"{target}-information", "", f"{look}{ends}", "information", target)


def _ends(exit_x: float, exit_y: float, entry_x: float, entry_y: float, **more: object) -> str:
    """Where an edge leaves its source and meets its target, as shares of their sizes."""
    leaves = choices(exitX=float(exit_x), exitY=float(exit_y), exitPerimeter=0)
    return leaves + choices(entryX=float(entry_x), entryY=float(entry_y), entryPerimeter=0, **more)


def _material(plan: Plan) -> Iterator[Edge]:
    """Deliveries at both ends, and the way from each step to the next."""
    if not plan.places:
        return
    first, last = plan.places[0], plan.places[-1]
    look = line(shape="flexArrow", edgeStyle="orthogonalEdgeStyle", width=8, endSize=5, endWidth=14, rounded=0)
    turns = [((x + FACTORY / 2, first.y + first.height / 2),) for x in (MARGIN, _right(plan))]
    yield Edge("delivery-in", "", f"{look}{_ends(0.5, 1, first.left, 0.5)}", "supplier", first.id, turns[0])
    after = lean_words.delivery(plan.map) if plan.map.delivery_seconds else ""
    yield Edge("delivery-out", after, f"{look}{_ends(last.right, 0.5, 0.5, 1)}", last.id, "customer", turns[1])
    look = line(edgeStyle="orthogonalEdgeStyle", rounded=0, strokeWidth=2, endArrow="block")
    for before, place in zip(plan.places, plan.places[1:], strict=False):
        yield Edge(f"{place.id}-way", "", f"{look}{_ends(before.right, 0.5, place.left, 0.5)}", before.id, place.id)


def _symbols(plan: Plan) -> Iterator[Shape]:
    """The striped arrow of push and the turning arrow of pull, each on its way."""
    for place, way in list(zip(plan.places, model.ways(plan.map), strict=True))[1:]:
        edge = f"{place.id}-way"
        if way == "push":
            look = lean("push_arrow", strokeColor=INK)
            yield Shape(f"{place.id}-push", "", look, -26, -12, 52, 24, edge, "Push", is_on_edge=True)
        elif way == "pull":
            look = lean("physical_pull", strokeWidth=2, strokeColor=INK, fillColor=INK, pointerEvents=1)
            yield Shape(f"{place.id}-pull", "", look, -22, -22, 44, 44, edge, "Pull: a WIP limit", is_on_edge=True)


def _back_flows(plan: Plan) -> Iterator[Edge]:
    """Dashed edges from a later step back to an earlier one, each in a lane of its own, with its share."""
    look = line(edgeStyle="orthogonalEdgeStyle", rounded=1, dashed=1, strokeColor=BAD, strokeWidth=2)
    look += choices(fontStyle=1, fontColor=INK, labelBackgroundColor="#FFFFFF")
    for number, arc in enumerate(model.arcs(plan.map)):
        later, earlier = plan.places[arc.from_place], plan.places[arc.to_place]
        shift, y = 8 + 8 * arc.lane, plan.lanes + 10 + LANE * arc.lane
        start, end = later.middle + shift, earlier.middle - shift
        ends = _ends(0.5, 1, 0.5, 1, exitDx=shift, exitDy=later.below, entryDx=-shift, entryDy=earlier.below)
        share = lean_words.percent(arc.flow.share)
        yield Edge(f"back-flow-{number}", share, f"{look}{ends}", later.id, earlier.id, ((start, y), (end, y)))


def _ladder(plan: Plan) -> Iterator[Shape]:
    """The timeline, a piece for each step: waiting high, working low, what is left between them and dashed."""
    level: float | None = None
    for number, piece in enumerate(model.segments(plan.map)):
        start, end = _stretch(plan, number)
        own = LEVEL[piece.mode]
        yield _rung(plan, number, piece, start, end, own if level is None else level)
        level = own


def _stretch(plan: Plan, number: int) -> tuple[float, float]:
    """From where to where a piece of the ladder runs: it turns halfway between two steps."""
    places = plan.places
    if number >= len(places):
        start = places[-1].end if places else plan.width / 2 - BOX / 2
        return start, start + BOX
    start = places[number].x if not number else (places[number - 1].end + places[number].x) / 2
    is_last = number == len(places) - 1
    return start, places[number].end if is_last else (places[number].end + places[number + 1].x) / 2


def _rung(plan: Plan, number: int, piece: model.Segment, start: float, end: float, before: float) -> Shape:
    """A piece of the library's timeline: it turns from the level before to its own, and runs on there."""
    own, colour = LEVEL[piece.mode], COLOURS.get(piece.mode, MUTED)
    top, bottom = sorted({before, own}) if before != own else (0.5, 1.0) if own == 0.5 else (0.0, 1.0)
    turns = {f"dy{turn}": int(own == bottom) for turn in range(2, 7)}
    place = "top" if piece.mode == "wait" else "bottom"
    look = lean("timeline2", dx1=0, dy1=int(before == bottom), dx2=0, dx3=0, dx4=0, dx5=0, **turns)
    look += choices(verticalLabelPosition=place, verticalAlign="bottom" if place == "top" else "top", align="center")
    look += choices(strokeWidth=3, strokeColor=colour, fontColor=INK, dashed=int(piece.mode == "unattributed"))
    y, height = plan.ladder + HIGH * top, HIGH * (bottom - top)
    return Shape(f"ladder-{number + 1}", _said(plan.map, number, piece), look, start, y, end - start, height)


def _said(value_map: ValueStreamMap, number: int, piece: model.Segment) -> str:
    if piece.mode == "wait":
        return bold(piece.value)
    if piece.mode == "unattributed":
        return f"{bold(piece.value)}<br>unattributed"
    is_empty = value_map.lead_seconds is None
    return f"{bold(piece.value)}<br>process {duration(None if is_empty else value_map.steps[number].process_seconds)}"


def _footer(plan: Plan) -> Iterator[Shape]:
    """Totals, the lead time drawn to scale and the notes."""
    y, room = plan.foot, plan.width - 2 * MARGIN
    totals = lean_words.totals(plan.map)
    pitch = min(210, room / len(totals))
    for number, total in enumerate(totals):
        words = f'{total.label}<br><b style="font-size:18px">{escaped(total.value)}</b>'
        x, look = MARGIN + pitch * number, styled("text", fontColor=INK)
        yield Shape(f"total-{number + 1}", words, look, x, y, pitch - 10, 44)
    y += 56
    if plan.map.lead_seconds:
        yield Shape("scale", "The lead time to scale", styled("text", fontColor=MUTED), MARGIN, y, 300, 20)
        yield from _scale(plan, y + 22, room)
        y += 50
    for number, note in enumerate(lean_words.notes(plan.map)):
        height = 15 * rows_of(note, room, 12) + 6
        yield Shape(f"note-{number + 1}", escaped(note), styled("text", fontColor=MUTED), MARGIN, y, room, height)
        y += height


def _scale(plan: Plan, y: float, room: float) -> Iterator[Shape]:
    """A bar as long as the lead time, one piece for each segment of the ladder."""
    pieces = [piece for piece in model.segments(plan.map) if piece.seconds > 0]
    whole = sum(piece.seconds for piece in pieces) or 1
    x = float(MARGIN)
    for number, piece in enumerate(pieces):
        share = piece.seconds / whole
        colour = COLOURS.get(piece.mode, "#CED4DA")
        told = f"{escaped(piece.name)}: {piece.value}, {lean_words.percent(share)}"
        look = styled(fillColor=colour, strokeColor=INK)
        yield Shape(f"scale-{number + 1}", "", look, x, y, room * share, 16, tooltip=told)
        x += room * share
