"""What must hold for any history: the queries agree with the slow reference, and nothing is lost or counted twice."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pandas as pd
import pytest
import reference
from conftest import STAGES, World
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dashboard.scope import CLOCKS, PERCENTILES, PERIODS, START_RULES, Scope

Tables = dict[str, list[dict[str, Any]]]
Slow = Callable[[reference.History, Scope], reference.Measured]

MONDAY = dt.datetime(2024, 3, 4)
STATES = [stage["name"] for stage in STAGES]
DAYS = range(-10, 60)  # the window that scopes are cut from, around the 1000 hours of history
TEAMS = (None, "Red", "Blue")
TYPES = (None, "feature", "defect")

hours = st.integers(0, 1000)
# Few instants among many: ties and events that follow each other at once are the rule.
crowded_hours = hours | st.sampled_from([0, 9, 17, 24, 48, 500, 1000])

# Each example builds a warehouse, which takes 0.3 s. The examples are the same each time: a failure is one for all.
many = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
a_few = settings(many, max_examples=15)


def at(hour: int) -> dt.datetime:
    """An instant, counted from a Monday's midnight."""
    return MONDAY + dt.timedelta(hours=hour)


@st.composite
def histories(draw: st.DrawFn) -> Tables:
    """Two to five items with up to ten moves each, some blocked, cancelled, reopened, tied; rows in any order."""
    tables: Tables = {"items": [], "transitions": [], "blocked": []}
    for item_id in "ABCDE"[: draw(st.integers(2, 5))]:
        tables["items"].append(
            {
                "item_id": item_id,
                "created_at": at(draw(st.just(0) | hours)),
                "status": draw(st.sampled_from(STATES)),
                "team": draw(st.sampled_from(TEAMS)),
                "type": draw(st.sampled_from(TYPES)),
            }
        )
        moves = moves_of(draw, item_id)
        tables["transitions"] += moves
        tables["items"][-1] |= {} if moves else dates_of(draw, tables["items"][-1]["created_at"])
    for _ in range(draw(st.integers(0, 4))):
        begin, end = sorted((draw(crowded_hours), draw(crowded_hours)))
        tables["blocked"].append(
            {
                "item_id": draw(st.sampled_from([row["item_id"] for row in tables["items"]])),
                "blocked_at": at(begin),
                "unblocked_at": draw(st.sampled_from([at(end), at(end), None])),
                "reason": draw(st.sampled_from([None, "a supplier"])),
            }
        )
    return {table: draw(st.permutations(rows)) for table, rows in tables.items()}


def dates_of(draw: st.DrawFn, created: dt.datetime) -> dict[str, Any]:
    """What a list of items tells of one without history: no date, some, or all of them."""
    start, end = sorted((draw(crowded_hours), draw(crowded_hours)))
    ending = draw(st.sampled_from([None, "finished_at", "finished_at", "cancelled_at"]))
    dates = {"started_at": created + dt.timedelta(hours=start)} if draw(st.booleans()) else {}
    return dates | ({ending: created + dt.timedelta(hours=end)} if ending else {})


def moves_of(draw: st.DrawFn, item_id: str) -> list[dict[str, Any]]:
    """Up to ten moves of one item; two in three histories end as done."""
    states = draw(st.lists(st.sampled_from(STATES), max_size=9))
    if states and draw(st.integers(0, 2)):
        states.append("Done")
    instants = sorted(draw(crowded_hours) for _ in states)
    return [
        {
            "item_id": item_id,
            "seq": seq,
            "occurred_at": at(instant),
            "from_state": draw(st.sampled_from([None, "To do", "Doing"])) if seq == 0 else None,
            "to_state": state,
            "team": draw(st.sampled_from(TEAMS)),
        }
        for seq, (state, instant) in enumerate(zip(states, instants, strict=True))
    ]


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    """Any choice of the viewer."""
    anywhere = st.lists(st.sampled_from(DAYS), min_size=2, max_size=2, unique=True)
    first, last = sorted(draw(st.just([DAYS[0], DAYS[-1]]) | anywhere))
    return Scope(
        "s",
        at(24 * first).date(),
        at(24 * last).date(),
        period=draw(st.sampled_from(PERIODS)),
        clock=draw(st.sampled_from(CLOCKS)),
        start_rule=draw(st.sampled_from(START_RULES)),
        percentile=draw(st.sampled_from((None, *PERCENTILES))),
        teams=draw(st.sampled_from((None, None, ("Red",), ("Blue", "Red")))),
        types=draw(st.sampled_from((None, None, ("defect",)))),
    )


WINDOW = Scope("s", at(24 * DAYS[0]).date(), at(24 * DAYS[-1]).date(), period="day")


