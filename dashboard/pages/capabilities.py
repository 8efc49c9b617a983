"""Which kinds of facts make which figures possible, and where they come from, in words to act on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Capability:
    """A kind of fact: `facts` by the names of marts.capabilities, told in rows of the canonical `table`.

    `metrics` need it, `enables` says what for (and what else), `remedy` how to get it.
    """

    title: str
    facts: tuple[str, ...]
    table: str
    enables: str
    metrics: tuple[str, ...]
    remedy: str


CAPABILITIES = (
    Capability(
        "Status history",
        ("status_history",),
        "transitions",
        "The map, the timeline, waste by stage, cumulative flow",
        ("process_time", "wait_time", "flow_efficiency", "rework_ratio", "first_pass_yield"),
        "Export the history of states: from Jira the REST answer with expand=changelog, elsewhere the revisions or an "
        "event log with item, state and time.",
    ),
    Capability(
        "Creation times",
        ("creation_times",),
        "items",
        "Where the way of an item begins; without them, its first event stands for it",
        ("lead_time", "arrivals"),
        "Export the 'Created' column with the items.",
    ),
    Capability(
        "Start times",
        ("start_times",),
        "transitions",
        "How long items take once somebody began",
        ("cycle_time", "work_in_progress", "work_item_age"),
        "No item was seen entering a stage in progress: correct the category of the stages, or export the history.",
    ),
    Capability(
        "End times",
        ("end_times",),
        "transitions",
        "Everything about finished items",
        ("throughput", "lead_time", "service_level"),
        "No item was seen entering a stage that is done: correct the category of the stages.",
    ),
    Capability(
        "Types of items",
        ("item_types",),
        "items",
        "Choosing a type in the scope",
        ("flow_distribution",),
        "Export the column that tells the kind of work, such as 'Issue Type' or 'Work Item Type'.",
    ),
    Capability(
        "Teams",
        ("item_teams", "owning_teams"),
        "items",
        "Choosing a team in the scope; hand-offs on the map",
        ("handoffs", "complete_and_accurate"),
        "Export a column for the team, or give the stages their teams on the Mapping page.",
    ),
    Capability(
        "People, as pseudonyms",
        ("people",),
        "transitions",
        "No figure: nobody is measured",
        (),
        "Nothing to do.",
    ),
    Capability(
        "Blocked times",
        ("blocked_times",),
        "blocked",
        "Time blocked on the timeline and in waste",
        ("blocked_time",),
        "Export the history of the 'Flagged' field (Jira), or blocked.csv with item_id, blocked_at, unblocked_at.",
    ),
    Capability(
        "Reasons of blocks",
        ("blocked_reasons",),
        "blocked",
        "Blocked time by reason on the Waste page",
        (),
        "Give blocked.csv a column 'reason'.",
    ),
    Capability(
        "Parents",
        ("parents",),
        "items",
        "Checks that a larger item is there",
        (),
        "Export the 'Parent' or 'Epic Link' column.",
    ),
    Capability(
        "Deployments",
        ("deployments",),
        "deployments",
        "The delivery figures",
        ("deployment_frequency", "change_fail_rate", "deployment_rework_rate"),
        "Add deployments.csv with deployment_id, deployed_at, status and, where known, is_unplanned.",
    ),
    Capability(
        "Changes with their deployment",
        ("deployed_changes",),
        "changes",
        "From a commit to production",
        ("change_lead_time",),
        "Add changes.csv with change_id, authored_at and deployment_id.",
    ),
    Capability(
        "Links from items to deployments",
        ("deployed_items",),
        "links",
        "How many items a deployment carries",
        ("batch_size",),
        "Add links.csv with kind = deployed, from_id (item) and to_id (deployment).",
    ),
    Capability(
        "Incidents",
        ("incidents",),
        "incidents",
        "How often production fails, and for how long",
        ("incidents", "mean_time_to_recovery"),
        "Add incidents.csv with incident_id, started_at and restored_at.",
    ),
    Capability(
        "Causes of incidents",
        ("incident_causes",),
        "incidents",
        "Which deployment failed",
        ("change_fail_rate", "failed_deployment_recovery_time"),
        "Give incidents.csv a column 'deployment_id'.",
    ),
    Capability(
        "Surveys",
        ("surveys",),
        "surveys",
        "How content the teams are",
        ("team_satisfaction",),
        "Add a survey with team, answered_on and score; only sums by team and month are kept.",
    ),
    Capability(
        "Estimates",
        ("estimates",),
        "items",
        "No figure: time is measured, not estimated",
        (),
        "Nothing to do: no figure needs them.",
    ),
)
