"""Delivery: the five DORA metrics, what went out, what broke after it, and whether the teams fare well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import Dash, html
from dash.development.base_component import Component

from dashboard.components import controls
from dashboard.components.cards import content_card, empty, figure_card, findings, metric_card
from dashboard.components.controls import labelled, select
from dashboard.components.plain_table import plain_table
from dashboard.figures import stacks
from dashboard.figures.deployment_timeline import deployment_timeline
from dashboard.figures.panels import panels
from dashboard.figures.sample import POINTS
from dashboard.figures.sparkline import sparkline
from dashboard.figures.trend import trend
from dashboard.pages import delivery_causes, delivery_reasons
from dashboard.pages.changes import change, change_finding, gain
from dashboard.pages.later import later
from dashboard.pages.view import View
from dashboard.scope import names_in_url
from dashboard.theme import counted, formatted

PATH, TITLE = "/delivery", "Delivery"
PART, DRAWN = "delivery", "delivery-drawn"
FIVE = (
    "deployment_frequency",
    "change_lead_time",
    "change_fail_rate",
    "failed_deployment_recovery_time",
    "deployment_rework_rate",
)
BESIDE = ("lead_time_to_production", "mean_time_to_recovery", "batch_size", "incidents")
NOTHING = (
    "No source tells deployments, incidents or changes of this stream: export deployments, incidents, or a git "
    "repository. The Data page says which files are read."
)
SLIGHT, UNCHANGED = 0.05, 0.005
SATISFACTION = "Scores are means of at least 5 answers; a team with fewer is a gap."


def body(view: View) -> Component:
    """The choice of a service, and all figures of it."""
    services = view.ask("charts.services")
    changes = view.ask("charts.changes_counted").iloc[0]
    told = view.stream["has_deployments"], view.stream["has_incidents"], bool(changes.sum())
    satisfaction = _satisfaction(view)
    if not any(told):
        return html.Div([empty(NOTHING), satisfaction])
    names = {names_in_url((name,)): str(name) for name in services["service"]}
    chosen = names_in_url(view.scope.services) if view.scope.services else None
    choice = labelled("Service", select(PART, "service", {controls.ANY: "all services", **names}, chosen))
    return html.Div(
        [
            html.Div([choice], className="card-controls") if len(names) > 1 else None,
            html.Div(_drawn(view), id=DRAWN),
            satisfaction,
        ]
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Another service; a corrected cause."""
    controls.redraw(app, PART, DRAWN, view_for, _drawn)
    delivery_causes.register(app, view_for, DRAWN, _drawn)


def _drawn(view: View) -> Component:
    return html.Div(
        [
            findings(_sentences(view)),
            dbc.Row([dbc.Col(_card(view, name), xs=6, lg=True) for name in FIVE], class_name="g-3 mb-3"),
            dbc.Row([dbc.Col(_card(view, name), xs=6, lg=True) for name in BESIDE], class_name="g-3 mb-3"),
            *(later(view, PARTS, name, height) for name, height in HEIGHTS.items()),
        ]
    )


def _went_out(view: View) -> Component:
    """What was deployed, and what broke after it."""
    return dbc.Row(
        [
            dbc.Col(_timeline(view, view.ask("charts.deployments"), view.ask("charts.incidents")), lg=12),
            dbc.Col(_outcomes(view), lg=6),
            dbc.Col(_line(view, "change_fail_rate", "How often does a deployment break something?"), lg=6),
        ],
        class_name="g-3 mt-0",
    )


def _took(view: View) -> Component:
    """How long changes and recoveries took, and how much went out at once."""
    cards = (_change_times, _waits, _recovery, _batches)
    return dbc.Row([dbc.Col(card(view), lg=6) for card in cards], class_name="g-3 mt-0")


