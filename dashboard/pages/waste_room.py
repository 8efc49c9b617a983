"""The room of one waste: its signals, the items that lost most to it, and what to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import content_card, figure_card
from dashboard.components.drawer import opener
from dashboard.components.plain_table import plain_table
from dashboard.figures.reasons import reasons
from dashboard.figures.trend import trend
from dashboard.pages.items import COLUMNS
from dashboard.pages.view import View
from dashboard.pages.waste_signals import loops, signals_of
from dashboard.pages.waste_strategies import strategies
from dashboard.theme import BUCKETS, counted, formatted
from dashboard.where import ANY, WASTES, Where

SHOWN = 10
# The signal of a waste that is drawn over time.
COURSES: Mapping[str, str] = {
    "handoff": "handoffs",
    "batch": "batch_size",
    "partially-done": "withdrawn_ratio",
    "extra-process": "value_added_ratio",
    "rework": "rework_ratio",
}
NO_ITEM = (
    "Of one item, time lost to other items would be a figure of the person who worked on it: it is told of teams only."
)


def room(view: View, table: pd.DataFrame, bucket: str) -> Component:
    """All about one waste of charts.waste in this scope."""
    spent = table[table["bucket"] == bucket]
    cards = [(_signals(view, bucket, spent, table), 6), (_drawn(view, bucket), 6), (_items(view, bucket), 12)]
    cards.append((_strategies(view, bucket, spent), 12))
    columns = [dbc.Col(card, lg=width) for card, width in cards if card is not None]
    return html.Div(dbc.Row(columns, class_name="g-3"), className="waste-room")


def worst_stage(spent: pd.DataFrame) -> str | None:
    """The stage of the reference path with the most of a waste; None where there is none."""
    known = spent[spent["position"].notna()]
    return None if known.empty else str(known.groupby("stage")["days"].sum().idxmax())


def returned_from(view: View) -> str | None:
    """The stage that the most frequent loop begins at; the time that a return takes may be that of a queue."""
    found = loops(view)
    return None if found.empty else str(found["from_stage"].iloc[0])


def money(view: View, amount: float) -> str:
    """An amount with the stream's currency."""
    return f"{amount:,.0f} {view.stream['currency'] or ''}".rstrip()


def _signals(view: View, bucket: str, spent: pd.DataFrame, table: pd.DataFrame) -> Component:
    signals = signals_of(view, bucket)
    rows = html.Div(plain_table(signals.table), className="table-wrap", tabIndex="0") if signals.rows else None
    content = html.Div([rows, *(html.P(each, className="rule") for each in signals.said)])
    behind, how = view.behind("charts.waste", spent, card="waste-room"), view.how("charts.waste", *signals.queries)
    amount = _amount(view, bucket, spent, table)
    return content_card("waste-room", BUCKETS[bucket].words, amount, content, behind, how)


def _none(view: View, bucket: str) -> str:
    if bucket == "partially-done" and (count := int(view.ask("charts.waste_open")["items"].iloc[0])):
        verb = "item in progress has" if count == 1 else "items in progress have"
        return f"No item that ended in this scope has time of this kind; {count:,} {verb}"
    return "No time of this kind in this scope"


def _amount(view: View, bucket: str, spent: pd.DataFrame, table: pd.DataFrame) -> str:
    days = float(spent["days"].sum())
    if not days:
        return _none(view, bucket)
    stage = worst_stage(spent)
    said = f"{days:,.1f} item-days, {formatted(days / float(table['days'].sum()), 'ratio')} of the lead time"
    if stage:
        most = float(spent.loc[spent["stage"] == stage, "days"].sum())
        said += f"; {formatted(most / days, 'ratio')} of it in {stage}"
    if spent["cost"].notna().any():
        said += f"; {money(view, float(spent['cost'].sum()))} of delay"
    return said


