"""The words and numbers that are written on a value-stream map, and those for who does not see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from dashboard.figures import lean_map as model
from dashboard.figures.lean_map import FEW_ITEMS, Step, ValueStreamMap
from dashboard.theme import NO_VALUE, counted, duration, formatted

KINDS = {
    "sketch": "Sketch: typed by people, not measured.",
    "future": "Future state: designed, not measured.",
}
MEDIANS = (
    "The boxes show medians over the items that were in a step. The ladder and the totals under it are means over all "
    "items, because medians do not add up."
)


class Fact(NamedTuple):
    """One row of a data box."""

    label: str
    value: str
    is_bad: bool = False


def percent(ratio: float | None) -> str:
    """A ratio in whole per cent; '–' for null."""
    return "–" if ratio is None else f"{100 * ratio:.0f} %"


def work_in_progress(step: Step) -> str:
    """The live count, with the limit where one is agreed."""
    if step.wip_limit is None:
        return f"{step.work_in_progress:,}" if step.mode == "active" else counted(step.work_in_progress)
    return f"{step.work_in_progress:,}{' >' if model.is_over_limit(step) else ','} limit {step.wip_limit:,}"


def complete_and_accurate(step: Step) -> str:
    """%C&A as received and as produced: '92 → 88 %'."""
    if step.received is None and step.produced is None:
        return "–"
    return f"{percent(step.received).removesuffix(' %')} → {percent(step.produced)}"


def _times(kind: str) -> Callable[[ValueStreamMap, Step], Fact]:
    """The row of a time: 'process' or 'lead'."""

    def fact(value_map: ValueStreamMap, step: Step) -> Fact:
        if value_map.average == "median":
            median = step.median_process_seconds if kind == "process" else step.median_seconds
            return Fact(f"Median {kind}", duration(median))
        seconds = step.process_seconds if kind == "process" else step.mean_seconds
        return Fact(f"{kind.capitalize()} time", duration(seconds if _has_times(value_map, step) else None))

    return fact


def _has_times(_: ValueStreamMap, step: Step) -> bool:
    return bool(step.visits or step.mean_seconds or step.process_seconds)


def _people(step: Step) -> str:
    if step.is_automated:
        return "automated"
    return NO_VALUE if step.people is None else f"{step.people:g}"


def _work_in_progress(value_map: ValueStreamMap, step: Step) -> Fact:
    """What is there now; in a map that nobody counted, how much is agreed."""
    if value_map.kind == "measured":
        return Fact("WIP", work_in_progress(step), model.is_over_limit(step))
    return Fact("WIP limit", NO_VALUE if step.wip_limit is None else f"{step.wip_limit:,}")


def _has_count(value_map: ValueStreamMap, step: Step) -> bool:
    return _is_counted(value_map, step) if value_map.kind == "measured" else step.wip_limit is not None


def _is_counted(value_map: ValueStreamMap, step: Step) -> bool:
    return bool(value_map.items or step.visits or step.work_in_progress or step.wip_limit is not None)


def _visited(_: ValueStreamMap, step: Step) -> Fact:
    return Fact("n", f"{step.visits:,}{' (few)' if 0 < step.visits < FEW_ITEMS else ''}")


class Row(NamedTuple):
    """A row that data boxes may have: what it is called where it is chosen, its fact, and whether a step has it."""

    title: str
    fact: Callable[[ValueStreamMap, Step], Fact]
    is_known: Callable[[ValueStreamMap, Step], bool]


ROWS: Mapping[str, Row] = {
    "process": Row("Process time", _times("process"), _has_times),
    "lead": Row("Lead time", _times("lead"), _has_times),
    "accurate": Row(
        "%C&A received → produced",
        lambda _, step: Fact("%C&A", complete_and_accurate(step)),
        lambda _, step: step.received is not None or step.produced is not None,
    ),
    "rework": Row(
        "Rework share",
        lambda _, step: Fact("Rework", percent(step.rework_ratio)),
        lambda _, step: step.rework_ratio is not None,
    ),
    "wip": Row("WIP now", lambda value_map, step: _work_in_progress(value_map, step), _has_count),
    "batch": Row(
        "Batch",
        lambda _, step: Fact("Batch", formatted(step.batch, "items")),
        lambda _, step: step.batch is not None,
    ),
    "people": Row(
        "People",
        lambda _, step: Fact("People", _people(step)),
        lambda _, step: step.people is not None or step.is_automated,
    ),
    "rate": Row(
        "Rate",
        lambda _, step: Fact("Rate", per_day(step.leaves_per_day), step.falls_behind),
        lambda _, step: step.leaves_per_day is not None,
    ),
    "n": Row("n, items measured", _visited, lambda _, step: bool(step.visits)),
}


def rows_shown(value_map: ValueStreamMap) -> tuple[str, ...]:
    """The rows of the data boxes in their order: of those chosen, the ones that are known of a box at all."""
    boxes = [step for step in value_map.steps if step.mode == "active"]
    chosen = {key: row for key, row in ROWS.items() if key in value_map.rows}
    return tuple(key for key, row in chosen.items() if any(row.is_known(value_map, step) for step in boxes))


def facts(value_map: ValueStreamMap, step: Step) -> tuple[Fact, ...]:
    """The rows of a process box's data box."""
    return tuple(ROWS[key].fact(value_map, step) for key in rows_shown(value_map))


