"""The map as files: that draw.io and Mermaid get all that stands on it, and that no name can break them."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from test_value_stream_map import FOUR, GOLDEN, HOUR, active, value_stream, wait

from dashboard.figures import lean_map, lean_words
from dashboard.figures.lean_symbols import wrap
from dashboard.figures.map_drawio import drawio
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.map_mermaid import mermaid
from dashboard.figures.value_stream_map import BackFlow, ValueStreamMap

FULL = replace(FOUR, bursts=(("Test", "Fewer tests"), ("Ready", "Small batches")), constraint=("Test", "longest queue"))
NAMES = [f"Step {i} with a longer name" for i in range(20)]
TWENTY = value_stream(
    *(
        active(name, team="Team of the platform", is_handoff=i % 2 == 0, wip_limit=4 if i % 4 == 1 else None)
        if i % 3
        else wait(name, days_of_supply=3.4, is_handoff=i % 2 == 0)
        for i, name in enumerate(NAMES)
    ),
    unattributed=7 * HOUR,
    back_flows=tuple(BackFlow(NAMES[i + 3], NAMES[i], 0.1 + i / 100) for i in range(0, 12, 2)),
    bursts=tuple((name, f"An initiative with a long name {i}") for i, name in enumerate(NAMES[:9] + NAMES[3:5])),
    constraint=(NAMES[4], "longest queue"),
    is_proposal=True,
)
TWO = value_stream(active("Build"), active("Test", wip_limit=3))
QUEUES = value_stream(
    *(
        wait(f"Approval {i} by the change advisory board of the whole enterprise group", days_of_supply=2.0)
        for i in "ab"
    ),
    wait("Donaudampfschifffahrtsgesellschaft", work_in_progress=30, wip_limit=10),
    unattributed=-1200.0,
)
EMPTY = replace(value_stream(), items=0, lead_seconds=None)
HOSTILE_NAMES = [
    *("end", "subgraph x", "1. first", "- item", 'a "b" c', "x]", "(y)", "{z}", "`code`", '"`md`"', "#quot; #35;"),
    *("a\nb", "<b>bold</b>", "<img src=x onerror=alert(1)>", "%% note", "A-->B", "a;b", "&lt;", "_i_ *b*", "$$x$$"),
    *("\x00\ud800", 'click step1 "javascript:alert(1)"', "o", "\\", "&amp;amp;", "日本語"),
]
HOSTILE = value_stream(
    *((active if i % 2 else wait)(name, team=name) for i, name in enumerate(HOSTILE_NAMES)),
    back_flows=(BackFlow(HOSTILE_NAMES[7], HOSTILE_NAMES[4], 0.5),),
    bursts=tuple((name, name) for name in HOSTILE_NAMES),
    constraint=(HOSTILE_NAMES[4], HOSTILE_NAMES[12]),
    title=HOSTILE_NAMES[13],
    supplier=HOSTILE_NAMES[8],
    customer=HOSTILE_NAMES[4],
    tools=tuple(HOSTILE_NAMES),
    period=HOSTILE_NAMES[12],
)
MAPS = {
    "full": FULL,
    "golden": GOLDEN,
    "two": TWO,
    "queues": QUEUES,
    "twenty": TWENTY,
    "empty": EMPTY,
    "hostile": HOSTILE,
}
ANY_MAP = pytest.mark.parametrize("value_map", MAPS.values(), ids=MAPS)


def test_the_svg_file_has_its_colours_written_out_and_names_as_they_are() -> None:
    named = value_stream(active('style="fill:var(--fg)"'), wait("var(--bg)"))
    svg = MAP_FILES["svg"].write(named)
    assert set(re.findall(r"var\(--(\w+)\)", svg)) == {"fg", "bg"}
    assert not re.search(r'style="[^"]*var\(--(?!bs)', svg)
    assert ".vsm .paper{fill:#fff}" in svg
    assert [step.get("data-id") for step in ElementTree.fromstring(svg).iter() if step.get("data-id")] == [
        step.name for step in named.steps
    ]


class Box(NamedTuple):
    """Where something stands on the page."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.01 and down > 0.01


