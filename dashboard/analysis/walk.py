"""A walk along the stream: where it stops, and what the data say there in plain sentences.

A stop is a step in which work is done, with the queues that it takes its work from; the queues after the last step
belong to that one. Where no step is marked as work, every stage is a stop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.theme import FEW, counted, formatted

DAYS_A_WEEK = 7
# So many on one day are a batch, where they are also three times what leaves on an average day.
BATCH, TIMES_AVERAGE = 5, 3
TOLD = 3  # of reasons, and of stages that work goes back to


@dataclass(frozen=True)
class Place:
    """A stage as the walk sees it. `share` is that of the mean lead time; half of what left it did so on days when
    `half_together` or more left, None where nothing did. `deployed` is the median size of the deployments that it
    waits for, in what, and how many they are."""

    name: str
    is_backlog: bool
    mean_days: float
    share: float
    in_it: int
    wip_limit: int | None
    handoff_ratio: float
    leaves_per_day: float
    half_together: int | None
    most_together: int | None
    deployed: tuple[float, str, int] | None = None

    @property
    def over_limit(self) -> int:
        """How many more are in it than are agreed; 0 where no limit is."""
        return max(0, self.in_it - self.wip_limit) if self.wip_limit is not None else 0

    @property
    def is_batch(self) -> bool:
        """Whether items leave it together, though not because so many leave it every day."""
        together = self.half_together or 0
        return together >= BATCH and together >= TIMES_AVERAGE * self.leaves_per_day


@dataclass(frozen=True)
class Handed:
    """Items handed from step to step, and those of them that later went back to the first, or further."""

    items: int
    returned: int

    @property
    def accurate_ratio(self) -> float:
        """%C&A; 1 where nothing was handed."""
        return 1 - self.returned / self.items if self.items else 1.0


@dataclass(frozen=True)
class Stop:
    """A step of the walk. `came_back` and `sent_back` are (stage, moves), `blocks` (reason or None, stays)."""

    place: Place
    is_work: bool
    activity: str
    team: str | None
    visited_items: int
    blocked_days: float
    rework_ratio: float
    arrivals_per_day: float
    falls_behind: bool
    before: tuple[Place, ...]
    after: tuple[Place, ...]
    received: Handed
    produced: Handed
    came_back: tuple[tuple[str, int], ...]
    sent_back: tuple[tuple[str, int], ...]
    blocks: tuple[tuple[str | None, int], ...]
    constraint: str | None
    is_last: bool
    sees_waits: bool

    @property
    def name(self) -> str:
        """The name of the step."""
        return self.place.name

    @property
    def places(self) -> tuple[Place, ...]:
        """The step and the queues that are looked at from it."""
        return (*self.before, self.place, *(self.after if self.is_last else ()))


@dataclass(frozen=True)
class Tables:
    """charts.map_steps, charts.accuracy, charts.map_back_flows, charts.step_batches and charts.step_blocks."""

    steps: pd.DataFrame
    accuracy: pd.DataFrame
    back_flows: pd.DataFrame
    batches: pd.DataFrame
    blocks: pd.DataFrame


def stops(tables: Tables, constraint: tuple[str, str] | None, falling_behind: Collection[str]) -> tuple[Stop, ...]:
    """The stops in the order of the path. `constraint` is its step and the reason; `falling_behind` are names."""
    steps = tables.steps.reset_index(drop=True)
    if steps.empty or steps["mean_days"].isna().all():
        return ()
    known = _places(steps, tables.batches)
    is_work = steps["mode"] == "active"
    numbers = list(steps.index[is_work] if is_work.any() else steps.index)
    return tuple(
        _stop(tables, steps, known, number, number == numbers[-1], constraint, falling_behind) for number in numbers
    )


def queues_beside(steps: pd.DataFrame, place: int, before: bool) -> pd.DataFrame:
    """The waiting stages next to a step, on one side; `steps` is numbered from 0."""
    side = steps.loc[:place].iloc[-2::-1] if before else steps.loc[place + 1 :]
    is_wait = (side["mode"] == "wait").cummin()
    return side[is_wait].sort_index()


def facts(stop: Stop) -> list[str]:
    """What is known of a step, a sentence each."""
    return [
        *_time(stop),
        *([f"It is the constraint: {stop.constraint}."] if stop.constraint else []),
        *(_waits(place, "Before it") for place in stop.before),
        *(_waits(place, "After it") for place in stop.after),
        _present(stop),
        _rates(stop),
        *(batch_words(place) for place in stop.places if place.is_batch),
        *[_deployed(place.deployed) for place in stop.places if place.deployed][:1],
        *_handed(stop),
        *_back(stop),
        *(handoff_words(place) for place in stop.places if place.handoff_ratio >= 0.05),
        *_blocked(stop),
        *_kind(stop),
    ]


def batch_words(place: Place) -> str:
    """How many leave a place at once."""
    return (
        f"Items leave {place.name} in batches: half of them left on days when {place.half_together:,} or more did; "
        f"the largest batch was {place.most_together:,}."
    )


def handoff_words(place: Place) -> str:
    """How often the work changes teams on its way into a place."""
    share = formatted(place.handoff_ratio, "ratio")
    return f"Work changes teams on its way into {place.name}: {share} of the times that an item came there."


def listed(parts: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'; nothing of nothing."""
    *first, last = ["", *parts]
    return f"{', '.join(first[1:])} and {last}" if first[1:] else last


