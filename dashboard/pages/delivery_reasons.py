"""Why each figure of delivery is what it is: what was counted, what was left out, and the arithmetic."""

from __future__ import annotations

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.plain_table import plain_table
from dashboard.pages.view import View
from dashboard.theme import counted, formatted

# As many are listed; the CSV of the page's charts has all.
LISTED = 12
CLUSTERS = pd.DataFrame(
    [
        ("elite", "several a day", "less than a day", "5 %", "less than an hour"),
        ("high", "once a day to once a week", "a day to a week", "20 %", "less than a day"),
        ("medium", "once a week to once a month", "a week to a month", "10 %", "less than a day"),
        ("low", "once a month to twice a year", "one to six months", "40 %", "a week to a month"),
    ],
    columns=["group", "deployments", "change lead time", "change fail rate", "recovery"],
)
REPORT = (
    "How the teams that answered DORA's survey of 2024 fell into four groups (Accelerate State of DevOps 2024). It is "
    "a survey, not a measurement, and no grade: compare a service with itself over time."
)


def window(view: View) -> str:
    """For how long before an incident its cause is looked for: '7 days'."""
    days = float(view.stream["failure_window_days"])
    return f"{days:g} day{'' if days == 1 else 's'}"


def without_value(view: View, name: str) -> tuple[str, str]:
    """What stands for a figure that has no value, and why it has none."""
    if name == "incidents":
        return "Not known", "no source tells incidents"
    if name in ("mean_time_to_recovery", "failed_deployment_recovery_time"):
        if not view.stream["has_incidents"]:
            return "Not known", "no source tells incidents"
        table = view.ask("charts.incidents")
        began = table[table["deployment_id"].notna()] if name.startswith("failed") else table
        word = "failure" if name.startswith("failed") else "incident"
        return ("None restored", f"{counted(len(began), word)}, all open") if len(began) else (f"No {word}s", "")
    if name == "change_lead_time":
        left = int(view.ask("charts.changes_counted").iloc[0]["undeployed"])
        return (
            ("None deployed", f"{counted(left, 'change')} not deployed yet")
            if left
            else ("Not known", "no changes told")
        )
    if not view.stream["has_deployments"]:
        return "Not known", "no source tells deployments"
    if name == "lead_time_to_production":
        left = view.ask("charts.waits_for_production").iloc[0]["not_deployed_items"]
        return ("None deployed", "") if pd.notna(left) else ("Not known", "no item is linked to a deployment")
    made = view.ask("charts.deployment_outcomes", period="all").iloc[0]["deployments"]
    if not made:
        return "None", "nothing was deployed"
    if name == "change_fail_rate":
        return "Not known", "no source tells incidents"
    words = {"batch_size": "no source tells what was carried", "deployment_rework_rate": "not told which were planned"}
    return "Not known", words.get(name, "")


def after_the_finish(view: View) -> list[str]:
    """How long finished items wait for their deployment; nothing where they don't, or none is linked."""
    seconds = mean_wait(view)
    if seconds is None:
        return []
    row = view.ask("charts.waits_for_production").iloc[0]
    return [
        f"Finished is not delivered: {counted(int(row['items']), 'item')} waited "
        f"{formatted(row['mean_wait_days'], 'days')} on average from their finish until they were in production."
    ]


def mean_wait(view: View) -> float | None:
    """Seconds from the finish of an item until it is in production, on average; None where it is less than an hour."""
    row = view.ask("charts.waits_for_production").iloc[0]
    seconds = float(row["mean_wait_days"]) * 86_400 if row["items"] else 0.0
    return seconds if seconds >= 3_600 else None


