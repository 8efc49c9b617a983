"""The slow, obvious version of each metric: loops over canonical rows, no SQL, no frames.

Written from the definitions of the metrics, to disagree with the queries where they are wrong. It knows one time
zone, UTC, and the default calendar, weekdays 9 to 17 without holidays: zones and holidays are tested where they are
made. States that no stage collects, quiet ends and persons are not known here either.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from dashboard.scope import Scope

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
Interval = tuple[dt.datetime, dt.datetime]
Entry = tuple[str, dt.datetime, tuple[str | None, str | None]]
Measured = list[tuple[dt.date, float | None, int]]

DAY = 86_400
HOUR = 3_600
ATTRIBUTION_WINDOW = dt.timedelta(days=7)
ENOUGH_FOR_A_USUAL_AGE = 5
ENOUGH_ANSWERS = 5
ENOUGH_PEOPLE = 5
NOBODY = (None, None)


# Where an item was before anybody told.
UNKNOWN: dict[str, Any] = {
    "name": "(unknown)",
    "states": ("(unknown)",),
    "position": 0,
    "category": None,
    "mode": "wait",
    "activity": "NVA",
    "waste": None,
    "team": None,
}


@dataclass
class Visit:
    """A stay in a stage, `[entered, left)`; `left` is the stream's now where the item is still there."""

    stage: dict[str, Any]
    entered: dt.datetime
    left: dt.datetime
    owner: str | None = None
    person: str | None = None
    is_rework: bool = False
    is_handoff: bool = False

    @property
    def position(self) -> int:
        """Order of the stage in the reference path."""
        return int(self.stage["position"])


@dataclass
class Item:
    """A work item with its visits and what follows from them."""

    item_id: str
    type: str | None
    team: str | None
    created: dt.datetime
    visits: list[Visit]
    starts: list[dt.datetime]
    finished: dt.datetime | None
    cancelled: dt.datetime | None
    in_flow: list[Visit]
    until: dt.datetime
    blocked: list[Interval]
    is_start_unknown: bool = False

    @property
    def ended(self) -> dt.datetime | None:
        """When it left progress."""
        return self.finished or self.cancelled

    def start(self, rule: str) -> dt.datetime | None:
        """The first or the last crossing into progress."""
        return None if not self.starts else self.starts[0] if rule == "first" else self.starts[-1]


@dataclass
class History:
    """All that happened on one stream."""

    tables: Tables
    stages: list[dict[str, Any]]
    now: dt.datetime
    items: list[Item] = field(default_factory=list)


# -- from rows to items ------------------------------------------------------------------------------------------


def read(tables: Tables, stages: Sequence[Row]) -> History:
    """The history that canonical rows and a list of stages tell."""
    history = History(tables, numbered(stages), last_event(tables))
    described = {row["item_id"]: row for row in tables.get("items", [])}
    moved = {row["item_id"] for row in tables.get("transitions", [])}
    ends = ends_of(history)
    # An end that nobody dates is neither in progress nor finished.
    waiting = {key for key, row in described.items() if dates(row) or (row.get("status") and row["status"] not in ends)}
    for item_id in sorted(moved | waiting):
        history.items.append(read_item(history, item_id, described.get(item_id, {})))
    return history


def ends_of(history: History) -> set[str]:
    """The states in which items end."""
    ends = [stage for stage in history.stages if stage["category"] in ("done", "cancelled")]
    return {state for stage in ends for state in stage["states"]}


def dates(row: Row) -> list[dt.datetime]:
    """What a row without history tells of the item's start and end."""
    return [row[key] for key in ("started_at", "finished_at", "cancelled_at") if row.get(key)]


def numbered(stages: Sequence[Row]) -> list[dict[str, Any]]:
    """Stages with positions 1, 2, … and the defaults: an active stage adds value, a waiting one does not."""
    return [
        {
            "position": position,
            "states": (stage["name"],),
            "mode": "active",
            "category": "in-progress",
            "team": None,
            "waste": None,
            "activity": "NVA" if stage.get("mode") == "wait" else "VA",
            **stage,
        }
        for position, stage in enumerate(stages, start=1)
    ]


def last_event(tables: Tables) -> dt.datetime:
    """The stream's now: the last instant that any row names, but for a creation after the item's first event."""
    moved = {row["item_id"] for row in tables.get("transitions", [])}
    surveyed = [dt.datetime.combine(row["survey_on"], dt.time()) for row in tables.get("surveys", [])]
    named = [
        value
        for table, rows in tables.items()
        for row in rows
        for value in row.values()
        if isinstance(value, dt.datetime) and not (table == "items" and row["item_id"] in moved)
    ]
    return max(named + surveyed)


