"""Nested JSON: answers of the trackers' interfaces with the history inside."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.sources.formats import Format

JIRA_JSON = Format(
    "jira_json",
    "Jira REST answer with changelog",
    "issues[].key with changelog.histories",
    shape="documents",
)

JIRA_ENTRIES = Format(
    "jira_entries",
    "Jira REST changelog entries (JSON)",
    "issue_id, created, items[] with field, fromString, toString",
    shape="documents",
)

TRELLO_JSON = Format(
    "trello_json",
    "Trello board (JSON)",
    "cards and actions",
    shape="documents",
    is_nested=True,
)

TRELLO_CARDS = Format(
    "trello_cards",
    "Trello cards (JSON)",
    "idList, idBoard, idShort",
    shape="documents",
    notes=("no names of lists and no moves: stages are unknown (export the board as JSON)",),
)

GITHUB_EVENTS = Format(
    "github_events",
    "GitHub issue events (JSON)",
    "event, created_at, issue.number",
    shape="documents",
)

# By the first text of a file. An answer of the search, or issues one by one.
SHAPES: Mapping[str, str] = {
    "jira_json": r'"issues"\s*:\s*\[[^\]]*"changelog"|"changelog"\s*:\s*\{',
    "jira_entries": r'"items"\s*:\s*\[\s*\{[^}]*"(fromString|toString)"',
    "trello_json": r'"actions"\s*:\s*\[[\s\S]*"listAfter"|"cards"\s*:\s*\[[\s\S]*"idList"',
    "trello_cards": r'"idList"\s*:\s*"',
    "github_events": r'"event"\s*:\s*"[a-z_]+"[\s\S]*"issue"\s*:\s*\{',
}

# By the keys of all records, where a long text stands before what tells.
KEYS: Mapping[str, frozenset[str]] = {
    "jira_json": frozenset({"key", "changelog.histories"}),
    "jira_entries": frozenset({"issue_id", "created", "items"}),
    "trello_json": frozenset({"cards", "actions", "lists"}),
    "trello_cards": frozenset({"idList", "idBoard", "idShort"}),
    "github_events": frozenset({"event", "created_at", "issue.number"}),
}

FORMATS = (JIRA_JSON, JIRA_ENTRIES, TRELLO_JSON, TRELLO_CARDS, GITHUB_EVENTS)
