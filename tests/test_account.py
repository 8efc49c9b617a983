"""What an import tells of its files: what it took for what, what it doubts, and what it can't know."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest
from conftest import Imports

from dashboard.account import Account
from dashboard.errors import SourceError


def notes(account: Account) -> str:
    """Everything that was assumed in reading the only file."""
    (file,) = account.files
    return "; ".join(file.notes)


def reasons(account: Account) -> dict[str, int]:
    """Reason → records of the only file."""
    (file,) = account.files
    told = file.fates.dropna(subset=["reason"])
    return dict(zip(told["reason"], told["records"], strict=True))


def test_the_column_that_a_role_is_read_from_is_told(imports: Imports) -> None:
    account = imports.run(imports.file("a.csv", "Key,Opened,Closed\nA,2024-01-01,2024-01-02\n"))
    assert account.files[0].columns == "item_id from Key, created_at from Opened, finished_at from Closed"


def test_two_columns_for_one_thing_that_disagree_are_told(imports: Imports) -> None:
    text = "id,created,closed,resolved\nA,2024-01-01,2024-01-05,2024-01-03\nB,2024-01-01,2024-01-05,2024-01-05\n"
    path = imports.file("a.csv", text)
    expected = "finished is read from 'closed'; 'resolved' says otherwise in 1 records (--columns finished=resolved"
    assert expected in notes(imports.run(path))
    named = {"item_id": "id", "created_at": "created", "finished_at": "resolved"}
    assert "otherwise" not in notes(imports.run(path, columns=named))
    assert set(imports.tables()["items"]["finished_at"]) == {pd.Timestamp("2024-01-03"), pd.Timestamp("2024-01-05")}


def test_columns_that_differ_only_in_capitals_are_two(imports: Imports) -> None:
    text = "id,created,finished,Finished\nA,2024-01-01,2024-01-05,2024-01-03\n"
    assert "'Finished' says otherwise in 1 records" in notes(imports.run(imports.file("a.csv", text)))


@pytest.mark.parametrize(
    "answer",
    [{"total": 5, "isLast": None}, {"isLast": False}, {"nextPageToken": "x"}],
    ids=["total", "not the last", "token"],
)
def test_one_page_of_a_longer_answer_is_told(answer: dict[str, object], imports: Imports) -> None:
    issues = [{"id": f"A-{number}", "created": "2024-01-01"} for number in range(3)]
    assert "one page of a longer answer" in notes(
        imports.run(imports.file("page.json", json.dumps({**answer, "items": issues})))
    )


def test_a_whole_answer_is_no_page(imports: Imports) -> None:
    answer = {"total": 1, "isLast": True, "nextPageToken": None, "items": [{"id": "A", "created": "2024-01-01"}]}
    assert "page" not in notes(imports.run(imports.file("all.json", json.dumps(answer))))


def test_hour_that_the_clocks_skip_is_no_bad_date(imports: Imports) -> None:
    text = "id,created\nA,2024-03-31T02:30:00\nB,2024-03-31T03:30:00\nC,2024-03-31T02:30:00+00:00\n"
    account = imports.run(imports.file("a.csv", text), time_zone="Europe/Berlin", accepts_bad_rows=True)
    assert reasons(account) == {"there is no such hour in Europe/Berlin: the clocks skip it": 1}


def test_hour_that_comes_twice_is_told(imports: Imports) -> None:
    # On 27 October 2024 three o'clock became two: 02:30 came twice, 03:30 once.
    text = "id,created\nA,2024-10-27T02:30:00\nB,2024-10-27T03:30:00\nC,2024-10-27T02:59:59\nD,2024-10-26T02:30:00\n"
    path = imports.file("a.csv", text)
    assert "2 times lie in the hour that comes twice" in notes(imports.run(path, time_zone="Europe/Berlin"))
    assert "twice" not in notes(imports.run(path, time_zone="UTC", starts_afresh=True))


def test_day_of_a_survey_is_a_day_of_its_zone(imports: Imports) -> None:
    answers = imports.file("answers.csv", "team,answered_on,score\nRed,2024-03-01,4\n")
    sums = imports.file("sums.csv", "team,survey_on,answers_count,score_sum\nBlue,2024-05-01,2,9\n")
    moved = imports.file("moves.csv", "item_id,occurred_at,to_state\nA,2024-01-02,Doing\n")
    imports.run(answers, sums, moved, stream="s", time_zone="Asia/Tokyo")
    surveys = imports.tables()["surveys"]
    days = dict(zip(surveys["team"], pd.to_datetime(surveys["survey_on"]).dt.date, strict=True))
    assert days == {"Red": dt.date(2024, 3, 1), "Blue": dt.date(2024, 5, 1)}


def test_author_who_is_a_person_is_no_bot(imports: Imports) -> None:
    rows = [
        {
            "number": number,
            "createdAt": "2024-01-01T08:00:00Z",
            "mergedAt": "2024-01-02T08:00:00Z",
            "user": {"type": kind},
        }
        for number, kind in enumerate(("User", "Bot"))
    ]
    imports.run(imports.file("pulls.json", json.dumps(rows)))
    assert sorted(imports.tables()["changes"]["is_bot"]) == [False, True]


def test_pull_requests_among_issues_are_told_and_have_a_type(imports: Imports) -> None:
    issue = {"number": 1, "created_at": "2024-01-01T08:00:00Z", "closed_at": None, "state": "open"}
    pull = {**issue, "number": 2, "pull_request": {"url": "x", "merged_at": None}}
    account = imports.run(imports.file("issues.json", json.dumps([issue, pull])))
    assert reasons(account) == {"a pull request, not an issue: its type is Pull request": 1}


def test_no_address_is_kept_with_what_is_set_aside(imports: Imports) -> None:
    text = "id,created\nA,2024-01-01\nann@example.org,ann.e+x@mail.example.org at 12\n"
    imports.run(imports.file("a.csv", text), accepts_bad_rows=True)
    (row,) = imports.tables()["set_aside"].itertuples()
    assert (row.subject, row.value) == ("(address)", "(address) at 12")
    assert "@" not in str(imports.tables()["fates"].to_dict())


def test_list_without_creations_says_what_stands_for_them(whole_imports: Imports) -> None:
    header = "ID,Work Item Type,Title,State,Activated Date,Closed Date\n"
    text = f"{header}1,Bug,x,Closed,2024-01-02,2024-01-05\n2,Bug,y,New,,\n"
    account = whole_imports.run(whole_imports.file("a.csv", text))
    assert "no column tells the creation: lead times begin with the first date" in notes(account)
    assert reasons(account) == {"no date: the item is in no figure unless another file tells its history": 1}


def test_finished_and_cancelled_is_doubtful(imports: Imports) -> None:
    text = "id,created,finished,cancelled\nA,2024-01-01,2024-01-05,2024-01-06\n"
    account = imports.run(imports.file("a.csv", text))
    assert reasons(account) == {"both finished and cancelled: it counts as cancelled": 1}


def test_record_set_aside_of_an_item_that_counts_is_a_problem(whole_imports: Imports) -> None:
    text = "id,created,finished\nA,2024-01-01,2024-01-05\nB,2024-01-01,\nC,2024-01-01,\n"
    whole_imports.run(whole_imports.file("a.csv", text), stream="s")
    assert "counted_without_a_record" not in set(whole_imports.warehouse.problems()["check"])
    whole_imports.run(
        whole_imports.file("a.csv", text.replace("2024-01-05", "soon")), stream="s", accepts_bad_rows=True
    )
    problems = whole_imports.warehouse.problems()
    (detail,) = problems.loc[problems["check"] == "counted_without_a_record", "detail"]
    assert detail.startswith("a.csv, record 1: not a date that can be read")


def test_keys_that_count_anew_in_each_project_are_told_apart(imports: Imports) -> None:
    path = imports.file("a.csv", "project,number,created\nred,1,2024-01-01\nblue,1,2024-02-01\nblue,2,2024-02-02\n")
    with pytest.raises(SourceError, match=r"--columns item=project\+number,created="):
        imports.run(path)
    imports.run(path, columns={"item_id": "project+number", "created_at": "created"})
    assert set(imports.tables()["items"]["item_id"]) == {"red-1", "blue-1", "blue-2"}


def test_day_of_the_finish_is_not_before_the_hour_of_the_creation(imports: Imports) -> None:
    text = (
        "id,created,started,finished\nA,2024-01-02T10:00:00Z,2024-01-02,2024-01-02\n"
        "B,2024-01-02T10:00:00Z,2024-01-02,2024-01-03\nC,2024-01-02T10:00:00Z,,2024-01-01\n"
    )
    account = imports.run(imports.file("a.csv", text), accepts_bad_rows=True)
    assert reasons(account) == {"it was finished before it was created": 1}
    items = imports.tables()["items"].set_index("item_id")
    created = pd.Timestamp("2024-01-02T10:00")
    assert list(items.loc["A", ["started_at", "finished_at"]]) == [created, created]
    assert list(items.loc["B", ["started_at", "finished_at"]]) == [created, pd.Timestamp("2024-01-03")]


@pytest.mark.parametrize(
    ("states", "meaning"),
    [(("To do", "Doing", "Done"), "entered"), (("Register", "Decide", "Closed"), "ended")],
    ids=["states", "activities"],
)
def test_states_under_the_name_of_activities_are_entered(
    states: tuple[str, ...], meaning: str, imports: Imports
) -> None:
    rows = "".join(f"1,{state},2024-01-0{day}\n" for day, state in enumerate(states, 1))
    assert imports.run(imports.file("a.csv", f"case,activity,timestamp\n{rows}")).files[0].event_is == meaning


def test_refusal_of_a_file_of_no_known_format_can_be_read_at_once(imports: Imports) -> None:
    with pytest.raises(SourceError, match="--columns item=…,created=…") as refused:
        imports.run(imports.file("a.csv", "colour,weight\nred,3\n"))
    assert len(str(refused.value)) < 400


def test_list_with_escaped_commas_is_one_cell(imports: Imports) -> None:
    text = "ID,Link,Name,To do,Done,Labels\nA,,One,2024-01-01,2024-01-02,[red\\,green]\nB,,Two,2024-01-01,,red\n"
    account = imports.run(imports.file("a.csv", text))
    assert (account.files[0].format.name, account.files[0].records("kept")) == ("actionable_agile", 2)
