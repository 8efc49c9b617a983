"""Deployments, incidents and changes as other tools write them; they are read like our own layout."""

from __future__ import annotations

from dashboard.sources.formats import Format, Role, required


def _like(
    own: str, name: str, title: str, recognised_by: str, needed: str, without: str = "", /, **names: str
) -> Format:
    """A format that is read like our own `own`: roles and the columns that the tool calls them, `|` between them.

    It has none of the columns `without`.
    """
    columns = {
        "deployments": "stream deployment_id service environment deployed_at status is_unplanned changes",
        "incidents": "stream incident_id service severity started_at restored_at deployment_id",
        "changes": "stream change_id service authored_at merged_at deployment_id item_id is_revert is_bot is_merge",
    }[own]
    roles = (
        Role(column, tuple(names.get(column, "").split("|")) if column in names else (), column in needed.split())
        for column in columns.split()
    )
    return Format(name, title, recognised_by, tuple(roles), f"own_{own}", without=tuple(without.split()))


def _runs(name: str, title: str, recognised_by: str, signature: str, deployment_id: str) -> Format:
    """Runs of a pipeline, some of which deploy."""
    return Format(
        name,
        title,
        recognised_by,
        (
            required("deployment_id", *deployment_id.split("|")),
            Role("service", ("repo_url", "cicd_scope_id", "repo_id")),
            Role("environment", ("environment",)),
            required("status", "result", "conclusion"),
            Role("kind", ("type",)),
            Role("finished_at", ("finished_date", "github_updated_at")),
            Role("started_at", ("started_date", "run_started_at")),
            Role("created_at", ("created_date", "github_created_at")),
        ),
        queries="pipeline_runs",
        signature=tuple(signature.split()),
    )


FORMATS = (
    _like(
        "deployments",
        "four_keys_deployments",
        "Four keys: deployments",
        "deploy_id, time_created",
        "deployment_id deployed_at",
        deployment_id="deploy_id",
        deployed_at="time_created",
        service="source|service",
        environment="environment",
        status="status",
        changes="changes",
    ),
    _like(
        "incidents",
        "four_keys_incidents",
        "Four keys: incidents",
        "incident_id, time_created, time_resolved",
        "incident_id started_at restored_at",
        incident_id="incident_id",
        started_at="time_created|created_at|opened_at|created",
        restored_at="time_resolved|resolved_at|closed_at|resolved",
        service="source|service",
        severity="severity",
    ),
    _like(
        "changes",
        "four_keys_changes",
        "Four keys: changes",
        "change_id, time_created",
        "change_id authored_at",
        change_id="change_id",
        authored_at="time_created",
        service="source|service",
    ),
    _like(
        "incidents",
        "incident_windows",
        "Incidents with start and end",
        "an id, started_at or downtime_start, resolved_at or downtime_end, and impact",
        "incident_id started_at restored_at severity",
        incident_id="incident_id|id",
        started_at="started_at|downtime_start",
        restored_at="resolved_at|downtime_end|restored_at",
        severity="impact",
        service="service|component",
    ),
    _like(
        "incidents",
        "incident_list",
        "Incidents with start, end and severity",
        "an id, started_at, resolved_at and severity, but neither a creation nor a type: that is a list of items",
        "incident_id started_at restored_at severity",
        "created created_at created_date type issue_type points story_points",
        incident_id="incident_id|id",
        started_at="started_at",
        restored_at="resolved_at|restored_at",
        severity="severity",
        service="service|component",
    ),
    _like(
        "changes",
        "git_commits",
        "Commits with the release that holds them",
        "commit_sha, author_date, first_tag",
        "change_id authored_at deployment_id",
        change_id="commit_sha",
        authored_at="author_date",
        merged_at="commit_date",
        deployment_id="first_tag",
        is_revert="is_revert",
        is_merge="is_merge",
    ),
    Format(
        "git_releases",
        "Releases of a repository",
        "tag, tag_date",
        (
            required("deployment_id", "tag"),
            required("deployed_at", "tag_date"),
            Role("is_pre_release", ("is_prerelease",)),
        ),
    ),
    *(
        _runs(name, title, recognised_by, signature, deployment_id)
        for name, title, recognised_by, signature, deployment_id in (
            (
                "devlake_deployments",
                "DevLake deployments",
                "cicd_scope_id, result, environment, finished_date",
                "cicd_scope_id result environment queued_date display_title",
                "cicd_deployment_id|id",
            ),
            (
                "devlake_jobs",
                "DevLake jobs",
                "pipeline_id, type, environment, result",
                "pipeline_id duration_sec",
                "id",
            ),
            (
                "github_runs",
                "GitHub workflow runs (DevLake)",
                "run_number, workflow_id, conclusion",
                "workflow_id",
                "id",
            ),
        )
    ),
    Format(
        "pull_requests",
        "Pull requests (GitHub, DevLake)",
        "number or pull_request_key, createdAt, mergedAt, and no start or points: that is a list of items",
        (
            required("item_id", "pull_request_key", "number", "iid"),
            Role("source_id", ("id",)),
            Role("title", ("title",)),
            Role("status", ("original_status", "state", "status")),
            Role("service", ("base_repo_id", "repository")),
            Role("is_bot", ("author_is_bot", "user_type")),
            required("created_at", "created_date", "createdat", "created_at"),
            required("merged_at", "merged_date", "mergedat", "merged_at"),
            Role("closed_at", ("closed_date", "closedat", "closed_at")),
        ),
        without=("started", "started_at", "start_date", "finished", "finished_at", "points", "story_points"),
    ),
    Format(
        "pull_request_commits",
        "Commits of pull requests (DevLake)",
        "commit_sha, pull_request_id, commit_authored_date",
        (required("item_id", "pull_request_id"), required("authored_at", "commit_authored_date")),
        alone="commits of pull requests: alone there is nothing to measure. Import them with the pull requests",
    ),
    Format(
        "pull_request_reviews",
        "Reviews of pull requests (DevLake)",
        "pull_request_id, github_submit_at",
        (required("item_id", "pull_request_id"), required("reviewed_at", "github_submit_at", "submitted_at")),
        alone="reviews of pull requests: alone there is nothing to measure. Import them with the pull requests",
    ),
    Format(
        "sprints",
        "Sprints (DevLake)",
        "sprint_id; or original_board_id, started_date",
        (required("sprint_id", "sprint_id", "original_board_id"),),
        alone="a list of sprints holds no item, deployment or incident: there is nothing to measure. Import the issues",
    ),
)
