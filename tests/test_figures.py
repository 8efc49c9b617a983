"""Figures: what is drawn, in which unit, with which n; and that plotly takes it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import theme
from dashboard.catalogue import Catalogue, Metric
from dashboard.figures.ageing import ageing
from dashboard.figures.cumulative_flow import cumulative_flow
from dashboard.figures.cycle_times import cycle_histogram, cycle_scatter
from dashboard.figures.dotted_chart import dotted_chart
from dashboard.figures.frame import Figure, empty, shortened
from dashboard.figures.panels import panels
from dashboard.figures.performance_spectrum import performance_spectrum
from dashboard.figures.plan_timeline import Bar, plan_timeline
from dashboard.figures.reasons import reasons
from dashboard.figures.sparkline import sparkline
from dashboard.figures.stacks import in_and_out, time_split, types
from dashboard.figures.stage_periods import stage_periods
from dashboard.figures.time_marks import Happening, Lane, TimeMarks, runs, thinned
from dashboard.figures.timeline import timeline
from dashboard.figures.trend import Goal, Mark, bars, trend
from dashboard.figures.waste import activities, pareto, partition, stage_heat, waste_trend
from dashboard.theme import change

NASTY = "<b>R&D</b> %{x}"
HARMLESS = "&lt;b&gt;R&amp;D&lt;/b&gt; &#37;{x}"
MODES = {"To do": "wait", NASTY: "active", "Queue": "wait", "Done": "wait"}
MARCH = dt.date(2026, 3, 1)
JANUARY, FEBRUARY = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")


def monthly(*rows: tuple[float | None, int]) -> pd.DataFrame:
    """A metric's table from January 2026 on."""
    days = pd.date_range("2026-01-01", periods=len(rows), freq="MS")
    values, items = zip(*rows, strict=True)
    return pd.DataFrame({"period_start": days, "value": values, "items": items}).astype({"value": "float64"})


def flow() -> pd.DataFrame:
    """Two days of a stream of four stages."""
    stages = [("To do", "backlog"), (NASTY, "in-progress"), ("Queue", "in-progress"), ("Done", "done")]
    return pd.DataFrame(
        [
            {
                "day": day,
                "stage": stage,
                "position": position,
                "category": category,
                "items": position + number,
            }
            for number, day in enumerate(pd.date_range("2026-01-01", periods=2))
            for position, (stage, category) in enumerate(stages, 1)
        ]
    )


def wasted(*rows: tuple[str, str, float, int]) -> pd.DataFrame:
    """Rows of charts.waste from (bucket, stage, days, items)."""
    total = sum(row[2] for row in rows)
    return pd.DataFrame(
        {
            "bucket": [row[0] for row in rows],
            "activity": ["VA" if row[0] == "value-adding" else "NVA" for row in rows],
            "stage": [row[1] for row in rows],
            "position": [list(MODES).index(row[1]) + 1 for row in rows],
            "reason": None,
            "days": [row[2] for row in rows],
            "share_ratio": [row[2] / total for row in rows],
            "items": [row[3] for row in rows],
            "cost": [row[2] * 100 for row in rows],
        }
    )


WASTE = wasted(
    ("value-adding", NASTY, 30.0, 9),
    ("waiting", "To do", 50.0, 9),
    ("waiting", NASTY, 10.0, 2),
    ("rework", NASTY, 10.0, 3),
)
WASTE_BY_MONTH = pd.DataFrame(
    {
        "period_start": pd.to_datetime(
            ["2026-01-01", "2026-01-01", "2026-02-01", "2026-02-01", "2026-03-01", "2026-03-01"]
        ),
        "bucket": ["rework", "value-adding"] * 3,
        "days": [1.0, 3.0, None, None, 2.0, 2.0],
    }
)


VISIT_COLUMNS = ["item_id", "row_number", "visit_no", "stage", "position"]
VISIT_COLUMNS += ["mode", "is_rework", "entered_at", "until_at", "outcome"]


def visits() -> pd.DataFrame:
    """Two items: one with rework that is finished, one still open."""
    rows = [
        (NASTY, 1, 1, "To do", 1, "wait", False, "2026-01-01", "2026-01-03", "finished"),
        (NASTY, 1, 2, NASTY, 2, "active", False, "2026-01-03", "2026-01-04", "finished"),
        (NASTY, 1, 3, "Queue", 3, "wait", False, "2026-01-04", "2026-01-05", "finished"),
        (NASTY, 1, 4, NASTY, 2, "active", True, "2026-01-05", "2026-01-05 12:00", "finished"),
        ("101", 2, 1, "To do", 1, "wait", False, "2026-01-02", "2026-01-09", "open"),
    ]
    table = pd.DataFrame(rows, columns=VISIT_COLUMNS)
    for instant in ("entered_at", "until_at"):
        table[instant] = pd.to_datetime(table[instant], format="ISO8601")
    return table.assign(title=None, type="feature", lead_days=4.5, group_name="", group_row=1, group_items=2)


def in_groups() -> pd.DataFrame:
    """The same two items, each in a group of its own; the second group has had a page before."""
    first = visits()["row_number"] == 1
    names, places, counts = (
        first.map({True: NASTY, False: "defect"}),
        first.map({True: 1, False: 41}),
        first.map({True: 1, False: 50}),
    )
    return visits().assign(group_name=names, group_row=places, group_items=counts)


