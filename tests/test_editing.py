"""Changing the stages through the app: who may, what is written, what is said; without a browser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from dash.development.base_component import Component
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard import snapshots
from dashboard.app import create_server
from dashboard.bench.callbacks import UPDATE, Callbacks, opened
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.pages import capabilities, data, mapping
from dashboard.pages.view import View, left_out, view_of
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

MOVES = """\
item_id,occurred_at,to_state
A,2024-01-01,Open
A,2024-01-02,Doing
A,2024-01-04,Check
A,2024-01-05,Done
B,2024-01-01,Open
B,2024-01-03,Doing
B,2024-01-09,Done
"""
SAME_ORIGIN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


def made(folder: Path, catalogue: Catalogue) -> Settings:
    """A home with one proposed stream, `shop`, of four states."""
    (folder / "shop.csv").write_text(MOVES, encoding="utf-8")
    settings = Settings(home=folder / "home")
    import_files([folder / "shop.csv"], settings, catalogue)
    return settings


@pytest.fixture
def home(tmp_path: Path, catalogue: Catalogue) -> Settings:
    return made(tmp_path, catalogue)


@pytest.fixture
def client(home: Settings) -> FlaskClient:
    return create_server(home).test_client()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    """A home that no test may change."""
    return made(tmp_path_factory.mktemp("untouched"), catalogue)


@pytest.fixture(scope="module")
def stranger(untouched: Settings) -> FlaskClient:
    return create_server(untouched).test_client()


def view(home: Settings, catalogue: Catalogue) -> View:
    return view_of(Warehouse(home.warehouse, catalogue), home.home, {})[0]


def parts(component: Component | list[Component]) -> list[Component]:
    roots = component if isinstance(component, list) else [component]
    return [each for root in roots for each in (root, *root._traverse()) if isinstance(each, Component)]


def text(component: Component | list[Component]) -> str:
    told = (getattr(each, "children", None) for each in parts(component))
    return " ".join(
        part for each in told for part in (each if isinstance(each, list) else [each]) if isinstance(part, str)
    )


def call(
    client: FlaskClient,
    output: str,
    values: Mapping[str, Any],
    changed: str | None = None,
    listed: Sequence[Mapping[str, Any]] | None = None,
    **more: Any,
) -> TestResponse:
    """What a browser posts for the callback with this output: `values` by id.property, controls by pattern by id.

    `changed` is the id.property of what was pressed; without it, it is the first input. `listed` are the callbacks,
    where the client may not ask for them.
    """
    listed = listed or client.get("/_dash-dependencies").json
    found = next(each for each in listed if output in each["output"])

    def given(wanted: Mapping[str, str]) -> Any:
        value = values.get(f"{wanted['id']}.{wanted['property']}")
        if not wanted["id"].startswith("{"):
            return {**wanted, "value": value}
        if '["' not in wanted["id"]:  # one component, whose id has several parts
            return {**wanted, "id": json.loads(wanted["id"]), "value": value}
        kind = json.loads(wanted["id"])["type"]
        ids = [json.loads(key) for key in values if key.endswith("}") and json.loads(key)["type"] == kind]
        return [
            {
                "id": id_,
                "property": wanted["property"],
                "value": id_ if wanted["property"] == "id" else values[json.dumps(id_, sort_keys=True)],
            }
            for id_ in ids
        ]

    def place(name: str) -> Any:
        id_, _, prop = name.rpartition(".")
        if id_.startswith("{") and '["' not in id_:
            return {"id": json.loads(id_), "property": prop}
        if id_.startswith("{"):
            return [{"id": each["id"], "property": prop} for each in given({"id": id_, "property": prop})]
        return {"id": id_, "property": prop}

    places = [place(name) for name in found["output"].strip(".").split("...")]
    body = {
        "output": found["output"],
        "outputs": places if found["output"].startswith("..") else places[0],
        "inputs": [given(each) for each in found["inputs"]],
        "state": [given(each) for each in found["state"]],
        "changedPropIds": [changed or f"{found['inputs'][0]['id']}.{found['inputs'][0]['property']}"],
    }
    return client.post("/_dash-update-component", json=body, **{"headers": SAME_ORIGIN, **more})


def whole_page(client: FlaskClient, path: str, search: str, listed: Sequence[Mapping[str, Any]], **more: Any) -> str:
    """A page as the browser gets it, with all its parts that are drawn when they come into view; `more` are headers
    and the like."""
    callbacks = Callbacks.among(listed)

    def post(body: Mapping[str, Any]) -> TestResponse:
        answer = client.post(UPDATE, json=body, **more)
        assert answer.status_code == 200, answer.text
        return answer

    answer = post(callbacks.asked_for_page(path, search))
    shown = opened(answer.json)
    parts = [post(callbacks.asked_for_part(shown, part)) for part in shown.parts]
    return "\n".join(each.text for each in (answer, *parts))


def form_of(client: FlaskClient) -> dict[str, Any]:
    """The controls of the page as the browser gets them: id → value; the form's mark under that of its store."""
    page = {"_pages_location.pathname": "/mapping", "_pages_location.search": ""}
    answer = call(client, "_pages_content.children", page)
    assert answer.status_code == 200, answer.text
    controls: dict[str, Any] = {}

    def walk(node: Any) -> None:
        for each in node if isinstance(node, list) else [node]:
            if isinstance(each, dict) and "props" in each:
                props = each["props"]
                if isinstance(props.get("id"), dict) and props["id"]["type"] in (mapping.STAGE, mapping.STATE):
                    controls[json.dumps(props["id"], sort_keys=True)] = props.get("value")
                elif props.get("id") == mapping.DRAWN:
                    controls[f"{mapping.DRAWN}.data"] = props.get("data")
                walk(props.get("children"))

    walk(answer.json["response"]["_pages_content"]["children"])
    return controls


