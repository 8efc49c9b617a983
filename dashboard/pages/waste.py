"""Waste: the partition of lead time, by category and stage."""

from __future__ import annotations

from dataclasses import replace

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis import findings as found
from dashboard.components.cards import empty, figure_card, findings
from dashboard.figures.stage_heat import stage_heat
from dashboard.figures.waste import partition, waste_trend
from dashboard.pages.view import View, without_history
from dashboard.theme import formatted

PATH, TITLE = "/waste", "Waste"


def body(view: View) -> Component:
    """Where the lead time goes: how much, where, since when."""
    if silent := without_history(view):
        return silent
    table = view.ask("charts.waste")
    if table.empty:
        return empty("No items finished or were withdrawn in this scope.")
    told = [found.waste_finding(table)]
    if view.compared:
        earlier = replace(view, scope=view.compared).ask("charts.waste")
        told.append(found.waste_change_finding(table, earlier, view.scope.compared_words))
    how = view.how("charts.waste")
    trend = view.ask("charts.waste_trend")
    behind = view.behind("charts.waste", table)
    return html.Div(
        [
            findings([each.text for each in told if each]),
            dbc.Row(
                [
                    dbc.Col(
                        figure_card(
                            "waste-partition",
                            "Where does the lead time go?",
                            _answer(view, table),
                            partition(table, view.stream["currency"]),
                            behind,
                            how,
                        ),
                        lg=6,
                    ),
                    dbc.Col(
                        figure_card("waste-stages", "In which stages?", _where(table), stage_heat(table), behind, how),
                        lg=6,
                    ),
                    dbc.Col(
                        figure_card(
                            "waste-trend",
                            "Is it growing or falling?",
                            "Share of the item-days of the items that ended in each period",
                            waste_trend(trend, partial=view.partial),
                            view.behind("charts.waste_trend", trend),
                            view.how("charts.waste_trend"),
                        ),
                        lg=12,
                    ),
                ],
                class_name="g-3",
            ),
        ]
    )


def _answer(view: View, table: pd.DataFrame) -> str:
    total = table["days"].sum()
    adding = table.loc[table["bucket"] == "value-adding", "days"].sum()
    money = ""
    if table["cost"].notna().any():
        lost = table.loc[table["bucket"] != "value-adding", "cost"].sum()
        money = f"; the rest is {lost:,.0f} {view.stream['currency'] or ''} of delay".rstrip()
    return f"{total:,.0f} item-days, {formatted(adding / total, 'ratio')} of them value-adding{money}"


def _where(table: pd.DataFrame) -> str:
    waste = table[table["bucket"] != "value-adding"].groupby("stage")["days"].sum()
    if waste.empty:
        return "No waste is visible in this data"
    return f"Most in {waste.idxmax()}: {formatted(waste.max() / table['days'].sum(), 'ratio')} of all item-days"
