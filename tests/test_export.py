"""`vsm export`: logs that other tools read, and exports that name nobody and nothing."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import ROOT

from dashboard import build, snapshots
from dashboard.__main__ import main
from dashboard.catalogue import Catalogue
from dashboard.errors import SettingsError
from dashboard.export import LAYOUTS, RENAMED, SHAPES, TABLES, Wanted, export
from dashboard.export.event_log import file_names
from dashboard.scope import CLOCKS, Scope
from dashboard.settings import Settings
from dashboard.sources.xes import write_events
from dashboard.streams.definition import Calendar, Stage, Stream, read_definition
from dashboard.streams.written import write_definition
from dashboard.warehouse import Warehouse

DEMO = ROOT / "data" / "sample" / "demo"

ITEMS = """stream,item_id,title,type,team,priority,parent_id,created_at,status
s,A-1,"=1+1, ""quoted"" <b> & 'x'",bug,Red,,,2024-01-01T08:00:00Z,
s,A-2,,story,Blue,high,A-1,2024-01-02T08:00:00Z,
s,A-3,never moved,story,Blue,,,2024-01-03T08:00:00Z,To do
"""
# A-1 has no transition into its first state; A-2 enters two states at one instant.
TRANSITIONS = """stream,item_id,seq,occurred_at,from_state,to_state,team,person
s,A-1,1,2024-01-02T09:00:00.250Z,To do,Doing,Red,Ann
s,A-1,2,2024-01-03T09:00:00.000001Z,Doing,Done,,
s,A-2,5,2024-01-02T08:00:00Z,,To do,Blue,
s,A-2,6,2024-01-04T08:00:00Z,,Doing,Blue,Ben
s,A-2,7,2024-01-04T08:00:00Z,,Done,,
"""

EVENTS = [
    ("A-1", "To do", "2024-01-01T08:00:00.000000Z", ""),
    ("A-1", "Doing", "2024-01-02T09:00:00.250000Z", "Red"),
    ("A-1", "Done", "2024-01-03T09:00:00.000001Z", ""),
    ("A-2", "To do", "2024-01-02T08:00:00.000000Z", "Blue"),
    ("A-2", "Doing", "2024-01-04T08:00:00.000000Z", "Blue"),
    ("A-2", "Done", "2024-01-04T08:00:00.000000Z", ""),
]

Homes = Callable[..., Warehouse]


def imported(home: Path, catalogue: Catalogue, *files: Path, **options: Any) -> Warehouse:
    """A warehouse of files."""
    settings = Settings(home=home)
    build.import_files(files, settings, catalogue, build.Options(**options))
    return Warehouse(settings.warehouse, catalogue, threads=1)


def written(folder: Path, **texts: str) -> list[Path]:
    """Files of the given texts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [folder / f"{name}.csv" for name in texts]


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Warehouse:
    """The warehouse of the two tables above."""
    home = tmp_path_factory.mktemp("small")
    return imported(home, catalogue, *written(home / "files", items=ITEMS, transitions=TRANSITIONS))


def test_an_event_is_an_entry_into_a_state_the_first_one_included(
    small: Warehouse, catalogue: Catalogue, tmp_path: Path
) -> None:
    told: list[str] = []
    log, definition = export(small.snapshot, tmp_path, catalogue, Wanted("event-log"), told.append)
    assert (log.name, definition.name) == ("s.csv", "streams.toml")
    rows = rows_of(log)
    columns = ("case:concept:name", "concept:name", "time:timestamp", "org:group")
    assert [tuple(row[column] for column in columns) for row in rows] == EVENTS
    assert {row["lifecycle:transition"] for row in rows} == {"start"}
    assert rows[3]["case:parent"] == "A-1"
    assert rows[3]["case:created"] == "2024-01-02T08:00:00.000000Z"
    assert rows[0]["case:title"] == "'=1+1, \"quoted\" <b> & 'x'"
    assert "p-" not in log.read_text(encoding="utf-8")
    assert told == ["S: 1 items have no history and are not in the log."]


def test_the_log_as_xes_holds_the_same_events(small: Warehouse, catalogue: Catalogue, tmp_path: Path) -> None:
    path, _ = export(small.snapshot, tmp_path, catalogue, Wanted("xes"))
    with path.open("rb") as source:
        account = write_events(source, path.name, tmp_path / "read.csv")
    rows = rows_of(tmp_path / "read.csv")
    assert (account.traces, account.events, account.left_out, len(rows)) == (2, 6, 0, 6)
    columns = ("case:concept:name", "concept:name", "time:timestamp", "org:group")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        (item, state, re.sub(r"(\.\d{3})0{3}Z$|Z$", r"\1+00:00", at), team) for item, state, at, team in EVENTS
    ]
    assert rows[0]["case:title"] == "=1+1, \"quoted\" <b> & 'x'"


