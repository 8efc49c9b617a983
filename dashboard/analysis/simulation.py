"""A flow run event by event: items come as often as measured, take measured ways, and stay as long as measured.

What somebody designs changes the stays, the ways, or lets items wait for a place (limits). The same seed gives the
same answer. Source: Law, Simulation Modeling and Analysis, 5th edition, 2015, chapters 1 and 5 (a model is
believed when it reproduces the system that was measured).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import simpy

SEED = 20_240_501
RUNS, MOST_ITEMS, WARM_UP = 100, 250, 100
FEWEST_ITEMS = 30
LOW, HIGH, LIKELY = 2.5, 97.5, 95.0
END = "\0end"
Waiting = Generator[simpy.Event, Any, None]
# Returns never take more than this share of what leaves a stage, or items would not come to an end.
MOST_RETURNS = 0.95


@dataclass(frozen=True)
class Part:
    """What a node makes of a measured stage: its stays, the work and the idle part each times a factor."""

    stage: str
    process_factor: float = 1.0
    idle_factor: float = 1.0


@dataclass(frozen=True)
class Node:
    """A step of the simulated flow. `added_*` is mean time that no measured stage has, varied as other stays are.

    A node without parts is passed once by every item. At most `places` items are in it; `returns_factor` multiplies the
    share of items that come back to it.
    """

    name: str
    parts: tuple[Part, ...] = ()
    added_process_days: float = 0.0
    added_idle_days: float = 0.0
    places: int | None = None
    returns_factor: float = 1.0


@dataclass(frozen=True)
class Interval:
    """A value over all runs, and between what most runs (95 %) gave."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Simulated:
    """Lead times in days of all runs together, sorted, with their median, 85th percentile and mean.

    `farthest` is how far the curve of one run is from that of all, at most (in 95 % of the runs): a share, 0…1.
    """

    lead_days: tuple[float, ...]
    half: Interval
    most: Interval
    mean: Interval
    farthest: float


@dataclass(frozen=True)
class Measured:
    """Journeys as the simulation draws from them: stays and next stages by stage, first stages, gaps in days."""

    lead_days: tuple[float, ...]
    stays: Mapping[str, Sequence[tuple[float, float]]]
    nexts: Mapping[str, Mapping[str, int]]
    firsts: Mapping[str, int]
    gaps: tuple[float, ...]
    order: tuple[str, ...]

    @property
    def items_per_day(self) -> float:
        """How many come and leave."""
        return len(self.gaps) / sum(self.gaps)


def measured_of(journeys: pd.DataFrame, order: Sequence[str], items_per_day: float) -> Measured:
    """What a table of charts.journeys tells; `order` are the stages of the reference path.

    Gaps between arrivals are those measured, made so long that as many come as leave (`items_per_day`). Stays that no
    stage collects are a stage without a name.
    """
    table = journeys.assign(stage=journeys["stage"].fillna(""))
    stays: dict[str, list[tuple[float, float]]] = defaultdict(list)
    nexts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    firsts: dict[str, int] = defaultdict(int)
    for _, rows in table.groupby("item_id", sort=False):
        way = list(rows["stage"])
        firsts[way[0]] += 1
        for stage, process, idle in zip(way, rows["process_days"], rows["idle_days"], strict=True):
            stays[stage].append((float(process), float(idle)))
        for stage, following in pairwise([*way, END]):
            nexts[stage][following] += 1
    items = table.drop_duplicates("item_id")
    gaps = items["created_at"].sort_values().diff().dt.total_seconds().iloc[1:].to_numpy() / 86_400
    scale = 1 / items_per_day / gaps.mean() if len(gaps) and gaps.mean() else 1.0
    named = [stage for stage in order if stage in stays]
    return Measured(
        tuple(sorted(float(days) for days in items["lead_days"])),
        dict(stays),
        {stage: dict(ways) for stage, ways in nexts.items()},
        dict(firsts),
        tuple(float(gap) for gap in gaps * scale) or (1 / items_per_day,),
        (*named, *(stage for stage in stays if stage not in named)),
    )