def read_item(history: History, item_id: str, described: Row) -> Item:
    """One item, its visits judged."""
    moves = sorted(
        (row for row in with_seq(history.tables.get("transitions", [])) if row["item_id"] == item_id),
        key=lambda row: (row["occurred_at"], row["seq"]),
    )
    done = {state for stage in history.stages if stage["category"] == "done" for state in stage["states"]}
    created = min(
        instant
        for instant in (
            described.get("created_at"),
            *(row["occurred_at"] for row in moves[:1]),
            *([] if moves else dates(described)),
        )
        if instant
    )
    entered = entries(moves, created, described.get("status"), done) if moves or not dates(described) else []
    path = visits(entered or dated_entries(described, created, ends_of(history)), history.stages, history.now)
    judge(path)
    category = path[-1].stage["category"]
    end = first_of_last_run(path) if category in ("done", "cancelled") else None
    ended = path[end].entered if end is not None else None
    is_dropped = bool(described.get("cancelled_at"))  # whatever the history calls its end
    teams = [row["team"] for row in moves if row.get("team")]
    return Item(
        item_id=item_id,
        type=described.get("type"),
        team=described.get("team") or (teams[-1] if teams else None),
        created=created,
        visits=path,
        starts=starts(path),
        finished=ended if category == "done" and not is_dropped else None,
        cancelled=ended if category == "cancelled" or (category == "done" and is_dropped) else None,
        in_flow=path[:end],
        until=ended or history.now,
        blocked=blocked_times(history, item_id, created, ended or history.now),
        is_start_unknown=bool(not moves and not described.get("started_at") and (ended or category == "in-progress")),
    )


def dated_entries(row: Row, created: dt.datetime, ends: set[str]) -> list[Entry]:
    """(state, since, team and person) of an item without history, by its dates; an end that nobody dates is unknown."""
    start, end = row.get("started_at"), row.get("cancelled_at") or row.get("finished_at")
    entered: list[Entry] = []
    if created < (start or end):
        entered.append(("Not started" if start else UNKNOWN["name"], created, NOBODY))
    if start:
        entered.append((UNKNOWN["name"] if row.get("status") in ends and not end else "In progress", start, NOBODY))
    if end:
        entered.append(("Withdrawn" if row.get("cancelled_at") else "Finished", end, NOBODY))
    return entered


def with_seq(transitions: Sequence[Row]) -> list[dict[str, Any]]:
    """Transitions with the source's order: their row number, where they do not bring one."""
    return [{"seq": number, **row} for number, row in enumerate(transitions)]


def entries(moves: Sequence[Row], created: dt.datetime, status: str | None, done: set[str]) -> list[Entry]:
    """(state, since, team and person) in order. The first state begins at the creation, with the first `from` value.

    What is first heard of when it is done was not done from its creation on: where it was, nobody tells.
    """
    if not moves:
        return [(str(status), created, NOBODY)]
    entered = [(row["to_state"], row["occurred_at"], (row.get("team"), row.get("person"))) for row in moves]
    first_state, first_instant, first_owner = entered[0]
    before = moves[0].get("from_state")
    if before is None and first_state in done and created < first_instant:
        return [(UNKNOWN["name"], created, NOBODY), *entered]
    if before is None or before == first_state:
        return [(first_state, created, first_owner), *entered[1:]]
    return [(before, created, NOBODY), *entered]


def visits(entered: Iterable[Entry], stages: Sequence[dict[str, Any]], now: dt.datetime) -> list[Visit]:
    """States as stays in stages: consecutive different states of one stage are one visit; the last lasts until now.

    A state that is entered again from itself is a new visit.
    """
    stage_of = {state: stage for stage in (*stages, UNKNOWN) for state in stage["states"]}
    path: list[Visit] = []
    previous_state = None
    for state, instant, (team, person) in entered:
        stage = stage_of[state]
        if not path or path[-1].stage is not stage or state == previous_state:
            if path:
                path[-1].left = instant
            path.append(Visit(stage, instant, now, stage["team"] or team or person, person))
        previous_state = state
    return path


def judge(path: Sequence[Visit]) -> None:
    """Rework: a stage visited before, or below one reached before. Hand-off: another owner than the last known.

    A queue that nobody owns waits for the team that comes next.
    """
    highest, last_owner = 0, None
    seen: set[str] = set()
    for visit, following in pairwise(path):
        if visit.owner is None and visit.stage["mode"] == "wait":
            visit.owner = following.owner
    for visit in path:
        visit.is_rework = visit.stage["name"] in seen or visit.position < highest
        visit.is_handoff = bool(visit.owner and last_owner and visit.owner != last_owner)
        seen.add(visit.stage["name"])
        highest = max(highest, visit.position)
        last_owner = visit.owner or last_owner


def starts(path: Sequence[Visit]) -> list[dt.datetime]:
    """The crossings of the line from backlog into progress or beyond (done); being cancelled crosses nothing."""
    crossings: list[dt.datetime] = []
    is_before = True
    for visit in path:
        category = visit.stage["category"]
        if is_before and category in ("in-progress", "done"):
            crossings.append(visit.entered)
        if category in ("backlog", "in-progress", "done"):
            is_before = category == "backlog"
    return crossings


