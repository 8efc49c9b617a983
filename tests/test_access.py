"""Who is let in, what each may see and change: every route and every callback, by every kind of person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT, World, moves, span
from flask.testing import FlaskClient
from test_editing import SAME_ORIGIN, call, whole_page
from werkzeug.test import TestResponse

from dashboard import access, sight
from dashboard.api_parameters import CHOICES
from dashboard.app import create_server
from dashboard.build import Options, import_files
from dashboard.catalogue import Catalogue
from dashboard.errors import AccessError, DefinitionError, SettingsError
from dashboard.pages import PAGES
from dashboard.roles import Role, read_access
from dashboard.settings import Settings
from dashboard.sight import ALL_TEAMS, WHOLE_STREAM
from dashboard.warehouse import Warehouse
from dashboard.where import ANY

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105 - of this test
ACCESS = """\
[roles]
admin = ["group:admins"]
leadership = ["lea"]
viewer = ["group:A", "group:B", "vic"]

[teams]
Alpha = ["group:A"]
Beta = ["group:B"]
"""
# Who asks → the headers of the proxy.
PEOPLE: Mapping[str, Mapping[str, str]] = {
    "anonymous": {},
    "nobody": {"X-Forwarded-User": "eve"},
    "viewer of Alpha": {"X-Forwarded-User": "ann", "X-Forwarded-Groups": "A, staff"},
    "viewer of Beta": {"X-Forwarded-User": "bob", "X-Forwarded-Groups": "B"},
    "viewer of no team": {"X-Forwarded-User": "vic"},
    "leadership": {"X-Forwarded-User": "lea"},
    "admin": {"X-Forwarded-User": "ada", "X-Forwarded-Groups": "admins"},
}
SEES_ALL = ("leadership", "admin")
KNOWN = [who for who in PEOPLE if who not in ("anonymous", "nobody")]

# Every route → one address of it. A new one fails until it stands here.
OPEN = {
    "/healthz": "/healthz",
    "/readyz": "/readyz",
    "/metrics": "/metrics",  # to this machine, or by a token: tests/test_web.py
    "/assets/<path:filename>": "/assets/favicon.ico",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "/_dash-component-suites/dash/no.js",
}
READ = {
    "/": "/",
    "/<path:path>": "/timeline",
    "/static/<path:filename>": "/static/nothing",
    "/_dash-layout": "/_dash-layout",
    "/_dash-dependencies": "/_dash-dependencies",
    "/_reload-hash": "/_reload-hash",
    "/_favicon.ico": "/_favicon.ico",
    "/api/openapi.json": "/api/openapi.json",
    "/api/streams": "/api/streams",
    "/api/metrics": "/api/metrics",
    "/api/metrics/<name>": "/api/metrics/throughput",
    "/api/items": "/api/items",
    "/api/charts/<name>": "/api/charts/found_items",
    "/api/map/<kind>": "/api/map/svg",
    "/api/plan": "/api/plan",
    "/api/": "/api/",
    "/api/<path:name>": "/api/nothing",
}
FOR_ALL_TEAMS = {"/api/checks/<name>": "/api/checks/never_started"}
POSTED = {"/_dash-update-component"}

# Every callback that the server answers, by how its output begins. Those that change something need a role.
READING = (
    "page-body.", "..drawer.is_open", "flow-picked.", "flow-forecast.", "process-drawn.", "map-drawn.", "map-step.",
    "map-step-down.", "..timeline-drawn.", "delivery-drawn.children", '..{"field":"deployment"', "network-drawn.",
    '{"default":["ALL"],"key":"edge"', "plan-csv.", "..explore-found.", "..mapping-form.", "maps-drawn.",
    '{"map":["MATCH"]', '{"part":["MATCH"]', '{"field":"step"', ".._pages_content.",
)  # fmt: skip
# The output → what is pressed, and who may.
CHANGING: Mapping[str, tuple[str, Role]] = {
    "..kept.children": ("kept-save.n_clicks", Role.VIEWER),
    "..delivery-drawn.children@": ('{"cause":"","do":"keep","type":"cause-do","version":""}', Role.LEADERSHIP),
    "..plan-said.children": ('{"do":"add","type":"plan-do"}', Role.LEADERSHIP),
    "..mapping-said.children": ("mapping-save.n_clicks", Role.ADMIN),
    "..maps-drawn.children@": ('{"do":"draw","place":"new","type":"map-do"}', Role.LEADERSHIP),
    "..walk-told.children": ('{"action":"begin","id":"","type":"walk-do","version":""}', Role.VIEWER),
    "..walk-notes.children": ('{"kind":"observation","step":"Doing","type":"walk-add","walk":"1"}', Role.VIEWER),
}


def exports(folder: Path) -> list[Path]:
    """Two teams with items of the same life; what is Beta's says so."""
    items = ["item_id,title,type,team,created_at"]
    steps = ["item_id,occurred_at,to_state"]
    for number in range(1, 31):
        for team, key in (("Alpha", "ALPHA"), ("Beta", "BETA")):
            day = f"2024-01-{number:02}"
            items.append(f"{key}-{number},Thing of {key} {number},Story,{team},{day}")
            steps += [f"{key}-{number},{day}T09:00:00Z,Open", f"{key}-{number},{day}T12:00:00Z,Doing"]
            if number % 5:
                steps.append(f"{key}-{number},2024-02-{1 + number // 2:02}T10:00:00Z,Done")
    for name, rows in (("items", items), ("transitions", steps)):
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return [folder / "items.csv", folder / "transitions.csv"]


