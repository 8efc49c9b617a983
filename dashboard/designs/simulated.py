"""A design as the nodes of a simulation: which measured stays each step keeps, and by how much they change."""

from __future__ import annotations

from dashboard.analysis.simulation import Measured, Node, Part
from dashboard.designs.document import Design, MapStep
from dashboard.designs.redesign import DAY, redesigned


def nodes_of(design: Design, measured: Measured) -> tuple[Node, ...]:
    """The flow after all changes. Stages of removed steps take no time, those that the map does not show stay."""
    shown = {stage for step in design.step for stage in step.stages}
    rest = [Node(stage, (Part(stage),)) for stage in measured.order if stage not in shown]
    return (*(_node(design, step) for step in redesigned(design)), *rest)


def _node(design: Design, step: MapStep) -> Node:
    begun = [each for each in design.step if set(each.stages) & set(step.stages)]
    process, added_process = _factor(step.process or 0, sum(each.process or 0 for each in begun))
    idle, added_idle = _factor(
        (step.wait or 0) + (step.blocked or 0),
        sum((each.wait or 0) + (each.blocked or 0) for each in begun),
    )
    shared = max(1, len(step.stages))  # what is added is shared among the stages that an item passes
    limits = {each.wip_limit for each in begun}
    return Node(
        step.name,
        tuple(Part(stage, process, idle) for stage in step.stages),
        added_process / shared,
        added_idle / shared,
        step.wip_limit if step.mode == "active" and step.wip_limit not in limits else None,
        _returns_factor(step, begun),
    )


def _factor(designed: float, begun: float) -> tuple[float, float]:
    """By how much measured time is multiplied; and the days to add where there is none to multiply."""
    return (designed / begun, 0.0) if begun else (0.0, designed / DAY)


def _returns_factor(step: MapStep, begun: list[MapStep]) -> float:
    """What comes back to a step is what was not complete and accurate."""
    known = [each.accurate for each in begun if each.accurate is not None]
    before = 1 - min(known, default=1.0)
    return (1 - step.accurate) / before if step.accurate is not None and before else 1.0
