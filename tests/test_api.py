"""The interface for programs does what its description says, and the description says what there is."""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd
import pytest
import schemathesis
from conftest import ROOT
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from dashboard import api, signs, web
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.figures.map_files import MAP_FILES
from dashboard.pages.value_stream import NOTHING
from dashboard.parameters import ALL_ROWS, EARLIEST, LATEST
from dashboard.scope import asked
from dashboard.settings import Settings
from dashboard.store import store_of
from dashboard.warehouse import Warehouse

STREAMS = ("bank", "bank-desk", "bank-platform", "healthcare", "retailer")
CATALOGUE = read_catalogue(ROOT / "queries")
CHARTS, CHECKS = ([query.stem for query in CATALOGUE.layer(layer).values()] for layer in ("charts", "checks"))
# One of each kind: what is asked of all, of items, of an order, of groups; counts, times, ratios, files.
WITHOUT_A_SCOPE = ("/healthz", "/api/streams", "/api/metrics")
TRIED = (
    "/api/plan", "/api/items", "/api/metrics/lead_time",
    "/api/metrics/deployment_frequency", "/api/charts/found_items", "/api/charts/timeline", "/api/charts/groups",
    "/api/charts/cumulative_flow", "/api/checks/clock_outlier", "/api/map/svg",
)  # fmt: skip
# What no schema of one parameter can say: which values go together, and whether there is anything to draw.
TOGETHER = ("the day of from must not be the later one", "event, since and until belong together", NOTHING)


@pytest.fixture(scope="module")
def server(demo: Settings, warehouse: Warehouse) -> Flask:
    """The interface without the pages, which take seconds to start; tests/test_app.py has both."""
    server = Flask(__name__)
    web.answer_errors(server)
    signs.register(server, warehouse, demo)
    api.register(server, warehouse, demo.home, store_of(demo))
    return server


@pytest.fixture(scope="module")
def warehouse(demo: Settings) -> Warehouse:
    return Warehouse(demo.warehouse, CATALOGUE)


@pytest.fixture(scope="module")
def client(server: Flask) -> Iterator[FlaskClient]:
    with server.test_client() as client:
        yield client


@pytest.fixture(scope="module")
def described(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json
    return found


@pytest.fixture(scope="module")
def tried(described: dict[str, Any], server: Flask) -> schemathesis.BaseSchema:
    """The description with names that the demo has, where only the data know them."""
    days = st.dates(dt.date(2023, 8, 9), dt.date(2026, 10, 30)) | st.sampled_from((EARLIEST, LATEST))
    schemathesis.openapi.format("date", days.map(str))
    told = copy.deepcopy(described)
    known = told["components"]["parameters"]
    known["scope.stream"]["schema"] = {"type": "string", "enum": list(STREAMS)}
    known["answer.columns"]["schema"] = known["answer.map"]["schema"] = {"type": "string", "enum": [""]}
    schema = schemathesis.openapi.from_dict(told)
    schema.app = server
    return schema


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *((path, GenerationMode.POSITIVE) for path in (*WITHOUT_A_SCOPE, *TRIED)),
        *((path, GenerationMode.NEGATIVE) for path in TRIED),
    ],
)
def test_what_is_asked_as_described_is_answered_and_anything_else_refused(
    path: str, mode: GenerationMode, tried: schemathesis.BaseSchema
) -> None:
    @bounded(
        max_examples=12,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=tried[path]["GET"].as_strategy(generation_mode=mode))
    def answers(case: schemathesis.Case) -> None:
        response = case.call()
        is_excused = response.status_code == 400 and any(words in response.json()["error"] for words in TOGETHER)
        case.validate_response(response, excluded_checks=[positive_data_acceptance] if is_excused else [])

    answers()


def test_the_description_lists_exactly_what_there_is(
    described: dict[str, Any], server: Flask, catalogue: Catalogue
) -> None:
    """Every rule of the server under /api and every name of the catalogue, and nothing else."""
    names: dict[str, Collection[str]] = {
        "/api/metrics/<name>": catalogue.metrics,
        "/api/charts/<name>": CHARTS,
        "/api/checks/<name>": CHECKS,
        "/api/map/<kind>": MAP_FILES,
        "/api/<path:name>": (),
        "/api/": (),
    }
    rules = [rule.rule for rule in server.url_map.iter_rules() if rule.endpoint.startswith(("api.", "alive"))]
    there = {rule.partition("<")[0] + name for rule in rules for name in names.get(rule, [""])}
    assert described["paths"].keys() == there
    for name, metric in catalogue.metrics.items():
        told = described["paths"][f"/api/metrics/{name}"]["get"]
        assert (told["summary"], told["x-unit"], told["x-better"]) == (metric.title, metric.unit, metric.better)
        assert metric.definition in told["description"]
    assert len({each["get"]["operationId"] for each in described["paths"].values()}) == len(there)


def test_an_operation_lists_the_parameters_that_its_query_names(described: dict[str, Any]) -> None:
    def told(path: str) -> set[str]:
        refs = [each["$ref"].rpartition("/")[2] for each in described["paths"][path]["get"]["parameters"]]
        return {described["components"]["parameters"][ref]["name"] for ref in refs}

    table, days = {"format", "columns"}, {"stream", "from", "to"}
    assert told("/api/metrics/incidents") == {*days, "period", "service", *table}
    assert told("/api/charts/set_aside") == {"stream", "row_limit", *table}
    assert {"clock", "team", "type", "percentile", "percentiles"} <= told("/api/metrics/lead_time")
    assert {"event", "text", "days_from", "sort", "row_offset"} <= told("/api/charts/found_items")


