"""Histories: event logs, status changes, and sheets with a date per stage."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.sources.formats import Format, Role, plain, required

EVENT_LOG = Format(
    "event_log",
    "Event log or transition table",
    "columns for item, state or activity, and time (by the names that tools use, or --columns)",
    (
        required(
            "item_id",
            "case_concept_name",
            "case_id",
            "caseid",
            "case",
            "item_id",
            "issue_key",
            "key",
            "trace_id",
            "ticket",
        ),
        required("state", "concept_name", "activity", "to_state", "state", "status", "activity_name", "event"),
        required(
            "occurred_at",
            "time_timestamp",
            "timestamp",
            "occurred_at",
            "end_timestamp",
            "time",
            "as_of_date",
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
)


def _changes(
    name: str, title: str, recognised_by: str, item: str, state: str, at: str, *more: Role, signature: str = ""
) -> Format:
    """A table of status changes; `item`, `state` and `at` are what the tool calls these columns, `|` between them."""
    return Format(
        name,
        title,
        recognised_by,
        (
            required("item_id", *item.split("|")),
            required("to_state", *state.split("|")),
            required("occurred_at", *at.split("|")),
            *more,
            Role("change_id", ("id",)),
            Role("field", ("field_name", "field")),
            Role("from_category", ("status_from_category_name",)),
            Role("to_category", ("status_to_category_name", "statecategory", "state_category")),
            Role("created_at", ("issue_created_date", "createddate")),
            Role("title", ("title", "summary")),
            Role("type", ("issue_type_name", "work_item_type", "workitemtype", "issue_type")),
            Role("points", ("issue_points", "story_points", "storypoints")),
            Role("team", ("team", "area_path", "areapath")),
            Role("person", ("author_id", "changed_by", "changedby")),
        ),
        queries="status_changes",
        signature=tuple(signature.split()),
    )


STATUS_CHANGES = _changes(
    "status_changes",
    "Status changes (Jira changelog, DevLake)",
    "issue_key or issue_id, from and to, and when",
    "issue_key|key|issue_id",
    "status_to_name|to_string|tostring|original_to_value|to_status",
    "status_change_date|created_date|change_date|created",
    Role("seq", ("changelog_id",)),
    required("from_state", "status_from_name", "from_string", "fromstring", "original_from_value", "from_status"),
)
STATUS_HISTORY = _changes(
    "status_history",
    "Status history (DevLake)",
    "issue_id, original_status, start_date, is_current_status",
    "issue_id",
    "original_status",
    "start_date",
    Role("seq"),
    Role("from_state"),
    signature="is_current_status",
)
AZURE_REVISIONS = _changes(
    "azure_revisions",
    "Azure DevOps revisions",
    "WorkItemId, Revision, State, ChangedDate",
    "workitemid|work_item_id|id",
    "state",
    "changeddate|changed_date",
    required("seq", "revision", "rev"),
    Role("from_state"),
)

ACTIONABLE_AGILE = Format(
    "actionable_agile",
    "ActionableAgile sheet",
    "columns ID, Link, Name, then one date column per stage",
    (
        required("item_id", "id"),
        required("link", "link"),
        required("title", "name"),
        Role("type", ("type", "work_item_type", "issue_type")),
        Role("team", ("team",)),
        Role("priority", ("priority",)),
        Role("labels", ("labels", "tags")),
    ),
    shape="wide",
    notes=("dates without a time: durations are whole days",),
)

FORMATS = (ACTIONABLE_AGILE, AZURE_REVISIONS, STATUS_HISTORY, EVENT_LOG)


def event_meaning(found: Mapping[str, str | None], lifecycles: Mapping[str, int], *, has_states: bool = False) -> str:
    """What an event's time means, by the log's columns, its life-cycle words and whether its names are those of states.

    interval (a start and an end in one record), start-complete (records of both), ended (all `complete`, or
    activities without a life-cycle), entered (a status log, also where its states stand under `activity`).
    """
    if found.get("started_at"):
        return "interval"
    if {"start", "complete"} <= lifecycles.keys():
        return "start-complete"
    if lifecycles:
        return "ended" if set(lifecycles) == {"complete"} else "entered"
    is_activity = plain(found.get("state") or "") in ("concept_name", "activity", "activity_name", "event")
    return "ended" if is_activity and not has_states else "entered"