MARKS = TimeMarks(
    (
        Lane(
            "Deployments", "deployment", "deployments", "triangle-down", theme.SKY, [Happening(MARCH, 2, NASTY)], True
        ),
        Lane(
            "Initiatives",
            "",
            "",
            "circle",
            theme.GREY,
            [Happening(MARCH, detail=NASTY, sign="1", symbol="square")],
            True,
        ),
    ),
    (dt.date(2026, 1, 3), dt.date(2026, 1, 4), dt.date(2026, 1, 10)),
)
DOTS = visits().assign(since_days=[0.0, 2.0, 3.0, 4.0, 0.0])
MOVES = pd.DataFrame(
    [("To do", NASTY, 1, 2.0), (NASTY, "Queue", 1, 0.0001)], columns=["from_stage", "to_stage", "moves", "half_days"]
)
LINES = pd.DataFrame(
    [
        ("To do", NASTY, 1, NASTY, JANUARY, JANUARY + pd.Timedelta(days=2), 2.0, 4),
        (NASTY, "Queue", 2, "101", JANUARY, JANUARY, 0.0, 1),
    ],
    columns=["from_stage", "to_stage", "segment_number", "item_id", "entered_at", "left_at", "days", "quarter"],
)


LEVELS = {"half_days": 2.0, "most_days": 8.0, "nearly_all_days": 9.0, "items": 2}
SCATTER = pd.DataFrame(
    [
        {"item_id": NASTY, "title": NASTY, "finished_on": JANUARY, "cycle_days": 2.0, **LEVELS},
        {"item_id": "101", "title": None, "finished_on": FEBRUARY, "cycle_days": 9.0, **LEVELS},
    ]
)
BINS = pd.DataFrame({"days_from": [0.0, 5.0, 10.0], "days_to": [5.0, 10.0, None], "items": [3, 0, 1]})
AGEING = pd.DataFrame(
    {
        "item_id": [NASTY, "101", "102"],
        "title": [NASTY, None, None],
        "stage": [NASTY, "Queue", None],
        "position": [2, 3, None],
        "age_days": [3.0, 12.0, 1.0],
        "is_blocked": [True, False, False],
    }
)
PACE = pd.DataFrame([{"stage": NASTY, "position": 2, **LEVELS}])
SPLIT = pd.DataFrame(
    [
        {"period_start": JANUARY, "kind": kind, "days": days, "share": days / 10, "items": 4}
        for kind, days in (("process", 2.0), ("blocked", 1.0), ("waiting", 7.0))
    ]
)
TYPES = pd.DataFrame(
    [
        {"period_start": JANUARY, "type": NASTY, "finished": 3, "in_progress": 1},
        {"period_start": FEBRUARY, "type": "(none)", "finished": 1, "in_progress": 0},
    ]
)
IN_AND_OUT = pd.DataFrame(
    {"period_start": [JANUARY, FEBRUARY], "arrivals": [3, 1], "departures": [1, 2], "net_flow": [-2, 1]}
)
STAYS = pd.DataFrame(
    [
        {"stage": "To do", "position": 1, "period_start": JANUARY, "median_days": 1.0, "stays": 2, "items": 2},
        {"stage": NASTY, "position": 2, "period_start": JANUARY, "median_days": 4.0, "stays": 3, "items": 2},
        {"stage": NASTY, "position": 2, "period_start": FEBRUARY, "median_days": 8.0, "stays": 1, "items": 1},
    ]
)
REASONS = pd.DataFrame({"reason": [NASTY, None], "days": [9.5, 2.0], "times": [3, 1], "items": [2, 1]})


@pytest.fixture(scope="module")
def lead_time(catalogue: Catalogue) -> Metric:
    return catalogue.metric("lead_time")


@pytest.fixture(scope="module")
def throughput(catalogue: Catalogue) -> Metric:
    return catalogue.metric("throughput")


BARS = [
    Bar(NASTY, "done", dt.date(2026, 1, 5), dt.date(2026, 2, 5), False, ((dt.date(2026, 1, 20), NASTY),)),
    Bar("Pairs", "running", dt.date(2026, 2, 1), dt.date(2026, 3, 1), True),
]


@pytest.fixture(scope="module")
def every(lead_time: Metric, throughput: Metric) -> dict[str, Figure]:
    """One figure of each kind, with all that it can show."""
    table = monthly((80.0, 12), (None, 0), (60.0, 3))
    goal = Goal(30.0, dt.date(2026, 12, 31), 90.0, dt.date(2025, 11, 1), dt.date(2026, 1, 1), "step")
    marks = [Mark(dt.date(2026, 2, 14), NASTY, 1), Mark(dt.date(2026, 3, 1), NASTY, 1, "milestone")]
    return {
        "trend": trend({NASTY: table, "85 %": table}, lead_time, partial=[MARCH], goal=goal, marks=marks),
        "bars": bars(table, throughput, partial=[MARCH]),
        "cumulative_flow": cumulative_flow(flow(), MODES),
        "partition": partition(WASTE, "EUR"),
        "stage_heat": stage_heat(WASTE),
        "pareto": pareto(WASTE, {"waiting": "waste=waiting"}),
        "activities": activities(WASTE),
        "waste_trend of one": waste_trend(WASTE_BY_MONTH, partial=[MARCH], only="rework"),
        "waste_trend": waste_trend(WASTE_BY_MONTH, partial=[MARCH]),
        "waste_trend in days": waste_trend(WASTE_BY_MONTH, is_share=False),
        "timeline": timeline(visits(), MODES),
        "timeline in groups": timeline(in_groups(), MODES, MARKS),
        "dotted_chart": dotted_chart(DOTS, MODES, marks=MARKS),
        "dotted_chart since creation": dotted_chart(DOTS, MODES, is_relative=True),
        "performance_spectrum": performance_spectrum(LINES, MOVES, dt.date(2026, 1, 1), MARCH, MARKS),
        "plan_timeline": plan_timeline(BARS, [(dt.date(2026, 6, 30), NASTY)], dt.date(2026, 3, 1)),
        "empty": empty("Nothing <here>."),
        "cycle_scatter": cycle_scatter(SCATTER),
        "cycle_histogram": cycle_histogram(BINS, ["a", "b", "c"]),
        "ageing": ageing(AGEING, PACE),
        "time_split": time_split(SPLIT, [MARCH]),
        "types": types(TYPES, "finished", "Finished", [MARCH], {("2026-01-01", NASTY): "type=x"}),
        "in_and_out": in_and_out(IN_AND_OUT, [MARCH], ({"2026-01-01": "a"}, {})),
        "stage_periods": stage_periods(STAYS, {(NASTY, "2026-01-01"): "a"}),
        "reasons": reasons(REASONS, ["a", "b"]),
        "panels": panels([(lead_time, table), (throughput, monthly((8.0, 8), (9.0, 9), (3.0, 3)))]),
    }