def as_measured(measured: Measured) -> tuple[Node, ...]:
    """The flow as it is: a node a stage, nothing changed."""
    return tuple(Node(stage, (Part(stage),)) for stage in measured.order)


def simulate(measured: Measured, nodes: Sequence[Node], runs: int = RUNS, seed: int = SEED) -> Simulated:
    """Lead times of the flow that the nodes make, over so many runs of as many items as were measured (at most 250)."""
    items = min(len(measured.lead_days), MOST_ITEMS)
    flow = _Flow(measured, nodes)
    samples = [_run(flow, items, Random(f"{seed} {run}")) for run in range(runs)]
    everything = np.sort(np.concatenate(samples))
    return Simulated(
        tuple(float(days) for days in everything),
        _interval(everything, samples, 50),
        _interval(everything, samples, 85),
        Interval(float(everything.mean()), *_between([float(sample.mean()) for sample in samples])),
        float(np.percentile([_apart(sample, everything) for sample in samples], LIKELY)),
    )


def overloaded(measured: Measured, nodes: Sequence[Node]) -> tuple[str, ...]:
    """The nodes with a limit to which more work comes than their places can do: what waits for them only grows."""
    passed = {stage: len(stays) / len(measured.lead_days) for stage, stays in measured.stays.items()}
    return tuple(
        node.name
        for node in nodes
        if node.places and measured.items_per_day * _days_per_item(measured, node, passed) >= node.places
    )


def _days_per_item(measured: Measured, node: Node, passed: Mapping[str, float]) -> float:
    return sum(
        passed.get(part.stage, 0) * float(np.mean([p * part.process_factor + i * part.idle_factor for p, i in stays]))
        for part in node.parts
        if (stays := measured.stays.get(part.stage))
    ) + (node.added_process_days + node.added_idle_days)


def is_close(measured: Measured, current: Simulated) -> bool:
    """Whether the simulated current flow has the measured median and 85th percentile within its intervals, and its
    curve as near to the measured one as one run is to all."""
    half, most = np.percentile(measured.lead_days, [50, 85])
    is_near = apart(measured, current) <= current.farthest
    return current.half.holds(float(half)) and current.most.holds(float(most)) and is_near


