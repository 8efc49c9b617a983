"""The `vsm` command on a small import: what it prints, in which form, and what it says when it can't."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.__main__ import main
from dashboard.catalogue import Catalogue
from dashboard.errors import ScopeError
from dashboard.settings import Settings
from dashboard.streams.definition import read_definition
from dashboard.warehouse import Warehouse

# Lead times: item 1 takes 4 days, item 2 takes 10; item 3 is open. Item 2 was never started.
LOG = """issue_key,status,timestamp,team,issue_type
1,To do,2024-01-01T00:00:00Z,Red,Bug
1,Doing,2024-01-02T00:00:00Z,Red,Bug
1,Done,2024-01-05T00:00:00Z,Red,Bug
2,To do,2024-01-02T00:00:00Z,Blue,Story
2,Done,2024-01-12T00:00:00Z,Blue,Story
3,To do,2024-01-03T00:00:00Z,Blue,Story
3,To do,2024-01-03T00:00:00Z,Blue,Story
"""

# What a log is told of a step of an import that takes long.
STEP = re.compile(r"^.+: \d+ s\n", re.MULTILINE)

Vsm = Callable[..., Result]


def command(home: Path) -> Vsm:
    """`vsm --home <home> …`."""

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(main, ["--home", str(home), *map(str, words)])

    return run


def first_file(folder: Path, text: str = LOG) -> Path:
    """The log as a file."""
    path = folder / "Board 7.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which the log was imported."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def told(home: Path) -> Result:
    """What the import said."""
    return command(home)("import", first_file(home))


@pytest.fixture
def vsm(home: Path, told: Result) -> Vsm:
    """The command in the home of the import."""
    assert told.exit_code == 0, told.output
    return command(home)


@pytest.fixture
def vsm_in_an_empty_home(tmp_path: Path) -> Vsm:
    """The command where nothing was imported."""
    return command(tmp_path / "empty")


def table(result: Result) -> list[dict[str, str]]:
    """The rows of an answer in CSV."""
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def refused(result: Result, *parts: str) -> None:
    """Assert that a command ended with one sentence for people on stderr, and nothing else."""
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.stdout == ""
    assert STEP.sub("", result.stderr).startswith("Error: ")
    assert "Traceback" not in result.output
    for part in parts:
        assert part in result.stderr


def test_import_says_what_it_understood(told: Result) -> None:
    lines = told.stdout.splitlines()
    assert lines[0] == "Board 7.csv: Event log or transition table"
    assert "an event says when a state was entered" in lines[1]
    assert lines[2].strip() == "7 records read, 6 kept, 0 set aside, 1 ignored"
    assert "1 ignored: the same as an earlier record" in lines[3]
    assert "Board 7 [board_7]: 3 items, 2 finished, 1 open; 3 stages; 2024-01-01 to 2024-01-12" in lines
    # Histories of 0, 4 and 10 days: two of three took 4 days or less, 85 % only with the third.
    assert "half took 4.0 d or less, 85 % 10.0 d" in told.stdout
    assert "Proposed path, from the data alone (correct it: vsm map): To do → Doing → Done" in told.stdout


def test_a_log_is_told_the_steps_that_took_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.progress.SHOWN_AFTER_SECONDS", -1)
    result = command(tmp_path / "home")("import", first_file(tmp_path))
    steps = [line.rpartition(": ")[0] for line in STEP.findall(result.stderr)]
    assert steps[0] == "Reading Board 7.csv" and steps[-1] == "Checking that it adds up"
    assert STEP.sub("", result.stderr) == ""


def test_an_import_whose_checks_are_too_large_is_an_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*_: object) -> list[str]:
        raise ScopeError("This needs more memory than there is for it.")

    monkeypatch.setattr("dashboard.__main__.told", told)
    result = command(tmp_path / "home")("import", first_file(tmp_path))
    assert result.exit_code == 0
    assert "Imported. To tell what was found takes more than VSM_MEMORY or VSM_QUERY_SECONDS allow." in result.stderr
    assert len(table(command(tmp_path / "home")("ask", "lead_time", "--format", "csv"))) == 1


def test_ask_lists_all_metrics(vsm_in_an_empty_home: Vsm, catalogue: Catalogue) -> None:
    rows = table(vsm_in_an_empty_home("ask", "--format", "csv"))
    assert [row["metric"] for row in rows] == sorted(catalogue.metrics)
    assert all(row["unit"] and row["better"] and row["definition"] for row in rows)


def test_ask_answers_as_csv(vsm: Vsm) -> None:
    assert vsm("ask", "lead_time", "--format", "csv").stdout == (
        "period_start,lead_time (days),items\n2024-01-01,7.0,2\n"  # the median of 4 and 10
    )


def test_ask_answers_as_json(vsm: Vsm) -> None:
    (row,) = json.loads(vsm("ask", "lead_time", "--format", "json").stdout)
    assert row == {"period_start": "2024-01-01T00:00:00.000", "lead_time (days)": 7.0, "items": 2}


def test_ask_answers_as_a_table_with_a_dash_for_nothing(vsm: Vsm) -> None:
    header, row = vsm("ask", "lead_time").stdout.splitlines()
    assert header.split() == ["period_start", "lead_time", "(days)", "items"]
    assert row.split()[-2:] == ["7.000", "2"]
    assert vsm("ask", "lead_time", "--team", "Nobody").stdout.splitlines()[1].split()[-2:] == ["–", "0"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--percentile", "mean", "--period", "week"], [("2024-01-01", "4.0", "1"), ("2024-01-08", "10.0", "1")]),
        (["--percentile", "0.85"], [("2024-01-01", "9.1", "2")]),  # 4 + 0.85 · 6
        (["--team", "Blue"], [("2024-01-01", "10.0", "1")]),
        (["--team", "Blue", "--team", "Red"], [("2024-01-01", "7.0", "2")]),
        (["--type", "Bug"], [("2024-01-01", "4.0", "1")]),
        (["--since", "2024-01-06"], [("2024-01-06", "10.0", "1")]),
        (["--until", "2024-01-12"], [("2024-01-01", "4.0", "1")]),
        # Of 8 hours each: Monday to Thursday for item 1; Tuesday to Thursday of the week after for item 2.
        (["--clock", "working", "--percentile", "mean"], [("2024-01-01", "2.0", "2")]),
    ],
)
def test_ask_narrows_by_its_options(options: list[str], expected: list[tuple[str, ...]], vsm: Vsm) -> None:
    rows = table(vsm("ask", "lead_time", *options, "--format", "csv"))
    assert [tuple(row.values()) for row in rows] == expected


def test_items_are_listed_with_their_clocks(vsm: Vsm) -> None:
    rows = {row["item_id"]: row for row in table(vsm("items", "--format", "csv"))}
    assert [(key, row["outcome"], row["lead_days"], row["cycle_days"]) for key, row in sorted(rows.items())] == [
        ("1", "finished", "4.0", "3.0"),
        ("2", "finished", "10.0", "0.0"),
        ("3", "open", "9.0", ""),  # until the log's last event
    ]


def test_check_ends_with_0_where_no_problem_is_an_error(vsm: Vsm) -> None:
    rows = table(vsm("check", "--format", "csv"))
    assert [(row["check"], row["severity"], row["subject"]) for row in rows] == [("never_started", "warning", "2")]


def test_check_ends_with_1_where_a_problem_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("id,created,parent\nX,2024-01-02,Y\nY,2024-01-02,X\n", encoding="utf-8")
    assert command(tmp_path)("import", path, first_file(tmp_path)).exit_code == 0
    result = command(tmp_path)("check")
    assert result.exit_code == 1
    assert "Item that is its own ancestor" in result.stdout
    assert isinstance(result.exception, SystemExit)


def test_map_writes_a_definition_that_imports_to_the_same_stages(vsm: Vsm, home: Path, tmp_path: Path) -> None:
    written = tmp_path / "corrected.toml"
    result = vsm("map", "--out", written)
    assert result.stdout == f"Wrote {written}. Correct it, then: vsm import --config {written}\n"
    assert vsm("import", first_file(home), "--config", written).exit_code == 0
    (proposed,) = read_definition(written).values()
    (imported,) = read_definition(home / "warehouse" / "snapshots" / "000002" / "streams.toml").values()
    assert imported == proposed
    assert [stage.name for stage in imported.stage] == ["To do", "Doing", "Done"]


def test_map_writes_over_nothing(vsm: Vsm, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text("# mine\n", encoding="utf-8")
    refused(vsm("map", "--out", mine), f"{mine} is there already", "--out")
    assert mine.read_text("utf-8") == "# mine\n"


def test_export_names_the_files_that_it_wrote(vsm: Vsm, tmp_path: Path) -> None:
    lines = vsm("export", tmp_path / "out").stdout.splitlines()
    assert [Path(line).name for line in lines] == ["items.csv", "transitions.csv", "streams.toml"]
    assert all(Path(line).is_file() for line in lines)


NOTHING_YET = [["items"], ["ask", "lead_time"], ["check"], ["map"], ["export", "out"], ["import"], ["serve"]]


@pytest.mark.parametrize("words", NOTHING_YET, ids=" ".join)
def test_command_without_a_snapshot_says_how_to_make_one(words: list[str], vsm_in_an_empty_home: Vsm) -> None:
    refused(vsm_in_an_empty_home(*words), "No snapshot in", "Run: vsm import")


REFUSED = [
    (["ask", "happiness"], ["no metric 'happiness'", "lead_time"]),
    (["ask", "lead_time", "--stream", "other"], ["no value stream 'other'", "board_7"]),
    (["ask", "lead_time", "--percentile", "85"], ["percentile is 85.0", "0.85"]),
    (["ask", "lead_time", "--percentile", "half"], ["--percentile is 'half'", "mean"]),
    (["ask", "lead_time", "--since", "2024-02-01", "--until", "2024-01-01"], ["since must be the earlier day"]),
    (["items", "--stream", "other"], ["no value stream 'other'"]),
    (["map", "--stream", "other"], ["no value stream 'other'"]),
    (["import", "nowhere.csv"], ["nowhere.csv: there is no such file"]),
    (["import", "nowhere.csv", "--columns", "colour=Red"], ["'colour=Red' is not role=column"]),
]


@pytest.mark.parametrize(("words", "parts"), REFUSED, ids=lambda value: " ".join(value))
def test_mistake_is_told_in_a_sentence(words: list[str], parts: list[str], vsm: Vsm) -> None:
    refused(vsm(*words), *parts)


def test_refused_import_names_file_and_rows(vsm_in_an_empty_home: Vsm, tmp_path: Path) -> None:
    bad = first_file(tmp_path, LOG + "4,To do,31/02/2024,Red,Bug\n")
    refused(vsm_in_an_empty_home("import", bad), "Board 7.csv: 1 of 8 records can't be read", "'31/02/2024'")
    assert vsm_in_an_empty_home("import", bad, "--accept-bad-rows").exit_code == 0


def test_bad_definition_is_told_with_its_key(vsm: Vsm, home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('[[stream]]\nid = "board_7"\n[[stream.stage]]\nname = "Doing"\nmode = "activ"\n', encoding="utf-8")
    refused(
        vsm("import", home / "Board 7.csv", "--config", bad), f"{bad.name}, line 5: stream[0].stage[0].mode is 'activ'"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["ask", "lead_time", "--since", "yesterday"],
        ["ask", "--format", "xml"],
        ["import", "--event-is", "x"],
        ["dance"],
    ],
    ids=" ".join,
)
def test_option_that_there_is_not_ends_with_the_usage(words: list[str], vsm: Vsm) -> None:
    result = vsm(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")


def test_home_is_told_by_the_environment(home: Path, told: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told.exit_code == 0
    monkeypatch.setenv("VSM_HOME", str(home))
    assert CliRunner().invoke(main, ["items", "--format", "csv"]).stdout.count("\n") == 4
    monkeypatch.setenv("VSM_KEEP", "three")
    result = CliRunner().invoke(main, ["items"])
    assert (result.exit_code, result.stderr) == (1, "Error: VSM_KEEP is 'three'; expected a whole number.\n")
    monkeypatch.setenv("VSM_KEEP", "-1")  # which would take the newest snapshot for an old one
    result = CliRunner().invoke(main, ["items"])
    assert (result.exit_code, result.stderr) == (1, "Error: VSM_KEEP is -1; expected 1 or more.\n")


def test_serve_is_refused_beyond_this_machine(vsm: Vsm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSM_HOST", "0.0.0.0")  # noqa: S104 - it is what must be refused
    refused(vsm("serve"), "VSM_HOST is '0.0.0.0'", "127.0.0.1")


def test_export_into_a_file_is_told_in_a_sentence(vsm: Vsm, home: Path) -> None:
    refused(vsm("export", home / "Board 7.csv"), "Board 7.csv")


def test_time_zone_that_there_is_not_is_told_in_a_sentence(vsm: Vsm, home: Path) -> None:
    refused(vsm("import", home / "Board 7.csv", "--time-zone", "Mars/North"), "Mars/North")


def test_incidents_can_be_imported_before_any_item(tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    path.write_text("incident_id,started_at,restored_at\nX,2024-01-01,2024-01-02\n", encoding="utf-8")
    assert command(tmp_path)("import", path).exit_code == 0


def test_summary_tells_the_figures_of_the_period(demo: Settings, catalogue: Catalogue) -> None:
    told = command(demo.home)("summary", "--stream", "bank", "--since", "2026-09-01", "--until", "2026-10-01").stdout
    warehouse = Warehouse(demo.warehouse, catalogue)
    scope = replace(
        warehouse.default_scope("bank"), since=dt.date(2026, 9, 1), until=dt.date(2026, 10, 1), period="all"
    )
    value = {
        name: warehouse.headline(catalogue.metric(name), each)["value"]
        for name, each in (
            ("throughput", scope), ("cycle_time", scope), ("work_in_progress", scope),
        )
    }  # fmt: skip
    before = warehouse.headline(catalogue.metric("throughput"), scope.previous())["value"]
    assert told.startswith("**Harbour Bank – Payments, 1 Sep 2026 – 30 Sep 2026**\n\n- Done: ")
    assert f"Done: {value['throughput']:.0f} items, against {before:.0f} in the period before" in told
    assert f"half took {value['cycle_time']:.1f} d or less (n = {value['throughput']:.0f})" in told
    assert f"In progress: {value['work_in_progress']:.0f} items" in told
    oldest = warehouse.ask("charts.ageing", scope).iloc[0]
    assert f"Oldest: {oldest['item_id']} ({oldest['age_days']:.1f} d, {oldest['stage']})" in told
    assert all(line.startswith("- ") for line in told.splitlines()[2:])


def test_summary_of_a_list_without_starts_says_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("id,created,finished\nA,2024-01-01,2024-01-03\nB,2024-01-02,\n", encoding="utf-8")
    vsm = command(tmp_path)
    assert vsm("import", path).exit_code == 0
    told = vsm("summary").stdout
    assert "Done: 1 item" in told and "In progress: not known" in told and "Cycle time" not in told
