"""What may come in, what goes out with every answer, what is said when something fails, and what is counted."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from test_editing import SAME_ORIGIN, call, made
from werkzeug.test import Client

from dashboard import snapshots
from dashboard.app import create_server
from dashboard.catalogue import Catalogue
from dashboard.errors import SettingsError
from dashboard.headers import HEADERS
from dashboard.logs import JsonLines
from dashboard.settings import Settings, from_environment
from dashboard.web import ADVICE, MOST_BYTES

CALLBACK = {"output": "page-body.children", "inputs": [], "outputs": [], "changedPropIds": []}
UPDATE = "/_dash-update-component"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    return made(tmp_path_factory.mktemp("web"), catalogue)


@pytest.fixture(scope="module")
def client(home: Settings) -> FlaskClient:
    return create_server(home).test_client()


@pytest.mark.parametrize("path", ["/", "/timeline", "/api/streams", "/api/nothing", "/healthz", "/assets/style.css"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert name == "Cache-Control" or answer.headers[name] == value
    assert "script-src 'self' 'sha256-" in answer.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    if not path.startswith("/assets/"):
        assert answer.headers["Cache-Control"] == "no-store"


def test_over_tls_browsers_are_told_to_stay_with_it(client: FlaskClient) -> None:
    assert "max-age" in client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"null", b'{"output": 1}', b'{"output": ["page-body.children"]}', b'{"output": "no.thing"}',
        b"[" * 100_000, b'{"output": ' + b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe\x00", b'{"output": "\\ud800"}',
    ],
    ids=range(12),
)  # fmt: skip
def test_a_body_that_is_none_of_ours_is_refused_in_words(client: FlaskClient, body: bytes) -> None:
    answer = client.post(UPDATE, data=body, headers={**SAME_ORIGIN, "Content-Type": "application/json"})
    assert answer.status_code == 400
    assert ADVICE[400] in answer.text and "Traceback" not in answer.text


def test_a_body_is_read_up_to_a_limit(client: FlaskClient) -> None:
    """One byte more is not read, and the connection is not used again."""
    whole = json.dumps({**CALLBACK, "output": "no.thing", "state": ""})
    for size, code in ((MOST_BYTES, 400), (MOST_BYTES + 1, 413)):
        body = whole.replace('"state": ""', f'"state": "{"x" * (size - len(whole))}"')
        assert len(body) == size
        answer = client.post(UPDATE, data=body, headers={**SAME_ORIGIN, "Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["Connection"]) == (code, "close")
    answer = client.post(UPDATE, headers=SAME_ORIGIN, input_stream=_endless(), content_type="application/json")
    assert answer.status_code in (400, 413)


def _endless() -> io.BytesIO:
    """A body whose length nobody says."""
    return io.BytesIO(b'{"output": "' + b"x" * (MOST_BYTES + 1))


def test_an_error_tells_the_user_what_to_do_and_nobody_else_anything(
    home: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The words of the error stay inside; the number on the page is that in the log."""
    server = create_server(home)
    client = server.test_client()
    secret = "SELECT anything FROM /home/somebody"  # noqa: S105 - what must not be told

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("dashboard.warehouse.Warehouse.streams", fail)
    with caplog.at_level(logging.ERROR, "dashboard.web"):
        page = client.get("/api/streams")
    assert page.status_code == 500 and page.json["error"] == ADVICE[500]
    (record,) = [each for each in caplog.records if each.name == "dashboard.web"]
    line = JsonLines().format(record)
    assert secret not in line and json.loads(line)["error"] == "RuntimeError"
    assert any("fail" in place for place in json.loads(line)["places"])
    values = {"_pages_location.pathname": "/", "_pages_location.search": ""}
    answer = call(client, "_pages_content.children", values)
    assert answer.status_code == 500 and secret not in answer.text
    assert re.search("<small>[0-9a-f]{12}</small>", answer.text)


