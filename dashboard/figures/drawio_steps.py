"""A step of the map in draw.io: a process box with its data box, or a triangle, and the marks at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dashboard.figures import lean_map as model
from dashboard.figures import lean_words as words
from dashboard.figures.drawio import Shape, bold, choices, escaped, lean, named, styled
from dashboard.figures.lean_map import Step, ValueStreamMap
from dashboard.figures.lean_symbols import BAD, IMPROVEMENT, wrap

INK, MUTED = "#212529", "#5B636A"
BOX, TRIANGLE, TRIANGLE_HEIGHT = 160, 104, 70
# How far from its left edge a process box is told what to do; bursts stand to the right of it.
DROP, BURST = 20, 40
ROW, MARK, OPERATOR = 22, 26, 32
# The library's data box has five rows; more are closed under it, fewer leave some of them free.
FIXED_ROWS = 5
HANDOFF, WARNING = "#CC79A7", "#F7D9C8"


class Place(NamedTuple):
    """Where a step stands: the box or triangle, and how far what hangs under it reaches below."""

    id: str
    step: Step
    x: float
    y: float
    width: float
    height: float
    below: float

    @property
    def end(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """Halfway across."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Where the space under it is free."""
        return self.y + self.height + self.below

    @property
    def left(self) -> float:
        """Where a line meets it from the left, as a share of its width: a triangle is half as wide at mid-height."""
        return 0 if self.step.mode == "active" else 0.25

    @property
    def right(self) -> float:
        """Where a line leaves it to the right, as a share of its width."""
        return 1 - self.left


def rows_of(text: str, width: float, size: float) -> int:
    """In how many lines a text fits."""
    return max(1, len(wrap(text, width, size, lines=99)))


def width_of(step: Step) -> float:
    """How wide a step is drawn."""
    return BOX if step.mode == "active" else TRIANGLE


def half_height(value_map: ValueStreamMap) -> float:
    """From the top of the steps to the axis of the flow through their middles."""
    return max(_box_height(value_map), TRIANGLE_HEIGHT) / 2


def marks_height(value_map: ValueStreamMap, step: Step) -> float:
    """The room that is needed over a step for its marks and bursts."""
    bursts = sum(_burst_height(label) + 4 for label in model.bursts_of(value_map, step))
    return bursts + (MARK if step.is_handoff or model.is_constraint(value_map, step) else 0)


def place(value_map: ValueStreamMap, number: int, x: float, axis: float) -> Place:
    """The place of the step with this number, its middle on the axis."""
    step = value_map.steps[number]
    is_box = step.mode == "active"
    height = _box_height(value_map) if is_box else TRIANGLE_HEIGHT
    below = _data_height(value_map) if is_box else 15 * _label_rows(value_map, step) + 6
    return Place(f"step-{number + 1}", step, x, axis - height / 2, width_of(step), height, below)


def shapes(value_map: ValueStreamMap, spot: Place) -> Iterator[Shape]:
    """All that is drawn of a step; everything moves with its box or triangle."""
    is_constraint = model.is_constraint(value_map, spot.step)
    frame: dict[str, object] = {"strokeColor": BAD if is_constraint else INK, "strokeWidth": 4 if is_constraint else 2}
    if spot.step.mode == "active":
        yield from _box(value_map, spot, frame)
    else:
        yield _triangle(value_map, spot, frame)
    yield from _marks(value_map, spot)


def _strip(value_map: ValueStreamMap) -> float:
    """The height of the strip with the name, the same in every box."""
    names = [step.name for step in value_map.steps if step.mode == "active"]
    return 8 + 16 * max((rows_of(name, BOX - 14, 14.3) for name in names), default=1)


def _box_height(value_map: ValueStreamMap) -> float:
    teams = [step.team for step in value_map.steps if step.team and step.mode == "active"]
    return _strip(value_map) + 14 + 16 * max((rows_of(team, BOX - OPERATOR - 8, 12) for team in teams), default=0)


def _box(value_map: ValueStreamMap, spot: Place, frame: dict[str, object]) -> Iterator[Shape]:
    strip = _strip(value_map)
    # The library draws the line under the name at one and a half times the size of the font.
    look = lean("manufacturing_process", fontSize=strip / 1.5, align="center", verticalAlign="top", spacingTop=-1)
    look += choices(fillColor="#DCEBF5", fontColor=INK, **frame)
    yield Shape(spot.id, named(spot.step.name, 13), look, spot.x, spot.y, spot.width, spot.height)
    if spot.step.team:
        yield from _team(spot, strip, spot.step.team)
    yield from _data_box(value_map, spot)