def two_teams(folder: Path, catalogue: Catalogue) -> Settings:
    """A home of two teams, whose people are told by the proxy."""
    settings = Settings(home=folder / "home", proxy_secret=SECRET)
    import_files(exports(folder), settings, catalogue, Options(stream="shop"))
    (settings.home / "access.toml").write_text(ACCESS, encoding="utf-8")
    return settings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Settings:
    return two_teams(tmp_path_factory.mktemp("access"), catalogue)


@pytest.fixture(scope="module")
def client(home: Settings) -> FlaskClient:
    return create_server(home).test_client()


def headers(who: str) -> dict[str, str]:
    """What the proxy sends of somebody; nothing of one who came around it."""
    return {"X-Vsm-Secret": SECRET, **PEOPLE[who]} if PEOPLE[who] else {}


def post(client: FlaskClient, who: str, output: str, values: Mapping[str, Any], changed: str | None) -> TestResponse:
    """A callback as somebody; the list of them is asked for as one who may."""
    listed = client.get("/_dash-dependencies", headers=headers("admin")).json
    return call(client, output, values, changed, listed, headers={**SAME_ORIGIN, **headers(who)})


def shown(client: FlaskClient, who: str, path: str, search: str) -> str:
    """A page and all its parts, as somebody gets them."""
    listed = client.get("/_dash-dependencies", headers=headers("admin")).json
    return whole_page(client, path, search, listed, headers={**SAME_ORIGIN, **headers(who)})


def test_every_route_and_every_callback_stands_in_the_matrix(client: FlaskClient) -> None:
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    assert rules == {*OPEN, *READ, *FOR_ALL_TEAMS, *POSTED}
    listed = client.get("/_dash-dependencies", headers=headers("admin")).json
    outputs = [each["output"] for each in listed if not each.get("clientside_function")]
    changing = [output for output in outputs if output.startswith(tuple(CHANGING))]
    assert len(changing) == len(CHANGING)
    unknown = [each for each in outputs if each not in changing and not each.startswith(READING)]
    assert not unknown


@pytest.mark.parametrize("who", PEOPLE)
def test_a_route_answers_those_who_have_a_role(client: FlaskClient, who: str) -> None:
    expected = {"anonymous": {401}, "nobody": {403}}.get(who, {200, 400, 404})
    for address in READ.values():
        assert client.get(address, headers=headers(who)).status_code in expected, address
    for address in OPEN.values():
        assert client.get(address, headers=headers(who)).status_code in (200, 304, 404), address
    for address in FOR_ALL_TEAMS.values():
        code = client.get(address, headers=headers(who)).status_code
        assert code == {"anonymous": 401, "nobody": 403}.get(who, 200 if who in SEES_ALL else 403), address


