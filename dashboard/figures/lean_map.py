"""A value-stream map as plain data, and the words that are written on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from dashboard.theme import duration

# Thinner arcs are noise, and more than six cannot be told apart.
SMALLEST_BACK_FLOW, MOST_BACK_FLOWS = 0.02, 6
FEW_ITEMS = 5


@dataclass(frozen=True)
class Step:
    """One stage as it is drawn: a process box when active, an inventory triangle when waiting.

    `mean_seconds` is the mean over all items of the map (a skipped stage counts as 0), so that the ladder adds up.
    `visits` is the number of items that passed; ratios are 0…1; null is "not known". `leaves_per_day` is its rate;
    it `falls_behind` where less leaves than comes in.
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


class Fact(NamedTuple):
    """One row of a data box."""

    label: str
    value: str
    is_bad: bool = False


class Segment(NamedTuple):
    """One stretch of the timeline ladder."""

    name: str
    mode: Literal["active", "wait", "unattributed"]
    seconds: float
    value: str


def percent(ratio: float | None) -> str:
    """A ratio in whole per cent; '–' for null."""
    return "–" if ratio is None else f"{100 * ratio:.0f} %"


def counted(count: int) -> str:
    """'1 item', '1,924 items'."""
    return f"{count:,} item" if count == 1 else f"{count:,} items"


def signed_duration(seconds: float | None) -> str:
    """As `duration`, with a minus sign before a remainder below zero."""
    return f"−{duration(-seconds)}" if seconds is not None and seconds < 0 else duration(seconds)


def is_over_limit(step: Step) -> bool:
    """Whether more items are in the step than were agreed."""
    return step.wip_limit is not None and step.work_in_progress > step.wip_limit


def work_in_progress(step: Step) -> str:
    """The live count, with the limit where one is agreed."""
    if step.wip_limit is None:
        return f"{step.work_in_progress:,}" if step.mode == "active" else counted(step.work_in_progress)
    return f"{step.work_in_progress:,}{' >' if is_over_limit(step) else ','} limit {step.wip_limit:,}"


def complete_and_accurate(step: Step) -> str:
    """%C&A as received and as produced: '92 → 88 %'."""
    if step.received is None and step.produced is None:
        return "–"
    return f"{percent(step.received).removesuffix(' %')} → {percent(step.produced)}"


def facts(step: Step) -> tuple[Fact, ...]:
    """The rows of a process box's data box."""
    is_unknown = not step.visits and not step.mean_seconds and not step.process_seconds
    few = " (few)" if 0 < step.visits < FEW_ITEMS else ""
    return (
        Fact("Process time", duration(None if is_unknown else step.process_seconds)),
        Fact("Lead time", duration(None if is_unknown else step.mean_seconds)),
        Fact("%C&A", complete_and_accurate(step)),
        Fact("Rework", percent(step.rework_ratio)),
        Fact("WIP", work_in_progress(step), is_over_limit(step)),
        *([Fact("Rate", per_day(step.leaves_per_day), step.falls_behind)] if step.leaves_per_day is not None else []),
        Fact("n", f"{step.visits:,}{few}"),
    )


def per_day(rate: float) -> str:
    """'0.43 a day', '12.1 a day'."""
    return f"{rate:,.2f} a day" if rate < 10 else f"{rate:,.1f} a day"


def supply(step: Step) -> str:
    """Days of supply under a triangle; empty when not known."""
    return "" if step.days_of_supply is None else f"{step.days_of_supply:,.1f} d supply"


def spoken(value_map: ValueStreamMap, step: Step) -> str:
    """The accessible name of a step: its visible words in their order, then what the symbols say."""
    if step.mode == "active":
        visible = [step.name, step.team or "", *(f"{fact.label} {fact.value}" for fact in facts(step))]
        more = ["process box"]
    else:
        visible = [step.name, work_in_progress(step), supply(step)]
        more = [f"inventory, mean wait {duration(step.mean_seconds)}, n {step.visits:,}"]
    more += ["hand-off: the team changes here"] if step.is_handoff else []
    more += (
        [f"constraint: {value_map.constraint[1]}"] if is_constraint(value_map, step) and value_map.constraint else []
    )
    more += [f"improvement: {label}" for label in bursts_of(value_map, step)]
    return f"{' '.join(word for word in visible if word)}. {'; '.join(more)}."


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
        Segment(step.name, step.mode, step.mean_seconds, duration(None if is_empty else step.mean_seconds))
        for step in value_map.steps
    ]
    rest = value_map.unattributed_seconds
    return (
        *ladder,
        *([Segment("unattributed", "unattributed", rest, signed_duration(rest))] if rest else []),
    )


