"""Several files about the same things: joined, updated, and never one thing taken for another."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT, Imports, span

from dashboard.catalogue import Catalogue
from dashboard.errors import SourceError

DAY = pd.Timedelta(days=1)


def items(imports: Imports) -> pd.DataFrame:
    """The work items by key."""
    return imports.warehouse.table("marts.items").set_index("item_id")


def measured(imports: Imports, name: str) -> float | None:
    """A metric of the stream `s` over all days."""
    metric = imports.warehouse.catalogue.metric(name)
    return imports.warehouse.headline(metric, span("2023-01-01", "2025-01-01"))["value"]


def found(imports: Imports, check: str) -> list[str]:
    """What a check names."""
    problems = imports.warehouse.problems()
    return problems.loc[problems["check"] == check, "subject"].tolist()


def test_ended_at_a_time_that_nobody_tells_is_neither_in_progress_nor_finished(whole_imports: Imports) -> None:
    text = (
        "id,title,status,created,started,finished\n1,a,Done,2024-03-01,2024-03-02,2024-03-05\n"
        "2,b,Done,2024-03-01,2024-03-02,\n3,c,Cancelled,2024-03-01,2024-03-02,\n"
        "4,d,In Progress,2024-03-01,2024-03-10,\n"
    )
    whole_imports.run(whole_imports.file("s.csv", text))
    assert measured(whole_imports, "work_in_progress") == 1
    assert measured(whole_imports, "throughput") == 1
    assert found(whole_imports, "end_unknown") == ["2", "3"]


def test_each_stream_of_a_log_has_its_own_items(whole_imports: Imports) -> None:
    rows = [
        f"{stream},1,{state},2024-03-0{day}T08:00:00Z"
        for stream, last in (("web", 5), ("app", 9))
        for state, day in (("To Do", 1), ("Doing", 2), ("Done", last))
    ]
    text = "stream,item_id,status,timestamp\n" + "\n".join(rows)
    account = whole_imports.run(whole_imports.file("log.csv", text))
    assert account.files[0].records("kept") == 6
    lead = whole_imports.warehouse.table("marts.items").set_index("stream")["lead_seconds"] / 86_400
    assert lead.to_dict() == {"web": 4, "app": 8}


def test_a_history_in_pieces_is_the_history(tmp_path: Path, catalogue: Catalogue) -> None:
    """Cut at any line, so that the moves of an item stand in several files."""
    demo = ROOT / "data" / "sample" / "demo"
    head, *rows = (demo / "transitions.csv").read_text("utf-8").splitlines(keepends=True)
    draw, found = random.Random(1), []
    for pieces in (1, 5):
        (tmp_path / str(pieces)).mkdir()
        home = Imports(tmp_path / str(pieces), catalogue)
        cuts = [0, *sorted(draw.sample(range(1, len(rows)), pieces - 1)), len(rows)]
        parts = [home.file(f"{n}.csv", head + "".join(rows[a:b])) for n, (a, b) in enumerate(pairwise(cuts))]
        home.run(demo / "items.csv", *draw.sample(parts, len(parts)))
        found.append([home.warehouse.table(f"marts.{mart}") for mart in ("items", "visits", "moves", "waste")])
    for whole, in_pieces in zip(*found, strict=True):
        pd.testing.assert_frame_equal(whole, in_pieces)


LOG = "case_id,status,timestamp\n" + "".join(
    f"{case},{state},2024-03-0{case + day}T08:00:00Z\n"
    for case in (1, 2)
    for day, state in enumerate(("To Do", "Doing", "Done"))
)


def test_other_cases_under_the_same_numbers_are_refused(imports: Imports) -> None:
    one, other = imports.file("one.csv", LOG), imports.file("other.csv", LOG.replace("2024-03", "2024-06"))
    with pytest.raises(
        SourceError, match=r"other\.csv: 2 keys .* in several files, 2 of them with a history that begins"
    ):
        imports.run(one, other, stream="s")
    imports.run(one, stream="s")
    with pytest.raises(SourceError, match=r"2 keys .* are known already, 2 of them with a history that begins anew"):
        imports.run(other, stream="s")
    imports.run(other, stream="t")


def test_traces_of_one_name_are_several_cases(imports: Imports) -> None:
    trace = (
        '<trace><string key="concept:name" value="t"/><event><string key="concept:name" value="A"/>'
        '<date key="time:timestamp" value="2024-0{0}-01T08:00:00Z"/></event></trace>'
    )
    text = f"<log>{trace.format(3)}{trace.format(4)}</log>"
    account = imports.run(imports.file("a.xes", text))
    assert set(imports.tables()["items"]["item_id"]) == {"t", "t (2)"}
    assert "1 traces go by the name of an earlier one: a number tells them apart" in account.files[0].notes


def test_deployments_of_another_service_under_the_same_numbers_are_refused(imports: Imports) -> None:
    text = "deployment_id,service,deployed_at\n1,web,2024-03-04\n2,web,2024-03-05\n"
    one, other = imports.file("web.csv", text), imports.file("api.csv", text.replace("web", "api"))
    imports.run(one, stream="s")
    with pytest.raises(SourceError, match=r"2 keys .* with another service or day"):
        imports.run(other, stream="s")
    with pytest.raises(SourceError, match=r"2 keys .* with another service or day"):
        imports.run(one, other, stream="t")


ISSUES = (
    "Issue key,Issue id,Issue Type,Status,Summary,Created,Resolved,Resolution\n"
    "A-1,10001,Story,Done,one,2024-03-01 09:00,2024-03-11 09:00,Done\n"
    "A-2,10002,Bug,Done,two,2024-03-02 09:00,2024-03-09 09:00,Won't Do\n"
    "A-3,10003,Story,In Progress,three,2024-03-03 09:00,,\n"
)
CHANGES = (
    "issue_key,from_string,to_string,created\nA-1,To Do,In Progress,2024-03-05T09:00:00Z\n"
    "A-1,In Progress,Done,2024-03-11T09:00:00Z\nA-2,To Do,In Progress,2024-03-06T09:00:00Z\n"
    "A-2,In Progress,Done,2024-03-09T09:00:00Z\nA-3,To Do,In Progress,2024-03-07T09:00:00Z\n"
)
LATER = (
    "issue_key,from_string,to_string,created\nA-1,Done,In Progress,2024-03-20T09:00:00Z\n"
    "A-3,In Progress,Done,2024-03-21T09:00:00Z\n"
)


def test_newest_changes_alone_go_on_from_what_was_known(whole_imports: Imports) -> None:
    files = [
        whole_imports.file(name, text)
        for name, text in (("items.csv", ISSUES), ("changes.csv", CHANGES), ("later.csv", LATER))
    ]
    whole_imports.run(*files[:2], stream="s")
    whole_imports.run(files[2], stream="s")
    told = items(whole_imports)
    assert told.loc["A-3", "cycle_first_seconds"] / 86_400 == 14
    assert str(told.loc["A-1", "started_first_at"]) == "2024-03-05 09:00:00"
    assert pd.isna(told.loc["A-1", "finished_at"])
    whole_imports.run(*files, stream="s", starts_afresh=True)
    pd.testing.assert_frame_equal(items(whole_imports), told)


def test_corrected_history_replaces_the_known_one(whole_imports: Imports) -> None:
    moved = "item_id,occurred_at,to_state\n1,2024-01-01,Open\n1,2024-01-02,Doing\n1,2024-01-03,Done\n"
    whole_imports.run(whole_imports.file("a.csv", moved), stream="s")
    whole_imports.run(whole_imports.file("b.csv", moved.replace("1,2024-01-02,Doing\n", "")), stream="s")
    assert list(whole_imports.tables()["transitions"]["to_state"]) == ["Open", "Done"]


@pytest.mark.parametrize("names", [("r1.csv", "r2.csv"), ("r.csv", "r.csv")], ids=["another name", "the same name"])
def test_reopened_item_of_a_newer_list_is_open(names: tuple[str, str], whole_imports: Imports) -> None:
    header = "id,status,created,started,finished\n"
    first = "1,Done,2024-03-01,2024-03-02,2024-03-08\n2,In Progress,2024-03-01,2024-03-03,\n"
    second = "1,In Progress,2024-03-01,2024-03-02,\n2,Done,2024-03-01,2024-03-03,2024-03-20\n"
    for name, rows in zip(names, (first, second), strict=True):
        whole_imports.run(whole_imports.file(name, header + rows), stream="s")
    told = items(whole_imports)
    assert pd.isna(told.loc["1", "finished_at"]) and str(told.loc["2", "finished_on"].date()) == "2024-03-20"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["list first", "history first"])
def test_what_was_dropped_is_not_finished_by_its_history(order: tuple[int, int], whole_imports: Imports) -> None:
    files = whole_imports.file("items.csv", ISSUES), whole_imports.file("changes.csv", CHANGES)
    for place in order:
        whole_imports.run(files[place], stream="s")
    assert measured(whole_imports, "throughput") == 1
    assert str(items(whole_imports).loc["A-2", "cancelled_at"]) == "2024-03-09 09:00:00"


def test_resolution_of_a_rest_answer_tells_what_was_dropped(whole_imports: Imports) -> None:
    def issue(number: int, resolution: str, *histories: dict[str, object]) -> dict[str, object]:
        return {
            "key": f"A-{number}",
            "fields": {
                "created": "2024-03-01T09:00:00.000+0000",
                "status": {"name": "Done", "statusCategory": {"id": 3}},
                "resolution": {"name": resolution},
                "resolutiondate": "2024-03-05T09:00:00.000+0000",
            },
            "changelog": {"histories": histories},
        }

    change = {"field": "status", "fromString": "To Do", "toString": "Done"}
    move = {"id": "1", "created": "2024-03-05T09:00:00.000+0000", "items": [change]}
    issues = [issue(1, "Done", move), issue(2, "Won't Do", move), issue(3, "Done"), issue(4, "Won't Do")]
    whole_imports.run(whole_imports.file("s.json", json.dumps({"issues": issues})))
    told = items(whole_imports)
    assert list(told["finished_at"].notna()) == [True, False, True, False]
    assert list(told["cancelled_at"].notna()) == [False, True, False, True]


def test_files_of_one_stream_under_two_names_are_told(whole_imports: Imports) -> None:
    whole_imports.run(whole_imports.file("items.csv", ISSUES))
    whole_imports.run(whole_imports.file("changes.csv", CHANGES))
    assert found(whole_imports, "two_streams") == ["items"]


def test_item_that_a_file_no_longer_holds_is_told(whole_imports: Imports) -> None:
    text = "id,created\nA,2024-01-01\nB,2024-01-01\nC,2024-01-01\n"
    whole_imports.run(whole_imports.file("a.csv", text), stream="s")
    whole_imports.run(whole_imports.file("a.csv", text.replace("B,2024-01-01\n", "")), stream="s")
    assert found(whole_imports, "no_longer_in_its_file") == ["B"]


def test_completions_without_a_start_take_none_from_others(whole_imports: Imports) -> None:
    rows = (
        "1,Code,start,08\n1,Code,complete,10\n1,Review,complete,11\n1,Review,start,12\n1,Review,complete,18\n"
        "1,Deploy,start,19\n1,Deploy,complete,20\n"
    )
    rows = "".join(f"{line.rpartition(',')[0]},2024-03-20T{line[-2:]}:00:00Z\n" for line in rows.splitlines())
    whole_imports.run(whole_imports.file("s.csv", f"case_id,activity,lifecycle,timestamp\n{rows}"))
    transitions = whole_imports.tables()["transitions"].sort_values(["occurred_at", "seq"])
    hours = [f"{at:%H} {state}" for at, state in zip(transitions["occurred_at"], transitions["to_state"], strict=True)]
    assert hours == [
        "08 Code", "10 Waiting for Review", "11 Review", "11 Waiting for Review", "12 Review", "18 Waiting for Deploy",
        "19 Deploy", "20 Deploy · ended",
    ]  # fmt: skip


def test_activities_at_one_time_are_told(imports: Imports) -> None:
    text = (
        "case_id,activity,start_timestamp,end_timestamp\n1,Build,2024-03-01T08:00:00Z,2024-03-01T18:00:00Z\n"
        "1,Ping,2024-03-01T09:00:00Z,2024-03-01T09:05:00Z\n1,Ship,2024-03-01T20:00:00Z,2024-03-01T21:00:00Z\n"
    )
    assert any(
        "1 activities begin while another" in note for note in imports.run(imports.file("s.csv", text)).files[0].notes
    )


def test_changes_that_a_deployment_names_are_deployed_by_it(whole_imports: Imports) -> None:
    deployments = [
        {"deploy_id": "d1", "time_created": "2024-03-05T10:00:00Z", "main_commit": "c2", "changes": ["c1", "c2"]},
        {"deploy_id": "d2", "time_created": "2024-03-08T10:00:00Z", "main_commit": "c3", "changes": ["c2", "c3"]},
    ]
    changes = [
        {"change_id": f"c{number}", "time_created": f"2024-03-0{day}T10:00:00Z"}
        for number, day in ((1, 1), (2, 3), (3, 6))
    ]
    files = [
        whole_imports.file(name, json.dumps(rows))
        for name, rows in (("deployments.json", deployments), ("changes.json", changes))
    ]
    whole_imports.run(*files, stream="s")
    assert measured(whole_imports, "change_lead_time") == 2  # 4, 2 and 2 days
    assert measured(whole_imports, "batch_size") == 1.5


def test_order_of_the_dates_is_told_where_it_is_not_certain(imports: Imports) -> None:
    rows = "".join(f"A-{number},{number:02}/04/2024\n" for number in range(1, 29)) + "A-30,03/20/2024\n"
    (file,) = imports.run(imports.file("a.csv", f"id,created\n{rows}"), accepts_bad_rows=True).files
    assert any("1 dates can only be month-first, the others are day-first" in note for note in file.notes)
    text = "id,created,finished\n1,13/02/2024,03/05/2024\n2,14/02/2024,04/06/2024\n"
    (file,) = imports.run(imports.file("b.csv", text)).files
    assert any(note.startswith("finished_at: no day above 12; read day-first") for note in file.notes)


def test_times_without_a_zone_are_in_that_of_the_stream(imports: Imports, tmp_path: Path) -> None:
    text = "id,created,finished\n1,2024-03-07 00:30:00,2024-03-08 00:30:00\n"
    path = imports.file("s.csv", text)
    imports.run(path, time_zone="America/New_York")
    first = imports.tables()["items"]["finished_at"].tolist()
    assert first == [pd.Timestamp("2024-03-08 05:30")]
    imports.run(path)
    assert imports.tables()["items"]["finished_at"].tolist() == first
    config = tmp_path / "defined.toml"
    stage = '[[stream.stage]]\nname = "{0}"\ncategory = "{1}"\n'
    defined = '[[stream]]\nid = "t"\nname = "T"\n[stream.calendar]\ntime_zone = "America/New_York"\n'
    config.write_text(defined + stage.format("Doing", "in-progress") + stage.format("Done", "done"), encoding="utf-8")
    imports.run(path, stream="t", config=config)
    told = imports.tables()["items"]
    assert told.loc[told["stream"] == "t", "finished_at"].tolist() == first


def test_long_text_before_the_history_hides_no_format(imports: Imports) -> None:
    issue = {
        "key": "B-1",
        "fields": {"description": "x" * 90_000, "created": "2024-03-01T09:00:00.000+0000"},
        "changelog": {"histories": []},
    }
    account = imports.run(imports.file("a.json", json.dumps({"issues": [issue]})))
    assert account.files[0].format.name == "jira_json"


def test_incident_is_known_by_its_id_whatever_its_times_are_called(imports: Imports) -> None:
    text = "incident_id,severity,created_at,resolved_at\nI1,SEV1,2024-03-05T12:00:00Z,2024-03-05T15:00:00Z\n"
    imports.run(imports.file("a.csv", text), imports.file("b.csv", "id,created\nA,2024-01-01\n"), stream="s")
    (row,) = imports.tables()["incidents"].itertuples()
    assert row.restored_at - row.started_at == DAY / 8