@pytest.mark.parametrize("who", ["anonymous", "nobody"])
def test_a_callback_answers_nobody_without_a_role(client: FlaskClient, who: str) -> None:
    listed = client.get("/_dash-dependencies", headers=headers("admin")).json
    for each in listed:
        body = {"output": each["output"], "inputs": [], "outputs": [], "changedPropIds": []}
        given = {**SAME_ORIGIN, **headers(who)}
        answer = client.post("/_dash-update-component", json=body, headers=given)
        assert answer.status_code == (401 if who == "anonymous" else 403), each["output"]


@pytest.mark.parametrize(("output", "pressed", "needed"), [(key, *each) for key, each in CHANGING.items()])
@pytest.mark.parametrize("who", KNOWN)
def test_changes_need_their_role(client: FlaskClient, who: str, output: str, pressed: str, needed: Role) -> None:
    """One who may is answered something else than a refusal: what was entered is not there."""
    changed = pressed if pressed.endswith(".n_clicks") else f"{pressed}.n_clicks"
    key = json.dumps(json.loads(pressed), sort_keys=True) if pressed.startswith("{") else changed
    page = {"..kept.": "/", "..walk-": "/walk", "..maps": "/maps"}.get(output[:7], "/plan")
    values = {
        key: 1, "scope-stream.value": "shop", "page-path.data": page, "page-query.data": {}, "mapping-drawn.data": None,
        '{"type":"plan-drawn"}.data': {"mark": "", "kind": "", "id": None, "said": {}},
    }  # fmt: skip
    answer = post(client, who, output, values, changed)
    role = {"leadership": Role.LEADERSHIP, "admin": Role.ADMIN}.get(who, Role.VIEWER)
    assert (answer.status_code == 403) == (role < needed), answer.text


def pages_of(client: FlaskClient, who: str) -> Iterator[tuple[str, str]]:
    """Every page, and every table of the interface, as somebody gets them."""
    for page in PAGES:
        for search in ("", "?team=Beta", "?team=~all", "?team=Alpha~Beta"):
            yield page.PATH + search, shown(client, who, page.PATH, search)
    for path in client.get("/api/openapi.json", headers=headers("admin")).json["paths"]:
        for team in ("", "&team=Beta", "&team=~all"):
            address = path.format(kind="svg", name="x") + "?stream=shop" + team
            answer = client.get(address, headers=headers(who))
            assert answer.status_code in (200, 400, 403, 404), (address, answer.text)
            if answer.status_code == 200:
                yield address, answer.text


def test_a_viewer_sees_no_item_of_another_team_on_any_page_or_table(client: FlaskClient) -> None:
    told = dict(pages_of(client, "viewer of Alpha"))
    assert not [address for address, text in told.items() if re.search("BETA|Beta", text)]
    shown = [address for address, text in told.items() if "ALPHA-" in text]
    assert "/api/items?stream=shop" in shown and "/timeline" in shown and len(shown) > 10
    # The same questions do find them for who may.
    assert any("BETA-" in text for _, text in pages_of(client, "leadership"))


def test_a_viewer_of_no_team_sees_no_item(client: FlaskClient) -> None:
    assert not [address for address, text in pages_of(client, "viewer of no team") if re.search("ALPHA|BETA", text)]


def test_the_figures_of_a_viewer_are_those_of_the_team(client: FlaskClient) -> None:
    ask = "/api/metrics/throughput?period=all&stream=shop"
    own = client.get(ask, headers=headers("viewer of Alpha")).json
    assert own == client.get(f"{ask}&team=Alpha", headers=headers("admin")).json
    whole = client.get(ask, headers=headers("admin")).json
    assert whole[0]["value"] == 2 * own[0]["value"] == 48
    forged = client.get(f"{ask}&team=Beta", headers=headers("viewer of Alpha")).json
    assert forged[0]["value"] == 0


