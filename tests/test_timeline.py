"""The timeline's bars, dots and lines against pandas on the marts, its marks, and what its page says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from conftest import World, moves, span

from dashboard.catalogue import Catalogue
from dashboard.components import controls
from dashboard.components.legend import legend_of
from dashboard.pages import time_marks, timeline, timeline_bars, timeline_dots, timeline_spectrum
from dashboard.pages.time_marks import marks_of
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.where import where_from

CHOICES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "all of it": ("bank", {}),
    "working time": ("retailer", {"clock": "working"}),
    "a type of a part": ("healthcare", {"types": ("feature",), "part": True}),
}
EVERY: Mapping[str, Any] = {"outcome": None, "item": None, "row_limit": 100_000, "row_offset": 0}


@dataclass(frozen=True)
class Ways:
    """A scope of a stream, and in pandas the items that were on their way in it, with their visits."""

    view: View
    scope: Scope
    items: pd.DataFrame
    visits: pd.DataFrame

    @property
    def entries(self) -> pd.DataFrame:
        """Visits until the one that ended the item."""
        ends = self.items.set_index("item_id")["ended_at"]
        last = self.visits["entered_at"] == self.visits["item_id"].map(ends)
        return self.visits[self.visits["is_in_flow"] | last]

    @property
    def moves(self) -> pd.DataFrame:
        """Stays that ended in the scope, with the stage entered next; of all items of the teams and types."""
        scope = self.scope
        visits = self.view.warehouse.table("marts.visits")
        visits = visits[(visits["stream"] == scope.stream) & visits["type"].isin(scope.types or visits["type"])]
        visits = visits.sort_values(["item_id", "visit_no"])
        visits = visits.assign(to_stage=visits.groupby("item_id")["stage"].shift(-1), days=_days(visits, scope, ""))
        days = (visits["left_on"] >= str(scope.since)) & (visits["left_on"] < str(scope.until))
        return visits[days & visits["is_in_flow"] & visits["to_stage"].notna()]


def _days(table: pd.DataFrame, scope: Scope, what: str) -> pd.Series:
    clock = "working_seconds" if scope.clock == "working" else "seconds"
    days: pd.Series = table[f"{what}{clock}"] / 86_400
    return days


@pytest.fixture(scope="module", params=CHOICES)
def ways(request: pytest.FixtureRequest, demo: Settings, catalogue: Catalogue) -> Ways:
    warehouse = Warehouse(demo.warehouse, catalogue)
    stream, chosen = CHOICES[request.param]
    chosen, scope = dict(chosen), warehouse.default_scope(stream)
    if chosen.pop("part", False):
        third = (scope.until - scope.since) // 3
        chosen |= {"since": scope.since + third, "until": scope.until - third}
    scope = replace(scope, **chosen)
    items, visits = (warehouse.table(f"marts.{name}") for name in ("items", "visits"))
    items = items[(items["stream"] == stream) & items["type"].isin(scope.types or items["type"])]
    there = (items["created_on"] < str(scope.until)) & ~(items["ended_on"] < str(scope.since))
    items = items[there].assign(
        ended_at=lambda t: t["finished_at"].fillna(t["cancelled_at"]),
        outcome=lambda t: t["finished_at"].notna().map({True: "finished", False: "open"}),
        lead=lambda t: _days(t, scope, "lead_"),
    )
    items.loc[items["cancelled_at"].notna(), "outcome"] = "cancelled"
    visits = visits[(visits["stream"] == stream) & visits["item_id"].isin(items["item_id"])]
    visits = visits.assign(days=_days(visits, scope, "")).sort_values(["item_id", "visit_no"])
    now = visits.groupby("item_id").tail(1).set_index("item_id")["days"]
    items["in_stage"] = items["item_id"].map(now).where(items["outcome"] == "open")
    return Ways(View(warehouse, scope, demo.home), scope, items, visits)


def _order(table: pd.DataFrame) -> list[str]:
    return table.drop_duplicates("item_id")["item_id"].tolist()


SORTED: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "latest": lambda t: t.sort_values(
        ["ended_on", "created_at", "item_id"], ascending=[False, False, True], na_position="first"
    ),
    "created_on": lambda t: t.sort_values(["created_at"]),
    "lead_days": lambda t: t.sort_values(["lead"], ascending=False),
    "stage_days": lambda t: t.dropna(subset=["in_stage"]).sort_values(["in_stage"], ascending=False),
    "item_id": lambda t: t.sort_values("item_id", key=lambda keys: keys.str.split("-").str[1].astype(int)),
}  # fmt: skip


def test_every_order_that_the_page_offers_is_tested() -> None:
    assert SORTED.keys() == timeline_bars.SORTS.keys()


@pytest.mark.parametrize("sort", SORTED)
def test_items_stand_in_the_chosen_order(ways: Ways, sort: str) -> None:
    table = ways.view.ask("charts.timeline", sort=sort, group_by="none", **EVERY)
    expected = SORTED[sort](ways.items)["item_id"].tolist()
    assert len(expected) > 5 or sort == "stage_days"
    found = _order(table)
    if sort in ("created_on", "lead_days", "stage_days"):  # items that are equal may stand either way
        value = {"created_on": "created_at", "lead_days": "lead", "stage_days": "in_stage"}[sort]
        values = ways.items.set_index("item_id")[value]
        assert values[found[: len(expected)]].tolist() == values[expected].tolist()
    else:
        assert found == expected
    assert set(found) == set(ways.items["item_id"])
    assert (table["items"] == len(ways.items)).all()


@pytest.mark.parametrize("group", ["type", "team", "stage", "outcome"])
def test_groups_stand_together_and_are_counted(ways: Ways, group: str) -> None:
    table = ways.view.ask("charts.timeline", sort="lead_days", group_by=group, **EVERY).drop_duplicates("item_id")
    theirs = ways.items.set_index("item_id")[group].reindex(table["item_id"])
    assert table["group_name"].tolist() == theirs.fillna("(none)").tolist()
    runs = (table["group_name"] != table["group_name"].shift()).sum()
    assert runs == table["group_name"].nunique() > (1 if group != "type" or not ways.scope.types else 0)
    for name, some in table.groupby("group_name"):
        assert some["group_row"].tolist() == list(range(1, len(some) + 1))
        assert (some["group_items"] == (ways.items[group].fillna("(none)") == name).sum()).all()
        assert some["lead_days"].is_monotonic_decreasing
    if group == "outcome":
        known = ["open", "finished", "cancelled"]
        assert _unique(table["group_name"]) == [each for each in known if each in set(theirs)]
    if group == "stage":
        places = ways.view.warehouse.stages(ways.scope.stream).set_index("stage")["position"]
        assert places[_unique(table["group_name"])].is_monotonic_increasing


def _unique(column: pd.Series) -> list[Any]:
    return column.drop_duplicates().tolist()


def test_pages_together_are_all_items(ways: Ways) -> None:
    choice = {"outcome": None, "item": None, "sort": "created_on", "group_by": "type"}
    whole = ways.view.ask("charts.timeline", **choice, row_limit=100_000, row_offset=0)
    pages = [ways.view.ask("charts.timeline", **choice, row_limit=40, row_offset=at) for at in range(0, 500, 40)]
    pd.testing.assert_frame_equal(pd.concat([page for page in pages if len(page)], ignore_index=True), whole)


def test_every_entry_is_a_dot_at_the_time_since_creation(ways: Ways) -> None:
    table = ways.view.ask("charts.dotted", outcome=None, sort="created_on", row_limit=100_000)
    theirs = ways.entries
    assert len(table) == len(theirs) == table["entries"].iloc[0]
    keys = ["item_id", "visit_no"]
    before = theirs.groupby("item_id")["days"].cumsum() - theirs["days"]
    both = table.merge(theirs[keys].assign(before=before), on=keys)
    assert both["since_days"].tolist() == pytest.approx(both["before"].tolist(), abs=1e-6)
    ended = table.groupby("item_id")["since_days"].last()
    closed = ways.items[ways.items["outcome"] != "open"].set_index("item_id")["lead"]
    assert ended[closed.index].tolist() == pytest.approx(closed.tolist(), abs=1e-6)
    assert _unique(table["row_number"]) == list(range(1, len(ways.items) + 1))


def test_of_too_many_dots_whole_items_are_drawn(ways: Ways) -> None:
    ask = lambda limit: ways.view.ask("charts.dotted", outcome=None, sort="latest", row_limit=limit)  # noqa: E731
    whole, few = ask(100_000), ask(200)
    first = few.iloc[0]
    assert 150 < len(few) <= 200
    assert (first["items_shown"], first["items"]) == (few["item_id"].nunique(), len(ways.items))
    some = whole[whole["item_id"].isin(few["item_id"])]
    assert some["entered_at"].tolist() == few["entered_at"].tolist()
    assert few["row_number"].max() == few["item_id"].nunique()


def test_moves_are_counted_and_their_quarters_are_those_of_all(ways: Ways) -> None:
    table = ways.view.ask("charts.spectrum_moves").set_index(["from_stage", "to_stage"])
    theirs = ways.moves
    assert table["moves"].sum() == len(theirs)
    lines = ways.view.ask("charts.spectrum", group_by="frequent", row_limit=100_000)
    for pair, some in theirs.groupby(["stage", "to_stage"]):
        row, days = table.loc[pair], some["days"]
        assert (row["moves"], row["items"]) == (len(some), some["item_id"].nunique())
        quarters = row[["quarter_days", "half_days", "most_days", "longest_days"]].tolist()
        assert quarters == pytest.approx(days.quantile([0.25, 0.5, 0.75, 1]).tolist())
        together = some["left_at"].dt.floor("h").map(some["left_at"].dt.floor("h").value_counts()) >= 5
        assert row["batched_ratio"] == pytest.approx(together.mean())
        drawn = lines[(lines["from_stage"] == pair[0]) & (lines["to_stage"] == pair[1])]
        if len(drawn):
            expected = 1 + sum((drawn["days"] > edge).astype(int) for edge in quarters[:3])
            assert drawn["quarter"].tolist() == expected.tolist()
            assert sorted(drawn["days"]) == pytest.approx(sorted(days))


def test_neighbours_on_the_path_are_those_of_the_definition(ways: Ways) -> None:
    stages = ways.view.warehouse.stages(ways.scope.stream)
    path = stages[stages["category"] != "cancelled"].sort_values("position")["stage"].tolist()
    lines = ways.view.ask("charts.spectrum", group_by="path", row_limit=100_000)
    pairs = list(dict.fromkeys(zip(lines["from_stage"], lines["to_stage"], strict=True)))
    made = set(zip(ways.moves["stage"], ways.moves["to_stage"], strict=True))
    assert pairs == [pair for pair in pairwise(path) if pair in made]


def test_the_items_behind_a_row_of_moves_are_those_that_made_it(demo: Settings, catalogue: Catalogue) -> None:
    warehouse = Warehouse(demo.warehouse, catalogue)
    view = View(warehouse, warehouse.default_scope("bank"), demo.home)
    for row in view.ask("charts.spectrum_moves").to_dict("records"):
        where = where_from(dict(parse_qsl(timeline_spectrum.made(view, row))))
        assert len(view.found(where, limit=1_000)) == row["items"]


def test_releases_of_the_bank_are_batches(demo: Settings, catalogue: Catalogue) -> None:
    warehouse = Warehouse(demo.warehouse, catalogue)
    view = View(warehouse, warehouse.default_scope("bank"), demo.home)
    told = str(timeline_spectrum.card(view))
    assert "In batches of five or more within an hour: 88 % of those from Stabilisation to Released" in told


def test_five_that_leave_within_the_hour_are_a_batch_and_four_are_none(world: World) -> None:
    """Five items leave Review queue at 10:00 to 10:59, four the next day."""
    steps = [(f"A{number}", "Review queue", "2024-03-01") for number in range(9)]
    steps += [(f"A{number}", "Review", f"2024-03-05 10:{11 * number:02d}") for number in range(5)]
    steps += [(f"A{number}", "Review", "2024-03-06 10:00") for number in range(5, 9)]
    world.load({"transitions": moves(*steps)})
    (row,) = world.ask("charts.spectrum_moves", span("2024-01-01", "2025-01-01")).to_dict("records")
    assert (row["moves"], row["batched_ratio"], row["is_next_step"]) == (9, pytest.approx(5 / 9), True)


def test_an_open_item_is_in_its_stage_since_it_entered(world: World) -> None:
    world.load(
        {"transitions": moves(("A", "To do", "2024-03-01"), ("A", "Doing", "2024-03-03"), ("B", "Doing", "2024-03-09"))}
    )
    table = world.ask("charts.timeline", span("2024-01-01", "2025-01-01"), sort="stage_days", group_by="none", **EVERY)
    assert table["item_id"].tolist() == ["A", "A", "B"]
    assert table["stage_days"].tolist() == [6, 6, 0]


def view_of(demo: Settings, catalogue: Catalogue, stream: str, **query: str) -> View:
    """All of a stream, as a URL asks for it."""
    warehouse = Warehouse(demo.warehouse, catalogue)
    return View(warehouse, warehouse.default_scope(stream), demo.home, query)


def test_marks_are_the_deployments_incidents_and_days_off_of_the_days(demo: Settings, catalogue: Catalogue) -> None:
    view = view_of(demo, catalogue, "retailer", marks="~".join(time_marks.KINDS))
    since, until = dt.date(2026, 3, 1), dt.date(2026, 5, 1)
    marked = marks_of(view, since, until)
    lanes = {lane.name: sum(each.count for each in lane.happenings) for lane in marked.marks.lanes}

    def of(mart: str, day: str) -> pd.DataFrame:
        rows = view.warehouse.table(f"marts.{mart}")
        return rows[(rows["stream"] == "retailer") & (rows[day] >= str(since)) & (rows[day] < str(until))]

    deployments, incidents = of("deployments", "deployed_on"), of("incidents", "started_on")
    every = view.warehouse.table("marts.incidents")
    failed = ~deployments["is_success"] | deployments["deployment_id"].isin(every["deployment_id"].dropna())
    assert lanes == {"Deployments": len(deployments), "Failed": failed.sum(), "Incidents": len(incidents)}
    days = of("calendar", "day")
    assert len(marked.marks.days_off) == (days["working_seconds"] == 0).sum() > 16
    told = str(marked.words)
    assert f"Deployments: {len(deployments)}" in told and "Initiatives: none in these days." in told
    assert f"Grey bands are the {len(marked.marks.days_off)} days off" in told


def test_the_plan_is_marked_by_its_starts_and_milestones(demo: Settings, catalogue: Catalogue) -> None:
    view = view_of(demo, catalogue, "healthcare", marks="plan")
    (lane,) = marks_of(view, view.scope.since, view.scope.until).marks.lanes
    told = [(f"{each.on}", each.sign, each.detail) for each in lane.happenings]
    assert told[:3] == [
        ("2024-10-07", "1", "Outsource the check of documents: started"),
        ("2024-11-04", "1", "Outsource the check of documents: In force"),
        ("2025-01-06", "2", "Validation specialists plan with the teams: started"),
    ]
    assert {each.symbol for each in lane.happenings} == {"circle", "square"}


def test_what_cannot_be_seen_or_is_not_told_is_said(demo: Settings, catalogue: Catalogue) -> None:
    view = view_of(demo, catalogue, "retailer", marks="~".join(time_marks.KINDS))
    marked = marks_of(view, view.scope.since, view.scope.until)
    assert not marked.marks.days_off
    assert "too narrow to be seen in 983 days" in str(marked.words)
    assert "each mark those of a month" in str(marked.words)
    none = marks_of(replace(view, query={"marks": controls.NONE}), view.scope.since, view.scope.until)
    assert (none.marks.lanes, none.words, none.table) == ((), None, None)
    assert time_marks.chosen(replace(view, query={})) == ["deployments", "plan", "days-off"]


def test_choices_that_cannot_be_are_left_at_the_default(demo: Settings, catalogue: Catalogue) -> None:
    nonsense = {"sort": "x", "group": "x", "page": "x", "dots": "x", "across": "x", "pairs": "x", "marks": "x"}
    odd, plain = (view_of(demo, catalogue, "bank", **query) for query in (nonsense, {"marks": controls.NONE}))
    for card in (timeline_bars, timeline_dots, timeline_spectrum):
        assert str(card.card(odd)) == str(card.card(plain))
    assert "There is no such page." in str(timeline_bars.card(view_of(demo, catalogue, "bank", page="99")))


def test_a_sample_is_said_to_be_one(demo: Settings, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_dots, "DOTS", 300)
    monkeypatch.setattr(timeline_spectrum, "LINES", 300)
    view = view_of(demo, catalogue, "bank")
    for card in (timeline_dots, timeline_spectrum):
        assert "all those of a sample of" in str(card.card(view))


def test_a_long_legend_names_each_mark_once_without_markup(demo: Settings, catalogue: Catalogue) -> None:
    figure = {
        "data": [
            {"type": "bar", "name": "R&amp;D", "marker": {"color": "#000", "pattern": {"shape": "/"}}},
            {
                "type": "scatter",
                "mode": "markers",
                "name": "Done",
                "marker": {"color": "#000", "symbol": "diamond-open"},
            },
            {"type": "scatter", "mode": "markers", "name": "Done", "marker": {"color": "#000"}},
            {"type": "scatter", "mode": "lines", "name": "Line", "line": {"color": "#000"}},
            {"type": "scatter", "mode": "markers", "name": "Hidden", "showlegend": False, "marker": {"color": "#000"}},
        ]
    }
    rows = legend_of(figure).children
    assert [row.children[1] for row in rows] == ["R&D", "Done", "Line"]
    body = timeline.body(view_of(demo, catalogue, "bank"))
    legends = [each for each in body._traverse() if getattr(each, "className", None) == "legend"]
    assert len(legends) == 3