def card(view: View) -> Component:
    """A line for each figure, to be opened; and what others report."""
    counts = view.ask("charts.deployment_outcomes", period="all").iloc[0]
    lines = [
        ("Deployment frequency", _frequency(view, counts)),
        ("Change lead time", _lead_time(view)),
        ("Change fail rate", _fail_rate(view, counts)),
        ("Failed deployment recovery time, and time to recovery", _recovery(view)),
        ("Deployment rework rate", _rework(view, counts)),
        ("Lead time to production", _to_production(view)),
    ]
    parts: list[Component] = [
        html.Details([html.Summary(title), *content], className="reason") for title, content in lines
    ]
    others = html.Details(
        [html.Summary("What do others report?"), html.P(REPORT), _table(CLUSTERS)], className="reason"
    )
    head = dbc.CardHeader(html.H2("Why are the figures what they are?", className="card-question"))
    return dbc.Card([head, dbc.CardBody([*parts, others])])


def _frequency(view: View, counts: pd.Series) -> list[Component | None]:
    metric = view.headline("deployment_frequency")
    if metric["value"] is None:
        return [html.P("No source tells deployments.")]
    days = (view.scope.until - view.scope.since).days
    elsewhere = view.ask("charts.environments").groupby("environment", sort=False)["deployments"].sum()
    out = [f"{counted(int(counts['failed']), 'deployment')} that did not succeed"] if counts["failed"] else []
    out += [
        f"{counted(int(deployments), 'deployment')} to {environment}" for environment, deployments in elsewhere.items()
    ]
    value, some_on = formatted(metric["value"], "per week"), int(counts["days_with_deployments"])
    on_days = f" On {counted(some_on, 'day')} there was at least one." if some_on else ""
    return [
        html.P(
            f"{counted(metric['items'], 'successful deployment')} to production in {counted(days, 'day')}: "
            f"{metric['items']:,} ÷ ({days:,} ÷ 7) = {value}.{on_days}"
        ),
        _left_out(out),
        _list(view.ask("charts.deployments"), ["deployment_id", "service", "deployed_on", "outcome"], "deployments"),
    ]


def _lead_time(view: View) -> list[Component | None]:
    counts, found = view.ask("charts.changes_counted").iloc[0].astype(int), view.headline("change_lead_time")
    words = {
        "programs": "made by programs, as the source says or the author's name tells (such as one with [bot])",
        "negative": "deployed before they were authored, a fault of the data",
        "unknown": "of which it is not told when they were authored",
        "undeployed": "authored in the period and not deployed by the end of the data",
    }
    out = [f"{counted(counts[key], 'change')} {text}" for key, text in words.items() if counts[key]]
    value = (
        f"{_statistic(view)} over {counted(counts['counted'], 'change')} deployed in the period: from authored to the "
        f"first successful deployment to production that contains it, {formatted(found['value'], 'days')}."
    )
    return [html.P(value if counts["counted"] else "No change was deployed in the period."), _left_out(out)]


def _statistic(view: View) -> str:
    """What the viewer chose of all values: 'The median'."""
    share = view.scope.percentile
    return "The mean" if share is None else "The median" if share == 0.5 else f"The {100 * share:g}th percentile"


def _to_production(view: View) -> list[Component | None]:
    found, row = view.headline("lead_time_to_production"), view.ask("charts.waits_for_production").iloc[0]
    if found["value"] is None:
        return [html.P(f"{': '.join(each for each in without_value(view, 'lead_time_to_production') if each)}.")]
    value = (
        f"{_statistic(view)} over {counted(found['items'], 'item')} that came into production in the period: from "
        f"their creation to the last successful deployment that carried them, {formatted(found['value'], 'days')}. "
        "A deployment carries an item where a link says so, or a change that names it."
    )
    left = int(row["not_deployed_items"])
    out = [f"{counted(left, 'finished item')} with no such deployment, or with a change that waits for one"]
    return [html.P(value), _left_out(out if left else []), *(html.P(each) for each in after_the_finish(view))]