def test_a_page_says_whose_items_it_counts(client: FlaskClient) -> None:
    values = {"_pages_location.pathname": "/", "_pages_location.search": ""}
    told = post(client, "viewer of Alpha", "_pages_content.children", values, None).text
    assert "You see the items of Alpha; other teams' items are in no figure." in told
    assert "You see the items" not in post(client, "leadership", "_pages_content.children", values, None).text
    told = shown(client, "viewer of Alpha", "/data", "")
    assert "This is open to those who see all teams; you see Alpha." in told


def test_nobody_speaks_for_the_proxy(client: FlaskClient) -> None:
    """A wrong secret, none, one user called like a group, and no user at all."""
    admin = PEOPLE["admin"]
    for given in (
        {**admin, "X-Vsm-Secret": SECRET[:-1]},
        {**admin, "X-Vsm-Secret": ""},
        {**admin, "X-Vsm-Secret": "gehéim"},
        admin,
        {"X-Vsm-Secret": SECRET, "X-Forwarded-User": "group:admins"},
        {"X-Vsm-Secret": SECRET, "X-Forwarded-User": " ", "X-Forwarded-Groups": "admins"},
        {"X-Vsm-Secret": SECRET, "X-Forwarded-Groups": "admins"},
    ):
        assert client.get("/api/streams", headers=given).status_code == 401, given


def test_what_another_site_posts_is_refused(client: FlaskClient) -> None:
    body = {"output": "page-body.children", "inputs": [], "outputs": [], "changedPropIds": []}
    for given in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ):
        answer = client.post("/_dash-update-component", json=body, headers={**headers("admin"), **given})
        assert answer.status_code == 403, given


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "169.254.169.254", "localhost.evil"])
def test_a_name_that_is_not_ours_is_refused(client: FlaskClient, host: str) -> None:
    for address in ("/", "/api/streams"):
        answer = client.get(address, headers={**headers("admin"), "Host": host})
        assert answer.status_code == 403 and b"no name of this server" in answer.data


