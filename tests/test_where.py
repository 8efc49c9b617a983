"""The items behind a figure: as many as it counts, whatever the scope; and conditions survive the URL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.where import ANY, EVENTS, OUTCOMES, Where, where_from

COUNTING = sorted(name for name, metric in read_catalogue(ROOT / "queries").metrics.items() if metric.behind)
FILTERS: Mapping[str, dict[str, Any]] = {
    "all": {},
    "one team": {"teams": 1},
    "two types": {"types": 2},
    "last start": {"start_rule": "last"},
    "part of the time": {"part": True},
}

days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
maybe_text = st.none() | texts
maybe = st.none() | st.booleans()
numbers = st.none() | st.integers(0, 10_000).map(lambda number: number / 4)


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


def filtered(warehouse: Warehouse, stream: str, name: str) -> Scope:
    """A scope of a stream, narrowed."""
    chosen = dict(FILTERS[name])
    scope = replace(warehouse.default_scope(stream), period="month")
    choices = warehouse.ask("charts.choices", scope)
    for kind in ("teams", "types"):
        if kind in chosen:
            every = choices.loc[choices["kind"] == kind.removesuffix("s"), "choice"]
            chosen[kind] = tuple(sorted(every)[: chosen[kind]])
    if chosen.pop("part", False):
        third = (scope.until - scope.since) // 3
        chosen |= {"since": scope.since + third, "until": scope.until - third, "period": "week"}
    return replace(scope, **chosen)


@pytest.mark.parametrize(
    ("chosen", "stream"),
    list(zip(FILTERS, ("bank", "retailer", "healthcare", "bank", "retailer"), strict=True)),
)
@pytest.mark.parametrize("metric", COUNTING)
def test_as_many_items_are_behind_a_value_as_it_counts(
    metric: str, chosen: str, stream: str, warehouse: Warehouse, demo: Settings
) -> None:
    view = View(warehouse, filtered(warehouse, stream, chosen), demo.home)
    keys, table = view.keys(metric), view.measure(metric)
    assert len(table) == len(keys) > 10
    for row in table.itertuples():
        query = keys[f"{pd.Timestamp(row.period_start):%Y-%m-%d}"]
        found = view.found(where_from(dict(parse_qsl(query))), limit=1)
        assert (int(found["matches"].iloc[0]) if len(found) else 0) == row.items, query


@given(
    st.builds(
        Where,
        event=st.sampled_from(EVENTS),
        since=days,
        until=days,
        stage=maybe_text,
        reason=maybe_text,
        item=maybe_text,
        text=maybe_text,
        outcome=st.none() | st.sampled_from(OUTCOMES),
        priority=maybe_text,
        now_in=maybe_text,
        passed=maybe_text,
        rework=maybe,
        was_blocked=maybe,
        days_from=numbers,
        days_to=numbers,
    )
)
def test_conditions_come_back_from_the_url(where: Where) -> None:
    assert where_from(dict(parse_qsl(urlencode(where.to_query())))) == where


@pytest.mark.parametrize(
    "query",
    [
        {"event": "exploded", "since": "2024-01-01", "until": "2024-02-01"},
        {"event": "finished", "since": "2024-01-01"},
        {"event": "finished", "until": "2024-01-01"},
        {"event": "finished", "since": "soon", "until": "2024-01-01"},
        {"rework": "perhaps", "days_from": "long", "outcome": "lost"},
    ],
    ids=["unknown event", "no end", "no beginning", "no date", "no value that can be"],
)
def test_conditions_that_can_not_be_are_left_out(query: Mapping[str, str]) -> None:
    assert where_from(query) == ANY


def test_each_condition_narrows(warehouse: Warehouse, demo: Settings) -> None:
    view = View(warehouse, warehouse.default_scope("bank"), demo.home)
    everything = view.found(ANY, limit=10_000)
    by_hand = {
        Where(text="REFUNDS"): everything["title"].str.lower().str.contains("refunds"),
        Where(text="pay-31"): everything["item_id"].str.lower().str.contains("pay-31"),
        Where(label="asked-by-customers"): everything["labels"].str.contains("asked-by-customers"),
        Where(outcome="cancelled"): everything["outcome"] == "cancelled",
        Where(rework=True): everything["rework_days"] > 0,
        Where(was_blocked=False): everything["blocked_days"] == 0,
        Where(days_from=100.0, days_to=200.0): everything["cycle_days"].between(100, 200, inclusive="left"),
        Where(now_in="Released"): everything["stage"] == "Released",
        Where(item="PAY-324"): everything["item_id"] == "PAY-324",
    }
    for where, mask in by_hand.items():
        found = view.found(where, limit=10_000)
        assert 0 < len(found) < len(everything), where
        assert set(found["item_id"]) == set(everything.loc[mask, "item_id"]), where
        assert (found["matches"] == len(found)).all()


@pytest.mark.parametrize("sort", ["item_id", "title", "ended_on", "lead_days", "handoffs_count"])
@pytest.mark.parametrize("is_descending", [True, False])
def test_pages_of_a_list_are_in_order_and_complete(
    sort: str, is_descending: bool, warehouse: Warehouse, demo: Settings
) -> None:
    view = View(warehouse, warehouse.default_scope("retailer"), demo.home)
    pages = [view.found(ANY, sort, is_descending=is_descending, limit=150, offset=at) for at in range(0, 600, 150)]
    rows = pd.concat(pages)
    assert len(rows) == rows["item_id"].nunique() == rows["matches"].iloc[0]
    known = rows[sort].dropna()
    ordered = known.str.lower() if sort == "title" else known
    is_monotonic = ordered.is_monotonic_decreasing if is_descending else ordered.is_monotonic_increasing
    assert is_monotonic or sort == "item_id"
