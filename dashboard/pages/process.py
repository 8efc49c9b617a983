"""How items really went, under the map: the process map, its variants, conformance, and hand-overs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
import pandas as pd
from dash import Dash, html
from dash.development.base_component import Component

from dashboard.components import controls
from dashboard.components.cards import content_card, empty
from dashboard.components.controls import entry, labelled, select
from dashboard.components.drawer import DRAWING
from dashboard.components.inline_svg import InlineSvg
from dashboard.components.plain_table import plain_table
from dashboard.figures.process_map import MEASURES, process_map
from dashboard.pages.view import View
from dashboard.theme import formatted

PART, DRAWN = "process", "process-drawn"
SHOWN = {
    "moves": "How often",
    "median_days": "Median time before the move",
    "mean_days": "Mean time before the move",
    "total_days": "Total time before the move",
}
LEAST = 2
RANGE = {"min": 0, "max": 100}
FOUND, VARIANTS = 200, 10


def cards(view: View) -> Component:
    """The map of the moves, with its choices; in words where nothing ended in the scope."""
    states = view.ask("charts.process_states")
    if states.empty:
        return empty("No items ended in this scope: which way they went is not known.")
    asked = view.query
    least = entry(PART, "least", "number", asked.get("least"), str(LEAST), **RANGE)
    fields = [
        labelled("Moves show", select(PART, "shows", SHOWN, asked.get("shows"), "moves")),
        labelled("Made by at least, % of items", least),
    ]
    return html.Div(
        [
            html.H2("How it really went", className="flow-section"),
            html.Div(fields, className="card-controls"),
            html.Div(_map_card(view, states), id=DRAWN),
        ]
    )


def ways(view: View) -> Component | None:
    """Which ways were taken, whether they keep to the path, and who handed over to whom; nothing where none was."""
    if view.ask("charts.variants", row_limit=FOUND).empty:
        return None
    return dbc.Row(
        [
            dbc.Col(_variants_card(view), lg=12),
            dbc.Col(_conformance_card(view), lg=6),
            dbc.Col(_handovers_card(view), lg=6),
        ],
        class_name="g-3 mt-0",
    )


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """Another measure, another threshold."""
    controls.redraw(app, PART, DRAWN, view_for, _redrawn)


def _redrawn(view: View) -> Component:
    return _map_card(view, view.ask("charts.process_states"))


def _map_card(view: View, states: pd.DataFrame) -> Component:
    moves = view.ask("charts.process_map")
    measure = view.query.get("shows", "moves")
    keys = [_moved(view, "state", row.from_state, row.to_state) for row in moves.itertuples()]
    svg = process_map(states, moves, measure if measure in MEASURES else "moves", _least(view) / 100, keys)
    place = {name: number for number, name in enumerate(states["state"])}
    back = moves[moves["from_state"].map(place) > moves["to_state"].map(place)]
    ended = int(moves.loc[moves["from_state"].isna(), "items"].sum())
    items = "item" if ended == 1 else "items"
    answer = f"{ended:,} {items} that ended went through {len(states):,} states, by {len(moves):,} different moves"
    if len(back):
        first = back.iloc[0]
        answer += (
            f"; most often back from {first['from_state']} to {first['to_state']}: "
            f"{formatted(first['share_ratio'], 'ratio')} of the items"
        )
    drawn = html.Div(
        InlineSvg(svg=svg, id={"type": DRAWING, "id": "process"}, opens=True),
        className="table-wrap process-map",
        tabIndex="0",
    )
    behind = view.behind("charts.process_map", moves, keys)
    how = view.how("charts.process_map", "charts.process_states")
    return content_card("process-map", "Which ways did items really go?", answer, drawn, behind, how)


def _variants_card(view: View) -> Component:
    table = view.ask("charts.variants", row_limit=FOUND)
    keys = [_ended(view, variant=str(name)) for name in table["variant"]]
    first = table.iloc[0]
    few = int((table["coverage_ratio"] < 0.8).sum()) + 1
    answer = (
        f"{first['variants']:,} different ways; {formatted(first['share_ratio'], 'ratio')} of the items took the most "
        f"frequent one, {few:,} {'covers' if few == 1 else 'cover'} 80 %"
    )
    shown = table.head(VARIANTS)
    rows = pd.DataFrame(
        {
            "items": shown["items"],
            "share": shown["share_ratio"].map(lambda share: formatted(share, "ratio")),
            "together": shown["coverage_ratio"].map(lambda share: formatted(share, "ratio")),
            "median lead time": shown["median_lead_days"].map(lambda days: formatted(days, "days")),
            "85 % within": shown["p85_lead_days"].map(lambda days: formatted(days, "days")),
            "way": shown["path"],
        }
    )
    content = html.Div(plain_table(rows, "variants-shown", keys[:VARIANTS]), className="table-wrap", tabIndex="0")
    behind = view.behind("charts.variants", table, keys, row_limit=1_000_000)
    how = view.how("charts.variants")
    return content_card("process-variants", "How many different ways are there?", answer, content, behind, how)


def _conformance_card(view: View) -> Component:
    table = view.ask("charts.conformance")
    question = "Do items follow the path that was agreed on?"
    how = view.how("charts.conformance")
    if table.empty:
        nothing = empty("No items finished in this scope.")
        return content_card("process-conformance", question, "Not known", nothing, html.Div(), how)
    shares = table.set_index("deviation")["share_ratio"]
    path = "the path proposed from the data" if view.stream["is_proposal"] else "the path"
    answer = (
        f"{formatted(shares.get('none', 0), 'ratio')} of the finished items were in every stage of {path} in its "
        f"order; {formatted(shares.get('only skipped', 0), 'ratio')} kept the order, but skipped some"
    )
    off = table[~table["deviation"].isin(["none", "only skipped"])].head(12)
    rows = pd.DataFrame(
        {
            "deviation": [_deviation(row.deviation, row.from_stage, row.to_stage) for row in off.itertuples()],
            "items": off["items"].tolist(),
            "share": [formatted(share, "ratio") for share in off["share_ratio"]],
        }
    )
    keys = [_deviated(view, row.deviation, row.from_stage, row.to_stage) for row in off.itertuples()]
    content = html.Div(plain_table(rows, "conformance-shown", keys), className="table-wrap", tabIndex="0")
    behind = view.behind("charts.conformance", table)
    return content_card("process-conformance", question, answer, content, behind, how)


def _handovers_card(view: View) -> Component:
    table = view.ask("charts.handovers")
    question, how = "Which team hands work to which?", view.how("charts.handovers")
    if table.empty:
        words = "No team handed work to another, or no source tells which team owns an item."
        return content_card("process-handovers", question, "None seen", empty(words), html.Div(), how)
    first = table.iloc[0]
    answer = (
        f"{table['handovers'].sum():,} hand-overs; most from {first['from_team']} to {first['to_team']}: "
        f"{first['handovers']:,} times, by {first['items']:,} items"
    )
    teams = sorted(set(table["from_team"]) | set(table["to_team"]))
    counts = {(row.from_team, row.to_team): row.handovers for row in table.itertuples()}
    matrix = pd.DataFrame(
        [[team, *(counts.get((team, other), 0) or None for other in teams)] for team in teams],
        columns=["from ↓ to →", *teams],
    )
    keys = [_moved(view, "team", row.from_team, row.to_team) for row in table.itertuples()]
    content = html.Div(plain_table(matrix), className="table-wrap", tabIndex="0")
    behind = view.behind("charts.handovers", table, keys)
    return content_card("process-handovers", question, answer, content, behind, how)


def _deviation(kind: str, begin: Any, end: Any) -> str:
    if kind == "went back":
        return f"back from {begin} to {end}"
    return f"not in {end}" if kind == "skipped" else f"in {end}, which is outside the path"


def _deviated(view: View, kind: str, begin: Any, end: Any) -> str:
    span = _span(view, "finished")
    if kind == "went back":
        return urlencode({**span, "move": "stage", "move_from": begin, "move_to": end})
    if kind == "skipped":
        return urlencode({**span, "move": "skipped", "move_to": end})
    return urlencode({**span, "passed": end})


def _moved(view: View, kind: str, begin: Any, end: Any) -> str:
    ends = {"move_from": begin, "move_to": end}
    return _ended(view, move=kind, **{key: str(name) for key, name in ends.items() if pd.notna(name)})


def _ended(view: View, **conditions: str) -> str:
    return urlencode({**_span(view, "ended"), **conditions})


def _span(view: View, event: str) -> dict[str, str]:
    return {"event": event, "since": view.scope.since.isoformat(), "until": view.scope.until.isoformat()}


def _least(view: View) -> float:
    try:
        return min(100.0, max(0.0, float(view.query.get("least", LEAST))))
    except ValueError:
        return LEAST
