"""Value stream: the lean map, drawn from the data, with its ladder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard.analysis.constraint import Constraint, constraint_of
from dashboard.components import controls, scope_bar
from dashboard.components.aria import aria, data
from dashboard.components.cards import content_card, empty, findings
from dashboard.components.controls import checklist, labelled, select
from dashboard.components.inline_svg import InlineSvg
from dashboard.figures.lean_words import ROWS
from dashboard.figures.map_files import MAP_FILES
from dashboard.figures.value_stream_map import BackFlow, Step, ValueStreamMap, render
from dashboard.pages import delivery_reasons, process
from dashboard.pages.changes import change_finding
from dashboard.pages.later import later
from dashboard.pages.map_links import ways_on
from dashboard.pages.map_step import step_panel
from dashboard.pages.view import View, or_why, without_history
from dashboard.theme import duration, formatted

PATH, TITLE = "/value-stream", "Value stream"
PART, DRAWN = "map", "map-drawn"
ACROSS, DOWN, STEP, STEP_DOWN = "map-across", "map-down", "map-step", "map-step-down"
AVERAGES = {"mean": "Means, as on the ladder", "median": "Medians"}
ALL_ROWS = "~".join(ROWS)
DAY = 86_400
# Less than this share of what comes in: the step falls behind.
KEEPS_UP = 0.95
FEW_ITEMS = 5
NOTHING = "No items finished in this scope: there is nothing to draw a map from. Choose a longer period."


def body(view: View) -> Component:
    """The map with what its data boxes show, and under it how items really went."""
    if silent := without_history(view):
        return html.Div([ways_on(view, has_map=False), silent])
    if not view.headline("throughput")["items"]:
        return html.Div([ways_on(view, has_map=False), empty(NOTHING)])
    told = [change_finding(view, name) for name in ("lead_time", "flow_efficiency")]
    sentences = findings([each.text for each in told if each])
    drawn = html.Div(or_why(_card, view), id=DRAWN)
    below = [later(view, PARTS, name, height) for name, height in HEIGHTS.items()]
    return html.Div([sentences, ways_on(view), _chooser(view), drawn, *below])


def _chooser(view: View) -> Component:
    """What the data boxes show."""
    times = labelled("Times in the data boxes", select(PART, "average", AVERAGES, _average(view), "mean"))
    titles = {key: row.title for key, row in ROWS.items()}
    return html.Div(
        [
            html.Div(times, className="card-controls"),
            html.Details(
                [
                    html.Summary("Rows of the data boxes"),
                    checklist(PART, "rows", titles, _rows(view), ALL_ROWS),
                    html.P("Without any, all are shown; what no source tells has no row.", className="rule"),
                ],
                className="mb-3 no-print",
            ),
        ]
    )


def _average(view: View) -> Literal["mean", "median"]:
    return "median" if view.query.get("average") == "median" else "mean"


def _rows(view: View) -> tuple[str, ...]:
    """The rows that the viewer chose, in the order of a data box; all of them where none is named that there is."""
    chosen = view.query.get("rows", "").split("~")
    return tuple(key for key in ROWS if key in chosen) or tuple(ROWS)


def _card(view: View) -> Component:
    """The map, once across and once down for a narrow screen; CSS shows the one that fits."""
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
    how = view.how(
        "charts.map_steps", "charts.map_back_flows", "lead_time", "rolled_complete_and_accurate", "first_pass_yield"
    )
    behind = view.behind("charts.map_steps", steps)
    answer = " ".join([f"{_answer(steps, chart)}.", *delivery_reasons.after_the_finish(view)])
    return content_card("map", "Where does an item spend its time?", answer.removesuffix("."), drawn, behind, how)


def register(app: Dash, view_for: Callable[[Mapping[str, str | None]], View]) -> None:
    """A choice draws the map anew; a chosen step tells its facts under it."""
    process.register(app, view_for)
    controls.redraw(app, PART, DRAWN, view_for, _card)

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
    steps, lead = view.ask("charts.map_steps"), _lead_days(view, None)
    back, has_starts = view.ask("charts.map_back_flows"), view.stream["has_start_times"]
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
        delivery_seconds=delivery_reasons.mean_wait(view),
        unattributed_seconds=_rounded_off((lead - float(steps["mean_days"].sum())) * DAY),
        items=items,
        period=_scope_in_words(view),
        bursts=_bursts(view),
        is_proposal=bool(view.stream["is_proposal"]),
        constraint=(found.step, found.reason) if (found := constraint_of(steps, items / view.covered_days)) else None,
        demand_per_day=view.headline("arrivals")["items"] / view.covered_days if has_starts else None,
        takt_seconds=_known(view.headline("takt_time")["value"], DAY) if has_starts else None,
        rows=_rows(view),
        average=_average(view),
        median_lead_seconds=_lead_days(view, 0.5) * DAY,
        first_pass_yield=_known(view.headline("first_pass_yield")["value"]),
        batch_basis=_batch_basis(steps),
    )


def _scope_in_words(view: View) -> str:
    """The days, and what else was chosen: a map that leaves the page is of no other items."""
    scope = view.scope
    clock = "working time" if scope.clock == "working" else ""
    parts = (view.in_words, ", ".join(scope.teams or ()), ", ".join(scope.types or ()), clock)
    return " · ".join(part for part in parts if part)


def _batch_basis(steps: pd.DataFrame) -> str:
    known = steps[steps["batch_size"].notna()]
    if known.empty:
        return ""
    first = known.iloc[0]
    counted = f"{first['batch_unit']} per deployment, median of {first['deployments_count']:,.0f}"
    return f"Batch = {counted}: told where work waits for a deployment, and at the step before."


def constraint_now(view: View) -> Constraint | None:
    """The constraint of this scope, where queues and utilisation tell one."""
    items = view.headline("throughput")["items"]
    if not items or not view.stream["has_history"]:
        return None
    return constraint_of(view.ask("charts.map_steps"), items / view.covered_days)


def _downloads(view: View) -> Component:
    """The map as files for other programs, as pictures, and its table; assets/app.js hears the buttons."""
    shown = {"average": _average(view), "rows": "~".join(_rows(view))}
    chosen = {key: text for key, text in shown.items() if text not in ("mean", ALL_ROWS)}
    address = {kind: view.address(f"/api/map/{kind}", **chosen) for kind in MAP_FILES}
    table = html.A("CSV", href=view.address("/api/charts/map_steps", format="csv"), className="picture")
    return html.Div(["Download the map:", *map_files(address), table], className="pictures")


def map_files(address: Mapping[str, str]) -> list[Component]:
    """The ways to a map as a file, by kind of file; and the buttons for its picture."""
    links: list[Component] = [
        html.A(file.title, href=address[kind], className="picture") for kind, file in MAP_FILES.items()
    ]
    return links + [
        html.Button(
            kind.upper(),
            type="button",
            className="picture",
            **data(map=kind, address=address["svg"]),
            **aria(label=said),
        )
        for kind, said in (("png", "PNG of the map"), ("pdf", "PDF of the map, printed on one page"))
    ]


def _lead_days(view: View, percentile: float | None) -> float:
    """The mean lead time, or a percentile of it."""
    rows = view.measure("lead_time", percentile=percentile, period="all")
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
        median_seconds=_known(row["median_days"], DAY),
        median_process_seconds=_known(row["median_process_days"], DAY),
        batch=_known(row["batch_size"]),
    )


def _known(value: Any, seconds: float = 1) -> float | None:
    """A number, of days in `seconds` each; null where it is not known."""
    return None if pd.isna(value) else float(value) * seconds


def _bursts(view: View) -> tuple[tuple[str, str], ...]:
    going = [each for each in view.plan.initiative if each.stage and each.status in ("planned", "running")]
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
    half = f" (half took {duration(chart.median_lead_seconds)} or less)" if chart.average == "median" else ""
    return f"{formatted(lead, 'days')} on average{half}, {waiting}; longest in {longest['stage']}, {share} of it"


PARTS: Mapping[str, Callable[[View], Component | None]] = {"process": process.cards, "ways": process.ways}
# Rem that each takes, about.
HEIGHTS = {"process": 46, "ways": 60}