class Cell(NamedTuple):
    """A cell of the file with the label that belongs to it."""

    label: str
    element: ElementTree.Element

    def get(self, name: str) -> str:
        """An attribute, empty where it is not given."""
        return self.element.get(name, "")

    @property
    def style(self) -> dict[str, str]:
        """Its style by name."""
        return dict(part.split("=", 1) for part in self.get("style").split(";") if "=" in part)

    @property
    def symbol(self) -> str:
        """Which symbol of the lean library it is."""
        shape = self.style.get("shape", "")
        return shape.removeprefix("mxgraph.lean_mapping.") if shape.startswith("mxgraph.lean") else ""

    def number(self, name: str) -> float:
        """A number of its geometry."""
        geometry = self.element.find("mxGeometry")
        assert geometry is not None
        return float(geometry.get(name, "0"))


def cells(value_map: ValueStreamMap) -> dict[str, Cell]:
    root = ElementTree.fromstring(drawio(value_map)).find("diagram/mxGraphModel/root")
    assert root is not None
    found: dict[str, Cell] = {}
    for element in root:
        inner = element if element.tag == "mxCell" else element.find("mxCell")
        assert inner is not None
        name = element.get("id", "")
        assert name not in found, f"{name} stands twice"
        found[name] = Cell(element.get("value") or element.get("label") or "", inner)
    return found


