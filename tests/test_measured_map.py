"""The map that is drawn from the demo's data agrees with pandas on the marts, and its ladder with the lead time."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from dashboard.catalogue import Catalogue
from dashboard.figures.lean_words import ROWS, rolled_accurate, totals
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.value_stream_map import ValueStreamMap, render
from dashboard.pages.value_stream import measured_map
from dashboard.pages.view import View, view_of
from dashboard.settings import Settings
from dashboard.theme import duration
from dashboard.warehouse import Warehouse

DAY = 86_400
SVG = "{http://www.w3.org/2000/svg}"
EACH_STREAM = pytest.mark.parametrize("stream", ["bank", "retailer", "healthcare"])
CHOICES = [{}, {"clock": "working"}, {"type": "feature", "from": "2025-01-01", "to": "2025-12-31"}]
EACH_CHOICE = pytest.mark.parametrize("chosen", CHOICES, ids=["all", "working", "features of a year"])


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


@pytest.fixture
def view(warehouse: Warehouse, demo: Settings, stream: str, chosen: dict[str, str]) -> View:
    return view_of(warehouse, demo.home, {"stream": stream, "average": "median", **chosen})[0]


def of_scope(view: View, mart: str) -> pd.DataFrame:
    """The rows of a mart about the items that finished in the scope."""
    scope, table = view.scope, view.warehouse.table(f"marts.{mart}")
    days = table["finished_on"].between(str(scope.since), str(scope.until), inclusive="left")
    is_of_type = table["type"].isin(scope.types) if scope.types else True
    return table[(table["stream"] == scope.stream) & days & is_of_type]


def drawn(view: View) -> ValueStreamMap:
    value_map = measured_map(view)
    assert value_map
    return value_map


@EACH_STREAM
@EACH_CHOICE
def test_medians_are_those_of_pandas_over_the_items_that_were_in_the_step(view: View) -> None:
    clock = "working_seconds" if view.scope.clock == "working" else "seconds"
    visits = of_scope(view, "visits").query("is_in_flow")
    visits = visits.assign(spent=visits[clock], worked=visits[clock] - visits[f"blocked_{clock}"])
    medians = visits.groupby(["stage", "item_id"])[["spent", "worked"]].sum().groupby("stage").median()
    lead = of_scope(view, "items")["lead_working_seconds" if clock == "working_seconds" else "lead_seconds"]
    value_map = drawn(view)
    assert value_map.median_lead_seconds == pytest.approx(lead.median())
    for step in value_map.steps:
        assert step.median_seconds == pytest.approx(medians.loc[step.name, "spent"])
        worked = medians.loc[step.name, "worked"] if step.mode == "active" else 0
        assert step.median_process_seconds == pytest.approx(worked)
    # They would not add up: that is why the ladder is of means.
    assert sum(step.median_seconds or 0 for step in value_map.steps) != pytest.approx(lead.median(), rel=0.01)


@EACH_STREAM
@EACH_CHOICE
@pytest.mark.parametrize("is_vertical", [False, True], ids=["wide", "tall"])
def test_the_drawn_ladder_adds_up_to_the_mean_lead_time(view: View, is_vertical: bool) -> None:
    lead = of_scope(view, "items")["lead_working_seconds" if view.scope.clock == "working" else "lead_seconds"]
    svg = ElementTree.fromstring(render(drawn(view), is_vertical=is_vertical))
    ladder = [float(piece.get("data-seconds", "")) for piece in svg.iter(f"{SVG}g") if piece.get("data-segment")]
    assert math.fsum(ladder) == pytest.approx(lead.mean(), rel=1e-9)
    told = svg.findtext(f"{SVG}desc", "")
    assert f"Mean lead time {duration(lead.mean())}" in told
    assert f"Median lead time {duration(lead.median())}" in told


@EACH_STREAM
@EACH_CHOICE
def test_rolled_accuracy_is_the_metric_and_first_pass_yield_that_of_pandas(view: View) -> None:
    value_map = drawn(view)
    assert rolled_accurate(value_map) == pytest.approx(view.headline("rolled_complete_and_accurate")["value"])
    without_rework = (of_scope(view, "items")["rework_visits_count"] == 0).mean()
    assert value_map.first_pass_yield == pytest.approx(without_rework)
    told = {fact.label: fact.value for fact in totals(value_map)}
    assert told["First-pass yield"] == f"{100 * without_rework:.1f} %"


@pytest.mark.parametrize("stream", ["bank"])
@pytest.mark.parametrize("chosen", [{"rows": "n~lead"}, {"rows": "n~lead", "average": "mean"}, {"rows": "speed"}])
def test_every_file_shows_the_chosen_rows_and_average(view: View, chosen: dict[str, str]) -> None:
    value_map, is_mean = drawn(view), view.query.get("average") == "mean"
    rows = {"Lead time" if is_mean else "Median lead": True, "Median process": False, "Rework": False, "n": True}
    if chosen["rows"] == "speed":
        rows |= dict.fromkeys(rows, True)  # there is no such row: all of them
    assert value_map.rows == (("lead", "n") if chosen["rows"] != "speed" else tuple(ROWS))
    files = {kind: file.write(value_map) for kind, file in MAP_FILES.items()}
    labels = {
        "svg": {text.text for text in ElementTree.fromstring(files["svg"]).iter(f"{SVG}text")},
        "drawio": set(re.findall(r'value="([^":&]+): &lt;b', files["drawio"])),
        "mermaid": {row for row in rows if re.search(rf"<br/>{row} [\d#–]", files["mermaid"])},
    }
    for kind, found in labels.items():
        assert {row: row in found for row in rows} == rows, kind
        assert is_mean or "because medians do not add up" in files["svg" if kind == "mermaid" else kind]
