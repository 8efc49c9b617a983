"""Value stream: the lean map, drawn from the data, with its ladder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.analysis.constraint import constraint_of
from dashboard.components import scope_bar
from dashboard.components.aria import aria
from dashboard.components.cards import content_card, empty, findings
from dashboard.components.inline_svg import InlineSvg
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.value_stream_map import BackFlow, Step, ValueStreamMap, render
from dashboard.pages import process
from dashboard.pages.changes import change_finding
from dashboard.pages.map_step import step_panel
from dashboard.pages.view import View, without_history
from dashboard.streams.plan import read_plan
from dashboard.theme import formatted

PATH, TITLE = "/value-stream", "Value stream"
ACROSS, DOWN, STEP, STEP_DOWN = "map-across", "map-down", "map-step", "map-step-down"
DAY = 86_400
# Less than this share of what comes in: the step falls behind.
KEEPS_UP = 0.95
FEW_ITEMS = 5
NOTHING = "No items finished in this scope: there is nothing to draw a map from. Choose a longer period."


def body(view: View) -> Component:
    """The map, once across and once down for a narrow screen; CSS shows the one that fits."""
    if silent := without_history(view):
        return silent
    chart = measured_map(view)
    if not chart:
        return empty(NOTHING)
    steps = view.ask("charts.map_steps")
    drawn = html.Div(
        [
            html.Div(InlineSvg(svg=render(chart), id=ACROSS), className="map-across"),
            html.Div(InlineSvg(svg=render(chart, is_vertical=True), id=DOWN), className="map-down"),
            _downloads(view),
            html.Div(id=STEP, **aria(live="polite")),
            html.Div(id=STEP_DOWN, **aria(live="polite")),
        ],
        className="map",
    )
    how = view.how("charts.map_steps", "charts.map_back_flows", "lead_time")
    behind = view.behind("charts.map_steps", steps)
    told = [change_finding(view, name) for name in ("lead_time", "flow_efficiency")]
    card = content_card("map", "Where does an item spend its time?", _answer(steps, chart), drawn, behind, how)
    return html.Div([findings([each.text for each in told if each]), card, process.cards(view)])


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """A chosen step tells its facts under the map."""
    process.register(app, view_for)

    for drawing, place in ((ACROSS, STEP), (DOWN, STEP_DOWN)):

        @app.callback(
            Output(place, "children"),
            inputs={"step": Input(drawing, "selected")},
            state={"chosen": scope_bar.STATES},
            prevent_initial_call=True,
        )
        def tell(step: str | None, chosen: Mapping[str, str | None], place: str = place) -> Component | None:
            return step_panel(view_for(chosen), step, place) if step else None


def measured_map(view: View) -> ValueStreamMap | None:
    """The map of this scope; nothing where no item finished, or where no source tells what happened to the items."""
    items = view.headline("throughput")["items"]
    if not items or not view.stream["has_history"]:
        return None
    steps, lead = view.ask("charts.map_steps"), _mean_lead_days(view)
    back = view.ask("charts.map_back_flows")
    shown = set(steps["stage"])
    return ValueStreamMap(
        title=str(view.stream["name"]),
        supplier=str(view.stream["supplier"]),
        customer=str(view.stream["customer"]),
        tools=tuple(view.stream["tools"]),
        steps=tuple(_step(row) for row in steps.to_dict("records")),
        back_flows=tuple(
            BackFlow(row.from_stage, row.to_stage, row.share_ratio)
            for row in back.itertuples()
            if {row.from_stage, row.to_stage} <= shown
        ),
        lead_seconds=lead * DAY,
        unattributed_seconds=_rounded_off((lead - steps["mean_days"].sum()) * DAY),
        items=items,
        period=view.in_words,
        bursts=_bursts(view),
        is_proposal=bool(view.stream["is_proposal"]),
        constraint=(found.step, found.reason) if (found := constraint_of(steps, items / view.covered_days)) else None,
        **_demand(view),
    )


def _demand(view: View) -> dict[str, float | None]:
    """What the stream takes up, and the working time there is for each item; null where nobody tells starts."""
    if not view.stream["has_start_times"]:
        return {}
    takt = view.headline("takt_time")["value"]
    return {
        "demand_per_day": view.headline("arrivals")["items"] / view.covered_days,
        "takt_seconds": takt * DAY if takt else None,
    }


def _downloads(view: View) -> Component:
    """The map as files for other programs, and its table."""
    links = [
        html.A(file.title, href=view.address(f"/api/map/{kind}"), className="picture")
        for kind, file in MAP_FILES.items()
    ]
    table = html.A("CSV", href=view.address("/api/charts/map_steps", format="csv"), className="picture")
    return html.Div(["Download the map:", *links, table], className="pictures")


def _mean_lead_days(view: View) -> float:
    rows = view.measure("lead_time", percentile=None, period="all")
    return float(rows["value"].iloc[0])


def _rounded_off(seconds: float) -> float:
    """Less than a second is the sum's rounding, not time that is left."""
    return seconds if abs(seconds) >= 1 else 0.0


def _step(row: Mapping[str, Any]) -> Step:
    arrivals = row["arrivals_per_day"]
    return Step(
        name=row["stage"],
        mode=row["mode"],
        mean_seconds=row["mean_days"] * DAY,
        process_seconds=row["process_days"] * DAY,
        work_in_progress=int(row["work_in_progress"]),
        visits=int(row["visited_items"]),
        received=_known(row["received_ratio"]),
        produced=_known(row["produced_ratio"]),
        rework_ratio=_known(row["rework_ratio"]),
        team=row["team"] if pd.notna(row["team"]) else None,
        wip_limit=int(row["wip_limit"]) if pd.notna(row["wip_limit"]) else None,
        is_handoff=bool((_known(row["handoff_ratio"]) or 0) >= 0.5),
        days_of_supply=row["work_in_progress"] / arrivals if arrivals else None,
        leaves_per_day=row["departures_per_day"],
        falls_behind=row["visited_items"] >= FEW_ITEMS and row["departures_per_day"] < KEEPS_UP * arrivals,
    )


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _bursts(view: View) -> tuple[tuple[str, str], ...]:
    path = view.home / "plan.toml"
    if not path.is_file():
        return ()
    plan = read_plan(path, frozenset(view.warehouse.catalogue.metrics)).for_stream(view.scope.stream)
    going = [each for each in plan.initiative if each.stage and each.status in ("planned", "running")]
    return tuple((str(each.stage), each.name) for each in going)


def _answer(steps: pd.DataFrame, chart: ValueStreamMap) -> str:
    lead = (chart.lead_seconds or 0) / DAY
    if not lead:
        return "The items took no time at all from creation to done"
    longest = steps.loc[steps["mean_days"].idxmax()]
    share = formatted(longest["mean_days"] / lead, "ratio")
    waits = steps.loc[steps["mode"] == "wait", "mean_days"].sum()
    waiting = (
        f"{formatted(waits / lead, 'ratio')} of it waiting"
        if waits
        else "no stage is marked as waiting, so waits can't be told from work"
    )
    return f"{formatted(lead, 'days')} on average, {waiting}; longest in {longest['stage']}, {share} of it"
