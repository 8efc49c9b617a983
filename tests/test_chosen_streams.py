"""Streams whose items rules choose from another one: who is in, what comes along, and that sums count nobody twice."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from conftest import Imports
from test_maps import texts

from dashboard.catalogue import Catalogue
from dashboard.errors import DefinitionError, SourceError
from dashboard.export import Wanted, export
from dashboard.pages import network
from dashboard.pages.view import view_of
from dashboard.streams.definition import read_definition
from dashboard.streams.written import write_definition

STAGES = """stage = [
    {name = "To do", category = "backlog", mode = "wait"},
    {name = "Doing"},
    {name = "Done", category = "done", mode = "wait"},
]
"""
DEFINITION = f"""
[[stream]]
id = "tracker"
{STAGES}
[[stream]]
id = "shop"
chosen_from = "tracker"
chosen = {{ projects = ["SHOP"], services = ["web"] }}
{STAGES}
[[stream]]
id = "rooms"
kind = "platform"
chosen_from = "tracker"
chosen = {{ projects = ["ROOM", "WALL"], types = ["Task"] }}
{STAGES}
[[stream]]
id = "urgent"
chosen_from = "tracker"
chosen = {{ labels = ["now"], teams = ["Red", "Blue"] }}
{STAGES}
"""
ITEMS = """item_id,type,team,labels,created_at
SHOP-1,Story,Red,now|later,2024-01-01
SHOP-2,Story,Green,now,2024-01-01
ROOM-1,Task,Blue,,2024-01-01
WALL-1,task,Blue,now,2024-01-01
ROOM-2,Bug,Blue,nowhere,2024-01-01
SHOPPING-1,Task,Red,,2024-01-01
"""
EXPECTED = {
    "tracker": {"SHOP-1", "SHOP-2", "ROOM-1", "WALL-1", "ROOM-2", "SHOPPING-1"},
    "shop": {"SHOP-1", "SHOP-2"},
    "rooms": {"ROOM-1", "WALL-1"},
    "urgent": {"SHOP-1", "WALL-1"},
}
FILES = {
    "items.csv": ITEMS,
    "transitions.csv": "item_id,occurred_at,to_state\n"
    + "".join(
        f"{line.split(',')[0]},2024-01-0{day},{state}\n"
        for line in ITEMS.splitlines()[1:]
        for day, state in enumerate(("To do", "Doing"), 1)
    )
    + "SHOP-2,2024-01-20,Done\n",
    "blocked.csv": "item_id,blocked_at,unblocked_at,reason\nSHOP-1,2024-01-05,2024-01-08,room\n",
    "links.csv": "kind,from_id,to_id\nblocks,ROOM-1,SHOP-1\ndeployed,SHOP-2,d2\n",
    "deployments.csv": "deployment_id,service,deployed_at,status\nd1,web,2024-01-10,success\n"
    "d2,desk,2024-01-11,success\nd3,desk,2024-01-12,success\n",
    "incidents.csv": "incident_id,service,started_at,restored_at,deployment_id\ni1,web,2024-01-11,2024-01-12,\n"
    "i2,desk,2024-01-11,2024-01-12,d3\ni3,desk,2024-01-11,2024-01-12,d2\n",
}


def imported(home: Imports) -> Imports:
    """All files as one stream, which three others choose from."""
    home.file("streams.toml", DEFINITION)
    home.run(*(home.file(name, text) for name, text in FILES.items()), stream="tracker")
    return home


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Imports:
    return imported(Imports(tmp_path_factory.mktemp("chosen"), catalogue))


def members(home: Imports) -> dict[str, set[str]]:
    items = home.warehouse.table("marts.items")
    return {str(stream): set(rows["item_id"]) for stream, rows in items.groupby("stream")}


def keys(home: Imports, table: str, key: str, stream: str) -> list[str]:
    rows = home.warehouse.table(table)
    return sorted(rows[rows["stream"] == stream][key])


def test_of_each_kind_of_rule_an_item_meets_one_value(chosen: Imports) -> None:
    assert members(chosen) == EXPECTED


def test_the_history_the_blocked_times_and_the_clocks_of_an_item_are_those_of_the_whole(chosen: Imports) -> None:
    items = chosen.warehouse.table("marts.items").set_index(["stream", "item_id"])
    clocks = ["lead_seconds", "blocked_seconds", "type", "team", "created_on", "finished_on"]
    for stream, ids in EXPECTED.items():
        for item in ids:
            both = items.loc[[(stream, item), ("tracker", item)], clocks].reset_index(drop=True)
            pd.testing.assert_series_equal(both.iloc[0], both.iloc[1], check_names=False)
    assert items.loc[("shop", "SHOP-1"), "blocked_seconds"] == 3 * 86_400


def test_deployments_come_with_their_service_or_with_an_item_they_carried(chosen: Imports) -> None:
    assert keys(chosen, "marts.deployments", "deployment_id", "shop") == ["d1", "d2"]
    assert keys(chosen, "marts.deployments", "deployment_id", "rooms") == []
    assert keys(chosen, "marts.incidents", "incident_id", "shop") == ["i1", "i3"]  # of its service; of d2, which it has


def test_one_tracker_has_a_network_of_the_streams_that_choose_from_it(chosen: Imports) -> None:
    """Flagged from the 5th to the 8th, while the room was open: one wait, in the first stream of each of the two."""
    edges = chosen.warehouse.ask("charts.network_edges", chosen.warehouse.default_scope("shop"))
    waits = edges.set_index(["stream", "on_stream"])["wait_days"].to_dict()
    assert waits == {("shop", "rooms"): 3}


def test_a_team_is_shared_by_the_streams_it_works_in_and_not_by_those_that_share_an_item(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Red leaves an item of the shop, which is also urgent; Blue one of the shop and one of the rooms."""
    home = Imports(tmp_path, catalogue)
    home.file("streams.toml", DEFINITION)
    moves = "item_id,occurred_at,to_state,team\n" + "".join(
        f"{item},2024-01-0{day},{state},{team}\n"
        for item, team in (("SHOP-1", "Red"), ("SHOP-2", "Blue"), ("ROOM-1", "Blue"))
        for day, state in enumerate(("To do", "Doing", "Done"), 1)
    )
    home.run(home.file("items.csv", ITEMS), home.file("transitions.csv", moves), stream="tracker")
    table = home.warehouse.ask("charts.shared_teams", home.warehouse.default_scope("shop"))
    assert sorted(zip(table["team"], table["stream"], strict=True)) == [("Blue", "rooms"), ("Blue", "shop")]


