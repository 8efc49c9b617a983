"""Every check finds the problem that was planted for it and spares what only looks like one."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT, STAGES, Rows, World, moves

from dashboard import snapshots
from dashboard.build import import_files
from dashboard.catalogue import Catalogue, read_catalogue
from dashboard.engines.duckdb import DuckDB
from dashboard.errors import SourceError
from dashboard.settings import Settings
from dashboard.warehouse import Warehouse

CHECKS = read_catalogue(ROOT / "queries").layer("checks")
SEVERITIES = {"broken", "error", "warning", "note"}


def at(written: str) -> dt.datetime:
    """An instant, such as `2024-01-01` or `2024-01-01T09:00`."""
    return dt.datetime.fromisoformat(written)


@dataclass(frozen=True)
class Planted:
    """A small world and the subjects that a check must name in it, each with its detail: these and no more."""

    finds: Mapping[str, str]
    tables: Mapping[str, Rows]
    stages: Rows = STAGES
    tampering: str | None = None


def passage(item: str, since: str, *days: int) -> list[dict[str, Any]]:
    """An item's moves into To do, Doing, Review and Done, `days` after `since`."""
    begin = dt.date.fromisoformat(since)
    named = zip(("To do", "Doing", "Review", "Done"), (0, *days), strict=False)
    return moves(*((item, state, f"{begin + dt.timedelta(days=day)}T{9 + day % 8:02}:00") for state, day in named))


def item(key: str, **told: Any) -> dict[str, Any]:
    """An item that was created on New Year's Day."""
    return {"item_id": key, "created_at": at("2024-01-01"), **told}


def deployment(key: str, deployed: str, **told: Any) -> dict[str, Any]:
    """A success in production."""
    return {"deployment_id": key, "deployed_at": at(deployed), "status": "success", "service": "web", **told}


def change(key: str, authored: str, merged: str | None, deployed_by: str | None) -> dict[str, Any]:
    """A change by a person."""
    return {
        "change_id": key,
        "authored_at": at(authored),
        "merged_at": at(merged) if merged else None,
        "deployment_id": deployed_by,
    }


def incident(key: str, began: str, restored: str | None = None, cause: str | None = None) -> dict[str, Any]:
    """An incident of the service `web`."""
    return {
        "incident_id": key,
        "service": "web",
        "started_at": at(began),
        "restored_at": at(restored) if restored else None,
        "deployment_id": cause,
    }


def flag(key: str, since: str, until: str | None) -> dict[str, Any]:
    """A time in which an item was flagged as blocked."""
    return {"item_id": key, "blocked_at": at(since), "unblocked_at": at(until) if until else None}


def link(kind: str, from_id: str, to_id: str) -> dict[str, Any]:
    """A link between two things."""
    return {"kind": kind, "from_id": from_id, "to_id": to_id}


def imported(when: str) -> dict[str, Any]:
    """An import of one file."""
    counts = dict.fromkeys(("rows_read", "rows_kept", "rows_set_aside", "rows_ignored"), 0)
    words = {"file_name": "a.csv", "sha256": "0", "format": "own", "time_zone": "UTC"}
    return {"import_id": 1, **words, "imported_at": at(when), **counts}