class Reader(HTMLParser):
    """What a label shows, as draw.io reads it, and the tags in it."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.rows, self.tags = [""], set[str]()
        self.feed(label)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags |= {tag, *(name for name, _ in attrs)}
        self.rows += [""] if tag == "br" else []

    def handle_endtag(self, tag: str) -> None:
        self.rows += [""] if tag == "div" else []

    def handle_data(self, data: str) -> None:
        self.rows[-1] += data


def words(label: str) -> str:
    return " ".join(" ".join(Reader(label).rows).split())


def one_line(text: str) -> str:
    return " ".join(re.sub("[\x00\ud800]", "\ufffd", text).split())


def symbols(value_map: ValueStreamMap, symbol: str) -> dict[str, Cell]:
    return {name: cell for name, cell in cells(value_map).items() if cell.symbol == symbol}


def shown(value_map: ValueStreamMap) -> set[str]:
    return {words(cell.label) for cell in cells(value_map).values()}


@ANY_MAP
@pytest.mark.parametrize("write", [file.write for file in MAP_FILES.values()], ids=MAP_FILES)
def test_the_same_map_gives_the_same_bytes(write: Callable[[ValueStreamMap], str], value_map: ValueStreamMap) -> None:
    assert write(value_map).encode() == write(replace(value_map)).encode()


@ANY_MAP
def test_every_cell_stands_on_one_that_exists_and_every_number_is_finite(value_map: ValueStreamMap) -> None:
    found = cells(value_map)
    assert found["0"].get("parent") == ""
    for name, cell in found.items():
        assert name == "0" or cell.get("parent") in found
        numbers = [float(cell.number(key)) for key in ("x", "y", "width", "height")] if name not in "01" else []
        numbers += [float(point.get(key, "")) for point in cell.element.iter("mxPoint") for key in "xy"]
        assert all(math.isfinite(number) for number in numbers)
        if cell.get("vertex"):
            assert cell.number("width") > 0 < cell.number("height")


@ANY_MAP
def test_every_edge_is_attached_at_both_ends(value_map: ValueStreamMap) -> None:
    found = cells(value_map)
    edges = [cell for cell in found.values() if cell.get("edge")]
    assert edges
    for edge in edges:
        assert {found[edge.get(end)].get("vertex") for end in ("source", "target")} == {"1"}
        assert edge.get("source") != edge.get("target")


@ANY_MAP
def test_a_step_is_a_box_or_a_triangle_of_the_lean_library_by_its_name(value_map: ValueStreamMap) -> None:
    found = cells(value_map)
    for number, step in enumerate(value_map.steps, 1):
        cell = found[f"step-{number}"]
        assert cell.symbol == ("manufacturing_process" if step.mode == "active" else "inventory_box")
        assert words(cell.label).startswith(one_line(step.name))
    for mode, symbol in (("active", "manufacturing_process"), ("active", "data_box"), ("wait", "inventory_box")):
        assert len(symbols(value_map, symbol)) == sum(step.mode == mode for step in value_map.steps)


@ANY_MAP
def test_a_data_box_holds_every_fact_and_moves_with_its_box(value_map: ValueStreamMap) -> None:
    found = cells(value_map)
    for number, step in enumerate(value_map.steps, 1):
        if step.mode == "active":
            told = lean_words.facts(value_map, step)
            rows = {f"step-{number}-fact-{row}" for row in range(1, len(told) + 1)}
            assert rows == {name for name in found if name.startswith(f"step-{number}-fact-")}
            facts = [words(found[name].label) for name in sorted(rows)]
            assert facts == [f"{fact.label}: {fact.value}" for fact in told]
            assert found[f"step-{number}-data"].get("parent") == f"step-{number}"
            assert {found[name].get("parent") for name in rows} == {f"step-{number}-data"}


def test_the_facts_of_a_data_box_are_times_quality_rework_work_in_progress_and_n() -> None:
    found = cells(FULL)
    facts = [words(found[f"step-2-fact-{row}"].label) for row in range(1, 7)]
    times = ["Process time: 6.0 h", "Lead time: 24.0 h"]
    assert facts == [*times, "%C&A: 98 → 92 %", "Rework: –", "WIP: 3", "n: 120"]
    assert words(found["step-4-fact-5"].label) == "WIP: 3 > limit 2"
    assert found["step-4-fact-5"].style["fillColor"] not in ("none", found["step-4-fact-6"].style["fillColor"])


def test_a_triangle_tells_its_count_and_days_of_supply() -> None:
    assert Reader(cells(FULL)["step-1"].label).rows == ["Backlog", "21 items", "12.4 d supply"]


@ANY_MAP
def test_each_step_leads_to_the_next_between_supplier_and_customer(value_map: ValueStreamMap) -> None:
    found = cells(value_map)
    ways = [(cell.get("source"), cell.get("target")) for name, cell in found.items() if re.search("-way|deliv", name)]
    chain = ["supplier", *(f"step-{i + 1}" for i in range(len(value_map.steps))), "customer"]
    assert set(ways) == (set(itertools.pairwise(chain)) if value_map.steps else set())
    assert len(ways) == len(set(ways))


def test_push_and_pull_ride_on_the_edge_into_their_box() -> None:
    arrows = [cell for symbol in ("push_arrow", "physical_pull") for cell in symbols(FULL, symbol).values()]
    riding = {cell.get("parent"): cell.symbol for cell in arrows}
    assert riding == {
        "step-2-way": "push_arrow",
        "step-4-way": "physical_pull",
        "step-5-way": "push_arrow",
        "step-8-way": "push_arrow",
    }
    # One for each arrow that the drawn map has.
    places = tuple(lean_map.Cell(step, 200.0 * i, 100.0) for i, step in enumerate(FULL.steps))
    assert [way.is_pull for way in lean_map.stretches(places)] == [False, True, False, False]


def test_a_triangle_at_the_end_is_pushed_into() -> None:
    assert lean_map.ways(value_stream(active("Build"), wait("Ready"), wait("Train"))) == ("push", "", "push")


def test_information_goes_from_the_customer_to_the_desk_to_the_supplier_and_to_every_box() -> None:
    flows = symbols(FULL, "electronic_info_flow_edge")
    boxes = [f"step-{i}" for i in (2, 4, 5, 8)]
    expected = {("customer", "control"), ("control", "supplier"), *(("information", box) for box in boxes)}
    assert {(cell.get("source"), cell.get("target")) for cell in flows.values()} == expected
    assert "Planning and control Jira · GitHub" in shown(FULL)
    parties = {name: words(cell.label) for name, cell in symbols(FULL, "outside_sources").items()}
    assert parties == {"supplier": "Product supplier", "customer": "Customers customer"}


@ANY_MAP
def test_back_flows_lead_back_with_their_share(value_map: ValueStreamMap) -> None:
    place = {step.name: f"step-{i}" for i, step in enumerate(value_map.steps, 1)}
    drawn = [cell for name, cell in cells(value_map).items() if name.startswith("back-flow")]
    assert {(cell.get("source"), cell.get("target"), cell.label) for cell in drawn} == {
        (place[flow.from_step], place[flow.to_step], lean_words.percent(flow.share))
        for flow in lean_map.back_flows(value_map)
    }
    assert all(cell.style["dashed"] == "1" for cell in drawn)


def test_marks_stand_at_their_step_and_move_with_it() -> None:
    found = cells(FULL)
    bursts = {cell.get("parent"): words(cell.label) for cell in symbols(FULL, "kaizen_lightening_burst").values()}
    assert bursts == {"step-5": "Fewer tests", "step-3": "Small batches"}
    assert [found["step-4-handoff"].get("parent"), found["step-4-handoff"].label] == ["step-4", "H"]
    assert {name for name in found if name.endswith("handoff")} == {"step-4-handoff"}
    assert found["step-5-constraint"].get("parent") == "step-5"
    assert "Constraint: Test – longest queue" in shown(FULL)
    assert {words(found[f"step-{i}-team"].label) for i in (2, 4)} == {"Product", "Payments"}


@ANY_MAP
def test_the_ladder_has_a_rung_for_every_segment_joined_to_the_last(value_map: ValueStreamMap) -> None:
    rungs = list(symbols(value_map, "timeline2").values())
    pieces = lean_map.segments(value_map)
    assert all(words(rung.label).startswith(piece.value) for rung, piece in zip(rungs, pieces, strict=True))
    for before, rung in itertools.pairwise(rungs):
        assert before.number("x") + before.number("width") == pytest.approx(rung.number("x"), abs=0.001)
        assert _level(before, "dy6") == pytest.approx(_level(rung, "dy1"))
    depth = {"wait": 0, "unattributed": 22, "active": 44}
    highest = min((rung.number("y") for rung in rungs), default=0)
    if {"wait", "active"} <= {piece.mode for piece in pieces}:
        assert [_level(rung, "dy6") - highest for rung in rungs] == [depth[piece.mode] for piece in pieces]


def _level(rung: Cell, end: str) -> float:
    return rung.number("y") + rung.number("height") * float(rung.style[end])


def test_the_ladder_tells_times_and_what_is_unattributed() -> None:
    told = [words(rung.label) for rung in symbols(FULL, "timeline2").values()]
    assert told == [
        *("4.0 d", "24.0 h process 6.0 h", "2.0 d", "3.0 d process 2.0 d", "24.0 h process 12.0 h"),
        *("2.0 d", "3.0 d", "30 min process 30 min", "7.0 h unattributed"),
    ]


def test_totals_of_210_hours_of_which_160_are_work_are_76_per_cent() -> None:
    assert {"Lead time 8.8 d", "Process time 6.7 d", "Flow efficiency 76.2 %"} <= shown(GOLDEN)
    assert all(f"{words}<br/>" in mermaid(GOLDEN) for words in ("Lead time 8.8 d", "Process time 6.7 d"))
    assert "Flow efficiency 76.2 #37;" in mermaid(GOLDEN)


def test_the_scale_is_as_long_as_the_map_and_each_piece_as_its_share() -> None:
    bars = [cell.number("width") for name, cell in cells(GOLDEN).items() if re.fullmatch(r"scale-\d+", name)]
    whole = cells(GOLDEN)["basis"].number("width")
    assert bars == pytest.approx([whole * hours / 210 for hours in (10, 5, 30, 15, 60, 20, 40, 10, 20)], abs=0.001)


def test_title_period_n_and_notes_are_on_it() -> None:
    told = shown(replace(FULL, is_proposal=True))
    assert {"Checkout", "2026 · means of 120 items", *lean_words.notes(FULL)} <= told
    assert "Proposed from the data, not confirmed: check the stages and modes." in told


def test_no_items_are_not_a_zero() -> None:
    empty = replace(FOUR, items=0, lead_seconds=None, unattributed_seconds=0.0)
    assert {"Lead time –", "Process time –", "– process –"} <= shown(empty)
    assert "2026 · no items measured" in mermaid(empty)
    assert "Lead time –" in mermaid(empty)


def boxes(value_map: ValueStreamMap) -> dict[str, Box]:
    """Every shape's place on the page, with the label that hangs over or under it."""
    found = cells(value_map)
    placed = {"1": Box(0, 0, 0, 0)}
    for name, cell in found.items():
        if cell.get("vertex"):
            width, height = cell.number("width"), cell.number("height")
            left, top = _corner(cell, found, placed)
            placed[name] = Box(left, top, left + width, top + height)
    return {name: _with_label(found[name], box) for name, box in placed.items() if name != "1"}