def test_sums_over_all_streams_count_an_item_once(chosen: Imports) -> None:
    row = chosen.warehouse.ask("charts.network_totals", chosen.warehouse.default_scope("shop")).iloc[0]
    assert row.to_dict() == {"open_items": 5, "finished_items": 1, "shared_items": 4}
    page = texts(network.body(view_of(chosen.warehouse, chosen.settings.home, {"stream": "shop"})[0]))
    assert "4 value streams: 5 items under way" in page
    assert "4 items in two streams or more count once here" in page


def test_shared_items_are_no_finding_of_quality(chosen: Imports) -> None:
    assert not set(chosen.warehouse.problems()["check"]) & {"two_streams", "missing_target"}


def test_the_next_import_chooses_anew(tmp_path: Path, catalogue: Catalogue) -> None:
    home = imported(Imports(tmp_path, catalogue))
    before = {table: len(home.warehouse.table(f"canonical.{table}")) for table in ("items", "transitions", "links")}
    home.run(*(home.settings.home / name for name in FILES), stream="tracker")
    assert {table: len(home.warehouse.table(f"canonical.{table}")) for table in before} == before
    home.file("streams.toml", DEFINITION.replace('labels = ["now"]', 'labels = ["later"]'))
    home.run(stream="tracker")
    assert members(home) == {**EXPECTED, "urgent": {"SHOP-1"}}


