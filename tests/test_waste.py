"""Waste: each second of an item belongs to one bucket, and the first rule that matches says to which."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import parse_qsl

import pandas as pd
import pytest
import reference
from conftest import STAGES, World, moves, span
from dash import html
from dash.development.base_component import Component
from test_maps import texts

from dashboard.catalogue import Catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.pages import waste, waste_room, waste_strategies
from dashboard.pages.items import in_words
from dashboard.pages.view import View, view_of
from dashboard.pages.waste_compliance import compliance_words
from dashboard.settings import Settings
from dashboard.snapshots import DATABASE, current
from dashboard.streams.plan import Strategy
from dashboard.warehouse import Warehouse
from dashboard.where import Where

DAY = 86_400
DURATIONS = ("seconds", "working_seconds")

# Who is active on what, beside the items that a test is about: nothing of theirs ends, so nothing is a usual age.
CREW = [
    {"item_id": f"crew-{person}", "to_state": state, "occurred_at": dt.datetime(2023, 12, day), "person": person}
    for person in ("p1", "p2", "p3", "p4", "p5")
    for state, day in (("Doing", 1), ("Review queue", 2))
]
CREW_ITEMS = [{"item_id": row["item_id"], "team": "Red"} for row in CREW[::2]]


def by(person: str, *steps: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Moves that name one person."""
    return [{**row, "person": person} for row in moves(*steps)]


def crowded(*rows: list[dict[str, Any]], team: str = "Red", crew: int = 5, **tables: Any) -> dict[str, Any]:
    """Canonical rows: moves of items of a team, beside so many of its other people."""
    told = [row for each in rows for row in each]
    items = [{"item_id": item, "team": team} for item in dict.fromkeys(row["item_id"] for row in told)]
    return {"items": [*items, *CREW_ITEMS[:crew]], "transitions": [*told, *CREW[: 2 * crew]], **tables}


def buckets(world: World, item_id: str = "A", column: str = "seconds") -> dict[str, float]:
    """Bucket → days of an item, those without any left out."""
    waste = world.engine.table("marts.waste")
    days = waste[waste["item_id"] == item_id].groupby("bucket")[column].sum() / DAY
    return {str(bucket): pytest.approx(float(value)) for bucket, value in days.items() if value}


def checked(world: World, tables: dict[str, Any], item_id: str = "A", stages: Any = STAGES) -> dict[str, float]:
    """The buckets of an item, equal to those of the slow reference by both clocks."""
    world.load(tables, stages)
    history = reference.read(tables, stages)
    for clock, column in zip(("elapsed", "working"), DURATIONS, strict=True):
        slow = reference.waste(history, clock)[item_id]
        assert {name: value / DAY for name, value in slow.items() if value} == buckets(world, item_id, column)
    return buckets(world, item_id)


def blocked(item_id: str, since: str, until: str, reason: str = "a supplier") -> dict[str, Any]:
    """A row of canonical.blocked."""
    begin, end = dt.datetime.fromisoformat(since), dt.datetime.fromisoformat(until)
    return {"item_id": item_id, "blocked_at": begin, "unblocked_at": end, "reason": reason}


def released(item_id: str, *, is_unplanned: bool) -> dict[str, Any]:
    """A deployment on 30 January that carried an item."""
    deployment = {
        "deployment_id": "d",
        "deployed_at": dt.datetime(2024, 1, 30),
        "status": "success",
        "is_unplanned": is_unplanned,
    }
    return {"deployments": [deployment], "links": [{"kind": "deployed", "from_id": item_id, "to_id": "d"}]}


# -- one rule at a time ------------------------------------------------------------------------------------------


def test_all_5_days_of_an_item_withdrawn_after_its_start_are_partially_done(world: World) -> None:
    rows = moves(("A", "To do", "2024-01-01"), ("A", "Doing", "2024-01-03"), ("A", "Dropped", "2024-01-06"))
    assert checked(world, {"transitions": rows}) == {"partially-done": 5}


def test_5_days_of_an_item_withdrawn_before_any_start_are_waiting(world: World) -> None:
    rows = moves(("A", "To do", "2024-01-01"), ("A", "Dropped", "2024-01-06"))
    assert checked(world, {"transitions": rows}) == {"waiting": 5}


