"""The health of the improvement effort: what is missing, late or forgotten in a stream's plan, each with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.streams.definition import Stream
from dashboard.streams.plan import Initiative, Plan

REASSESSED_EVERY_DAYS = 183
MANY_MAPS = 3
GOING = ("planned", "running")
# They are dated by the finish and made of the time in every stage: the stage tells of a change sooner and alone.
METRICS_OF_TIME = frozenset({"lead_time", "cycle_time", "process_time", "wait_time"})


@dataclass(frozen=True)
class Ailment:
    """What is not well: whom it concerns, what it is, and why that matters."""

    subject: str
    what: str
    why: str


def ailments(
    plan: Plan, stream: Stream, today: dt.date, reviews: Sequence[dt.date], assessed: Sequence[dt.date], maps: int
) -> tuple[Ailment, ...]:
    """All that is not well as of a day, in a fixed order.

    `reviews` are the days on which the plan was looked at, `assessed` those on which the map was (a walk), `maps` how
    many designed maps and recorded walks there are.
    """
    found = [each for initiative in plan.initiative for each in _of_initiative(initiative, today, reviews)]
    return (*found, *_of_map(stream, today, assessed), *_of_effort(plan, stream, maps))


def _of_initiative(initiative: Initiative, today: dt.date, reviews: Sequence[dt.date]) -> Iterator[Ailment]:
    if initiative.status == "stopped":
        return
    for gap, value, why in (
        ("owner", initiative.owner, "Without one, nobody is asked when it stands still."),
        ("start", initiative.start, "Without one, before and after can't be told apart."),
        ("measure", initiative.metric, "Without one, nobody can say whether it worked."),
        ("stage", initiative.stage, "Without one, the map can't show where it is aimed."),
    ):
        if not value:
            yield Ailment(initiative.name, f"has no {gap}", why)
    if initiative.due and initiative.due < today and initiative.status in GOING:
        late = (today - initiative.due).days
        yield Ailment(
            initiative.name,
            f"was due {late:,} {'day' if late == 1 else 'days'} ago and is {initiative.status}",
            "Either it is done, or it needs another day, or it should be stopped.",
        )
    if _is_measured(initiative, today) and not any(str(initiative.start) <= str(on) <= str(today) for on in reviews):
        yield Ailment(
            initiative.name,
            "is measured, and no review has looked at it since it started",
            "A measure that nobody looks at changes nothing.",
        )


def _is_measured(initiative: Initiative, today: dt.date) -> bool:
    has_begun = initiative.start is not None and initiative.start < today
    return bool(initiative.metric) and has_begun and initiative.status in ("running", "done")


def _of_map(stream: Stream, today: dt.date, assessed: Sequence[dt.date]) -> Iterator[Ailment]:
    why = "A map that is older than the work it shows leads to the wrong improvement."
    if stream.reassess_on:
        if stream.reassess_on < today:
            yield Ailment("The map", f"was to be reassessed by {_day(stream.reassess_on)}", why)
        return
    last = max((on for on in assessed if on <= today), default=None)
    if last is None:
        yield Ailment("The map", "has no day on which it is reassessed, and no walk along it is recorded", why)
    elif (today - last).days > REASSESSED_EVERY_DAYS:
        yield Ailment("The map", f"was last walked on {_day(last)}, more than six months ago", why)


def _of_effort(plan: Plan, stream: Stream, maps: int) -> Iterator[Ailment]:
    going = [each for each in plan.initiative if each.status in GOING]
    if maps >= MANY_MAPS and not going:
        yield Ailment(
            "The effort",
            f"has {maps:,} maps and walks, and no initiative that is planned or running",
            "Maps are drawn to change something.",
        )
    if plan.objective and not plan.target:
        yield Ailment("The objectives", "have no target", "Without a number and a day nobody knows when they are met.")
    if not stream.stakeholders:
        yield Ailment("The stream", "names no stakeholders", "Those who depend on it should be asked what they need.")
    if not stream.owner:
        yield Ailment("The stream", "names no owner", "Somebody has to decide when two goals collide.")


def simultaneous(plan: Plan, today: dt.date) -> tuple[tuple[Initiative, Initiative], ...]:
    """Pairs of initiatives that may move the same and whose times overlap: their effects can't be told apart."""
    timed = sorted(
        (each for each in plan.initiative if each.metric and each.start and each.start <= today),
        key=lambda each: str(each.start),
    )
    return tuple(
        (one, two)
        for place, one in enumerate(timed)
        for two in timed[place + 1 :]
        if (may_move(one, two) or may_move(two, one)) and two.start and two.start < _ends(one, today)
    )


def is_judged_at_its_stage(initiative: Initiative) -> bool:
    """Whether its verdict is on the time in the stage it is aimed at: it names a stage, and a metric of time."""
    return bool(initiative.stage) and initiative.metric in METRICS_OF_TIME


def may_move(initiative: Initiative, other: Initiative) -> bool:
    """Whether another initiative may move what this one is judged by: it is aimed at the same stage, or has the same
    metric, unless this one is judged at its stage and the other is aimed at another."""
    if initiative.stage and initiative.stage == other.stage:
        return True
    if is_judged_at_its_stage(initiative) and other.stage:
        return False
    return initiative.metric is not None and initiative.metric == other.metric


def succeeded_by(plan: Plan, initiative: Initiative) -> Initiative | None:
    """The next initiative to start that may move the same measure: what moves from then on may be its effect."""
    return min(
        (each for each in _moving(plan, initiative) if str(each.start) > str(initiative.start)),
        key=lambda each: str(each.start),
        default=None,
    )


def preceded_by(plan: Plan, initiative: Initiative) -> Initiative | None:
    """The last one to start before it that may move the same measure: what moved since then may be its effect."""
    return max(
        (each for each in _moving(plan, initiative) if str(each.start) < str(initiative.start)),
        key=lambda each: str(each.start),
        default=None,
    )


def _moving(plan: Plan, initiative: Initiative) -> list[Initiative]:
    """The others that have a start and may move what it is judged by; none where it has no start itself."""
    return [each for each in plan.initiative if each.start and initiative.start and may_move(initiative, each)]


def _ends(initiative: Initiative, today: dt.date) -> dt.date:
    """Until when it changes something: its last milestone or due day; today where it names none and is going on."""
    named = [each.on for each in initiative.milestones] + ([initiative.due] if initiative.due else [])
    return max(named, default=today)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