PLANTED: Mapping[str, Planted] = {
    "after_the_end": Planted(
        finds={
            "again": "from Done to Closed on 2024-01-06 and 1 more",
            "dropped": "from Done to Dropped on 2024-01-05",
            "lost": "from Done to (unmapped) on 2024-01-05",
        },
        tables={"transitions": [
            *passage("good", "2024-01-01", 1, 2, 3),
            *moves(
                ("again", "Doing", "2024-01-01"), ("again", "Done", "2024-01-04"),
                ("again", "Closed", "2024-01-06"), ("again", "Done", "2024-01-07"),
                ("dropped", "Doing", "2024-01-01"), ("dropped", "Done", "2024-01-04"),
                ("dropped", "Dropped", "2024-01-05"),
                ("lost", "Done", "2024-01-04"), ("lost", "Limbo", "2024-01-05"),
                ("reopened", "Done", "2024-01-04"), ("reopened", "Doing", "2024-01-05"),
                ("reopened", "Done", "2024-01-06"),
            ),
        ]},
        stages=(*STAGES, {"name": "Closed", "category": "done", "mode": "wait"}),
    ),
    "backwards": Planted(
        finds={
            "reopened": "from Done to Doing on 2024-01-05",
            "put back": "from Doing to To do on 2024-01-02 and 1 more",
            "by way of a gap": "from Doing to To do on 2024-01-03",
        },
        tables={"transitions": [
            *passage("good", "2024-01-01", 1, 2, 3),
            *moves(
                ("reopened", "Done", "2024-01-04"), ("reopened", "Doing", "2024-01-05"),
                ("put back", "Doing", "2024-01-01"), ("put back", "To do", "2024-01-02"),
                ("put back", "Doing", "2024-01-03"), ("put back", "To do", "2024-01-04"),
                ("by way of a gap", "Doing", "2024-01-01"), ("by way of a gap", "Limbo", "2024-01-02"),
                ("by way of a gap", "To do", "2024-01-03"),
                ("reworked", "Review", "2024-01-01"), ("reworked", "Doing", "2024-01-02"),
            ),
        ]},
    ),
    "blocked_after_end": Planted(
        finds={"A": "ended 2024-01-04, flagged since 2024-01-02"},
        tables={
            "transitions": [*passage("A", "2024-01-01", 1, 2, 3), *passage("B", "2024-01-01", 1, 2, 3),
                            *passage("open", "2024-01-01", 1)],
            "blocked": [flag("A", "2024-01-02", None), flag("B", "2024-01-02", "2024-01-03"),
                        flag("open", "2024-01-03", None)],
        },
    ),
    "blocked_by_closed": Planted(
        finds={"flagged": "in Doing, blocked by closed, closed 2024-01-04"},
        tables={
            "transitions": [
                *passage("closed", "2024-01-01", 1, 2, 3), *passage("open", "2024-01-01", 1),
                *passage("flagged", "2024-01-01", 1), *passage("not flagged", "2024-01-01", 1),
                *passage("two blockers", "2024-01-01", 1), *passage("finished", "2024-01-01", 1, 2, 3),
            ],
            "blocked": [flag(key, "2024-01-02", None) for key in ("flagged", "two blockers", "finished")],
            "links": [
                *(link("blocks", "closed", key) for key in ("flagged", "not flagged", "two blockers", "finished")),
                link("blocks", "open", "two blockers"),
            ],
        },
    ),
    "cause_after_incident": Planted(
        finds={
            "two days": "began 2024-01-01 09:00, d1 deployed 2024-01-03 10:00 UTC",
            "healed": "began 2024-01-05 10:00, d2 deployed 2024-01-05 12:00 UTC",
        },
        tables={
            "deployments": [deployment("d1", "2024-01-03T10:00"), deployment("d2", "2024-01-05T12:00")],
            "incidents": [
                incident("two days", "2024-01-01T09:00", "2024-01-04", "d1"),
                incident("healed", "2024-01-05T10:00", "2024-01-05T11:00", "d2"),
                incident("rolling out", "2024-01-05T11:30", "2024-01-05T13:00", "d2"),
                incident("caused", "2024-01-06", "2024-01-07", "d2"),
            ],
        },
    ),
    "clock_outlier": Planted(
        finds={"slip": "in Doing from 2024-01-02 to 2034-01-02, 3653 days; 99 % stay 6 or less"},
        tables={"transitions": [
            *(row for number in range(300) for row in passage(f"I{number}", "2024-01-01", 1, 6, 7)),
            *(row for number in range(300) for row in moves(
                (f"P{number}", "Partner", "2024-01-01"), (f"P{number}", "Done", "2024-07-01")
            )),
            *moves(
                ("slip", "Doing", "2024-01-02T09:00"), ("slip", "Done", "2034-01-02T09:00"),
                ("slow", "Doing", "2024-01-02T09:00"), ("slow", "Done", "2024-11-02T09:00"),
                ("rare stage", "Review queue", "2024-01-02"), ("rare stage", "Done", "2034-01-02"),
                ("twice as long", "Partner", "2024-01-01"), ("twice as long", "Done", "2025-06-01"),
                ("still there", "Doing", "2024-01-02"),
            ),
        ]},
        stages=(*STAGES, {"name": "Partner"}),
    ),
    "counted_without_a_record": Planted(
        finds={
            "A": "a.csv, record 2: it lies in the future and 1 more",
            "d": "a.csv, record 9: the cell is empty", "i": "a.csv, record 10: the cell is empty",
        },
        tables={
            "transitions": moves(("A", "Doing", "2024-01-02"), ("B", "Doing", "2024-01-02")),
            "deployments": [deployment("d", "2024-01-01")],
            "incidents": [incident("i", "2024-01-02")],
            "set_aside": [
                {"file_name": "a.csv", "record": record, "subject": subject, "reason": reason}
                for record, subject, reason in (
                    (2, "A", "it lies in the future"), (3, "A", "it lies in the future"),
                    (4, "gone", "the cell is empty"), (5, None, "the cell is empty"),
                    (9, "d", "the cell is empty"), (10, "i", "the cell is empty"),
                )
            ],
        },
    ),
    "created_late": Planted(
        finds={
            "A": "created 2024-01-03 02:00, first event 2024-01-02 09:00 UTC",
            "seen": "created 2024-01-01 00:00, first event 2023-12-01 00:00 UTC",
        },
        tables={
            "transitions": moves(("A", "Doing", "2024-01-02T09:00"), ("B", "Doing", "2024-01-02T09:00")),
            "items": [
                {"item_id": "A", "created_at": at("2024-01-03T02:00")},
                {"item_id": "B", "created_at": at("2024-01-02T09:00:20")},
                {"item_id": "seen", "created_at": at("2024-01-01"), "first_seen_at": at("2023-12-01")},
            ],
        },
    ),
    "duplicate_event": Planted(
        finds={"A": "Doing at 2024-01-02 09:00:00 UTC and 1 more"},
        tables={"transitions": [
            {**row, "person": person}
            for person in ("p-1", "p-2", "p-3")
            for row in moves(("A", "Doing", "2024-01-02T09:00"))
        ] + moves(("A", "Review", "2024-01-02T09:00"), ("B", "Doing", "2024-01-02"), ("B", "Doing", "2024-01-03"))},
    ),
    "duplicate_key": Planted(
        finds={
            "A": "2 rows among the items of test", "d": "2 rows among the deployments",
            "c": "2 rows among the changes", "i": "2 rows among the incidents",
        },
        tables={
            "items": [item("A", team="Red"), item("A", team="Blue"),
                      item("B"), item("B", file_name="another", import_id=2)],
            "deployments": [deployment("d", "2024-01-01"), deployment("d", "2024-01-02"),
                            deployment("e", "2024-01-02")],
            "changes": [change("c", "2024-01-01", None, None), change("c", "2024-01-02", None, None)],
            "incidents": [incident("i", "2024-01-01"), incident("i", "2024-01-02")],
        },
    ),
    "end_unknown": Planted(
        finds={"A": "created 2024-01-01, now in Done"},
        tables={
            "items": [item("A", status="Done"), item("B", status="Doing"), item("C", status="Done")],
            "transitions": moves(("C", "Done", "2024-01-05")),
        },
    ),
    "finished_before_started": Planted(
        finds={"A": "Done on 2024-01-02, then Doing on 2024-01-05"},
        tables={"transitions": moves(
            ("A", "Done", "2024-01-02"), ("A", "Doing", "2024-01-05"),
            ("A", "Done", "2024-01-06"), ("A", "Doing", "2024-01-07"),
            ("reopened", "Doing", "2024-01-01"), ("reopened", "Done", "2024-01-02"),
            ("reopened", "Doing", "2024-01-05"),
            ("never", "Done", "2024-01-02"),
        )},
    ),
    "impossible_date": Planted(
        finds={
            "A": "moved to Done 2031-05-01 00:00 UTC", "old": "created 1985-01-01 00:00 UTC",
            "flagged": "unblocked 2030-01-01 00:00 UTC", "d": "deployed 2024-06-01 00:06 UTC",
            "i": "restored 2030-01-01 00:00 UTC", "c": "merged 2030-01-02 00:00 UTC and 1 more",
        },
        tables={
            "imports": [imported("2024-06-01")],
            "items": [item("old", created_at=at("1985-01-01")), item("flagged")],
            "transitions": moves(("A", "Doing", "2024-05-01"), ("A", "Done", "2031-05-01"),
                                 ("B", "Doing", "2024-06-01")),
            "blocked": [flag("flagged", "2024-05-01", "2030-01-01")],
            "deployments": [deployment("d", "2024-06-01T00:06"), deployment("just", "2024-06-01T00:04")],
            "incidents": [incident("i", "2024-05-01", "2030-01-01")],
            "changes": [change("c", "2030-01-01", "2030-01-02", None)],
        },
    ),
    "item_in_no_stage": Planted(
        finds={
            "elsewhere": "only in states that no stage collects", "mute": "no state is told for it",
            "timeless": "no time is told for it",
        },
        tables={
            "items": [item("mute"), item("timeless", created_at=None, status="Doing"), item("plain", status="Doing")],
            "transitions": moves(
                ("elsewhere", "Gate 1", "2024-01-01"), ("elsewhere", "Gate 2", "2024-01-02"),
                ("half", "Gate 1", "2024-01-01"), ("half", "Doing", "2024-01-02"),
            ),
        },
    ),
    "missing_move": Planted(
        finds={"A": "was in Doing, left Review at 2024-01-03 09:00 UTC"},
        tables={"transitions": [
            {"item_id": key, "from_state": left, "to_state": state, "occurred_at": at(f"2024-01-0{day}T09:00")}
            for key, left, state, day in (
                ("A", "To do", "Doing", 2), ("A", "Review", "Done", 3),
                ("B", "To do", "Doing", 2), ("B", "Doing", "Done", 3),
                ("silent", None, "Doing", 2), ("silent", None, "Done", 3),
            )
        ]},
    ),
    "missing_target": Planted(
        finds={
            "no item": "item named by a blocked time and 1 more",
            "no blocker": "item named by a link (blocks) to A",
            "no deployment": "deployment named by a link (deployed) from A",
            "named by a change": "deployment named by the change c",
            "d": "item named by a link (blocks) to A",
            "named by an incident": "deployment named by the incident i; there is one in the stream t",
        },
        tables={
            "items": [item("A", status="Doing")],
            "deployments": [deployment("d", "2024-01-05"),
                            {**deployment("named by an incident", "2024-01-05"), "stream": "t"}],
            "blocked": [flag("no item", "2024-01-02", None), flag("A", "2024-01-02", None)],
            "links": [link("deployed", "no item", "d"), link("deployed", "A", "no deployment"),
                      link("deployed", "A", "d"), link("blocks", "no blocker", "A"), link("blocks", "d", "A")],
            "changes": [change("c", "2024-01-01", None, "named by a change"), change("fine", "2024-01-01", None, "d")],
            "incidents": [incident("i", "2024-01-06", None, "named by an incident")],
        },
    ),
    "negative_block": Planted(
        finds={"A": "set 2024-01-03 00:00, lifted 2024-01-02 00:00 UTC"},
        tables={
            "transitions": passage("A", "2024-01-01", 1, 2, 3),
            "blocked": [flag("A", "2024-01-03", "2024-01-02"), flag("A", "2024-01-02", "2024-01-02"),
                        flag("A", "2024-01-02", None)],
        },
    ),
    "negative_change": Planted(
        finds={"c": "authored 2024-01-05 00:00:00, deployed 2024-01-04 00:00:00"},
        tables={
            "deployments": [deployment("d", "2024-01-04")],
            "changes": [change("c", "2024-01-05", None, "d"), change("fine", "2024-01-04", None, "d"),
                        change("waiting", "2024-01-04", None, None)],
        },
    ),
    "never_started": Planted(
        finds={
            "A": "from To do to Done on 2024-01-05", "B": "first heard of in Done on 2024-01-05",
            "twice done": "from To do to Done on 2024-01-06",
        },
        tables={
            "items": [item("B"), item("no history", status="Done")],
            "transitions": moves(
                ("A", "To do", "2024-01-02"), ("A", "Done", "2024-01-05"),
                ("B", "Done", "2024-01-05"),
                ("twice done", "Done", "2024-01-02"), ("twice done", "To do", "2024-01-04"),
                ("twice done", "Done", "2024-01-06"),
                ("at once", "Doing", "2024-01-05"), ("at once", "Done", "2024-01-05"),
                ("dropped", "To do", "2024-01-05"), ("dropped", "Dropped", "2024-01-05"),
            ),
        },
    ),
    "no_deployments": Planted(
        finds={"s": "2 changes, 0 deployed"},
        tables={
            "deployments": [deployment("d", "2024-01-05", status="failed")],
            "changes": [change("c", "2024-01-01", None, "d"), change("e", "2024-01-01", None, None)],
        },
    ),
    "no_history": Planted(
        finds={"A": "created 2024-01-01, now in Doing", "mute": "created 2024-01-01"},
        tables={
            "items": [item("A", status="Doing"), item("mute"), item("B")],
            "transitions": moves(("B", "Doing", "2024-01-02")),
        },
    ),
    "one_instant": Planted(
        finds={"A": "To do → Doing → Done at 2024-01-02 09:00:00 UTC"},
        tables={"transitions": [
            *moves(
                ("A", "To do", "2024-01-02T09:00"), ("A", "Doing", "2024-01-02T09:00"),
                ("A", "Done", "2024-01-02T09:00"),
                ("two steps", "To do", "2024-01-02T10:00"), ("two steps", "Done", "2024-01-02T10:00"),
            ),
            *passage("good", "2024-01-01", 1, 2, 3),
        ]},
    ),
    "no_longer_in_its_file": Planted(
        finds={"gone": "last in test of import 1"},
        tables={
            "imports": [imported("2024-06-01") | {"file_name": "test", "import_id": number} for number in (1, 2)],
            "items": [item("gone"), item("there", import_id=2), item("elsewhere", file_name="other")],
        },
    ),
    "not_in_the_list": Planted(
        finds={"stray": "last move 2024-01-03"},
        tables={
            "items": [item("A", title="Sign in"), item("B", type="defect"), item("elsewhere", stream="t")],
            "transitions": [
                *moves(("A", "Doing", "2024-01-02"), ("stray", "Doing", "2024-01-02"), ("stray", "Done", "2024-01-03")),
                *({**row, "stream": "t"} for row in moves(("no list", "Doing", "2024-01-02"))),
            ],
        },
    ),
    "other_environment": Planted(
        finds={"prod-eu": "2 deployments, the last on 2024-01-05"},
        tables={"deployments": [
            deployment("a", "2024-01-04", environment="prod-eu"), deployment("b", "2024-01-05", environment="prod-eu"),
            deployment("c", "2024-01-02", environment="staging"), deployment("d", "2024-01-03", environment="PROD"),
            deployment("e", "2024-01-03", environment=None), deployment("f", "2024-01-03", environment="Live"),
        ]},
    ),
    "out_of_order": Planted(
        finds={"A": "Review at 2024-01-02 09:00, listed after Doing at 2024-02-02 09:00"},
        tables={"transitions": [
            *(row for number in range(10) for row in passage(f"I{number}", "2024-01-01", 1, 2, 3)),
            *moves(
                ("A", "To do", "2024-01-01T09:00"), ("A", "Doing", "2024-02-02T09:00"),
                ("A", "Review", "2024-01-02T09:00"), ("A", "Done", "2024-02-04T09:00"),
            ),
        ]},
    ),
    "over_the_limit": Planted(
        finds={"Doing": "3 items, limit 2"},
        tables={"transitions": moves(
            *((key, "Doing", "2024-01-01") for key in "ABCD"), *((key, "Review", "2024-01-01") for key in "EF"),
            ("D", "Done", "2024-01-02"),
        )},
        stages=tuple({**stage, "wip_limit": 2} for stage in STAGES),
    ),
    "parent_cycle": Planted(
        finds={
            "self": "self → self",
            **dict.fromkeys("ABC", "A → B → C → A"),
            **dict.fromkeys(
                (f"{number:03}" for number in range(300)),
                f"{' → '.join(f'{number:03}' for number in range(10))} → … (300 items) → 000",
            ),
        },
        tables={"items": [
            item("self", parent_id="self"),
            item("A", parent_id="B"), item("B", parent_id="C"), item("C", parent_id="A"),
            item("leads in", parent_id="A"), item("leads in further", parent_id="leads in"),
            *(item(f"{number:03}", parent_id=f"{(number + 1) % 300:03}") for number in range(300)),
            *(item(f"chain {number}", parent_id=f"chain {number + 1}") for number in range(5_000)),
            item("orphan", parent_id="nobody"), item("child", parent_id="root"), item("root", parent_id=None),
        ]},
    ),
    "parent_missing": Planted(
        finds={"A": "parent P"},
        tables={"items": [item("A", parent_id="P"), item("B", parent_id="C"), item("C", parent_id=None)]},
    ),
    "restored_before_begun": Planted(
        finds={"i": "began 2024-01-03 00:00:00, restored 2024-01-02 00:00:00"},
        tables={"incidents": [incident("i", "2024-01-03", "2024-01-02"), incident("fine", "2024-01-03", "2024-01-03"),
                              incident("open", "2024-01-03")]},
    ),
    "stage_without_visits": Planted(
        finds={
            "Review queue": "collects Review queue",
            "Testing": "collects QA, Test",
            "Dropped": "collects Dropped, Withdrawn",
        },
        tables={"transitions": passage("A", "2024-01-01", 1, 2, 3)},
        stages=(*STAGES, {"name": "Testing", "states": ("Test", "QA")}),
    ),
    "unattributed_incident": Planted(
        finds={"late": "began 2024-01-20, service web"},
        tables={
            "deployments": [deployment("d", "2024-01-05")],
            "incidents": [incident("late", "2024-01-20"), incident("window", "2024-01-06"),
                          incident("named", "2024-01-20", None, "d")],
        },
    ),
    "told_differently": Planted(
        finds={
            "state": "another state: Doing, Done in a.csv than in b.csv",
            "type": "another type: x, y in a.csv than in b.csv",
            "finish": "another finish in a.csv than in b.csv", "title": "another title in a.csv than in b.csv",
        },
        tables={"items": [
            *(
                item(key, file_name=file, **told)
                for key, one, other in (
                    ("state", {"status": "Doing"}, {"status": "Done"}), ("type", {"type": "x"}, {"type": "y"}),
                    ("title", {"title": "x"}, {"title": "y"}), ("same", {"title": "x"}, {"title": "x"}),
                    ("finish", {"finished_at": at("2024-01-05")}, {"finished_at": at("2024-01-06")}),
                    ("silent", {"title": "x"}, {}),
                )
                for file, told in (("a.csv", one), ("b.csv", other))
            ),
            item("newer", file_name="a.csv", title="x"), item("newer", file_name="b.csv", title="y", import_id=2),
        ]},
    ),
    "two_streams": Planted(
        finds={"t": "2 of 3 keys stand in t too, such as A-1"},
        tables={
            "items": [
                item("A-1"), item("A-2"), item("A-3"), item("A-1", stream="t"),
                *(item(f"T-{number}", stream="t") for number in range(9)),
                *(item(key, stream="u", created_at=at("2021-01-01")) for key in ("A-1", "A-3")),
            ],
            "transitions": [{**row, "stream": "t"} for row in moves(("A-2", "Doing", "2024-01-02"))],
        },
    ),
    "undeployed_change": Planted(
        finds={"old": "merged 2024-01-02, 58 days ago; 95 % waited 2 or less"},
        tables={
            "deployments": [deployment("d", "2024-01-10"), deployment("last", "2024-02-29")],
            "changes": [
                *(change(f"c{number}", "2024-01-07", "2024-01-08", "d") for number in range(98)),
                *(change(f"hasty {number}", "2024-01-10", "2024-01-10", "d") for number in range(30)),
                change("old", "2024-01-01", "2024-01-02", None),
                change("never merged", "2024-01-01", None, None),
                change("yesterday", "2024-02-28", "2024-02-28", None),
                {**change("by a program", "2024-01-01", "2024-01-02", None), "is_bot": True},
            ],
        },
    ),
    "unmapped_state": Planted(
        finds={
            "doing ": '2 items; the definition has "Doing"', "Triage": "1 item", "Parked": "1 item",
        },
        tables={
            "items": [item("D", status="Parked"), item("C", status="Elsewhere"), item("E", status="Doing")],
            "transitions": [
                *moves(("A", "doing ", "2024-01-02"), ("B", "doing ", "2024-01-02"), ("A", "doing ", "2024-01-04")),
                {"item_id": "C", "from_state": "Triage", "to_state": "Doing", "occurred_at": at("2024-01-02")},
                {"item_id": "C", "from_state": "Misspelt", "to_state": "Done", "occurred_at": at("2024-01-03")},
                {"item_id": "F", "to_state": "Doing", "occurred_at": at("2024-01-02")},
                {"item_id": "F", "from_state": "Misspelt", "to_state": "Done", "occurred_at": at("2024-01-03")},
                *moves(("heard of when done", "Done", "2024-01-03")),
            ],
        },
    ),
    "visits_add_up": Planted(
        finds={"A": "visits 259201.0 s, creation to end 259200.0 s"},
        tables={"transitions": moves(("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-04"),
                                     ("B", "Doing", "2024-01-01"), ("B", "Done", "2024-01-04"))},
        tampering="update marts.items set lead_seconds = lead_seconds + 1 where item_id = 'A'",
    ),
    "waste_adds_up": Planted(
        finds={"A": "waste 86400.0 s, lead time 259200.0 s"},
        tables={"transitions": moves(("A", "Doing", "2024-01-01"), ("A", "Done", "2024-01-04"),
                                     ("B", "Doing", "2024-01-01"), ("B", "Done", "2024-01-04"))},
        tampering="update marts.waste set seconds = 86400 where item_id = 'A'",
    ),
}  # fmt: skip