def test_what_an_item_is_now_decides(tmp_path: Path, catalogue: Catalogue) -> None:
    home = imported(Imports(tmp_path, catalogue))
    newer = ITEMS.replace("ROOM-1,Task", "ROOM-1,Bug").replace("ROOM-2,Bug", "ROOM-2,Task")
    home.run(home.file("newer.csv", newer), stream="tracker")
    assert members(home)["rooms"] == {"ROOM-2", "WALL-1"}


def test_without_its_rules_a_stream_forgets_what_they_chose(tmp_path: Path, catalogue: Catalogue) -> None:
    home = imported(Imports(tmp_path, catalogue))
    rule = 'chosen_from = "tracker"\nchosen = { labels = ["now"], teams = ["Red", "Blue"] }\n'
    assert rule in DEFINITION
    home.file("streams.toml", DEFINITION.replace(rule, ""))
    home.run(stream="tracker")
    assert members(home) == {key: value for key, value in EXPECTED.items() if key != "urgent"}


def test_files_for_a_stream_that_chooses_are_refused_with_where_they_belong(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    home = imported(Imports(tmp_path, catalogue))
    with pytest.raises(SourceError, match="import the files with --stream tracker"):
        home.run(home.file("more.csv", ITEMS), stream="shop")


def test_an_anonymised_export_leaves_the_choosing_out_and_counts_as_before(
    chosen: Imports, tmp_path: Path, catalogue: Catalogue
) -> None:
    *files, definition = export(chosen.warehouse.snapshot, tmp_path / "out", catalogue, Wanted(is_anonymised=True))
    text = "".join(path.read_text(encoding="utf-8") for path in [*files, definition])
    assert not [word for word in ("shop", "SHOP", "rooms", "urgent", "Red", "Blue") if word in text]
    (tmp_path / "home").mkdir()
    again = Imports(tmp_path / "home", catalogue)
    again.run(*files, config=definition)
    row = again.warehouse.ask("charts.network_totals", again.warehouse.default_scope()).iloc[0]
    assert (row["open_items"], row["finished_items"]) == (5, 1)


def test_a_stream_is_chosen_from_one_that_was_imported(tmp_path: Path) -> None:
    path = tmp_path / "streams.toml"
    chain = 'id = "urgent"\nchosen_from = "shop"'
    path.write_text(DEFINITION.replace('id = "urgent"\nchosen_from = "tracker"', chain), encoding="utf-8")
    with pytest.raises(DefinitionError, match="Choose it from 'tracker', too"):
        read_definition(path)


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('labels = ["now"], teams = ["Red", "Blue"]', "", "should name projects, types, teams, labels or services"),
        (
            'chosen_from = "tracker"\nchosen = { labels',
            "chosen = { labels",
            "should have both 'chosen_from' and 'chosen'",
        ),
        ('id = "urgent"\nchosen_from = "tracker"', 'id = "urgent"\nchosen_from = "urgent"', "another stream"),
    ],
)
def test_half_a_choice_is_refused(written: str, instead: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "streams.toml"
    assert written in DEFINITION
    path.write_text(DEFINITION.replace(written, instead), encoding="utf-8")
    with pytest.raises(DefinitionError, match=re.escape(said)):
        read_definition(path)


def test_the_rules_are_written_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "streams.toml"
    path.write_text(DEFINITION, encoding="utf-8")
    streams = read_definition(path)
    write_definition(tmp_path / "again.toml", streams.values())
    assert read_definition(tmp_path / "again.toml") == streams


def test_an_export_comes_back_as_it_was_with_the_stream_it_was_chosen_from_or_without(
    chosen: Imports, tmp_path: Path, catalogue: Catalogue
) -> None:
    for stream, expected in ((None, EXPECTED), ("shop", {"shop": EXPECTED["shop"]})):
        folder = tmp_path / (stream or "all")
        *files, definition = export(chosen.warehouse.snapshot, folder / "out", catalogue, Wanted(stream=stream))
        (folder / "home").mkdir()
        again = Imports(folder / "home", catalogue)
        again.run(*files, config=definition)
        assert members(again) == expected
