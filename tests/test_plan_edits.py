"""Changes of the plan in its file: what somebody changed is written and logged, everything else stays as it was."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dashboard.errors import ConflictError, DefinitionError, StoreError
from dashboard.store import Store
from dashboard.streams.plan_edits import Change, Edit, Seen, new_id, said_of, seen, write

METRICS = frozenset({"lead_time", "change_lead_time", "cycle_time"})
# Comments in every place, entries of two streams, keys in no order.
TEXT = """\
# Our plan. # [[target]] in a comment is none.

[[objective]]
id = "shop-faster"
stream = "shop"
title = "Orders the same day" # as agreed in May

# The number that counts.
[[target]]
stream = "shop"
id = "shop-lead"
objective = "shop-faster"
metric = "lead_time"   # of all orders
percentile = 0.85
baseline_from = 2024-01-01
baseline_until = 2024-07-01
value = 1.5 # days
due = 2025-01-31

[[initiative]]
id = "shop-pairs"
stream = "shop"
name = "Pair on reviews"
# the owner changes in spring
owner = "Lead"
milestones = [
    { on = 2024-03-01, name = "First pair" }, # both teams
]

# ---- The bank ----

[[initiative]]
id = "bank-release"
stream = "bank"
name = "Release weekly"
status = "running"
"""


@contextmanager
def unlogged(_: Sequence[Change]) -> Iterator[None]:
    yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "plan.toml"
    written.write_text(TEXT, encoding="utf-8")
    return written


def edited(path: Path, *edits: Edit) -> Seen:
    return write(path, METRICS, seen(path, METRICS).mark, edits, unlogged)


def values(path: Path, kind: str, id: str, **changed: Any) -> Mapping[str, Any]:
    entries = getattr(seen(path, METRICS).plan, kind)
    return {**said_of(next(each for each in entries if each.id == id)), **changed}


def test_a_changed_key_is_the_only_thing_that_changes(path: Path) -> None:
    edited(path, Edit("target", "shop-lead", values(path, "target", "shop-lead", value=1.0, due=dt.date(2025, 6, 30))))
    expected = TEXT.replace("value = 1.5 # days", "value = 1.0 # days").replace("2025-01-31", "2025-06-30")
    assert path.read_text() == expected


def test_a_key_that_is_emptied_goes_and_one_that_is_new_stands_last(path: Path) -> None:
    edited(
        path, Edit("initiative", "bank-release", values(path, "initiative", "bank-release", status=None, owner="QA"))
    )
    assert path.read_text() == TEXT.replace('status = "running"\n', 'owner = "QA"\n')


def test_milestones_written_as_tables_of_their_own_are_changed_too(path: Path) -> None:
    tables = '[[initiative.milestones]]\non = 2024-05-01\nname = "Piloted"\n'
    path.write_text(f"{TEXT}\n{tables}\n# The end.\n")
    marks = [{"on": dt.date(2024, 5, 2), "name": "Piloted"}]
    after = edited(
        path, Edit("initiative", "bank-release", values(path, "initiative", "bank-release", milestones=marks))
    )
    assert after.plan.initiative[1].milestones[0].on == dt.date(2024, 5, 2)
    assert path.read_text().endswith(
        'status = "running"\nmilestones = [{on = 2024-05-02, name = "Piloted"}]\n\n# The end.\n'
    )


def test_a_new_entry_stands_behind_the_last_of_its_stream(path: Path) -> None:
    new = {"id": "shop-new", "stream": "shop", "name": "Smaller orders"}
    edited(path, Edit("initiative", None, new))
    text = '[[initiative]]\nid = "shop-new"\nstream = "shop"\nname = "Smaller orders"\n\n'
    assert path.read_text() == TEXT.replace("# ---- The bank", f"{text}# ---- The bank")


def test_a_new_entry_of_a_kind_that_is_not_there_stands_last(path: Path) -> None:
    edited(path, Edit("review", None, {"stream": "shop", "on": dt.date(2024, 9, 1), "note": "Go on"}))
    assert path.read_text() == f'{TEXT}\n[[review]]\nstream = "shop"\non = 2024-09-01\nnote = "Go on"\n'


def test_the_first_entry_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    edited(path, Edit("objective", None, {"id": "a", "stream": "shop", "title": "Sooner"}))
    assert seen(path, METRICS).plan.objective[0].title == "Sooner"
    assert path.read_text().startswith("# Targets and initiatives")


def test_a_removed_entry_takes_its_own_comments_and_leaves_the_others(path: Path) -> None:
    edited(path, Edit("initiative", "shop-pairs", None), Edit("target", "shop-lead", None))
    text = path.read_text()
    assert text == TEXT[: TEXT.index("# The number that counts.")] + TEXT[TEXT.index("# ---- The bank") :]


def test_every_entry_removed_in_turn_leaves_a_plan_that_can_be_read(path: Path) -> None:
    for kind, key in (
        ("target", "shop-lead"),
        ("initiative", "bank-release"),
        ("objective", "shop-faster"),
        ("initiative", "shop-pairs"),
    ):
        edited(path, Edit(kind, key, None))
    assert path.read_text() == "# Our plan. # [[target]] in a comment is none.\n\n# ---- The bank ----\n"


def test_a_plan_changed_meanwhile_is_not_written_over(path: Path) -> None:
    mark = seen(path, METRICS).mark
    mine = Edit("initiative", "bank-release", values(path, "initiative", "bank-release", owner="Mine"))
    edited(path, Edit("initiative", "bank-release", values(path, "initiative", "bank-release", owner="Theirs")))
    text = path.read_text()
    with pytest.raises(ConflictError, match="changed since this form was opened") as refused:
        write(path, METRICS, mark, [mine], unlogged)
    assert path.read_text() == text
    assert refused.value.record.plan.initiative[1].owner == "Theirs"
    # Whoever decides again on what stands there now writes.
    assert write(path, METRICS, refused.value.record.mark, [mine], unlogged).plan.initiative[1].owner == "Mine"


def test_of_twenty_editors_at_once_one_writes(path: Path) -> None:
    mark, told = seen(path, METRICS).mark, []

    def add(number: int) -> None:
        try:
            edit = Edit("objective", None, {"id": f"o{number}", "stream": "shop", "title": "t"})
            write(path, METRICS, mark, [edit], unlogged)
        except ConflictError:
            told.append(number)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 19
    assert len(seen(path, METRICS).plan.objective) == 2


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("initiative", "gone", {}), "'gone' is not in the plan any more"),
        (Edit("initiative", None, {"id": "x", "stream": "shop"}), "name is missing"),
        (Edit("initiative", None, {"id": "shop-pairs", "stream": "shop", "name": "n"}), "as in another initiative"),
        (
            Edit(
                "initiative",
                None,
                {"id": "x", "stream": "shop", "name": "n", "start": dt.date(2024, 2, 1), "due": dt.date(2024, 1, 1)},
            ),
            "'due' no earlier than 'start'",
        ),
        (
            Edit("target", None, {"id": "x", "stream": "s", "metric": "lead_time", "value": 1, "due": dt.date.today()}),
            "should have 'baseline', a value, or both",
        ),
        (
            Edit("initiative", None, {"id": "x", "stream": "s", "name": "n", "metric": "leadtime"}),
            "Nearest: lead_time",
        ),
        (Edit("objective", "shop-faster", None), "Targets serve this objective"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(path: Path, edit: Edit, words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        edited(path, edit)
    assert path.read_text() == TEXT


def test_entries_in_one_line_are_left_to_those_who_wrote_them(path: Path) -> None:
    path.write_text('initiative = [{ id = "a", stream = "s", name = "n" }]\n')
    for edit in (
        Edit("initiative", "a", None),
        Edit("initiative", None, {"id": "b", "stream": "s", "name": "m"}),
    ):
        with pytest.raises(DefinitionError, match=r"as a table of its own"):
            edited(path, edit)
    assert path.read_text().startswith("initiative = [")


def test_every_change_is_in_the_log_and_none_without_the_file(path: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")

    def log(changes: Sequence[Change]) -> Any:
        return store.logging(
            [(c.kind, said_of(c.before) if c.before else None, said_of(c.after) if c.after else None) for c in changes]
        )

    change = Edit("initiative", "bank-release", values(path, "initiative", "bank-release", due=dt.date(2024, 8, 1)))
    write(path, METRICS, seen(path, METRICS).mark, [change], log)
    (logged,) = store.log(kinds=["initiative"])
    assert (logged.kind, logged.action) == ("initiative", "change")
    assert "due" not in json.loads(logged.before or "")
    assert json.loads(logged.after or "")["due"] == "2024-08-01"
    assert store.log(kinds=["note"]) == ()
    text = path.read_text()
    (tmp_path / "store.sqlite").write_text("no database at all, but long enough to be taken for one" * 9)
    with pytest.raises(StoreError):
        write(path, METRICS, seen(path, METRICS).mark, [Edit("target", "shop-lead", None)], log)
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Pair on reviews", [], "shop-pair-on-reviews"),
        ("Pair on reviews", ["shop-pair-on-reviews"], "shop-pair-on-reviews-2"),
        ("Übergabe – früher", [], "shop-ubergabe-fruher"),
        ("日本", [], "shop-entry"),
    ],
)
def test_an_id_is_made_of_the_name(name: str, taken: list[str], expected: str) -> None:
    assert new_id("shop", name, taken) == expected