# What looks like a problem to a check and is none, for the reason given.
SPARED: Mapping[str, tuple[str, Mapping[str, Rows]]] = {
    "a file that runs from the newest event to the oldest": (
        "out_of_order",
        {"transitions": [row for key in "ABC" for row in passage(key, "2024-01-01", 1, 2, 3)][::-1]},
    ),
    "a file in no order at all": (
        "out_of_order",
        {"transitions": [passage(key, "2024-01-01", 1, 2, 3)[number] for key in "ABC" for number in (2, 0, 3, 1)]},
    ),
    "dates without a time of day": (
        "one_instant",
        {"transitions": moves(("A", "To do", "2024-01-02"), ("A", "Doing", "2024-01-02"), ("A", "Done", "2024-01-02"))},
    ),
    "an incident where no deployments are told at all": (
        "unattributed_incident",
        {"incidents": [incident("i", "2024-01-02")]},
    ),
    "references to deployments where none are told at all": (
        "missing_target",
        {"items": [item("A")], "incidents": [incident("i", "2024-01-02", None, "d")],
         "links": [link("deployed", "A", "d")]},
    ),
    "references to items where none are told at all": (
        "missing_target",
        {"deployments": [deployment("d", "2024-01-02")], "links": [link("deployed", "A", "d")]},
    ),
    "stages of a stream that tells deployments only": (
        "stage_without_visits",
        {"deployments": [deployment("d", "2024-01-02")]},
    ),
    "changes where some are deployed": (
        "no_deployments",
        {"deployments": [deployment("d", "2024-01-02")],
         "changes": [change("c", "2024-01-01", None, "d"), change("e", "2024-01-01", None, None)]},
    ),
}  # fmt: skip


