"""The simulation against what is known by theory and by hand, and against the measured flow of the demo."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis.simulation import Measured, Node, Part, as_measured, is_close, measured_of, overloaded, simulate
from dashboard.designs.document import Change, Design, MapStep
from dashboard.designs.redesign import effects_of, redesigned, totals_of
from dashboard.designs.simulated import nodes_of
from dashboard.errors import DefinitionError
from dashboard.figures.designed_map import map_of

RANDOM = Random("chances of the tests")


def journeys(*ways: list[tuple[str | None, float, float]], gap_days: float = 1.0) -> pd.DataFrame:
    """One item each `gap_days`; a way is a list of (stage, process days, idle days)."""
    return pd.DataFrame(
        [
            {
                "item_id": f"A-{number}",
                "created_at": pd.Timestamp("2024-01-01") + pd.Timedelta(days=number * gap_days),
                "lead_days": sum(process + idle for _, process, idle in way),
                "visit_no": visit,
                "stage": stage,
                "process_days": process,
                "idle_days": idle,
            }
            for number, way in enumerate(ways)
            for visit, (stage, process, idle) in enumerate(way, start=1)
        ]
    )


def alike(count: int = 40, work: float = 2.0, wait: float = 3.0, items_per_day: float = 1.0) -> Measured:
    ways = [[("Queue", 0.0, wait), ("Build", work, 0.0)]] * count
    return measured_of(journeys(*ways, gap_days=1 / items_per_day), ["Queue", "Build"], items_per_day)


def exponential(mean: float, count: int) -> list[float]:
    return [RANDOM.expovariate(1 / mean) for _ in range(count)]


def test_stays_that_never_vary_give_the_sum_of_them() -> None:
    simulated = simulate(alike(), as_measured(alike()), runs=5)
    assert set(np.round(simulated.lead_days, 9)) == {5.0}
    assert (simulated.half.value, simulated.half.low, simulated.most.high) == pytest.approx((5, 5, 5))


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    ways = [[("Build", days, 0.0)] for days in exponential(3, 60)]
    measured = measured_of(journeys(*ways), ["Build"], 1.0)
    once, again = (simulate(measured, as_measured(measured), runs=10) for _ in range(2))
    assert once == again
    assert simulate(measured, as_measured(measured), runs=10, seed=1) != once


def test_one_place_at_random_arrivals_gives_the_mean_time_of_queueing_theory() -> None:
    # M/M/1 with 0.5 arrivals and 1 departure a day: 1 ÷ (1 − 0.5) = 2 days in the system.
    ways = [[("Build", days, 0.0)] for days in exponential(1, 4_000)]
    table = journeys(*ways)
    arrivals = np.cumsum(exponential(2, 4_000))
    table["created_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(arrivals, unit="D")
    measured = measured_of(table, ["Build"], 0.5)
    simulated = simulate(measured, (Node("Build", (Part("Build"),), places=1),), runs=60)
    assert simulated.mean.holds(2.0)
    assert simulated.mean.value == pytest.approx(2.0, rel=0.1)


def test_returns_come_as_often_as_measured_and_fewer_come_where_less_is_wrong() -> None:
    # One in three tests sends an item back to Build: 1.5 passes of 1 + 1 days on average.
    straight = [("Build", 1.0, 0.0), ("Test", 1.0, 0.0)]
    measured = measured_of(journeys(straight, straight + straight), ["Build", "Test"], 1.0)
    assert simulate(measured, as_measured(measured), runs=400).mean.value == pytest.approx(3.0, rel=0.05)
    better = (Node("Build", (Part("Build"),), returns_factor=0.0), Node("Test", (Part("Test"),)))
    assert set(simulate(measured, better, runs=10).lead_days) == {2.0}
    # Half as many wrong: one in six comes back, 1.2 passes.
    half = (Node("Build", (Part("Build"),), returns_factor=0.5), Node("Test", (Part("Test"),)))
    assert simulate(measured, half, runs=400).mean.value == pytest.approx(2.4, rel=0.05)


def test_states_that_no_stage_collects_keep_their_time() -> None:
    ways = [[(None, 0.0, 2.0), ("Build", 1.0, 0.0)]] * 30
    measured = measured_of(journeys(*ways), ["Build"], 1.0)
    assert set(simulate(measured, as_measured(measured), runs=3).lead_days) == {3.0}


def test_as_many_come_as_leave_whatever_the_days_of_their_creation() -> None:
    measured = measured_of(journeys(*[[("Build", 1.0, 0.0)]] * 40, gap_days=9), ["Build"], 0.25)
    assert measured.items_per_day == pytest.approx(0.25)


def test_a_limit_below_the_work_that_comes_is_told() -> None:
    measured = alike(work=2.0, items_per_day=1.0)
    for places, told in ((1, ("Build",)), (2, ("Build",)), (3, ())):
        nodes = (Node("Queue", (Part("Queue"),)), Node("Build", (Part("Build"),), places=places))
        assert overloaded(measured, nodes) == told


def test_a_flow_whose_stays_hang_together_is_not_called_close() -> None:
    # Each item is fast everywhere or slow everywhere: independent stays can't give that.
    fast, slow = ([(f"S{n}", days, 0.0) for n in range(8)] for days in (1.0, 10.0))
    measured = measured_of(journeys(*([fast] * 60 + [slow] * 60)), [f"S{n}" for n in range(8)], 1.0)
    current = simulate(measured, as_measured(measured))
    assert current.mean.holds(44.0)
    assert not is_close(measured, current)
    assert is_close(alike(), simulate(alike(), as_measured(alike())))


BASE = Design(
    name="x",
    stream="x",
    measured="stream=x",
    demand_per_day=1.0,
    step=(
        MapStep(name="Queue", mode="wait", wait="3 d", stages=("Queue",)),
        MapStep(name="Build", process="2 d", stages=("Build",), accurate=1.0),
    ),
)


@pytest.mark.parametrize(
    ("change", "mean"),
    [
        (None, 5.0),
        (Change(do="set", step="Queue", wait="1 d"), 3.0),
        (Change(do="set", step="Build", process="12 h"), 3.5),
        (Change(do="remove", step="Queue"), 2.0),
        (Change(do="merge", step="Queue", other="Build"), 5.0),
        (Change(do="split", step="Build", other="Test"), 5.0),
        (Change(do="automate", step="Build", process="6 h"), 3.25),
        (Change(do="add", step="Build", name="Sign-off", wait="2 d"), 7.0),
        # Collecting nine at one a day takes four days on average, beside the measured wait of three.
        (Change(do="set", step="Queue", batch=9), 9.0),
        # A wait in front of a step that had none is added.
        (Change(do="set", step="Build", wait="1 d"), 6.0),
    ],
)
def test_a_change_moves_the_simulated_mean_by_what_it_says(change: Change | None, mean: float) -> None:
    design = BASE.model_copy(update={"change": (change,) if change else ()})
    simulated = simulate(alike(count=90), nodes_of(design, alike(count=90)), runs=5)
    assert simulated.mean.value == pytest.approx(mean)


STEPS = ("Ideas", "Queue", "Build", "Review", "Test")


def serial(count: int = 60) -> Measured:
    ways = [[("Ideas", 0.0, 4.0), ("Queue", 0.0, 3.0), ("Build", 2.0, 0.5), ("Review", 1.0, 0.0), ("Test", 1.5, 0.0)]]
    return measured_of(journeys(*ways * count), STEPS, 1.0)


WHOLE = Design(
    name="x",
    stream="x",
    measured="stream=x",
    demand_per_day=1.0,
    step=(
        MapStep(name="Ideas", mode="wait", wait="4 d", stages=("Ideas",)),
        MapStep(name="Queue", mode="wait", wait="3 d", stages=("Queue",), batch=3),
        MapStep(name="Build", process="2 d", blocked="12 h", stages=("Build",)),
        MapStep(name="Review", process="1 d", stages=("Review",)),
        MapStep(name="Test", process="36 h", stages=("Test",)),
    ),
)
CHANGES = st.one_of(
    st.builds(
        Change,
        do=st.just("set"),
        step=st.sampled_from(STEPS),
        wait=st.sampled_from([None, "0 h", "12 h", "5 d"]),
        batch=st.sampled_from([None, None, 1, 3, 8]),
    ),
    st.builds(Change, do=st.just("remove"), step=st.sampled_from(STEPS)),
    st.builds(Change, do=st.just("automate"), step=st.sampled_from(STEPS[2:]), process=st.just("1 h")),
    st.builds(Change, do=st.just("merge"), step=st.sampled_from(STEPS), other=st.sampled_from([*STEPS, "Half"])),
    st.builds(Change, do=st.just("split"), step=st.sampled_from(STEPS[2:]), other=st.just("Half")),
    st.builds(
        Change,
        do=st.just("add"),
        step=st.sampled_from(["", *STEPS]),
        name=st.sampled_from(["New", "Newer"]),
        process=st.sampled_from([None, "1 d"]),
        wait=st.just("6 h"),
    ),
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(CHANGES, min_size=1, max_size=5))
def test_whatever_is_changed_the_simulated_mean_is_that_of_the_ladder_and_the_ladder_that_of_the_totals(
    changes: list[Change],
) -> None:
    made: tuple[Change, ...] = ()
    for change in changes:  # those that can't be made are left out
        try:
            effects_of(WHOLE.model_copy(update={"change": (*made, change)}))
        except DefinitionError:
            continue
        made = (*made, change)
    design = WHOLE.model_copy(update={"change": made})
    lead = totals_of(redesigned(design)).lead_seconds
    drawn = map_of(design)
    assert sum(step.mean_seconds for step in drawn.steps) == pytest.approx(lead)
    simulated = simulate(serial(), nodes_of(design, serial()), runs=2)
    assert simulated.mean.value * 86_400 == pytest.approx(lead)


def test_a_designed_limit_makes_items_wait_and_the_measured_one_does_not() -> None:
    limited = BASE.model_copy(update={"step": (BASE.step[0], BASE.step[1].model_copy(update={"wip_limit": 4}))})
    assert [node.places for node in nodes_of(limited, alike())] == [None, None]
    designed = BASE.model_copy(update={"change": (Change(do="set", step="Build", wip_limit=3),)})
    assert [node.places for node in nodes_of(designed, alike())] == [None, 3]
