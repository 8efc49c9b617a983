"""The scope goes to the URL and comes back the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import ScopeError
from dashboard.scope import CLOCKS, PERIODS, START_RULES, Scope, from_query, to_query

DEFAULT = Scope("s", dt.date(2024, 1, 1), dt.date(2025, 1, 1))

days = st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1))
names = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    min_size=1,
    unique=True,
)


@given(
    since=days,
    length=st.integers(1, 2000),
    period=st.sampled_from(PERIODS),
    clock=st.sampled_from(CLOCKS),
    start_rule=st.sampled_from(START_RULES),
    percentile=st.sampled_from([None, 0.5, 0.85, 0.95]),
    teams=st.none() | names,
    types=st.none() | names,
)
def test_a_scope_comes_back_from_its_url(
    since: dt.date, length: int, teams: list[str] | None, types: list[str] | None, **chosen: str
) -> None:
    scope = Scope(
        "s",
        since,
        since + dt.timedelta(days=length),
        teams=tuple(sorted(teams)) if teams else None,
        types=tuple(sorted(types)) if types else None,
        **chosen,  # type: ignore[arg-type]
    )
    assert from_query(to_query(scope, DEFAULT), DEFAULT) == scope


def test_only_what_differs_from_the_default_is_in_the_url() -> None:
    assert to_query(DEFAULT, DEFAULT) == {}
    assert to_query(replace(DEFAULT, clock="working"), DEFAULT) == {"clock": "working"}


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"period": "fortnight"},
        {"percentile": "7"},
        {"to": "1999-01-01"},
        {"to": "9999-12-31"},
        {"from": "0001-01-01"},
        {"against": "0001-01-01~9999-12-31"},
        {"x": "y"},
    ],
)
def test_a_value_that_can_not_be_is_left_at_the_default(query: dict[str, str]) -> None:
    assert from_query(query, DEFAULT) == DEFAULT


def test_both_days_of_a_url_move_together() -> None:
    scope = from_query({"from": "2026-01-01", "to": "2026-01-31"}, DEFAULT)
    assert (scope.since, scope.until) == (dt.date(2026, 1, 1), dt.date(2026, 2, 1))


def test_the_previous_period_is_as_long_and_ends_where_this_one_begins() -> None:
    before = DEFAULT.previous()
    assert (before.until, before.until - before.since) == (DEFAULT.since, DEFAULT.until - DEFAULT.since)


def test_a_scope_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ScopeError, match="since must be the earlier day"):
        replace(DEFAULT, until=DEFAULT.since)


@pytest.mark.parametrize(
    ("against", "since", "until", "words"),
    [
        ("previous", "2024-01-31", "2024-03-01", "the period before"),
        ("year", "2023-03-01", "2023-03-31", "the same period last year"),
        ("2022-01-01~2022-01-31", "2022-01-01", "2022-02-01", "1 Jan 2022 to 31 Jan 2022"),
    ],
)
def test_a_scope_is_compared_with_what_was_chosen(against: str, since: str, until: str, words: str) -> None:
    scope = Scope("s", dt.date(2024, 3, 1), dt.date(2024, 3, 31), against=against)
    other = scope.compared()
    assert (other.since.isoformat(), other.until.isoformat()) == (since, until)
    assert scope.compared_words == words
    assert from_query(to_query(scope, DEFAULT), DEFAULT).against == against


def test_a_leap_day_is_compared_with_the_last_day_of_february() -> None:
    scope = Scope("s", dt.date(2024, 2, 29), dt.date(2024, 3, 1), against="year").compared()
    assert (scope.since, scope.until) == (dt.date(2023, 2, 28), dt.date(2023, 3, 1))


@pytest.mark.parametrize("against", ["never", "2024-01-01", "2024-02-01~2024-01-01", "2024-02-30~2024-03-01"])
def test_a_comparison_that_can_not_be_is_refused_and_in_a_url_left_out(against: str) -> None:
    with pytest.raises(ScopeError, match="against is"):
        replace(DEFAULT, against=against)
    assert from_query({"against": against}, DEFAULT) == DEFAULT
