"""Control limits, targets, verdicts and findings, by cases small enough to work out by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.analysis import findings
from dashboard.analysis.constraint import constraint_of
from dashboard.analysis.control_chart import Limits, Signal, known, never_below_zero, signals, xmr_limits
from dashboard.analysis.findings import Finding, top
from dashboard.analysis.targets import (
    MET_NEAR,
    NO_BASELINE,
    OVERDUE,
    RULES,
    Aim,
    Progress,
    expected,
    progress,
)
from dashboard.analysis.verdict import split, verdict
from dashboard.catalogue import Catalogue
from dashboard.errors import ScopeError
from dashboard.theme import formatted

GOLDEN = (12, 9, 14, 10, 11, 13, 8, 30, 12, 10)
NO = float("nan")
day = dt.date


def limits_at(lower: float, is_lower_clamped: bool = False) -> Limits:
    """Limits around 10 with sigma 1: upper 13."""
    return Limits(10, 13, lower, 1.128, 3.69, 1, is_lower_clamped, "mean", 20)


FROM_7_TO_13 = limits_at(7)
FOUR_OF_FIVE = "4 of 5 points in a row more than 1 sigma "


# Control charts


def test_golden_series_has_the_limits_of_the_definition_and_no_signal() -> None:
    limits = xmr_limits(GOLDEN)
    assert limits.centre == pytest.approx(12.9)
    assert limits.moving_range_mean == pytest.approx(62 / 9)
    assert limits.upper == pytest.approx(31.2244, abs=1e-4)
    assert 12.9 - 2.66 * limits.moving_range_mean == pytest.approx(-5.42, abs=0.01)
    assert (limits.lower, limits.is_lower_clamped) == (0, True)
    assert limits.moving_range_limit == pytest.approx(22.5267, abs=1e-4)
    assert limits.sigma == pytest.approx(62 / 9 / 1.128)
    assert signals(GOLDEN, limits) == ()


def test_median_variant_of_the_golden_series_finds_the_30() -> None:
    limits = xmr_limits(GOLDEN, "median")
    assert (limits.centre, limits.moving_range_mean) == (11.5, 4)
    assert limits.upper == pytest.approx(11.5 + 3.145 * 4)
    assert limits.moving_range_limit == pytest.approx(3.865 * 4)
    assert 3 * limits.sigma == pytest.approx(3.145 * 4, rel=1e-3)
    assert [(each.indices, each.side, each.rule) for each in signals(GOLDEN, limits)] == [
        ((7,), "above", "1 point above the upper limit")
    ]


def test_lower_limit_of_a_ratio_is_not_clamped() -> None:
    assert [never_below_zero(unit) for unit in ("days", "items", "ratio", "score")] == [
        True,
        True,
        False,
        False,
    ]
    limits = xmr_limits(GOLDEN, clamped=False)
    assert limits.lower == pytest.approx(-5.4244, abs=1e-4)
    assert not limits.is_lower_clamped


@pytest.mark.parametrize("values", [(), (1, 2, 3, 4, 5), (1, None, 2, None, 3, NO, 4, 5)])
def test_fewer_than_6_values_have_no_limits(values: Sequence[float | None]) -> None:
    with pytest.raises(ScopeError, match=r"at least 6 periods with a value; there are [05]\."):
        xmr_limits(values)


def test_gaps_are_left_out_of_the_limits_and_keep_their_place_in_the_signals() -> None:
    assert xmr_limits((12, None, *GOLDEN[1:4], NO, *GOLDEN[4:])) == xmr_limits(GOLDEN)
    assert [each.indices for each in signals((10, None, NO, 14), FROM_7_TO_13)] == [(3,)]


@pytest.mark.parametrize(
    ("values", "expected_signals"),
    [
        ((10, 13, 10, 7), []),
        ((10, 13.1, 10), [((1,), "above", "1 point above the upper limit")]),
        ((10, 6.9, 10), [((1,), "below", "1 point below the lower limit")]),
        ((12.5, 10, 12.5), [((0, 2), "above", "2 of 3 points in a row more than 2 sigma above the centre")]),
        ((12.5, 12.5), [((0, 1), "above", "2 of 3 points in a row more than 2 sigma above the centre")]),
        ((12.5, 10, 10, 12.5), []),
        ((12.5, 10, 7.5), []),
        ((12, 10, 12), []),
        ((11.5, 10, 11.5, 11.5, 11.5), [((0, 2, 3, 4), "above", FOUR_OF_FIVE + "above the centre")]),
        ((8.5, 8.5, 8.5, 10, 8.5), [((0, 1, 2, 4), "below", FOUR_OF_FIVE + "below the centre")]),
        ((11.5, 11.5, 10, 10, 11.5, 11.5), []),
        ((8.5, 8.5, 8.5, 11.5, 11.5, 11.5), []),
        ((10.5,) * 8, [(tuple(range(8)), "above", "8 points in a row above the centre")]),
        ((9.5,) * 10, [(tuple(range(10)), "below", "8 points in a row below the centre")]),
        ((10.5,) * 7, []),
        ((10.5,) * 4 + (10,) + (10.5,) * 4, []),
        ((10.5,) * 4 + (9.5,) + (10.5,) * 4, []),
    ],
)  # fmt: skip
def test_each_rule_fires_where_it_should_and_only_there(values: Sequence[float], expected_signals: list[Any]) -> None:
    found = signals(values, FROM_7_TO_13)
    assert [(each.indices, each.side, each.rule) for each in found] == expected_signals


def test_two_runs_apart_are_two_signals_in_time_order() -> None:
    found = signals((12.5, 12.5, 10, 10, 14, 10, 10, 12.5, 12.5), FROM_7_TO_13)
    assert [each.indices for each in found] == [(0, 1), (4,), (7, 8)]


def test_windows_that_share_a_point_are_one_signal() -> None:
    assert [each.indices for each in signals((12.5, 10, 12.5, 10, 12.5), FROM_7_TO_13)] == [(0, 2, 4)]


def test_no_rule_applies_on_the_side_of_a_clamped_limit() -> None:
    low = (0, *(8.5,) * 9)
    assert {each.side for each in signals(low, FROM_7_TO_13)} == {"below"}
    assert signals(low, limits_at(0, is_lower_clamped=True)) == ()


values_of_metrics = st.lists(st.floats(0, 1000), min_size=6, max_size=40)


@given(st.floats(0.001, 1000), st.integers(6, 40))
def test_a_constant_series_never_signals(value: float, periods: int) -> None:
    assert signals([value] * periods, xmr_limits([value] * periods)) == ()


@given(values_of_metrics)
def test_limits_enclose_the_centre_and_a_clamp_is_at_zero(values: list[float]) -> None:
    for method in ("mean", "median"):
        limits = xmr_limits(values, method)
        assert limits.lower <= limits.centre <= limits.upper
        assert limits.lower >= 0
        assert limits.lower == 0 or not limits.is_lower_clamped


@given(values_of_metrics)
def test_signals_point_at_values_on_their_side_of_the_centre(values: list[float]) -> None:
    limits = xmr_limits(values[:10], clamped=False)
    for signal in signals(values, limits):
        assert list(signal.indices) == sorted(set(signal.indices))
        assert all((values[index] > limits.centre) == (signal.side == "above") for index in signal.indices)


@given(st.lists(st.integers(-50, 50), min_size=6, max_size=40))
def test_a_series_upside_down_has_the_same_signals_on_the_other_side(values: list[int]) -> None:
    upside_down = [-value for value in values]
    found = signals(values, xmr_limits(values[:10], clamped=False))
    mirrored = signals(upside_down, xmr_limits(upside_down[:10], clamped=False))
    other = {"above": "below", "below": "above"}
    assert {(each.indices, each.side) for each in found} == {(each.indices, other[each.side]) for each in mirrored}


# Targets: from 40 to 20 (lower) or 20 to 40 (higher) within 100 days; half way on 20 February.

BEGINS, HALF, DUE = day(2024, 1, 1), day(2024, 2, 20), day(2024, 4, 10)


def aim(better: str = "lower", **changed: Any) -> Aim:
    """The aim of these cases; "higher" mirrors "lower" at 30."""
    first, last = (20.0, 40.0) if better == "higher" else (40.0, 20.0)
    return Aim(**{"baseline": first, "value": last, "begins": BEGINS, "due": DUE, "better": better, **changed})


def at_half(value: float | None, **changed: Any) -> Progress:
    """Progress half way, with one point."""
    return progress(aim(**changed), [(HALF, value)], HALF)


@pytest.mark.parametrize("better", ["lower", "higher"])
@pytest.mark.parametrize(
    ("value", "status"),
    [
        (19, "met"),
        (20, "met"),
        (25, "on track"),
        (30, "on track"),
        (32, "on track"),  # behind by 2 of 20
        (32.1, "at risk"),
        (36, "at risk"),  # behind by 6 of 20
        (36.1, "off track"),
        (45, "off track"),
        (None, "no data"),
        (NO, "no data"),
    ],
)
def test_status_compares_with_the_path_and_respects_better(better: str, value: float | None, status: str) -> None:
    mirrored = value if better == "lower" or value is None else 60 - value
    found = at_half(mirrored, better=better)
    assert (found.status, found.rule) == (status, RULES[found.status])
    assert found.expected == 30


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (20, "met"),
        (18, "met"),
        (22, "met"),
        (17.9, "on track"),
        (10, "on track"),
        (32, "on track"),
        (36, "at risk"),
        (4, "at risk"),
        (3, "off track"),
        (40, "off track"),
    ],
)
def test_without_a_better_direction_the_nearer_to_the_target_the_better(value: float, status: str) -> None:
    found = at_half(value, better="neither")
    assert found.status == status
    assert found.rule == (MET_NEAR if status == "met" else RULES[found.status])


@pytest.mark.parametrize(("value", "status"), [(22, "met"), (18, "met"), (22.1, "off track")])
def test_a_value_to_be_kept_may_be_off_by_a_tenth(value: float, status: str) -> None:
    assert at_half(value, better="neither", baseline=20.0).status == status


def test_after_the_due_day_a_target_not_met_is_off_track() -> None:
    points = [(DUE, 20.5)]
    assert progress(aim(), points, DUE).status == "on track"
    late = progress(aim(), points, DUE + dt.timedelta(days=1))
    assert (late.status, late.rule, late.required_per_week) == ("off track", OVERDUE, None)


def test_a_trend_that_arrives_in_time_is_at_risk_and_not_off_track() -> None:
    falling = [(HALF - dt.timedelta(days=back), 37.0 + back) for back in (3, 2, 1, 0)]
    found = progress(aim(), falling, HALF)
    assert (found.status, found.latest, found.latest_on) == ("at risk", 37, HALF)
    assert found.arrives_on == HALF + dt.timedelta(days=17)
    assert found.recent_per_week == pytest.approx(-7)
    assert found.required_per_week == pytest.approx(-17 / (50 / 7))


def test_a_trend_that_arrives_late_leaves_the_target_off_track() -> None:
    falling = [(HALF - dt.timedelta(days=back), 37.0 + back / 4) for back in (3, 2, 1, 0)]
    found = progress(aim(), falling, HALF)
    assert (found.status, found.arrives_on) == ("off track", HALF + dt.timedelta(days=68))


def test_trend_is_the_line_through_the_last_6_points() -> None:
    values = (0.0, 90.0, 42.0, 38.0, 41.0, 37.0, 40.0, 36.0)
    points = [(HALF + dt.timedelta(days=number - 8), value) for number, value in enumerate(values)]
    # Σ(x − x̄)(y − ȳ) ÷ Σ(x − x̄)² = −14 ÷ 17.5 a day over the last six.
    assert progress(aim(), points, HALF).recent_per_week == pytest.approx(7 * -14 / 17.5)


@pytest.mark.parametrize(
    "values",
    [(38, 38, 38), (36, 37, 38), (39, 38), (38.0002, 38.0001, 38)],
    ids=["flat", "moving away", "two points", "centuries away"],
)
def test_no_arrival_is_foretold(values: Sequence[float]) -> None:
    points = [(HALF - dt.timedelta(days=len(values) - number), value) for number, value in enumerate(values)]
    assert progress(aim(), points, HALF).arrives_on is None


def test_a_trend_that_has_passed_the_target_arrives_today() -> None:
    points = [(HALF - dt.timedelta(days=back), value) for back, value in ((3, 60.0), (2, 30.0), (1, 10.0), (0, 21.0))]
    assert progress(aim(), points, HALF).arrives_on == HALF
    assert progress(aim(), points, HALF + dt.timedelta(days=9)).arrives_on == HALF + dt.timedelta(days=9)


def test_the_arrival_has_an_interval_that_is_a_day_where_nothing_varies() -> None:
    falling = [(HALF - dt.timedelta(days=back), 37.0 + back) for back in range(5, -1, -1)]
    day = HALF + dt.timedelta(days=17)
    assert progress(aim(), falling, HALF).arrives_between == (day, day)
    assert progress(aim(), falling[1:], HALF).arrives_between == (day, day)
    assert progress(aim(), falling[2:], HALF).arrives_between is None


def test_the_more_the_points_vary_the_wider_the_interval_of_the_arrival() -> None:
    def between(noise: float) -> tuple[dt.date, dt.date | None]:
        values = [42.0 - day + noise * (-1) ** day for day in range(6)]
        points = [(HALF + dt.timedelta(days=day - 5), value) for day, value in enumerate(values)]
        found = progress(aim(), points, HALF)
        assert found.arrives_between and found.arrives_on
        assert found.arrives_between[0] <= found.arrives_on
        return found.arrives_between

    (early, late), (earlier, later) = between(0.5), between(2.0)
    assert late
    assert earlier < early < late
    assert later is None or later > late


def test_points_before_the_beginning_and_after_today_do_not_count() -> None:
    points = [(BEGINS - dt.timedelta(days=1), 10.0), (HALF, 30.0), (HALF + dt.timedelta(days=1), 10.0)]
    found = progress(aim(), points, HALF)
    assert (found.latest, found.status) == (30, "on track")
    assert progress(aim(), points[:1], HALF).status == "no data"


@pytest.mark.parametrize(
    ("path", "on", "value"),
    [
        ("linear", BEGINS - dt.timedelta(days=9), 40),
        ("linear", BEGINS, 40),
        ("linear", HALF, 30),
        ("linear", DUE, 20),
        ("step", DUE - dt.timedelta(days=1), 40),
        ("step", DUE, 20),
    ],
)
def test_path_leads_from_baseline_to_target(path: str, on: dt.date, value: float) -> None:
    assert expected(aim(path=path), on) == value


@pytest.mark.parametrize(("value", "status"), [(40, "on track"), (42, "on track"), (45, "at risk"), (47, "off track")])
def test_on_a_step_path_nothing_need_move_before_the_due_day(value: float, status: str) -> None:
    assert at_half(value, path="step").status == status


@pytest.mark.parametrize(("value", "share"), [(40, 0), (30, 0.5), (20, 1), (15, 1.25), (45, -0.25)])
def test_share_of_the_way_may_leave_its_ends(value: float, share: float) -> None:
    assert at_half(value).share == pytest.approx(share)
    assert at_half(60 - value, better="higher").share == pytest.approx(share)


def test_without_a_baseline_only_met_can_be_said() -> None:
    assert at_half(19, baseline=None).status == "met"
    unknown = at_half(21, baseline=None)
    assert (unknown.status, unknown.rule, unknown.expected, unknown.share) == (
        "no data",
        NO_BASELINE,
        None,
        None,
    )


def test_a_target_that_the_baseline_met_must_be_held() -> None:
    assert at_half(19, baseline=15.0).status == "met"
    lost = at_half(21, baseline=15.0)
    assert (lost.status, lost.share) == ("off track", None)
    assert lost.rule.startswith("The baseline met the target, the latest value does not")


# Verdicts

# Mean 100, mean moving range 40 ÷ 9: limits 88.2 and 111.8.
BEFORE = (100, 104, 96, 102, 98, 101, 99, 103, 97, 100)


@pytest.mark.parametrize(
    ("better", "after", "name"),
    [
        ("lower", (80,), "signal (better)"),
        ("lower", (120,), "signal (worse)"),
        ("higher", (80,), "signal (worse)"),
        ("higher", (120,), "signal (better)"),
        ("lower", (97,) * 8, "signal (better)"),
        ("lower", (97,) * 7, "no signal yet"),
        ("lower", (100, None, 103), "no signal yet"),
        ("lower", (), "too few points"),
        ("lower", (None, NO), "too few points"),
    ],
)
def test_verdict_follows_the_rules_with_limits_frozen_at_the_start(
    better: str, after: Sequence[float | None], name: str
) -> None:
    found = verdict(BEFORE, after, better, "days")
    assert found.name == name
    assert found.rule.endswith(".")
    assert (found.before_mean, found.before_count, found.after_count) == (100, 10, len(known(after)))


def test_verdict_prints_the_rule_and_takes_the_latest_signal() -> None:
    found = verdict(BEFORE, (120, 100, 100, 80), "lower", "days")
    assert found.name == "signal (better)"
    assert found.rule == "1 point below the lower limit, against limits frozen at the start (10 periods)."
    assert [each.side for each in found.signals] == ["above", "below"]


@pytest.mark.parametrize(("before", "count"), [((), 0), ((1, 2, 3, 4, 5), 5), ((1,) * 6 + (None,) * 15, 5)])
def test_baseline_needs_6_values_among_the_last_20_periods(before: Sequence[float | None], count: int) -> None:
    found = verdict(before, (3,), "lower", "days")
    assert (found.name, found.before_count, found.limits) == ("too few points", count, None)
    assert found.rule.endswith(f"there are {count}.")


def test_baseline_is_the_last_20_periods_before_the_start() -> None:
    found = verdict((1000,) * 30 + BEFORE * 2, (100,), "lower", "days")
    assert (found.before_mean, found.before_count) == (100, 20)


def test_without_a_better_direction_the_target_says_which_side_is_better() -> None:
    assert verdict(BEFORE, (80,), "neither", "days", target=75).name == "signal (better)"
    assert verdict(BEFORE, (80,), "neither", "days", target=99).name == "signal (worse)"
    undecided = verdict(BEFORE, (80,), "neither", "days")
    assert undecided.name == "no signal yet"
    assert "give it a target" in undecided.rule


def test_a_fall_below_a_clamped_baseline_cannot_signal_and_says_so() -> None:
    found = verdict(GOLDEN, (1,) * 12, "lower", "days")
    assert found.name == "no signal yet"
    assert "no rule can show a fall" in found.rule
    assert found.interval is not None and found.interval[1] < 0
    assert verdict(GOLDEN, (1,) * 12, "lower", "ratio").name == "signal (better)"


def test_baseline_of_equal_values_says_that_anything_else_signals() -> None:
    found = verdict((0,) * 6, (0, 2), "higher", "per week")
    assert found.name == "signal (better)"
    assert found.rule.endswith("All values before the start are equal, so that any other value breaks a rule.")


def test_interval_of_the_difference_is_seeded_and_encloses_it() -> None:
    after = (90, 94, 92, 88, 91)
    first, again, other = (verdict(BEFORE, after, "lower", "days", seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.interval != other.interval
    assert first.difference == pytest.approx(-9)
    assert first.interval is not None
    low, high = first.interval
    # Normal approximation: -9 ± 1.645 × sqrt(6/10 + 4/5), by the groups' own variances of 6 and 4.
    assert (low, high) == (pytest.approx(-10.9, abs=0.3), pytest.approx(-7.1, abs=0.3))


def test_interval_is_left_out_below_5_values() -> None:
    assert verdict(BEFORE, (90, 94, 92, 88), "lower", "days").interval is None


def test_period_cut_by_the_start_belongs_to_neither_side() -> None:
    points = [(day(2024, month, 1), float(month)) for month in range(1, 7)]
    assert split(points, day(2024, 3, 15)) == ([1, 2], [4, 5, 6])
    assert split(points, day(2024, 3, 1)) == ([1, 2], [3, 4, 5, 6])
    assert split(points, day(2024, 6, 20)) == ([1, 2, 3, 4, 5], [])
    assert split(points, day(2023, 6, 20)) == ([], [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize(
    ("until", "after"),
    [
        (day(2024, 5, 1), [3, 4]),
        (day(2024, 5, 20), [3, 4]),
        (day(2024, 6, 30), [3, 4, 5]),
        (day(2024, 7, 2), [3, 4, 5, 6]),
    ],
)
def test_what_follows_the_next_initiative_is_not_the_effect_of_this_one(until: dt.date, after: list[float]) -> None:
    points = [(day(2024, month, 1), float(month)) for month in range(1, 7)]
    assert split(points, day(2024, 3, 1), until) == ([1, 2], after)


# Findings


def change(catalogue: Catalogue, name: str, now: float | None, before: float | None, **more: Any) -> str | None:
    """The text of a change finding, with 39 and 56 items unless told otherwise."""
    counts = {"n_now": 39, "n_before": 56, **more}
    found = findings.change_finding(catalogue.metric(name), now, before, **counts)
    return found.text if found else None


def test_change_of_a_duration_is_told_of_its_items(catalogue: Catalogue) -> None:
    days = formatted(44, "days")
    assert change(catalogue, "lead_time", 44, 50) == (
        f"Half of the items took {days} or less from creation to done, "
        f"{formatted(0.12, 'ratio')} shorter than in the period before (n = 39, 56)."
    )
    assert change(catalogue, "cycle_time", 44, 40, percentile=0.85) == (
        f"{formatted(0.85, 'ratio')} of the items took {days} or less from start to done, "
        f"{formatted(0.1, 'ratio')} longer than in the period before (n = 39, 56)."
    )
    assert change(catalogue, "wait_time", 44, 20, percentile=None) == (
        f"Items waited for {days} on average, 2.2 times as long as in the period before (n = 39, 56)."
    )


def test_change_of_any_other_metric_is_told_by_its_title(catalogue: Catalogue) -> None:
    now, before = formatted(0.23, "ratio"), formatted(0.18, "ratio")
    assert change(catalogue, "flow_efficiency", 0.23, 0.18) == (
        f"Flow efficiency was {now}, up from {before} in the period before (n = 39, 56)."
    )


@pytest.mark.parametrize(
    ("now", "before", "more"),
    [
        (44, 50, {"n_now": 4}),
        (44, 50, {"n_before": 4}),
        (None, 50, {}),
        (44, None, {}),
        (44, NO, {}),
        (50, 50, {}),
        (0, 0, {}),
        (48, 50, {}),
    ],
)
def test_change_that_says_little_is_not_told(
    catalogue: Catalogue, now: float | None, before: float | None, more: dict[str, int]
) -> None:
    assert change(catalogue, "lead_time", now, before, **more) is None


def test_every_metric_can_be_told(catalogue: Catalogue) -> None:
    for name in catalogue.metrics:
        for before in (0.0, 1.0, 9.0):
            text = change(catalogue, name, 3, before)
            assert text is not None and text.endswith(" in the period before (n = 39, 56).")


def steps(*rows: tuple[str, str, float | None, int]) -> pd.DataFrame:
    """A table of charts.map_steps, as far as it is read."""
    return pd.DataFrame(rows, columns=["stage", "mode", "mean_days", "visited_items"])


def test_longest_stage_is_told_with_its_share() -> None:
    found = findings.longest_stage_finding(steps(("Doing", "active", 5, 40), ("Review queue", "wait", 15, 38)))
    assert found == Finding(
        f"Items wait longest in Review queue: {formatted(15, 'days')} on average, "
        f"{formatted(0.75, 'ratio')} of the lead time (38 items were there).",
        "map",
        0.75,
    )
    work = findings.longest_stage_finding(steps(("Doing", "active", 25, 40), ("Review queue", "wait", 15, 38)))
    assert work is not None and work.text.startswith("Items stay longest in Doing: ")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("Doing", "active", 5, 40)],
        [("Doing", "active", None, 0), ("Review", "active", None, 0)],
        [("Doing", "active", 9, 4), ("Review", "active", 5, 40)],
    ],
    ids=["no stage", "one stage", "no item", "few items"],
)
def test_longest_stage_is_silent_when_there_is_nothing_to_say(rows: list[Any]) -> None:
    assert findings.longest_stage_finding(steps(*rows)) is None


def waste(*rows: tuple[str, str | None, float, int]) -> pd.DataFrame:
    """A table of charts.waste, as far as it is read."""
    return pd.DataFrame(rows, columns=["bucket", "stage", "days", "items"])


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([("handoff", "Review queue", 40, 24)], ", all of it in Review queue (24 items)"),
        (
            [("handoff", "Review queue", 30, 24), ("handoff", "Ready", 10, 9)],
            ", most of it in Review queue (24 items)",
        ),
        (
            [("handoff", "Ready", 16, 7), ("handoff", "A", 12, 9), ("handoff", "B", 12, 9)],
            ", the largest part in Ready (7 items)",
        ),
        (
            [("handoff", "Ready", 20, 7), ("handoff", "Ready", 20, 9)],
            ", all of it in Ready (9 items or more)",
        ),
        ([("handoff", None, 40, 9)], ""),
    ],
)
def test_largest_waste_is_told_with_its_chief_stage(rows: list[Any], where: str) -> None:
    table = waste(*rows, ("rework", "Doing", 25, 9), ("value-adding", "Doing", 60, 50))
    share = formatted(0.32, "ratio")
    assert findings.waste_finding(table) == Finding(
        f"{share} of the time of all items went into hand-offs and approvals{where}.", "waste", 0.32
    )


@pytest.mark.parametrize(
    "rows",
    [[], [("value-adding", "Doing", 60, 50)], [("rework", "Doing", 60, 4)]],
    ids=["nothing", "no waste", "few items"],
)
def test_waste_is_silent_when_there_is_nothing_to_say(rows: list[Any]) -> None:
    assert findings.waste_finding(waste(*rows)) is None


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (50, 40, "50 items are in progress, 10 more than at the end of the period before."),
        (1, 6, "1 item is in progress, 5 fewer than at the end of the period before."),
        (1200, 100, "1,200 items are in progress, 1,100 more than at the end of the period before."),
        (0, 6, "0 items are in progress, 6 fewer than at the end of the period before."),
        (6, 0, None),
        (41, 40, None),
        (40, 40, None),
        (4, 1, None),
        (None, 40, None),
        (40, None, None),
    ],
)
def test_work_in_progress_is_told_when_it_changed(now: int | None, before: int | None, text: str | None) -> None:
    found = findings.wip_finding(now, before)
    assert (found.text if found else None) == text


def test_items_older_than_usual_are_told_with_the_oldest() -> None:
    late = pd.DataFrame({"item_id": ["A-1", "A-2"], "stage": ["Review", "Test"], "age_days": [24.0, 90.0]})
    told = "older than 85 % of the finished ones were on leaving the same stage; the oldest is"
    one, two = findings.ageing_finding(late.head(1), 2), findings.ageing_finding(late, 3)
    assert one is not None and two is not None
    assert one.text == f"1 of 2 items in progress is {told} A-1, {formatted(24, 'days')} old, in Review."
    assert two.text == f"2 of 3 items in progress are {told} A-2, {formatted(90, 'days')} old, in Test."
    assert two.weight == pytest.approx(2 / 3)
    assert findings.ageing_finding(late.head(0), 3) is None
    assert findings.ageing_finding(None, 3) is None


def _waste(**days: float) -> pd.DataFrame:
    return pd.DataFrame({"bucket": [name.replace("_", "-") for name in days], "days": days.values(), "items": 9})


def test_the_bucket_that_changed_most_is_told() -> None:
    now, before = _waste(value_adding=60, rework=40), _waste(value_adding=80, waiting=10, rework=10)
    found = findings.waste_change_finding(now, before, "the period before")
    assert found is not None and found.weight == pytest.approx(0.3)
    assert found.text == "Rework took 40 % of the time, against 10 % in the period before."
    assert findings.waste_change_finding(now, now, "x") is None
    assert findings.waste_change_finding(now, before.head(0), "x") is None
    assert findings.waste_change_finding(now, before.assign(items=4), "x") is None


def test_latest_signal_is_told_with_its_meaning(catalogue: Catalogue) -> None:
    early, late = (
        Signal((0,), "above", "1 point above the upper limit"),
        Signal((2, 3), "below", "a run below"),
    )
    periods = [day(2024, 5, 6) + dt.timedelta(weeks=week) for week in range(4)]
    texts = [
        found.text
        for name in ("lead_time", "throughput", "arrivals")
        if (found := findings.signal_finding(catalogue.metric(name), (late, early), periods))
    ]
    assert texts == [
        "Lead time shows a signal for the better, beginning 20 May 2024: a run below.",
        "Throughput shows a signal for the worse, beginning 20 May 2024: a run below.",
        "Arrivals shows a signal, beginning 20 May 2024: a run below.",
    ]
    assert findings.signal_finding(catalogue.metric("lead_time"), ()) is None
    later = [*periods, *(periods[-1] + dt.timedelta(weeks=week) for week in (1, 2, 3))]
    assert findings.signal_finding(catalogue.metric("lead_time"), (late, early), later) is None


def test_top_keeps_the_weightiest_and_drops_silence() -> None:
    light, heavy, equal, least = (
        Finding(text, None, weight) for text, weight in zip("abcd", (0.1, 0.9, 0.1, 0), strict=True)
    )
    assert top([None, light, heavy, None, equal, least]) == [heavy, light, equal]
    assert top([light, heavy], limit=1) == [heavy]
    assert top([None]) == []
    same = [Finding(text, "throughput", 0.5) for text in "ab"]
    assert top(same) == same[:1]


def _steps(*rows: tuple[str, str, str, float, int, float | None]) -> pd.DataFrame:
    columns = ["stage", "category", "mode", "mean_days", "visited_items", "wip_limit"]
    return pd.DataFrame(rows, columns=columns).assign(work_in_progress=3)


def test_constraint_is_what_most_of_the_waiting_is_for() -> None:
    """Of 100 days, 30 are waited for Test in two queues, 20 for Build, and 40 in the backlog, which is a choice."""
    steps = _steps(
        ("Open", "backlog", "wait", 40, 9, None),
        ("Ready", "in-progress", "wait", 20, 9, None),
        ("Build", "in-progress", "active", 5, 9, 4),
        ("Built", "in-progress", "wait", 10, 9, None),
        ("Queued", "in-progress", "wait", 20, 9, None),
        ("Test", "in-progress", "active", 5, 9, 2),
    )
    found = constraint_of(steps, finished_per_day=0.3)
    assert found is not None
    assert (found.step, found.wait_days, found.share) == ("Test", 30, 0.3)
    told = "items wait 30.0 d for it, 30 % of the lead time; 6 wait now; on average 75 % of its places are taken"
    assert found.reason == told  # 5 days × 0.3 a day = 1.5 of 2 places
    slack = constraint_of(steps, finished_per_day=0.1)  # a quarter of the places of Test, an eighth of those of Build
    assert slack is None
    assert constraint_of(steps.assign(visited_items=4), 0.3) is None
    assert constraint_of(steps.assign(mode="active"), 0.3) is None
    assert constraint_of(steps.head(0), 0.3) is None