def inventory(value_map: ValueStreamMap, step: Step) -> tuple[str, ...]:
    """The lines under a triangle's name: its count, and what else is known; where nothing was counted, no count."""
    is_counted = value_map.kind == "measured" and any(_is_counted(value_map, each) for each in value_map.steps)
    limit = f"limit {step.wip_limit:,}" if step.wip_limit is not None and not is_counted else ""
    lines = [work_in_progress(step) if is_counted else limit, supply(step)]
    if value_map.average == "median" and step.median_seconds is not None:
        lines.append(f"median {duration(step.median_seconds)}")
    if "batch" in value_map.rows and step.batch is not None:
        lines.append(f"batch {formatted(step.batch, 'items')}")
    return tuple(line for line in lines if line)


def per_day(rate: float | None) -> str:
    """'0.43 a day', '12.1 a day'; '–' for null."""
    if rate is None:
        return NO_VALUE
    return f"{rate:,.2f} a day" if rate < 10 else f"{rate:,.1f} a day"


def supply(step: Step) -> str:
    """Days of supply under a triangle; empty when not known."""
    return "" if step.days_of_supply is None else f"{step.days_of_supply:,.1f} d supply"


def spoken(value_map: ValueStreamMap, step: Step) -> str:
    """The accessible name of a step: its visible words in their order, then what the symbols say."""
    if step.mode == "active":
        visible = [step.name, step.team or "", *(f"{fact.label} {fact.value}" for fact in facts(value_map, step))]
        more = ["process box"]
    else:
        visible = [step.name, *inventory(value_map, step)]
        counted_too = f", n {step.visits:,}" if value_map.kind == "measured" else ""
        more = [f"inventory, mean wait {duration(step.mean_seconds)}{counted_too}"]
    more += ["hand-off: the team changes here"] if step.is_handoff else []
    more += (
        [f"constraint: {value_map.constraint[1]}"]
        if model.is_constraint(value_map, step) and value_map.constraint
        else []
    )
    more += [f"improvement: {label}" for label in model.bursts_of(value_map, step)]
    return f"{' '.join(word for word in visible if word)}. {'; '.join(more)}."


def flow_efficiency(value_map: ValueStreamMap) -> str:
    """Process time ÷ lead time; 'not configured' where no stage waits."""
    if not model.has_waits(value_map):
        return "not configured"
    lead = value_map.lead_seconds
    return exact_percent(model.process_seconds(value_map) / lead if lead else None)


def exact_percent(ratio: float | None) -> str:
    """A ratio in per cent with one decimal; '–' for null."""
    return NO_VALUE if ratio is None else f"{100 * ratio:.1f} %"


def rolled_accurate(value_map: ValueStreamMap) -> float | None:
    """Product of the %C&A that the process boxes produce: 0…1; null where none is known."""
    known = [step.produced for step in value_map.steps if step.mode == "active" and step.produced is not None]
    return math.prod(known) if known else None


