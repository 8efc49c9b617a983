"""plan.toml: what it may say, and what is told of one that can't be read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.errors import DefinitionError
from dashboard.streams.last_plan import LAST, InUse, plan_in_use
from dashboard.streams.plan import Plan, parse_plan

METRICS = frozenset({"lead_time", "change_lead_time", "cycle_time", "process_time", "throughput"})
PLAN = Path("plan.toml")
TARGET = '[[target]]\nid = "t"\nstream = "s"\nmetric = "lead_time"\nvalue = 1\ndue = 2025-01-01\n'
WINDOW = "baseline_from = 2024-01-01\nbaseline_until = 2024-04-01\n"
INITIATIVE = '[[initiative]]\nid = "i"\nstream = "s"\nname = "n"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # No value behind the equals sign in line 3.
        ('[[target]]\nid = "t"\ndue =\n', "plan.toml, line 3, key 'due': can't be read as TOML: Invalid value"),
        (f"{TARGET}{WINDOW}value = 2\n", "plan.toml, line 9, key 'value': can't be read as TOML: Cannot overwrite"),
        (
            f'# [[target]] no\n{INITIATIVE}{TARGET}{WINDOW}period = "year"\n',
            "plan.toml, line 14: target[0].period is 'year'; it should be 'week', 'month' or 'quarter'.",
        ),
        (TARGET, "plan.toml, line 1: target[0] should have 'baseline', a value, or both"),
        (f"{TARGET}baseline = 3\n{WINDOW}", "plan.toml, line 1: target[0] should have 'baseline', a value, or"),
        (f'{TARGET}{WINDOW}owner = "x"\n', "plan.toml, line 9: target[0].owner is not a key that is known here."),
        ('[[initiative]]\nid = "i"\nname = "n"\n', "plan.toml, line 1: initiative[0].stream is missing."),
        (f"{INITIATIVE}\n{INITIATIVE}", "plan.toml, line 7: initiative[1].id is i, as in another initiative."),
        (
            f'{INITIATIVE}milestones = [{{ on = 2024-01-01, name = "a" }}, {{ on = 1, name = "b" }}]\n',
            "plan.toml, line 5: initiative[0].milestones[1].on is 1; it",
        ),
        (
            f'{INITIATIVE}[[initiative.milestones]]\non = 2024-01-01\nname = "a"\n'
            '[[initiative.milestones]]\nname = "b"\n',
            "plan.toml, line 8: initiative[0].milestones[1].on is missing.",
        ),
        (
            f'{INITIATIVE}metric = "Lead Time"\n',
            "plan.toml, line 5: initiative[0].metric is 'Lead Time'; there is no such metric. "
            "Nearest: lead_time, cycle_time, change_lead_time.",
        ),
        (f'{INITIATIVE}metric = "zzz"\n', "There are: change_lead_time, cycle_time, lead_time, process_time, through"),
    ],
)
def test_what_cannot_be_is_told_with_its_line_and_key(text: str, words: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_plan(PLAN, text, METRICS)
    assert words in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_the_mean_is_written_as_the_word() -> None:
    (target,) = parse_plan(PLAN, f'{TARGET}{WINDOW}percentile = "mean"\n', METRICS).target
    assert target.percentile is None


def test_a_baseline_may_be_a_value_with_the_day_from_which_it_holds() -> None:
    (target,) = parse_plan(PLAN, f"{TARGET}baseline = 12.5\nbaseline_until = 2024-04-01\n", METRICS).target
    assert (target.baseline, target.baseline_from, str(target.baseline_until)) == (12.5, None, "2024-04-01")


def broken(path: Path) -> None:
    path.write_text(path.read_text().replace("value = 1\n", "value =\n"))


def test_the_last_plan_that_could_be_read_stays_in_use(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(f"{TARGET}{WINDOW}")
    assert plan_in_use(path, tmp_path, METRICS).fault is None
    broken(path)
    found = plan_in_use(path, tmp_path, METRICS)
    assert [target.id for target in found.plan.target] == ["t"]
    assert found.since is not None
    assert "plan.toml, line 5, key 'value': can't be read as TOML" in (found.fault or "")
    path.write_text(f"{TARGET}{WINDOW}{INITIATIVE}")
    again = plan_in_use(path, tmp_path, METRICS)
    assert (again.fault, len(again.plan.initiative)) == (None, 1)


def test_without_a_plan_that_could_be_read_nothing_is_planned_and_the_fault_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("[[target]\n")
    found = plan_in_use(path, tmp_path, METRICS)
    assert (found.plan, found.since) == (Plan(), None)
    assert "plan.toml, line 1" in (found.fault or "")


def test_no_plan_is_no_fault_and_a_plan_shows_where_nothing_can_be_remembered(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    assert plan_in_use(path, tmp_path, METRICS) == InUse(Plan())
    path.write_text(INITIATIVE)
    assert len(plan_in_use(path, tmp_path / "nowhere", METRICS).plan.initiative) == 1


def test_many_readers_remember_one_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(f"{TARGET}{WINDOW}{INITIATIVE}" + "# a long plan\n" * 5_000)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: plan_in_use(path, tmp_path, METRICS), range(40)))
    assert all(each == InUse(found[0].plan) for each in found)
    assert (tmp_path / LAST).read_text() == path.read_text()
    assert {each.name for each in tmp_path.iterdir()} == {"plan.toml", LAST}


def test_a_target_of_an_unknown_objective_names_line_key_and_the_nearest(tmp_path: Path) -> None:
    text = (
        '[[objective]]\nid = "bank-faster"\nstream = "bank"\ntitle = "Faster"\n\n[[target]]\nid = "t"\n'
        'stream = "bank"\nobjective = "bank-fastr"\nmetric = "lead_time"\nbaseline = 3\nvalue = 1\ndue = 2026-01-31\n'
    )
    words = (
        r"plan\.toml, line 9: target\[0\]\.objective is 'bank-fastr'; there is no such objective\. Nearest: bank-faster"
    )
    with pytest.raises(DefinitionError, match=words):
        parse_plan(tmp_path / "plan.toml", text, frozenset({"lead_time"}))