def _sentences(view: View) -> list[str]:
    told = [sentence for name in FIVE[:3] if (sentence := change_finding(view, name))]
    said = [each.text for each in sorted(told, key=lambda each: -each.weight)[:2]]
    said += delivery_reasons.after_the_finish(view)
    waits = view.ask("charts.change_waits", period="all").iloc[0]
    if waits["changes"]:
        whole = waits["review_days"] + waits["release_days"]
        share = formatted(waits["release_days"] / whole, "ratio") if whole else None
        if share:
            said.append(
                f"Of the {formatted(whole, 'days')} from a change being authored to deployed, {share} pass after its "
                f"merge (means of {counted(int(waits['changes']), 'change')})."
            )
    return said


def _card(view: View, name: str) -> Component:
    metric, headline = view.metric(name), view.headline(name)
    value, detail = formatted(headline["value"], metric.unit), _counted(name, headline["items"])
    if headline["value"] is None:
        value, detail = delivery_reasons.without_value(view, name)
    spark = sparkline(view.measure(name)["value"].tolist())
    return metric_card(metric, value, headline["items"], change(view, name), spark, detail)


def _counted(name: str, count: int) -> str:
    words = {
        "change_lead_time": "change",
        "lead_time_to_production": "item",
        "failed_deployment_recovery_time": "failure",
        "mean_time_to_recovery": "incident",
        "incidents": "incident",
    }
    return f"n = {counted(count, words.get(name, 'deployment'))}"


def _timeline(view: View, deployments: pd.DataFrame, incidents: pd.DataFrame) -> Component:
    began = incidents[incidents["started_on"] >= pd.Timestamp(view.scope.since)]
    unknown = int(began["deployment_id"].isna().sum())
    told = {"deployment": ("has_deployments", len(deployments)), "incident": ("has_incidents", len(began))}
    answer = ", ".join(
        counted(count, word) if view.stream[has] else f"no source tells {word}s" for word, (has, count) in told.items()
    )
    if unknown:
        answer += f"; of {counted(unknown, 'incident')} no deployment is known to be the cause"
    if max(len(deployments), len(began)) > POINTS:
        answer += ". A sample is drawn; up to half of its points are of what went wrong"
    return figure_card(
        "delivery-timeline",
        "What went out, and what broke after it?",
        answer,
        deployment_timeline(deployments, began),
        view.behind("charts.deployments", deployments),
        view.how("charts.deployments", "charts.incidents"),
        long_legend=True,
    )


def _outcomes(view: View) -> Component:
    table = view.ask("charts.deployment_outcomes")
    question, how = "How often is something deployed?", view.how("charts.deployment_outcomes")
    behind = view.behind("charts.deployment_outcomes", table)
    if not table["deployments"].sum():
        return content_card("delivery-outcomes", question, _nothing(view), html.Div(), behind, how)
    none = int((table["deployments"] == 0).sum())
    days = int(table["days_with_deployments"].sum())
    answer = f"On {counted(days, 'day')} something was deployed with success"
    if none:
        answer += f"; in {none:,} of {counted(len(table), view.scope.period)} nothing at all"
    return figure_card("delivery-outcomes", question, answer, stacks.outcomes(table, view.partial), behind, how)


def _elsewhere(view: View) -> Component | None:
    """The other environments: on the way to production, and in no figure above."""
    table = view.ask("charts.environments")
    if table.empty:
        return None
    rows = pd.DataFrame(
        {
            "environment": table["environment"],
            "service": table["service"],
            "deployments": table["deployments"],
            "did not succeed": table["failed"],
            "succeeded": [formatted(value, "per week") for value in table["per_week"]],
            "last on": table["last_on"],
        }
    )
    made, failed = int(table["deployments"].sum()), int(table["failed"].sum())
    answer = (
        f"{counted(made, 'deployment')} to {', '.join(sorted(set(table['environment'])))}, of which {failed:,} did not "
        "succeed; they are in none of the figures above"
    )
    content = html.Div(plain_table(rows), className="table-wrap", tabIndex="0")
    behind, how = view.behind("charts.environments", table), view.how("charts.environments")
    question = "What is deployed to other environments?"
    return html.Div(content_card("delivery-elsewhere", question, answer, content, behind, how), className="mt-3")


