"""The drawn value-stream map: what stands on it, that it adds up, and that everyone can read and reach it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from dashboard.components.inline_svg import InlineSvg
from dashboard.figures import lean_map, lean_words
from dashboard.figures.lean_symbols import shorten, text_width, wrap
from dashboard.figures.value_stream_map import BackFlow, Step, ValueStreamMap, render

HOUR, DAY = 3600.0, 86400.0
SVG = "{http://www.w3.org/2000/svg}"
BOTH = pytest.mark.parametrize("is_vertical", [False, True], ids=["wide", "tall"])


def active(name: str, mean: float = DAY, process: float = 6 * HOUR, **more: object) -> Step:
    return replace(Step(name, "active", mean, process, work_in_progress=3, visits=120), **more)  # type: ignore[arg-type]


def wait(name: str, mean: float = 2 * DAY, **more: object) -> Step:
    return replace(Step(name, "wait", mean, 0.0, work_in_progress=21, visits=120), **more)  # type: ignore[arg-type]


def value_stream(*steps: Step, unattributed: float = 0.0, **more: object) -> ValueStreamMap:
    lead = sum(step.mean_seconds for step in steps) + unattributed
    whole = ValueStreamMap("Checkout", "Product", "Customers", ("Jira", "GitHub"), steps, items=120, period="2026")
    return replace(whole, lead_seconds=lead, unattributed_seconds=unattributed, **more)  # type: ignore[arg-type]


FOUR = value_stream(
    wait("Backlog", 4 * DAY, days_of_supply=12.4),
    active("Analysis", received=0.98, produced=0.92, team="Product"),
    wait("Ready"),
    active("Development", 3 * DAY, 2 * DAY, wip_limit=2, team="Payments", is_handoff=True, rework_ratio=0.11),
    active("Test", DAY, 12 * HOUR),
    wait("Approval"),
    wait("Release train", 3 * DAY),
    active("Deployment", HOUR / 2, HOUR / 2),
    unattributed=7 * HOUR,
    back_flows=(BackFlow("Test", "Development", 0.19),),
)


def drawn(value_map: ValueStreamMap, is_vertical: bool = False, selected: str | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(render(value_map, is_vertical=is_vertical, selected=selected))


def words(svg: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def steps(svg: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (element for element in svg.iter(f"{SVG}g") if element.get("role") == "button")


def ladder(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return [element for element in svg.iter(f"{SVG}g") if element.get("data-segment") is not None]


@BOTH
@pytest.mark.parametrize("count", [0, 1, 4, 20])
def test_a_map_of_any_length_is_well_formed_and_has_every_step(count: int, is_vertical: bool) -> None:
    names = [f"Step {i}" for i in range(count)]
    svg = drawn(value_stream(*(active(name) for name in names)), is_vertical)
    assert [step.get("data-id") for step in steps(svg)] == names
    assert [segment.get("data-segment") for segment in ladder(svg)] == names


@BOTH
def test_the_ladder_adds_up_to_the_lead_time(is_vertical: bool) -> None:
    # 4 + 1 + 2 + 3 + 1 + 2 + 3 d, half an hour and 7 h unattributed: 16 d 7.5 h
    seconds = [float(segment.get("data-seconds", "")) for segment in ladder(drawn(FOUR, is_vertical))]
    assert sum(seconds) == FOUR.lead_seconds == 16 * DAY + 7.5 * HOUR
    assert len(seconds) == 9


def test_waiting_is_high_on_the_ladder_and_working_low() -> None:
    heights: dict[str, set[float]] = {"wait": set(), "active": set()}
    for segment in ladder(drawn(FOUR)):
        bar = next(segment.iter(f"{SVG}path")).get("d", "")
        heights.setdefault(segment.get("data-mode", ""), set()).add(float(bar.split(",")[1].split(" ")[0]))
    assert max(heights["wait"]) < min(heights["active"])


@BOTH
def test_what_is_unattributed_is_drawn_and_explained(is_vertical: bool) -> None:
    svg = drawn(FOUR, is_vertical)
    assert ladder(svg)[-1].get("data-segment") == "unattributed"
    assert {"unattributed", "7.0 h"} <= set(words(svg))
    exact = drawn(replace(FOUR, unattributed_seconds=0.0), is_vertical)
    assert "unattributed" not in words(exact)


def test_a_remainder_below_zero_keeps_its_sign() -> None:
    assert "−20 min" in words(drawn(value_stream(active("Build"), wait("Ready"), unattributed=-1200.0)))


@BOTH
def test_totals_are_lead_time_process_time_and_their_ratio(is_vertical: bool) -> None:
    # process 6 h + 48 h + 12 h + 0.5 h = 66.5 h; 66.5 ÷ 391.5 h = 17.0 %; of the boxes one has a %C&A
    assert {"16.3 d", "2.8 d", "17.0 %", "92.0 %"} <= set(words(drawn(FOUR, is_vertical)))


# Process 10/30/60/40/20 h with waits of 5/15/20/10 h between them; three of the steps have a %C&A of 90, 85 and 95 %.
GOLDEN = value_stream(
    active("Specify", 10 * HOUR, 10 * HOUR, produced=0.9),
    wait("Ready", 5 * HOUR),
    active("Build", 30 * HOUR, 30 * HOUR, produced=0.85),
    wait("Review queue", 15 * HOUR),
    active("Review", 60 * HOUR, 60 * HOUR, produced=0.95),
    wait("Test queue", 20 * HOUR),
    active("Test", 40 * HOUR, 40 * HOUR),
    wait("Release train", 10 * HOUR),
    active("Deploy", 20 * HOUR, 20 * HOUR),
)


@BOTH
def test_210_hours_of_which_160_are_work_are_76_2_per_cent_and_three_steps_roll_to_72_7(is_vertical: bool) -> None:
    svg = drawn(replace(GOLDEN, first_pass_yield=0.751), is_vertical)
    assert sum(float(segment.get("data-seconds", "")) for segment in ladder(svg)) == 210 * HOUR
    # 210 h are 8.75 d, 160 h are 6.67 d; 160 ÷ 210 = 0.7619; 0.90 × 0.85 × 0.95 = 0.72675
    told = "Lead time 8.8 d, Process time 6.7 d, Flow efficiency 76.2 %, Rolled %C&A 72.7 %, First-pass yield 75.1 %."
    assert told in svg.findtext(f"{SVG}desc", "")
    spoken = [step.get("aria-label", "") for step in steps(svg)]
    times = [re.search(r"Process time ([\d.]+ [hd]) Lead time ([\d.]+ [hd])", label) for label in spoken[::2]]
    assert [found.groups() for found in times if found] == [
        *(("10.0 h", "10.0 h"), ("30.0 h", "30.0 h"), ("2.5 d", "2.5 d"), ("40.0 h", "40.0 h"), ("20.0 h", "20.0 h")),
    ]
    waits = [re.search(r"mean wait ([\d.]+ h)", label) for label in spoken[1::2]]
    assert [found[1] for found in waits if found] == ["5.0 h", "15.0 h", "20.0 h", "10.0 h"]


@BOTH
def test_rows_that_were_not_chosen_are_not_drawn(is_vertical: bool) -> None:
    box = next(
        step
        for step in steps(drawn(replace(FOUR, rows=("n", "lead")), is_vertical))
        if "Test" in step.attrib["data-id"]
    )
    assert [text.text for text in box.iter(f"{SVG}text")] == ["Test", "Lead time", "24.0 h", "n", "120"]
    bare = drawn(replace(FOUR, rows=()), is_vertical)
    assert [text.text for text in next(s for s in steps(bare) if s.get("data-id") == "Test").iter(f"{SVG}text")] == [
        "Test"
    ]


@BOTH
def test_a_row_that_is_known_of_no_box_is_left_out_and_typed_maps_count_nothing(is_vertical: bool) -> None:
    typed = (Step("Queue", "wait", 2 * DAY, 0, 0, 0), Step("Build", "active", DAY, HOUR, 0, 0, produced=0.9))
    svg = drawn(replace(value_stream(*typed), items=0), is_vertical)
    queue, box = [[text.text for text in step.iter(f"{SVG}text")] for step in steps(svg)]
    assert box == ["Build", "Process time", "1.0 h", "Lead time", "24.0 h", "%C&A", "– → 90 %"]
    assert [word for word in queue if word != "I"] == ["Queue"]
    known = drawn(replace(value_stream(typed[0], replace(typed[1], work_in_progress=3)), items=0), is_vertical)
    assert {"WIP", "0 items"} <= set(words(known))


MEDIAN = replace(
    FOUR,
    steps=tuple(
        replace(step, median_seconds=HOUR * i, median_process_seconds=60.0 * i) for i, step in enumerate(FOUR.steps, 1)
    ),
    average="median",
    median_lead_seconds=15 * DAY,
)


@BOTH
def test_where_boxes_show_medians_they_say_so_and_the_ladder_keeps_its_means(is_vertical: bool) -> None:
    svg = drawn(MEDIAN, is_vertical)
    box = next(step for step in steps(svg) if step.get("data-id") == "Test")
    assert [text.text for text in box.iter(f"{SVG}text")][:5] == [
        "Test",
        "Median process",
        "5 min",
        "Median lead",
        "5.0 h",
    ]
    assert "median 1.0 h" in words(svg)  # under the first triangle
    assert [piece.get("data-seconds") for piece in ladder(svg)] == [
        piece.get("data-seconds") for piece in ladder(drawn(FOUR, is_vertical))
    ]
    said = " ".join(words(svg))
    assert "means" in words(svg)
    assert "Mean lead time" in said and "Median lead time" in said and "15.0 d" in said
    assert "means over all items, because medians do not add up." in said
    assert "medians do not add up" not in " ".join(words(drawn(FOUR, is_vertical)))


@BOTH
def test_a_batch_stands_in_the_box_and_under_the_triangle_with_what_it_is(is_vertical: bool) -> None:
    basis = "Batch = items per deployment, median of 49."
    value_map = value_stream(active("Test", batch=4.0), wait("Train", batch=4.0), active("Run"), batch_basis=basis)
    svg = drawn(value_map, is_vertical)
    shown = {step.get("data-id"): [text.text for text in step.iter(f"{SVG}text")] for step in steps(svg)}
    values = {name: dict(itertools.pairwise(told)).get("Batch") for name, told in shown.items()}
    assert values == {"Test": "4", "Train": None, "Run": "–"}
    assert "batch 4" in shown["Train"]
    assert basis in " ".join(words(svg))
    assert "atch" not in " ".join(words(drawn(replace(value_map, rows=("n",)), is_vertical)))


@BOTH
def test_a_map_without_waiting_stages_says_so_and_has_no_flow_efficiency(is_vertical: bool) -> None:
    said = " ".join(words(drawn(value_stream(active("Build"), active("Test")), is_vertical)))
    assert "No item stood in a stage that is marked as waiting: waiting inside a step cannot be seen." in said
    assert "not configured" in said


def test_a_map_with_a_waiting_stage_does_not_say_that_there_is_none() -> None:
    assert "No waiting stage" not in render(FOUR)


@BOTH
def test_every_label_from_data_is_escaped(is_vertical: bool) -> None:
    evil = "<script>alert('x')</script>&\"\x00"
    hostile = value_stream(
        wait(evil, team=evil),
        active(evil + "2", team=evil),
        back_flows=(BackFlow(evil + "2", evil, 0.5),),
        title=evil,
        supplier=evil,
        customer=evil,
        tools=(evil,),
        period=evil,
        constraint=(evil, evil),
        bursts=((evil, evil),),
    )
    svg = drawn(hostile, is_vertical)
    assert not list(svg.iter(f"{SVG}script"))
    assert "<script" not in render(hostile, is_vertical=is_vertical)


@BOTH
def test_every_step_is_a_button_whose_name_begins_with_its_visible_words(is_vertical: bool) -> None:
    for step in steps(drawn(FOUR, is_vertical)):
        shown = " ".join(text.text or "" for text in step.iter(f"{SVG}text") if text.get("aria-hidden") != "true")
        assert step.get("tabindex") == "0"
        assert step.get("aria-label", "").startswith(shown)


@BOTH
def test_the_chosen_step_is_pressed_and_no_other(is_vertical: bool) -> None:
    pressed = {step.get("data-id"): step.get("aria-pressed") for step in steps(drawn(FOUR, is_vertical, "Test"))}
    assert pressed.pop("Test") == "true"
    assert set(pressed.values()) == {"false"}


def test_both_orientations_and_two_maps_can_stand_in_one_document() -> None:
    future = replace(FOUR, title="Checkout, future")
    texts = [render(value_map, is_vertical=tall) for value_map in (FOUR, future) for tall in (False, True)]
    ids = [found for text in texts for found in re.findall(r' id="([^"]+)"', text)]
    assert len(ids) == len(set(ids))
    for text in texts:
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(re.findall(r' id="([^"]+)"', text))


@BOTH
def test_a_data_box_shows_process_and_lead_time_quality_work_in_progress_and_n(is_vertical: bool) -> None:
    box = next(step for step in steps(drawn(FOUR, is_vertical)) if step.get("data-id") == "Analysis")
    shown = [text.text for text in box.iter(f"{SVG}text")]
    assert shown == [
        *("Analysis", "Product", "Process time", "6.0 h", "Lead time", "24.0 h"),
        *("%C&A", "98 → 92 %", "Rework", "–", "WIP", "3", "n", "120"),
    ]


@BOTH
def test_a_triangle_shows_its_count_and_days_of_supply(is_vertical: bool) -> None:
    assert {"Backlog", "21 items", "12.4 d supply"} <= set(words(drawn(FOUR, is_vertical)))


@BOTH
def test_a_step_over_its_limit_says_so_in_words(is_vertical: bool) -> None:
    assert "3 > limit 2" in words(drawn(FOUR, is_vertical))


@pytest.mark.parametrize(("limit", "pulls"), [(None, [False]), (4, [True])])
def test_material_is_pulled_where_the_next_step_has_a_limit(limit: int | None, pulls: list[bool]) -> None:
    pair = (active("Build"), active("Test", wip_limit=limit))
    cells = tuple(lean_map.Cell(step, 200.0 * i, 150.0) for i, step in enumerate(pair))
    assert [way.is_pull for way in lean_map.stretches(cells)] == pulls


def test_one_arrow_passes_all_triangles_between_two_boxes() -> None:
    row = (active("Build"), wait("Ready"), wait("Approval"), active("Test"), wait("Train"))
    cells = tuple(lean_map.Cell(step, 100.0 * i, 100.0) for i, step in enumerate(row))
    assert [(way.start, way.end) for way in lean_map.stretches(cells)] == [(100, 300), (400, 500)]


def test_back_flows_below_two_per_cent_and_beyond_six_are_counted_not_drawn() -> None:
    names = [f"Step {i}" for i in range(9)]
    flows = tuple(BackFlow(name, "Step 0", 0.019 + i / 100) for i, name in enumerate(names[1:]))
    value_map = value_stream(*(active(name) for name in names), back_flows=flows)
    assert [flow.from_step for flow in lean_map.back_flows(value_map)] == [f"Step {i}" for i in range(8, 2, -1)]
    described = drawn(value_map).findtext(f"{SVG}desc", "")
    assert "2 smaller back-flows are left out." in described


def test_back_flows_that_share_a_step_do_not_share_a_lane() -> None:
    flows = (
        BackFlow("Test", "Development", 0.2),
        BackFlow("Deployment", "Test", 0.1),
        BackFlow("Ready", "Analysis", 0.1),
    )
    lanes = {arc.flow.from_step: arc.lane for arc in lean_map.arcs(replace(FOUR, back_flows=flows))}
    assert lanes["Test"] != lanes["Deployment"]
    assert lanes["Ready"] == lanes["Test"] == 0


@BOTH
def test_the_constraint_is_marked_with_its_reason(is_vertical: bool) -> None:
    svg = drawn(replace(FOUR, constraint=("Approval", "longest wait")), is_vertical)
    assert "constraint" in words(svg)
    assert "Constraint: Approval – longest wait" in " ".join(words(svg))
    labels = [step.get("aria-label", "") for step in steps(svg)]
    assert ["constraint: longest wait" in label for label in labels].count(True) == 1


@BOTH
def test_initiatives_handoffs_and_proposals_are_marked(is_vertical: bool) -> None:
    svg = drawn(replace(FOUR, bursts=(("Test", "Fewer tests"),), is_proposal=True), is_vertical)
    said = " ".join(words(svg))
    assert words(svg).count("H") == 1
    assert "Fewer tests" in said.split("Improvements:")[0]
    assert "Proposed from the data, not confirmed" in said


def test_few_items_are_said_and_no_items_are_not_a_zero() -> None:
    assert "only 3 items: too few to judge" in " ".join(words(drawn(replace(FOUR, items=3))))
    empty = replace(FOUR, items=0, lead_seconds=None, unattributed_seconds=0.0)
    assert "no items measured" in " ".join(words(drawn(empty)))
    assert {piece.value for piece in lean_map.segments(empty)} == {"–"}
    assert [total.value for total in lean_words.totals(empty)][:3] == ["–", "–", "–"]


def test_a_long_name_wraps_or_ends_in_dots_with_the_whole_name_on_hover() -> None:
    assert wrap("Integration and regression test", 140, 14.3) == ("Integration and", "regression test")
    assert all(text_width(row, 12) <= 90 for row in wrap("Donaudampfschifffahrtsgesellschaft", 90))
    assert shorten("Change advisory board", 60, 12).endswith("…")
    name = "Approval of the change advisory board of the whole enterprise group"
    assert f"<title>{name}</title>" in render(value_stream(active(name)))


def test_a_wide_map_has_a_least_width_so_that_its_container_scrolls() -> None:
    widths = [
        re.search(r"min-width:(\d+)px", render(value_stream(*[active(str(i)) for i in range(n)]))) for n in (7, 20)
    ]
    seven, twenty = (int(width.group(1)) for width in widths if width)
    assert seven <= 1390
    assert twenty > 3000


def test_the_component_passes_on_only_what_was_given() -> None:
    assert InlineSvg("<svg/>", id="map").to_plotly_json() == {
        "props": {"id": "map", "svg": "<svg/>"},
        "type": "InlineSvg",
        "namespace": "value_stream_components",
    }


@BOTH
def test_a_number_too_wide_for_its_place_is_squeezed_and_keeps_its_digits(is_vertical: bool) -> None:
    crowded = active("Build", work_in_progress=12345, wip_limit=10000)
    text = next(e for e in drawn(value_stream(crowded), is_vertical).iter(f"{SVG}text") if "12,345" in (e.text or ""))
    assert text.text == "12,345 > limit 10,000"
    assert float(text.get("textLength", "0")) > 0