def first_of_last_run(path: Sequence[Visit]) -> int:
    """Index of the visit that began the last stay in the last category."""
    index = len(path) - 1
    while index and path[index - 1].stage["category"] == path[-1].stage["category"]:
        index -= 1
    return index


def blocked_times(history: History, item_id: str, since: dt.datetime, until: dt.datetime) -> list[Interval]:
    """The union of an item's blocked intervals, before its end."""
    flags = sorted(
        (max(row["blocked_at"], since), min(row.get("unblocked_at") or history.now, until))
        for row in history.tables.get("blocked", [])
        if row["item_id"] == item_id
    )
    union: list[Interval] = []
    for begin, end in flags:
        if begin >= end:
            continue
        if union and begin <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((begin, end))
    return union


# -- clocks ------------------------------------------------------------------------------------------------------


def length(since: dt.datetime, until: dt.datetime, clock: str) -> float:
    """Seconds from one instant to another by the elapsed or the working clock."""
    return (until - since).total_seconds() if clock == "elapsed" else working_seconds(since, until)


def working_seconds(since: dt.datetime, until: dt.datetime) -> float:
    """Seconds of [since, until) on weekdays between 9 and 17."""
    total, day = 0.0, since.date()
    while day <= until.date():
        opens, closes = (dt.datetime.combine(day, dt.time(hour)) for hour in (9, 17))
        if day.weekday() < 5:
            total += max(0.0, (min(until, closes) - max(since, opens)).total_seconds())
        day += dt.timedelta(days=1)
    return total


def overlap(visit: Visit, intervals: Sequence[Interval], clock: str) -> float:
    """Seconds of a visit that lie within the intervals."""
    cuts = [(max(visit.entered, begin), min(visit.left, end)) for begin, end in intervals]
    return sum(length(begin, end, clock) for begin, end in cuts if begin < end)


def visit_seconds(visit: Visit, clock: str) -> float:
    """How long a visit lasted."""
    return length(visit.entered, visit.left, clock)


def lead_seconds(item: Item, clock: str) -> float:
    """Creation to the end, or to now."""
    return length(item.created, item.until, clock)


def cycle_seconds(item: Item, scope: Scope) -> float | None:
    """Start to the end, or to now; None where only the end is known."""
    if item.is_start_unknown:
        return None
    start = item.start(scope.start_rule)
    assert start is not None
    return length(start, item.until, scope.clock)


def process_seconds(item: Item, clock: str) -> float:
    """Time in active stages, not blocked."""
    return sum(
        visit_seconds(visit, clock) - overlap(visit, item.blocked, clock)
        for visit in item.in_flow
        if visit.stage["mode"] == "active"
    )


def value_added_seconds(item: Item, clock: str) -> float:
    """First-pass, unblocked time in active VA stages."""
    return sum(
        visit_seconds(visit, clock) - overlap(visit, item.blocked, clock)
        for visit in item.in_flow
        if visit.stage["mode"] == "active" and visit.stage["activity"] == "VA" and not visit.is_rework
    )


def rework_seconds(item: Item, clock: str) -> float:
    """Time of rework visits, before the end."""
    return sum(visit_seconds(visit, clock) for visit in item.in_flow if visit.is_rework)


def blocked_seconds(item: Item, clock: str) -> float:
    """The union of its blocked intervals."""
    return sum(length(begin, end, clock) for begin, end in item.blocked)


# -- statistics --------------------------------------------------------------------------------------------------


def statistic(values: Sequence[float], percentile: float | None) -> float | None:
    """The mean, or the interpolated percentile; null of nothing."""
    if not values:
        return None
    return sum(values) / len(values) if percentile is None else quantile_cont(values, percentile)


def quantile_cont(values: Sequence[float], share: float) -> float:
    """The interpolated quantile."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def quantile_disc(values: Sequence[float], share: float) -> float:
    """The smallest observed value that at least this share of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(Fraction(str(share)) * len(ordered)) - 1)]


def ratio(part: float, whole: float) -> float | None:
    """Null where there is nothing to divide by."""
    return part / whole if whole else None


# -- periods -----------------------------------------------------------------------------------------------------


def periods(scope: Scope) -> Iterator[tuple[dt.date, dt.date]]:
    """The periods that overlap [since, until), cut to it: days, weeks from Monday, months, quarters, or all."""
    start = scope.since
    while start < scope.until:
        end = start + dt.timedelta(days=1)
        while end < scope.until and not begins(end, scope.period):
            end += dt.timedelta(days=1)
        yield start, end
        start = end


def begins(day: dt.date, period: str) -> bool:
    """True for the first day of a full period."""
    return {
        "day": True,
        "week": day.weekday() == 0,
        "month": day.day == 1,
        "quarter": day.day == 1 and day.month in (1, 4, 7, 10),
        "all": False,
    }[period]