def _team(spot: Place, strip: float, team: str) -> Iterator[Shape]:
    look = lean("operator", fillColor=INK, strokeColor=INK)
    middle = (strip + spot.height) / 2
    yield Shape(f"{spot.id}-operator", "", look, 6, middle - 9, 22, 18, spot.id)
    look = styled("text", verticalAlign="middle", fontColor=INK)
    room, height = BOX - OPERATOR - 4, spot.height - strip - 4
    yield Shape(f"{spot.id}-team", escaped(team), look, OPERATOR, strip + 2, room, height, spot.id)


def _data_height(value_map: ValueStreamMap) -> float:
    rows = len(words.rows_shown(value_map))
    return ROW * max(rows, FIXED_ROWS) if rows else 0


def _data_box(value_map: ValueStreamMap, spot: Place) -> Iterator[Shape]:
    """The library's data box of five rows, and what is more than five under it."""
    box, facts = f"{spot.id}-data", words.facts(value_map, spot.step)
    if not facts:
        return
    look = lean("data_box", strokeWidth=1, fillColor="#FFFFFF", strokeColor=INK)
    yield Shape(box, "", look, 0, spot.height, BOX, ROW * FIXED_ROWS, spot.id)
    for number, fact in enumerate(facts):
        edge = "none" if number < FIXED_ROWS else INK
        fill = WARNING if fact.is_bad else "none" if number < FIXED_ROWS else "#FFFFFF"
        look = styled("text", verticalAlign="middle", spacingLeft=4, fontColor=INK, strokeColor=edge, fillColor=fill)
        told = f"{escaped(fact.label)}: {bold(fact.value)}"
        yield Shape(f"{spot.id}-fact-{number + 1}", told, look, 0, ROW * number, BOX, ROW, box)


def _label_rows(value_map: ValueStreamMap, step: Step) -> int:
    return rows_of(step.name, TRIANGLE - 6, 13.2) + len(words.inventory(value_map, step))


def _triangle(value_map: ValueStreamMap, spot: Place, frame: dict[str, object]) -> Shape:
    """An inventory triangle, under it its name, its count and what else is known."""
    look = lean("inventory_box", fillColor="#FBE3B5", verticalLabelPosition="bottom", verticalAlign="top", **frame)
    look += choices(align="center", fontColor=INK)
    warning = f' style="background-color:{WARNING}"' if model.is_over_limit(spot.step) else ""
    lines = [escaped(line) for line in words.inventory(value_map, spot.step)]
    lines[:1] = [f"<span{warning}>{line}</span>" for line in lines[:1]]
    return Shape(spot.id, named(spot.step.name) + "<br>".join(lines), look, spot.x, spot.y, spot.width, spot.height)


def _burst_height(label: str) -> float:
    # The rectangle for words inside the burst is half as high and three quarters as wide.
    return 20 + 30 * rows_of(label, BOX - BURST - 32, 12.1)


def _marks(value_map: ValueStreamMap, spot: Place) -> Iterator[Shape]:
    """Hand-off, constraint and, over them, the kaizen bursts."""
    is_constraint = model.is_constraint(value_map, spot.step)
    if spot.step.is_handoff:
        look = styled("ellipse", fillColor=HANDOFF, strokeColor="#000000", fontStyle=1)
        # Beside the slope of a triangle, over the corner of a box.
        left, top = (-11, -24) if spot.step.mode == "active" else (12, -4)
        yield Shape(f"{spot.id}-handoff", "H", look, left, top, 20, 20, spot.id, "Hand-off: the team changes here")
    if is_constraint:
        look = styled(rounded=1, fillColor=BAD, strokeColor="#000000", fontStyle=1, fontSize=11)
        yield Shape(f"{spot.id}-constraint", "constraint", look, spot.width - 84, -23, 84, 18, spot.id)
    y = -float(MARK if spot.step.is_handoff or is_constraint else 0)
    x = BURST if spot.step.mode == "active" else (TRIANGLE - (BOX - BURST)) / 2
    for number, label in enumerate(model.bursts_of(value_map, spot.step)):
        height = _burst_height(label)
        y -= height + 4
        look = lean(
            "kaizen_lightening_burst", fillColor=IMPROVEMENT, strokeColor="#000000", spacingLeft=12, spacingRight=12
        )
        name = f"{spot.id}-burst-{number + 1}"
        yield Shape(name, named(label, 11), look, x, y, BOX - BURST, height, spot.id)