def test_of_10_days_in_progress_8_are_above_the_usual_age_of_2(world: World) -> None:
    finished = [step for n in range(5) for step in ((f"F{n}", "Doing", "2024-01-01"), (f"F{n}", "Done", "2024-01-03"))]
    rows = moves(*finished, ("A", "Doing", "2024-01-01"), ("Z", "To do", "2024-01-11"))
    assert checked(world, {"transitions": rows}) == {"value-adding": 2, "partially-done": 8}


def test_3_days_of_a_second_visit_are_rework(world: World) -> None:
    rows = moves(
        ("A", "Doing", "2024-01-01"), ("A", "Review", "2024-01-02"), ("A", "Doing", "2024-01-04"),
        ("A", "Done", "2024-01-07"),
    )  # fmt: skip
    assert checked(world, {"transitions": rows}) == {"value-adding": 1, "extra-process": 2, "rework": 3}


@pytest.mark.parametrize(
    ("is_unplanned", "expected"),
    [(True, {"rework": 4}), (False, {"waiting": 1, "value-adding": 3})],
    ids=["4 days of what only a hotfix carried are rework", "of what a planned one carried they are not"],
)
def test_failure_fixes_are_rework(world: World, is_unplanned: bool, expected: dict[str, float]) -> None:
    rows = moves(("A", "To do", "2024-01-01"), ("A", "Doing", "2024-01-02"), ("A", "Done", "2024-01-05"))
    assert checked(world, {"transitions": rows, **released("A", is_unplanned=is_unplanned)}) == expected


def test_what_a_planned_release_carried_too_is_no_failure_fix(world: World) -> None:
    rows = moves(("A", "Doing", "2024-01-02"), ("A", "Done", "2024-01-05"))
    tables = released("A", is_unplanned=True)
    tables["deployments"].append({**tables["deployments"][0], "deployment_id": "e", "is_unplanned": False})
    tables["links"].append({**tables["links"][0], "to_id": "e"})
    assert checked(world, {"transitions": rows, **tables}) == {"value-adding": 3}


def test_1_of_3_days_blocked_is_waiting_under_its_reason(world: World) -> None:
    rows = moves(("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-04"))
    tables = {"transitions": rows, "blocked": [blocked("A", "2024-01-02", "2024-01-03")]}
    assert checked(world, tables) == {"waiting": 1, "value-adding": 2}
    waste = world.engine.table("marts.waste").set_index("bucket")
    assert (waste["reason"]["waiting"], waste["activity"]["waiting"]) == ("a supplier", "NVA")


def test_2_days_between_the_last_work_and_the_release_that_carried_it_are_batch(world: World) -> None:
    stages = (*STAGES[:4], {"name": "Ready", "category": "in-progress", "mode": "wait"}, *STAGES[4:])
    rows = moves(("A", "Doing", "2024-01-01"), ("A", "Ready", "2024-01-04"), ("A", "Done", "2024-01-06"))
    tables = {"transitions": rows, **released("A", is_unplanned=False)}
    assert checked(world, tables, stages=stages) == {"value-adding": 3, "batch": 2}
    assert checked(world, {"transitions": rows}, stages=stages) == {"value-adding": 3, "waiting": 2}


def test_2_days_in_a_review_queue_are_hand_off_and_3_of_the_review_are_extra_process(world: World) -> None:
    rows = moves(("A", "Review queue", "2024-01-01"), ("A", "Review", "2024-01-03"), ("A", "Done", "2024-01-06"))
    assert checked(world, {"transitions": rows}) == {"handoff": 2, "extra-process": 3}


def test_4_days_of_any_other_wait_are_waiting_and_of_work_value_adding(world: World) -> None:
    rows = moves(("A", "To do", "2024-01-01"), ("A", "Doing", "2024-01-05"), ("A", "Done", "2024-01-09"))
    assert checked(world, {"transitions": rows}) == {"waiting": 4, "value-adding": 4}


# -- task switching ----------------------------------------------------------------------------------------------


def test_of_4_days_2_with_2_items_open_and_2_with_1_are_1_day_of_switching(world: World) -> None:
    """2 · ½ = 1 day of A and 1 day of B; the 2 days that A is alone are its own."""
    a = by("ann", ("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-05"))
    b = by("ann", ("B", "Doing", "2024-01-03"), ("B", "Done", "2024-01-05"))
    tables = crowded(a, b)
    assert checked(world, tables) == {"task-switching": 1, "value-adding": 3}
    assert checked(world, tables, "B") == {"task-switching": 1, "value-adding": 1}