def _stop(
    tables: Tables,
    steps: pd.DataFrame,
    known: dict[str, Place],
    number: int,
    is_last: bool,
    constraint: tuple[str, str] | None,
    falling_behind: Collection[str],
) -> Stop:
    row = steps.loc[number]
    name, is_work = str(row["stage"]), row["mode"] == "active"
    before, after = (_beside(steps, known, number, side) if is_work else () for side in (True, False))
    own = {name, *(place.name for place in (*before, *(after if is_last else ())))}
    accuracy, back = tables.accuracy, tables.back_flows
    return Stop(
        place=known[name],
        is_work=is_work,
        activity=str(row["activity"]),
        team=str(row["team"]) if pd.notna(row["team"]) else None,
        visited_items=int(row["visited_items"]),
        blocked_days=max(0.0, float(row["mean_days"] - row["process_days"])) if is_work else 0.0,
        rework_ratio=_number(row["rework_ratio"]),
        arrivals_per_day=float(row["arrivals_per_day"]),
        falls_behind=name in falling_behind,
        before=before,
        after=after,
        received=_sum(accuracy[(accuracy["to_step"] == name) & (accuracy["from_step"] != name)]),
        produced=_sum(accuracy[accuracy["from_step"] == name]),
        came_back=_moves(back[back["to_stage"].isin(own) & ~back["from_stage"].isin(own)], "from_stage"),
        sent_back=_moves(back[back["from_stage"].isin(own) & ~back["to_stage"].isin(own)], "to_stage"),
        blocks=_reasons(tables.blocks, name),
        constraint=constraint[1] if constraint and constraint[0] == name else None,
        is_last=is_last,
        sees_waits=bool((steps["mode"] == "wait").any()),
    )


def _places(steps: pd.DataFrame, batches: pd.DataFrame) -> dict[str, Place]:
    lead = float(steps["mean_days"].sum())
    left = {str(row["stage"]): row for row in batches.to_dict("records")}
    return {
        str(row["stage"]): Place(
            name=str(row["stage"]),
            is_backlog=row["category"] == "backlog",
            mean_days=float(row["mean_days"]),
            share=float(row["mean_days"]) / lead if lead else 0.0,
            in_it=int(row["work_in_progress"]),
            wip_limit=int(row["wip_limit"]) if pd.notna(row["wip_limit"]) else None,
            handoff_ratio=_number(row["handoff_ratio"]),
            leaves_per_day=float(row["departures_per_day"]),
            half_together=_count(left, row["stage"], "half_together"),
            most_together=_count(left, row["stage"], "most_together"),
            deployed=_deployments(row),
        )
        for row in steps.to_dict("records")
    }


def _beside(steps: pd.DataFrame, known: dict[str, Place], number: int, before: bool) -> tuple[Place, ...]:
    return tuple(known[str(name)] for name in queues_beside(steps, number, before)["stage"])


def _count(left: dict[str, Any], stage: Any, column: str) -> int | None:
    return int(left[str(stage)][column]) if str(stage) in left else None


def _deployments(row: Mapping[Any, Any]) -> tuple[float, str, int] | None:
    if pd.isna(row["batch_size"]):
        return None
    return float(row["batch_size"]), str(row["batch_unit"]), int(row["deployments_count"])


def _number(value: Any) -> float:
    return 0.0 if pd.isna(value) else float(value)


def _sum(edges: pd.DataFrame) -> Handed:
    return Handed(int(edges["items"].sum()), int(edges["returned"].sum()))


def _moves(rows: pd.DataFrame, column: str) -> tuple[tuple[str, int], ...]:
    """(stage, moves), the most first."""
    sums = rows.groupby(column)["moves"].sum().sort_values(ascending=False, kind="stable")
    return tuple((str(stage), int(moves)) for stage, moves in sums.items())


def _reasons(blocks: pd.DataFrame, name: str) -> tuple[tuple[str | None, int], ...]:
    rows = blocks[blocks["stage"] == name].to_dict("records")
    return tuple((str(row["reason"]) if pd.notna(row["reason"]) else None, int(row["times"])) for row in rows)