@pytest.mark.parametrize(("state", "day"), [("Doing", "2024-01-01"), ("Done", "2024-01-10")])
def test_the_state_first_heard_of_begins_with_the_item_unless_it_is_the_end(
    catalogue: Catalogue, tmp_path: Path, state: str, day: str
) -> None:
    # Created on the 1st, first heard of on the 10th: nine days in the first state, as the pages count them.
    items = "item_id,created_at\nA,2024-01-01\nB,2024-01-01\n"
    moves = f"item_id,occurred_at,to_state\nA,2024-01-10,{state}\nB,2024-01-01,Doing\nB,2024-01-11,Done\n"
    files = written(tmp_path / "files", items=items, transitions=moves)
    home = imported(tmp_path / "home", catalogue, *files, stream="s")
    log, _ = export(home.snapshot, tmp_path / "out", catalogue, Wanted("event-log"))
    assert rows_of(log)[0]["time:timestamp"].startswith(day)


def test_what_xml_forbids_is_left_out_and_what_it_would_change_is_escaped(catalogue: Catalogue, tmp_path: Path) -> None:
    title = "a\x01b\ufffec\td e &amp; 𝄞"
    items = f'item_id,title,created_at\nA,"{title}",2024-01-01\n'
    files = written(tmp_path / "files", items=items, transitions="item_id,occurred_at,to_state\nA,2024-01-01,Do\n")
    home = imported(tmp_path / "home", catalogue, *files, stream="s")
    path, _ = export(home.snapshot, tmp_path / "out", catalogue, Wanted("xes"))
    with path.open("rb") as source:
        write_events(source, path.name, tmp_path / "read.csv")
    assert rows_of(tmp_path / "read.csv")[0]["case:title"] == "abc\td e &amp; 𝄞"


def test_a_log_that_went_out_as_xes_comes_back_with_the_same_transitions(catalogue: Catalogue, tmp_path: Path) -> None:
    log = ROOT / "tests" / "exports" / "event_log_entered" / "input.csv"
    first = imported(tmp_path / "first", catalogue, log, stream="s", accepts_bad_rows=True)
    path, definition = export(first.snapshot, tmp_path / "out", catalogue, Wanted("xes"))
    with path.open("rb") as source:
        write_events(source, path.name, tmp_path / "again.csv")
    second = imported(tmp_path / "second", catalogue, tmp_path / "again.csv", stream="s", config=definition)
    columns = ["item_id", "occurred_at", "to_state", "team"]
    ours, theirs = (
        home.table("canonical.transitions").sort_values(["item_id", "occurred_at", "seq"])[columns]
        for home in (first, second)
    )
    assert len(ours) > 5
    pd.testing.assert_frame_equal(ours.reset_index(drop=True), theirs.reset_index(drop=True))
    clocks = ["item_id", "type", "created_at", "lead_seconds", "history_seconds"]
    pd.testing.assert_frame_equal(*(home.table("marts.items")[clocks] for home in (first, second)))


def test_a_stream_can_be_chosen_and_each_has_its_file(catalogue: Catalogue, demo: Settings, tmp_path: Path) -> None:
    snapshot = snapshots.current(demo.warehouse)
    names = [path.name for path in export(snapshot, tmp_path / "all", catalogue, Wanted("event-log"))]
    assert names == ["bank.csv", "bank_desk.csv", "bank_platform.csv", "healthcare.csv", "retailer.csv", "streams.toml"]
    for shape in SHAPES:
        *files, definition = export(snapshot, tmp_path / shape, catalogue, Wanted(shape, stream="bank"))
        assert list(read_definition(definition)) == ["bank"]
        assert files
        assert "retailer" not in "".join(path.read_text(encoding="utf-8") for path in [*files, definition])
    with pytest.raises(
        SettingsError, match=r"no value stream 'x'\. There are: bank, bank-desk, bank-platform, healthcare, retailer"
    ):
        export(snapshot, tmp_path / "none", catalogue, Wanted(stream="x"))
    assert not (tmp_path / "none").exists()


def test_names_of_files_are_plain_and_differ() -> None:
    streams = ["../../etc", "A b", "a-b", "日本", "é", "x" * 300]
    assert file_names(streams) == ["etc", "a_b", "a_b_2", "stream", "stream_2", "x" * 80]