def _line(view: View, name: str, question: str) -> Component:
    metric, table, headline = view.metric(name), view.measure(name), view.headline(name)
    if headline["value"] is None:
        why = "No source tells incidents" if headline["items"] else _nothing(view)
        return content_card(f"delivery-{name}", question, why, html.Div(), html.Div(), view.how(name))
    answer = f"{formatted(headline['value'], metric.unit)} of {counted(headline['items'], 'deployment')} did"
    figure = trend({"": table}, metric, partial=view.partial)
    return figure_card(f"delivery-{name}", question, answer, figure, view.behind(name, table), view.how(name))


def _nothing(view: View) -> str:
    return "Nothing was deployed in this scope" if view.stream["has_deployments"] else "No source tells deployments"


def _change_times(view: View) -> Component:
    name, metric = "change_lead_time", view.metric("change_lead_time")
    tables = {label: view.measure(name, percentile=share) for label, share in (("50 %", 0.5), ("85 %", 0.85))}
    half = view.headline(name, replace(view.scope, percentile=0.5))
    answer = "No change was deployed in this scope"
    if half["items"]:
        answer = f"Half of {counted(half['items'], 'change')} took {formatted(half['value'], 'days')} or less"
    figure = trend(tables, metric, partial=view.partial, words="No change was deployed in this scope.")
    behind = view.behind(name, tables["50 %"], percentiles="0.5~0.85")
    question = "How long from a change being authored to deployed?"
    return figure_card("delivery-change-lead-time", question, answer, figure, behind, view.how(name))


def _waits(view: View) -> Component:
    table = view.ask("charts.change_waits")
    whole = view.ask("charts.change_waits", period="all").iloc[0]
    answer = "Of no deployed change is a merge told"
    if whole["changes"]:
        answer = (
            f"{formatted(whole['review_days'], 'days')} until merged, {formatted(whole['release_days'], 'days')} from "
            f"there until deployed, on average of {counted(int(whole['changes']), 'change')}"
        )
    figure = stacks.change_waits(table, view.partial)
    behind, how = view.behind("charts.change_waits", table), view.how("charts.change_waits")
    return figure_card("delivery-waits", "Where do changes wait?", answer, figure, behind, how)


def _recovery(view: View) -> Component:
    names = {"Failed deployments, from the deployment": "failed_deployment_recovery_time"}
    names |= {"All incidents, from their beginning (mean)": "mean_time_to_recovery"}
    tables = {label: view.measure(name) for label, name in names.items()}
    values = [view.headline(name)["value"] for name in names.values()]
    recovery, whole = (formatted(value, "hours") for value in values)
    answer = "Nothing was restored in this scope"
    if values[1] is not None:
        first = f"{recovery} from a deployment that failed to the service restored; " if values[0] is not None else ""
        answer = f"{first}{whole} from the beginning of an incident, on average"
    words = "No incident was restored in this scope."
    figure = trend(tables, view.metric("mean_time_to_recovery"), partial=view.partial, words=words)
    behind = view.behind("failed_deployment_recovery_time", tables["Failed deployments, from the deployment"])
    how = view.how(*names.values())
    return figure_card("delivery-recovery", "How fast is the service back?", answer, figure, behind, how)


def _batches(view: View) -> Component:
    name, metric = "batch_size", view.metric("batch_size")
    tables = {label: view.measure(name, percentile=share) for label, share in (("50 %", 0.5), ("85 %", 0.85))}
    half = view.headline(name, replace(view.scope, percentile=0.5))
    answer = "Of no deployment is it known what it carried"
    if half["value"] is not None:
        answer = (
            f"Half of {counted(half['items'], 'deployment')} carried {counted(round(half['value']), 'item')} or less"
        )
    figure = trend(tables, metric, partial=view.partial, words=f"{answer}.")
    behind = view.behind(name, tables["50 %"], percentiles="0.5~0.85")
    return figure_card("delivery-batches", "How much goes out at once?", answer, figure, behind, view.how(name))