def within(instant: dt.datetime | None, start: dt.date, end: dt.date) -> bool:
    """True where the day of an instant lies in [start, end)."""
    return instant is not None and start <= instant.date() < end


def chosen(history: History, scope: Scope) -> list[Item]:
    """The items of the chosen teams and types."""
    return [item for item in of_teams(history, scope) if scope.types is None or item.type in scope.types]


def of_teams(history: History, scope: Scope) -> list[Item]:
    """The items of the chosen teams."""
    return [item for item in history.items if scope.teams is None or item.team in scope.teams]


def finished_in(items: Sequence[Item], start: dt.date, end: dt.date) -> list[Item]:
    """Items whose final entry into done lies in the period."""
    return [item for item in items if within(item.finished, start, end)]


def per_finished(history: History, scope: Scope, seconds: Callable[[Item], float | None]) -> Measured:
    """Percentile or mean, in days, of something about each item finished in the period, where it is known."""
    rows: Measured = []
    for start, end in periods(scope):
        found = (seconds(item) for item in finished_in(chosen(history, scope), start, end))
        values = [each / DAY for each in found if each is not None]
        rows.append((start, statistic(values, scope.percentile), len(values)))
    return rows


def ratio_of_sums(
    history: History, scope: Scope, part: Callable[[Item], float], whole: Callable[[Item], float]
) -> Measured:
    """Σ part ÷ Σ whole over items finished in the period: never a mean of ratios."""
    rows: Measured = []
    for start, end in periods(scope):
        items = finished_in(chosen(history, scope), start, end)
        rows.append((start, ratio(sum(map(part, items)), sum(map(whole, items))), len(items)))
    return rows


# -- flow --------------------------------------------------------------------------------------------------------


def lead_time(history: History, scope: Scope) -> Measured:
    """Creation → final entry into done. Percentile chosen and mean; by finish date."""
    return per_finished(history, scope, lambda item: lead_seconds(item, scope.clock))


def cycle_time(history: History, scope: Scope) -> Measured:
    """First (or last) crossing into progress → final entry into done."""
    return per_finished(history, scope, lambda item: cycle_seconds(item, scope))


def process_time(history: History, scope: Scope) -> Measured:
    """Time in active stages, not blocked."""
    return per_finished(history, scope, lambda item: process_seconds(item, scope.clock))


def wait_time(history: History, scope: Scope) -> Measured:
    """Lead time − process time."""
    return per_finished(
        history, scope, lambda item: lead_seconds(item, scope.clock) - process_seconds(item, scope.clock)
    )


def blocked_time(history: History, scope: Scope) -> Measured:
    """Union of blocked intervals per item; null where no source tells any: not known is not 0."""
    rows = per_finished(history, scope, lambda item: blocked_seconds(item, scope.clock))
    return rows if history.tables.get("blocked") else unknown(rows)


def unknown(rows: Measured) -> Measured:
    """The same periods and n without a value."""
    return [(start, None, items) for start, _, items in rows]


def flow_efficiency(history: History, scope: Scope) -> Measured:
    """Σ process time ÷ Σ lead time over finished items; null where the stream has no wait stage."""
    rows = ratio_of_sums(
        history,
        scope,
        lambda item: process_seconds(item, scope.clock),
        lambda item: lead_seconds(item, scope.clock),
    )
    return rows if knows_waiting(history) else [(start, None, items) for start, _, items in rows]


def knows_waiting(history: History) -> bool:
    """True where any finished item of the stream stood in a waiting stage before its end."""
    return any(
        visit.stage["mode"] == "wait" and visit.stage["category"] in ("backlog", "in-progress")
        for item in history.items
        if item.finished
        for visit in item.in_flow
    )


def value_added_ratio(history: History, scope: Scope) -> Measured:
    """Σ first-pass time in VA stages ÷ Σ lead time."""
    return ratio_of_sums(
        history,
        scope,
        lambda item: value_added_seconds(item, scope.clock),
        lambda item: lead_seconds(item, scope.clock),
    )


def rework_ratio(history: History, scope: Scope) -> Measured:
    """Rework time ÷ process time."""
    return ratio_of_sums(
        history,
        scope,
        lambda item: rework_seconds(item, scope.clock),
        lambda item: process_seconds(item, scope.clock),
    )


def first_pass_yield(history: History, scope: Scope) -> Measured:
    """Finished items without rework ÷ finished items."""
    return ratio_of_sums(
        history, scope, lambda item: not any(visit.is_rework for visit in item.in_flow), lambda item: 1
    )


def reopened_ratio(history: History, scope: Scope) -> Measured:
    """Finished items that left done at least once ÷ finished items."""
    return ratio_of_sums(
        history,
        scope,
        lambda item: any(visit.stage["category"] == "done" for visit in item.in_flow),
        lambda item: 1,
    )


def throughput(history: History, scope: Scope) -> Measured:
    """Items finished in the period; periods without any are 0."""
    rows: Measured = []
    for start, end in periods(scope):
        count = len(finished_in(chosen(history, scope), start, end))
        rows.append((start, count, count))
    return rows


