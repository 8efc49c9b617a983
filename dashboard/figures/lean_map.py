"""A value-stream map as plain data, and where its parts stand to one another; the words are in lean_words.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from dashboard.theme import duration

# Thinner arcs are noise, and more than six cannot be told apart.
SMALLEST_BACK_FLOW, MOST_BACK_FLOWS = 0.02, 6
FEW_ITEMS = 5
# The rows of a data box; lean_words.ROWS says what each of them is.
DATA_ROWS = ("process", "lead", "accurate", "rework", "wip", "batch", "people", "rate", "n")


@dataclass(frozen=True)
class Step:
    """One stage as it is drawn: a process box when active, an inventory triangle when waiting.

    `mean_seconds` is the mean over all items of the map (a skipped stage counts as 0), so that the ladder adds up.
    `visits` is the number of items that passed; ratios are 0…1; null is "not known". `leaves_per_day` is its rate;
    it `falls_behind` where less leaves than comes in. The medians are over the items that were in it; `batch` is how
    many go on together.
    """

    name: str
    mode: Literal["active", "wait"]
    mean_seconds: float
    process_seconds: float
    work_in_progress: int
    visits: int
    received: float | None = None
    produced: float | None = None
    rework_ratio: float | None = None
    team: str | None = None
    wip_limit: int | None = None
    is_handoff: bool = False
    days_of_supply: float | None = None
    leaves_per_day: float | None = None
    falls_behind: bool = False
    median_seconds: float | None = None
    median_process_seconds: float | None = None
    batch: float | None = None
    people: float | None = None
    is_automated: bool = False


@dataclass(frozen=True)
class BackFlow:
    """The share (0…1) of items that came back from a later step to an earlier one."""

    from_step: str
    to_step: str
    share: float


@dataclass(frozen=True)
class ValueStreamMap:
    """All that is drawn: steps in reference order, and what is around them.

    `lead_seconds` is the mean lead time, null when no item finished; it equals the sum of the steps' `mean_seconds`
    and `unattributed_seconds`. `constraint` is (step, reason); `bursts` are (step, initiative). `is_proposal`: stages
    and modes were guessed from the data and nobody has confirmed them. `demand_per_day` are items that the stream
    takes up, `takt_seconds` is the working time available for each.

    `rows` are the keys of lean_words.ROWS that data boxes show, `average` what the times in them are: the ladder is
    always of means. `batch_basis` says what a batch is and what its size rests on.
    `delivery_seconds` is the mean from the finish of an item until it is in production, beyond the ladder; null where
    it is none, or is not known. A sketch or a future state (`kind`) has no counts.
    """

    title: str
    supplier: str
    customer: str
    tools: tuple[str, ...]
    steps: tuple[Step, ...]
    back_flows: tuple[BackFlow, ...] = ()
    lead_seconds: float | None = None
    unattributed_seconds: float = 0.0
    items: int = 0
    period: str = ""
    constraint: tuple[str, str] | None = None
    bursts: tuple[tuple[str, str], ...] = ()
    is_proposal: bool = False
    demand_per_day: float | None = None
    takt_seconds: float | None = None
    rows: tuple[str, ...] = DATA_ROWS
    average: Literal["mean", "median"] = "mean"
    median_lead_seconds: float | None = None
    first_pass_yield: float | None = None
    batch_basis: str = ""
    delivery_seconds: float | None = None
    kind: Literal["measured", "sketch", "future"] = "measured"


class Segment(NamedTuple):
    """One stretch of the timeline ladder."""

    name: str
    mode: Literal["active", "wait", "unattributed"]
    seconds: float
    value: str


def signed_duration(seconds: float | None) -> str:
    """As `duration`, with a minus sign before a remainder below zero."""
    return f"−{duration(-seconds)}" if seconds is not None and seconds < 0 else duration(seconds)


def is_over_limit(step: Step) -> bool:
    """Whether more items are in the step than were agreed."""
    return step.wip_limit is not None and step.work_in_progress > step.wip_limit


def is_constraint(value_map: ValueStreamMap, step: Step) -> bool:
    """Whether this step is marked as the constraint."""
    return value_map.constraint is not None and value_map.constraint[0] == step.name


def bursts_of(value_map: ValueStreamMap, step: Step) -> tuple[str, ...]:
    """The labels of the initiatives at this step."""
    return tuple(label for name, label in value_map.bursts if name == step.name)


def segments(value_map: ValueStreamMap) -> tuple[Segment, ...]:
    """The ladder: one segment per step, and the remainder if there is one. Their seconds add up to the lead time."""
    is_empty = value_map.lead_seconds is None
    ladder = [
        Segment(step.name, step.mode, float(step.mean_seconds), duration(None if is_empty else step.mean_seconds))
        for step in value_map.steps
    ]
    rest = float(value_map.unattributed_seconds)
    return (
        *ladder,
        *([Segment("unattributed", "unattributed", rest, signed_duration(rest))] if rest else []),
    )


def has_waits(value_map: ValueStreamMap) -> bool:
    """Whether waiting could be seen: without a waiting stage that items stood in, flow efficiency means nothing.

    In a designed map a wait without time is one that is to go.
    """
    is_measured = value_map.kind == "measured"
    return any(step.mode == "wait" and (step.mean_seconds or not is_measured) for step in value_map.steps)


def process_seconds(value_map: ValueStreamMap) -> float:
    """Mean process time per item, over the active steps."""
    return sum(step.process_seconds for step in value_map.steps if step.mode == "active")


def back_flows(value_map: ValueStreamMap) -> tuple[BackFlow, ...]:
    """The arcs worth drawing, largest first: at least 2 %, at most 6, each from a later step to an earlier one."""
    place = {step.name: position for position, step in enumerate(value_map.steps)}
    drawable = [
        flow
        for flow in value_map.back_flows
        if flow.share >= SMALLEST_BACK_FLOW and place.get(flow.to_step, len(place)) < place.get(flow.from_step, -1)
    ]
    return tuple(sorted(drawable, key=lambda flow: -flow.share)[:MOST_BACK_FLOWS])


class Cell(NamedTuple):
    """A step's place along the map: across for the wide map, down for the tall one."""

    step: Step
    start: float
    length: float

    @property
    def end(self) -> float:
        """Where the cell stops."""
        return self.start + self.length

    @property
    def middle(self) -> float:
        """Halfway between start and end."""
        return self.start + self.length / 2


