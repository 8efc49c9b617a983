"""Stays in stages: what the moves of an item become, and what its time adds up to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
import reference
from conftest import STAGES, World, moves, span

DAY, HOUR = 86_400, 3_600


def path(world: World, item_id: str = "A") -> pd.DataFrame:
    """The visits of an item, in order."""
    visits = world.engine.table("marts.visits")
    return visits[visits["item_id"] == item_id].sort_values("visit_no")


def item(world: World, item_id: str = "A") -> pd.Series[Any]:
    """The row of an item."""
    items = world.engine.table("marts.items").set_index("item_id")
    return items.loc[item_id]


def buckets(world: World, item_id: str = "A") -> dict[str, float]:
    """Waste bucket → days of an item."""
    waste = world.engine.table("marts.waste")
    days = waste[waste["item_id"] == item_id].groupby("bucket")["seconds"].sum() / DAY
    return {str(bucket): float(value) for bucket, value in days.items() if value}


def test_visits_of_1_to_5_october_and_1_to_3_november_are_6_days_within_33(world: World) -> None:
    world.load({"transitions": moves(
        ("A", "Doing", "2024-10-01"), ("A", "To do", "2024-10-05"),
        ("A", "Doing", "2024-11-01"), ("A", "Done", "2024-11-03"),
    )})  # fmt: skip
    doing = path(world).query("stage == 'Doing'")
    assert doing["seconds"].sum() == 6 * DAY
    assert (doing["left_at"].max() - doing["entered_at"].min()).total_seconds() == 33 * DAY


def test_visits_of_9_to_10_and_12_to_14_h_are_3_hours_within_5(world: World) -> None:
    world.load({"transitions": moves(
        ("A", "Doing", "2024-01-01T09:00"), ("A", "To do", "2024-01-01T10:00"),
        ("A", "Doing", "2024-01-01T12:00"), ("A", "Done", "2024-01-01T14:00"),
    )})  # fmt: skip
    doing = path(world).query("stage == 'Doing'")
    assert doing["seconds"].sum() == 3 * HOUR
    assert (doing["left_at"].max() - doing["entered_at"].min()).total_seconds() == 5 * HOUR


def test_visits_before_the_end_of_1_2_and_4_days_add_up_to_7_days_of_lead_time(world: World) -> None:
    world.load({"transitions": moves(
        ("A", "To do", "2024-01-01"), ("A", "Doing", "2024-01-02"),
        ("A", "Review", "2024-01-04"), ("A", "Done", "2024-01-08"),
        ("B", "To do", "2024-02-01"),
    )})  # fmt: skip
    assert path(world).query("is_in_flow")["seconds"].tolist() == [1 * DAY, 2 * DAY, 4 * DAY]
    assert item(world)["lead_seconds"] == 7 * DAY


def test_first_state_begins_at_creation_with_the_first_from_value(world: World) -> None:
    world.load({
        "items": [{"item_id": "A", "created_at": dt.datetime(2024, 1, 1)}],
        "transitions": [
            {"item_id": "A", "from_state": "To do", "to_state": "Doing", "occurred_at": dt.datetime(2024, 1, 4)},
        ],
    })  # fmt: skip
    assert path(world)["stage"].tolist() == ["To do", "Doing"]
    assert path(world)["seconds"].tolist() == [3 * DAY, 0]


def test_consecutive_states_of_one_stage_are_one_visit(world: World) -> None:
    stages = ({"name": "Doing", "states": ("Coding", "Testing")}, {"name": "Done", "category": "done"})
    world.load({"transitions": moves(
        ("A", "Coding", "2024-01-01"), ("A", "Testing", "2024-01-02"),
        ("A", "Coding", "2024-01-03"), ("A", "Done", "2024-01-05"),
    )}, stages)  # fmt: skip
    assert path(world)[["stage", "seconds"]].to_numpy().tolist() == [["Doing", 4 * DAY], ["Done", 0]]


def test_events_of_one_instant_keep_the_order_of_the_source_and_visits_of_zero_length(world: World) -> None:
    rows = moves(
        ("A", "To do", "2024-01-01"), ("A", "Doing", "2024-01-02"),
        ("A", "Review", "2024-01-02"), ("A", "Done", "2024-01-03"),
    )  # fmt: skip
    world.load({"transitions": [{**row, "seq": seq} for seq, row in enumerate(rows)][::-1]})
    assert path(world)["stage"].tolist() == ["To do", "Doing", "Review", "Done"]
    assert path(world)["seconds"].tolist() == [DAY, 0, DAY, 0]


@pytest.mark.parametrize("step", [1, -1], ids=["as in the source", "rows turned round"])
def test_the_team_that_owned_an_item_last_is_the_later_one_in_the_source_at_one_instant(
    world: World, step: int
) -> None:
    moved = dt.datetime(2024, 1, 1)
    rows = [
        {"item_id": "A", "seq": 0, "to_state": "Doing", "occurred_at": moved, "team": "Blue"},
        {"item_id": "A", "seq": 1, "to_state": "Review", "occurred_at": moved, "team": "Red"},
    ]
    world.load({"transitions": rows[::step]})
    assert item(world)["team"] == "Red"


def test_rework_is_a_second_visit_or_one_below_a_stage_reached_before(world: World) -> None:
    world.load({"transitions": moves(
        ("A", "Review", "2024-01-01"), ("A", "Doing", "2024-01-02"),
        ("A", "Review", "2024-01-03"), ("A", "Done", "2024-01-04"),
    )})  # fmt: skip
    assert path(world)["is_rework"].tolist() == [False, True, True, False]


def test_what_is_first_heard_of_as_done_was_not_done_since_its_creation(world: World) -> None:
    world.load({
        "items": [{"item_id": "A", "created_at": dt.datetime(2024, 1, 1)}],
        "transitions": moves(("A", "Done", "2024-01-05")),
    })  # fmt: skip
    assert item(world)["lead_seconds"] == 4 * DAY
    assert item(world)["process_seconds"] == 0
    assert buckets(world) == {"waiting": 4.0}


def test_an_open_item_ages_until_the_last_event_of_the_stream(world: World) -> None:
    world.load({"transitions": moves(("A", "Doing", "2024-01-01"), ("B", "To do", "2024-01-08"))})
    assert item(world)["lead_seconds"] == 7 * DAY
    assert pd.isna(path(world)["left_at"].iloc[0])


def test_working_time_of_friday_16_h_to_monday_10_h_is_2_hours(world: World) -> None:
    world.load({"transitions": moves(("A", "Doing", "2024-01-05T16:00"), ("A", "Done", "2024-01-08T10:00"))})
    assert item(world)["lead_working_seconds"] == 2 * HOUR
    assert reference.working_seconds(dt.datetime(2024, 1, 5, 16), dt.datetime(2024, 1, 8, 10)) == 2 * HOUR


# -- waste: the first rule that matches ---------------------------------------------------------------------------


def test_waste_of_one_item_by_rule(world: World) -> None:
    # 1 To do, 2 Doing of which 1 blocked, 3 queueing for the reviewers, 1 Review, 2 back in Doing: 9 days
    tables: dict[str, list[dict[str, Any]]] = {
        "transitions": moves(
            ("A", "To do", "2024-01-01"), ("A", "Doing", "2024-01-02"), ("A", "Review queue", "2024-01-04"),
            ("A", "Review", "2024-01-07"), ("A", "Doing", "2024-01-08"), ("A", "Done", "2024-01-10"),
        ),
        "blocked": [{"item_id": "A", "blocked_at": dt.datetime(2024, 1, 3), "unblocked_at": dt.datetime(2024, 1, 4)}],
    }  # fmt: skip
    world.load(tables)
    expected = {"waiting": 1.0 + 1.0, "value-adding": 1.0, "handoff": 3.0, "extra-process": 1.0, "rework": 2.0}
    assert buckets(world) == expected
    assert in_days(reference.waste(reference.read(tables, STAGES), "elapsed")["A"]) == expected


def test_all_time_of_an_item_withdrawn_after_its_start_is_partially_done(world: World) -> None:
    world.load({"transitions": moves(
        ("A", "To do", "2024-01-01"), ("A", "Doing", "2024-01-03"), ("A", "Dropped", "2024-01-06"),
        ("B", "To do", "2024-01-01"), ("B", "Dropped", "2024-01-05"),
    )})  # fmt: skip
    assert buckets(world) == {"partially-done": 5.0}
    assert buckets(world, "B") == {"waiting": 4.0}


def test_an_item_older_than_the_p85_of_1_1_1_1_and_2_days_is_partially_done_beyond_2(world: World) -> None:
    done = [(name, state, f"2024-01-0{day}") for name in "BCDE" for state, day in (("Doing", 1), ("Done", 2))]
    tables = {"transitions": moves(
        *done, ("F", "Doing", "2024-01-01"), ("F", "Done", "2024-01-03"),
        ("A", "Doing", "2024-01-01"), ("G", "To do", "2024-01-08"),
    )}  # fmt: skip
    world.load(tables)
    assert buckets(world) == {"value-adding": 2.0, "partially-done": 5.0}
    assert in_days(reference.waste(reference.read(tables, STAGES), "elapsed")["A"]) == buckets(world)


def test_waiting_after_the_last_work_for_the_release_that_carried_the_item_is_batch(world: World) -> None:
    stages = (
        {"name": "Build", "team": "Builders"},
        {"name": "Ready", "mode": "wait"},
        {"name": "Done", "category": "done"},
    )
    steps = [("Build", "2024-01-01"), ("Ready", "2024-01-02"), ("Done", "2024-01-05")]
    world.load({
        "transitions": moves(*((name, state, at) for name in "AB" for state, at in steps)),
        "deployments": [{"deployment_id": "d", "deployed_at": dt.datetime(2024, 1, 5), "status": "success"}],
        "links": [{"kind": "deployed", "from_id": "A", "to_id": "d"}],
    }, stages)  # fmt: skip
    assert buckets(world) == {"value-adding": 1.0, "batch": 3.0}
    assert buckets(world, "B") == {"value-adding": 1.0, "waiting": 3.0}


def in_days(seconds: dict[str, float]) -> dict[str, float]:
    """Buckets that hold any time, in days."""
    return {bucket: value / DAY for bucket, value in seconds.items() if value}


@pytest.mark.parametrize("rule", ["first", "last"])
def test_sum_of_days_in_progress_is_2_and_4_item_days(world: World, rule: str) -> None:
    world.load({"transitions": moves(
        ("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-03"),
        ("B", "Doing", "2024-01-02"), ("C", "To do", "2024-01-05"),
    )})  # fmt: skip
    days = world.measure("work_in_progress", span("2024-01-01", "2024-01-06", period="day", start_rule=rule))
    assert [row[2] for row in days] == [1, 2, 1, 1, 1]  # A on 2 days, B on 4