def _corner(cell: Cell, found: dict[str, Cell], placed: dict[str, Box]) -> tuple[float, float]:
    parent = cell.get("parent")
    if not found[parent].get("edge"):
        return placed[parent].left + cell.number("x"), placed[parent].top + cell.number("y")
    edge, offset = found[parent], cell.element.find("mxGeometry/mxPoint")
    assert offset is not None
    source, target = placed[edge.get("source")], placed[edge.get("target")]
    leaves = source.left + float(edge.style["exitX"]) * (source.right - source.left)
    arrives = target.left + float(edge.style["entryX"]) * (target.right - target.left)
    y = source.top + float(edge.style["exitY"]) * (source.bottom - source.top)
    assert y == pytest.approx(target.top + float(edge.style["entryY"]) * (target.bottom - target.top)), "not level"
    return (leaves + arrives) / 2 + float(offset.get("x", "")), y + float(offset.get("y", ""))


def _with_label(cell: Cell, box: Box) -> Box:
    side = cell.style.get("verticalLabelPosition")
    rows = [row for row in Reader(cell.label).rows if row]
    height = 15 * sum(len(wrap(row, box.right - box.left, 13.2, lines=99)) for row in rows)
    if side == "top":
        return box._replace(top=box.top - height)
    return box._replace(bottom=box.bottom + height) if side == "bottom" else box


