"""The charts of the flow page against pandas on the marts, for several scopes of the made-up organisations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from conftest import Imports

from dashboard.analysis.littles_law import judged
from dashboard.catalogue import Catalogue
from dashboard.figures.cumulative_flow import in_stage
from dashboard.pages import flow_charts
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.where import where_from

DAY = pd.Timedelta(days=1)
CHOICES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "all of it": ("bank", {}),
    "working time, last start": ("retailer", {"clock": "working", "start_rule": "last"}),
    "one type, weeks of a part": ("healthcare", {"types": ("feature",), "period": "week", "part": True}),
}


@dataclass(frozen=True)
class Flow:
    """A scope of a stream, and what pandas makes of the marts in it: items with plain columns, and visits."""

    view: View
    scope: Scope
    items: pd.DataFrame
    visits: pd.DataFrame
    periods: list[tuple[dt.date, dt.date, pd.Timestamp]]

    def finished(self) -> pd.DataFrame:
        """Items finished in the scope."""
        return self.between("finished_on", self.scope.since, self.scope.until)

    def between(self, column: str, since: dt.date, until: dt.date) -> pd.DataFrame:
        """Items whose day lies in [since, until)."""
        days = self.items[column]
        return self.items[(days >= pd.Timestamp(since)) & (days < pd.Timestamp(until))]

    def present(self, until: dt.date) -> pd.DataFrame:
        """Items in progress at the end of the day before `until`."""
        began = self.items["start_on"] < pd.Timestamp(until)
        return self.items[began & ~(self.items["ended_on"] < pd.Timestamp(until))]


@pytest.fixture(scope="module", params=CHOICES)
def flow(request: pytest.FixtureRequest, demo: Settings, catalogue: Catalogue) -> Flow:
    warehouse = Warehouse(demo.warehouse, catalogue)
    stream, chosen = CHOICES[request.param]
    chosen, scope = dict(chosen), replace(warehouse.default_scope(stream), period="month")
    if chosen.pop("part", False):
        third = (scope.until - scope.since) // 3
        chosen |= {"since": scope.since + third, "until": scope.until - third}
    scope = replace(scope, **chosen)
    items, visits = (warehouse.table(f"marts.{name}") for name in ("items", "visits"))
    items, visits = (table[table["stream"] == stream] for table in (items, visits))
    if scope.types:
        items, visits = items[items["type"].isin(scope.types)], visits[visits["type"].isin(scope.types)]
    clock = "working_seconds" if scope.clock == "working" else "seconds"
    items = items.assign(
        start_on=items[f"started_{scope.start_rule}_on"],
        start_at=items[f"started_{scope.start_rule}_at"],
        cycle=items[f"cycle_{scope.start_rule}_{clock}"] / 86_400,
        lead=items[f"lead_{clock}"] / 86_400,
        process=items[f"process_{clock}"] / 86_400,
        blocked=items[f"blocked_{clock}"] / 86_400,
    )
    visits = visits.assign(days=visits[clock] / 86_400)
    last = warehouse.streams().set_index("stream").loc[stream, "last_event_at"]
    cut = [
        (row.period_start.date(), row.period_end.date(), min(pd.Timestamp(row.period_end), last))
        for row in warehouse.ask("charts.periods", scope).itertuples()
    ]
    return Flow(View(warehouse, scope, demo.home), scope, items, visits, cut)


def test_every_finished_item_is_a_point_under_its_levels(flow: Flow) -> None:
    table = flow.view.ask("charts.cycle_scatter", row_limit=10_000)
    theirs = flow.finished().set_index("item_id")["cycle"].sort_index()
    assert table.set_index("item_id")["cycle_days"].sort_index().tolist() == pytest.approx(theirs.tolist())
    ordered = theirs.sort_values().tolist()
    observed = [ordered[-(-len(ordered) * share // 100) - 1] for share in (85, 95)]
    assert table[["most_days", "nearly_all_days"]].iloc[0].tolist() == pytest.approx(observed)
    assert table["half_days"].iloc[0] == pytest.approx(theirs.median())


def test_of_too_many_points_the_slowest_stay(flow: Flow) -> None:
    whole = flow.view.ask("charts.cycle_scatter", row_limit=10_000)
    few = flow.view.ask("charts.cycle_scatter", row_limit=50)
    assert len(few) == 50 and few["items"].iloc[0] == len(whole)
    slow = whole[whole["cycle_days"] >= whole["nearly_all_days"]]
    assert set(slow["item_id"]) <= set(few["item_id"])
    assert set(few["item_id"]) == set(flow.view.ask("charts.cycle_scatter", row_limit=50)["item_id"])


def test_bins_hold_every_item_once(flow: Flow) -> None:
    table, cycle = flow.view.ask("charts.cycle_histogram"), flow.finished()["cycle"]
    assert 5 <= len(table) <= 32
    for row in table.to_dict("records"):
        until = row["days_to"] if pd.notna(row["days_to"]) else float("inf")
        assert row["items"] == ((cycle >= row["days_from"]) & (cycle < until)).sum()
    assert table["items"].sum() == len(cycle)


def test_arrivals_less_departures_is_the_change_of_what_is_present(flow: Flow) -> None:
    table = flow.view.ask("charts.in_and_out").to_dict("records")
    before = len(flow.present(flow.scope.since))
    for row, (since, until, _) in zip(table, flow.periods, strict=True):
        assert row["arrivals"] == len(flow.between("start_on", since, until))
        left = flow.between("ended_on", since, until)
        assert row["departures"] == left["start_on"].notna().sum()
        now = len(flow.present(until))
        assert -row["net_flow"] == now - before
        before = now


def test_ageing_items_are_those_in_progress(flow: Flow) -> None:
    table = flow.view.ask("charts.ageing").set_index("item_id")
    present = flow.present(flow.scope.until).set_index("item_id")
    assert set(table.index) == set(present.index)
    assert len(table) == flow.view.headline("work_in_progress")["value"]
    if flow.scope.clock == "elapsed":
        ages = (min(flow.periods[-1][2], pd.Timestamp(flow.scope.until)) - present["start_at"]) / DAY
        assert table["age_days"].sort_index().tolist() == pytest.approx(ages.sort_index().tolist(), abs=0.6)  # zones
    visits = flow.visits[flow.visits["entered_on"] < pd.Timestamp(flow.scope.until)]
    stage = visits.sort_values("visit_no").groupby("item_id")["stage"].last()
    assert table["stage"].to_dict() == {key: stage[key] for key in table.index}


def test_total_age_is_the_sum_of_the_ages(flow: Flow) -> None:
    table = flow.view.ask("charts.total_age")
    ages = flow.view.measure("work_item_age", percentile=None)
    assert table["items"].tolist() == [len(flow.present(until)) for _, until, _ in flow.periods]
    expected = (ages["value"].fillna(0) * ages["items"]).tolist()
    assert table["value"].tolist() == pytest.approx(expected)


def test_pace_is_the_age_of_finished_items_on_leaving_a_stage(flow: Flow) -> None:
    table = flow.view.ask("charts.pace").set_index("stage")
    done = flow.finished().set_index("item_id")
    visits = flow.visits[flow.visits["is_in_flow"] & flow.visits["item_id"].isin(done.index)]
    visits = visits[visits["entered_at"] >= visits["item_id"].map(done["start_at"])].sort_values(
        ["item_id", "visit_no"]
    )
    age = visits.assign(age=visits.groupby("item_id")["days"].cumsum())
    last = age[age["category"] == "in-progress"].groupby(["stage", "item_id"])["age"].max()
    for stage, ages in last.groupby(level=0):
        assert table.loc[stage, "items"] == len(ages)
        assert table.loc[stage, "half_days"] == pytest.approx(ages.median())
        assert table.loc[stage, "most_days"] == pytest.approx(sorted(ages)[-(-len(ages) * 85 // 100) - 1])
    assert set(table.index) == set(last.index.get_level_values(0))


def test_working_waiting_and_blocked_are_the_lead_time(flow: Flow) -> None:
    table = flow.view.ask("charts.time_split")
    for since, until, _ in flow.periods:
        rows = table[table["period_start"] == pd.Timestamp(since)].set_index("kind")["days"]
        done = flow.between("finished_on", since, until)
        assert rows["process"] == pytest.approx(done["process"].sum())
        assert rows["blocked"] == pytest.approx(done["blocked"].sum())
        assert rows.sum() == pytest.approx(done["lead"].sum())
        assert rows["waiting"] >= -1e-9
    shares = table.dropna(subset=["share"]).groupby("period_start")["share"].sum()
    assert shares.tolist() == pytest.approx([1] * len(shares))


def test_kinds_of_work_add_up(flow: Flow) -> None:
    table = flow.view.ask("charts.types")
    for since, until, _ in flow.periods:
        rows = table[table["period_start"] == pd.Timestamp(since)].set_index("type")
        done, present = flow.between("finished_on", since, until), flow.present(until)
        for column, items in (("finished", done), ("in_progress", present)):
            counts = items["type"].value_counts()
            assert rows.loc[rows[column] > 0, column].sort_index().to_dict() == counts.sort_index().to_dict()


def test_stays_that_ended_are_told_by_stage_and_period(flow: Flow) -> None:
    table = flow.view.ask("charts.stage_weeks")
    visits = flow.visits[flow.visits["is_in_flow"] & flow.visits["category"].isin(["backlog", "in-progress"])]
    found = 0
    for since, until, _ in flow.periods:
        ended = visits[(visits["left_on"] >= pd.Timestamp(since)) & (visits["left_on"] < pd.Timestamp(until))]
        for stage, stays in ended[ended["position"].notna()].groupby("stage"):
            row = table[(table["stage"] == stage) & (table["period_start"] == pd.Timestamp(since))].iloc[0]
            assert (row["stays"], row["items"]) == (len(stays), stays["item_id"].nunique())
            assert row["median_days"] == pytest.approx(stays["days"].median())
            assert row["mean_days"] == pytest.approx(stays["days"].mean())
            asked = f"event=left+stage&since={since}&until={until}"
            where = replace(where_from(dict(parse_qsl(asked))), stage=str(stage))
            assert flow.view.found(where, limit=1)["matches"].iloc[0] == row["items"]
            found += 1
    assert found == len(table)


def test_blocked_time_by_reason_is_that_of_the_flags(flow: Flow) -> None:
    table = flow.view.ask("charts.blocked_reasons").set_index("reason")
    blocked = flow.view.warehouse.table("marts.blocked")
    blocked = blocked[(blocked["stream"] == flow.scope.stream) & blocked["item_id"].isin(flow.items["item_id"])]
    since, until = pd.Timestamp(flow.scope.since), pd.Timestamp(flow.scope.until)
    blocked = blocked[(blocked["unblocked_on"] >= since) & (blocked["blocked_on"] < until)]
    assert table["items"].to_dict() == blocked.groupby("reason")["item_id"].nunique().to_dict()
    assert table["times"].to_dict() == blocked["reason"].value_counts().to_dict()
    for reason, rows in blocked.groupby("reason"):
        # The scope ends by the clock of the stream's zone, at most 14 hours from UTC's.
        ends, begins = rows["unblocked_at"].clip(upper=until), rows["blocked_at"].clip(lower=since)
        assert table.loc[reason, "days"] == pytest.approx(((ends - begins) / DAY).sum(), abs=0.6 * 4)
        asked = {"event": "blocked", "reason": str(reason), "since": str(since.date()), "until": str(until.date())}
        assert flow.view.found(where_from(asked), limit=1)["matches"].iloc[0] == table.loc[reason, "items"]


def test_littles_law_is_that_of_the_days(flow: Flow) -> None:
    (row,) = flow.view.ask("charts.littles_law").to_dict("records")
    last = flow.view.warehouse.streams().set_index("stream").loc[flow.scope.stream, "last_event_on"]
    end = min(pd.Timestamp(flow.scope.until), pd.Timestamp(last) + DAY)
    days = pd.date_range(flow.scope.since, end - DAY)
    levels = [len(flow.present((day + DAY).date())) for day in days]
    assert row["days_count"] == len(days)
    assert row["mean_wip"] == pytest.approx(sum(levels) / len(days))
    assert (row["first_wip"], row["last_wip"]) == (levels[0], levels[-1])
    gone = flow.between("ended_on", flow.scope.since, end.date())
    gone = gone[gone["start_at"].notna()]
    took = (gone["finished_at"].fillna(gone["cancelled_at"]) - gone["start_at"]) / DAY
    assert row["items"] == len(gone)
    assert row["mean_cycle_days"] == pytest.approx(took.mean())
    law = judged(row)
    assert law is not None
    assert law.ratio == pytest.approx(row["mean_wip"] / (len(gone) / len(days) * took.mean()))


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        ({}, []),
        ({"arrivals_per_day": 1.3}, ["As much comes in as leaves"]),
        ({"last_wip": 14}, ["As much is in progress at the end as at the beginning"]),
        ({"last_age_days": 6}, ["What is in progress is as old at the end as at the beginning"]),
    ],
    ids=["none", "arrivals", "level", "age"],
)
def test_condition_of_littles_law_that_fails_is_named(change: dict[str, float], failing: list[str]) -> None:
    row = {
        "mean_wip": 10, "departures_per_day": 1.0, "arrivals_per_day": 1.05, "mean_cycle_days": 10.0, "first_wip": 10,
        "last_wip": 11, "first_age_days": 4.0, "last_age_days": 4.5,
    }  # fmt: skip
    law = judged({**row, **change})
    assert law is not None and law.ratio == 1
    assert [each.words for each in law.conditions if each.holds is False] == failing


def test_littles_law_says_nothing_where_nothing_left() -> None:
    nothing = {"mean_wip": 10, "departures_per_day": 0.0, "arrivals_per_day": 1.0, "mean_cycle_days": None}
    assert judged({**nothing, "first_wip": 1, "last_wip": 1, "first_age_days": None, "last_age_days": None}) is None


def test_bands_hold_the_items_that_they_open(flow: Flow) -> None:
    table = flow.view.ask("charts.cumulative_flow")
    days = sorted(table["day"].unique())
    chosen = table[table["day"].isin([days[len(days) * part // 6 - 1] for part in (1, 3, 6)])]
    assert len(chosen) > 12
    for row in chosen.itertuples():
        found = flow.view.found(where_from(dict(parse_qsl(in_stage(row.stage, row.day)))), limit=1)
        assert (int(found["matches"].iloc[0]) if len(found) else 0) == row.items, (row.stage, row.day)


def test_what_no_source_tells_is_not_nothing(whole_imports: Imports) -> None:
    whole_imports.run(whole_imports.file("s.csv", "id,created,finished\nA,2024-01-01,2024-01-03\nB,2024-01-02,\n"))
    view = View(whole_imports.warehouse, whole_imports.warehouse.default_scope(), whole_imports.settings.home)
    unknown = (
        flow_charts.ageing_card(view),
        flow_charts.in_and_out_card(view),
        flow_charts.time_split_card(view),
        flow_charts.types_card(view, "in_progress"),
        flow_charts.littles_law_card(view),
    )
    for card in unknown:
        answers = [part.children for part in card._traverse() if getattr(part, "className", "") == "card-answer"]
        assert answers == ["Not known"]
    done = flow_charts.types_card(view, "finished")
    assert "of 1 items" in str(done.to_plotly_json())