def _of_asked(row: Any) -> str:
    """How many answered, and what share of those asked they are, where a source tells."""
    share = f", {formatted(row.response_ratio, 'ratio')} of those asked" if pd.notna(row.response_ratio) else ""
    return f"{row.answers:,}{share}"


def _satisfaction(view: View) -> Component | None:
    table = view.ask("charts.satisfaction")
    if table.empty:
        return None
    lines = {
        str(team): rows.rename(columns={"survey_on": "period_start", "score": "value", "answers": "items"})
        for team, rows in table.groupby("team")
    }
    known = table.dropna(subset=["score"])
    answer = SATISFACTION
    if len(known):
        last = known[known["survey_on"] == known["survey_on"].max()]
        scores = ", ".join(f"{row.team} {row.score:.1f} (n = {_of_asked(row)})" for row in last.itertuples())
        answer = f"In the last survey, {known['survey_on'].max():%b %Y}: {scores}. {SATISFACTION}"
    figure = trend(lines, view.metric("team_satisfaction"), words="No team gave 5 answers in this scope.")
    behind, how = view.behind("charts.satisfaction", table), view.how("charts.satisfaction", "team_satisfaction")
    card = figure_card("delivery-satisfaction", "Do the teams fare well with it?", answer, figure, behind, how)
    return html.Div([card, html.Div(_at_whose_cost(view), className="mt-3")], className="mt-3")


def _at_whose_cost(view: View) -> Component:
    """Flow, quality and people on one time axis: whether an improvement is paid for by the teams; of all services."""
    view = replace(view, scope=replace(view.scope, services=None))
    quality = "change_fail_rate" if view.headline("change_fail_rate")["value"] is not None else "first_pass_yield"
    names = ("lead_time", quality, "team_satisfaction")
    tables = [(view.metric(name), view.measure(name, period="quarter")) for name in names]
    answer = cost_words(view, names)
    behind, how = (
        view.behind("team_satisfaction", tables[2][1], card="delivery-cost", period="quarter"),
        view.how(*names),
    )
    question = "Do flow and quality improve at people's cost?"
    return figure_card("delivery-cost", question, answer, panels(tables), behind, how)


def cost_words(view: View, names: Sequence[str]) -> str:
    """What each of some metrics gained, the last of them satisfaction; and a doubt where it fell and another rose."""
    gains = {name: found for name in names if (found := gain(view, name))}
    told: dict[str, list[str]] = {}
    for name, each in gains.items():
        change = f"{formatted(abs(each.share), 'ratio')} {'better' if each.share > 0 else 'worse'}"
        words = f"{view.metric(name).title.lower()} {change if abs(each.share) >= UNCHANGED else 'unchanged'}"
        told.setdefault(each.against, []).append(f"{words} (n = {each.before:,}, {each.now:,})")
    answer = "; ".join(f"against {against}: {', '.join(said)}" for against, said in told.items())
    if not answer:
        return "Too little is known to compare an earlier time with"
    *others, people = (gains[name].share if name in gains else 0.0 for name in names)
    if people < -SLIGHT and max(others) > SLIGHT:
        answer += (
            f". Something is more than {100 * SLIGHT:.0f} % better and satisfaction more than that worse: the "
            "teams may have paid for it"
        )
    return answer[0].upper() + answer[1:]


PARTS: Mapping[str, Callable[[View], Component | None]] = {
    "reasons": delivery_reasons.card,
    "went out": _went_out,
    "took": _took,
    "causes": lambda view: delivery_causes.card(view, view.ask("charts.incidents")),
    "elsewhere": _elsewhere,
}
# Rem that each takes, about.
HEIGHTS = {"reasons": 6, "went out": 62, "took": 58, "causes": 20, "elsewhere": 10}
