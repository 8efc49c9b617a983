"""Exploring: groups hold the items that they say, and a difference is told from chance."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from dashboard.analysis.comparison import _resampled, compared
from dashboard.catalogue import Catalogue
from dashboard.components import controls
from dashboard.pages import explore_groups as groups
from dashboard.pages.changes import FIRST_HALF
from dashboard.pages.changes import compared as compared_with
from dashboard.pages.explore_groups import GROUPS, durations, key_of, narrowed, said
from dashboard.pages.view import View
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.where import ANY, Where, where_from

SHORT, LONG = [1.0, 2, 3, 4, 5, 6, 7] * 6, [11.0, 12, 13, 14, 15, 16, 17] * 6


@pytest.fixture(scope="module")
def view(demo: Settings, catalogue: Catalogue) -> View:
    warehouse = Warehouse(demo.warehouse, catalogue)
    return View(warehouse, warehouse.default_scope("bank"), demo.home)


@pytest.mark.parametrize("group", [name for name in GROUPS if name != "month"])
@pytest.mark.parametrize("where", [ANY, Where(rework=True, text="payment")], ids=["all", "some"])
def test_a_group_opens_the_items_that_it_counts(group: str, where: Where, view: View) -> None:
    table = view.ask("charts.groups", chosen=where.parameter(), group_by=group)
    together = table["items"].sum()
    if group == "label":  # an item with two labels is in two groups
        together -= view.found(where, limit=10_000)["labels"].str.count(r"\|").sum()
    if group == "passed":
        assert together > 3 * table["items"].max()
    else:
        assert together == view.found(where, limit=1)["matches"].iloc[0]
    for row in table.to_dict("records"):
        key = key_of(where, group, row["group_name"])
        if row["group_name"] == "(none)":
            assert key is None
            continue
        asked = dict(parse_qsl(str(key)))
        names = {"types": asked.get("type"), "teams": asked.get("team")}
        narrowed = replace(view, scope=replace(view.scope, **{k: (v,) for k, v in names.items() if v}))
        assert narrowed.found(where_from(asked), limit=1)["matches"].iloc[0] == row["items"], row


def test_figures_of_a_group_are_those_of_its_items(view: View) -> None:
    items = view.found(ANY, limit=10_000)
    table = view.ask("charts.groups", chosen=ANY.parameter(), group_by="type").set_index("group_name")
    for name, rows in items.groupby("type"):
        done = rows[rows["outcome"] == "finished"]
        assert table.loc[name, ["items", "finished"]].tolist() == [len(rows), len(done)]
        assert table.loc[name, "median_cycle_days"] == pytest.approx(done["cycle_days"].median())
        observed = sorted(done["cycle_days"])[-(-len(done) * 85 // 100) - 1]
        assert table.loc[name, "p85_cycle_days"] == pytest.approx(observed)
        assert table.loc[name, "rework_share"] == pytest.approx((rows["rework_days"] > 0).mean(), abs=0.02)
        assert table.loc[name, "blocked_share"] == pytest.approx((rows["blocked_days"] > 0).mean())


def test_groups_are_compared_by_their_own_durations(view: View) -> None:
    items = view.found(Where(outcome="finished"), limit=10_000)
    for name in ("feature", "defect"):
        theirs = items.loc[items["type"] == name, "cycle_days"]
        assert sorted(durations(*narrowed(view, ANY, {"type": name}))) == pytest.approx(sorted(theirs))


def test_a_large_difference_is_more_than_chance() -> None:
    found = compared(SHORT, LONG)
    assert found is not None and found.is_more_than_chance
    assert (found.first, found.second, found.difference) == (4, 14, -10)
    assert found.low <= -10 <= found.high < 0
    assert "shorter: more than chance" in said(found, "a", "b")


def test_the_same_twice_is_chance() -> None:
    found = compared(LONG, LONG)
    assert found is not None and not found.is_more_than_chance
    assert found.low <= 0 <= found.high
    assert "could be chance" in said(found, "a", "b")


def test_a_comparison_is_the_same_each_time() -> None:
    assert compared(SHORT, LONG) == compared(SHORT, LONG)


def test_chance_is_found_about_as_often_as_it_says() -> None:
    draws = np.random.default_rng(3)
    pairs = [[draws.exponential(size=30).tolist() for _ in range(2)] for _ in range(60)]
    found = [compared(first, second) for first, second in pairs]
    assert sum(each is not None and each.is_more_than_chance for each in found) <= 9  # 5 % of 60 is 3


def test_fewer_than_five_are_not_compared() -> None:
    assert compared([1, 2, 3, 4], LONG) is None
    assert said(None, "a", "b") == ""


@pytest.mark.parametrize("count", [5, 6, 31, 32])
def test_medians_fall_as_those_of_resamples_do(count: int) -> None:
    draws = np.random.default_rng(5)
    values = draws.exponential(size=count)
    slow = np.median(draws.choice(values, (40_000, count)), axis=1)
    fast = np.concatenate([_resampled(values, draws) for _ in range(20)])
    ordered = np.sort(np.concatenate([slow, fast]))
    shares = [np.searchsorted(np.sort(each), ordered, side="right") / len(each) for each in (slow, fast)]
    assert np.abs(shares[0] - shares[1]).max() < 0.015  # Kolmogorov-Smirnov at 0.1 %


def test_many_values_are_compared_too() -> None:
    many = pd.Series(range(200_000), dtype="float64").tolist()
    found = compared(many, [value + 50_000 for value in many])
    assert found is not None and found.is_more_than_chance and found.first_count == 200_000


def _scope(view: View, since: str, until: str, **more: str) -> View:
    days = {"since": dt.date.fromisoformat(since), "until": dt.date.fromisoformat(until)}
    return replace(view, scope=replace(view.scope, **days), query=more)


def test_items_that_ended_later_were_there(view: View) -> None:
    """PAY-226 was in progress at the end of 2024, and finished in 2025."""
    end = _scope(view, "2024-10-01", "2025-01-01")
    ageing = end.ask("charts.ageing").set_index("item_id")
    (found,) = end.found(Where(item="PAY-226")).to_dict("records")
    assert found["outcome"] == "in progress" and pd.isna(found["ended_on"])
    assert found["stage"] == ageing.loc["PAY-226", "stage"] == "Development"
    assert found["cycle_days"] == pytest.approx(ageing.loc["PAY-226", "age_days"])
    assert not end.found(Where(outcome="in progress"), limit=1).empty
    assert len(_scope(view, "2024-03-01", "2024-03-08").found(ANY, limit=1))


def test_an_item_is_on_one_side_only(view: View) -> None:
    card = str(groups.sides_card(replace(view, query={"first": "type=feature", "second": groups.OTHERS}), ANY))
    items = view.found(Where(outcome="finished"), limit=10_000)
    is_feature = items["type"] == "feature"
    assert f"(n = {is_feature.sum():,}, {(~is_feature).sum():,})" in card
    both = replace(view, query={"first": "label=refunds", "second": "label=asked-by-customers"})
    labels = items["labels"].str.split("|")
    shared = labels.map(lambda each: {"refunds", "asked-by-customers"} <= set(each)).sum()
    assert shared and f"{shared:,} items are on both sides" in str(groups.sides_card(both, ANY))


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ({"first": "type=feature", "second": "type=feature"}, ANY),
        ({"first": groups.HERE, "second": groups.HERE}, ANY),
        ({}, Where(event="finished", since=dt.date(2025, 6, 1), until=dt.date(2025, 7, 1))),
        ({"first": "label=refunds"}, Where(label="payouts")),
    ],
    ids=["a group and itself", "all and all", "clicked days and a period", "a label that the filter fixes"],
)
def test_what_can_not_be_compared_is_not(query: dict[str, str], where: Where, view: View) -> None:
    assert "Choose two sides" in str(groups.sides_card(replace(view, query=query), where))


def test_a_period_is_compared_only_where_the_data_cover_it(view: View) -> None:
    assert view.compared is None
    year = _scope(view, "2026-01-01", "2027-01-01")
    assert year.covered.until == view.scope.until
    later = replace(year, scope=replace(year.scope, against="year"))
    assert later.compared is not None
    assert later.compared.until - later.compared.since == later.covered.until - later.covered.since
    month = _scope(view, "2025-06-01", "2025-07-01")
    month = replace(month, scope=replace(month.scope, against="2024-06-01~2025-05-31"))
    _, before, words = compared_with(month, "throughput")
    assert before is None or words == FIRST_HALF  # a month is not compared with a year


def test_few_items_have_no_statistic_without_a_word(view: View) -> None:
    some = Where(text="PAY-31")
    table = view.ask("charts.groups", chosen=some.parameter(), group_by="type")
    few = table["finished"].between(1, 4).sum()
    assert few and str(groups.groups_card(view, some)).count("(few)") >= 3 * few


def test_none_of_a_list_of_choices_is_no_default() -> None:
    ids = [controls.control_id("explore", "columns", "title~type")]
    assert controls.said([[]], ids) == {"columns": controls.NONE}
    assert controls.said([["title", "type"]], ids) == {}
    assert controls.said([["type"]], ids) == {"columns": "type"}