def differences(world: World, history: reference.History, slow: Slow, scope: Scope) -> list[str]:
    """The periods in which a query and the reference do not say the same: day, value or null, and n."""
    name = slow.__name__
    measured, expected = world.measure(name, scope), slow(history, scope)
    return [
        f"{name}, {scope.clock}, {scope.start_rule} start: the query says {found}, the reference {wanted}"
        for found, wanted in zip_longest(measured, expected)
        if not is_same(found, wanted)
    ]


def is_same(found: Sequence[Any] | None, wanted: Sequence[Any] | None) -> bool:
    """True where both say the same, to within rounding."""
    if found is None or wanted is None or (found[1] is None) != (wanted[1] is None):
        return False
    is_near = found[1] is None or math.isclose(found[1], wanted[1], rel_tol=1e-9, abs_tol=1e-9)
    return is_near and (found[0], found[2]) == (wanted[0], wanted[2])


# -- the slow reference ------------------------------------------------------------------------------------------


@many
@given(tables=histories(), scope=scopes())
def test_every_flow_metric_is_what_the_slow_reference_says(world: World, tables: Tables, scope: Scope) -> None:
    world.load(tables)
    history = reference.read(tables, STAGES)
    found: list[str] = []
    for slow in reference.FLOW.values():
        found += differences(world, history, slow, scope) + differences(world, history, slow, other_way(scope))
    assert found == []


def other_way(scope: Scope) -> Scope:
    """The other clock with the other start rule."""
    (clock,) = set(CLOCKS) - {scope.clock}
    (rule,) = set(START_RULES) - {scope.start_rule}
    return replace(scope, clock=clock, start_rule=rule)


@many
@given(tables=histories())
def test_every_bucket_of_waste_is_what_the_slow_reference_says(world: World, tables: Tables) -> None:
    world.load(tables)
    history = reference.read(tables, STAGES)
    for clock, column in zip(CLOCKS, ("seconds", "working_seconds"), strict=True):
        assert by_bucket(world, column) == pytest.approx(
            {
                (item, bucket): seconds
                for item, buckets in reference.waste(history, clock).items()
                for bucket, seconds in buckets.items()
                if seconds
            }
        )