def test_of_3_days_with_3_items_open_2_are_switching(world: World) -> None:
    each = [by("ann", (key, "Doing", "2024-01-01"), (key, "Done", "2024-01-04")) for key in "ABC"]
    assert checked(world, crowded(*each)) == {"task-switching": 2, "value-adding": 1}


def test_items_of_two_people_do_not_share_time(world: World) -> None:
    a = by("ann", ("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-05"))
    b = by("bob", ("B", "Doing", "2024-01-01"), ("B", "Done", "2024-01-05"))
    assert checked(world, crowded(a, b)) == {"value-adding": 4}


def test_a_blocked_item_is_not_open_so_2_of_4_shared_days_are_alone(world: World) -> None:
    """A: 4 days, B blocked for the last 2: 2 · ½ = 1. B: 2 · ½ = 1 of its 2 days that are not blocked."""
    a = by("ann", ("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-05"))
    b = by("ann", ("B", "Doing", "2024-01-01"), ("B", "Done", "2024-01-05"))
    tables = crowded(a, b, blocked=[blocked("B", "2024-01-03", "2024-01-05")])
    assert checked(world, tables) == {"task-switching": 1, "value-adding": 3}
    assert checked(world, tables, "B") == {"task-switching": 1, "value-adding": 1, "waiting": 2}


def test_a_queue_is_not_open_for_anybody(world: World) -> None:
    a = by("ann", ("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-05"))
    b = by("ann", ("B", "Review queue", "2024-01-01"), ("B", "Done", "2024-01-05"))
    assert checked(world, crowded(a, b)) == {"value-adding": 4}


def test_a_weekend_shared_is_switching_by_the_elapsed_clock_only(world: World) -> None:
    """Friday noon to Monday noon, 3 days: ½ is 1.5 days; open hours are 5 on Friday and 3 on Monday, ½ is 4 h."""
    steps = (("Doing", "2024-01-05T12:00"), ("Done", "2024-01-08T12:00"))
    each = [by("ann", *((key, state, at) for state, at in steps)) for key in "AB"]
    assert checked(world, crowded(*each)) == {"task-switching": 1.5, "value-adding": 1.5}
    assert buckets(world, column="working_seconds") == {"task-switching": 4 / 24, "value-adding": 4 / 24}


@pytest.mark.parametrize(("crew", "is_told"), [(4, True), (3, False)], ids=["5 people", "4 people"])
def test_switching_is_told_of_teams_of_5_people_or_more(world: World, crew: int, is_told: bool) -> None:
    each = [by("ann", (key, "Doing", "2024-01-01"), (key, "Done", "2024-01-05")) for key in "AB"]
    expected = {"task-switching": 2, "value-adding": 2} if is_told else {"value-adding": 4}
    assert checked(world, crowded(*each, crew=crew)) == expected
    teams = world.engine.table("marts.teams").set_index("team")
    assert (teams["people_count"]["Red"], bool(teams["is_published"]["Red"])) == (crew + 1, is_told)


def test_an_item_of_another_team_counts_as_open_but_its_small_team_is_not_told(world: World) -> None:
    each = [by("ann", (key, "Doing", "2024-01-01"), (key, "Done", "2024-01-05")) for key in "AB"]
    tables = crowded(*each)
    tables["items"] = [{**row, "team": "Tiny"} if row["item_id"] == "B" else row for row in tables["items"]]
    assert checked(world, tables) == {"task-switching": 2, "value-adding": 2}
    assert checked(world, tables, "B") == {"value-adding": 4}


# -- which rule comes first --------------------------------------------------------------------------------------


def test_withdrawn_comes_before_rework_blocked_and_switching(world: World) -> None:
    a = by(
        "ann", ("A", "Doing", "2024-01-01"), ("A", "Review", "2024-01-02"), ("A", "Doing", "2024-01-03"),
        ("A", "Dropped", "2024-01-06"),
    )  # fmt: skip
    b = by("ann", ("B", "Doing", "2024-01-01"), ("B", "Done", "2024-01-06"))
    tables = crowded(a, b, blocked=[blocked("A", "2024-01-03", "2024-01-04")])
    assert checked(world, tables) == {"partially-done": 5}
    # B shares days 1 and 3 to 5 with A, of which day 3 is blocked: 3 days, half of each.
    assert checked(world, tables, "B") == {"task-switching": 2, "value-adding": 3}