def _fail_rate(view: View, counts: pd.Series) -> list[Component | None]:
    found = view.headline("change_fail_rate")
    if found["value"] is None:
        return [html.P(f"{': '.join(without_value(view, 'change_fail_rate'))}.")]
    rate = formatted(found["value"], "ratio")
    joined = view.ask("charts.incidents").dropna(subset=["deployment_id"])
    by = joined["attribution"].value_counts()
    ways = {
        "id": "named by the source",
        "window": f"the last success of the same service within {window(view)} before",
        "corrected": "corrected by hand",
    }
    how = "; ".join(f"{by[key]:,} {text}" for key, text in ways.items() if key in by)
    out = []
    if counts["too_young"]:
        out.append(
            f"{counted(int(counts['too_young']), 'deployment')} of the last {window(view)} of the data count, but an "
            "incident of theirs may yet come"
        )
    if counts["unattributed"]:
        out.append(f"{counted(int(counts['unattributed']), 'incident')} of no known deployment count against none")
    made, broke = int(counts["deployments"]), int(counts["caused_incident"])
    return [
        html.P(
            f"{counted(broke, 'deployment')} caused at least one incident, of {made:,}: {broke:,} ÷ {made:,} = {rate}."
        ),
        html.P(f"How incidents were joined to deployments: {how}." if how else "No incident was joined to any."),
        _left_out(out, "To be known"),
        _list(
            view.ask("charts.deployments").query("incidents_count > 0"),
            ["deployment_id", "service", "deployed_on", "incidents_count"],
            "deployments that caused an incident",
        ),
    ]


def _recovery(view: View) -> list[Component | None]:
    if not view.stream["has_incidents"]:
        return [html.P("No source tells incidents.")]
    table = view.ask("charts.incidents")
    restored = table[table["is_restored_in_period"]]
    failed = restored[restored["recovery_hours"].notna()]
    lasted = restored[restored["restore_hours"].notna()]
    still = table[table["restored_on"].isna()]
    recovery, mean = view.headline("failed_deployment_recovery_time"), view.headline("mean_time_to_recovery")
    lines = ["Recovery time: no incident of a known deployment was restored in the period."]
    if len(failed):
        lines = [
            f"Recovery time: over {counted(len(failed), 'incident')} of a known deployment that were restored in the "
            f"period, from the end of that deployment to restored: {formatted(recovery['value'], 'hours')}."
        ]
    lines.append("Time to recovery: no incident was restored in the period.")
    if len(lasted):
        lines[-1] = (
            f"Time to recovery: over all {counted(len(lasted), 'incident')} restored in the period, from its beginning "
            f"to restored: mean {formatted(mean['value'], 'hours')}, "
            f"median {formatted(lasted['restore_hours'].median(), 'hours')}."
        )
    names = ", ".join(still["incident_id"].head(LISTED))
    out = [f"{counted(len(still), 'incident')} still open at the end of the data: {names}"]
    return [*(html.P(line) for line in lines), _left_out(out if len(still) else [])]


def _rework(view: View, counts: pd.Series) -> list[Component | None]:
    found = view.headline("deployment_rework_rate")
    if found["value"] is None:
        return [html.P("The sources do not tell which deployments were made to mend an incident.")]
    unplanned, known = int(counts["unplanned"]), found["items"]
    rate = formatted(found["value"], "ratio")
    unknown = int(counts["deployments"]) - known
    return [
        html.P(
            f"{counted(unplanned, 'deployment')} made to mend an incident, of {known:,} of which it is known: {rate}."
        ),
        html.P("Where the source has no such mark, hotfixes and reverts stand for it: a proxy.", className="rule"),
        _left_out([f"{counted(unknown, 'deployment')} of which it is not known"] if unknown else []),
    ]


def _left_out(parts: list[str], title: str = "Left out") -> Component | None:
    return html.P(f"{title}: {'; '.join(parts)}.") if parts else None


def _list(table: pd.DataFrame, columns: list[str], words: str) -> Component | None:
    if table.empty:
        return None
    note = (
        f"The last {LISTED} of {len(table):,} {words}; the table under the timeline has all."
        if len(table) > LISTED
        else ""
    )
    return html.Div([_table(table[columns].head(LISTED)), html.P(note, className="rule") if note else None])


def _table(table: pd.DataFrame) -> Component:
    return html.Div(plain_table(table), className="table-wrap", tabIndex="0")
