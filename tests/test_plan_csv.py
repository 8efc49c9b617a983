"""The plan as CSV and back: nothing is lost on the way, and what can't be is told by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.errors import DefinitionError
from dashboard.spreadsheets import safe_csv
from dashboard.streams.plan import Plan, parse_plan
from dashboard.streams.plan_csv import COLUMNS, changes_of, edits_from, plan_table

METRICS = frozenset({"lead_time", "cycle_time", "rework_ratio"})
TEXT = """\
[[objective]]
id = "faster"
stream = "shop"
title = "=1+1 is a title, too"

[[target]]
id = "lead"
stream = "shop"
objective = "faster"
metric = "lead_time"
percentile = "mean"
baseline = 12.5
value = 1234567.25
due = 2025-01-31

[[target]]
id = "again"
stream = "shop"
metric = "rework_ratio"
team = "Pay"
period = "week"
baseline_from = 2024-01-01
baseline_until = 2024-03-01
value = 0.1
due = 2025-01-31
path = "step"

[[initiative]]
id = "pairs"
stream = "shop"
name = "Pair, then merge"
status = "running"
start = 2024-02-01
milestones = [{ on = 2024-03-01, name = "First; second" }, { on = 2024-04-01, name = "All" }]

[[review]]
stream = "shop"
on = 2024-06-30
note = "Go on\\nas planned"
"""
STREAMS = frozenset({"shop", "bank"})
PLAN = parse_plan(Path("plan.toml"), TEXT, METRICS)


def edits(text: str, plan: Plan = PLAN) -> list[tuple[str, str | None]]:
    return [(edit.kind, edit.id) for edit in edits_from(text, plan, "shop", METRICS, STREAMS)]


def test_what_goes_out_comes_back_as_it_was() -> None:
    text = safe_csv(plan_table(PLAN))
    assert "'=1+1 is a title" in text
    assert changes_of(PLAN, edits_from(text, PLAN, "shop", METRICS, STREAMS)) == ()
    empty = Plan()
    back = changes_of(empty, edits_from(text, empty, "shop", METRICS, STREAMS))
    assert [each.after for each in back] == [*PLAN.objective, *PLAN.target, *PLAN.initiative, *PLAN.review]


def test_a_spreadsheet_may_write_semicolons_and_a_mark_of_the_order_of_bytes() -> None:
    assert edits("\ufeffkind;id;name\ninitiative;pairs;Pair\n") == [("initiative", "pairs")]


def test_a_column_that_is_not_there_stays_and_a_cell_that_is_empty_goes() -> None:
    (edit,) = edits_from("kind,id,status\ninitiative,pairs,\n", PLAN, "shop", METRICS, STREAMS)
    (change,) = changes_of(PLAN, [edit])
    assert change.after == PLAN.initiative[0].model_copy(update={"status": "planned"})


def test_an_entry_without_an_id_is_new_and_of_the_stream_that_is_looked_at() -> None:
    (first, second) = edits_from("kind,name\ninitiative,Pair\ninitiative,Pair\n", PLAN, "bank", METRICS, STREAMS)
    assert (first.id, second.id) == (None, None)
    found = [each.after for each in changes_of(PLAN, [first, second])]
    assert [(each.id, each.stream) for each in found if each] == [("bank-pair", "bank"), ("bank-pair-2", "bank")]


def test_an_entry_of_another_stream_stays_there() -> None:
    for text in ("kind,id,status\ninitiative,pairs,done\n", "kind,id,stream,status\ninitiative,pairs,,done\n"):
        (change,) = changes_of(PLAN, edits_from(text, PLAN, "bank", METRICS, STREAMS))
        assert change.after == PLAN.initiative[0].model_copy(update={"status": "done"})
        assert change.after.stream == "shop"


def test_shares_may_be_written_in_per_cent() -> None:
    (edit,) = edits_from("kind,id,value\ntarget,again,15 %\n", PLAN, "shop", METRICS, STREAMS)
    assert edit.values is not None
    assert edit.values["value"] == 0.15


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: there is no column kind. The first line names the columns: kind, id, stream, title,"),
        ("kind,nam\n", "line 1, column nam: there is no such column."),
        ("kind,name,name\n", "line 1, column name: it stands there twice."),
        (
            "kind,name\ngoal,x\n",
            "line 2, column kind: is 'goal'; expected one of objective, target, initiative, review.",
        ),
        ("kind,name\n\ninitiative,\n", "line 3, column name: is missing."),
        ("kind,name\ninitiative,a,b\n", "line 2: it has 3 cells, and the first line names 2 columns."),
        (
            'kind,name,due\ninitiative,"two\nlines",\ninitiative,n,31/01/2026\n',
            "line 4, column due: is '31/01/2026', which is no day; expected year-month-day, such as 2026-01-31.",
        ),
        ("kind,id,value\ntarget,again,few\n", "line 2, column value: is 'few', which is no number"),
        (
            "kind,id,value\ninitiative,pairs,3\n",
            "line 2, column value: is '3', and an entry of the kind initiative has",
        ),
        (
            "kind,name,status\ninitiative,n,begun\n",
            "line 2, column status: is 'begun'; it should be 'planned', 'running'",
        ),
        (
            "kind,name,metric\ninitiative,n,leadtime\n",
            "line 2, column metric: is 'leadtime'; there is no such metric. Near",
        ),
        (
            "kind,name,stream\ninitiative,n,bnk\n",
            "line 2, column stream: is 'bnk'; there is no such value stream. Nearest: bank.",
        ),
        (
            "kind,metric,value,due\ntarget,lead_time,1,2026-01-31\n",
            "line 2, column kind: should have 'baseline', a value",
        ),
        (
            "kind,name,milestones\ninitiative,n,soon\n",
            "line 2, column milestones: has 'soon'; expected a day and a name",
        ),
    ],
)
def test_what_cannot_be_read_is_told_by_line_and_column(text: str, words: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        edits(text)
    assert words in str(refused.value)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as refused:
        edits("kind,name,due\ninitiative,,soon\ninitiative,n,later\n")
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
        "line 2, column due",
        "line 3, column due",
    ]


def test_every_field_of_the_plan_has_a_column() -> None:
    assert len(COLUMNS) == len(set(COLUMNS))
    assert {"kind", "milestones", "team", "baseline", "note", "expected"} <= set(COLUMNS)