def arrivals(history: History, scope: Scope) -> Measured:
    """Items whose start lies in the period."""
    rows: Measured = []
    for start, end in periods(scope):
        count = sum(within(item.start(scope.start_rule), start, end) for item in chosen(history, scope))
        rows.append((start, count, count))
    return rows


def in_progress(history: History, scope: Scope, end: dt.date) -> list[Item]:
    """Items started before the day `end` and neither finished nor cancelled before it."""
    open_items: list[Item] = []
    for item in chosen(history, scope):
        start = item.start(scope.start_rule)
        if start and start.date() < end and not (item.ended and item.ended.date() < end):
            open_items.append(item)
    return open_items


def work_in_progress(history: History, scope: Scope) -> Measured:
    """Items with start ≤ t < finish (or cancel) at the period's end."""
    rows: Measured = []
    for start, end in periods(scope):
        count = len(in_progress(history, scope, end))
        is_now = dt.datetime.combine(end, dt.time()) >= history.now
        is_known = is_now or knows_starts(history)
        rows.append((start, count if is_known else None, count if is_known else 0))
    return rows


def knows_starts(history: History) -> bool:
    """False where some item has no start that is told, and no other has one."""
    without = [item for item in history.items if item.is_start_unknown]
    return not without or any(item.starts and not item.is_start_unknown for item in history.items)


def flow_load(history: History, scope: Scope) -> Measured:
    """Work in progress of the chosen types."""
    return work_in_progress(history, scope)


def work_item_age(history: History, scope: Scope) -> Measured:
    """t − start of the items in progress at t, t the end of the period or the stream's last event."""
    rows: Measured = []
    for start, end in periods(scope):
        then = min(dt.datetime.combine(end, dt.time()), history.now)
        ages = [
            length(item.start(scope.start_rule) or then, then, scope.clock) / DAY
            for item in in_progress(history, scope, end)
            if not item.is_start_unknown
        ]
        rows.append((start, statistic(ages, scope.percentile), len(ages)))
    return rows


def flow_distribution(history: History, scope: Scope) -> Measured:
    """Share of finished items by type: those of the chosen types ÷ all."""
    rows: Measured = []
    for start, end in periods(scope):
        every = finished_in(of_teams(history, scope), start, end)
        some = finished_in(chosen(history, scope), start, end)
        rows.append((start, ratio(len(some), len(every)), len(every)))
    return rows


def withdrawn_ratio(history: History, scope: Scope) -> Measured:
    """Items cancelled after they were started ÷ items that left progress."""
    rows: Measured = []
    for start, end in periods(scope):
        finished = len(finished_in(chosen(history, scope), start, end))
        withdrawn = sum(within(item.cancelled, start, end) and bool(item.starts) for item in chosen(history, scope))
        rows.append((start, ratio(withdrawn, finished + withdrawn), finished + withdrawn))
    return rows


def handoffs(history: History, scope: Scope) -> Measured:
    """Changes of owning team between consecutive visits, the mean per item whose owners are known."""
    rows: Measured = []
    for start, end in periods(scope):
        counts = [
            sum(visit.is_handoff for visit in item.visits)
            for item in finished_in(chosen(history, scope), start, end)
            if any(visit.owner for visit in item.visits)
        ]
        rows.append((start, statistic(counts, None), len(counts)))
    return rows


def service_level(history: History, scope: Scope) -> Measured:
    """The observed p85 cycle time (quantile_disc): "85 % finish in N days or less"."""
    rows: Measured = []
    for start, end in periods(scope):
        found = (cycle_seconds(item, scope) for item in finished_in(chosen(history, scope), start, end))
        values = [each / DAY for each in found if each is not None]
        rows.append((start, quantile_disc(values, 0.85) if values else None, len(values)))
    return rows


def takt_time(history: History, scope: Scope) -> Measured:
    """Working time available ÷ arrivals in the period."""
    rows: Measured = []
    for (start, arrived, count), (_, end) in zip(arrivals(history, scope), periods(scope), strict=True):
        available = working_seconds(dt.datetime.combine(start, dt.time()), dt.datetime.combine(end, dt.time()))
        rows.append((start, ratio(available / DAY, arrived or 0), count))
    return rows


def crossed_stages(item: Item) -> dict[str, bool]:
    """Active stages in progress that an item left forwards → did it come back to the stage or to one before."""
    returned: dict[str, bool] = {}
    for index, (visit, following) in enumerate(zip(item.visits, item.visits[1:], strict=False)):
        name = visit.stage["name"]
        is_step = visit.stage["mode"] == "active" and visit.stage["category"] == "in-progress"
        if is_step and name not in returned and following.position > visit.position:
            returned[name] = any(later.position <= visit.position for later in item.visits[index + 1 :])
    return returned


