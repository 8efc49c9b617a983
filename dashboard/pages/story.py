"""Staple yourself to one item: its whole way in a picture and in words."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.analysis import story
from dashboard.components.cards import content_card, empty, figure_card
from dashboard.figures.timeline import timeline
from dashboard.pages.view import View
from dashboard.theme import duration, formatted
from dashboard.where import ANY

ENDS = {"finished": "it was finished", "cancelled": "it was withdrawn", "open": "the last event of the stream"}


def story_of(view: View, item: str, back: str) -> Component:
    """The item's stays, its sentences, and how it compares; `back` is the address of all items."""
    way_back = html.P(html.A("All items on the timeline", href=back), className="no-print")
    table = view.ask(
        "charts.timeline", item=item, outcome=None, sort="latest", group_by="none", row_limit=1, row_offset=0
    )
    if table.empty:
        return html.Div([way_back, empty(f"There is no item {item} among the teams and types of this scope.")])
    return html.Div([way_back, _picture(view, item, table), html.Div(_words(view, item, table), className="mt-3")])


def _picture(view: View, item: str, table: pd.DataFrame) -> Component:
    first = table.iloc[0]
    title = f": {first['title']}" if pd.notna(first["title"]) else ""
    seconds = (table["until_at"] - table["entered_at"]).dt.total_seconds()
    waited, rework = seconds[table["mode"] == "wait"].sum(), int(table["is_rework"].sum())
    answer = (
        f"{formatted(first['lead_days'], 'days')} from creation until {ENDS[first['outcome']]}, "
        f"{duration(waited)} of it in waiting stages; {len(table):,} stays, {rework:,} of them rework"
    )
    shown = table.assign(time=seconds.map(duration))[["stage", "mode", "is_rework", "entered_at", "until_at", "time"]]
    behind, how = view.behind("charts.timeline", shown, item=item), view.how("charts.timeline")
    drawn = timeline(table, view.modes)
    return figure_card("timeline", f"{item}{title}", answer, drawn, behind, how, long_legend=True)


def _words(view: View, item: str, table: pd.DataFrame) -> Component:
    stays, first = view.ask("charts.story", item=item), table.iloc[0]
    kind = first["type"]
    answer = ""
    if first["outcome"] == "finished" and pd.notna(kind):
        same = replace(view, scope=replace(view.scope, types=(str(kind),)))
        answer = story.beside_others(float(first["lead_days"]), lead_times(same), str(kind))
    sentences = html.Ol([html.Li(sentence) for sentence in story.told(stays)], className="mb-0")
    explore = html.A("In Explore", href=f"{view.address('/explore')}&{urlencode({'item': item})}", className="no-print")
    behind, how = view.behind("charts.story", stays, item=item), view.how("charts.story")
    return content_card("story", "What happened, step by step?", answer, html.Div([sentences, explore]), behind, how)


def lead_times(view: View) -> list[float]:
    """Lead times of the items that finished in the scope."""
    scope = view.scope
    where = replace(ANY, event="finished", since=scope.since, until=scope.until)
    return [float(days) for days in view.ask("charts.durations", chosen=where.parameter())["lead_days"]]