def ask(world: World, check: str) -> pd.DataFrame:
    """The rows that a check finds."""
    return world.engine.ask(CHECKS[f"checks.{check}"].sql)


def plant(world: World, planted: Planted) -> World:
    """The world with the problem in it."""
    world.load(planted.tables, planted.stages)
    if planted.tampering:
        world.engine.run(planted.tampering)
    return world


@pytest.mark.parametrize("check", PLANTED)
def test_a_check_finds_exactly_what_was_planted_for_it(world: World, check: str) -> None:
    planted = PLANTED[check]
    found = ask(plant(world, planted), check)
    assert tuple(found.columns) == ("stream", "subject", "detail")
    assert sorted(found["subject"]) == sorted(planted.finds)
    for row in found.itertuples():
        assert planted.finds[str(row.subject)] == row.detail


@pytest.mark.parametrize("reason", SPARED)
def test_a_check_spares(world: World, reason: str) -> None:
    check, tables = SPARED[reason]
    assert ask(world.load(tables), check).empty


@pytest.mark.parametrize("length", range(1, 6))
def test_a_circle_of_parents_is_found_where_there_is_nothing_else(world: World, length: int) -> None:
    world.load({"items": [item(str(number), parent_id=str((number + 1) % length)) for number in range(length)]})
    found = ask(world, "parent_cycle")
    assert found["subject"].tolist() == [str(number) for number in range(length)]
    assert set(found["detail"]) == {" → ".join([*map(str, range(length)), "0"])}


