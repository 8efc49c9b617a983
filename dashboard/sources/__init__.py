"""The formats that can be imported, and which of them a file has.

A format is an entry here (its columns and how to recognise them) and a folder `queries/sources/<name>/`
whose queries turn the raw rows into canonical rows. `parsed` judges every record; the others are named
after the canonical tables that they fill.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.errors import SourceError
from dashboard.sources.files import Sample


@dataclass(frozen=True)
class Role:
    """A column that a format may have: our name for it and the names that tools give it."""

    name: str
    names: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True)
class Format:
    """One kind of export. `recognised_by` is told to people; `roles` are its columns."""

    name: str
    title: str
    recognised_by: str
    roles: tuple[Role, ...]
    shape: str = "table"
    cannot_answer: tuple[str, ...] = ()


def _required(name: str, *names: str) -> Role:
    return Role(name, names, is_required=True)


def _own(table: str, columns: str, required: str) -> Format:
    roles = tuple(Role(column, is_required=column in required.split()) for column in columns.split())
    return Format(f"own_{table}", f"Our own layout: {table}", f"columns {', '.join(required.split())}", roles)


NO_BLOCKS = "no blocked flags: blocked time is unknown"
NO_DELIVERY = "no deployments or incidents: the delivery metrics are unavailable"

EVENT_LOG = Format(
    "event_log",
    "Event log or transition table",
    "columns for item, state or activity, and time (by the names that tools use, or --columns)",
    (
        _required(
            "item_id",
            "case_concept_name",
            "case_id",
            "caseid",
            "case",
            "item_id",
            "issue_key",
            "key",
            "trace_id",
        ),
        _required("state", "concept_name", "activity", "to_state", "state", "status", "activity_name", "event"),
        _required(
            "occurred_at",
            "time_timestamp",
            "timestamp",
            "occurred_at",
            "completed_at",
            "end_timestamp",
            "time",
        ),
        Role("started_at", ("start_timestamp", "start_time")),
        Role("lifecycle", ("lifecycle_transition", "lifecycle")),
        Role("instance", ("concept_instance", "activity_instance_id")),
        Role("from_state", ("from_state", "from_status")),
        Role("created_at", ("created", "created_at", "case_created", "creation_date")),
        Role("team", ("org_group", "team", "group")),
        Role("person", ("org_resource", "resource", "assignee")),
        Role("title", ("case_title", "title", "summary")),
        Role("type", ("case_type", "type", "issue_type", "work_item_type")),
        Role("priority", ("case_priority", "priority")),
        Role("stream", ("stream",)),
    ),
    cannot_answer=(NO_BLOCKS, NO_DELIVERY),
)

ACTIONABLE_AGILE = Format(
    "actionable_agile",
    "ActionableAgile sheet",
    "columns ID, Link, Name, then one date column per stage",
    (
        _required("item_id", "id"),
        _required("link", "link"),
        _required("title", "name"),
        Role("type", ("type", "work_item_type", "issue_type")),
        Role("team", ("team",)),
        Role("priority", ("priority",)),
    ),
    shape="wide",
    cannot_answer=("dates without a time: durations are whole days", NO_BLOCKS, NO_DELIVERY),
)

JIRA_JSON = Format(
    "jira_json",
    "Jira REST answer with changelog",
    "issues[].key with changelog.histories",
    (),
    shape="documents",
    cannot_answer=(NO_DELIVERY,),
)

# An answer of the search, or issues one by one.
JIRA_SHAPE = re.compile(r'"issues"\s*:\s*\[|"changelog"\s*:\s*\{')

OWN = (
    _own(
        "items",
        "stream item_id title type team priority parent_id created_at status first_seen_at last_seen_at",
        "item_id created_at",
    ),
    _own(
        "transitions",
        "stream item_id seq occurred_at from_state to_state team person",
        "item_id occurred_at to_state",
    ),
    _own("blocked", "stream item_id blocked_at unblocked_at reason", "item_id blocked_at"),
    _own(
        "changes",
        "stream change_id service authored_at merged_at deployment_id item_id is_revert is_bot",
        "change_id",
    ),
    _own(
        "incidents",
        "stream incident_id service severity started_at restored_at deployment_id",
        "incident_id started_at",
    ),
    _own(
        "deployments",
        "stream deployment_id service environment deployed_at status is_unplanned",
        "deployment_id deployed_at",
    ),
    _own("surveys", "stream team answered_on score", "team answered_on score"),
    _own(
        "survey_sums",
        "stream team survey_on answers_count score_sum",
        "team survey_on answers_count score_sum",
    ),
    _own("links", "stream kind from_id to_id", "kind from_id to_id"),
)

# In the order in which they are tried: the most particular first.
FORMATS: Mapping[str, Format] = {each.name: each for each in (JIRA_JSON, *OWN, ACTIONABLE_AGILE, EVENT_LOG)}


def detect(sample: Sample, named: Mapping[str, str] | None = None) -> Format:
    """The format of a file, by its content. Raises SourceError with what was looked for.

    `named` are columns that the user named by role (`--columns`): then it is a transition table.
    """
    if named:
        return EVENT_LOG
    if sample.kind == "json" and JIRA_SHAPE.search(sample.start):
        return JIRA_JSON
    for each in FORMATS.values() if sample.kind != "json" else ():
        if each.shape != "documents" and not missing_roles(each, sample.header, {}):
            return each
    found = "this is JSON" if sample.kind == "json" else f"the columns are {', '.join(sample.header[:12])}"
    known = "\n".join(f"  {each.title}: {each.recognised_by}" for each in FORMATS.values())
    raise SourceError(
        f"{sample.name}: {found}; that is no format known here.\n{known}\n"
        "Name the columns of a transition table: --columns item=…,state=…,at=…"
    )


def columns_by_role(chosen: Format, header: Sequence[str], named: Mapping[str, str]) -> dict[str, str | None]:
    """Role → column of the file, None where it has none. Raises SourceError for a named column that is not there."""
    found: dict[str, str | None] = {}
    plain = {_plain(column): column for column in reversed(header)}
    for role in chosen.roles:
        if role.name in named:
            found[role.name] = _column(named[role.name], header)
        else:
            names = (role.name, *role.names) if chosen.name.startswith("own_") else role.names
            found[role.name] = next((plain[name] for name in names if name in plain), None)
    return found


def missing_roles(chosen: Format, header: Sequence[str], named: Mapping[str, str]) -> tuple[str, ...]:
    """Required roles that no column of the file takes."""
    found = columns_by_role(chosen, header, named)
    return tuple(role.name for role in chosen.roles if role.is_required and found[role.name] is None)


def read_columns_option(text: str | None) -> dict[str, str]:
    """`item=ticket,state=Status,at=As.Of.Date` → role → column. Raises SourceError for a role that does not exist."""
    short = {
        "item": "item_id",
        "at": "occurred_at",
        "from": "from_state",
        "start": "started_at",
        "created": "created_at",
    }
    roles = {role.name for role in EVENT_LOG.roles}
    named: dict[str, str] = {}
    for part in (text or "").split(","):
        if not part.strip():
            continue
        role, _, column = part.partition("=")
        role = short.get(role.strip(), role.strip())
        if role not in roles or not column:
            raise SourceError(
                f"--columns: {part!r} is not role=column. Roles: item, state, at, {', '.join(sorted(roles))}."
            )
        named[role] = column.strip()
    return named


def event_meaning(found: Mapping[str, str | None], lifecycles: Mapping[str, int]) -> str:
    """What an event's time means, by the log's columns and life-cycle words.

    interval (a start and an end in one record), start-complete (records of both), ended (all `complete`, or
    activities without a life-cycle), entered (a status log).
    """
    if found.get("started_at"):
        return "interval"
    if {"start", "complete"} <= lifecycles.keys():
        return "start-complete"
    if lifecycles:
        return "ended" if set(lifecycles) == {"complete"} else "entered"
    state = _plain(found.get("state") or "")
    return "ended" if state in ("concept_name", "activity", "activity_name", "event") else "entered"


def _column(wanted: str, header: Sequence[str]) -> str:
    if wanted in header:
        return wanted
    raise SourceError(f"--columns: there is no column {wanted!r}. The file has: {', '.join(header)}.")


def _plain(column: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in column.lower()).split())
