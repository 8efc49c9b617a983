"""Our own tables: what `vsm export` writes, and the layout to write where no tool's export fits."""

from __future__ import annotations

from dashboard.sources.formats import Format, Role


def _own(table: str, columns: str, needed: str) -> Format:
    roles = tuple(Role(column, (column,), is_required=column in needed.split()) for column in columns.split())
    return Format(
        f"own_{table}",
        f"Our own layout: {table}",
        f"columns {', '.join(needed.split())}",
        roles,
        # With another column, such as `closed`, it is a list of items, which reads that too.
        is_exact=table == "items",
    )


FORMATS = (
    _own(
        "items",
        "stream item_id title type team priority labels parent_id points created_at started_at finished_at "
        "cancelled_at status status_category first_seen_at last_seen_at",
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
        "stream change_id service authored_at merged_at deployment_id item_id is_revert is_bot is_merge",
        "change_id authored_at",
    ),
    _own(
        "incidents",
        "stream incident_id service severity started_at restored_at deployment_id",
        "incident_id started_at",
    ),
    _own(
        "deployments",
        "stream deployment_id service environment deployed_at status is_unplanned changes",
        "deployment_id deployed_at",
    ),
    _own("surveys", "stream team answered_on score asked_count", "team answered_on score"),
    _own(
        "survey_sums",
        "stream team survey_on answers_count score_sum asked_count",
        "team survey_on answers_count score_sum",
    ),
    _own("links", "stream kind from_id to_id", "kind from_id to_id"),
)
