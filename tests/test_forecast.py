"""Forecasts: the same each time, near what can be computed exactly, and honest about the past."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analysis.forecast import (
    FEWEST_WEEKS,
    MOST_WEEKS,
    SHARES,
    back_test,
    how_many,
    recent,
    when_done,
    why_not,
)
from dashboard.catalogue import Catalogue
from dashboard.pages import flow_forecast
from dashboard.pages.view import View
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

SEED = 7
UNEVEN = [3, 0, 1, 5, 2, 2, 0, 4, 6, 1]


def exactly(weekly: Sequence[int], weeks: int) -> dict[int, float]:
    """Total → its probability, if each of the weeks is one of these, drawn with replacement."""
    totals = {0: 1.0}
    chances = {count: times / len(weekly) for count, times in Counter(weekly).items()}
    for _ in range(weeks):
        later: Counter[int] = Counter()
        for total, chance in totals.items():
            for count, share in chances.items():
                later[total + count] += chance * share  # type: ignore[assignment]
        totals = dict(later)
    return totals


@pytest.mark.parametrize("count", [1, 2, 19, 20, 21])
def test_even_weeks_leave_no_doubt(count: int) -> None:
    assert set(when_done([2] * 10, count, SEED).levels.values()) == {math.ceil(count / 2)}
    assert set(how_many([2] * 10, 5, SEED).levels.values()) == {10}


@pytest.mark.parametrize("weeks", [1, 4, 9])
def test_levels_are_those_of_the_exact_distribution(weeks: int) -> None:
    totals = exactly(UNEVEN, weeks)
    for share, level in how_many(UNEVEN, weeks, SEED).levels.items():
        assert sum(chance for total, chance in totals.items() if total >= level) >= share - 0.02
        assert sum(chance for total, chance in totals.items() if total > level) < share + 0.02


@pytest.mark.parametrize("count", [5, 20, 40])
def test_weeks_are_those_of_the_exact_distribution(count: int) -> None:
    for share, weeks in when_done(UNEVEN, count, SEED).levels.items():
        done_in = [sum(c for total, c in exactly(UNEVEN, w).items() if total >= count) for w in (weeks - 1, weeks)]
        assert done_in[0] < share + 0.02 and done_in[1] >= share - 0.02


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=FEWEST_WEEKS, max_size=40), st.integers(1, 60), st.integers(1, 12))
def test_more_certainty_takes_longer_and_promises_less(weekly: list[int], count: int, weeks: int) -> None:
    if why_not(weekly):
        return
    done, many = when_done(weekly, count, SEED).levels, how_many(weekly, weeks, SEED).levels
    assert [done[share] for share in SHARES] == sorted(done.values())
    assert [many[share] for share in SHARES] == sorted(many.values(), reverse=True)
    assert done == when_done(weekly, count, SEED).levels and many == how_many(weekly, weeks, SEED).levels


def test_the_newest_half_year_counts_from_the_first_finish() -> None:
    assert recent([0, 0, 3, 0, 1]) == [3, 0, 1]
    assert recent(list(range(1, 100))) == list(range(100 - MOST_WEEKS, 100))


@pytest.mark.parametrize(
    ("weekly", "words"),
    [
        ([3] * (FEWEST_WEEKS - 1), "needs 8 whole weeks of throughput; there are 7"),
        ([0] * 30, "there are 0"),
        ([1] + [0] * 20, "Only 1 items finished in 21 weeks"),
    ],
    ids=["few weeks", "nothing", "few items"],
)
def test_too_little_is_refused_in_words(weekly: list[int], words: str) -> None:
    assert words in str(why_not(weekly))


def test_forecast_of_even_weeks_always_held() -> None:
    tested = back_test([3] * 20, SEED)
    assert (tested.held, tested.tried) == (9, 9)  # weeks 8 to 16: four weeks must follow


def test_forecast_before_a_collapse_did_not_hold() -> None:
    tested = back_test([5] * 12 + [0] * 8, SEED)
    assert tested.tried == 9
    # In weeks 9 to 16 a week without any is among the four that follow; at first all of them were even.
    assert tested.held == 1


def test_back_test_counts_what_was_promised_and_kept() -> None:
    weekly = [*UNEVEN, *UNEVEN, *UNEVEN]
    held = tried = 0
    for now in range(FEWEST_WEEKS, len(weekly) - 3):
        promised = how_many(weekly[:now], 4, SEED).levels[0.85]
        tried += promised > 0
        held += 0 < promised <= sum(weekly[now : now + 4])
    assert back_test(weekly, SEED).tried == tried
    assert back_test(weekly, SEED).held == held


def test_forecast_of_nothing_is_no_trial() -> None:
    assert back_test([9, *[0] * 12] * 3, SEED).tried == 0


def test_a_week_ends_with_its_last_day(demo: Settings, catalogue: Catalogue) -> None:
    """The scope ends with Sunday 25 October: one week later is Sunday 1 November."""
    warehouse = Warehouse(demo.warehouse, catalogue)
    scope = replace(
        warehouse.default_scope("retailer"), since=dt.date(2025, 11, 3), until=dt.date(2026, 10, 26), period="week"
    )
    asked = {day: str(flow_forecast.answered(View(warehouse, scope, demo.home, {"by": day}))) for day in DAYS}
    assert "done by 31 Oct" not in asked["2026-10-31"] and "done by 1 Nov 2026" in asked["2026-11-01"]
    assert "items done by" not in asked["9999-12-31"]  # nobody promises that far ahead
    (weeks,) = set(re.findall(r"20 items: with 85 % by (\d+ \w+ \d{4})", asked["2026-11-01"]))
    assert dt.datetime.strptime(weeks, "%d %b %Y").weekday() == 6  # the last day of a week


DAYS = ("2026-10-31", "2026-11-01", "9999-12-31")
