"""Waste: the partition of lead time, by category and stage, and a room for each category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis import findings as found
from dashboard.components.aria import aria
from dashboard.components.cards import content_card, empty, figure_card, findings
from dashboard.components.plain_table import plain_table
from dashboard.figures.stage_heat import stage_heat
from dashboard.figures.waste import activities, pareto, partition, waste_trend
from dashboard.pages import waste_room
from dashboard.pages.view import View, without_history
from dashboard.pages.waste_compliance import compliance_card
from dashboard.pages.waste_signals import unknown_switching
from dashboard.theme import BUCKETS, FEW, formatted
from dashboard.where import WASTES

PATH, TITLE = "/waste", "Waste"
VALUE = "value-adding"
ROOM = "#waste-room-title"


def body(view: View) -> Component:
    """Where the lead time goes: how much, where, since when, which items, and what to try."""
    if silent := without_history(view):
        return silent
    table = view.ask("charts.waste")
    # What only passed outside of working hours costs delay, but has no working time to draw.
    timed = table[table["days"] > 0]
    if timed.empty:
        return empty("No items finished or were withdrawn in this scope.")
    chosen = chosen_category(view)
    cards = [
        (_partition_card(view, timed), 6),
        (_sums_card(view, table), 6),
        (_pareto_card(view, timed), 6),
        (_worth_card(view, timed), 6),
        (_stages_card(view, timed), 12),
        (_trend_card(view, chosen), 12),
        (compliance_card(view), 12),
    ]
    columns = [dbc.Col(card, lg=width) for card, width in cards if card is not None]
    room = waste_room.room(view, table, chosen) if chosen else None
    return html.Div(
        [findings(_sentences(view, table)), dbc.Row(columns, class_name="g-3"), _ways(view, chosen, ROOM), room]
    )


def chosen_category(view: View) -> str | None:
    """The waste that the URL asks for; None for any that there is not."""
    asked = view.query.get("category")
    return asked if asked in BUCKETS and asked != VALUE else None


def _sentences(view: View, table: pd.DataFrame) -> list[str]:
    told = [found.waste_finding(table)]
    if view.compared:
        earlier = replace(view, scope=view.compared).ask("charts.waste")
        told.append(found.waste_change_finding(table, earlier, view.scope.compared_words))
    said = [each.text for each in told if each]
    return [*said, _worth_sentence(view, table)]


def _worth_sentence(view: View, table: pd.DataFrame) -> str:
    days = table.groupby("activity")["days"].sum()
    adding, needed = (formatted(days.get(kind, 0) / days.sum(), "ratio") for kind in ("VA", "NNVA"))
    said = f"{adding} of the time added value and {needed} was necessary without adding any"
    return f"{said}{_money(view, table)}."


def _money(view: View, table: pd.DataFrame) -> str:
    if not table["cost"].notna().any():
        return ""
    return f"; all that added none cost {waste_room.money(view, _lost(table))} of delay"


def _partition_card(view: View, table: pd.DataFrame) -> Component:
    shown = partition(table, view.stream["currency"])
    behind, how = view.behind("charts.waste", table), view.how("charts.waste")
    return figure_card("waste-partition", "Where does the lead time go?", _answer(table), shown, behind, how)


def _sums_card(view: View, table: pd.DataFrame) -> Component:
    """Days, share and money of each bucket, and what is not known."""
    notes = [html.P(each, className="rule") for each in unknown_switching(view)]
    answer = f"n = {int(view.ask('charts.waste_teams')['items'].sum()):,} items that finished or were withdrawn"
    if table["cost"].notna().any():
        answer += f"; all that added no value cost {waste_room.money(view, _lost(table))} of delay"
    behind = view.behind("charts.waste_teams", view.ask("charts.waste_teams"))
    how = view.how("charts.waste", "charts.waste_teams")
    content = html.Div([_sums_table(view, table), *notes])
    return content_card("waste-sums", "How much is that, in days and in money?", answer, content, behind, how)


def _lost(table: pd.DataFrame) -> float:
    return float(table.loc[table["bucket"] != VALUE, "cost"].sum())


def _sums_table(view: View, table: pd.DataFrame) -> Component:
    """Days, share and money of each bucket; a waste leads to its room."""
    sums = (
        table.groupby("bucket")[["days", "share_ratio", "cost"]].sum(min_count=1).sort_values("days", ascending=False)
    )
    shown = pd.DataFrame(
        {
            "category": [BUCKETS[str(bucket)].words for bucket in sums.index],
            "item-days": [f"{days:,.1f}" for days in sums["days"]],
            "share": [formatted(share, "ratio") for share in sums["share_ratio"]],
        }
    )
    if sums["cost"].notna().any():
        shown[f"cost of delay, {view.stream['currency'] or 'money'}"] = [
            f"{cost:,.0f}" for cost in sums["cost"].fillna(0)
        ]
    ways = ["#waste-worth-title" if bucket == VALUE else _way(view, str(bucket)) for bucket in sums.index]
    return html.Div(plain_table(shown, links=ways), className="table-wrap", tabIndex="0")


def _way(view: View, bucket: str | None, place: str = ROOM) -> str:
    return f"{view.address(PATH, category=bucket)}{place}"


def _ways(view: View, chosen: str | None, place: str) -> Component:
    """A link for each waste; the chosen one is marked."""
    links: list[tuple[str | None, str]] = [(bucket, BUCKETS[bucket].words) for bucket in BUCKETS if bucket != VALUE]
    first: list[tuple[str | None, str]] = [(None, "All")] if chosen or place != ROOM else []
    chips = [
        html.Span(words, className="chip active", **aria(current="true"))
        if bucket == chosen
        else html.A(words, href=_way(view, bucket, place if bucket else "#waste-trend-title"), className="chip")
        for bucket, words in (*first, *links)
    ]
    label = "Open a category" if place == ROOM else "Show"
    parts = [html.Span(f"{label}: ", className="rule"), *chips]
    return html.Span(parts, className="waste-ways no-print", role="navigation", **aria(label=label))


def _keys(view: View, table: pd.DataFrame) -> Mapping[str, str]:
    """Bucket → the items with such time that ended in the scope; task switching is told of no item."""
    days = f"event=ended&since={view.scope.since}&until={view.scope.until}"
    return {bucket: f"{days}&waste={bucket}" for bucket in set(table["bucket"]) & set(WASTES)}


def _pareto_card(view: View, table: pd.DataFrame) -> Component:
    keys = _keys(view, table)
    behind = view.behind("charts.waste", table, [keys.get(bucket) for bucket in table["bucket"]], "waste-pareto")
    question = "Which wastes are the most?"
    return figure_card(
        "waste-pareto", question, _first_wastes(table), pareto(table, keys), behind, view.how("charts.waste")
    )


def _first_wastes(table: pd.DataFrame) -> str:
    sums = table[table["bucket"] != VALUE].groupby("bucket")["days"].sum().sort_values(ascending=False)
    if sums.empty:
        return "No waste is visible in this data"
    first = sums.head(2)
    names = " and ".join(BUCKETS[str(bucket)].words.lower() for bucket in first.index)
    verb = "make" if len(first) > 1 else "makes"
    return f"{names.capitalize()} {verb} up {formatted(first.sum() / sums.sum(), 'ratio')} of all waste"


def _worth_card(view: View, table: pd.DataFrame) -> Component:
    days = table.groupby("activity")["days"].sum()
    answer = (
        f"The same {days.sum():,.0f} item-days by whether they are worth anything to the customer: "
        f"{formatted(days.get('VA', 0) / days.sum(), 'ratio')} are, "
        f"{formatted(days.get('NNVA', 0) / days.sum(), 'ratio')} are only necessary"
    )
    shown = table.groupby("activity", as_index=False)[["days", "share_ratio"]].sum()
    behind, how = view.behind("charts.waste", shown, card="waste-worth"), view.how("charts.waste")
    return figure_card("waste-worth", "How much of it is worth anything?", answer, activities(table), behind, how)


def _stages_card(view: View, table: pd.DataFrame) -> Component:
    behind = view.behind("charts.waste", table, card="waste-stages")
    return figure_card(
        "waste-stages", "In which stages?", _where(table), stage_heat(table), behind, view.how("charts.waste")
    )


def _trend_card(view: View, chosen: str | None) -> Component:
    table = view.ask("charts.waste_trend")
    drawn = waste_trend(table, partial=view.partial, only=chosen)
    answer: list[Component | str] = [_course(view, table, chosen), _ways(view, chosen, "#waste-trend-title")]
    shown = table[table["bucket"] == chosen] if chosen else table
    behind, how = view.behind("charts.waste_trend", shown), view.how("charts.waste_trend")
    return figure_card("waste-trend", "Is it growing or falling?", answer, drawn, behind, how)


def _course(view: View, table: pd.DataFrame, chosen: str | None) -> str:
    """The share of the chosen waste, or of all of them, in the earlier half of the whole periods and in the later."""
    what = BUCKETS[chosen].words if chosen else "Waste of all kinds"
    whole = table[~table["period_start"].map(lambda day: pd.Timestamp(day).date() in view.partial)]
    starts = sorted(set(whole.loc[whole["days"].notna(), "period_start"]))
    if chosen and chosen not in set(table.loc[table["days"].notna(), "bucket"]):
        return f"{what}: no such time in this scope"
    halves = [
        whole[whole["period_start"].isin(part)] for part in (starts[: len(starts) // 2], starts[len(starts) // 2 :])
    ]
    counts = [int(half.drop_duplicates("period_start")["items"].sum()) for half in halves]
    if min(counts) < FEW:
        return f"{what}, as a share of the item-days of the items that ended in each {view.scope.period}"
    first, last = (formatted(_share(half, chosen), "ratio") for half in halves)
    middle = pd.Timestamp(starts[len(starts) // 2])
    return (
        f"{what} took {first} of the time of the {counts[0]:,} items that ended before {middle.day} {middle:%b %Y}, "
        f"and {last} of the {counts[1]:,} that ended since"
    )


def _share(table: pd.DataFrame, chosen: str | None) -> float:
    is_meant = table["bucket"] == chosen if chosen else table["bucket"] != VALUE
    return float(table.loc[is_meant, "days"].sum() / table["days"].sum())


def _answer(table: pd.DataFrame) -> str:
    total, adding = table["days"].sum(), table.loc[table["bucket"] == VALUE, "days"].sum()
    few = f"; only {int(table['items'].max())} items" if table["items"].max() < FEW else ""
    return f"{total:,.0f} item-days, {formatted(adding / total, 'ratio')} of them value-adding{few}"


def _where(table: pd.DataFrame) -> str:
    waste = table[table["bucket"] != VALUE].groupby("stage")["days"].sum()
    if waste.empty:
        return "No waste is visible in this data"
    return f"Most in {waste.idxmax()}: {formatted(waste.max() / table['days'].sum(), 'ratio')} of all item-days"