def test_a_link_alone_blocks_an_item_where_the_source_tells_no_flags(world: World) -> None:
    world.load({
        "transitions": [*passage("closed", "2024-01-01", 1, 2, 3), *passage("open", "2024-01-01", 1)],
        "links": [link("blocks", "closed", "open")],
    })  # fmt: skip
    assert ask(world, "blocked_by_closed")["subject"].tolist() == ["open"]


def test_every_check_has_a_planted_problem_and_every_planted_problem_a_check() -> None:
    assert {query.stem for query in CHECKS.values()} == set(PLANTED)


def test_every_check_has_a_severity_that_is_known_and_a_title_of_its_own() -> None:
    assert {query.header["severity"] for query in CHECKS.values()} <= SEVERITIES
    assert len({query.title for query in CHECKS.values()}) == len(CHECKS)


def test_the_demo_has_no_error_and_no_warning(demo: Settings, catalogue: Catalogue) -> None:
    problems = Warehouse(demo.warehouse, catalogue).problems()
    assert not len(problems[problems["severity"] != "note"]), problems[problems["severity"] != "note"].to_string()
    assert set(problems["check"]) == {"backwards", "unattributed_incident", "undeployed_change"}


def test_an_import_writes_down_what_each_check_finds(demo: Settings, catalogue: Catalogue) -> None:
    """The server reads it there: half a minute of work with a million items."""
    warehouse = Warehouse(demo.warehouse, catalogue)
    engine = DuckDB(warehouse.snapshot / snapshots.DATABASE, read_only=True)
    for name, query in CHECKS.items():
        written, found = (
            frame.sort_values([*frame], ignore_index=True) for frame in (warehouse.ask(name), engine.ask(query.sql))
        )
        pd.testing.assert_frame_equal(written, found)
    engine.close()


def test_a_check_that_an_import_left_out_is_carried_out_when_it_is_asked(
    demo: Settings, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was too large for the memory then, or an older version made the snapshot."""
    exports = sorted((ROOT / "data" / "sample" / "demo").glob("*.csv"))
    create, large = DuckDB.create_if_it_fits, {"checks.backwards", "checks.undeployed_change"}
    monkeypatch.setattr(DuckDB, "create_if_it_fits", lambda by, name, sql: name not in large and create(by, name, sql))
    home, steps = Settings(home=tmp_path), list[str]()
    shutil.copyfile(ROOT / "data" / "streams.toml", tmp_path / "streams.toml")
    import_files(exports, home, catalogue, note=steps.append)
    assert sum("too large to be looked for" in step for step in steps) == len(large)
    pd.testing.assert_frame_equal(
        Warehouse(home.warehouse, catalogue).problems(), Warehouse(demo.warehouse, catalogue).problems()
    )
    large.add("checks.visits_add_up")
    with pytest.raises(SourceError, match="too large to be checked"):
        import_files([], home, catalogue)


def test_nothing_at_all_has_no_problem(world: World) -> None:
    world.load({})
    assert not any(len(ask(world, check)) for check in PLANTED)