def test_what_can_not_be_exported_is_told(small: Warehouse, catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="leave --format away"):
        export(small.snapshot, tmp_path / "out", catalogue, Wanted("xes", "parquet"))
    written(tmp_path / "full", old="a secret")
    with pytest.raises(SettingsError, match="Anonymise into an empty folder"):
        export(small.snapshot, tmp_path / "full", catalogue, Wanted(is_anonymised=True))


def test_an_export_leaves_nothing_but_its_files(small: Warehouse, catalogue: Catalogue, tmp_path: Path) -> None:
    for wanted in (Wanted(), Wanted("xes"), Wanted("event-log", "parquet"), Wanted(is_anonymised=True)):
        folder = tmp_path / repr(wanted)
        files = export(small.snapshot, folder, catalogue, wanted)
        assert sorted(folder.iterdir()) == sorted(files)


@pytest.fixture(scope="module")
def plain_demo(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Warehouse:
    """The demo in UTC and without holidays: a shift by weeks then changes no working hour."""
    home = tmp_path_factory.mktemp("plain")
    streams = read_definition(ROOT / "data" / "streams.toml").values()
    write_definition(home / "streams.toml", [stream.model_copy(update={"calendar": Calendar()}) for stream in streams])
    return imported(home, catalogue, *sorted(DEMO.glob("*.csv")))


@pytest.fixture(scope="module")
def anonymised_demo(plain_demo: Warehouse, tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Warehouse:
    """The same after an anonymised export."""
    folder = tmp_path_factory.mktemp("anonymised")
    *files, definition = export(plain_demo.snapshot, folder / "out", catalogue, Wanted(is_anonymised=True))
    return imported(folder / "home", catalogue, *files, config=definition)


def test_an_anonymised_export_gives_every_metric_as_it_was(
    plain_demo: Warehouse, anonymised_demo: Warehouse, catalogue: Catalogue
) -> None:
    twins = {_figures(anonymised_demo, stream): stream for stream in anonymised_demo.streams()["stream"]}
    for stream in plain_demo.streams()["stream"]:
        twin = twins[_figures(plain_demo, stream)]
        ours, theirs = plain_demo.default_scope(stream), anonymised_demo.default_scope(twin)
        moved = theirs.since - ours.since
        assert (moved.days % 7, theirs.until - ours.until) == (0, moved)
        assert abs(moved) >= dt.timedelta(weeks=26)
        for name in catalogue.metrics:
            for period in ("all", "week"):
                # The surveys' months are whole months again: their week is another.
                if (name, period) != ("team_satisfaction", "week"):
                    _assert_equal(name, plain_demo, ours, anonymised_demo, theirs, period, moved)


def _figures(home: Warehouse, stream: str) -> tuple[int, float, float]:
    """What tells a stream by its data alone."""
    items = home.table("marts.items")
    items = items[items["stream"] == stream]
    return len(items), float(items["lead_seconds"].sum()), float(items["blocked_seconds"].sum())


def _assert_equal(
    name: str, home: Warehouse, scope: Scope, twin: Warehouse, moved_scope: Scope, period: str, moved: dt.timedelta
) -> None:
    for clock in CLOCKS:
        ours, theirs = (
            each.measure(each.catalogue.metric(name), replace(chosen, clock=clock, period=period))
            for each, chosen in ((home, scope), (twin, moved_scope))
        )
        shifted = ours.assign(period_start=pd.to_datetime(ours["period_start"]) + moved)
        pd.testing.assert_frame_equal(
            shifted, theirs.assign(period_start=pd.to_datetime(theirs["period_start"])), obj=f"{name} {period} {clock}"
        )


def test_links_meet_and_durations_stay_in_an_anonymised_warehouse(
    plain_demo: Warehouse, anonymised_demo: Warehouse
) -> None:
    for mart, columns in {
        "deployments": ["items_count", "changes_count", "is_success", "is_unplanned"],
        "incidents": ["restore_seconds"],
        "visits": ["stage", "seconds", "working_seconds", "blocked_seconds", "is_rework", "is_handoff", "is_in_flow"],
        "waste": ["bucket", "seconds"],
    }.items():
        tables = [home.table(f"marts.{mart}") for home in (plain_demo, anonymised_demo)]
        present = [column for column in columns if column in tables[0].columns]
        assert present, mart
        pd.testing.assert_frame_equal(
            *(table[present].sort_values(present).reset_index(drop=True) for table in tables), obj=mart
        )
    parents = [
        home.table("marts.items").groupby("parent_id").size().sort_values() for home in (plain_demo, anonymised_demo)
    ]
    assert list(parents[0]) == list(parents[1])


CANARY = "canary"
# Kept by design: states, stages and types.
FULL = {
    "items": [
        "stream,item_id,title,type,team,priority,parent_id,created_at,status",
        "canary stream,CANARY-1,canary title canary@example.org,bug,canary team,canary priority,CANARY-2,2024-01-01,Do",
        "canary stream,CANARY-2,=canary formula,bug,canary team,canary priority,,2024-01-01,Do",
    ],
    "transitions": [
        "stream,item_id,seq,occurred_at,from_state,to_state,team,person",
        "canary stream,CANARY-1,1,2024-01-02T03:04:05Z,Do,Doing,canary team,canary@example.org",
        "canary stream,CANARY-1,2,2024-01-03T03:04:05Z,Doing,Done,other canary team,p-ca0a4fca0a",
    ],
    "blocked": ["stream,item_id,blocked_at,reason", "canary stream,CANARY-1,2024-01-02,canary is ill"],
    "deployments": [
        "stream,deployment_id,service,environment,deployed_at,status",
        "canary stream,canary-deployment,canary service,canary environment,2024-01-04,success",
        "canary stream,canary-deployment-2,canary service,PROD,2024-01-04,success",
    ],
    "changes": [
        "stream,change_id,service,authored_at,merged_at,deployment_id,item_id,is_revert,is_bot",
        "canary stream,canary-change,canary service,2024-01-02,2024-01-02,canary-deployment,CANARY-1,false,false",
    ],
    "incidents": [
        "stream,incident_id,service,severity,started_at,restored_at,deployment_id",
        "canary stream,canary-incident,canary service,canary severity,2024-01-05,,canary-deployment",
    ],
    "survey_sums": [
        "stream,team,survey_on,answers_count,score_sum,asked_count",
        "canary stream,canary team,2024-01-01,7,21,9",
    ],
    "links": ["stream,kind,from_id,to_id", "canary stream,canary kind,CANARY-1,CANARY-9"],
}
DEFINITION = Stream(
    id="canary stream",
    name="Canary & Sons",
    customer="Canary customer",
    supplier="Canary supplier",
    tools=("Canary tool",),
    owner="Canary Owner",
    stakeholders=("Canary stakeholder",),
    objectives=("Canary objective",),
    reassess_on=dt.date(2024, 1, 6),
    stage=(
        Stage(name="Do", category="backlog", mode="wait"),
        Stage(name="Doing", team="canary stage team", reason="canary reason"),
        Stage(name="Done", category="done", mode="wait"),
    ),
)


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Warehouse:
    """A warehouse with a canary in every field that is not kept by design."""
    home = tmp_path_factory.mktemp("cage")
    write_definition(home / "streams.toml", [DEFINITION])
    files = written(home / "files", **{name: "\n".join([*lines, ""]) for name, lines in FULL.items()})
    return imported(home, catalogue, *files)


WITHOUT_HISTORY = """item_id,title,type,points,created_at,started_at,finished_at,cancelled_at,status
B-1,=x,bug,3,2024-01-01T08:00:00Z,2024-01-02T08:00:00.25Z,2024-01-05T08:00:00Z,,
B-2,'=x,bug,0.5,2024-01-01T08:00:00Z,,2024-01-05T08:00:00Z,,
B-3,-3,bug,,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,,2024-01-03T08:00:00Z,
B-4,@a,bug,,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,,,Doing
B-5,''-x,bug,,2024-01-01T08:00:00Z,,,,To do
B-6,"-1+1
=2",bug,,2024-01-01T08:00:00Z,,,,To do
"""


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_items_without_history_come_back_as_they_were(ending: str, catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    # A list of another tool: its apostrophes are its own.
    sheet = WITHOUT_HISTORY.replace("created_at", "created").replace("item_id", "id")
    first = imported(tmp_path / "home", catalogue, *written(tmp_path / "sheet", s=sheet))
    *files, definition = export(first.snapshot, tmp_path / "out", catalogue, Wanted(ending=ending))
    second = imported(tmp_path / "again", catalogue, *files, config=definition)
    assert list(first.table("marts.items")["title"]) == ["=x", "'=x", "-3", "@a", "''-x", "-1+1\n=2"]
    for mart in ("descriptions", "items", "visits"):
        pd.testing.assert_frame_equal(*(home.table(f"marts.{mart}") for home in (first, second)), obj=mart)
    assert list(first.table("marts.descriptions")["points"].fillna(0)) == [3, 0.5, 0, 0, 0, 0]


WAYS = [("tables", "csv"), ("tables", "parquet"), ("event-log", "csv"), ("event-log", "parquet"), ("xes", "csv")]


@pytest.mark.parametrize(("shape", "ending"), WAYS, ids=lambda value: value)
def test_no_canary_gets_out(shape: str, ending: str, canary: Warehouse, catalogue: Catalogue, tmp_path: Path) -> None:
    open_ = export(canary.snapshot, tmp_path / "open", catalogue, Wanted(shape, ending))
    assert CANARY in _told(open_), "the canary is not where the test looks"
    files = export(canary.snapshot, tmp_path / "out", catalogue, Wanted(shape, ending, is_anonymised=True))
    assert len(files) == len(open_)
    told = _told(files)
    # Names, the pseudonym of the warehouse, the days.
    for secret in (CANARY, "p-ca0a4fca0a", "2024-01-0", "2024"):
        assert secret not in told
    assert "Doing" in told
    assert "bug" in told


def _told(files: list[Path]) -> str:
    """Names and contents, in lower case."""
    texts = []
    for path in files:
        if path.suffix == ".parquet":
            texts.append(duckdb.read_parquet(str(path)).df().to_csv())
            texts.append(path.read_bytes().decode("latin-1"))
        else:
            texts.append(path.read_text(encoding="utf-8"))
    return "\n".join([*(path.name for path in files), *texts]).lower().replace("doing", "Doing")


def test_every_column_of_our_layout_is_decided_upon(canary: Warehouse, catalogue: Catalogue, tmp_path: Path) -> None:
    """A column that is new in our layout is not in an anonymised export until somebody says what becomes of it."""
    export(canary.snapshot, tmp_path, catalogue, Wanted(is_anonymised=True))
    for table in TABLES:
        roles = LAYOUTS[RENAMED.get(table, table)].roles
        # The changes of a deployment are a table of their own, and a merge is no change that is kept.
        left_out = {("deployments", "changes"), ("changes", "is_merge")}
        columns = [role.name for role in roles if (table, role.name) not in left_out]
        assert list(rows_of(tmp_path / f"{table}.csv")[0]) == columns, table


def test_the_definition_keeps_what_the_analysis_needs(canary: Warehouse, catalogue: Catalogue, tmp_path: Path) -> None:
    *_, path = export(canary.snapshot, tmp_path, catalogue, Wanted(is_anonymised=True))
    (stream,) = read_definition(path).values()
    assert (stream.id, stream.name, stream.customer, stream.supplier) == ("stream-1", "stream-1", "Customer", "Demand")
    assert (stream.owner, stream.tools, stream.stakeholders, stream.objectives) == (None, (), (), ())
    assert stream.reassess_on is None
    assert stream.calendar == DEFINITION.calendar
    assert [stage.name for stage in stream.stage] == ["Do", "Doing", "Done"]
    assert re.fullmatch(r"team-\d", stream.stage[1].team or "")


def test_neither_order_nor_numbers_tell_the_keys(plain_demo: Warehouse, catalogue: Catalogue, tmp_path: Path) -> None:
    """Keys count up in time: stand-ins numbered in their order would tell them."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        export(plain_demo.snapshot, folder, catalogue, Wanted(stream="bank", is_anonymised=True))
    numbers = [[int(row["item_id"].split("-")[1]) for row in rows_of(folder / "items.csv")] for folder in folders]
    in_time = pd.Series(range(len(numbers[0])), dtype="float")
    for drawn in numbers:
        assert sorted(drawn) == list(range(1, len(drawn) + 1))
        assert abs(in_time.corr(pd.Series(drawn, dtype="float"))) < 0.3
    assert numbers[0] != numbers[1]


def test_csv_answers_of_the_command_hold_no_formula(small: Warehouse) -> None:
    answer = CliRunner().invoke(main, ["--home", str(small.root.parent), "items", "--format", "csv"])
    assert answer.exit_code == 0, answer.output
    assert "'=1+1" in answer.stdout


def test_the_command_says_what_anonymising_keeps(small: Warehouse, tmp_path: Path) -> None:
    home = ["--home", str(small.root.parent), "export", str(tmp_path / "out"), "--as", "event-log"]
    answer = CliRunner().invoke(main, [*home, "--anonymise", "--stream", "s"])
    assert answer.exit_code == 0, answer.output
    assert [Path(line).name for line in answer.stdout.splitlines()] == ["stream_1.csv", "streams.toml"]
    assert "As they were: states, stages, types of work" in answer.stderr