def press_save(client: FlaskClient, form: Mapping[str, Any], **more: Any) -> TestResponse:
    """A click on the button."""
    values = {**form, f"{mapping.SAVE}.n_clicks": 1, "scope-stream.value": "shop"}
    return call(client, f"{mapping.SAVED}.data", values, **more)


def press_rebuild(client: FlaskClient, **more: Any) -> TestResponse:
    """What follows once the file is written."""
    values = {f"{mapping.SAVED}.data": 1, "scope-stream.value": "shop"}
    return call(client, f"{mapping.FORM}.children", values, **more)


def control(row: int, field: str) -> str:
    return json.dumps({"type": mapping.STAGE, "row": row, "field": field}, sort_keys=True)


def definition(home: Settings) -> Path:
    return home.home / "streams.toml"


def test_saving_a_proposal_confirms_it_and_the_rebuilt_snapshot_is_served(
    client: FlaskClient, home: Settings, catalogue: Catalogue
) -> None:
    before = client.get("/api/metrics/flow_efficiency?stream=shop&period=all").json[0]["value"]
    form = form_of(client)
    checked = next(key for key, value in form.items() if value == "Check" and key.startswith("{"))
    row = json.loads(checked)["row"]
    form[control(row, "mode")] = "wait"
    saved = press_save(client, form)
    assert saved.json["response"][mapping.SAID]["children"] == "Saved."
    assert 'name = "Check"' in definition(home).read_text(encoding="utf-8")
    built = press_rebuild(client)
    assert "import 2" in json.dumps(built.json["response"][mapping.SAID])
    assert "nobody has confirmed" not in json.dumps(built.json["response"]["page-footer"])
    after = client.get("/api/metrics/flow_efficiency?stream=shop&period=all").json[0]["value"]
    assert after < before
    assert not view(home, catalogue).stream["is_proposal"]


def test_a_form_that_is_older_than_the_file_is_told_and_writes_nothing(client: FlaskClient, home: Settings) -> None:
    form = form_of(client)
    press_save(client, form)
    written = definition(home).read_bytes()
    again = press_save(client, {**form, control(0, "name"): "Mine"})
    assert "was changed since" in json.dumps(again.json["response"][mapping.SAID])
    assert mapping.SAVED not in again.json["response"]
    assert definition(home).read_bytes() == written