class Stretch(NamedTuple):
    """A way that material takes between two process boxes (or a box and an end of the map)."""

    start: float
    end: float
    is_pull: bool


def stretches(cells: tuple[Cell, ...]) -> tuple[Stretch, ...]:
    """One arrow per gap between boxes, passing any triangles in it; pull where the next box has a WIP limit."""
    ways = []
    start = cells[0].start if cells else 0.0
    for cell in cells:
        if cell.step.mode == "active":
            ways.append(Stretch(start, cell.start, cell.step.wip_limit is not None))
            start = cell.end
    if cells:
        ways.append(Stretch(start, cells[-1].end, is_pull=False))
    return tuple(way for way in ways if way.end > way.start)


def ways(value_map: ValueStreamMap) -> tuple[str, ...]:
    """How work comes to each step: 'push' or 'pull' into a box, past the triangles before it, '' to a triangle.

    The last step is pushed to, for nothing behind it takes the work.
    """
    last = len(value_map.steps) - 1
    into_box = ("pull" if step.wip_limit is not None else "push" for step in value_map.steps)
    return tuple(
        way if step.mode == "active" else "push" if place == last else ""
        for place, (step, way) in enumerate(zip(value_map.steps, into_box, strict=True))
    )


class Arc(NamedTuple):
    """A back-flow with the places of its ends in the reference order and a lane of its own, 0 the nearest."""

    flow: BackFlow
    from_place: int
    to_place: int
    lane: int


def arcs(value_map: ValueStreamMap) -> tuple[Arc, ...]:
    """The drawn back-flows, short ones nearest; two that share a step never share a lane."""
    place = {step.name: position for position, step in enumerate(value_map.steps)}
    spans = sorted(
        ((flow, place[flow.from_step], place[flow.to_step]) for flow in back_flows(value_map)),
        key=lambda span: span[1] - span[2],
    )
    lanes: list[set[int]] = []
    placed = []
    for flow, later, earlier in spans:
        needed = set(range(earlier, later + 1))
        lane = next((i for i, used in enumerate(lanes) if not used & needed), len(lanes))
        lanes += [set()] if lane == len(lanes) else []
        lanes[lane] |= needed
        placed.append(Arc(flow, later, earlier, lane))
    return tuple(placed)