def test_rework_comes_before_blocked_and_switching(world: World) -> None:
    a = by(
        "ann", ("A", "Doing", "2024-01-01"), ("A", "Review queue", "2024-01-02"), ("A", "Doing", "2024-01-03"),
        ("A", "Done", "2024-01-07"),
    )  # fmt: skip
    b = by("ann", ("B", "Doing", "2024-01-03"), ("B", "Done", "2024-01-07"))
    tables = crowded(a, b, blocked=[blocked("A", "2024-01-05", "2024-01-06")])
    assert checked(world, tables) == {"value-adding": 1, "handoff": 1, "rework": 4}
    assert checked(world, tables, "B") == {"task-switching": 1.5, "value-adding": 2.5}


def test_blocked_comes_before_batch_hand_off_and_extra_process(world: World) -> None:
    rows = moves(("A", "Review queue", "2024-01-01"), ("A", "Review", "2024-01-03"), ("A", "Done", "2024-01-06"))
    tables = {"transitions": rows, "blocked": [blocked("A", "2024-01-02", "2024-01-04")]}
    assert checked(world, tables) == {"handoff": 1, "waiting": 2, "extra-process": 2}
    late = moves(("A", "Doing", "2024-01-01"), ("A", "Review queue", "2024-01-02"), ("A", "Done", "2024-01-06"))
    held = {"transitions": late, "blocked": [blocked("A", "2024-01-02", "2024-01-04")]}
    assert checked(world, held | released("A", is_unplanned=False)) == {"value-adding": 1, "waiting": 2, "batch": 2}


def test_batch_comes_before_hand_off(world: World) -> None:
    rows = moves(("A", "Doing", "2024-01-01"), ("A", "Review queue", "2024-01-02"), ("A", "Done", "2024-01-06"))
    assert checked(world, {"transitions": rows}) == {"value-adding": 1, "handoff": 4}
    tables = {"transitions": rows, **released("A", is_unplanned=False)}
    assert checked(world, tables) == {"value-adding": 1, "batch": 4}


def test_hand_off_comes_before_extra_process_but_its_time_is_necessary(world: World) -> None:
    stages = (*STAGES[:2], {"name": "Approval", "mode": "wait", "activity": "NNVA", "waste": "handoff"}, *STAGES[4:])
    rows = moves(("A", "Doing", "2024-01-01"), ("A", "Approval", "2024-01-02"), ("A", "Done", "2024-01-06"))
    assert checked(world, {"transitions": rows}, stages=stages) == {"value-adding": 1, "handoff": 4}
    waste = world.engine.table("marts.waste").set_index("bucket")
    assert waste["activity"].to_dict() == {"value-adding": "VA", "handoff": "NNVA"}


def test_extra_process_comes_before_switching(world: World) -> None:
    each = [by("ann", (key, "Review", "2024-01-01"), (key, "Done", "2024-01-05")) for key in "AB"]
    assert checked(world, crowded(*each)) == {"extra-process": 4}


def test_above_the_usual_age_comes_before_switching(world: World) -> None:
    """A and B are open for 10 days, 2 of them below the usual age: 1 of these is switching."""
    finished = [step for n in range(5) for step in ((f"F{n}", "Doing", "2024-01-01"), (f"F{n}", "Done", "2024-01-03"))]
    each = [by("ann", (key, "Doing", "2024-01-01")) for key in "AB"]
    rows = moves(*finished, ("Z", "To do", "2024-01-11"))
    assert checked(world, crowded(*each, rows)) == {"task-switching": 1, "value-adding": 1, "partially-done": 8}


# -- laws --------------------------------------------------------------------------------------------------------


def assert_adds_up(engine: DuckDB) -> int:
    """Every item's buckets add up to its lead time by both clocks, and none is negative; gives how many there are."""
    waste, items = engine.table("marts.waste"), engine.table("marts.items").set_index(["stream", "item_id"])
    sums = waste.groupby(["stream", "item_id"])[list(DURATIONS)].sum().reindex(items.index, fill_value=0)
    for seconds in DURATIONS:
        assert (waste[seconds] >= 0).all()
        assert (sums[seconds] - items[f"lead_{seconds}"]).abs().max() < 0.001
    return len(items)