def _drawn(view: View, bucket: str) -> Component | None:
    if bucket == "waiting" and view.stream["has_blocked_times"]:
        return _reasons(view)
    if bucket not in COURSES or (bucket == "batch" and not view.stream["has_deployments"]):
        return None
    name = COURSES[bucket]
    metric, table = view.metric(name), view.measure(name)
    figure = trend({"": table}, metric, partial=view.partial, keys=view.keys(name))
    whole = view.headline(name)
    answer = f"{metric.title}: {formatted(whole['value'], metric.unit)} over the whole scope, n = {whole['items']:,}"
    behind, how = view.behind(name, table), view.how(name)
    return figure_card("waste-course", "Does its signal change?", answer, figure, behind, how)


def _reasons(view: View) -> Component:
    table, scope = view.ask("charts.blocked_reasons"), view.scope
    held = replace(ANY, event="blocked", since=scope.since, until=scope.until)
    keys = ["" if pd.isna(reason) else _asked(replace(held, reason=str(reason))) for reason in table["reason"]]
    most = "Nothing was blocked in this scope"
    if len(table):
        first = table.iloc[0]
        reason = "no reason told" if pd.isna(first["reason"]) else first["reason"]
        most = f"Most for {reason}: {formatted(first['days'], 'days')}, {first['times']:,} times"
    behind = view.behind("charts.blocked_reasons", table, keys, "waste-reasons")
    how = view.how("charts.blocked_reasons")
    return figure_card("waste-reasons", "What holds items up?", most, reasons(table, keys), behind, how)


def _asked(where: Where) -> str:
    return urlencode(where.to_query())


def _items(view: View, bucket: str) -> Component:
    question = "Which items lost the most to it?"
    how = view.how("charts.waste_items")
    if bucket not in WASTES:
        return content_card("waste-items", question, NO_ITEM, html.Div(), html.Div(), how)
    ended = Where(event="ended", since=view.scope.since, until=view.scope.until, waste=bucket)
    table = view.ask("charts.waste_items", chosen=ended.parameter(), row_limit=SHOWN, row_offset=0)
    if table.empty:
        words = "No item of this scope lost time to it"
        return content_card("waste-items", question, words, html.Div(), html.Div(), how)
    count = int(table["matches"].iloc[0])
    told = f"{counted(count)} lost time to it"
    answer = f"{told}; the {len(table)} with the most" if count > len(table) else told
    ways = html.P(
        [
            opener(f"All {count:,}" if count > 1 else "Open it", _asked(ended)),
            " · ",
            html.A("In Explore", href=view.address("/explore", **ended.to_query())),
        ],
        className="no-print mt-2",
    )
    behind = view.behind("charts.waste_items", table, card="waste-items", waste=bucket, row_limit=1_000_000)
    return content_card("waste-items", question, answer, html.Div([_list(view, table), ways]), behind, how)


def _list(view: View, table: pd.DataFrame) -> Component:
    shown = table.assign(
        lost=[formatted(days, "days") for days in table["days"]],
        share=[formatted(share, "ratio") for share in table["share_ratio"]],
    )
    shown = shown[["item_id", "title", "type", "team", "stage", "lost", "share", "ended_on"]]
    names = {**COLUMNS, "stage": "most of it in", "share": "of its lead time"}
    links = [view.address("/timeline", item=key) for key in table["item_id"]]
    return html.Div(plain_table(shown.rename(columns=names), links=links), className="table-wrap", tabIndex="0")


def _strategies(view: View, bucket: str, spent: pd.DataFrame) -> Component:
    stage, why = worst_stage(spent), "Most of it is in"
    if bucket == "rework" and (source := returned_from(view)):
        stage, why = source, "Most of what goes back is sent back from"
    answer = f"{why} {stage}; a new initiative begins there" if stage else "Strategies that fit this waste"
    content = strategies(view, bucket, stage)
    return content_card("waste-strategies", "What to try?", answer, content, html.Div(), html.Div())
