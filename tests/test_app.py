"""The app on the demo data, without a browser: every page answers, ids fit, malformed requests are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dash
import pytest
from conftest import Imports
from dash import html
from dash.development.base_component import Component
from flask import Flask
from flask.testing import FlaskClient

from dashboard import api, web
from dashboard.app import create_app, create_server
from dashboard.build import import_files
from dashboard.catalogue import Catalogue
from dashboard.figures.map_files import MAP_FILES
from dashboard.pages import PAGES, data, flow, flow_stability, remembered, value_stream
from dashboard.pages.view import View, view_of
from dashboard.settings import Settings
from dashboard.store import store_of
from dashboard.warehouse import Warehouse

STREAMS = ("bank", "retailer", "healthcare")


@pytest.fixture(scope="module")
def client(demo: Settings) -> FlaskClient:
    """Not as a context: that would leave the last request open for the tests that follow."""
    return create_server(demo).test_client()


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


def _parts(component: Component) -> Iterator[Component]:
    yield component
    yield from (part for part in component._traverse() if isinstance(part, Component))


def _text(component: Component) -> str:
    return " ".join(
        part
        for each in _parts(component)
        for part in _strings(getattr(each, "children", None))
        if isinstance(part, str)
    )


def _strings(children: object) -> list[object]:
    return list(children) if isinstance(children, list | tuple) else [children]


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.TITLE)
def test_every_page_says_something_of_every_stream_and_its_files_are_there(
    page: object, stream: str, warehouse: Warehouse, demo: Settings, client: FlaskClient
) -> None:
    view, _ = view_of(warehouse, demo.home, {"stream": stream})
    body = page.body(view)  # type: ignore[attr-defined]
    assert len(_text(body)) > 200
    assert "nan" not in _text(body).lower().split()
    for link in {part.href for part in _parts(body) if str(getattr(part, "href", "")).startswith("/api/")}:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.TITLE)
def test_a_scope_without_items_is_said_in_words(page: object, warehouse: Warehouse, demo: Settings) -> None:
    view, _ = view_of(
        warehouse, demo.home, {"stream": "bank", "from": "2023-08-09", "to": "2023-08-09", "type": "risk"}
    )
    assert _text(page.body(view))  # type: ignore[attr-defined]


def test_two_apps_in_one_process_do_not_double_their_callbacks(warehouse: Warehouse, demo: Settings) -> None:
    apps = [create_app(warehouse, demo) for _ in range(2)]
    for app in apps:
        client = app.server.test_client()
        client.get("/")
        outputs = [each["output"] for each in client.get("/_dash-dependencies").json]
        assert len(outputs) == len(set(outputs))


def test_every_id_that_a_callback_names_is_on_a_page(warehouse: Warehouse, demo: Settings) -> None:
    app = create_app(warehouse, demo)
    client = app.server.test_client()
    client.get("/")
    layouts = [page["layout"]() for page in dash.page_registry.values() if page["module"].startswith("dashboard.pages")]
    with app.server.test_request_context():
        layouts.append(app.layout())
    ids = {str(part.id) for layout in layouts for part in _parts(layout) if getattr(part, "id", None)}
    of_dash = {"_pages_location", "_pages_content", "_pages_store", "_pages_dummy"}
    for callback in client.get("/_dash-dependencies").json:
        for each in callback["inputs"] + callback["state"]:
            assert each["id"] in ids | of_dash or each["id"].startswith("{"), each


def test_the_first_answer_is_small(client: FlaskClient) -> None:
    assert len(client.get("/").data) < 60_000


@pytest.mark.parametrize("body", ["", "[]", '{"output": "nothing.children"}'])
def test_a_malformed_callback_is_refused_without_a_traceback(client: FlaskClient, body: str) -> None:
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert b"Traceback" not in answer.data


def test_a_file_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/_dash-component-suites/dash/nothing.js").status_code == 404


def test_answers_carry_the_security_headers(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"].split("style-src")[0]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("kind", "begins", "mimetype"),
    [
        ("svg", "<svg", "image/svg+xml"),
        ("drawio", "<mxfile", "application/vnd.jgraph.mxfile"),
        ("mermaid", "flowchart LR", "text/plain"),
    ],
)
def test_the_map_leaves_as_a_file_in_the_scope_of_the_page(
    kind: str, begins: str, mimetype: str, client: FlaskClient, warehouse: Warehouse, demo: Settings
) -> None:
    view, _ = view_of(warehouse, demo.home, {"stream": "bank", "from": "2024-01-01", "to": "2024-06-30"})
    links = [part.href for part in _parts(value_stream.body(view)) if getattr(part, "href", "")]
    (address,) = [link for link in links if link.startswith(f"/api/map/{kind}?")]
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="value-stream-map.')
    assert answer.text == MAP_FILES[kind].write(value_stream.measured_map(view))
    assert answer.text.startswith(begins)
    assert "1 Jan 2024 – 30 Jun 2024" in answer.text


def test_the_files_of_the_map_show_the_rows_and_the_average_of_the_page(
    client: FlaskClient, warehouse: Warehouse, demo: Settings
) -> None:
    asked = {"stream": "bank", "average": "median", "rows": "n~lead", "team": "Payments Core"}
    view, _ = view_of(warehouse, demo.home, asked)
    page = list(_parts(value_stream.body(view)))
    links = [part.href for part in page if getattr(part, "href", "").startswith("/api/map/")]
    assert len(links) == len(MAP_FILES)
    drawn = value_stream.measured_map(view)
    for kind, link in zip(MAP_FILES, links, strict=True):
        assert client.get(link).text == MAP_FILES[kind].write(drawn)
    told = client.get(links[0]).text
    assert "Median lead" in told and "Median process" not in told
    assert f"30 Oct 2026 · Payments Core · {drawn.items} items: medians in the boxes" in told
    buttons = {part.to_plotly_json()["props"].get("data-map"): part for part in page if isinstance(part, html.Button)}
    assert buttons["png"].to_plotly_json()["props"]["data-address"] == links[0]


def test_a_map_of_nothing_or_in_an_unknown_format_is_refused(client: FlaskClient) -> None:
    empty = client.get("/api/map/svg?stream=bank&from=2023-08-09&to=2023-08-09&type=risk")
    assert empty.status_code == 400
    assert "No items finished in this scope" in empty.json["error"]


def test_a_map_without_a_history_is_refused_with_the_reason(whole_imports: Imports) -> None:
    whole_imports.run(whole_imports.file("few.csv", "id,created,finished\nA,2024-01-01,2024-01-03\nB,2024-01-02,\n"))
    server = Flask(__name__)
    web.answer_errors(server)
    api.register(server, whole_imports.warehouse, whole_imports.settings.home, store_of(whole_imports.settings))
    answer = server.test_client().get("/api/map/drawio")
    assert answer.status_code == 400
    assert "No source tells when items entered their stages" in answer.json["error"]


@pytest.mark.parametrize(
    "path", ["/api/metrics/speed", "/api/charts/pie", "/api/checks/none", "/api/map/exe", "/api/version", "/api/"]
)
def test_an_unknown_name_is_not_found(path: str, client: FlaskClient) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.json["error"]


@pytest.mark.parametrize("path", ["/api/metrics/lead_time", "/api/items", "/api/openapi.json"])
def test_other_methods_are_answered_as_http_has_it(path: str, client: FlaskClient) -> None:
    head, options = client.head(path), client.options(path)
    assert (head.status_code, head.data, head.mimetype) == (200, b"", "application/json")
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused = client.open(path, method=method)
        assert (refused.status_code, refused.headers["Allow"]) == (405, options.headers["Allow"])
        assert refused.json["error"]


def test_work_in_progress_is_told_with_its_median_age_whatever_the_statistic(
    warehouse: Warehouse, demo: Settings
) -> None:
    texts = [
        _text(flow.body(view_of(warehouse, demo.home, {"stream": "bank", "percentile": share})[0]))
        for share in ("0.5", "0.95")
    ]
    said = [re.search(r"half of them started ([\d.]+ d)", text) for text in texts]
    assert said[0] and said[1] and said[0][1] == said[1][1]


def test_what_a_source_does_not_tell_is_named_and_is_not_zero(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "moves.csv"
    path.write_text("item_id,occurred_at,to_state\n1,2024-01-01,Open\n1,2024-01-02,Done\n", encoding="utf-8")
    settings = Settings(home=tmp_path)
    import_files([path], settings, catalogue)
    view, _ = view_of(Warehouse(settings.warehouse, catalogue), tmp_path, {})
    told = _text(data.body(view))
    for title in ("Deployment frequency", "Incidents", "Blocked time"):
        assert title in told.split("No value over the whole of it:")[1].split("Definitions")[0]
        assert view.headline(title.lower().replace(" ", "_"))["value"] is None


LIST = "Issue key,Summary,Issue Type,Status,Created,Resolved\n" + "".join(
    f"A-{number},Item {number},Bug,{'To Do' if number == 3 else 'Done'},2024-0{number}-01 10:00,"
    f"{'' if number == 3 else f'2024-0{number + 1}-02 10:00'}\n"
    for number in (1, 2, 3)
)


def test_pages_of_a_list_without_starts_are_drawn(whole_imports: Imports) -> None:
    whole_imports.run(whole_imports.file("list.csv", LIST))
    warehouse = Warehouse(whole_imports.settings.warehouse, whole_imports.catalogue)
    for period in ("day", "week", "month"):
        view = View(warehouse, replace(warehouse.default_scope(), period=period), whole_imports.settings.home)
        for page in PAGES:
            assert page.body(view) is not None


def test_signal_at_the_top_is_that_of_the_chart(demo: Settings, catalogue: Catalogue) -> None:
    warehouse = Warehouse(demo.warehouse, catalogue)
    told = 0
    for stream in ("bank", "retailer", "healthcare"):
        for period in ("week", "month"):
            for name in flow.SIGNALS:
                scope = replace(warehouse.default_scope(stream), period=period)
                view = View(warehouse, scope, demo.home, {"metric": name})
                found, card = flow_stability.signal_finding(view, name), str(flow_stability.picked(view))
                if found:
                    told += 1
                    assert found.text.split(": ", 1)[1].rstrip(".") in card, (stream, period, name)
                assert "23 signals" not in card
    assert told > 1


@pytest.mark.parametrize("path", [page.PATH for page in PAGES])
def test_a_word_of_the_program_in_the_url_does_no_harm(path: str, warehouse: Warehouse, demo: Settings) -> None:
    query = {"path": "x", "self": "y", "metric": "z", "move": "state", "kind": "w"}
    view, _ = view_of(warehouse, demo.home, query)
    page = next(page for page in PAGES if path == page.PATH)
    assert page.body(view) is not None
    assert remembered.address_of(view, path).startswith(f"{path}?")