def totals(value_map: ValueStreamMap) -> tuple[Fact, ...]:
    """The numbers under the ladder. Where boxes show medians, each time says which of the two it is."""
    process = None if value_map.lead_seconds is None else model.process_seconds(value_map)
    lead, work = Fact("Lead time", duration(value_map.lead_seconds)), Fact("Process time", duration(process))
    times = [lead, work]
    if value_map.average == "median":
        means = [fact._replace(label=f"Mean {fact.label.lower()}") for fact in times]
        times = [*means, Fact("Median lead time", duration(value_map.median_lead_seconds))]
    rolled, yielded = rolled_accurate(value_map), value_map.first_pass_yield
    return (
        *times,
        Fact("Flow efficiency", flow_efficiency(value_map)),
        *([Fact("Rolled %C&A", exact_percent(rolled))] if rolled is not None else []),
        *([Fact("First-pass yield", exact_percent(yielded))] if yielded is not None else []),
    )


def basis(value_map: ValueStreamMap) -> str:
    """Which period and how many items the figures rest on."""
    if value_map.kind != "measured":
        counts = ""
    elif not value_map.items:
        counts = "no items measured"
    elif value_map.items < FEW_ITEMS:
        counts = f"only {counted(value_map.items)}: too few to judge"
    elif value_map.average == "median":
        counts = f"{counted(value_map.items)}: medians in the boxes, means on the ladder"
    else:
        counts = f"means of {counted(value_map.items)}"
    return " · ".join(part for part in (value_map.period, counts, _demand(value_map)) if part)


def _demand(value_map: ValueStreamMap) -> str:
    """How much comes in: a day of the calendar, as the boxes tell their rates, and as the time to work on each."""
    demand = f"demand {per_day(value_map.demand_per_day)}" if value_map.demand_per_day else ""
    takt = f"takt time {duration(value_map.takt_seconds)} of work" if value_map.takt_seconds else ""
    return f"{demand} ({takt})" if demand and takt else demand or takt


def notes(value_map: ValueStreamMap) -> tuple[str, ...]:
    """The lines below the totals: what the map cannot show, and what its own marks mean."""
    lines = [MEDIANS] if value_map.average == "median" else []
    if not model.has_waits(value_map):
        lines.append("No item stood in a stage that is marked as waiting: waiting inside a step cannot be seen.")
    if value_map.unattributed_seconds:
        lines.append("Unattributed: the part of the lead time that no step accounts for.")
    if value_map.bursts:
        lines.append("Improvements: " + "; ".join(f"{label} ({step})" for step, label in value_map.bursts) + ".")
    marks = []
    if any(step.is_handoff for step in value_map.steps):
        marks.append("H = hand-off, the team changes here.")
    if model.back_flows(value_map):
        marks.append("Dashed arc = share of items sent back.")
    has_rate = "rate" in rows_shown(value_map)
    if has_rate and any(step.falls_behind for step in value_map.steps):
        marks.append("Rate marked = less leaves the step than comes in.")
    if any(step.wip_limit is not None for step in value_map.steps):
        marks.append("Looped arrow = pull, the next step has a WIP limit.")
    if "batch" in value_map.rows and any(step.batch is not None for step in value_map.steps):
        lines.append(value_map.batch_basis)
    return tuple(line for line in (*lines, " ".join(marks)) if line)


def delivery(value_map: ValueStreamMap) -> str:
    """What comes after the last step, beyond the ladder."""
    return f"{duration(value_map.delivery_seconds)} until in production"


def description(value_map: ValueStreamMap) -> str:
    """The map in a few sentences, for those who do not see it."""
    active = sum(step.mode == "active" for step in value_map.steps)
    kind = [KINDS[value_map.kind]] if value_map.kind in KINDS else []
    ends = f"{active} process steps and {len(value_map.steps) - active} waiting steps"
    parts = [*kind, f"{ends} from {value_map.supplier} to {value_map.customer}; {basis(value_map)}."]
    parts.append(", ".join(f"{total.label} {total.value}" for total in totals(value_map)) + ".")
    if value_map.delivery_seconds:
        parts.append(f"Finished items wait {delivery(value_map)}.")
    if value_map.constraint:
        parts.append("Constraint: {}, {}.".format(*value_map.constraint))
    parts += [f"{percent(f.share)} go back from {f.from_step} to {f.to_step}." for f in model.back_flows(value_map)]
    left_out = len(value_map.back_flows) - len(model.back_flows(value_map))
    parts += [f"{left_out} smaller back-flow{'s are' if left_out > 1 else ' is'} left out."] if left_out else []
    return " ".join([*parts, *notes(value_map)])