@pytest.fixture
def demo_engine(demo: Settings) -> DuckDB:
    return DuckDB(current(demo.warehouse) / DATABASE, read_only=True)


def test_buckets_add_up_to_the_lead_time_of_every_item_of_the_demo(demo_engine: DuckDB) -> None:
    assert assert_adds_up(demo_engine) > 1_000
    waste = demo_engine.table("marts.waste")
    assert set(waste["bucket"]) == {
        "value-adding", "extra-process", "task-switching", "waiting", "handoff", "batch", "rework", "partially-done",
    }  # fmt: skip


def test_no_person_stands_in_a_mart_of_the_demo(demo_engine: DuckDB) -> None:
    people = set(demo_engine.table("canonical.transitions")["person"].dropna())
    assert len(people) > 20
    for mart in ("waste", "teams", "open_at_once"):
        table = demo_engine.table(f"marts.{mart}")
        assert not people & set(table.select_dtypes(exclude="number").astype(str).to_numpy().ravel())


def test_of_2_items_half_a_month_and_1_the_other_half_a_person_has_1_and_a_half_open(world: World) -> None:
    """February 2024 has 29 days: 14.5 with 2 items, 14.5 with 1. The median of 1.5 and the crew's four 1s is 1."""
    a = by("ann", ("A", "Doing", "2024-02-01"), ("A", "Done", "2024-03-01"))
    b = by("ann", ("B", "Doing", "2024-02-01"), ("B", "Done", "2024-02-15T12:00"))
    others = [
        step
        for person in ("p1", "p2", "p3", "p4")
        for step in by(person, (person, "Doing", "2024-02-05"), (person, "Done", "2024-02-20"))
    ]
    world.load(crowded(a, b, others, crew=0))
    (row,) = world.ask("charts.open_at_once", span("2024-02-01", "2024-03-01")).to_dict("records")
    assert (row["team"], row["people"], row["open_items"]) == ("Red", 5, 1)
    world.load(
        crowded(a, b, [*others[2:], *by("bob", ("X", "Doing", "2024-02-05"), ("X", "Done", "2024-02-06"))], crew=0)
    )
    (row,) = world.ask("charts.open_at_once", span("2024-02-01", "2024-03-01")).to_dict("records")
    assert row["people"] == 5
    world.load(crowded(a, b, others[2:], crew=0))
    (row,) = world.ask("charts.open_at_once", span("2024-02-01", "2024-03-01")).to_dict("records")
    assert row["people"] == 4
    assert pd.isna(row["open_items"])


# -- the page ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


def seen(warehouse: Warehouse, demo: Settings, stream: str, **query: str) -> View:
    """The page's view of a stream of the demo."""
    return view_of(warehouse, demo.home, {"stream": stream, **query})[0]


STREAMS = ("bank", "retailer", "healthcare")
CATEGORIES = sorted(waste_strategies.FITS)


def addresses(component: Any) -> list[str]:
    """Where the links of a component lead, in its order."""
    mine = [component.href] if isinstance(component, html.A) else list(getattr(component, "links", None) or ())
    return [*mine, *(way for child in _children(component) for way in addresses(child))]


def _children(component: Any) -> list[Any]:
    """The components right below one."""
    inside = getattr(component, "children", None)
    return [each for each in (inside if isinstance(inside, list) else [inside]) if isinstance(each, Component)]


@pytest.mark.parametrize("stream", STREAMS)
def test_days_of_the_page_are_those_of_the_raw_mart(warehouse: Warehouse, demo: Settings, stream: str) -> None:
    view = seen(warehouse, demo, stream)
    table, mart = view.ask("charts.waste"), warehouse.table("marts.waste")
    mart = mart[(mart["stream"] == stream) & mart["ended_on"].notna()]
    for kind in ("bucket", "activity"):
        pd.testing.assert_series_equal(
            table.groupby(kind)["days"].sum(), mart.groupby(kind)["seconds"].sum() / DAY, check_names=False
        )
    items = warehouse.table("marts.items")
    ended = items[(items["stream"] == stream) & items["ended_on"].notna()]
    assert table["days"].sum() == pytest.approx(ended["lead_seconds"].sum() / DAY)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("stream", STREAMS)