@pytest.mark.parametrize("stream", STREAMS)
def test_every_metric_answers_for_every_stream_as_described(
    stream: str, client: FlaskClient, tried: schemathesis.BaseSchema
) -> None:
    for name in CATALOGUE.metrics:
        path = f"/api/metrics/{name}"
        answer = client.get(path, query_string={"stream": stream, "period": "quarter"})
        assert answer.status_code == 200
        assert all(set(row) == {"period_start", "value", "items"} for row in answer.json) and answer.json
        tried[path]["GET"].validate_response(answer)


@pytest.mark.parametrize("layer", ["charts", "checks"])
def test_every_chart_and_check_answers_as_described(
    layer: str, client: FlaskClient, tried: schemathesis.BaseSchema
) -> None:
    answered = 0
    for name in CHARTS if layer == "charts" else CHECKS:
        path = f"/api/{layer}/{name}"
        answer = client.get(path, query_string={"stream": "bank"})
        assert answer.status_code == 200
        tried[path]["GET"].validate_response(answer)
        answered += bool(answer.json)
    assert answered > (40 if layer == "charts" else 1)


def test_the_streams_say_the_scope_that_a_request_without_one_has(client: FlaskClient, warehouse: Warehouse) -> None:
    told = client.get("/api/streams").json
    assert {each["stream"] for each in told} == set(STREAMS)
    for each in told:
        default = warehouse.default_scope(each["stream"])
        assert asked(each["default_scope"], default) == default
        assert (each["first_event_on"], each["last_event_on"]) == tuple(
            each["default_scope"][key] for key in ("from", "to")
        )
        scoped = client.get("/api/metrics/throughput", query_string=each["default_scope"]).json
        assert scoped == client.get(f"/api/metrics/throughput?stream={each['stream']}").json
    assert (
        client.get("/api/metrics/throughput").json
        == client.get(f"/api/metrics/throughput?stream={told[0]['stream']}").json
    )


def test_items_turn_pages_and_hold_what_the_command_lists(client: FlaskClient, warehouse: Warehouse) -> None:
    whole = warehouse.ask("charts.items", warehouse.default_scope("bank"), row_limit=10_000, row_offset=0)
    pages = [client.get(f"/api/items?stream=bank&row_limit=200&row_offset={200 * page}").json for page in range(4)]
    assert [row["item_id"] for page in pages for row in page] == whole["item_id"].tolist()
    assert [len(page) for page in pages] == [200, 200, len(whole) - 400, 0]
    assert client.get(f"/api/charts/timeline?row_limit={ALL_ROWS}&row_offset={ALL_ROWS}").json == []
    text = client.get("/api/items?stream=bank&type=defect&format=csv&columns=item_id~type").text
    table = pd.read_csv(io.StringIO(text))
    assert list(table.columns) == ["item_id", "type"] and set(table["type"]) == {"defect"}
    assert len(table) == (whole["type"] == "defect").sum()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/metrics/lead_time?steam=bank", "There is no parameter 'steam' here"),
        ("/api/metrics/lead_time?stream=harbour", "There are: bank, bank-desk, bank-platform, healthcare, retailer"),
        ("/api/metrics/lead_time?from=yesterday", "expected the first day of the scope, as 2024-01-31"),
        ("/api/metrics/lead_time?from=2025-01-02&to=2025-01-01", "must not be the later one"),
        ("/api/metrics/lead_time?period=fortnight", "expected one of day, week, month, quarter, all"),
        ("/api/metrics/lead_time?period=day&period=week", "period is given 2 times"),
        ("/api/metrics/lead_time?percentile=most", "a number between 0 and 1, such as 0.85"),
        ("/api/metrics/lead_time?percentiles=0.5~1", "such as 0.5~0.85"),
        ("/api/metrics/throughput?percentiles=0.5", "There is no parameter 'percentiles' here"),
        ("/api/metrics/lead_time?format=xlsx", "expected one of json, csv"),
        ("/api/metrics/lead_time?columns=value~median", "There is no column 'median'. There are: period_start, value"),
        ("/api/charts/cumulative_flow?text=refund", "There is no parameter 'text' here"),
        ("/api/charts/found_items?event=finished&since=2025-01-01", "belong together"),
        ("/api/charts/found_items?waste=sloth", "waste is 'sloth'; expected one of partially-done"),
        ("/api/charts/found_items?days_from=nan", "days_from is 'nan'"),
        ("/api/items?row_limit=-1", "row_limit is '-1'"),
        ("/api/items?row_limit=9999999999", "expected a whole number of rows"),
        ("/api/map/svg?rows=lead~wips", "which rows the data boxes have"),
        ("/api/map/svg?map=nothing", "There is no map"),
    ],
)
def test_what_can_not_be_is_refused_with_what_is_expected(address: str, said: str, client: FlaskClient) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert said in answer.json["error"]


def test_the_csv_behind_the_percentiles_holds_every_line_of_the_chart(client: FlaskClient) -> None:
    answer = client.get("/api/metrics/lead_time?stream=bank&period=all&percentiles=0.5~0.85")
    assert [row["percentile"] for row in answer.json] == [0.5, 0.85]
    alone = client.get("/api/metrics/lead_time?stream=bank&period=all&percentile=0.85").json
    assert answer.json[1]["value"] == alone[0]["value"]
