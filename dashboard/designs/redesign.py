"""What changes make of a map's steps, one after the other, and what each does to the totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

from dashboard.designs.document import Change, Design, Figures, MapStep
from dashboard.errors import DefinitionError

Steps = tuple[MapStep, ...]
FIGURES = tuple(Figures.model_fields)
DAY = 86_400


@dataclass(frozen=True)
class Totals:
    """The sums of a map: seconds, ratios 0…1; null where nothing is said."""

    lead_seconds: float
    process_seconds: float
    accurate: float | None

    @property
    def efficiency(self) -> float | None:
        """Process time ÷ lead time."""
        return self.process_seconds / self.lead_seconds if self.lead_seconds else None


@dataclass(frozen=True)
class Effect:
    """One change, with the wait for its batch, the steps it leads to, and the totals before and after it."""

    change: Change
    steps: Steps
    before: Totals
    after: Totals


def totals_of(steps: Sequence[MapStep], unattributed: float = 0) -> Totals:
    """Lead time, process time and rolled %C&A (the product over the steps that say theirs)."""
    known = [step.accurate for step in steps if step.accurate is not None]
    return Totals(
        sum(step.seconds for step in steps) + unattributed,
        sum(step.process or 0 for step in steps),
        prod(known) if known else None,
    )


def effects_of(design: Design) -> tuple[Effect, ...]:
    """Every change in its order with what it does. Raises DefinitionError for one that can't be made."""
    steps, effects = design.step, []
    rest = design.unattributed or 0
    for number, change in enumerate(design.change, start=1):
        whole = change if design.counts_working_time else _completed(change, steps, design.demand_per_day)
        try:
            changed = applied(steps, whole)
        except DefinitionError as error:
            raise DefinitionError(f"Change {number}: {error}") from None
        effects.append(Effect(whole, changed, totals_of(steps, rest), totals_of(changed, rest)))
        steps = changed
    return tuple(effects)


def redesigned(design: Design) -> Steps:
    """The steps after all changes."""
    effects = effects_of(design)
    return effects[-1].steps if effects else design.step


def applied(steps: Steps, change: Change) -> Steps:
    """The steps after one change. Raises DefinitionError where it names a step that is not there."""
    changed = tuple(step if step in steps else _aimed(step, change) for step in DO[change.do](steps, change))
    names = [step.name for step in changed]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise DefinitionError(f"there would be two steps of the name {double!r}. Give one another name.")
    if not changed:
        raise DefinitionError("no step would be left.")
    return changed


def _aimed(step: MapStep, change: Change) -> MapStep:
    return _with(step, aims=(*step.aims, change.initiative)) if change.initiative else step


def _completed(change: Change, steps: Steps, demand_per_day: float | None) -> Change:
    """The change with the wait that its batch brings, where it says no other: longer or shorter by the collecting.

    A step whose batch is not known hands its items on one by one.
    """
    step = next((each for each in steps if each.name == change.step), None)
    if not change.batch or change.wait is not None or not demand_per_day or change.do != "set" or step is None:
        return change
    more = collecting_seconds(change.batch, demand_per_day) - collecting_seconds(step.batch or 1, demand_per_day)
    return change.model_copy(update={"wait": max(0.0, (step.wait or 0) + more)}) if more else change


def collecting_seconds(batch: int, demand_per_day: float) -> float:
    """The mean wait for the rest of a batch: the first item waits for all others, the last for none."""
    return (batch - 1) / 2 / demand_per_day * DAY


def _place(steps: Steps, name: str) -> int:
    for place, step in enumerate(steps):
        if step.name == name:
            return place
    raise DefinitionError(f"there is no step {name!r} at this point. There are: {', '.join(s.name for s in steps)}.")


def _said(change: Change) -> dict[str, object]:
    return {field: value for field in FIGURES if (value := getattr(change, field)) is not None}


def _with(step: MapStep, **more: object) -> MapStep:
    return step.model_copy(update=more)