def named(figure: Figure, name: str) -> Mapping[str, Any]:
    """The trace of this name."""
    return next(trace for trace in figure["data"] if trace.get("name") == name)


def texts(part: Any, key: str = "") -> Iterator[str]:
    """Every text that plotly would draw, without what only carries data."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            if name not in ("customdata", "hovertemplate"):
                yield from texts(value, name)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from texts(value, key)
    elif isinstance(part, str):
        yield part


def test_plotly_takes_every_figure_in_both_themes(every: dict[str, Figure]) -> None:
    for template in theme.TEMPLATES.values():
        for drawn in every.values():
            go.Figure({"data": drawn["data"], "layout": {**drawn["layout"], "template": template}})


def test_only_trace_types_of_the_small_bundle_are_used(every: dict[str, Figure]) -> None:
    assert {trace["type"] for drawn in every.values() for trace in drawn["data"]} == {
        "scatter",
        "bar",
        "heatmap",
    }


def test_every_figure_has_a_height_and_keeps_its_zoom(every: dict[str, Figure]) -> None:
    for drawn in every.values():
        assert drawn["layout"]["height"] >= 100
    assert len({drawn["layout"]["uirevision"] for drawn in every.values()}) == 1


def test_figures_are_plain_data_without_nan(every: dict[str, Figure]) -> None:
    for drawn in every.values():
        json.dumps(drawn, allow_nan=False)


def test_figures_bring_no_template_for_the_page_chooses_it(every: dict[str, Figure]) -> None:
    assert not [name for name, drawn in every.items() if "template" in drawn["layout"]]


def test_labels_from_data_are_not_taken_for_markup(every: dict[str, Figure]) -> None:
    drawn = [text for figure in every.values() for text in texts(figure)]
    assert not [text for text in drawn if "<b>R&D" in text or "%{x}" in text]
    assert any(HARMLESS in text for text in drawn)
    templates = [t["hovertemplate"] for f in every.values() for t in f["data"] if "hovertemplate" in t]
    assert not [text for text in templates if "%{x}" in text]


@pytest.mark.parametrize(
    ("name", "axis", "unit"),
    [
        ("trend", "yaxis", "Lead time, days"),
        ("bars", "yaxis", "Throughput, items"),
        ("cumulative_flow", "yaxis", "Items at the end of the day"),
        ("partition", "xaxis", "Time of all items, item-days"),
        ("stage_heat", "xaxis", "Waste, item-days"),
        ("pareto", "yaxis", "Waste, item-days"),
        ("activities", "xaxis", "Time of all items, item-days"),
        ("waste_trend", "yaxis", "Share of the lead time, %"),
        ("waste_trend in days", "yaxis", "Lead time of all items, item-days"),
        ("timeline", "xaxis", "Date"),
        ("dotted_chart", "xaxis", "Date"),
        ("dotted_chart since creation", "xaxis", "Time since creation, days"),
        ("performance_spectrum", "xaxis", "Date"),
    ],
)
def test_axis_titles_carry_the_unit(every: dict[str, Figure], name: str, axis: str, unit: str) -> None:
    assert every[name]["layout"][axis]["title"]["text"] == unit


def test_null_is_a_gap_and_not_a_zero(every: dict[str, Figure]) -> None:
    line = named(every["trend"], "85 %")
    assert line["y"] == [80.0, None, 60.0]
    assert line["connectgaps"] is False
    assert named(every["bars"], "Throughput")["y"] == [80.0, None, 60.0]
    assert named(every["waste_trend"], "Rework")["y"] == [25.0, None, 50.0]


def test_a_zero_stays_a_zero(throughput: Metric) -> None:
    assert bars(monthly((0, 0), (3, 3)), throughput)["data"][0]["y"] == [0.0, 3.0]


def test_a_period_without_data_is_marked_as_such(every: dict[str, Figure]) -> None:
    for name in ("trend", "bars", "waste_trend"):
        assert named(every[name], "No data")["x"] == ["2026-02-01"]


def test_a_point_of_three_items_is_grey_and_says_so(every: dict[str, Figure]) -> None:
    few = named(every["trend"], "Fewer than 5 items")
    assert (few["x"], few["y"]) == (["2026-03-01", "2026-03-01"], [60.0, 60.0])
    assert few["marker"]["color"] == theme.GREY
    line = named(every["trend"], "85 %")
    assert line["marker"]["opacity"] == [1, 0, 0]
    assert line["hovertext"][0] == "85 % <b>80.0 d</b>, n = 12"
    assert line["hovertext"][2] == "85 % <b>60.0 d</b>, n = 3 (fewer than 5), incomplete period"


def test_a_small_count_is_not_greyed(throughput: Metric) -> None:
    drawn = bars(monthly((3, 3), (2, 2)), throughput)
    assert [trace["name"] for trace in drawn["data"]] == ["Throughput"]
    assert drawn["data"][0]["hovertext"] == ["Throughput <b>3</b>, n = 3", "Throughput <b>2</b>, n = 2"]


def test_an_incomplete_period_is_hatched_over_its_whole_width(every: dict[str, Figure]) -> None:
    for name in ("trend", "bars", "waste_trend"):
        band = named(every[name], "Incomplete period")
        assert band["fillpattern"]["shape"] == "/"
        assert sorted(set(band["x"])) == ["2026-03-01", "2026-04-01"]


def test_points_stand_in_the_middle_of_their_months(every: dict[str, Figure]) -> None:
    line = named(every["trend"], "85 %")
    assert (line["xperiod"], line["xperiodalignment"]) == ("M1", "middle")
    assert line["x"] == line["customdata"] == ["2026-01-01", "2026-02-01", "2026-03-01"]


def test_a_single_period_is_drawn_at_its_day(lead_time: Metric) -> None:
    drawn = trend({"": monthly((80.0, 9))}, lead_time, partial=[dt.date(2026, 1, 1)])
    line, axis = drawn["data"][0], drawn["layout"]["xaxis"]
    assert line["x"] == axis["tickvals"] == ["2026-01-01"]
    assert "xperiod" not in line
    # The axis names the day, and no time of day around it.
    assert (axis["tickmode"], axis["ticktext"]) == ("array", ["From 1 Jan 2026"])


@pytest.mark.parametrize(
    ("starts", "called"),
    [
        (["2026-01-01", "2026-01-02"], "%-d %b %Y"),
        (["2026-01-01", "2026-01-05", "2026-01-12"], "Week of %-d %b %Y"),
        (["2026-01-20", "2026-02-01", "2026-03-01"], "%b %Y"),
        (["2026-01-01", "2026-04-01"], "Q%q %Y"),
        (["2026-01-01"], "From %-d %b %Y"),
    ],
)
def test_periods_are_called_by_their_kind_though_the_scope_cuts_the_first(
    lead_time: Metric, starts: list[str], called: str
) -> None:
    table = pd.DataFrame({"period_start": pd.to_datetime(starts), "value": 1.0, "items": 9})
    assert trend({"": table}, lead_time)["layout"]["xaxis"]["hoverformat"] == called


def test_a_single_line_without_remarks_needs_no_legend(lead_time: Metric) -> None:
    assert trend({"": monthly((80.0, 12), (70.0, 9))}, lead_time)["layout"]["showlegend"] is False


def test_durations_below_two_days_are_drawn_in_hours(lead_time: Metric) -> None:
    drawn = trend({"": monthly((0.5, 12), (1.0, 9))}, lead_time)
    assert drawn["data"][0]["y"] == [12.0, 24.0]
    assert drawn["layout"]["yaxis"]["title"]["text"] == "Lead time, hours"


def test_ratios_are_drawn_in_percent(catalogue: Catalogue) -> None:
    drawn = trend({"": monthly((0.25, 12), (0.5, 9))}, catalogue.metric("flow_efficiency"))
    assert drawn["data"][0]["y"] == [25.0, 50.0]
    assert drawn["layout"]["yaxis"]["title"]["text"] == "Flow efficiency, %"


def test_the_target_is_labelled_at_the_left_end_of_its_line(every: dict[str, Figure]) -> None:
    target = named(every["trend"], "Target")
    label = every["trend"]["layout"]["annotations"][0]
    assert (label["text"], label["x"], label["xanchor"]) == ("Target 30.0 d", target["x"][0], "left")
    assert target["y"] == [30.0, 30.0]
    assert target["x"] == ["2026-01-01", "2026-12-31"]
    assert target["hovertext"][0] == "Target 30.0 d by 31 Dec 2026"


def test_a_step_keeps_the_baseline_until_the_target_is_due(every: dict[str, Figure]) -> None:
    path = named(every["trend"], "Path to target")
    assert (path["x"], path["y"]) == (["2026-01-01", "2026-12-31"], [90.0, 30.0])
    assert path["line"]["shape"] == "hv"
    assert named(every["trend"], "Baseline")["x"] == ["2025-11-01", "2026-01-01"]


def test_initiatives_and_their_milestones_are_numbered_and_named_on_hover(every: dict[str, Figure]) -> None:
    mark = named(every["trend"], "Initiative")
    assert mark["text"] == ["1", "1"]
    assert mark["marker"]["symbol"] == ["square", "circle"]
    assert mark["hovertext"] == [f"1 {HARMLESS}, 1 Mar 2026", f"1 {HARMLESS}, 14 Feb 2026"]
    lines = [(line["x0"], line["opacity"]) for line in every["trend"]["layout"]["shapes"]]
    assert lines == [("2026-02-14", 1), ("2026-03-01", 0.4)]


def test_bands_lie_from_done_up_to_the_first_stage_and_the_legend_is_in_stage_order() -> None:
    drawn = cumulative_flow(flow(), MODES)
    assert [band["name"] for band in drawn["data"]] == ["Done", "Queue", HARMLESS, "To do"]
    assert {band["stackgroup"] for band in drawn["data"]} == {"stages"}
    assert drawn["layout"]["legend"]["traceorder"] == "reversed"


def test_waiting_bands_are_hatched_and_work_is_not() -> None:
    shapes = {band["name"]: band["fillpattern"].get("shape") for band in cumulative_flow(flow(), MODES)["data"]}
    assert shapes["To do"]
    assert shapes["Queue"]
    assert not shapes[HARMLESS]
    assert not shapes["Done"]


def test_of_many_days_no_more_than_four_hundred_are_drawn_and_the_last_is() -> None:
    days = pd.date_range("2024-01-01", periods=900)
    table = pd.DataFrame({"day": days, "stage": "To do", "position": 1, "category": "backlog", "items": 1})
    drawn = cumulative_flow(table, MODES)["data"][0]["x"]
    assert len(drawn) == 300
    assert drawn[-1] == f"{days[-1]:%Y-%m-%d}"


def test_the_largest_part_of_the_lead_time_is_on_top_with_share_and_days() -> None:
    drawn = partition(WASTE, "EUR")
    assert [(bar["y"], bar["x"]) for bar in drawn["data"]] == [
        (["Waiting"], [60.0]),
        (["Value-adding"], [30.0]),
        (["Rework"], [10.0]),
    ]
    assert drawn["data"][0]["text"] == ["<b>60 %</b>  60"]
    assert drawn["data"][0]["hovertext"] == [
        "<b>Waiting</b><br>60 item-days, 60 % of the lead time<br>Cost of delay 6,000 EUR<br>n ≥ 9 items"
    ]
    assert drawn["layout"]["yaxis"]["autorange"] == "reversed"


def test_no_cost_is_told_where_none_is_given() -> None:
    assert "Cost" not in partition(WASTE.assign(cost=None), "EUR")["data"][0]["hovertext"][0]
    assert "Cost" not in partition(WASTE)["data"][0]["hovertext"][0]


def test_waiting_buckets_are_hatched() -> None:
    hatched = {words for words in theme.BUCKETS if theme.BUCKETS[words].fill.hatch}
    assert hatched == {"waiting", "handoff", "batch"}
    pattern = {bar["name"]: bar["marker"]["pattern"].get("shape") for bar in partition(WASTE)["data"]}
    assert pattern == {"Waiting": "/", "Value-adding": None, "Rework": None}


def test_the_heat_map_shows_waste_only_and_leaves_cells_without_time_empty() -> None:
    heat, labels = stage_heat(WASTE)["data"]
    assert heat["x"] == ["Waiting", "Rework"]
    assert heat["z"] == [[50.0, None], [10.0, 10.0]]
    assert heat["customdata"][0][0] == ("To do", "waiting")
    assert labels["text"] == ["50", "10", "10"]


def test_time_outside_any_stage_stands_last_in_the_heat_map() -> None:
    table = pd.concat([WASTE.tail(1).assign(stage=None, position=None), WASTE])
    assert stage_heat(table)["data"][0]["y"][-1] == "No stage"


def test_long_stage_names_are_broken_over_lines_in_the_heat_map() -> None:
    table = WASTE.assign(stage="Waiting for the release train")
    assert stage_heat(table)["data"][0]["y"] == ["Waiting for the<br>release train"]


def test_shares_of_a_period_add_up_to_a_hundred_percent() -> None:
    stacks = [trace["y"] for trace in waste_trend(WASTE_BY_MONTH)["data"] if trace["type"] == "bar"]
    assert [sum(values) for values in zip(*stacks, strict=True) if None not in values] == [100.0, 100.0]
    days = waste_trend(WASTE_BY_MONTH, is_share=False)
    assert named(days, "Value-adding")["y"] == [3.0, None, 2.0]
    assert named(days, "Value-adding")["hovertext"][0] == "Value-adding <b>75 %</b>, 3.0 item-days"


def test_one_waste_over_time_is_its_share_of_all_time() -> None:
    shown = waste_trend(WASTE_BY_MONTH, only="rework")
    assert [trace["y"] for trace in shown["data"] if trace["type"] == "bar"] == [[25.0, None, 50.0]]
    assert "No such time" in waste_trend(WASTE_BY_MONTH, only="batch")["layout"]["annotations"][0]["text"]


def test_the_pareto_line_ends_at_all_waste_and_value_is_none() -> None:
    *bars_, line = pareto(WASTE, {"waiting": "waste=waiting"})["data"]
    assert [(bar["name"], bar["y"], bar["customdata"]) for bar in bars_] == [
        ("Waiting", [60.0], ["waste=waiting"]),
        ("Rework", [10.0], [""]),
    ]
    assert line["y"] == [pytest.approx(100 * 60 / 70), 100.0]


def test_value_necessary_and_waste_are_the_same_time_as_the_buckets() -> None:
    parts = {bar["name"]: bar["x"] for bar in activities(WASTE)["data"]}
    assert parts == {"Value-adding": [30.0], "Not value-adding": [70.0]}


def test_items_on_the_timeline_stand_in_the_order_of_the_table_by_key() -> None:
    rows = timeline(visits(), MODES)["layout"]["yaxis"]
    assert rows["categoryarray"] == [HARMLESS, "101"]
    assert rows["type"] == "category"
    assert rows["range"] == [1.5, -0.5]


def test_the_timeline_grows_with_its_rows() -> None:
    two = timeline(visits())["layout"]["height"]
    one = timeline(visits().query("row_number == 2"))["layout"]["height"]
    assert two > one


def test_a_visit_is_a_bar_from_its_entry_as_long_as_it_took() -> None:
    work = named(timeline(visits(), MODES), HARMLESS)
    assert work["base"] == ["2026-01-03 00:00:00", "2026-01-05 00:00:00"]
    assert work["x"] == [86_400_000.0, 43_200_000.0]
    assert work["customdata"] == [urlencode({"item": NASTY})] * 2
    assert "(work, rework): <b>12.0 h</b>" in work["hovertext"][1]
    assert "lead time 4.5 d, finished" in work["hovertext"][1]


def test_waiting_is_hatched_on_the_timeline_and_rework_outlined_in_vermillion() -> None:
    drawn = timeline(visits(), MODES)
    patterns = {t["name"]: t["marker"]["pattern"].get("shape") for t in drawn["data"] if "pattern" in t["marker"]}
    assert patterns["To do"]
    assert patterns["Queue"]
    assert patterns[HARMLESS] is None
    rework = named(drawn, "Rework")
    assert rework["base"] == ["2026-01-05 00:00:00"]
    assert rework["marker"]["line"]["color"] == theme.BAD


def test_an_open_item_is_told_from_a_finished_one() -> None:
    drawn = timeline(visits(), MODES)
    assert named(drawn, "Finished")["y"] == [HARMLESS]
    assert named(drawn, "Still open")["y"] == ["101"]


def test_a_group_has_a_row_with_its_name_above_its_items() -> None:
    drawn = timeline(in_groups(), MODES)["layout"]
    assert drawn["yaxis"]["categoryarray"] == [f"{HARMLESS} ", HARMLESS, "defect ", "101"]
    assert drawn["yaxis"]["tickvals"] == [HARMLESS, "101"]
    assert [note["text"] for note in drawn["annotations"]] == [
        f"<b>{HARMLESS}</b> – 1 item", "<b>defect</b> – 41 to 41 of 50 items"
    ]  # fmt: skip
    assert [(band["y0"], band["y1"]) for band in drawn["shapes"]] == [(-0.5, 0.5), (1.5, 2.5)]


def test_marks_stand_above_the_rows_and_days_off_are_bands() -> None:
    plain, drawn = timeline(visits(), MODES), timeline(visits(), MODES, MARKS)
    layout = drawn["layout"]
    assert layout["yaxis2"]["ticktext"] == ["Deployments", "Initiatives"]
    assert layout["yaxis"]["domain"][1] == layout["yaxis2"]["domain"][0]
    assert layout["height"] > plain["layout"]["height"]
    bands = [(band["x0"], band["x1"]) for band in layout["shapes"] if band["type"] == "rect"]
    assert bands == [("2026-01-03", "2026-01-05"), ("2026-01-10", "2026-01-11")]
    assert [line["x0"] for line in layout["shapes"] if line["type"] == "line"] == ["2026-03-01 12:00"] * 2
    told = [named(drawn, name)["hovertext"] for name in ("Deployments", "Initiatives")]
    assert told == [[f"<b>2</b> deployments on 1 Mar 2026<br>{HARMLESS}"], [f"1 {HARMLESS}, 1 Mar 2026"]]


def test_many_marks_become_those_of_weeks_and_then_of_months() -> None:
    days = [Happening(dt.date(2026, 1, 1) + dt.timedelta(days=number)) for number in range(90)]
    assert thinned(days, 90) == ("day", days)
    unit, weeks = thinned(days, 20)
    assert (unit, len(weeks), weeks[0].on, weeks[0].count) == ("week", 14, dt.date(2025, 12, 29), 4)
    unit, months = thinned(days, 5)
    assert (unit, [each.count for each in months]) == ("month", [31, 28, 31])
    busy = Lane("Deployments", "deployment", "deployments", "circle", theme.SKY, days, True)
    drawn = timeline(visits(), MODES, TimeMarks((busy,)))
    assert drawn["layout"]["shapes"] == []  # a line would say that it was that day
    assert named(drawn, "Deployments")["hovertext"][0] == "<b>4</b> deployments in the week from 29 Dec 2025"


def test_days_that_follow_each_other_are_one_run() -> None:
    friday = dt.date(2026, 1, 2)
    assert runs([]) == []
    assert runs([friday + dt.timedelta(days=number) for number in (2, 1, 4)]) == [
        (dt.date(2026, 1, 3), dt.date(2026, 1, 5)), (dt.date(2026, 1, 6), dt.date(2026, 1, 7))
    ]  # fmt: skip


def test_a_dot_stands_where_its_stage_was_entered() -> None:
    at, since = dotted_chart(DOTS, MODES), dotted_chart(DOTS, MODES, is_relative=True)
    assert named(at, HARMLESS)["x"] == ["2026-01-03 00:00:00", "2026-01-05 00:00:00"]
    assert named(since, HARMLESS)["x"] == [2.0, 4.0]
    assert named(at, "To do")["y"] == [1, 2]
    assert named(at, HARMLESS)["customdata"] == [urlencode({"item": NASTY})] * 2
    assert at["layout"]["yaxis"]["range"] == [2.5, 0.5]


def test_where_colours_begin_anew_the_symbol_is_another() -> None:
    modes = {f"Step {number}": "active" for number in range(20)}
    rows = [DOTS.head(1).assign(stage=stage, position=number) for number, stage in enumerate(modes)]
    drawn = dotted_chart(pd.concat(rows), modes)["data"]
    assert len({(trace["marker"]["color"], trace["marker"]["symbol"]) for trace in drawn}) == 20


def test_a_move_is_a_line_from_its_entry_above_to_its_exit_below() -> None:
    drawn = performance_spectrum(LINES, MOVES, dt.date(2026, 1, 1), MARCH)
    slow, fast = named(drawn, "Slowest quarter"), named(drawn, "Fastest quarter")
    assert slow["x"] == ["2026-01-01 00:00", "2026-01-02 00:00", "2026-01-03 00:00", None]
    assert slow["y"][0] < slow["y"][1] < slow["y"][2] < 1 < fast["y"][0] < fast["y"][2] < 2
    assert drawn["layout"]["yaxis"]["range"] == [2, 0]  # the first segment on top
    assert slow["customdata"][0] == urlencode({"item": NASTY})
    assert [note["text"] for note in drawn["layout"]["annotations"]] == [
        f"<b>To do → {HARMLESS}</b><br>n = 1, half in 2.0 d or less",
        f"<b>{HARMLESS} → Queue</b><br>n = 1, half in under a minute",
    ]


def test_long_names_of_stages_are_broken_over_two_lines() -> None:
    names = {"To do": "A stage whose name is quite long", NASTY: "Another stage with a long name"}
    lines = LINES.replace({"from_stage": names, "to_stage": names})
    moves = MOVES.replace({"from_stage": names, "to_stage": names})
    note = performance_spectrum(lines, moves, dt.date(2026, 1, 1), MARCH)["layout"]["annotations"][0]["text"]
    assert note == "<b>A stage whose name is quite long →<br>Another stage wi…</b> n = 1, half in 2.0 d or less"


def test_a_stage_has_one_colour_whatever_rows_are_shown() -> None:
    last = visits().query("stage == 'Queue'")
    alone, together = timeline(last, MODES), timeline(visits(), MODES)
    assert named(alone, "Queue")["marker"]["color"] == named(together, "Queue")["marker"]["color"]


def test_long_titles_are_shortened() -> None:
    assert shortened("a & " + "b" * 80, 10) == "a &amp; bbbbb…"


def test_where_there_is_nothing_stand_words_and_no_axes(lead_time: Metric, throughput: Metric) -> None:
    nothing = monthly((None, 0), (None, 0))
    for drawn in (
        trend({"50 %": nothing}, lead_time),
        trend({}, lead_time),
        bars(nothing, throughput),
        cumulative_flow(flow().head(0), MODES),
        partition(WASTE.head(0)),
        stage_heat(WASTE.head(0)),
        stage_heat(WASTE.head(1)),
        waste_trend(WASTE_BY_MONTH.assign(days=None)),
        timeline(visits().head(0)),
        dotted_chart(DOTS.head(0), MODES),
        performance_spectrum(LINES.head(0), MOVES, MARCH, MARCH),
    ):
        assert drawn["data"] == []
        assert drawn["layout"]["xaxis"]["visible"] is False
        assert drawn["layout"]["annotations"][0]["text"].startswith("No ")
    assert (
        trend({}, lead_time, words="No deployments here.")["layout"]["annotations"][0]["text"] == "No deployments here."
    )


def shapes(svg: str, tag: str) -> list[Mapping[str, str]]:
    """Attributes of the elements of this tag."""
    return [found.attrib for found in ElementTree.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def test_a_sparkline_is_broken_where_a_value_is_null() -> None:
    svg = sparkline([1, 2, None, 4, 3])
    assert len(shapes(svg, "polyline")) == 2
    assert "nan" not in sparkline([1, float("nan"), 2])


def test_a_sparkline_shows_the_better_side_of_the_target() -> None:
    (low,) = shapes(sparkline([1, 3], target=2, better="lower"), "rect")
    assert (low["y"], low["height"]) == ("16.0", "16.0")
    (high,) = shapes(sparkline([1, 3], target=2, better="higher"), "rect")
    assert (high["y"], high["height"]) == ("0.0", "16.0")
    assert shapes(sparkline([1, 3], target=2), "rect") == []


def test_a_sparkline_ends_in_a_hollow_dot_when_the_last_period_is_incomplete() -> None:
    assert [dot["fill"] for dot in shapes(sparkline([1, 3], is_last_partial=True), "circle")] == ["#fff"]


def test_a_flat_or_single_value_is_drawn_in_the_middle_and_nothing_as_nothing() -> None:
    assert shapes(sparkline([3, 3]), "circle")[0]["cy"] == "16.0"
    assert shapes(sparkline([3]), "circle")[0]["cy"] == "16.0"
    assert sparkline([None, None]) == sparkline([]) == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "days", "–"),
        (float("nan"), "ratio", "–"),
        (0.02, "days", "29 min"),
        (1.5, "days", "36.0 h"),
        (2, "days", "2.0 d"),
        (1012.44, "days", "1,012.4 d"),
        (0.5, "hours", "30 min"),
        (72, "hours", "3.0 d"),
        (0.234, "ratio", "23 %"),
        (0.0523, "ratio", "5.2 %"),
        (0.0996, "ratio", "10 %"),
        (0, "ratio", "0 %"),
        (1, "ratio", "100 %"),
        (1234, "items", "1,234"),
        (12.5, "items", "12.5"),
        (12.04, "items", "12"),
        (2.1, "per week", "2.1 per week"),
        (1.25, "per item", "1.2 per item"),
        (3.75, "score", "3.8"),
    ],
)
def test_a_value_is_written_by_the_rule_of_its_unit(value: float | None, unit: str, text: str) -> None:
    assert theme.formatted(value, unit) == text


@pytest.mark.parametrize(
    ("unit", "largest", "shown", "factor"),
    [
        ("days", 160, "days", 1),
        ("days", 1, "hours", 24),
        ("days", 0.02, "minutes", 1440),
        ("hours", 96, "days", 1 / 24),
        ("ratio", 0.5, "ratio", 100),
        ("items", 5000, "items", 1),
    ],
)
def test_an_axis_has_the_unit_of_its_largest_value(unit: str, largest: float, shown: str, factor: float) -> None:
    assert theme.axis_scale(unit, largest) == (shown, pytest.approx(factor))


def test_every_unit_of_the_catalogue_has_a_rule_and_a_title(catalogue: Catalogue) -> None:
    for metric in catalogue.metrics.values():
        assert theme.axis_title(metric.unit)
        assert theme.formatted(3, metric.unit) != "3.0 items"


def test_neighbouring_stages_differ_in_colour_and_waiting_is_hatched() -> None:
    fills = theme.stage_fills({f"{mode} {i}": mode for i in range(6) for mode in ("active", "wait")})
    assert len(set(fills.values())) == 12
    assert all(bool(fill.hatch) == stage.startswith("wait") for stage, fill in fills.items())


def test_points_name_their_items(every: dict[str, Figure]) -> None:
    assert every["cycle_scatter"]["data"][0]["customdata"] == [urlencode({"item": NASTY}), "item=101"]
    (points,) = (trace for trace in every["ageing"]["data"] if trace["type"] == "scatter")
    assert points["customdata"] == [urlencode({"item": NASTY}), "item=101", "item=102"]
    assert points["marker"]["symbol"] == ["x", "circle", "circle"]


def test_pace_columns_add_up_to_the_levels(every: dict[str, Figure]) -> None:
    columns = [trace["y"] for trace in every["ageing"]["data"] if trace["type"] == "bar"]
    assert [sum(part) for part in zip(*columns, strict=True)] == [9.0, 0.0, 0.0]
    assert columns[0][0] == 2.0 and columns[1][0] == 6.0


def test_a_row_of_the_heat_map_has_its_own_scale(every: dict[str, Figure]) -> None:
    (heat,) = every["stage_periods"]["data"]
    assert heat["z"] == [[1.0, None], [0.5, 1.0]]
    assert heat["customdata"] == [["", ""], ["a", ""]]


def test_last_bin_is_open(every: dict[str, Figure]) -> None:
    (drawn,) = every["cycle_histogram"]["data"]
    assert drawn["hovertext"][-1] == "10.0 d or more: <b>1</b> items"
    assert drawn["customdata"] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "drawn",
    [
        cycle_scatter(SCATTER.head(0)),
        cycle_histogram(BINS.head(0), []),
        ageing(AGEING.head(0), PACE),
        ageing(AGEING.assign(age_days=None), PACE.head(0)),
        time_split(SPLIT.head(0)),
        types(TYPES.head(0), "finished", "Finished", [], {}),
        in_and_out(IN_AND_OUT.head(0), [], ({}, {})),
        stage_periods(STAYS.head(0), {}),
        reasons(REASONS.head(0), []),
    ],
)
def test_nothing_to_show_is_said_in_words(drawn: Figure) -> None:
    assert not drawn["data"] and drawn["layout"]["annotations"][0]["text"]


def test_stage_tells_how_many_it_holds_of_its_limit() -> None:
    labels = ageing(AGEING, PACE, {NASTY: 2, "Queue": 0})["layout"]["xaxis"]["ticktext"]
    assert [label.rpartition("<br>")[2] for label in labels] == ["1 of 2", "<b>1 of 0</b>", "1"]


def test_an_initiative_is_a_bar_of_its_days_with_its_milestones(every: dict[str, Figure]) -> None:
    drawn = every["plan_timeline"]
    done, running = named(drawn, "Done"), named(drawn, "Running")
    # From the 5th of January to the 5th of February are 31 days.
    assert (done["base"], done["x"]) == (["2026-01-05"], [31 * 86_400_000])
    assert running["hovertext"] == ["<b>Pairs</b><br>running: 1 Feb 2026, no due day"]
    assert named(drawn, "Milestone")["x"] == ["2026-01-20"]
    assert named(drawn, "No due day")["x"] == ["2026-03-01"]
    assert named(drawn, "Target due")["x"] == ["2026-06-30"]
    assert drawn["layout"]["yaxis"]["ticktext"][-1] == "Targets"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (-3.0, "days", "−3.0 d"),
        (0.25, "per week", "+0.2 per week"),
        (0.04, "per week", "+0.04 per week"),
        (-0.0123, "per week", "−0.012 per week"),
        (0.0004, "per week", "no change"),
        (0.0, "items", "no change"),
        (0.0003, "ratio", "+0.03 %"),
        (-20 / 86400, "days", "−20 s"),
        (0.1 / 86400, "days", "no change"),
    ],
)
def test_a_small_change_has_digits_to_be_seen_or_is_none(value: float, unit: str, words: str) -> None:
    assert change(value, unit) == words


def test_panels_stand_above_each_other_each_with_its_scale_and_leave_out_what_has_no_value(
    lead_time: Metric, throughput: Metric
) -> None:
    table = monthly((80.0, 12), (None, 0), (60.0, 3))
    drawn = panels([(lead_time, table), (throughput, table.assign(value=None)), (throughput, table)])
    assert [trace["yaxis"] for trace in drawn["data"]] == ["y", "y2"]
    upper, lower = (drawn["layout"][name]["domain"] for name in ("yaxis", "yaxis2"))
    assert lower[0] == pytest.approx(0) and lower[1] < upper[0] and upper[1] == 1
    assert drawn["layout"]["xaxis"]["anchor"] == "y2"
    # The third month rests on three items.
    assert drawn["data"][0]["marker"]["symbol"] == ["circle", "circle-open", "circle-open"]
    assert "None of these has a value" in json.dumps(panels([(lead_time, table.assign(value=None))]))
