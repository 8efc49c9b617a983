"""What a stream is: its definition checked key by key, its proposal from histories alone, its calendar."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.errors import DefinitionError
from dashboard.streams.calendar import working_days
from dashboard.streams.definition import Stream, calendar_rows, read_definition, stage_rows, state_rows, stream_rows
from dashboard.streams.plan import read_plan
from dashboard.streams.proposal import propose
from dashboard.streams.written import write_definition

BERLIN = ZoneInfo("Europe/Berlin")
STAGE = '[[stream.stage]]\nname = "Doing"\n'


def written(path: Path, text: str) -> Path:
    """A definition in a file."""
    (path / "streams.toml").write_text(text, encoding="utf-8")
    return path / "streams.toml"


HEAD = '[[stream]]\nid = "s"\n'
IN_STREAM, IN_STAGE, IN_CALENDAR = r"stream\[0\]", r"stream\[0\]\.stage\[0\]", r"stream\[0\]\.calendar"

# Definition → what the message must say after the file: key, found, expected.
# Where in the file, as far as it is known.
LINE = r"(, line \d+)?(, key '\w+')?"
COMPLAINTS = {
    "no TOML": ("[[stream]\n", "can't be read as TOML: .*line 1"),
    "wrong enum": (f'{HEAD}{STAGE}mode = "activ"\n', rf"{IN_STAGE}\.mode is 'activ'; .*'active' or 'wait'"),
    "wrong category": (f'{HEAD}{STAGE}category = "do"\n', rf"{IN_STAGE}\.category is 'do'; .*'backlog'"),
    "wrong type": (f"{HEAD}{STAGE}team = 3\n", rf"{IN_STAGE}\.team is 3; .*string"),
    "unknown key": (f"{HEAD}{STAGE}wip = 3\n", rf"{IN_STAGE}\.wip is not a key that is known"),
    "unknown table": ('[[steam]]\nid = "s"\n', r"steam is not a key that is known"),
    "missing id": (f"[[stream]]\n{STAGE}", rf"{IN_STREAM}\.id is missing"),
    "empty id": (f'[[stream]]\nid = ""\n{STAGE}', rf"{IN_STREAM}\.id is ''; .*at least 1 character"),
    "second stream": (f"{HEAD}{STAGE}[[stream]]\n{STAGE}", r"stream\[1\]\.id is missing"),
    "no stage": (HEAD, r"stream 's': stage is missing"),
    "bad time zone": (
        f'{HEAD}[stream.calendar]\ntime_zone = "Mars/North"\n{STAGE}',
        rf"{IN_CALENDAR}\.time_zone is 'Mars/North'; .*'Europe/Berlin'",
    ),
    "bad weekday": (
        f'{HEAD}[stream.calendar]\nweekdays = ["mon", "day"]\n{STAGE}',
        rf"{IN_CALENDAR}\.weekdays\[1\] is 'day'; .*'mon'",
    ),
    "bad hour": (
        f'{HEAD}[stream.calendar]\nopens = "25:00"\n{STAGE}',
        rf"{IN_CALENDAR}\.opens is '25:00'; .*time",
    ),
    "bad day": (f'{HEAD}reassess_on = "31/02/2024"\n{STAGE}', rf"{IN_STREAM}\.reassess_on is '31/02/2024'; .*date"),
    "no time at all": (f"{HEAD}quiet_days = 0\n{STAGE}", rf"{IN_STREAM}\.quiet_days is 0; .*greater than 0"),
    "no limit at all": (f"{HEAD}{STAGE}wip_limit = 0\n", rf"{IN_STAGE}\.wip_limit is 0; .*1"),
    "two streams of one id": (f"{HEAD}{STAGE}" * 2, "two streams have the id 's'"),
    "state in two stages": (
        f'{HEAD}{STAGE}[[stream.stage]]\nname = "Review"\nstates = ["Doing", "Look"]\n',
        "stream 's': the state 'Doing' is in the stages 'Doing' and 'Review'",
    ),
    "two stages of one name": (
        f'{HEAD}{STAGE}states = ["a"]\n{STAGE}states = ["b"]\n',
        "stream 's': two stages have the same name",
    ),
}


@pytest.mark.parametrize("what", COMPLAINTS)
def test_definition_that_cannot_be_is_refused_with_file_key_found_and_expected(what: str, tmp_path: Path) -> None:
    text, complaint = COMPLAINTS[what]
    path = written(tmp_path, text)
    with pytest.raises(DefinitionError, match=f"^{path.name}{LINE}: {complaint}"):
        read_definition(path)


def test_every_complaint_about_a_definition_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, f'[[stream]]\nkind = "toy"\n{STAGE}')
    with pytest.raises(DefinitionError) as refused:
        read_definition(path)
    assert [line.partition(": ")[2].partition(" is ")[0] for line in str(refused.value).splitlines()] == [
        "stream[0].id",
        "stream[0].kind",
    ]


def test_definition_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"nowhere\.toml: can't be read"):
        read_definition(tmp_path / "nowhere.toml")


def test_one_fault_gives_one_complaint(tmp_path: Path) -> None:
    path = written(tmp_path, f'{HEAD}{STAGE}mode = "activ"\n')
    with pytest.raises(DefinitionError) as refused:
        read_definition(path)
    assert len(str(refused.value).splitlines()) == 1


def test_country_that_has_no_calendar_is_refused_with_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, f'{HEAD}[stream.calendar]\ncountry = "XX"\n{STAGE}')
    with pytest.raises(DefinitionError, match=f"^{path.name}{LINE}: .*country is 'XX'"):
        read_definition(path)


def test_work_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    hours = '[stream.calendar]\nopens = "17:00"\ncloses = "09:00"\n'
    path = written(tmp_path, f"{HEAD}{hours}{STAGE}")
    with pytest.raises(DefinitionError, match="closes"):
        read_definition(path)


def test_metric_that_is_not_there_is_refused_in_the_plan(tmp_path: Path) -> None:
    path = written(tmp_path, '[[initiative]]\nid = "i"\nstream = "s"\nname = "n"\nmetric = "happiness"\n')
    words = rf"^{path.name}, line 5: initiative\[0\]\.metric is 'happiness'; .*lead_time"
    with pytest.raises(DefinitionError, match=words):
        read_plan(path, frozenset({"lead_time"}))


FULL = Stream.model_validate({
    "id": "café_1",
    "name": 'Ordering – "fast"',
    "kind": "platform",
    "customer": "",
    "tools": ["Tracker", "Desk \\ drawer"],
    "owner": "Head of ordering",
    "stakeholders": ["Sales"],
    "objectives": ["Sooner"],
    "reassess_on": "2024-06-30",
    "quiet_days": 0.1 + 0.2,
    "service_level_days": 12,
    "failure_window_days": 2.5,
    "cost_of_delay_per_day": 450.5,
    "currency": "EUR",
    "calendar": {
        "time_zone": "Europe/Berlin", "weekdays": ["mon", "sat"], "opens": "08:30", "closes": "17:00:30",
        "country": "DE-BY",
    },
    "stage": [
        {"name": "To do", "category": "backlog", "mode": "wait",
         "states": ["Open", "已完成", "a = 1 # no comment", "'''", "tab\there"]},
        {"name": "Doing", "activity": "NNVA", "team": "Red", "wip_limit": 3},
        {"name": "Review", "mode": "wait", "waste": "handoff", "confidence": 0.25, "reason": "in-progress: a; wait: b"},
    ],
})  # fmt: skip


@pytest.mark.parametrize("is_proposal", [True, False])
def test_definition_written_is_the_definition_read(is_proposal: bool, tmp_path: Path) -> None:
    other = Stream.model_validate({"id": "other", "stage": [{"name": "Doing"}]})
    given = FULL.model_copy(update={"is_proposal": is_proposal})
    write_definition(tmp_path / "streams.toml", [given, other])
    assert read_definition(tmp_path / "streams.toml") == {"café_1": given, "other": other}


@pytest.mark.parametrize(
    "given",
    [{"cost_of_delay_per_day": 0.0}, {"calendar": {"weekdays": []}}, {"stage": [{"name": "A", "confidence": 0.0}]}],
    ids=str,
)
def test_zero_written_is_zero_read(given: dict[str, Any], tmp_path: Path) -> None:
    stream = Stream.model_validate({"id": "s", "stage": [{"name": "A"}], **given})
    write_definition(tmp_path / "streams.toml", [stream])
    assert read_definition(tmp_path / "streams.toml") == {"s": stream}


def test_each_guess_of_a_proposal_is_written_with_its_reason(tmp_path: Path) -> None:
    proposed = propose("s", facts(("Backlog", 10, 0, 0.0), ("In review", 10, 0, 0.5), ("Done", 9, 9, 1.0)), None, "UTC")
    write_definition(tmp_path / "streams.toml", [proposed])
    text = (tmp_path / "streams.toml").read_text(encoding="utf-8")
    assert 'category = "backlog" # its name is a usual name for backlog' in text
    assert 'mode = "active" # its name does not say that it waits' in text
    assert "is_proposal = true" in text


def test_rows_of_a_definition_stand_in_its_order() -> None:
    assert list(stage_rows(FULL)["stage"]) == ["To do", "Doing", "Review"]
    assert list(stage_rows(FULL)["position"]) == [1, 2, 3]
    # What is said stays; else work adds value and waiting does not.
    assert list(stage_rows(FULL)["activity"]) == ["NVA", "NNVA", "NVA"]
    # A stage without states collects the state of its own name.
    assert list(state_rows(FULL)["stage"]) == ["To do"] * 5 + ["Doing", "Review"]
    assert stream_rows(FULL).iloc[0]["quiet_seconds"] == pytest.approx(0.3 * 86_400)


def facts(
    *states: tuple[str, int, int, float], event_is: str | None = "entered", histories: int = 10, **source: Any
) -> pd.DataFrame:
    """Rows of proposals.state_facts for (state, visited by, ended by, mean position)."""
    return pd.DataFrame([
        {
            "state": state,
            "visited_items": visited,
            "ended_items": ended,
            "stream_items": histories,
            "mean_position": position,
            "source_category": source.get("category", {}).get(state),
            "source_position": source.get("position", {}).get(state),
            "event_is": event_is,
        }
        for state, visited, ended, position in states
    ])  # fmt: skip


def told(stream: Stream, *fields: str) -> list[tuple[Any, ...]]:
    """Some fields of each stage, in order."""
    return [tuple(getattr(stage, field) for field in fields) for stage in stream.stage]


def test_stages_stand_by_mean_position_with_ends_last() -> None:
    given = facts(
        ("Build", 10, 0, 0.5), ("Dropped it: won't fix", 1, 1, 0.4), ("Done", 9, 9, 0.3), ("Idea", 10, 0, 0.0)
    )
    proposed = propose("my-stream_2", given, None, "UTC")
    assert told(proposed, "name", "category") == [
        ("Idea", "backlog"),
        ("Build", "in-progress"),
        ("Done", "done"),
        ("Dropped it: won't fix", "cancelled"),
    ]
    assert (proposed.id, proposed.name, proposed.is_proposal) == ("my-stream_2", "My stream 2", True)


def test_order_and_category_of_the_source_count_before_the_histories() -> None:
    states = (("C", 10, 0, 0.0), ("B", 10, 0, 0.5), ("A", 10, 10, 1.0))
    given = facts(*states, position={"A": 1, "B": 2, "C": 3}, category={"C": "done", "A": "backlog"})
    assert told(propose("s", given, None, "UTC"), "name", "category", "confidence") == [
        ("A", "backlog", 0.9),
        ("B", "in-progress", 0.5),
        ("C", "done", 0.9),
    ]


CATEGORIES = {
    "backlog": ["To Do", "OPEN", "Zu erledigen", "À faire", "Por hacer", "A fazer", "Da fare", "Do zrobienia", "Uusi",
                "Att göra", "待办", "Selected for Development", "Open (new)"],
    "in-progress": ["In Progress", "In Arbeit", "Reopened ticket", "Opening", "Develop", "Undone work"],
    "done": ["Done", "closed", "Erledigt", "Terminé", "Hecho", "Concluído", "Klaar", "Fatto", "Gotowe", "Valmis",
             "Klar", "已完成", "Deployed to production"],
    "cancelled": ["Won't do", "Closed as duplicate", "Abgebrochen", "Annulé", "Cancelado", "Geannuleerd", "Anulowane",
                  "已取消"],
}  # fmt: skip


@pytest.mark.parametrize(("category", "state"), [(c, state) for c, states in CATEGORIES.items() for state in states])
def test_name_of_a_state_tells_its_category_in_several_languages(category: str, state: str) -> None:
    given = facts((state, 10, 1, 0.5), ("Live", 9, 9, 1.0))
    assert (state, category) in told(propose("s", given, None, "UTC"), "name", "category")


MODES = {
    "Waiting for customer": "wait", "Ready for test": "wait", "On hold": "wait", "Blocked": "wait",
    "Wartet auf QS": "wait",
    "En attente de revue": "wait", "Em espera": "wait", "待测试": "wait",
    "In review": "active", "Testing": "active", "Household": "active",
}  # fmt: skip


@pytest.mark.parametrize("state", MODES)
def test_name_of_a_state_tells_whether_it_waits(state: str) -> None:
    stages = propose("s", facts((state, 10, 0, 0.5), ("Done", 10, 10, 1.0)), None, "UTC").stage
    assert (stages[0].name, stages[0].mode) == (state, MODES[state])
    assert stages[0].activity == ("NVA" if MODES[state] == "wait" else "VA")


def test_approval_is_necessary_work_that_adds_no_value() -> None:
    stages = propose("s", facts(("Security approval", 10, 0, 0.5), ("Done", 10, 10, 1.0)), None, "UTC").stage
    assert (stages[0].mode, stages[0].activity) == ("active", "NNVA")


def test_queue_is_booked_to_what_it_waits_for() -> None:
    given = facts(("Ready for review", 9, 0, 0.2), ("Waiting for deployment", 9, 0, 0.4), ("On hold", 9, 0, 0.5),
                  ("Done", 9, 9, 1.0))  # fmt: skip
    assert told(propose("s", given, None, "UTC"), "name", "waste")[:3] == [
        ("Ready for review", "handoff"),
        ("Waiting for deployment", "batch"),
        ("On hold", "waiting"),
    ]


def test_closed_in_a_log_of_completions_is_an_activity() -> None:
    given = facts(("Register", 10, 0, 0.0), ("Closed", 10, 0, 0.9), ("Closed · ended", 10, 10, 1.0), event_is="ended")
    proposed = propose("s", given, 86_400.0, "UTC")
    assert told(proposed, "name", "states", "category", "mode") == [
        ("Register", ("Register",), "in-progress", "active"),
        ("Closed", ("Closed",), "in-progress", "active"),
        ("Finished", ("Closed · ended",), "done", "wait"),
    ]
    # "Closed · ended" says by its name that it is the end: no rule of silence is needed.
    assert proposed.quiet_days is None


def test_usual_last_states_are_done_after_a_silence_where_no_state_is_an_explicit_end() -> None:
    given = facts(
        ("Register", 100, 0, 0.0),
        ("Decide", 100, 0, 0.8),
        ("Decide · ended", 60, 60, 1.0),
        ("Register · ended", 36, 36, 1.0),
        ("Check · ended", 4, 4, 1.0),  # 4 % is not usual: 5 % is
        histories=100,
        event_is="ended",
    )
    proposed = propose("s", given, 2.5 * 86_400, "UTC")
    assert proposed.quiet_days == 2.5
    assert told(proposed, "name", "states", "category") == [
        ("Register", ("Register",), "in-progress"),
        ("Decide", ("Decide",), "in-progress"),
        ("Between steps", ("Check · ended",), "in-progress"),
        ("Finished", ("Decide · ended", "Register · ended"), "done"),
    ]


@pytest.mark.parametrize(
    ("visited", "ended", "is_end"),
    [(10, 5, True), (11, 5, False), (10, 4, False)],  # of 100 histories: 5 % must end there, and half of the visitors
)
def test_usual_last_state_ends_five_percent_and_keeps_half_of_its_visitors(
    visited: int, ended: int, is_end: bool
) -> None:
    given = facts(("Rest", 100, 95, 0.5), ("Perhaps", visited, ended, 0.9), histories=100)
    categories = dict(told(propose("s", given, 1.0, "UTC"), "name", "category"))
    assert categories["Perhaps"] == ("done" if is_end else "in-progress")


def test_most_usual_last_state_is_the_end_where_none_is_usual() -> None:
    given = facts(*((f"S{number}", 100, number, 0.5) for number in range(4)), histories=1000)
    assert told(propose("s", given, 1.0, "UTC"), "name", "category")[-1] == ("S3", "done")


def test_waiting_stands_before_what_it_waits_for_and_is_named_after_it() -> None:
    given = facts(
        ("Waiting for Check", 9, 0, 0.9), ("Check", 9, 0, 0.5), ("Turn", 9, 0, 0.2), ("Check · ended", 9, 9, 1.0),
        event_is="interval",
    )  # fmt: skip
    assert told(propose("s", given, 1.0, "UTC"), "name", "mode", "activity") == [
        ("Turn", "active", "VA"),
        ("Waiting for Check", "wait", "NVA"),
        ("Check", "active", "VA"),
        ("Finished", "wait", "NVA"),
    ]


def days(first: str, last: str, **more: Any) -> dict[str, tuple[str, str]]:
    """Day → UTC times at which work begins and ends, in Berlin from 9 to 17 unless told otherwise."""
    given = {
        "zone": BERLIN,
        "weekdays": ("mon", "tue", "wed", "thu", "fri"),
        "opens": dt.time(9),
        "closes": dt.time(17),
        "country": None,
    }
    found = working_days(first=dt.date.fromisoformat(first), last=dt.date.fromisoformat(last), **{**given, **more})
    return {f"{day}": (f"{opens:%d. %H:%M}", f"{closes:%d. %H:%M}") for day, opens, closes in found}


def test_day_of_work_has_utc_hours_before_and_after_the_clocks_change() -> None:
    # Sunday 31 March 2024, 02:00: Germany goes from UTC+1 to UTC+2.
    assert days("2024-03-29", "2024-04-02") == {
        "2024-03-29": ("29. 08:00", "29. 16:00"),
        "2024-03-30": ("30. 08:00", "30. 08:00"),  # Saturday
        "2024-03-31": ("31. 07:00", "31. 07:00"),
        "2024-04-01": ("01. 07:00", "01. 15:00"),
        "2024-04-02": ("02. 07:00", "02. 15:00"),
    }


def test_work_through_the_night_of_the_change_is_an_hour_shorter() -> None:
    hours = days("2024-03-31", "2024-03-31", weekdays=("sun",), opens=dt.time(0), closes=dt.time(8))
    assert hours == {"2024-03-31": ("30. 23:00", "31. 06:00")}  # 7 hours, not 8


def test_public_holidays_of_germany_are_days_off() -> None:
    # Good Friday and Easter Monday 2024; 1 May.
    hours = days("2024-03-29", "2024-05-01", country="DE")
    assert next(day for day, (opens, closes) in hours.items() if opens != closes) == "2024-04-02"
    assert hours["2024-05-01"] == ("01. 07:00", "01. 07:00")


@pytest.mark.parametrize(("country", "is_free"), [("DE", False), ("DE-BY", True), ("DE-BE", False)])
def test_holiday_of_a_subdivision_is_free_only_there(country: str, is_free: bool) -> None:
    ((opens, closes),) = days("2024-01-06", "2024-01-06", weekdays=("sat",), country=country).values()  # Epiphany
    assert (opens == closes) == is_free


def test_holidays_of_all_years_of_the_data_are_known() -> None:
    hours = days("2023-12-31", "2026-01-01", weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), country="DE")
    new_years = [f"{year}-01-01" for year in (2024, 2025, 2026)]
    assert all(hours[day][0] == hours[day][1] for day in new_years)


def test_calendar_covers_the_whole_years_of_the_data_and_a_day_on_both_sides() -> None:
    stream = FULL.model_copy(update={"calendar": FULL.calendar.model_copy(update={"time_zone": "Asia/Tokyo"})})
    # 20:00 UTC on New Year's Eve is 05:00 of the year after in Tokyo.
    rows = calendar_rows(stream, dt.datetime(2024, 3, 1), dt.datetime(2024, 12, 31, 20))
    assert (str(rows["day"].iloc[0]), str(rows["day"].iloc[-1]), len(rows)) == ("2023-12-31", "2025-01-01", 368)


@pytest.mark.parametrize(("state", "category"), [("Won't do", "cancelled"), ("To do", "backlog")])
def test_state_that_is_named_for_its_category_is_not_taken_for_the_usual_end(state: str, category: str) -> None:
    given = facts(("Build", 10, 0, 0.0), ("Rest", 6, 6, 0.5), (state, 4, 4, 1.0))
    assert (state, category) in told(propose("s", given, 1.0, "UTC"), "name", "category")
