"""The network of streams: who waits for whom, each number worked out by hand or by pandas on the raw files."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest
from conftest import ROOT, Imports
from test_maps import texts

from dashboard.catalogue import Catalogue
from dashboard.errors import DefinitionError
from dashboard.figures.network_map import key_of, network_map
from dashboard.pages import network
from dashboard.pages.view import View, view_of
from dashboard.scope import Scope
from dashboard.settings import Settings
from dashboard.streams.definition import read_definition
from dashboard.streams.written import write_definition
from dashboard.warehouse import Warehouse

STAGES = """
[[stream.stage]]
name = "To do"
category = "backlog"
mode = "wait"
[[stream.stage]]
name = "Doing"
[[stream.stage]]
name = "Done"
category = "done"
mode = "wait"
"""
DEFINITION = f"""
[[stream]]
id = "shop"
name = "Shop"
cost_of_delay_per_day = 100
currency = "EUR"
[[stream.needs]]
stream = "rooms"
what = "Rooms to build in"
agreed_days = 2
{STAGES}
[[stream]]
id = "rooms"
kind = "platform"
{STAGES}
[[stream]]
id = "apps"
{STAGES}
"""
# Each item of January 2024: its stream, when it was begun, and done.
ITEMS = {
    "R-1": ("rooms", 1, 5), "R-2": ("rooms", 3, 10), "R-3": ("rooms", 2, None), "X-1": ("rooms", 1, None),
    "S-1": ("shop", 1, 20), "S-2": ("shop", 1, 20), "S-3": ("shop", 1, 20), "S-4": ("shop", 1, None),
    "S-5": ("shop", 1, 20), "x-1": ("shop", 1, 9), "P-1": ("apps", 2, 6),
}  # fmt: skip
BLOCKED = [("S-1", 2, 8), ("S-2", 2, 8), ("S-3", 11, 12), ("S-4", 4, None), ("S-5", 2, 8)]
LINKS = [
    ("shop", "blocks", "R-1", "S-1"),  # from 2 to 5,
    ("shop", "blocks", "R-2", "S-1"),  # and from 3 to 8: one wait of 6 days
    ("rooms", "blocks", "R-1", "S-2"),  # the flag outlives what it waited for: 3 days; the link is told by the other
    ("shop", "blocks", "R-2", "S-3"),  # flagged when that was long done: no wait
    ("shop", "blocks", "R-3", "S-4"),  # from 4 until the last event on 20: 16 days, still going on
    ("shop", "blocks", "X-1", "S-5"),  # both streams know an X-1: its own is meant
    ("apps", "blocks", "R-2", "P-1"),  # no flags in its stream: open together from 3 to 6
    ("apps", "parent", "P-1", "S-1"),
]


def day(number: int | None) -> str:
    return f"2024-01-{number:02}" if number else ""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Imports:
    """Three streams, imported from three files."""
    found = Imports(tmp_path_factory.mktemp("network"), catalogue)
    found.file("streams.toml", DEFINITION)
    moves = ["stream,item_id,occurred_at,to_state"]
    for key, (stream, begun, done) in ITEMS.items():
        moves += [f"{stream},{key.upper()},{day(begun)},{state}" for state in ("To do", "Doing")]
        moves += [f"{stream},{key.upper()},{day(done)},Done"] * bool(done)
    blocked = [f"shop,{key},{day(begun)},{day(done)},a reason" for key, begun, done in BLOCKED]
    files = {
        "transitions.csv": moves,
        "blocked.csv": ["stream,item_id,blocked_at,unblocked_at,reason", *blocked],
        "links.csv": ["stream,kind,from_id,to_id", *(",".join(each) for each in LINKS)],
    }
    found.run(*(found.file(name, "\n".join(lines) + "\n") for name, lines in files.items()))
    return found


def edges(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    return warehouse.ask("charts.network_edges", scope).set_index(["stream", "on_stream"])


def seen(home: Path, warehouse: Warehouse, **asked: str) -> View:
    return view_of(warehouse, home, asked)[0]


def test_three_items_waited_25_days_and_only_what_is_known_to_block_counts(small: Imports) -> None:
    found = edges(small.warehouse, small.warehouse.default_scope("shop"))
    assert sorted(found.index) == [("apps", "rooms"), ("shop", "apps"), ("shop", "rooms")]
    row = found.loc["shop", "rooms"]
    assert (row["waits"], row["items"], row["open_waits"]) == (3, 3, 1)
    assert (row["wait_days"], row["median_wait_days"], row["cost"], row["currency"]) == (6 + 3 + 16, 6, 2500, "EUR")
    assert row["is_flagged"]
    # Agreed were two days: 3 and 6 are longer, and so are already the 16 of the wait that goes on.
    assert (row["what"], row["agreed_days"], row["within_ratio"]) == ("Rooms to build in", 2, 0)


def test_without_flags_items_waited_at_most_as_long_as_both_were_open(small: Imports) -> None:
    row = edges(small.warehouse, small.warehouse.default_scope("shop")).loc["apps", "rooms"]
    assert (row["waits"], row["wait_days"], bool(row["is_flagged"])) == (1, 3, False)
    assert pd.isna(row["cost"]) and pd.isna(row["what"])


def test_a_part_in_another_stream_is_a_line_and_no_missing_parent(small: Imports) -> None:
    row = edges(small.warehouse, small.warehouse.default_scope("shop")).loc["shop", "apps"]
    assert (row["waits"], row["parts"]) == (0, 1)
    problems = small.warehouse.problems()
    assert not set(problems["check"]) & {"parent_missing", "missing_target"}


def test_the_working_clock_counts_the_hours_of_the_calendar(small: Imports) -> None:
    """Tuesday 2 to Monday 8 January 2024: four days of eight hours; to Friday 5: three; 4 to 20: twelve."""
    working = replace(small.warehouse.default_scope("shop"), clock="working")
    row = edges(small.warehouse, working).loc["shop", "rooms"]
    assert row["wait_days"] == pytest.approx((4 + 3 + 12) * 8 / 24)
    # Delay costs by the calendar, and a promise is in days of it, whichever clock is shown.
    assert (row["cost"], row["within_ratio"]) == (2500, 0)


def test_each_wait_counts_in_the_one_scope_it_ended_in(small: Imports) -> None:
    whole = small.warehouse.default_scope("shop")
    parts = [
        replace(whole, until=pd.Timestamp("2024-01-06").date()),
        replace(whole, since=pd.Timestamp("2024-01-06").date()),
    ]
    found = [edges(small.warehouse, each).loc["shop", "rooms"] for each in parts]
    assert [row["wait_days"] for row in found] == [3, 6 + 16]


def test_the_waits_of_a_stream_are_listed_with_what_they_waited_for(small: Imports) -> None:
    table = small.warehouse.ask(
        "charts.network_waits", small.warehouse.default_scope("shop"), on_stream=None, row_limit=9, row_offset=0
    )
    assert list(zip(table["item_id"], table["on_item_id"], table["wait_days"], strict=True)) == [
        ("S-4", "R-3", 16), ("S-1", "R-1", 6), ("S-2", "R-1", 3),
    ]  # fmt: skip
    assert pd.isna(table["waited_until_on"].iloc[0])


def test_whatever_stream_team_or_type_is_chosen_the_network_is_the_same(small: Imports) -> None:
    whole = small.warehouse.default_scope("shop")
    for name in ("charts.network_edges", "charts.network_streams", "charts.shared_teams"):
        for other in (replace(whole, stream="apps"), replace(whole, teams=("None",)), replace(whole, types=("bug",))):
            pd.testing.assert_frame_equal(small.warehouse.ask(name, other), small.warehouse.ask(name, whole))


def test_streams_are_counted_with_what_is_open_and_what_was_finished(small: Imports) -> None:
    table = small.warehouse.ask("charts.network_streams", small.warehouse.default_scope("shop")).set_index("stream")
    assert table["open_items"].to_dict() == {"rooms": 2, "shop": 1, "apps": 0}
    assert table["finished_items"].to_dict() == {"rooms": 2, "shop": 5, "apps": 1}
    # Of the shop's five, four took 19 days and one 8; of the rooms', 4 and 7.
    assert table["median_lead_days"].to_dict() == {"rooms": 5.5, "shop": 19, "apps": 4}


def test_the_page_tells_what_is_at_most_so_and_what_goes_on(small: Imports) -> None:
    home = small.settings.home
    whole = texts(network.body(seen(home, small.warehouse, stream="shop")))
    assert "3 items of Shop waited 25.0 d for rooms; half of 3 waits took 6.0 d or longer" in whole
    assert "2,500 EUR of delay. 0 % of them ended within the agreed 2 days." in whole
    assert "1 item of apps waited at most 3.0 d for rooms" in whole
    streams, lines = (
        small.warehouse.ask(f"charts.network_{each}", small.warehouse.default_scope("shop"))
        for each in ("streams", "edges")
    )
    # Whether a wait is flagged reads alike from a row of pandas and from Python.
    unsure = lines[lines["stream"] == "apps"].astype({"is_flagged": bool})
    assert network._table(unsure, {})["waited"].tolist() == ["at most 3.0 d"]
    assert "at most 3.0 d" in network_map(streams, unsure)
    assert "Waits that no stream has declared: apps, for rooms." in whole
    asked = seen(home, small.warehouse, stream="shop", edge=key_of("apps", "rooms"))
    assert "Its source tells no blocked times" in texts(network.body(asked))
    parts = seen(home, small.warehouse, stream="shop", edge=key_of("shop", "apps"))
    assert "1 item there are parts of its items" in texts(network.body(parts))


def test_a_line_that_no_data_know_and_a_foreign_key_are_told(small: Imports) -> None:
    home = small.settings.home
    for edge in ("nonsense", key_of("no", "where"), urlencode({"on": "rooms"})):
        assert "Which items of Shop waited for rooms?" in texts(
            network.body(seen(home, small.warehouse, stream="shop", edge=edge))
        )


def test_one_stream_alone_is_told_what_a_network_needs(whole_imports: Imports) -> None:
    whole_imports.run(whole_imports.file("one.csv", "id,created,finished\nA,2024-01-01,2024-01-03\nB,2024-01-02,\n"))
    page = texts(network.body(seen(whole_imports.settings.home, whole_imports.warehouse)))
    assert "There is one value stream" in page


def test_needs_are_read_checked_and_written_back(tmp_path: Path) -> None:
    path = tmp_path / "streams.toml"
    path.write_text(DEFINITION, encoding="utf-8")
    streams = read_definition(path)
    write_definition(tmp_path / "again.toml", streams.values())
    assert read_definition(tmp_path / "again.toml") == streams
    path.write_text(DEFINITION.replace("agreed_days = 2", "agreed_days = 0"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=re.escape("line 10: stream[0].needs[0].agreed_days is 0; it should")):
        read_definition(path)


@pytest.fixture(scope="module")
def warehouse(demo: Settings, catalogue: Catalogue) -> Warehouse:
    return Warehouse(demo.warehouse, catalogue)


def raw(name: str) -> pd.DataFrame:
    files = (ROOT / "data" / "sample" / "demo").glob(f"*{name}.csv")
    return pd.concat([pd.read_csv(file) for file in files], ignore_index=True)


@pytest.mark.parametrize(("stream", "on_stream"), [("bank", "bank-platform"), ("bank-desk", "bank")])
def test_the_demo_waits_as_long_as_pandas_finds_in_the_raw_files(
    warehouse: Warehouse, stream: str, on_stream: str
) -> None:
    """The flags of an item, cut to when what blocks it was open; no two blockers of one stream overlap here."""
    moves, links, blocked = raw("transitions"), raw("links"), raw("blocked")
    moves["occurred_at"] = pd.to_datetime(moves["occurred_at"])
    last = moves[moves["stream"] == stream]["occurred_at"].max()
    begun = moves.groupby("item_id")["occurred_at"].min()
    final = moves.sort_values("occurred_at").groupby("item_id").last()
    ended = final[final["to_state"].isin(["Released", "Cancelled", "Provided", "Closed"])]["occurred_at"]
    theirs = set(moves[moves["stream"] == on_stream]["item_id"])
    rows = blocked[blocked["stream"] == stream].merge(
        links[links["kind"] == "blocks"], left_on="item_id", right_on="to_id"
    )
    rows = rows[rows["from_id"].isin(theirs)]
    spans = pd.DataFrame(
        {
            "item": rows["item_id"],
            "begin": pd.concat([pd.to_datetime(rows["blocked_at"]), rows["from_id"].map(begun)], axis=1).max(axis=1),
            "end": pd.concat(
                [pd.to_datetime(rows["unblocked_at"]).fillna(last), rows["from_id"].map(ended).fillna(last)], axis=1
            ).min(axis=1),
        }
    )
    spans = spans[spans["end"] > spans["begin"]].sort_values(["item", "begin"])
    for one, other in pairwise(spans.itertuples()):
        assert one.item != other.item or one.end < other.begin
    row = edges(warehouse, warehouse.default_scope("bank")).loc[stream, on_stream]
    assert row["waits"] == len(spans) > 20
    assert row["wait_days"] == pytest.approx((spans["end"] - spans["begin"]).dt.total_seconds().sum() / 86_400)


def test_the_shared_team_of_the_bank_is_seen_in_both_streams(warehouse: Warehouse) -> None:
    table = warehouse.ask("charts.shared_teams", warehouse.default_scope("bank"))
    assert [tuple(row) for row in table[["team", "stream"]].to_numpy()] == [
        ("Test & Release", "bank"), ("Test & Release", "bank-platform"),
    ]  # fmt: skip
    assert table["share_ratio"].sum() == pytest.approx(1)


def fifty() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fifty streams: eight platforms, eight desks, products between them, and one line that leads back."""
    kinds = ["platform"] * 8 + ["product"] * 34 + ["support"] * 8
    names = [f"s{number:02}" for number in range(50)]
    streams = pd.DataFrame(
        {"stream": names, "name": names, "kind": kinds, "open_items": 3, "finished_items": 8, "median_lead_days": 4.5}
    )
    pairs = [(names[number], names[number % 8]) for number in range(8, 42)]
    pairs += [(names[number], names[8 + number * 7 % 34]) for number in range(42, 50)] + [(names[0], names[20])]
    lines = pd.DataFrame(pairs, columns=["stream", "on_stream"])
    lines["wait_days"] = [float(90 - number) for number in range(len(lines))]
    return streams, lines.assign(waits=5, is_flagged=True, parts=0, what="work")


def test_the_map_of_fifty_streams_has_every_box_once_and_none_over_another() -> None:
    streams, lines = fifty()
    svg = network_map(streams, lines)
    boxes = [tuple(map(float, each)) for each in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="214"', svg)]
    assert len(boxes) == len(set(boxes)) == 50
    for column in {x for x, _ in boxes}:
        heights = sorted(y for x, y in boxes if x == column)
        assert all(below - above > 70 for above, below in pairwise(heights))
    # A platform stands left of what waits for it, and only the product that a platform waits for leads back.
    assert len({x for x, _ in boxes}) == 3
    assert svg.count('class="back"') == 1
    assert svg.count('data-id="') == len(lines)


def test_streams_that_wait_for_each_other_are_drawn_with_the_shorter_wait_back() -> None:
    streams, lines = fifty()
    both = lines.head(1).assign(stream="s10", on_stream="s11")
    svg = network_map(streams, pd.concat([both, both.assign(stream="s11", on_stream="s10", wait_days=1.0)]))
    back = re.search(r'<g class="move"[^>]*data-id="([^"]*)"[^>]*>(?:(?!</g>).)*class="back"', svg)
    assert back is not None
    assert back[1] == "stream=s11&amp;on=s10"
