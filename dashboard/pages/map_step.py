"""A step of the map, opened: its stays one by one, what waits before and after it, and what comes back."""

from __future__ import annotations

from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis.walk import queues_beside
from dashboard.components.cards import content_card, empty, figure_card
from dashboard.components.drawer import opener
from dashboard.components.plain_table import plain_table
from dashboard.figures.cycle_times import cycle_scatter
from dashboard.figures.frame import item_keys
from dashboard.pages.view import View
from dashboard.theme import formatted
from dashboard.where import Where

POINTS = 2_000


def step_panel(view: View, step: str, card: str) -> Component | None:
    """All that is known of a step in this scope; `card` is the id of its card."""
    steps = view.ask("charts.map_steps").reset_index(drop=True)
    places = steps.index[steps["stage"] == step]
    if places.empty:
        return None
    place = int(places[0])
    return html.Section(
        [
            html.H3(step, className="flow-section"),
            html.Ul([html.Li(words) for words in _words(steps, place)], className="findings"),
            html.P([*_ways(view, steps, place)], className="card-answer mb-2"),
            _stays_card(view, step, card),
            html.Div(_accuracy(view, step, card), className="mt-3"),
        ],
        className="step-facts",
    )


def _words(steps: pd.DataFrame, place: int) -> list[str]:
    row, lead = steps.loc[place], steps["mean_days"].sum()
    share = f", {formatted(row['mean_days'] / lead, 'ratio')} of the lead time" if lead else ""
    owner = f" It belongs to {row['team']}." if pd.notna(row["team"]) else ""
    kind = "Items wait here" if row["mode"] == "wait" else "Items are worked on here"
    said = [f"{kind}: {formatted(row['mean_days'], 'days')} on average{share}, {row['visited_items']:,} items.{owner}"]
    for before, words in ((True, "before"), (False, "after")):
        waits = queues_beside(steps, place, before)
        if len(waits):
            names = ", ".join(waits["stage"])
            held = int(waits["work_in_progress"].sum())
            said.append(
                f"Wait {words} it: {formatted(waits['mean_days'].sum(), 'days')} in {names}; {held:,} there now."
            )
    rates = f"{row['arrivals_per_day']:.2f} a day come in, {row['departures_per_day']:.2f} leave"
    return [*said, f"{rates}; {row['work_in_progress']:,} are in it at the end of the period."]


def _ways(view: View, steps: pd.DataFrame, place: int) -> list[Component | str]:
    step, until = str(steps.loc[place, "stage"]), view.scope.until.isoformat()
    there = opener("Items in it at the end", urlencode({"event": "in stage", "stage": step, "until": until}))
    explore = html.A("All items that passed it, in Explore", href=view.address("/explore", passed=step))
    return [there, " · ", explore]


def _stays_card(view: View, step: str, card: str) -> Component:
    table = view.ask("charts.stays", chosen=Where(stage=step).parameter(), row_limit=POINTS)
    question, how = "How long do items stay here?", view.how("charts.stays")
    if table.empty:
        return content_card(card, question, "Not known", empty("No stay in it ended in this scope."), html.Div(), how)
    first, rework = table.iloc[0], int(table["is_rework"].sum())
    answer = (
        f"Half of {first['stays']:,} stays ended within {formatted(first['half_days'], 'days')}, 85 % within "
        f"{formatted(first['most_days'], 'days')}; {rework:,} of those shown are rework"
    )
    if first["stays"] > len(table):
        answer += f". Shown are the longest {len(table):,}"
    figure = cycle_scatter(
        table.rename(columns={"left_on": "finished_on", "days": "cycle_days"}), ("Day it left", "Time here", "left")
    )
    keys = item_keys(table["item_id"])
    behind = view.behind("charts.stays", table, keys, card, stage=step, row_limit=1_000_000)
    return figure_card(card, question, answer, figure, behind, how)


def _accuracy(view: View, step: str, card: str) -> Component | None:
    """%C&A of the edges that touch a step; nothing where none was crossed."""
    table = view.ask("charts.accuracy")
    edges = table[(table["from_step"] == step) | (table["to_step"] == step)]
    if edges.empty:
        return None
    shown = pd.DataFrame(
        {
            "from": edges["from_step"].tolist(),
            "to": edges["to_step"].fillna("the end").tolist(),
            "items": edges["items"].tolist(),
            "came back": edges["returned"].tolist(),
            "%C&A": [formatted(ratio, "ratio") for ratio in edges["accurate_ratio"]],
        }
    )
    produced = edges[edges["from_step"] == step]
    answer = (
        "Nothing of what it hands on comes back"
        if not produced["returned"].sum()
        else (f"{produced['returned'].sum():,} of {produced['items'].sum():,} items came back after they had left it")
    )
    content = html.Div(plain_table(shown), className="table-wrap", tabIndex="0")
    behind = view.behind("charts.accuracy", edges, card=f"{card}-accuracy")
    return content_card(
        f"{card}-accuracy",
        "Is what is handed on complete and accurate?",
        answer,
        content,
        behind,
        view.how("charts.accuracy"),
    )