@ANY_MAP
def test_nothing_on_the_page_overlaps(value_map: ValueStreamMap) -> None:
    found, placed = cells(value_map), boxes(value_map)
    for (one, first), (other, second) in itertools.combinations(placed.items(), 2):
        if one not in _holders(found, other) and other not in _holders(found, one):
            assert not first.meets(second), f"{one} and {other}"


@ANY_MAP
def test_all_of_it_stands_on_the_page(value_map: ValueStreamMap) -> None:
    model = ElementTree.fromstring(drawio(value_map)).find("diagram/mxGraphModel")
    assert model is not None
    page = Box(0, 0, float(model.get("pageWidth", "")), float(model.get("pageHeight", "")))
    for name, box in boxes(value_map).items():
        assert page.left <= box.left < box.right <= page.right, name
        assert page.top <= box.top < box.bottom <= page.bottom, name


def _holders(found: dict[str, Cell], name: str) -> set[str]:
    parent = found[name].get("parent")
    return {parent, *_holders(found, parent)} if parent in found else set()


@ANY_MAP
def test_no_name_becomes_markup_in_a_label(value_map: ValueStreamMap) -> None:
    for element in ElementTree.fromstring(drawio(value_map)).iter():
        for label in (element.get(key, "") for key in ("value", "label", "tooltip")):
            assert Reader(label).tags <= {"b", "br", "div", "span", "style"}, label


def test_a_hostile_name_is_shown_as_it_is_written() -> None:
    told = [words(cell.label) for cell in symbols(HOSTILE, "manufacturing_process").values()]
    assert told == [one_line(name) for name in HOSTILE_NAMES[1::2]]
    tips = [element.get("tooltip", "") for element in ElementTree.fromstring(drawio(HOSTILE)).iter("UserObject")]
    assert any("<img src=x onerror=alert(1)>" in words(tip) for tip in tips)