def test_a_category_opens_its_room(warehouse: Warehouse, demo: Settings, stream: str, category: str) -> None:
    view = seen(warehouse, demo, stream, category=category)
    drawn = waste.body(view)
    said = texts(drawn)
    fits = [way for way in addresses(drawn) if way.startswith("/plan?")]
    assert len(fits) == len(waste_strategies.FITS[category])
    stages = set(view.warehouse.stages(stream)["stage"])
    for way, fit in zip(fits, waste_strategies.FITS[category], strict=True):
        asked = dict(parse_qsl(way.partition("?")[2]))
        assert {key: asked[key] for key in ("stream", "new", "strategy", "metric")} == {
            "stream": stream, "new": "initiative", "strategy": fit.strategy, "metric": fit.metric,
        }  # fmt: skip
        assert asked["stage"] in stages
        assert fit.why in said
    listed = view.ask("charts.waste_items", chosen=Where(waste=category).parameter(), row_limit=1, row_offset=0)
    if category == "task-switching":
        assert waste_room.NO_ITEM in said
        assert listed.empty
    else:
        assert f"{listed['matches'].iloc[0]:,} items lost time to it" in said


def test_every_strategy_and_metric_of_the_waste_page_can_be_planned(catalogue: Catalogue) -> None:
    fits = [fit for each in waste_strategies.FITS.values() for fit in each]
    assert {fit.strategy for fit in fits} == set(get_args(Strategy)) == waste_strategies.NAMES.keys()
    assert {fit.metric for fit in fits} <= catalogue.metrics.keys()