def test_names_of_the_server_are_a_setting(home: Settings) -> None:
    client = create_server(replace(home, hosts="flow.example.org, other.example")).test_client()
    for host, code in (("flow.example.org", 200), ("other.example:8443", 200), ("[::1]:8050", 200), ("a.example", 403)):
        assert client.get("/api/streams", headers={**headers("admin"), "Host": host}).status_code == code, host


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"proxy_secret": "", "host": "0.0.0.0"}, "without a sign-in only 127.0.0.1 is served"),  # noqa: S104 - refused
        ({"proxy_secret": "", "host": "192.168.1.2"}, "without a sign-in only 127.0.0.1 is served"),
        ({"proxy_secret": "short"}, "VSM_PROXY_SECRET is too short or too simple"),
        ({"proxy_secret": "changeme" * 8}, "VSM_PROXY_SECRET is too short or too simple"),
        ({"proxy_secret": SECRET[:31]}, "VSM_PROXY_SECRET is too short or too simple"),
    ],
)
def test_the_server_does_not_start_where_anybody_could_come_in(
    home: Settings, changes: Mapping[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        create_server(replace(home, **changes))  # type: ignore[arg-type]  # texts all


def test_a_token_is_checked_without_a_sign_in_too(home: Settings) -> None:
    with pytest.raises(SettingsError, match="VSM_METRICS_TOKEN is too short"):
        access.check(replace(home, proxy_secret="", metrics_token="short"))  # noqa: S106 - refused


def test_the_server_starts_for_others_with_a_sign_in(home: Settings) -> None:
    access.check(replace(home, host="0.0.0.0"))  # noqa: S104 - it is what is allowed then
    with pytest.raises(SettingsError, match="gives nobody a role"):
        access.check(replace(home, home=home.home / "elsewhere"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[roles]\nadmins = []\n", "access.toml, line 2: roles.admins"),
        ('[roles]\nadmin = "ada"\n', "access.toml, line 2: roles.admin"),
        ("[roles\n", "access.toml, line 1: can't be read as TOML"),
    ],
)
def test_a_wrong_access_file_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "access.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=re.escape(said)):
        read_access(tmp_path)


def test_the_highest_role_counts(tmp_path: Path) -> None:
    (tmp_path / "access.toml").write_text(ACCESS.replace('"vic"', '"vic", "*"'), encoding="utf-8")
    asked = read_access(tmp_path)
    assert asked.viewer({"x", "group:admins", "group:A"}) == access.Viewer(Role.ADMIN, None)
    assert asked.viewer({"x", "group:A", "group:B"}) == access.Viewer(Role.VIEWER, ("Alpha", "Beta"))
    assert asked.viewer({"x"}) == access.Viewer(Role.VIEWER, ())


def test_every_question_without_teams_says_whom_it_is_for(catalogue: Catalogue, world: World) -> None:
    for query in {**catalogue.layer("metrics"), **catalogue.layer("charts")}.values():
        told = query.header.get("sight")
        expected = {None, ALL_TEAMS} if "teams" in world.engine.parameters(query.sql) else {WHOLE_STREAM, ALL_TEAMS}
        assert told in expected, query.name


def test_no_answer_names_an_item_of_another_team(demo: Settings, catalogue: Catalogue) -> None:
    """Neither beside one's own, such as what it waited for in another stream."""
    warehouse = Warehouse(demo.warehouse, catalogue)
    everything = {name: value for name, (value, _) in CHOICES.items()} | {"chosen": ANY.parameter()}
    everything |= {"row_limit": 1_000_000, "row_offset": 0}
    scopes = [warehouse.default_scope(stream) for stream in warehouse.streams()["stream"]]
    items = pd.concat([warehouse.ask("charts.items", scope, **everything) for scope in scopes])
    asked = 0
    for team in items["team"].dropna().unique():
        theirs = items[items["team"] != team]
        hidden = {*theirs["item_id"], *theirs["title"]} - {*items.loc[items["team"] == team, "title"]}
        sight.limit((team,))
        for scope, name in product(scopes, catalogue.layer("charts")):
            with suppress(AccessError):
                answer = warehouse.ask(name, scope, **everything)
                told = set(answer.select_dtypes(exclude=["number", "datetime"]).stack().astype(str))
                assert not told & hidden, (team, name)
                asked += 1
        sight.limit(None)
    assert asked > 500


def test_what_is_not_for_one_team_is_refused_before_it_is_asked(catalogue: Catalogue) -> None:
    """Whatever the caller passes on."""
    items, network, check = (catalogue.queries[f"{name}"] for name in (
        "charts.items", "charts.network_totals", "checks.never_started"))  # fmt: skip
    sight.limit(("Alpha",))
    try:
        for given, seen in ((None, ["Alpha"]), (["Alpha", "Beta"], ["Alpha"]), (["Beta"], []), ([], [])):
            assert sight.narrowed(items, frozenset(("teams",)), {"teams": given})["teams"] == seen
        for query in (network, check):
            with pytest.raises(AccessError, match="you see Alpha\\."):
                sight.narrowed(query, frozenset(), {})
    finally:
        sight.limit(None)
    assert sight.narrowed(network, frozenset(), {"a": 1}) == {"a": 1}


def test_no_team_at_all_finds_nothing(world: World) -> None:
    """An empty list is no filter that is missing: nothing passes it."""
    world.load({"transitions": moves(("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-02"))})
    scope = span("2024-01-01", "2024-02-01")
    assert world.measure("throughput", scope)[0][1] == 1
    assert world.measure("throughput", replace(scope, teams=()))[0][1] == 0


def test_the_example_of_the_documentation_is_one(tmp_path: Path) -> None:
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", told, re.DOTALL)
    (tmp_path / "access.toml").write_text(example, encoding="utf-8")
    asked = read_access(tmp_path)
    assert asked.roles.admin and asked.roles.leadership and asked.roles.viewer and asked.teams