def complete_and_accurate(history: History, scope: Scope) -> Measured:
    """1 − (items that crossed for the first time and later came back) ÷ (items that crossed), over all steps."""
    rows: Measured = []
    for start, end in periods(scope):
        items = finished_in(chosen(history, scope), start, end)
        outcomes = [back for item in items for back in crossed_stages(item).values()]
        rows.append((start, 1 - sum(outcomes) / len(outcomes) if outcomes else None, len(outcomes)))
    return rows


def rolled_complete_and_accurate(history: History, scope: Scope) -> Measured:
    """Product of the steps' %C&A; n are the finished items that crossed a step."""
    rows: Measured = []
    for start, end in periods(scope):
        outcomes: dict[str, list[bool]] = defaultdict(list)
        crossings = [crossed_stages(item) for item in finished_in(chosen(history, scope), start, end)]
        for stage, back in ((stage, back) for crossing in crossings for stage, back in crossing.items()):
            outcomes[stage].append(back)
        shares = [1 - sum(backs) / len(backs) for backs in outcomes.values()]
        rows.append((start, math.prod(shares) if shares else None, sum(bool(crossing) for crossing in crossings)))
    return rows


def team_satisfaction(history: History, scope: Scope) -> Measured:
    """Mean survey score; surveys in which a team gave fewer than 5 answers are left out."""
    rows: Measured = []
    for start, end in periods(scope):
        heard = [
            row
            for row in history.tables.get("surveys", [])
            if start <= row["survey_on"] < end and (scope.teams is None or row["team"] in scope.teams)
            if row["answers_count"] >= ENOUGH_ANSWERS
        ]
        count = sum(row["answers_count"] for row in heard)
        rows.append((start, ratio(sum(row["score_sum"] for row in heard), count), count))
    return rows


# -- waste -------------------------------------------------------------------------------------------------------


def waste(history: History, clock: str) -> dict[str, dict[str, float]]:
    """Item → bucket → seconds: each second of every item before its end belongs to one bucket."""
    usual_age = usual_age_seconds(history)
    return {item.item_id: waste_of(history, item, usual_age, clock) for item in history.items}


def usual_age_seconds(history: History) -> float:
    """85 % of the finished items took this long or less from start to finish; without limit for fewer than 5."""
    finished = (item for item in history.items if item.finished and not item.is_start_unknown)
    values = [length(item.starts[0], item.finished, "elapsed") for item in finished if item.finished]
    return quantile_disc(values, 0.85) if len(values) >= ENOUGH_FOR_A_USUAL_AGE else math.inf


def waste_of(history: History, item: Item, usual_age: float, clock: str) -> dict[str, float]:
    """One item's lead time by bucket; the cuts are where it grew over-age and where it was blocked."""
    over_age_at = item.until
    if item.starts and not item.ended and usual_age < length(item.starts[0], item.until, "elapsed"):
        over_age_at = item.starts[0] + dt.timedelta(seconds=usual_age)
    buckets: dict[str, float] = defaultdict(float)
    others = instants_of(history) if is_told_of_people(history, item) else set()
    for index, visit in enumerate(item.in_flow):
        known = {over_age_at, *sum(item.blocked, ()), *others}
        cuts = sorted({visit.entered, visit.left} | {cut for cut in known if visit.entered < cut < visit.left})
        for begin, end in pairwise(cuts):
            is_blocked = any(since <= begin < until for since, until in item.blocked)
            name, seconds = bucket(history, item, index, begin >= over_age_at, is_blocked), length(begin, end, clock)
            is_decided = name in ("partially-done", "rework", "extra-process") or is_blocked
            if others and is_active(visit) and visit.person and not is_decided:
                shared = 1 - 1 / open_at(history, visit.person, begin)
                buckets["task-switching"] += shared * seconds
                seconds -= shared * seconds
            buckets[name] += seconds
    return dict(buckets)


def is_active(visit: Visit) -> bool:
    """A stay in which the item is open for the person who works on it."""
    return visit.stage["mode"] == "active" and visit.stage["category"] == "in-progress"


def is_told_of_people(history: History, item: Item) -> bool:
    """True for items of a team on whose items 5 people or more were active."""
    mine = (other for other in history.items if item.team and other.team == item.team)
    people = {visit.person for other in mine for visit in other.in_flow if is_active(visit) and visit.person}
    return len(people) >= ENOUGH_PEOPLE


def instants_of(history: History) -> set[dt.datetime]:
    """Every instant at which anything begins or ends."""
    stays = {instant for item in history.items for visit in item.visits for instant in (visit.entered, visit.left)}
    return stays | {instant for item in history.items for interval in item.blocked for instant in interval}


def open_at(history: History, person: str, instant: dt.datetime) -> int:
    """How many items a person is active on: in an active stage and not blocked."""
    return sum(
        is_active(visit) and visit.person == person and visit.entered <= instant < visit.left
        for item in history.items
        if not any(since <= instant < until for since, until in item.blocked)
        for visit in item.in_flow
    )