def test_data_that_can_not_be_read_are_told_and_not_ready(home: Settings, tmp_path: Path, catalogue: Catalogue) -> None:
    own = made(tmp_path, catalogue)
    client = create_server(own).test_client()
    assert client.get("/readyz").json == {"status": "ready"}
    (snapshots.current(own.warehouse) / snapshots.DATABASE).write_bytes(b"gone")
    fresh = Client(create_server_of_broken(own, home))
    assert (fresh.get("/readyz").status_code, fresh.get("/healthz").status_code) == (503, 200)
    answer = fresh.get("/api/streams")
    assert answer.status_code == 503 and str(own.home) not in answer.text


def create_server_of_broken(broken: Settings, whole: Settings) -> object:
    """A server that started when all was well, and then lost its data."""
    server = create_server(whole)
    warehouse = next(
        cell.cell_contents
        for cell in server.view_functions["ready"].__closure__ or ()
        if type(cell.cell_contents).__name__ == "Warehouse"
    )
    warehouse.root = broken.warehouse
    return server


def test_logs_hold_no_address_with_its_query_and_no_body(home: Settings, caplog: pytest.LogCaptureFixture) -> None:
    client = create_server(home).test_client()
    with caplog.at_level(logging.INFO):
        client.get("/api/items?team=PRIVATE")
        client.get("/PRIVATE/path?q=PRIVATE", headers={"X-Forwarded-User": "PRIVATE", "Cookie": "PRIVATE=1"})
        client.post(UPDATE, json={**CALLBACK, "output": "PRIVATE.x"}, headers=SAME_ORIGIN)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert len([line for line in lines if "/api/items" in line]) == 1
    assert not [line for line in lines if "PRIVATE" in line]
    assert all(json.loads(line)["at"].endswith("Z") for line in lines)


def test_requests_are_counted_by_route(client: FlaskClient) -> None:
    client.get("/api/items?team=PRIVATE")
    told = client.get("/metrics").text
    assert re.search(r'vsm_requests_total\{route="/api/items",status="2xx"\} [1-9]', told)
    assert re.search(r'vsm_request_seconds_bucket\{le="10\.0",route="/api/items"\} [1-9]', told)
    assert "vsm_snapshot_number 1.0" in told and "vsm_degraded 0.0" in told and "vsm_ready 1.0" in told
    assert "PRIVATE" not in told


def test_counts_are_for_this_machine_or_whoever_has_the_token(client: FlaskClient, home: Settings) -> None:
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
    token = "0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105 - of this test
    asked = create_server(replace(home, metrics_token=token)).test_client()
    for given, code in ((f"Bearer {token}", 200), (f"Bearer {token}x", 403), (token, 403), ("", 403)):
        headers = {"Authorization": given}
        assert asked.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == code


@pytest.fixture(params=["stripped", "passed on"])
def prefixed(request: pytest.FixtureRequest, home: Settings) -> Iterator[tuple[Client, str]]:
    """A server under /vsm/, behind a proxy that strips the prefix or passes it on."""
    yield Client(create_server(replace(home, prefix="/vsm/"))), "" if request.param == "stripped" else "/vsm"


def test_pages_work_under_a_prefix(prefixed: tuple[Client, str]) -> None:
    client, passed = prefixed
    page = client.get(f"{passed}/").text
    addresses = re.findall(r'(?:src|href)="(/[^"]*)"', page)
    assert addresses and all(each.startswith("/vsm/") for each in addresses)
    for address in addresses:
        with client.get(address.replace("/vsm", passed, 1)) as answer:
            assert answer.status_code == 200 and answer.headers["ETag"], address
    listed = client.get(f"{passed}/_dash-dependencies").get_json()
    found = next(each for each in listed if "_pages_content.children" in each["output"])
    body = {
        "output": found["output"],
        "outputs": [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": "/vsm/explore"},
            {"id": "_pages_location", "property": "search", "value": ""},
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }
    told = client.post(f"{passed}{UPDATE}", json=body, headers=SAME_ORIGIN).text.replace("\\u002f", "/")
    links = re.findall(r'"href":"(/[^"]*)"', told)
    assert links and all(each.startswith("/vsm/") for each in links)


@pytest.mark.parametrize("given", ["vsm", "/vsm", "vsm/", "/a b/", "//", "/<x>/"])
def test_a_prefix_that_is_no_path_is_refused(given: str) -> None:
    with pytest.raises(SettingsError, match="VSM_PREFIX"):
        from_environment({"VSM_PREFIX": given})
