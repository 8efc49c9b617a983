"""Performance spectrum: how items passed from stage to stage, steadily or in batches."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.cards import empty, figure_card
from dashboard.components.controls import labelled, select
from dashboard.figures.performance_spectrum import performance_spectrum
from dashboard.pages.time_marks import marks_of
from dashboard.pages.view import View
from dashboard.theme import formatted

LINES = 4_000
PAIRS = {"frequent": "The ten most frequent", "path": "Neighbours on the reference path"}
KEYS = ("pairs",)
MANY = 0.5
FEWEST_MOVES = 20


def fields(view: View, part: str) -> Component:
    """Which pairs of stages are shown."""
    chooser = labelled("Moves between stages", select(part, "pairs", PAIRS, view.query.get("pairs"), "frequent"))
    return html.Div(chooser, className="card-controls")


def card(view: View) -> Component:
    """Do items flow from stage to stage, or leave in batches?"""
    pairs = view.query.get("pairs", "frequent")
    group = pairs if pairs in PAIRS else "frequent"
    moves = view.ask("charts.spectrum_moves")
    lines = view.ask("charts.spectrum", group_by=group, row_limit=LINES)
    if lines.empty:
        between = (
            "between neighbours on the reference path" if group == "path" and len(moves) else "from stage to stage"
        )
        return empty(f"No item moved {between} in this scope.")
    shown = moves.merge(lines[["from_stage", "to_stage"]].drop_duplicates())
    marked = marks_of(view, view.covered.since, view.covered.until)
    keys = [made(view, row) for row in moves.to_dict("records")]
    behind = view.behind("charts.spectrum_moves", moves, keys)
    every = view.address("/api/charts/spectrum", group_by=group, row_limit=1_000_000, format="csv")
    link = html.A("Download CSV of every line", href=every, className="picture")
    content = html.Div([_words(), marked.words, behind, marked.table, link], className="card-notes")
    drawn = performance_spectrum(lines, moves, view.covered.since, view.covered.until, marked.marks)
    how = view.how("charts.spectrum", "charts.spectrum_moves", *marked.queries)
    answer = _answer(shown, moves, lines)
    return figure_card(
        "spectrum", "Do items flow from stage to stage, or in batches?", answer, drawn, content, how, long_legend=True
    )


def _words() -> Component:
    return html.P(
        "A line begins above, where an item entered the first stage, and ends below, where it entered the second. "
        "Upright is quick, slanting is slow; lines that meet below left together, lines that cross overtook.",
        className="rule mb-2",
    )


def _answer(shown: pd.DataFrame, moves: pd.DataFrame, lines: pd.DataFrame) -> str:
    """How many moves are shown, where they are made in batches, and whether all are drawn."""
    drawn, count = len(lines), int(lines["moves"].iloc[0])
    share = formatted(count / moves["moves"].sum(), "ratio")
    answer = (
        f"{count:,} moves between {len(shown):,} of {len(moves):,} pairs of stages, {share} of all. {_batches(shown)}"
    )
    if drawn < count:
        answer += f". Shown are {drawn:,}: all those of a sample of {lines['item_id'].nunique():,} items"
    return answer


def _batches(shown: pd.DataFrame) -> str:
    many = shown[(shown["moves"] >= FEWEST_MOVES) & (shown["batched_ratio"] >= MANY)]
    if many.empty:
        return "None of them is mostly made in batches"
    told = [
        f"{formatted(row['batched_ratio'], 'ratio')} of those from {row['from_stage']} to {row['to_stage']}"
        for row in many.sort_values("batched_ratio", ascending=False).head(3).to_dict("records")
    ]
    return f"In batches of five or more within an hour: {', '.join(told)}"


def made(view: View, row: dict[str, Any]) -> str:
    """The items that left the first stage in the scope and went to the second."""
    stages = {"stage": row["from_stage"], "move": "stage", "move_from": row["from_stage"], "move_to": row["to_stage"]}
    since, until = view.scope.since.isoformat(), view.scope.until.isoformat()
    return urlencode({"event": "left stage", "since": since, "until": until, **stages})
