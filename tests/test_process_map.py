"""The process as it really happened: against pandas on raw logs, by hand, and drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pandas as pd
import pytest
from conftest import Imports, World, moves, span

from dashboard import build
from dashboard.catalogue import Catalogue
from dashboard.figures.process_map import MEASURES, Move, _in_lanes, process_map, shown
from dashboard.pages import process
from dashboard.pages.items import listed
from dashboard.pages.view import View
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse
from dashboard.where import where_from

PROBLEMS, RECEIPT = "eventlogs/bpic2013_closed_problems.csv", "eventlogs/receipt.csv"
BEGIN = END = "-"
Raw = pd.DataFrame


@pytest.fixture(scope="module")
def read(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, shared: Callable[[str], Path]
) -> Callable[[str], tuple[View, Raw]]:
    """A real log: as imported, and as pandas reads it, only the cases that we say have ended."""
    done: dict[str, tuple[View, Raw]] = {}

    def get(name: str) -> tuple[View, Raw]:
        if name not in done:
            world = Imports(tmp_path_factory.mktemp("log"), catalogue)
            world.run(shared(name), options=build.Options())
            warehouse = Warehouse(world.settings.warehouse, catalogue)
            raw = pd.read_csv(shared(name))
            raw = pd.DataFrame(
                {
                    "case": raw["case:concept:name"],
                    "state": raw["concept:name"],
                    "at": pd.to_datetime(raw["time:timestamp"], utc=True, format="ISO8601"),
                }
            ).sort_values(["case", "at"], kind="stable")
            if name == PROBLEMS:  # a row that repeats the state is no change of it
                raw = raw[raw["state"] != raw.groupby("case")["state"].shift()]
            items = warehouse.table("marts.items")
            ended = items.loc[items["ended_on"].notna(), "item_id"]
            view = View(warehouse, warehouse.default_scope(), world.settings.home)
            done[name] = view, raw[raw["case"].isin(ended)]
        return done[name]

    return get


@pytest.mark.parametrize(("name", "cases", "ways"), [(PROBLEMS, 1487, 38), (RECEIPT, 1287, 79)])
def test_what_directly_follows_is_that_of_the_raw_log(
    name: str, cases: int, ways: int, read: Callable[[str], tuple[View, Raw]]
) -> None:
    view, raw = read(name)
    pairs: Counter[tuple[str, str]] = Counter()
    for states in raw.groupby("case")["state"].agg(list):
        pairs.update(zip([BEGIN, *states], [*states, END], strict=True))
    table = view.ask("charts.process_map").fillna({"from_state": BEGIN, "to_state": END})
    assert {(row.from_state, row.to_state): row.moves for row in table.itertuples()} == pairs
    assert raw["case"].nunique() == cases == table.loc[table["from_state"] == BEGIN, "items"].sum()
    paths = raw.groupby("case")["state"].agg(" → ".join).value_counts()
    variants = view.ask("charts.variants", row_limit=1000)
    assert dict(zip(variants["path"], variants["items"], strict=True)) == paths.to_dict()
    assert len(variants) == ways == variants["variants"].iloc[0]
    assert variants["coverage_ratio"].iloc[-1] == pytest.approx(1)


def test_times_between_states_are_those_of_the_raw_log(read: Callable[[str], tuple[View, Raw]]) -> None:
    view, raw = read(PROBLEMS)
    cases = raw.groupby("case")
    gaps = pd.DataFrame(
        {
            "from_state": cases["state"].shift(),
            "to_state": raw["state"],
            "days": cases["at"].diff().dt.total_seconds() / 86_400,
        }
    ).dropna()
    expected = gaps.groupby(["from_state", "to_state"])["days"].agg(["median", "mean", "sum"])
    ours = view.ask("charts.process_map").dropna(subset=["from_state", "to_state"])
    ours = ours.set_index(["from_state", "to_state"]).sort_index()
    for column, name in (("median_days", "median"), ("mean_days", "mean"), ("total_days", "sum")):
        assert ours[column].tolist() == pytest.approx(expected[name].sort_index().tolist(), abs=1e-6)


@pytest.fixture(scope="module")
def view(demo: Settings, catalogue: Catalogue) -> View:
    warehouse = Warehouse(demo.warehouse, catalogue)
    return View(warehouse, warehouse.default_scope("bank"), demo.home)


def test_as_many_items_are_behind_each_row_as_it_says(view: View) -> None:
    rows: list[tuple[str, int]] = []
    for row in view.ask("charts.process_map").itertuples():
        rows.append((process._moved(view, "state", row.from_state, row.to_state), row.items))
    for row in view.ask("charts.handovers").itertuples():
        rows.append((process._moved(view, "team", row.from_team, row.to_team), row.items))
    for row in view.ask("charts.variants", row_limit=30).itertuples():
        rows.append((process._ended(view, variant=row.variant), row.items))
    for row in view.ask("charts.conformance").itertuples():
        if row.deviation not in ("none", "only skipped"):
            rows.append((process._deviated(view, row.deviation, row.from_stage, row.to_stage), row.items))
    assert len(rows) > 50
    for query, items in rows:
        found = view.found(where_from(dict(parse_qsl(query))), limit=1)
        assert found["matches"].iloc[0] == items, query
    assert "that moved from In Test to In Development" in str(
        listed(view, process._moved(view, "state", "In Test", "In Development"))
    )


STAGES = [
    {"name": name, "category": category, "states": [name]}
    for name, category in (("To do", "backlog"), ("Doing", "in-progress"), ("Test", "in-progress"), ("Done", "done"))
]


def test_deviations_are_told_by_hand(world: World) -> None:
    ways = {
        "A": ["To do", "Doing", "Test", "Done"],  # as agreed
        "B": ["To do", "Doing", "Done"],  # skipped Test
        "C": ["To do", "Doing", "Test", "Doing", "Test", "Done"],  # went back
        "D": ["To do", "Odd", "Done"],  # outside, and skipped two
        "E": ["To do", "Doing"],  # not finished
    }
    steps = [(item, state, f"2024-01-{day + 1:02}") for item, way in ways.items() for day, state in enumerate(way)]
    world.load({"transitions": moves(*steps)}, stages=STAGES)
    table = world.ask("charts.conformance", span("2024-01-01", "2024-02-01"))
    found = {
        (row.deviation, row.from_stage, row.to_stage): row.items
        for row in table.astype(object).where(table.notna(), None).itertuples()
    }
    assert found == {
        ("none", None, None): 1,
        ("only skipped", None, None): 1,
        ("went back", "Test", "Doing"): 1,
        ("skipped", None, "Test"): 2,
        ("skipped", None, "Doing"): 1,
        ("outside", None, "(unmapped)"): 1,
    }
    assert table["share_ratio"].iloc[0] == 0.25
    ended = span("2024-01-01", "2024-02-01")
    variants = world.ask("charts.variants", ended, row_limit=10)
    assert variants["items"].sum() == 4 and variants["path"].iloc[0] == "To do → Doing → Done"


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("stream", ["bank", "retailer", "healthcare"])
def test_the_map_is_drawn_whole(measure: str, stream: str, view: View) -> None:
    scope = view.warehouse.default_scope(stream)
    states, table = (view.warehouse.ask(f"charts.process_{name}", scope) for name in ("states", "map"))
    drawing = ElementTree.fromstring(process_map(states, table, measure))
    titles = [title.text or "" for title in drawing.iter("{http://www.w3.org/2000/svg}title")]
    assert sum("moves of" in title for title in titles) == len(table)
    for name in states["state"]:
        assert any(title.startswith(f"{name}: ") for title in titles)
    assert drawing.get("role") == "img" and "Process map" in (drawing.get("aria-label") or "")


def test_seldom_moves_are_left_out_and_no_state_hangs_in_the_air(view: View) -> None:
    table = view.ask("charts.process_map")
    often = shown(table, 0.2)
    assert 0 < len(often) < len(table)
    touched = (set(often["from_state"]) | set(often["to_state"])) - {None}
    assert {name for name in touched if pd.notna(name)} <= {*often["from_state"].dropna()}
    assert len(shown(table, 0)) == len(table)


def test_lines_that_pass_one_row_run_in_lanes_of_their_own() -> None:
    lines = [Move(first, last, "", 1, "") for first in range(6) for last in range(6) if last != first + 1]
    placed = _in_lanes(lines)
    assert len(placed) == len(lines)
    for a in placed:
        for b in placed:
            if a is not b and (a.side, a.lane) == (b.side, b.lane):
                assert a.span[1] < b.span[0] or b.span[1] < a.span[0]


def test_names_that_are_markup_stay_text() -> None:
    hostile: dict[str, Any] = {"state": '<script>&"', "mode": None, "items": 1, "entries": 1, "ended_stays": 0}
    hostile["median_days"] = None
    edge = {"from_state": None, "to_state": '<script>&"', "moves": 1, "items": 1, "share_ratio": 1.0}
    edge |= dict.fromkeys(("median_days", "mean_days", "total_days"))
    drawing = process_map(pd.DataFrame([hostile]), pd.DataFrame([edge]))
    assert "<script" not in drawing
    ElementTree.fromstring(drawing)