def is_fix(history: History, item: Item) -> bool:
    """True where nothing but unplanned deployments carried the item."""
    deployments = {row["deployment_id"]: row for row in deployments_to_production(history.tables)}
    carried = [
        deployments[deployment].get("is_unplanned")
        for item_id, deployment in carriers(history)
        if item_id == item.item_id and deployment in deployments
    ]
    return bool(carried) and all(carried)


def bucket(history: History, item: Item, index: int, is_over_age: bool, is_blocked: bool) -> str:
    """The first rule that matches, in the order of the definition."""
    visit = item.in_flow[index]
    is_wait = visit.stage["mode"] == "wait"
    rules = {
        "partially-done": bool(item.cancelled and item.starts) or is_over_age,
        "rework": visit.is_rework or is_fix(history, item),
        "waiting": is_blocked,
        "batch": is_wait and (visit.stage["waste"] == "batch" or waits_for_release(history, item, index)),
        "handoff": is_wait and (visit.is_handoff or visit.stage["waste"] == "handoff"),
        "extra-process": visit.stage["activity"] == "NNVA",
    }
    for name, holds in rules.items():
        if holds:
            return name
    if is_wait:
        return "waiting"
    return "value-adding" if visit.stage["activity"] == "VA" else visit.stage["waste"] or "extra-process"


def waits_for_release(history: History, item: Item, index: int) -> bool:
    """True after the last work stage of an item that a release carried."""
    is_carried = any(item_id == item.item_id for item_id, _ in carriers(history))
    steps = [
        place
        for place, visit in enumerate(item.in_flow)
        if visit.stage["mode"] == "active" and visit.stage["category"] == "in-progress"
    ]
    return is_carried and bool(steps) and index > steps[-1]


# -- delivery ----------------------------------------------------------------------------------------------------


def deployments_to_production(tables: Tables) -> list[Row]:
    """Deployments to production; without an environment they count as such."""
    return [row for row in tables.get("deployments", []) if row.get("environment") in (None, "production")]


def carriers(history: History) -> set[tuple[str, str]]:
    """Item and deployment that carried it: as a link says, or a change that names a known item as KEY or #KEY."""
    known = {item.item_id for item in history.items}
    found = {(row["from_id"], row["to_id"]) for row in history.tables.get("links", []) if row["kind"] == "deployed"}
    for change in history.tables.get("changes", []):
        if change.get("item_id") and change.get("deployment_id"):
            named = {change["item_id"], change["item_id"].lstrip("#")} & known
            found |= {(item_id, change["deployment_id"]) for item_id in named}
    return found


def deployed_in(history: History, start: dt.date, end: dt.date) -> list[Row]:
    """Production deployments of the period, failed ones too."""
    return [row for row in deployments_to_production(history.tables) if within(row["deployed_at"], start, end)]


def attributed(history: History, incident: Row) -> Row | None:
    """The deployment that an incident names; else the last success of its service in the 7 days before it began."""
    for row in deployments_to_production(history.tables):
        if row["deployment_id"] == incident.get("deployment_id"):
            return row
    earlier = [
        row
        for row in deployments_to_production(history.tables)
        if row["status"] == "success"
        and row.get("service") == incident.get("service") is not None
        and incident["started_at"] - ATTRIBUTION_WINDOW <= row["deployed_at"] < incident["started_at"]
    ]
    return max(earlier, key=lambda row: row["deployed_at"], default=None)


def deployment_frequency(history: History, scope: Scope) -> Measured:
    """Successful production deployments per week, weeks without any are 0; null where no source tells any."""
    rows: Measured = []
    for start, end in periods(scope):
        count = sum(row["status"] == "success" for row in deployed_in(history, start, end))
        rows.append((start, count / ((end - start).days / 7), count))
    return rows if history.tables.get("deployments") else unknown(rows)


def change_lead_time(history: History, scope: Scope) -> Measured:
    """Authored → first successful production deployment containing it, over changes deployed in the period."""
    landed = {
        row["deployment_id"]: row for row in deployments_to_production(history.tables) if row["status"] == "success"
    }
    rows: Measured = []
    for start, end in periods(scope):
        values = []
        for change in history.tables.get("changes", []):
            deployment = landed.get(change.get("deployment_id"))
            if deployment and change.get("authored_at") and not change.get("is_bot"):
                seconds = length(change["authored_at"], deployment["deployed_at"], "elapsed")
                if within(deployment["deployed_at"], start, end) and seconds >= 0:
                    values.append(seconds / DAY)
        rows.append((start, statistic(values, scope.percentile), len(values)))
    return rows