def has_waits(value_map: ValueStreamMap) -> bool:
    """Whether any stage is defined as waiting; without one, flow efficiency means nothing."""
    return any(step.mode == "wait" for step in value_map.steps)


def process_seconds(value_map: ValueStreamMap) -> float:
    """Mean process time per item, over the active steps."""
    return sum(step.process_seconds for step in value_map.steps if step.mode == "active")


def flow_efficiency(value_map: ValueStreamMap) -> str:
    """Process time ÷ lead time; 'not configured' where no stage waits."""
    if not has_waits(value_map):
        return "not configured"
    lead = value_map.lead_seconds
    return percent(process_seconds(value_map) / lead if lead else None)


def totals(value_map: ValueStreamMap) -> tuple[Fact, ...]:
    """The three numbers under the ladder."""
    process = None if value_map.lead_seconds is None else process_seconds(value_map)
    return (
        Fact("Lead time", duration(value_map.lead_seconds)),
        Fact("Process time", duration(process)),
        Fact("Flow efficiency", flow_efficiency(value_map)),
    )


def back_flows(value_map: ValueStreamMap) -> tuple[BackFlow, ...]:
    """The arcs worth drawing, largest first: at least 2 %, at most 6, each from a later step to an earlier one."""
    place = {step.name: position for position, step in enumerate(value_map.steps)}
    drawable = [
        flow
        for flow in value_map.back_flows
        if flow.share >= SMALLEST_BACK_FLOW and place.get(flow.to_step, len(place)) < place.get(flow.from_step, -1)
    ]
    return tuple(sorted(drawable, key=lambda flow: -flow.share)[:MOST_BACK_FLOWS])


def basis(value_map: ValueStreamMap) -> str:
    """Which period and how many items the figures rest on."""
    if not value_map.items:
        counts = "no items measured"
    elif value_map.items < FEW_ITEMS:
        counts = f"only {counted(value_map.items)}: too few to judge"
    else:
        counts = f"means of {counted(value_map.items)}"
    demand = f"demand {per_day(value_map.demand_per_day)}" if value_map.demand_per_day else ""
    takt = f"takt time {duration(value_map.takt_seconds)} of work" if value_map.takt_seconds else ""
    return " · ".join(part for part in (value_map.period, counts, demand, takt) if part)


def notes(value_map: ValueStreamMap) -> tuple[str, ...]:
    """The lines below the totals: what the map cannot show, and what its own marks mean."""
    lines = []
    if not has_waits(value_map):
        lines.append("No waiting stage is defined: waiting inside a step cannot be seen.")
    if value_map.unattributed_seconds:
        lines.append("Unattributed: the part of the lead time that no step accounts for.")
    if value_map.bursts:
        lines.append("Improvements: " + "; ".join(f"{label} ({step})" for step, label in value_map.bursts) + ".")
    marks = []
    if any(step.is_handoff for step in value_map.steps):
        marks.append("H = hand-off, the team changes here.")
    if back_flows(value_map):
        marks.append("Dashed arc = share of items sent back.")
    if any(step.falls_behind for step in value_map.steps):
        marks.append("Rate marked = less leaves the step than comes in.")
    if any(step.wip_limit is not None for step in value_map.steps):
        marks.append("Looped arrow = pull, the next step has a WIP limit.")
    return (*lines, *([" ".join(marks)] if marks else []))


def description(value_map: ValueStreamMap) -> str:
    """The map in a few sentences, for those who do not see it."""
    active = sum(step.mode == "active" for step in value_map.steps)
    ends = f"{active} process steps and {len(value_map.steps) - active} waiting steps"
    parts = [f"{ends} from {value_map.supplier} to {value_map.customer}; {basis(value_map)}."]
    parts.append(", ".join(f"{total.label} {total.value}" for total in totals(value_map)) + ".")
    if value_map.constraint:
        parts.append("Constraint: {}, {}.".format(*value_map.constraint))
    parts += [f"{percent(f.share)} go back from {f.from_step} to {f.to_step}." for f in back_flows(value_map)]
    left_out = len(value_map.back_flows) - len(back_flows(value_map))
    parts += [f"{left_out} smaller back-flow{'s are' if left_out > 1 else ' is'} left out."] if left_out else []
    return " ".join([*parts, *notes(value_map)])


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