def by_bucket(world: World, column: str) -> dict[tuple[str, str], float]:
    """(item, bucket) → seconds, as the mart has it; without empty buckets."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in world.engine.table("marts.waste").to_dict("records"):
        sums[row["item_id"], row["bucket"]] += row[column]
    return {key: seconds for key, seconds in sums.items() if seconds}


@st.composite
def deliveries(draw: st.DrawFn) -> Tables:
    """Up to eight deployments of two services, with changes, items and incidents."""
    count = draw(st.integers(1, 8))
    tables: Tables = {"deployments": [], "changes": [], "incidents": [], "links": []}
    for number, instant in enumerate(draw(st.lists(hours, min_size=count, max_size=count, unique=True))):
        tables["deployments"].append(
            {
                "deployment_id": f"d{number}",
                "service": draw(st.sampled_from(["shop", "pay"])),
                "environment": draw(st.sampled_from([None, "production", "production", "staging"])),
                "deployed_at": at(instant),
                "status": draw(st.sampled_from(["success", "success", "failed"])),
                "is_unplanned": draw(st.sampled_from([None, True, False])),
            }
        )
    of_production = [row["deployment_id"] for row in reference.deployments_to_production(tables)]
    for number in range(draw(st.integers(0, 6))):
        tables["changes"].append(
            {
                "change_id": f"c{number}",
                "authored_at": draw(st.sampled_from([None, *map(at, range(0, 1000, 90))])),
                "deployment_id": draw(st.sampled_from([None, *of_production])),
                "is_bot": draw(st.sampled_from([None, False, True])),
            }
        )
    for number in range(draw(st.integers(0, 4))):
        begin, end = sorted((draw(hours), draw(hours)))
        tables["incidents"].append(
            {
                "incident_id": f"i{number}",
                "service": draw(st.sampled_from(["shop", "pay", None])),
                "started_at": at(begin),
                "restored_at": draw(st.sampled_from([at(end), at(end), None])),
            }
        )
    for item in draw(st.sets(st.sampled_from("ABC"))) if of_production else ():
        tables["links"].append({"kind": "deployed", "from_id": item, "to_id": draw(st.sampled_from(of_production))})
    return {table: draw(st.permutations(rows)) for table, rows in tables.items()}


@many
@given(tables=deliveries(), scope=scopes())
def test_every_delivery_metric_is_what_the_slow_reference_says(world: World, tables: Tables, scope: Scope) -> None:
    world.load(tables)
    history = reference.read(tables, STAGES)
    found: list[str] = []
    for slow in reference.DELIVERY.values():
        found += differences(world, history, slow, scope)
    assert found == []


# -- nothing is lost or counted twice ----------------------------------------------------------------------------


@a_few
@given(tables=histories())
def test_visits_add_up_to_lead_time(world: World, tables: Tables) -> None:
    world.load(tables)
    items = world.engine.table("marts.items").set_index("item_id")
    visits = world.engine.table("marts.visits")
    in_flow = visits[visits["is_in_flow"]].groupby("item_id")
    for item_id, item in items.iterrows():
        for seconds, lead in (("seconds", "lead_seconds"), ("working_seconds", "lead_working_seconds")):
            total = in_flow[seconds].sum().get(item_id, 0)
            assert total == pytest.approx(item[lead]), f"{item_id} {lead}"


@a_few
@given(tables=histories())
def test_waste_buckets_add_up_to_lead_time(world: World, tables: Tables) -> None:
    world.load(tables)
    items = world.engine.table("marts.items").set_index("item_id")
    waste = world.engine.table("marts.waste")
    assert (waste["seconds"] >= 0).all()
    assert (waste["working_seconds"] >= 0).all()
    for seconds, lead in (("seconds", "lead_seconds"), ("working_seconds", "lead_working_seconds")):
        totals = waste.groupby("item_id")[seconds].sum()
        for item_id, item in items.iterrows():
            assert totals.get(item_id, 0) == pytest.approx(item[lead]), f"{item_id} {lead}"


@a_few
@given(tables=histories())
def test_arrivals_less_departures_is_the_change_of_work_in_progress(world: World, tables: Tables) -> None:
    world.load(tables)
    for rule in START_RULES:
        scope = replace(WINDOW, start_rule=rule)
        levels = [row[1] or 0 for row in world.measure("work_in_progress", scope)]
        arrived = [row[1] or 0 for row in world.measure("arrivals", scope)]
        left = [row[2] for row in world.measure("withdrawn_ratio", scope)]
        for day in range(1, len(levels)):
            assert levels[day] - levels[day - 1] == arrived[day] - left[day], (rule, day)


@a_few
@given(tables=histories())
def test_work_in_progress_over_days_adds_up_to_item_days(world: World, tables: Tables) -> None:
    world.load(tables)
    history = reference.read(tables, STAGES)
    for rule in START_RULES:
        item_days = 0
        for item in history.items:
            start = item.start(rule)
            if start:
                end = item.ended.date() if item.ended else WINDOW.until
                item_days += (end - start.date()).days
        measured = world.measure("work_in_progress", replace(WINDOW, start_rule=rule))
        assert sum(row[1] or 0 for row in measured) == item_days


# -- what must not matter ----------------------------------------------------------------------------------------

LENGTHS = ("seconds", "_seconds", "_count")


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    """Items, visits and waste, as rows in one order."""
    keys = {"marts.items": ["item_id"], "marts.visits": ["item_id", "visit_no"]}
    # The place of an item among the others is no fact about it.
    tables = {mart: world.engine.table(mart).drop(columns="item_no").sort_values(key) for mart, key in keys.items()}
    waste = world.engine.table("marts.waste")
    tables["marts.waste"] = waste.groupby(["item_id", "visit_no", "bucket"], as_index=False)[
        ["seconds", "working_seconds"]
    ].sum()
    return {
        mart: [{key: plain(value) for key, value in row.items()} for row in frame.to_dict("records")]
        for mart, frame in tables.items()
    }


def plain(value: Any) -> Any:
    """A value that can be compared: null is None, and rounding does not matter."""
    if pd.isna(value):
        return None
    return round(value, 6) if isinstance(value, float) else value


def lengths(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Of everything only what has a length or is a count, and the keys."""
    return {
        mart: [
            {key: value for key, value in row.items() if key.endswith((*LENGTHS, "_id", "_no", "bucket"))}
            for row in rows
        ]
        for mart, rows in tables.items()
    }


@a_few
@given(tables=histories(), weeks=st.integers(-20, 200))
def test_a_shift_by_whole_weeks_changes_no_duration(world: World, tables: Tables, weeks: int) -> None:
    before = lengths(everything(world.load(tables)))
    shifted = {
        table: [{key: shift(value, weeks) for key, value in row.items()} for row in rows]
        for table, rows in tables.items()
    }
    assert lengths(everything(world.load(shifted))) == before


def shift(value: Any, weeks: int) -> Any:
    """An instant some weeks later; anything else as it is."""
    return value + dt.timedelta(weeks=weeks) if isinstance(value, dt.datetime) else value


@a_few
@given(tables=histories(), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(world: World, tables: Tables, seed: int) -> None:
    before = everything(world.load(tables))
    shuffled = {table: random.Random(seed).sample(rows, len(rows)) for table, rows in tables.items()}
    assert everything(world.load(shuffled)) == before