def apart(measured: Measured, current: Simulated) -> float:
    """The largest difference between the measured and the simulated share of items done by a day, 0…1.

    Source: the statistic of Kolmogorov and Smirnov; Law (above), chapter 6.
    """
    return _apart(np.array(measured.lead_days), np.array(current.lead_days))


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    days = np.concatenate([one, other])
    shares = [np.searchsorted(np.sort(each), days, side="right") / len(each) for each in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def _interval(everything: np.ndarray, samples: Sequence[np.ndarray], percentile: float) -> Interval:
    each = [float(np.percentile(sample, percentile)) for sample in samples]
    return Interval(float(np.percentile(everything, percentile)), *_between(each))


def _between(values: Sequence[float]) -> tuple[float, float]:
    low, high = np.percentile(values, [LOW, HIGH])
    return float(low), float(high)


class _Flow:
    """Everything of a simulation that does not change from run to run."""

    def __init__(self, measured: Measured, nodes: Sequence[Node]) -> None:
        self.nodes, self.gaps, self.stays = tuple(nodes), measured.gaps, measured.stays
        self.visits: dict[str, list[tuple[int, Part]]] = defaultdict(list)
        for number, node in enumerate(nodes):
            for part in node.parts:
                self.visits[part.stage].append((number, part))
        self.alone = tuple(number for number, node in enumerate(nodes) if not node.parts)
        self.shapes = _shapes(measured)
        self.starts = _weights(measured.firsts)
        self.leaves = {stage: _weights(self._ways(measured, stage)) for stage in measured.nexts}
        self.is_coupled = any(node.places for node in nodes)

    def _ways(self, measured: Measured, stage: str) -> dict[str, float]:
        """Where items go from a stage: returns as often as designed, the other ways share the rest as before."""
        ways = measured.nexts[stage]
        whole, place = sum(ways.values()), {name: number for number, name in enumerate(measured.order)}
        shares = {name: count / whole for name, count in ways.items()}
        back = {name for name in ways if name != END and place[name] <= place[stage]}
        kept = {name: shares[name] * self._returns_factor(name) for name in back}
        most = MOST_RETURNS if back != set(ways) else 1.0
        shrink = min(1.0, most / sum(kept.values())) if sum(kept.values()) else 1.0
        kept = {name: share * shrink for name, share in kept.items()}
        forward = sum(share for name, share in shares.items() if name not in back)
        rest = 1 - sum(kept.values())
        onward = {name: share / forward * rest for name, share in shares.items() if name not in back}
        return {**kept, **(onward or {END: rest})}

    def _returns_factor(self, stage: str) -> float:
        places = self.visits.get(stage)
        return self.nodes[places[0][0]].returns_factor if places else 1.0

    def place(self, stage: str) -> int:
        """The number of a stage's first node; the end is behind all nodes, a removed stage nowhere."""
        places = self.visits.get(stage)
        return places[0][0] if places else len(self.nodes) if stage == END else -1


def _shapes(measured: Measured) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Stays of work and of waiting as multiples of their stage's mean, all stages together."""
    shapes: tuple[list[float], list[float]] = ([], [])
    for stays in measured.stays.values():
        for kind in (0, 1):
            values = [stay[kind] for stay in stays]
            mean = sum(values) / len(values)
            shapes[kind].extend(value / mean for value in values if mean)
    return tuple(shapes[0]) or (1.0,), tuple(shapes[1]) or (1.0,)


def _weights(counts: Mapping[str, float]) -> tuple[list[str], list[float]]:
    """Names with the sums of their weights, as `choices` wants them."""
    names = list(counts)
    return names, [float(weight) for weight in np.cumsum([counts[name] for name in names])]


class _Run:
    """One run: its clock, its chances, and where items wait for each other."""

    def __init__(self, flow: _Flow, random: Random) -> None:
        self.flow, self.random, self.env = flow, random, simpy.Environment()
        self.places = [simpy.Resource(self.env, node.places) if node.places else None for node in flow.nodes]

    def journey(self) -> Waiting:
        """One item's way from its first stage to the end."""
        stage, to_pass = self._one_of(self.flow.starts), list(self.flow.alone)
        while True:
            while to_pass and to_pass[0] < self.flow.place(stage):
                yield from self._stay(number := to_pass.pop(0), self._added(number))
            if stage == END:
                return
            for number, part in self.flow.visits.get(stage, ()):
                process, idle = self.random.choice(self.flow.stays[stage])
                days = process * part.process_factor + idle * part.idle_factor
                yield from self._stay(number, days + self._added(number))
            stage = self._one_of(self.flow.leaves[stage])

    def _stay(self, number: int, days: float) -> Waiting:
        """In a node: wait for a place, and stay."""
        place = self.places[number]
        if place is None:
            yield self.env.timeout(days)
        else:
            with place.request() as asked:
                yield asked
                yield self.env.timeout(days)

    def _added(self, number: int) -> float:
        node, (work, wait) = self.flow.nodes[number], self.flow.shapes
        added = node.added_process_days * self.random.choice(work) if node.added_process_days else 0.0
        return added + (node.added_idle_days * self.random.choice(wait) if node.added_idle_days else 0.0)

    def _one_of(self, weighted: tuple[list[str], list[float]]) -> str:
        return self.random.choices(weighted[0], cum_weights=weighted[1])[0]


def _run(flow: _Flow, items: int, random: Random) -> np.ndarray:
    """Lead times of so many items; where items wait for each other, those that came when it was empty are left out."""
    run = _Run(flow, random)
    first = WARM_UP if flow.is_coupled else 0
    done: list[float] = []
    enough = run.env.event()

    def item(number: int) -> Waiting:
        began = run.env.now
        yield from run.journey()
        if first <= number < first + items:
            done.append(run.env.now - began)
            if len(done) == items:
                enough.succeed()

    def arrivals() -> Waiting:
        for number in count():
            run.env.process(item(number))
            yield run.env.timeout(random.choice(flow.gaps))

    run.env.process(arrivals())
    run.env.run(until=enough)
    return np.array(done)
