"""Designed maps over measured ones: begun with, put beside, simulated; who may write them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from dash.development.base_component import Component

from dashboard.app import create_server
from dashboard.catalogue import Catalogue
from dashboard.designs import folder
from dashboard.designs.document import Change, Design, MapStep
from dashboard.designs.redesign import totals_of
from dashboard.errors import ScopeError
from dashboard.figures.designed_map import map_of
from dashboard.figures.map_files import MAP_FILES
from dashboard.pages import map_simulation, maps
from dashboard.pages.measured_design import design_from
from dashboard.pages.view import View, view_of
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

STREAMS = ("bank", "retailer", "healthcare")
DAY = 86_400


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


def view(warehouse: Warehouse, home: Path, **query: str) -> View:
    return view_of(warehouse, home, query)[0]


def texts(part: object) -> str:
    """All words of a page, in their order."""
    if isinstance(part, Component):
        return " ".join(texts(each) for each in _list(getattr(part, "children", None)))
    return "" if part is None else str(part)


def _list(children: object) -> list[object]:
    return list(children) if isinstance(children, list | tuple) else [children]


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("days", [{}, {"from": "2026-03-01", "to": "2026-08-31"}])
def test_a_future_state_begins_with_the_measured_mean_lead_time(
    warehouse: Warehouse, demo: Settings, stream: str, days: dict[str, str]
) -> None:
    seen = view(warehouse, demo.home, stream=stream, **days)
    design = design_from(seen, "now")
    items = warehouse.table("marts.items")
    ended = items[(items["stream"] == stream) & items["finished_on"].notna()]
    ended = ended[
        ended["finished_on"].between(pd.Timestamp(seen.scope.since), pd.Timestamp(seen.scope.until - dt.timedelta(1)))
    ]
    assert design.items == len(ended)
    assert totals_of(design.step, design.unattributed or 0).lead_seconds == pytest.approx(ended["lead_seconds"].mean())
    assert totals_of(design.step).process_seconds == pytest.approx(ended["process_seconds"].mean())
    # What it was measured in leads back to the same scope.
    again = view(warehouse, demo.home, **dict(pair.split("=") for pair in (design.measured or "").split("&")))
    assert again.scope == seen.scope


def test_the_maps_of_the_demo_are_drawn_and_begin_with_what_its_data_give(warehouse: Warehouse) -> None:
    found, faults = folder.kept_maps(ROOT / "data")
    assert not faults
    assert [(kept.id, kept.design.is_sketch) for kept in found] == [
        ("a-release-every-week", False),
        ("partner-onboarding", True),
    ]
    design = found[0].design
    seen = view(warehouse, ROOT / "data", **dict(parse_qsl(design.measured or "")))
    now = design_from(seen, design.name)
    assert (now.items, now.demand_per_day, now.returns) == (design.items, design.demand_per_day, design.returns)
    assert [(step.name, step.accurate, step.batch) for step in now.step] == [
        (step.name, step.accurate, step.batch) for step in design.step
    ]
    assert [step.seconds for step in design.step] == pytest.approx([step.seconds for step in now.step], rel=1e-5)
    known = {each.id for each in (*seen.plan.initiative, *seen.plan.target)}
    assert {aim for change in design.change for aim in (change.initiative, change.target) if aim} <= known


def test_a_future_state_stands_beside_what_it_began_with_whatever_the_scope(warehouse: Warehouse) -> None:
    asked = {"stream": "bank", "map": "a-release-every-week"}
    said = texts(maps.body(view(warehouse, ROOT / "data", **asked)))
    answers = re.findall(r"lead time ([\d.]+ d) → ([\d.]+ d)", said)
    assert answers[0] == answers[-1]
    assert "From measured 1 Apr 2026 – 30 Oct 2026 to A release every week" in said
    now = texts(maps.body(view(warehouse, ROOT / "data", **asked, beside="~now", clock="working")))
    assert "counts working time, the other all hours" in now


def test_where_nothing_is_measured_nothing_can_be_begun_with(warehouse: Warehouse, demo: Settings) -> None:
    seen = view(warehouse, demo.home, stream="bank", **{"from": "2020-01-01", "to": "2020-02-01"})
    with pytest.raises(ScopeError, match="begin a sketch"):
        design_from(seen, "now")


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("since", [None, dt.date(2026, 3, 1)])
def test_the_current_flow_simulated_is_as_measured_or_the_page_says_that_it_is_not(
    warehouse: Warehouse, demo: Settings, stream: str, since: dt.date | None
) -> None:
    seen = view(warehouse, demo.home, stream=stream)
    seen = replace(seen, scope=replace(seen.scope, since=since)) if since else seen
    said = texts(map_simulation.card(seen, design_from(seen, "now")))
    spans = re.findall(r"within [^(]*\(95 % of runs: ([\d,.]+) d to ([\d,.]+) d\)", said)
    found = re.search(r"measured: ([\d,.]+) d and ([\d,.]+) d", said)
    assert len(spans) == 2 and found, said
    items = warehouse.table("marts.items")
    ended = items[(items["stream"] == stream) & (items["finished_on"] >= pd.Timestamp(seen.scope.since))]
    days = ended["lead_seconds"] / DAY
    assert [float(each) for each in found.groups()] == pytest.approx(np.percentile(days, [50, 85]), abs=0.051)
    inside = [
        float(low) <= float(value) <= float(high) for value, (low, high) in zip(found.groups(), spans, strict=True)
    ]
    curves = re.search(r"at most ([\d.]+) % of the items apart \(95 % of runs: ([\d.]+) % or less\)", said)
    assert curves, said
    inside.append(float(curves[1]) <= float(curves[2]))
    assert ("can be used to compare designs" in said) == all(inside)
    assert ("not close enough to trust the simulation" in said) == (not all(inside))


@pytest.mark.parametrize("stream", STREAMS)
def test_the_last_half_year_of_each_organisation_is_reproduced(
    warehouse: Warehouse, demo: Settings, stream: str
) -> None:
    seen = view(warehouse, demo.home, stream=stream, **{"from": "2026-05-01"})
    assert "can be used" in texts(map_simulation.card(seen, design_from(seen, "now")))


@pytest.mark.parametrize("id_", ["nowhere", "../plan", "%2e%2e/streams", "A B", "<b>"])
def test_a_map_that_is_not_there_is_told_to_programs_as_their_error(demo: Settings, id_: str) -> None:
    answer = create_server(demo).test_client().get("/api/map/svg", query_string={"stream": "bank", "map": id_})
    assert (answer.status_code, answer.json) == (400, {"error": f"There is no map {id_!r}."})


def test_what_is_typed_can_not_break_out_of_the_drawing() -> None:
    name = '<script>alert("1")</script> & "q" \' 𝄞' + "x" * 300
    design = Design(name=name, stream="x", customer=name, step=(MapStep(name=name, wait="1 d", process="1 h"),))
    for write in (each.write for each in MAP_FILES.values()):
        assert "<script>" not in write(map_of(design)).replace("&lt;script&gt;", "")
    ElementTree.fromstring(MAP_FILES["svg"].write(map_of(design)))
    ElementTree.fromstring(MAP_FILES["drawio"].write(map_of(design)))


def test_a_design_whose_stream_is_gone_is_told(warehouse: Warehouse, demo: Settings) -> None:
    design = design_from(view(warehouse, demo.home, stream="bank"), "now").model_copy(update={"stream": "sold"})
    said = texts(map_simulation.card(view(warehouse, demo.home, stream="bank"), design))
    assert said.startswith("The stream 'sold'")


def test_a_shorter_wait_is_simulated_shorter_by_about_as_much(warehouse: Warehouse, demo: Settings) -> None:
    seen = view(warehouse, demo.home, stream="healthcare", **{"from": "2026-03-01"})
    design = design_from(seen, "now")
    queue = max((step for step in design.step if step.mode == "wait"), key=lambda step: step.wait or 0)
    faster = design.model_copy(update={"change": (Change(do="set", step=queue.name, wait=0.0),)})
    tried = map_simulation._tried(warehouse, "s", seen.scope, seen.covered_days, faster, None)
    assert tried is not None
    _, current, designed = tried
    assert current.mean.value - designed.mean.value == pytest.approx((queue.wait or 0) / DAY, rel=0.1)


def test_the_page_tells_what_is_wrong_with_a_file_and_shows_the_rest(warehouse: Warehouse, tmp_path: Path) -> None:
    home = tmp_path
    folder.keep_new(home, Design(name="Good one", stream="bank"))
    (home / "maps" / "bad.toml").write_text("name = 3\n")
    assert "bad.toml, line 1: name is 3" in texts(maps.body(view(warehouse, home, stream="bank")))
    said = texts(maps.body(view(warehouse, home, stream="bank", map="good-one")))
    assert "bad.toml" not in said
    assert "The sketch has no step yet" in said
    assert "For reading only" in said
    assert "There is no map 'other'" in texts(maps.body(view(warehouse, home, stream="bank", map="other")))