def test_old_work_in_progress_is_told_though_it_counts_once_it_ends(
    warehouse: Warehouse, demo: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo has none: 66 items with 3,869 days stand for it."""
    view = seen(warehouse, demo, "bank", category="partially-done")
    table = view.ask("charts.waste").query("bucket != 'partially-done'")
    assert "No time of this kind in this scope" in texts(waste_room.room(view, table, "partially-done"))
    late, real = pd.DataFrame([{"items": 66, "days": 3869.2}]), View.ask
    monkeypatch.setattr(
        View, "ask", lambda self, name, **more: late if name == "charts.waste_open" else real(self, name, **more)
    )
    said = texts(waste_room.room(view, table, "partially-done"))
    assert "No item that ended in this scope has time of this kind; 66 items in progress have" in said
    assert "66 items, 3,869 item-days above the 85th percentile of age; they count here once they end." in said
    assert "No time of this kind" not in said


def test_of_10_days_in_progress_8_above_the_usual_age_are_old_work(world: World) -> None:
    finished = [step for n in range(5) for step in ((f"F{n}", "Doing", "2024-01-01"), (f"F{n}", "Done", "2024-01-03"))]
    world.load({"transitions": moves(*finished, ("A", "Doing", "2024-01-01"), ("Z", "To do", "2024-01-11"))})
    (row,) = world.ask("charts.waste_open", span("2024-01-01", "2024-02-01")).to_dict("records")
    assert row == {"items": 1, "days": pytest.approx(8)}
    (row,) = world.ask("charts.waste_open", span("2023-01-01", "2024-01-01")).to_dict("records")
    assert row == {"items": 0, "days": 0}


def test_an_initiative_against_rework_begins_where_most_items_go_back(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo, "bank", category="rework")
    flows = view.ask("charts.map_back_flows")
    first = flows.loc[flows["moves"].idxmax(), "from_stage"]
    ways = [dict(parse_qsl(way.partition("?")[2])) for way in addresses(waste.body(view)) if way.startswith("/plan?")]
    assert {asked["stage"] for asked in ways} == {first}


def test_a_room_without_items_says_so_once(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo, "bank", category="batch", **{"from": "2024-01-01", "to": "2024-01-02"})
    said = texts(waste_room.room(view, view.ask("charts.waste"), "batch"))
    assert said.count("No item of this scope lost time to it") == 1


def test_the_room_of_extra_process_says_which_rules_come_before_it(warehouse: Warehouse, demo: Settings) -> None:
    said = texts(waste.body(seen(warehouse, demo, "bank", category="extra-process")))
    assert "the first rule that fits decides" in said


def test_an_unknown_category_opens_no_room(warehouse: Warehouse, demo: Settings) -> None:
    for asked in ("value-adding", "x", ""):
        assert "What to try?" not in texts(waste.body(seen(warehouse, demo, "bank", category=asked)))


def test_items_behind_a_waste_are_those_that_the_room_counts(warehouse: Warehouse, demo: Settings) -> None:
    view = seen(warehouse, demo, "bank")
    where = Where(event="ended", since=view.scope.since, until=view.scope.until, waste="rework")
    listed = view.ask("charts.waste_items", chosen=where.parameter(), row_limit=10_000, row_offset=0)
    assert set(listed["item_id"]) == set(view.found(where, limit=10_000)["item_id"])
    assert listed["matches"].iloc[0] == len(listed)
    assert in_words(where, 3).endswith("with rework")


def test_only_a_regulated_stream_shows_compliance(warehouse: Warehouse, demo: Settings) -> None:
    said = {stream: texts(waste.body(seen(warehouse, demo, stream))) for stream in STREAMS}
    assert [stream for stream in STREAMS if "compliance" in said[stream].lower()] == ["healthcare"]
    assert "in 3 steps; 1 of them is automated" in said["healthcare"]


def test_of_6_days_of_compliance_per_item_2_are_done_by_a_program(world: World) -> None:
    """A and B are approved for 6 days each and scanned for 3, C is not: 12 / 3 = 4 days and 6 / 3 = 2 per item."""
    stages = (
        *STAGES[:2],
        {"name": "Approve", "activity": "NNVA", "compliance": True},
        {"name": "Scan", "activity": "NNVA", "compliance": True, "automated": True},
        *STAGES[4:],
    )
    steps = [
        step
        for key in "AB"
        for step in (
            (key, "Doing", "2024-01-01"), (key, "Approve", "2024-01-02"), (key, "Scan", "2024-01-08"),
            (key, "Done", "2024-01-11"),
        )
    ]  # fmt: skip
    rows = moves(*steps, ("C", "Doing", "2024-01-01"), ("C", "Done", "2024-01-05"))
    world.load({"transitions": rows}, stages, regulated=True)
    table = world.ask("charts.necessary_steps", span("2024-01-01", "2024-02-01"))
    assert table[["stage", "days_per_item", "visits_per_item", "items", "finished"]].to_numpy().tolist() == [
        ["Approve", pytest.approx(4), pytest.approx(2 / 3), 2, 3],
        ["Scan", pytest.approx(2), pytest.approx(2 / 3), 2, 3],
    ]
    assert compliance_words(table) == (
        "6.0 d (few) per finished item (n = 3) in 2 steps; 1 of them is automated, 33 % of that time"
    )


def test_a_cost_of_delay_of_a_type_comes_before_that_of_the_stream(world: World) -> None:
    """A defect of 2 days at 100 and a feature of 3 days at 10 are 230."""
    items = [{"item_id": "A", "type": "defect"}, {"item_id": "B", "type": "feature"}]
    rows = moves(
        ("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-03"), ("B", "Doing", "2024-01-01"),
        ("B", "Done", "2024-01-04"),
    )  # fmt: skip
    costs = {"cost_of_delay_per_day": 10.0, "cost_of_delay": {"defect": 100.0}}
    world.load({"items": items, "transitions": rows}, **costs)
    assert world.ask("charts.waste", span("2024-01-01", "2024-02-01"))["cost"].sum() == pytest.approx(230)


def test_3_days_of_delay_cost_the_same_by_both_clocks_even_over_a_weekend(world: World) -> None:
    """Friday to Monday 00:00 at 10 a day: 2 days of work and 1 of waiting are 30, though only Friday is a workday."""
    rows = moves(("A", "Doing", "2024-01-05"), ("A", "Review queue", "2024-01-06"), ("A", "Done", "2024-01-08"))
    world.load({"transitions": rows}, cost_of_delay_per_day=10.0)
    scope = span("2024-01-01", "2024-02-01")
    for clock, days in (("elapsed", 3), ("working", 8 / 24)):
        table = world.ask("charts.waste", replace(scope, clock=clock))
        assert table.set_index("bucket")["cost"].to_dict() == pytest.approx({"handoff": 20, "value-adding": 10})
        assert table["days"].sum() == pytest.approx(days)


def test_a_team_of_4_is_told_that_its_switching_is_not_known(world: World) -> None:
    each = [by("ann", (key, "Doing", "2024-01-01"), (key, "Done", "2024-01-05")) for key in "AB"]
    world.load(crowded(*each, crew=3))
    (row,) = world.ask("charts.waste_teams", span("2024-01-01", "2024-02-01")).to_dict("records")
    assert (row["team"], row["items"], bool(row["is_known"])) == ("Red", 2, False)