NODE = re.compile(r'(\w+)(?:\(\[|\[/|\[|\{\{)("[^"]*")(?:\]\)|\\\]|\]|\}\})(:::\w+)?')
EDGE = re.compile(r'(\w+) (?:-->(?:\|("[^"]*")\|)?|---|-\. ("[^"]*") \.->) (\w+)')


def rows(value_map: ValueStreamMap) -> list[str]:
    return [row.strip() for row in mermaid(value_map).splitlines()]


def nodes(value_map: ValueStreamMap) -> dict[str, list[str]]:
    """Each node's lines, as Mermaid would show them."""
    found = [match for row in rows(value_map) if (match := NODE.fullmatch(row))]
    assert len({match[1] for match in found}) == len(found), "a node is defined twice"
    return {match[1]: [_decoded(line) for line in match[2].strip('"').split("<br/>")] for match in found}


def _decoded(text: str) -> str:
    return re.sub(r"#(\d+);", lambda code: chr(int(code[1])), text).replace("\u200b", "")


def edges(value_map: ValueStreamMap) -> set[tuple[str, str, str]]:
    found = [match for row in rows(value_map) if (match := EDGE.fullmatch(row))]
    return {(match[1], _decoded(match[2] or match[3] or "").strip('"'), match[4]) for match in found}


@ANY_MAP
def test_every_row_of_mermaid_is_one_that_it_knows_with_quotes_in_pairs(value_map: ValueStreamMap) -> None:
    plain = re.compile(
        r'flowchart LR|direction LR|end|class step\d+ \w+|classDef \w+ [\w:#,-]+|subgraph map\["[^"]*"\]'
    )
    for row in rows(value_map):
        assert plain.fullmatch(row) or NODE.fullmatch(row) or EDGE.fullmatch(row), row
        assert row.count('"') % 2 == 0
        for label in re.findall('"([^"]*)"', row):
            assert not re.search(r"[`<>&\[\]{}()|\\*_$%\x00-\x1f]", label.replace("<br/>", " ")), row
            # Two dollars begin a formula, also as numbers.
            assert "#36;#36;" not in label
            assert not re.search(r"#(?!\d+;)|(^|<br/>)[-+.]|\.( |$)", label), row


@ANY_MAP
def test_mermaid_has_every_step_once_and_edges_only_between_nodes(value_map: ValueStreamMap) -> None:
    found = nodes(value_map)
    told = [lines[0] for name, lines in found.items() if re.fullmatch(r"step\d+", name)]
    assert told == [one_line(step.name) for step in value_map.steps]
    assert {end for edge in edges(value_map) for end in (edge[0], edge[2])} <= found.keys()


def test_mermaid_tells_times_quality_and_work_in_progress() -> None:
    found = nodes(FULL)
    facts = ["Process time 2.0 d", "Lead time 3.0 d", "%C&A –", "Rework 11 %", "WIP 3 > limit 2", "n 120", "Hand-off"]
    assert found["step4"] == ["Development", "Payments", *facts]
    assert found["step1"] == ["Backlog", "21 items", "12.4 d supply", "Wait 4.0 d", "n 120"]
    assert found["step2"][4] == "%C&A 98 → 92 %"
    totals = ["Lead time 16.3 d", "Process time 2.8 d", "Flow efficiency 17.0 %", "Rolled %C&A 92.0 %"]
    assert found["totals"] == [*totals, "Unattributed 7.0 h", "Constraint: Test – longest queue"]
    assert found["control"] == ["Planning and control", "Jira", "GitHub"]
    assert 'subgraph map["Checkout · 2026 · means of 120 items"]' in rows(FULL)


def test_mermaid_has_the_way_there_and_dotted_the_way_back_with_its_share() -> None:
    chain = ["supplier", *(f"step{i}" for i in range(1, 9)), "customer"]
    ways = ["", "push", "", "pull", "push", "", "", "push", ""]
    forward = {(before, way, after) for (before, after), way in zip(itertools.pairwise(chain), ways, strict=True)}
    improvements = {("improvement1", "", "step5"), ("improvement2", "", "step3")}
    assert edges(FULL) == forward | improvements | {("step5", "19 %", "step4")}
    assert 'step5 -. "19 #37;" .-> step4' in rows(FULL)
