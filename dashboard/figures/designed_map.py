"""A design as it is drawn: the steps after all its changes, in lean notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dashboard.designs.document import Design, MapStep
from dashboard.designs.redesign import redesigned, totals_of
from dashboard.figures.value_stream_map import BackFlow, Step, ValueStreamMap

NONE: Mapping[str, str] = {}
# What a wait in front of a box is called: this, and the box's name.
WAIT_FOR = "Wait for "


def map_of(design: Design, initiatives: Mapping[str, str] = NONE) -> ValueStreamMap:
    """The map after all changes, as it is drawn; `initiatives` are the names by id of those in the plan."""
    steps = redesigned(design)
    return ValueStreamMap(
        title=design.name,
        supplier=design.supplier,
        customer=design.customer,
        tools=design.tools,
        steps=tuple(part for place, step in enumerate(steps) for part in _drawn(step, steps[:place])),
        # What comes back was measured; how much will, the design does not say.
        back_flows=()
        if design.change
        else tuple(BackFlow(each.from_step, each.to_step, each.share) for each in design.returns),
        lead_seconds=totals_of(steps, design.unattributed or 0).lead_seconds,
        unattributed_seconds=design.unattributed or 0,
        period=_basis(design),
        bursts=tuple((step.name, initiatives.get(aim, aim)) for step in steps for aim in dict.fromkeys(step.aims)),
        demand_per_day=design.demand_per_day,
        kind="sketch" if design.is_sketch and not design.change else "future",
    )


def _basis(design: Design) -> str:
    if design.is_sketch:
        return "times as typed; a day has 24 hours"
    time = " of working time" if design.counts_working_time else ""
    return f"begun with means{time} of {design.items or 0:,} items"


def _drawn(step: MapStep, before: Sequence[MapStep]) -> tuple[Step, ...]:
    """A queue, or a box; the wait in front of a box is a queue of its own."""
    if step.mode == "wait":
        queue = _queue(step.name, step.seconds)
        return (replace(queue, wip_limit=step.wip_limit, batch=step.batch, is_handoff=step.is_handoff),)
    boxes = [each for each in before if each.mode == "active"]
    teams = [each.team for each in before if each.team]
    box = Step(
        name=step.name,
        mode="active",
        mean_seconds=(step.process or 0) + (step.blocked or 0),
        process_seconds=step.process or 0,
        work_in_progress=0,
        visits=0,
        received=boxes[-1].accurate if boxes else None,
        produced=step.accurate,
        team=step.team,
        wip_limit=step.wip_limit,
        is_handoff=step.is_handoff or bool(teams and step.team and teams[-1] != step.team),
        batch=step.batch,
        people=step.people,
        is_automated=step.is_automated,
    )
    return (_queue(f"{WAIT_FOR}{step.name}", step.wait), box) if step.wait else (box,)


def _queue(name: str, seconds: float) -> Step:
    return Step(name=name, mode="wait", mean_seconds=seconds, process_seconds=0, work_in_progress=0, visits=0)
