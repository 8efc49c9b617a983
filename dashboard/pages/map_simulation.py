"""The simulation behind a future state: what the design would give, and how far that can be believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
from dash import MATCH, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import sight
from dashboard.analysis import simulation
from dashboard.analysis.simulation import Interval, Measured, Simulated
from dashboard.components import scope_bar
from dashboard.components.cards import csv_of, empty, figure_card
from dashboard.designs import folder
from dashboard.designs.document import Design
from dashboard.designs.folder import Kept
from dashboard.designs.simulated import nodes_of
from dashboard.errors import DefinitionError
from dashboard.figures.lead_times import done_after
from dashboard.pages.view import View
from dashboard.scope import Scope
from dashboard.theme import formatted
from dashboard.warehouse import Warehouse

TRIED, WANTED = "map-simulated", "map-simulation-of"
QUESTION = "How long would items take?"
# The latest items, as they are the likest to those to come.
MOST_JOURNEYS = 2_000
SKETCH = "A sketch has no measured stays: its times can be added up, but not simulated."


def place(kept: Kept) -> Component:
    """Where the simulation will stand; it is run when the page is there."""
    if kept.design.is_sketch:
        return html.P(SKETCH, className="rule")
    loading = html.Div(html.P("Simulating …", className="rule"), id={"type": TRIED, "map": kept.id})
    wanted = dcc.Store(id={"type": WANTED, "map": kept.id}, data=kept.id)
    return html.Div([dcc.Loading(loading, delay_show=250, type="default"), wanted])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """The simulation runs when its place is drawn."""

    @app.callback(
        Output({"type": TRIED, "map": MATCH}, "children"),
        Input({"type": WANTED, "map": MATCH}, "data"),
        State(scope_bar.STREAM, "value"),
    )
    def run(wanted: str | None, stream: str) -> Component:
        if not wanted:
            raise PreventUpdate
        view = view_for({"stream": stream})
        try:
            design = folder.kept_map(view.home, wanted).design
        except DefinitionError as error:
            return empty(str(error))
        return card(view_for(dict(parse_qsl(design.measured or ""))), design)


def card(view: View, design: Design) -> Component:
    """The simulated lead times beside the measured ones of the scope that the design began with."""
    if view.scope.stream != design.stream:
        return empty(f"The stream {design.stream!r}, which the map was measured in, is not among the data any more.")
    tried = _tried(view.warehouse, view.warehouse.snapshot.name, view.scope, view.covered_days, design, sight.seen())
    if tried is None:
        return empty(f"Too few items are measured to simulate with: {simulation.FEWEST_ITEMS} or more are needed.")
    measured, current, designed = tried
    curves = [("Measured", measured.lead_days), ("Simulated as it is", current.lead_days)]
    is_designed = designed is not current
    curves += [("Simulated as designed", designed.lead_days)] if is_designed else []
    return figure_card(
        "simulation",
        QUESTION,
        _answer(design, measured, current, designed),
        done_after(curves),
        csv_of(_rows(measured, current, designed if is_designed else None), "simulation"),
        view.how("charts.journeys"),
    )


@lru_cache(maxsize=32)
def _tried(
    warehouse: Warehouse,
    _snapshot: str,
    scope: Scope,
    days: int,
    design: Design,
    _seen: tuple[str, ...] | None,
) -> tuple[Measured, Simulated, Simulated] | None:
    """What was measured, the flow as it is, and the flow as designed; nothing where too few items are measured."""
    journeys = warehouse.ask("charts.journeys", scope, row_limit=MOST_JOURNEYS)
    if journeys["item_id"].nunique() < simulation.FEWEST_ITEMS:
        return None
    path = list(warehouse.stages(scope.stream)["stage"])
    measured = simulation.measured_of(journeys, path, float(journeys["finished_items"].iloc[0]) / days)
    current = simulation.simulate(measured, simulation.as_measured(measured))
    nodes = nodes_of(design, measured)
    # What waits for a place that is always taken only grows: there is no lead time to tell.
    is_run = design.change and not simulation.overloaded(measured, nodes)
    return measured, current, simulation.simulate(measured, nodes) if is_run else current


def _answer(design: Design, measured: Measured, current: Simulated, designed: Simulated) -> list[Component | str]:
    """The designed times first, then whether the current flow comes out as it was measured."""
    lines = [_belief(measured, current)]
    full = simulation.overloaded(measured, nodes_of(design, measured))
    if design.change and not full:
        # What can be believed comes first, what can't be after the reason.
        words = f"As designed, half would be done within {_within(designed.half)}, 85 % within {_within(designed.most)}"
        lines.insert(0 if simulation.is_close(measured, current) else 1, words)
    if full:
        lines.append(f"More work comes to {', '.join(full)} than the limit lets through: what waits there only grows")
    return [html.Span([f"{line}. ", html.Br()]) for line in lines]


def _belief(measured: Measured, current: Simulated) -> str:
    half, most = np.percentile(measured.lead_days, [50, 85])
    away, usual = (formatted(share, "ratio") for share in (simulation.apart(measured, current), current.farthest))
    found = (
        f"The flow as it is, simulated: half within {_within(current.half)}, 85 % within {_within(current.most)}; "
        f"measured: {formatted(float(half), 'days')} and {formatted(float(most), 'days')}. The two curves are at most "
        f"{away} of the items apart (95 % of runs: {usual} or less)"
    )
    if simulation.is_close(measured, current):
        return f"{found}. All of that is in the ranges, so that the simulation can be used to compare designs"
    return (
        f"{found}. That is not close enough to trust the simulation: the stays of an item hang together here, or the "
        "flow changed within the period. Begin a map with a shorter period"
    )


def _within(interval: Interval) -> str:
    value, low, high = (formatted(days, "days") for days in (interval.value, interval.low, interval.high))
    return f"{value} (95 % of runs: {low} to {high})"


def _rows(measured: Measured, current: Simulated, designed: Simulated | None) -> pd.DataFrame:
    """Median, 85th percentile and mean of each, in days."""
    half, most = np.percentile(measured.lead_days, [50, 85])
    rows = [("measured", "median", float(half)), ("measured", "85 %", float(most))]
    rows.append(("measured", "mean", float(np.mean(measured.lead_days))))
    table = pd.DataFrame(rows, columns=["flow", "statistic", "days"])
    for name, simulated in (("simulated as it is", current), ("simulated as designed", designed)):
        if simulated is None:
            continue
        for statistic, each in (("median", simulated.half), ("85 %", simulated.most), ("mean", simulated.mean)):
            table.loc[len(table), ["flow", "statistic", "days", "low", "high"]] = [
                name,
                statistic,
                each.value,
                each.low,
                each.high,
            ]
    return table