def test_a_form_with_a_fault_is_told_and_writes_nothing(client: FlaskClient, home: Settings) -> None:
    answer = press_save(client, {**form_of(client), control(0, "name"): " "})
    assert "has no name" in json.dumps(answer.json["response"][mapping.SAID])
    assert not definition(home).exists()


def test_while_a_snapshot_is_built_nothing_is_saved(client: FlaskClient, home: Settings) -> None:
    form = form_of(client)

    def build(*_: object) -> None:
        answer = press_save(client, form)
        assert "is being built just now" in json.dumps(answer.json["response"][mapping.SAID])
        raise InterruptedError

    with pytest.raises(InterruptedError):
        snapshots.publish(home.warehouse, build)
    assert not definition(home).exists()
    assert press_save(client, form).json["response"][mapping.SAID]["children"] == "Saved."


STRANGERS: Mapping[str, dict[str, Any]] = {
    "another machine": {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
    "a socket without an address": {"environ_base": {"REMOTE_ADDR": ""}},
    "a server that others reach": {"environ_overrides": {"SERVER_NAME": "0.0.0.0"}},  # noqa: S104
    "behind a proxy": {"headers": {**SAME_ORIGIN, "X-Forwarded-For": "127.0.0.1"}},
    "behind a proxy of the new kind": {"headers": {**SAME_ORIGIN, "Forwarded": "for=127.0.0.1"}},
    "behind a gateway": {"headers": {**SAME_ORIGIN, "Via": "1.1 gateway"}},
    "a name that was bound anew": {"headers": {"Host": "evil.example", "Origin": "http://evil.example"}},
    "a name that only begins like ours": {"headers": {"Host": "localhost.evil.example"}},
    "an address that only begins like ours": {"headers": {**SAME_ORIGIN, "Host": "127.0.0.1.evil.example"}},
    "another page": {"headers": {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}},
    "another page of an old browser": {"headers": {"Origin": "http://evil.example"}},
    "another port of this machine": {"headers": {"Origin": "http://localhost:9999", "Sec-Fetch-Site": "same-site"}},
    "a page without origin": {"headers": {"Origin": "null"}},
    "a program that says nothing": {"headers": {}},
}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_refused_and_nothing_is_written(stranger: FlaskClient, untouched: Settings, who: str) -> None:
    form = form_of(stranger)
    assert press_save(stranger, form, **STRANGERS[who]).status_code == 403
    assert press_rebuild(stranger, **STRANGERS[who]).status_code == 403
    assert not definition(untouched).exists()
    assert snapshots.current(untouched.warehouse).name == "000001"


@pytest.mark.parametrize("host", ["127.0.0.1:8050", "localhost", "[::1]:8050"])
def test_this_machine_may(stranger: FlaskClient, host: str) -> None:
    """An unnamed stage is told, not written: the request was let through."""
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    answer = press_save(stranger, {**form_of(stranger), control(0, "name"): ""}, headers=headers)
    assert "has no name" in answer.text


def test_a_stranger_sees_the_mapping_without_its_controls(home: Settings, catalogue: Catalogue) -> None:
    server = create_server(home)
    with server.test_request_context("/mapping", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        shown = mapping.body(view(home, catalogue))
    assert "For reading only. Changes are made at the machine" in text(shown)
    assert not [each for each in parts(shown) if type(each).__name__ in ("Input", "Select", "Button")]


def test_an_unreadable_definition_is_told_on_the_page(client: FlaskClient, home: Settings) -> None:
    definition(home).write_text("[[stream]\n", encoding="utf-8")
    assert form_of(client) == {f"{mapping.DRAWN}.data": None}


def test_a_state_of_no_stage_comes_first(home: Settings, catalogue: Catalogue) -> None:
    stages = '[[stream.stage]]\nname = "Doing"\n[[stream.stage]]\nname = "Done"\ncategory = "done"\n'
    definition(home).write_text(f'[[stream]]\nid = "shop"\n{stages}', encoding="utf-8")
    import_files([], home, catalogue)
    with create_server(home).test_request_context("/mapping", environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        shown = mapping.body(view(home, catalogue))
    told = text(shown)
    assert "2 states belong to no stage" in told
    assert told.index("States of no stage") < told.index("Check") < told.index("1. Doing")
    assert "Proposed backlog: its name is a usual name for backlog" in told


def test_records_set_aside_are_grouped_told_and_downloaded_whole(tmp_path: Path, catalogue: Catalogue) -> None:
    bad = "".join(f"X{number},31/02/2024,Open\n" for number in range(30)) + "Y,2024-01-01,\n"
    (tmp_path / "shop.csv").write_text(MOVES + bad, encoding="utf-8")
    settings = Settings(home=tmp_path / "home")
    import_files([tmp_path / "shop.csv"], settings, catalogue, Options(accepts_bad_rows=True))
    shown = view(settings, catalogue)
    told = text(data.body(shown))
    assert "31 records, in no figure" in told
    assert "The first 20 of 30." in told
    assert left_out(shown).children == "31 records set aside"  # type: ignore[union-attr]
    client = create_server(settings).test_client()
    lines = client.get("/api/charts/set_aside?stream=shop&row_limit=1000000000&format=csv").text.splitlines()
    assert len(lines) == 32
    assert {"file_name", "record", "column_name", "value", "reason"} <= set(lines[0].split(","))


def test_no_note_stands_where_nothing_was_set_aside(home: Settings, catalogue: Catalogue) -> None:
    assert left_out(view(home, catalogue)) is None


def test_the_items_behind_a_check_are_downloaded(client: FlaskClient, home: Settings, catalogue: Catalogue) -> None:
    definition(home).write_text('[[stream]]\nid = "shop"\n[[stream.stage]]\nname = "Doing"\n', encoding="utf-8")
    import_files([], home, catalogue)
    answer = client.get("/api/checks/unmapped_state?stream=shop&format=csv")
    assert answer.text.splitlines()[0] == "subject,detail"
    assert len(answer.text.splitlines()) == 4
    assert client.get("/api/checks/nothing").status_code == 404


def test_checks_are_told_the_gravest_first_and_the_silent_ones_in_one_line(
    home: Settings, catalogue: Catalogue
) -> None:
    told = text(data.body(view(home, catalogue)))
    assert f"{len(catalogue.layer('checks'))} checks find nothing" in told


def test_every_fact_that_can_be_told_has_its_line(catalogue: Catalogue) -> None:
    known = {fact for each in capabilities.CAPABILITIES for fact in each.facts}
    told = catalogue.queries["marts.capabilities"].sql
    assert all(f"'{fact}'" in told for fact in known)
    for each in capabilities.CAPABILITIES:
        assert set(each.metrics) <= set(catalogue.metrics)
        assert not each.table or f"canonical.{each.table}" in catalogue.queries


def test_facts_are_counted_and_missing_ones_say_what_to_do(home: Settings, catalogue: Catalogue) -> None:
    shown = view(home, catalogue)
    told = shown.ask("charts.capabilities").set_index("fact")["records"].to_dict()
    assert told == {"status_history": 7, "start_times": 2, "end_times": 2}
    table = next(each for each in parts(data.body(shown)) if "to get it" in (getattr(each, "columns", None) or []))
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["Status history"][:2] == ["✓ 7", "shop.csv"]
    assert rows["Blocked times"][0] == "–" and "'Flagged'" in rows["Blocked times"][3]


def test_the_demo_tells_everything(demo: Settings, catalogue: Catalogue) -> None:
    shown = view_of(Warehouse(demo.warehouse, catalogue), demo.home, {"stream": "bank"})[0]
    told = shown.ask("charts.capabilities").set_index("fact")
    wanted = {fact for each in capabilities.CAPABILITIES for fact in each.facts}
    assert set(told.index) >= wanted - {"estimates"}  # nobody estimates in the made-up organisations
    items = (ROOT / "data" / "sample" / "demo" / "items.csv").read_text(encoding="utf-8").splitlines()
    assert told.loc["creation_times", "records"] == sum(line.startswith("bank,") for line in items)