def lead_time_to_production(history: History, scope: Scope) -> Measured:
    """Creation → last successful production deployment that carried the item, none of whose changes waits for one."""
    landed = {
        row["deployment_id"]: row["deployed_at"]
        for row in deployments_to_production(history.tables)
        if row["status"] == "success"
    }
    rows = history.tables.get("changes", [])
    tells_merges = any(row.get("merged_at") for row in rows)
    named = [
        row["item_id"]
        for row in rows
        if row.get("item_id") and row.get("deployment_id") not in landed and (row.get("merged_at") or not tells_merges)
    ]
    waiting = {*named, *(key.lstrip("#") for key in named)}
    measured: Measured = []
    for start, end in periods(scope):
        values = []
        for item in chosen(history, scope):
            instants = [
                landed[deployment]
                for item_id, deployment in carriers(history)
                if item_id == item.item_id and deployment in landed
            ]
            is_known = bool(instants) and item.item_id not in waiting and max(instants) >= item.created
            is_known = is_known and item.cancelled is None
            if is_known and within(max(instants), start, end):
                values.append(length(item.created, max(instants), scope.clock) / DAY)
        measured.append((start, statistic(values, scope.percentile), len(values)))
    return measured


def change_fail_rate(history: History, scope: Scope) -> Measured:
    """Distinct deployments with at least one linked failure ÷ deployments; null where no source tells failures."""
    causes = [attributed(history, row) for row in history.tables.get("incidents", [])]
    blamed = {row["deployment_id"] for row in causes if row}
    rows: Measured = []
    for start, end in periods(scope):
        made = deployed_in(history, start, end)
        failed = sum(row["deployment_id"] in blamed for row in made)
        rows.append((start, ratio(failed, len(made)), len(made)))
    return rows if history.tables.get("incidents") else unknown(rows)


def failed_deployment_recovery_time(history: History, scope: Scope) -> Measured:
    """Failed deployment finished → service restored, change-caused only; in hours."""
    rows: Measured = []
    for start, end in periods(scope):
        values = []
        for incident in history.tables.get("incidents", []):
            cause = attributed(history, incident)
            if cause and within(incident.get("restored_at"), start, end):
                values.append(length(cause["deployed_at"], incident["restored_at"], "elapsed") / HOUR)
        values = [hours for hours in values if hours >= 0]  # restored before it was deployed: a finding of quality
        rows.append((start, statistic(values, scope.percentile), len(values)))
    return rows


def mean_time_to_recovery(history: History, scope: Scope) -> Measured:
    """Incident start → restored, all causes, mean; in hours."""
    rows: Measured = []
    for start, end in periods(scope):
        values = [
            length(row["started_at"], row["restored_at"], "elapsed") / HOUR
            for row in history.tables.get("incidents", [])
            if within(row.get("restored_at"), start, end) and row["started_at"] <= row["restored_at"]
        ]
        rows.append((start, statistic(values, None), len(values)))
    return rows


def incidents(history: History, scope: Scope) -> Measured:
    """Incidents in production that began in the period; null where no source tells any."""
    rows: Measured = []
    for start, end in periods(scope):
        count = sum(within(row["started_at"], start, end) for row in history.tables.get("incidents", []))
        rows.append((start, count, count))
    return rows if history.tables.get("incidents") else unknown(rows)


def deployment_rework_rate(history: History, scope: Scope) -> Measured:
    """Unplanned deployments made to fix a production incident ÷ deployments of which it is known."""
    rows: Measured = []
    for start, end in periods(scope):
        known = [row for row in deployed_in(history, start, end) if row.get("is_unplanned") is not None]
        rows.append((start, ratio(sum(row["is_unplanned"] for row in known), len(known)), len(known)))
    return rows


def batch_size(history: History, scope: Scope) -> Measured:
    """Items (or changes, where it has no item) per successful deployment."""
    items = [deployment for _, deployment in carriers(history)]
    changes = [row["deployment_id"] for row in history.tables.get("changes", []) if row.get("deployment_id")]
    rows: Measured = []
    for start, end in periods(scope):
        made = [row for row in deployed_in(history, start, end) if row["status"] == "success" and (items or changes)]
        counts = [items.count(row["deployment_id"]) or changes.count(row["deployment_id"]) for row in made]
        rows.append((start, statistic(counts, scope.percentile), len(counts)))
    return rows


FLOW: dict[str, Callable[[History, Scope], Measured]] = {
    metric.__name__: metric
    for metric in (
        lead_time, cycle_time, process_time, wait_time, blocked_time, flow_efficiency, value_added_ratio, rework_ratio,
        first_pass_yield, reopened_ratio, throughput, arrivals, work_in_progress, flow_load, work_item_age,
        flow_distribution, withdrawn_ratio, handoffs, service_level, takt_time, complete_and_accurate,
        rolled_complete_and_accurate,
    )
}  # fmt: skip
DELIVERY: dict[str, Callable[[History, Scope], Measured]] = {
    metric.__name__: metric
    for metric in (
        deployment_frequency, change_lead_time, lead_time_to_production, change_fail_rate,
        failed_deployment_recovery_time, mean_time_to_recovery, incidents, deployment_rework_rate, batch_size,
    )
}  # fmt: skip
METRICS = {**FLOW, **DELIVERY, team_satisfaction.__name__: team_satisfaction}