def _set(steps: Steps, change: Change) -> Steps:
    place = _place(steps, change.step)
    named = {"name": change.name} if change.name else {}
    step = _with(steps[place], **_said(change), **named)
    # A queue in which somebody begins to work is none.
    step = _with(step, mode="active") if step.process else step
    return (*steps[:place], step, *steps[place + 1 :])


def _automate(steps: Steps, change: Change) -> Steps:
    """Nobody is waited for any more, unless the change says otherwise."""
    place = _place(steps, change.step)
    if steps[place].mode == "wait":
        raise DefinitionError(f"nobody works in the queue {change.step!r}: there is nothing to automate.")
    step = _with(steps[place], is_automated=True, wait=None, blocked=None, people=None)
    return _set((*steps[:place], step, *steps[place + 1 :]), change)


def _remove(steps: Steps, change: Change) -> Steps:
    place = _place(steps, change.step)
    return (*steps[:place], *steps[place + 1 :])


def _merge(steps: Steps, change: Change) -> Steps:
    """Two steps and all queues between them become one: the work adds up, the waits between them are gone.

    A queue that is merged with its neighbour keeps its wait: nothing stood between.
    """
    first, last = sorted((_place(steps, change.step), _place(steps, change.other or "")))
    between = [step.name for step in steps[first + 1 : last] if step.mode == "active"]
    if first == last or between:
        raise DefinitionError(
            f"{change.step!r} can't be merged with {change.other!r}"
            + (f": between them stands {between[0]!r}." if between else ".")
        )
    one, two = steps[first], steps[last]
    merged = MapStep(
        name=change.name or f"{one.name} and {two.name}",
        mode="active" if "active" in (one.mode, two.mode) else "wait",
        wait=one.wait if one.mode == two.mode == "active" else (one.wait or 0) + (two.wait or 0),
        process=(one.process or 0) + (two.process or 0),
        blocked=(one.blocked or 0) + (two.blocked or 0),
        accurate=_product(one.accurate, two.accurate),
        people=max(one.people or 0, two.people or 0) or None,
        team=one.team,
        batch=two.batch,
        wip_limit=one.wip_limit,
        stages=tuple(dict.fromkeys(one.stages + two.stages)),
        aims=one.aims + two.aims,
        is_handoff=one.is_handoff,
    )
    return (*steps[:first], _with(merged, **_said(change)), *steps[last + 1 :])


def _product(one: float | None, two: float | None) -> float | None:
    known = [ratio for ratio in (one, two) if ratio is not None]
    return prod(known) if known else None


def _split(steps: Steps, change: Change) -> Steps:
    """The work is shared: the first half gets what the change says, else half; the second has the rest, and no wait."""
    place = _place(steps, change.step)
    step = steps[place]
    if not change.other:
        raise DefinitionError(f"the second half of {change.step!r} has no name.")
    work = step.process or 0
    first = work / 2 if change.process is None else change.process
    if first > work:
        raise DefinitionError(f"the first half of {change.step!r} would have more work than the whole.")
    said = {"accurate": None, **_said(change), "process": first, "name": change.name or step.name}
    one = _with(step, **said)
    two = _with(step, name=change.other, process=work - first, wait=None, blocked=None)
    return (*steps[:place], one, two, *steps[place + 1 :])


def _add(steps: Steps, change: Change) -> Steps:
    if not change.name:
        raise DefinitionError("the added step has no name.")
    place = _place(steps, change.step) + 1 if change.step else 0
    mode = "active" if change.process else "wait"
    added = MapStep.model_validate({"name": change.name, "mode": mode, **_said(change)})
    return (*steps[:place], added, *steps[place:])


DO: dict[str, Callable[[Steps, Change], Steps]] = {
    "set": _set,
    "automate": _automate,
    "remove": _remove,
    "merge": _merge,
    "split": _split,
    "add": _add,
}