def _time(stop: Stop) -> list[str]:
    if not stop.visited_items:
        return ["No item that finished in this period came through it."]
    days, share = formatted(stop.place.mean_days, "days"), formatted(stop.place.share, "ratio")
    does = "is here for" if stop.is_work else "waits here for"
    blocked = f", {formatted(stop.blocked_days, 'days')} of that blocked" if stop.blocked_days >= 1 / 24 else ""
    said = [f"On average an item {does} {days}{blocked}. That is {share} of its whole way."]
    if stop.visited_items < FEW:
        return [*said, f"Only {counted(stop.visited_items)} came through: these figures are no more than a hint."]
    return [*said, f"{stop.visited_items:,} items that finished in this period came through it."]


def _waits(place: Place, where: str) -> str:
    held = "nothing waits" if not place.in_it else f"{place.in_it:,} {'waits' if place.in_it == 1 else 'wait'}"
    days = formatted(place.mean_days, "days")
    return f"{where}, items wait {days} in {place.name}; {held} there at the end of the period{_limit(place)}."


def _present(stop: Stop) -> str:
    count = stop.place.in_it
    are = f"{counted(count)} {'is' if count == 1 else 'are'}" if count else "Nothing is"
    return f"{are} in it at the end of the period{_limit(stop.place)}."


def _limit(place: Place) -> str:
    if place.wip_limit is None:
        return ""
    over = f", {place.over_limit:,} too many" if place.over_limit else ""
    return f"; the agreed limit is {place.wip_limit:,}{over}"


def _rates(stop: Stop) -> str:
    come, leave = (DAYS_A_WEEK * rate for rate in (stop.arrivals_per_day, stop.place.leaves_per_day))
    behind = ": it falls behind" if stop.falls_behind else ""
    return f"In a week {come:,.1f} come in and {leave:,.1f} leave{behind}."


def _deployed(batch: tuple[float, str, int]) -> str:
    size, unit, count = batch
    many = "The one deployment" if count == 1 else f"Half of the {count:,} deployments"
    more = "" if count == 1 else " or fewer"
    return f"{many} of this period held {formatted(size, 'items')} {unit}{more}."


def _handed(stop: Stop) -> list[str]:
    came, left = stop.received, stop.produced
    said = []
    if came.items:
        back = f"{came.returned:,} later went back to where they came from, or further: {_accurate(came)}"
        said.append(_of(came, "handed to it", back, "went back later"))
    if left.items:
        back = f"{left.returned:,} later came back to it, or to a step before it: {_accurate(left)}"
        said.append(_of(left, "that it handed on", back, "came back later"))
    return said


def _of(handed: Handed, which: str, back: str, never: str) -> str:
    if handed.returned:
        return f"Of {counted(handed.items)} {which}, {back}."
    none = "The one item" if handed.items == 1 else f"None of the {handed.items:,} items"
    return f"{none} {which} {'never ' if handed.items == 1 else ''}{never}."


def _accurate(handed: Handed) -> str:
    return f"{formatted(handed.accurate_ratio, 'ratio')} were complete and accurate"


def _back(stop: Stop) -> list[str]:
    came, sent = _moved("from", stop.came_back), _moved("to", stop.sent_back)
    said = [f"Work came back here {came}."] if came else []
    return [*said, f"Work went back from here {sent}."] if sent else said


def _moved(way: str, moves: Sequence[tuple[str, int]]) -> str:
    """'from a once, from b twice, and 4 times from other stages'."""
    said, rest = [f"{way} {name} {_times(count)}" for name, count in moves[:TOLD]], sum(n for _, n in moves[TOLD:])
    return listed([*said, f"{way} other stages {_times(rest)}"] if rest else said)


def _blocked(stop: Stop) -> list[str]:
    if not stop.blocks:
        return []
    told = [f"{reason or 'no reason told'} ({_times(times)})" for reason, times in stop.blocks[:TOLD]]
    more = ", and for other reasons" if len(stop.blocks) > TOLD else ""
    return [f"Items were blocked here: {listed(told) if not more else ', '.join(told)}{more}."]


def _kind(stop: Stop) -> list[str]:
    said = [f"It belongs to {stop.team}."] if stop.team else []
    if stop.is_work and stop.activity == "NNVA":
        said.append("By its definition it adds no value for the customer, but is needed.")
    if stop.is_work and stop.activity == "NVA":
        said.append("By its definition it adds no value for the customer.")
    if not stop.sees_waits:
        said.append("No stage of this stream is marked as waiting: what waits in here can't be told from work.")
    return said


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")
